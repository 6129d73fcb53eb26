"""`licet export cedar`: files that Cedar accepts, whole or not at all, and nothing overwritten unasked."""

from __future__ import annotations

import json
import stat
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cedarpy
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
NAMES = ["policies.cedar", "schema.cedarschema", "entities.json", "README.md"]
ORDER = """\
order: stop
issued: 2026-06-25T00:00:00Z
from: 2026-06-25T00:00:00Z
models: [opus-4.8]
forbids: not us_citizen
"""
ON_20_JUNE, ON_27_JUNE = 1_781_913_600_000_000, 1_782_561_600_000_000


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def served(folder: Path, subject: str, model: str, at: int) -> bool:
    """Ask Cedar with the files as they are."""
    files = written(folder)
    schema = cedarpy.Schema.from_str(files["schema.cedarschema"])
    asks = {"at": at, "stream": False, "stream_known": True, "subject": subject, "subject_known": True}
    asks |= {"ip_country": "", "ip_country_known": False}
    question = {
        "principal": {"type": "Subject", "id": subject},
        "action": 'Action::"use"',
        "resource": f'Model::"{model}"',
        "context": asks,
    }
    entities = cedarpy.Entities.from_json_str(files["entities.json"], schema)
    answer = cedarpy.is_authorized(question, files["policies.cedar"], entities, schema)
    assert answer.diagnostics.errors == []
    return answer.allowed


def kinds(folder: Path) -> list[str]:
    return [each["uid"]["type"] for each in json.loads(written(folder)["entities.json"])]


def test_it_writes_what_is_enacted(june: Command, here: Path) -> None:
    said = june("export", "cedar")

    assert said.code == 0, said.err
    files = written(here / "cedar")
    assert sorted(files) == sorted(NAMES)
    assert cedarpy.validate_policies(files["policies.cedar"], files["schema.cedarschema"]).validation_passed
    assert "us-doc-2026-06-12" in files["policies.cedar"]
    assert "Subject" not in kinds(here / "cedar")
    assert "for all time" in said.out


def test_the_reply_names_the_files_and_their_digests(june: Command, here: Path) -> None:
    tree = june("export", "cedar", "--out", "out/here", "--json").tree

    assert [each["name"] for each in tree["files"]] == NAMES
    for each in tree["files"]:
        content = (here / each["path"]).read_bytes()
        assert each["digest"] == f"sha256:{sha256(content).hexdigest()}"
        assert each["bytes"] == len(content)
        assert each["change"] == "written"
    assert (tree["epoch"], tree["from"], tree["until"], tree["subjects"]) == (2, None, None, 0)
    assert tree["rulebook"] == june("status", "--json").tree["rulebook"]


def test_the_subjects_are_decided_as_decide_does(june: Command, here: Path) -> None:
    june("export", "cedar", "--subjects", "named", "--at", "2026-06-20T00:00:00Z", "--out", "then")
    june("export", "cedar", "--subjects", "named", "--out", "ever")
    answers = set()
    for subject in ("ada", "grace", "jean", "kim", "imre", "mei", "prairie-batch"):
        for model in ("fable-5", "mythos-5", "opus-4.8"):
            said = june("decide", "-s", subject, "-m", model, "--at", "2026-06-20T00:00:00Z", "--json").tree
            allowed = said["verdicts"][0]["allowed"]
            assert served(here / "then", subject, model, ON_20_JUNE) == allowed
            assert served(here / "ever", subject, model, ON_20_JUNE) == allowed
            answers.add(allowed)

    assert answers == {True, False}
    assert served(here / "ever", "mei", "mythos-5", ON_27_JUNE)
    assert not served(here / "then", "ada", "opus-4.8", ON_27_JUNE), "the law of then says nothing of later"


def test_pseudonyms_are_the_journals_and_files_with_facts_are_private(june: Command, here: Path) -> None:
    tree = june("export", "cedar", "--subjects", "pseudonymous", "--json").tree
    text = written(here / "cedar")["entities.json"]

    assert tree["subjects"] == 8
    assert tree["facts_at"] is not None
    assert kinds(here / "cedar").count("Subject") == 8
    assert '"jean"' not in text
    for name in NAMES:
        assert stat.S_IMODE((here / "cedar" / name).stat().st_mode) == 0o600


def test_a_draft_is_exported_on_top_of_what_is_enacted(june: Command, here: Path) -> None:
    (here / "order.yaml").write_text(ORDER)
    before = june("status", "--json").tree["epoch"]

    said = june("export", "cedar", "order.yaml", "--subjects", "named")

    assert said.code == 0, said.err
    assert served(here / "cedar", "ada", "opus-4.8", ON_27_JUNE)
    assert not served(here / "cedar", "jean", "opus-4.8", ON_27_JUNE)
    assert june("status", "--json").tree["epoch"] == before


def test_drafts_need_no_installation_but_nothing_and_subjects_do(licet: Command, here: Path) -> None:
    assert licet("export", "cedar", JUNE / "models.yaml", JUNE / "instruments.yaml").code == 0
    assert sorted(written(here / "cedar")) == sorted(NAMES)
    assert licet("export", "cedar").code == 4
    assert licet("export", "cedar", JUNE / "models.yaml", "--subjects", "named", "--out", "other").code == 4
    assert not (here / "other").exists()


def test_a_wrong_draft_writes_nothing(june: Command, here: Path) -> None:
    (here / "order.yaml").write_text(ORDER.replace("us_citizen", "us_citizne"))

    said = june("export", "cedar", "order.yaml")

    assert said.code == 3
    assert "order.yaml:5:" in said.err
    assert not (here / "cedar").exists()


def test_other_contents_are_replaced_only_when_asked(june: Command, here: Path) -> None:
    june("export", "cedar")
    first = written(here / "cedar")
    again = june("export", "cedar", "--json").tree
    (here / "cedar" / "notes.txt").write_text("mine")
    (here / "order.yaml").write_text(ORDER)

    refused = june("export", "cedar", "order.yaml")

    assert {each["change"] for each in again["files"]} == {"unchanged"}
    assert refused.code == 2
    assert "`cedar/policies.cedar` exists with another content, and nothing was changed; use `--replace`" in refused.err
    assert written(here / "cedar") == {**first, "notes.txt": "mine"}
    tree = june("export", "cedar", "order.yaml", "--replace", "--json").tree
    assert {each["name"]: each["change"] for each in tree["files"]}["policies.cedar"] == "replaced"
    assert '@id("stop")' in written(here / "cedar")["policies.cedar"]
    assert sorted(written(here / "cedar")) == sorted([*NAMES, "notes.txt"])


@pytest.mark.parametrize(("arguments", "message"), [(("--at", "tomorrow"), "not an instant"), (("--at", "now"), "")])
def test_at(june: Command, arguments: tuple[str, ...], message: str) -> None:
    """`now` is an instant too, and not all time."""
    said: Any = june("export", "cedar", *arguments, "--json")

    if message:
        assert message in said.tree["error"]["message"]
    else:
        assert said.tree["from"] is not None


def test_a_place_that_cannot_be_written(june: Command, here: Path) -> None:
    (here / "cedar").mkdir()
    (here / "cedar" / "README.md").mkdir()

    said = june("export", "cedar")

    assert said.code == 2
    assert "cannot write `cedar/README.md`" in said.err
    assert [path.name for path in (here / "cedar").iterdir()] == ["README.md"]
