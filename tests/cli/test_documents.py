"""`check`, `enact`, `lift`, `status`, `rulebook`: documents in, law out, and every problem with its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.evals.suites import read_manifest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDER = """\
order: {name}
issued: 2026-01-01T00:00:00Z
from: {at}
models: [small]
forbids: not us_citizen
"""
PAST, FUTURE = "2026-01-01T00:00:00Z", "2100-01-01T00:00:00+02:00"


def order(path: Path, name: str = "stop", at: str = PAST) -> Path:
    path.write_text(ORDER.format(name=name, at=at))
    return path


def test_check_shows_the_documents_and_changes_nothing(installed: Command, here: Path) -> None:
    before = (here / ".licet" / "licet.db").read_bytes()
    said = installed("check", JUNE / "models.yaml", JUNE / "instruments.yaml")
    assert said.code == 0
    assert "us-doc-2026-06-12" in said.out
    assert "2026-06-30T20:00:00-04:00" in said.out, "the lift's effect on the order shows"
    assert "in order: 10 new documents" in said.out
    assert installed("status", "--json").tree["epoch"] == 1
    assert (here / ".licet" / "licet.db").read_bytes() == before


def test_check_works_without_an_installation(licet: Command) -> None:
    said = licet("check", JUNE / "models.yaml", JUNE / "instruments.yaml", "--json")
    assert said.code == 0
    assert said.tree["installed"] is False
    assert "foreign_person@15cfr772.1" in said.tree["shipped"]
    assert [each["kind"] for each in said.tree["documents"]].count("model") == 3


def test_check_tells_the_digest_by_which_a_suite_is_pinned(licet: Command) -> None:
    suite = JUNE.parent / "evals" / "benign.yaml"
    [read] = licet("check", suite, "--json").tree["read"]
    assert (read["kind"], read["name"]) == ("suite", "benign")
    assert read["digest"] == read_manifest(suite).digest
    assert read["digest"] in licet("check", suite).out


def test_every_problem_has_its_place(installed: Command, here: Path) -> None:
    Path("bad.yaml").write_text("order: x\nissued: 2026-06-12T18:51:00\nfrom: 2026-06-12T18:51:00Z\nforbids: true\n")
    order(Path("worse.yaml")).write_text("order: y\norder: z\n")
    said = installed("check", "bad.yaml", "worse.yaml")
    assert said.code == 3
    assert "bad.yaml:2:9: `2026-06-12T18:51:00` has no offset from UTC" in said.err
    assert "worse.yaml:2:1: duplicate key `order`" in said.err
    assert "2 problems, and nothing was changed" in said.err
    assert said.out == ""
    tree = installed("--json", "enact", "bad.yaml", "worse.yaml").tree
    assert tree["error"]["code"] == "documents_rejected"
    assert {(each["file"], each["line"], each["column"]) for each in tree["error"]["problems"]} == {
        ("bad.yaml", 2, 9),
        ("worse.yaml", 2, 1),
    }


def test_a_directory_is_its_yaml_files(installed: Command) -> None:
    Path("more").mkdir()
    order(Path("more/b.yaml"), "b")
    order(Path("more/a.yml"), "a")
    Path("more/notes.txt").write_text("not a document")
    names = [each["name"] for each in installed("check", "more", "--json").tree["documents"]]
    assert names == ["a", "b"]
    Path("empty").mkdir()
    assert "holds no `*.yaml` files" in installed("check", "empty").err
    assert "cannot read `gone.yaml`: No such file" in installed("check", "gone.yaml").err


def test_enact_takes_effect_now_or_later(installed: Command) -> None:
    said = installed(
        "enact", order(Path("now.yaml"), "now"), order(Path("later.yaml"), "later", FUTURE), "--actor", "A. C."
    )
    assert said.code == 0
    assert "enacted as epoch 2" in said.out
    assert "no gate is running" in said.out
    assert "later takes effect 2100-01-01T00:00:00+02:00 by itself" in said.out
    assert installed("decide", "-s", "first", "-m", "small").code == 1
    status = installed("status", "--json").tree
    assert status["enacted"]["actor"] == "A. C."
    assert [each["name"] for each in status["in_force"]] == ["now", f"release-small-{status['now'][:10]}"]
    assert status["next"] == {"at": "2100-01-01T00:00:00+02:00", "begins": ["later"], "ends": [], "turns": []}


def test_enacting_the_same_again_changes_nothing(installed: Command) -> None:
    assert installed("enact", order(Path("o.yaml"))).code == 0
    said = installed("enact", "o.yaml", "--json")
    assert (said.code, said.tree["enacted"], said.tree["epoch"]) == (0, False, 2)
    Path("o.yaml").write_text(Path("o.yaml").read_text() + "title: only words\n")
    assert "exists already with another content" in installed("enact", "o.yaml").err


def test_a_model_can_go_back_to_what_it_was(installed: Command, by_two: Command) -> None:
    first = Path("rulebook/models.yaml").read_text()
    digests = []
    for text in (first.replace("http://127.0.0.1:9", "http://127.0.0.1:8"), first):
        Path("rulebook/models.yaml").write_text(text)
        said = by_two("enact", "rulebook", "--json")
        assert said.tree["enacted"]
        digests.append(said.tree["rulebook"])
    assert installed("status", "--json").tree["rulebook"] == digests[1] != digests[0]


def test_subjects_are_not_enacted(installed: Command) -> None:
    Path("people.yaml").write_text("subject: ada\nkind: person\n")
    said = installed("enact", "people.yaml")
    assert said.code == 2
    assert "use `licet subjects import`" in said.err


def test_lift_ends_an_order_and_keeps_its_text(installed: Command, by_two: Command) -> None:
    installed("enact", order(Path("o.yaml")))
    assert installed("decide", "-s", "first", "-m", "small").code == 1
    said = by_two("lift", "stop", "--reasons", 'a "quoted" reason: #1', "--issuer", "the desk", "--json")
    assert said.code == 0
    text = Path(said.tree["file"]).read_text()
    assert "ends: [stop]" in text
    assert 'reasons: "a \\"quoted\\" reason: #1"' in text
    assert installed("decide", "-s", "first", "-m", "small").code == 0
    assert installed("enact", "rulebook", "--json").tree["enacted"] is False, "what is in the file is what was enacted"


def test_a_lift_can_be_for_later(installed: Command, by_two: Command) -> None:
    installed("enact", order(Path("o.yaml")))
    said = by_two("lift", "stop", "--from", FUTURE, "--name", "the-end")
    assert said.code == 0
    assert f"the-end takes effect {FUTURE} by itself" in said.out
    assert installed("decide", "-s", "first", "-m", "small").code == 1
    assert installed("decide", "-s", "first", "-m", "small", "--at", FUTURE).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nosuch",), "there is no instrument `nosuch` to lift; there are release-small-"),
        (("stop", "--from", "tomorrow"), "not an instant with an offset"),
        (("stop", "--from", "2026-02-30T00:00:00Z"), "is no instant"),
        ((), "missing argument"),
    ],
)
def test_what_cannot_be_lifted(installed: Command, arguments: tuple[str, ...], message: str) -> None:
    installed("enact", order(Path("o.yaml")))
    said = installed("lift", *arguments)
    assert said.code == 2
    assert message in said.err
    assert not list(Path("rulebook").glob("lift*"))


def test_what_has_ended_is_not_lifted_again(installed: Command, by_two: Command) -> None:
    installed("enact", order(Path("o.yaml")))
    assert by_two("lift", "stop").code == 0
    said = installed("lift", "stop")
    assert said.code == 2
    assert "`stop` ends at" in said.err


def test_rulebook_at_an_instant(june: Command) -> None:
    tree = june("rulebook", "--at", "2026-06-20T00:00:00Z", "--json").tree
    assert [each["name"] for each in tree["instruments"] if each["kind"] == "order"] == ["us-doc-2026-06-12"]
    assert tree["changes"][0] == {
        "at": "2026-06-26T20:30:00-04:00",
        "begins": ["us-doc-2026-06-26"],
        "ends": [],
        "turns": [],
    }
    text = june("rulebook", "--at", "2026-06-20T00:00:00Z")
    assert "at 2026-06-26T20:30:00-04:00, by itself: licence us-doc-2026-06-26 begins" in text.out
    everything = june("rulebook", "--all", "--json").tree["instruments"]
    assert {each["name"]: each["in_force"] for each in everything}["us-doc-2026-06-12"] is False


def test_status_says_what_there_is(june: Command) -> None:
    said = june("status")
    assert said.code == 0
    for text in ("epoch", "sha256:", "fable-5", "dev-opus-4.8", "not running: `licet serve` starts it", "1 key", "8"):
        assert text in said.out
    tree = june("status", "--json").tree
    assert (tree["epoch"], tree["subjects"], tree["keys"]) == (2, 8, {"valid": 1, "all": 1})
    assert tree["journal"] == {"files": 0, "bytes": 0, "checked_bytes": 0, "torn": [], "damaged": []}
