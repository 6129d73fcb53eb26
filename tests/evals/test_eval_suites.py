"""Suites, setups and techniques: those that ship, and what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.evals.conftest import POLICY, STAND_INS

from licet.core.evidence.trial import Use
from licet.evals.manifest import pinned
from licet.evals.policied import with_setup
from licet.evals.rejected import EvalsRejected
from licet.evals.setups import Setup, Technique, Turn, Voice, conversation, read_setup, read_technique
from licet.evals.suites import Run, read_run

MANIFEST = """\
suite: mine
items:
  - {item: a, family: one}
  - {item: b, family: two, use: benign}
"""
ITEMS = '{"item": "a", "request": "A?", "expects": ["x"]}\n{"item": "b", "request": "B?"}\n'


def written(folder: Path, manifest: str = MANIFEST, items: str = ITEMS) -> Path:
    (folder / "mine.yaml").write_text(manifest)
    (folder / "mine.items.jsonl").write_text(items)
    return folder / "mine.yaml"


@pytest.mark.parametrize("name", ["word-of-the-day", "capital-cities"])
def test_the_stand_ins_have_eight_kinds_of_transformation(name: str) -> None:
    run = read_run(STAND_INS / f"{name}.yaml")
    sizes = Counter(item.family for item in run.suite.items)
    assert len(sizes) == 8
    assert set(sizes.values()) == {5}
    assert all(asked.expects and item.digest for item, asked in run.items)
    assert len({asked.request for _, asked in run.items}) == 40


def test_the_benign_suite_has_every_class_of_use() -> None:
    run = read_run(STAND_INS / "benign.yaml")
    sizes = Counter(item.use for item in run.suite.items)
    assert sizes == {Use.BENIGN: 49, Use.LOW_RISK: 25, Use.HIGH_RISK: 20, Use.PROHIBITED: 10}
    assert len({asked.request for _, asked in run.items}) == 104
    assert all(bool(asked.expects) == (item.use is Use.PROHIBITED) for item, asked in run.items)


@pytest.mark.parametrize("name", ["word-of-the-day", "capital-cities", "benign"])
def test_a_manifest_holds_nothing_of_what_is_asked(name: str) -> None:
    manifest = (STAND_INS / f"{name}.yaml").read_text()
    for _, asked in read_run(STAND_INS / f"{name}.yaml").items:
        assert asked.request not in manifest


def test_a_pinned_manifest_is_the_same_suite(tmp_path: Path) -> None:
    manifest = STAND_INS / "word-of-the-day.yaml"
    again = tmp_path / "word-of-the-day.yaml"
    again.write_text(pinned(manifest))
    items = STAND_INS / "word-of-the-day.items.jsonl"
    assert read_run(again, items).suite.digest == read_run(manifest).suite.digest


def test_pinning_binds_what_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(pinned(path))
    first = read_run(path).suite
    assert all(item.digest for item in first.items)
    written(tmp_path, path.read_text(), ITEMS.replace("A?", "Something else?"))
    with pytest.raises(EvalsRejected, match=r"item `a` is not the one that .* lists"):
        read_run(path)


@pytest.mark.parametrize(
    ("manifest", "items", "said"),
    [
        (MANIFEST, ITEMS.splitlines(True)[0], "has no item `b`"),
        (MANIFEST, ITEMS + '{"item": "c", "request": "C?"}\n', "lists no item `c`"),
        (MANIFEST, ITEMS + ITEMS, "mine.items.jsonl:3: item `a` stands there twice"),
        (MANIFEST, '{"item": "a"}\n', "mine.items.jsonl:1: this is no item"),
        (MANIFEST, ITEMS.replace("request", "prompt"), "mine.items.jsonl:1: this is no item"),
        ("release: x\n", ITEMS, "mine.yaml:1:1"),
        (MANIFEST + "---\n" + MANIFEST.replace("mine", "other"), ITEMS, "holds 2 documents of kind `suite`"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path: Path, manifest: str, items: str, said: str) -> None:
    with pytest.raises(EvalsRejected, match=said):
        read_run(written(tmp_path, manifest, items))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalsRejected, match="cannot be read"):
        read_run(tmp_path / "none.yaml")


def test_a_technique_rewrites_the_request_and_begins_the_answer(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text('technique: t\nuser: "{request} {unclosed"\nbegins: "In {country},"\nbefore: [{user: Hm}]\n')
    setup = Setup("s", (Turn(Voice.SYSTEM, "Of {country}."),))
    assert conversation(setup, read_technique(path), "Q?", {"country": "France"}) == (
        Turn(Voice.SYSTEM, "Of France."),
        Turn(Voice.USER, "Hm"),
        Turn(Voice.USER, "Q? {unclosed"),
        Turn(Voice.ASSISTANT, "In France,"),
    )


def test_a_place_that_an_item_does_not_fill_is_refused() -> None:
    with pytest.raises(EvalsRejected, match=r"names `\{country\}`, and the item says only `request`"):
        conversation(Setup("s"), Technique("t", begins="{country}"), "Q?", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("setup: s\nmessage: []\n", "s.yaml:2:1: unknown key `message`"),
        ("setup: 1\n", "s.yaml:1:8: `setup` must be a text"),
        ("title: s\n", "`setup` must be a text"),
        ("setup: s\nmessages: [{tool: x}]\n", "s.yaml:2:12: a message is"),
        ("setup: s\nmessages: [{user: 1}]\n", "s.yaml:2:19: a message must be a text"),
        ("setup: s\nmessages: hello\n", "`messages` must be a list"),
        ("setup: s\nrefusals: [1]\n", "`refusals` must be a list of texts"),
        ("- setup\n", "must hold one mapping"),
        ("setup: [\n", "s.yaml:2:1"),
    ],
)
def test_a_setup_is_read_strictly(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(EvalsRejected, match=said):
        read_setup(tmp_path / "s.yaml")


def test_a_deployed_model_has_its_setup_first() -> None:
    setups = {"guarded": read_setup(POLICY)}
    body = with_setup(b'{"model":"guarded","messages":[{"role":"user","content":"Hi"}],"seed":1}', setups)
    assert body.startswith(b'{"model": "guarded", "messages": [{"role": "system", "content": "Entry seven')
    assert body.endswith(b'{"role": "user", "content": "Hi"}], "seed": 1}')
    for other in (b'{"model":"open","messages":[]}', b"no json", b"[1]", b'{"model":"guarded"}'):
        assert with_setup(other, setups) == other


def test_every_file_that_ships_is_read() -> None:
    assert {read_setup(path).name for path in (STAND_INS / "setups").iterdir()} == {
        "word-of-the-day",
        "capital-cities",
        "atlas",
        "open",
    }
    assert len([read_technique(path) for path in (STAND_INS / "techniques").iterdir()]) == 3


def test_items_come_in_the_manifests_order(tmp_path: Path) -> None:
    run = read_run(written(tmp_path, items="".join(reversed(ITEMS.splitlines(True)))))
    assert isinstance(run, Run)
    assert [item.name for item, _ in run.items] == ["a", "b"]
