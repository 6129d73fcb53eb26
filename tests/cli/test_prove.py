"""`licet prove`: what it asks, how it answers, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import z3

from licet.engines.smt.formulas import Formulas

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
SLIP = """
order: spares-staff
issued: 2026-07-02T00:00:00Z
from: 2026-07-02T18:51:00Z
models: [fable-5, mythos-5]
uses: {foreign_person: foreign_person@15cfr772.1}
forbids: foreign_person and not staff
---
property: foreign-persons-are-out
title: Nobody who may be a foreign person is allowed Fable 5 or Mythos 5
claim: nobody-allowed
uses: {foreign_person: foreign_person@15cfr772.1}
whom: foreign_person
certainty: possible
families: [fable, mythos]
from: 2026-07-02T18:51:00Z
"""


def test_the_june_letters_are_what_they_were_meant_to_be(june: Command) -> None:
    said = june("prove", JUNE / "properties.yaml")
    assert said.code == 0
    assert said.out.count("proved  ") == 6
    assert "us-doc-2026-06-12, us-doc-2026-06-26" in said.out
    assert said.out.count("every fact has a value of its type or is unknown") == 1
    assert said.err == ""


def test_without_an_installation_the_files_stand_by_themselves(licet: Command) -> None:
    files = [JUNE / f"{name}.yaml" for name in ("models", "instruments", "properties")]
    said = licet("prove", *files, "--json")
    assert said.code == 0
    assert said.tree["proved"] is True
    assert [each["answer"] for each in said.tree["proofs"]] == ["proved"] * 6
    assert licet("prove").code == 4


def test_a_slip_is_shown_by_somebody_whom_it_concerns(june: Command, here: Path) -> None:
    (here / "slip.yaml").write_text(SLIP)
    said = june("prove", here / "slip.yaml")
    assert said.code == 1
    assert "refuted: Nobody who may be a foreign person is allowed Fable 5 or Mythos 5" in said.out
    assert "from 2026-07-02T18:51:00+00:00 on, somebody who asks to use fable-5 is served it" in said.out
    assert "does not forbid fable-5 (`foreign_person and not staff` by foreign_person@15cfr772.1)" in said.out
    assert "because `staff` is true." in said.out
    tree = june("prove", here / "slip.yaml", "--claim", "only-narrows", "--json").tree
    answers = {each["property"]["name"]: each for each in tree["proofs"]}
    assert answers["asked-here"]["answer"] == "proved"
    witness = answers["foreign-persons-are-out"]["witness"]
    assert witness["facts"]["staff"] is True
    assert (witness["model"], witness["at"]) == ("fable-5", "2026-07-02T18:51:00+00:00")
    assert tree["draft"] is True
    assert tree["proved"] is False


def test_a_step_is_told_from_both_sides(june: Command, here: Path) -> None:
    (here / "slip.yaml").write_text(SLIP)
    said = june("prove", here / "slip.yaml", "--claim", "only-widens")
    assert said.code == 1
    assert "before: somebody of whom this is known asks to use fable-5" in said.out
    assert "now: somebody of whom this is known asks to use fable-5" in said.out
    assert "compared with epoch 2" in said.out


def test_everything_a_document_says_can_be_asked_here(june: Command, here: Path) -> None:
    (here / "few.csv").write_text("org\nacme\n")
    options = ["--whom", "org in few and p", "--uses", "few=few.csv", "--uses", "p=us_person@15cfr772.1"]
    options += ["--certainty", "possible", "-m", "fable-5", "--family", "mythos", "--operations", "use,tune"]
    options += ["--from", "2026-06-13T00:00:00-04:00", "--until", "2026-06-14T00:00:00-04:00"]
    said = june("prove", "--claim", "nobody-allowed", *options, "--json")
    assert said.code == 1
    asked = said.tree["proofs"][0]["property"]
    assert asked["whom"] == "org in few and p"
    assert asked["certainty"] == "possible"
    assert (asked["models"], asked["families"], asked["operations"]) == (["fable-5"], ["mythos"], ["use", "tune"])
    assert (asked["from"], asked["until"]) == ("2026-06-13T00:00:00-04:00", "2026-06-14T00:00:00-04:00")
    assert june("prove", "--claim", "lift-restores", "--instrument", "us-doc-2026-06-30").code == 0
    assert june("prove", "--claim", "only-narrows", "--whom", "true", "--against", "2").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--whom", "staff"), 2, "say what is claimed of these, with `--claim`"),
        (("--claim", "only-narrows", "--uses", "p"), 2, "`p` is no name with what it stands for"),
        (("--claim", "nonsense"), 2, "is not one of"),
        (("--claim", "nobody-allowed"), 3, "`nobody-allowed` is about no model"),
        (("--claim", "only-narrows", "--whom", "staf"), 3, "the command line:1:"),
        (("--claim", "lift-restores", "--instrument", "nothing"), 3, "nothing"),
        (("--claim", "only-narrows", "--against", "9"), 4, "there is no epoch 9"),
        ((), 4, "there is no property to prove"),
    ],
)
def test_what_cannot_be_asked(june: Command, arguments: tuple[str, ...], code: int, message: str) -> None:
    said = june("prove", *arguments)
    assert (said.code, said.out) == (code, "")
    assert message in said.err


def test_without_time_nothing_is_decided(june: Command) -> None:
    said = june("prove", JUNE / "properties.yaml", "--limit", "0")
    assert said.code == 1
    assert "6 not decided" in said.out
    assert "the time limit of 0 s ran out; nothing is known" in said.out


def test_the_page(june: Command, here: Path) -> None:
    said = june("prove", JUNE / "properties.yaml", "--html", "proofs.html", "--json")
    assert said.tree["html"] == "proofs.html"
    assert "the-lift-gives-everything-back" in (here / "proofs.html").read_text()
    refused = june("prove", JUNE / "properties.yaml", "--html", "nowhere/proofs.html")
    assert refused.code == 2
    assert "cannot write `nowhere/proofs.html`" in refused.err


def test_a_counterexample_that_does_not_hold_up_is_a_bug(
    june: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Formulas, "forbids", lambda *_: z3.BoolVal(False))
    said = june("prove", JUNE / "properties.yaml")
    assert (said.code, said.out) == (70, "")
    assert "does not confirm" in said.err


def test_without_the_extra_it_says_what_to_install(june: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licet.app.world.find_spec", lambda _: None)
    said = june("prove", JUNE / "properties.yaml")
    assert (said.code, said.out) == (4, "")
    assert "`pip install 'licet[proofs]'`" in said.err
