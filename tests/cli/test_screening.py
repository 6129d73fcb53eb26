"""`licet screen`: what is shown, what is decided, and that no presented name is anywhere afterwards."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Command

FOLDER = Path(__file__).parents[2] / "scenarios" / "screening"
LIST, NAMES = FOLDER / "list.csv", FOLDER / "names.csv"
ANN, FIRM = "u-" + "a" * 16, "u-" + "c" * 16


@pytest.fixture
def screened(installed: Command, here: Path) -> Command:
    """An installation with the subjects of the names."""
    rows = ["subject,kind", *(f"u-{letter * 16},person" for letter in "abcd")]
    (here / "people.csv").write_text("\n".join(rows))
    assert installed("subjects", "import", here / "people.csv").code == 0
    return installed


def test_candidates_come_with_features_and_end_with_one(screened: Command) -> None:
    said = screened("screen", "run", NAMES, "--list", LIST, "--json")
    assert said.code == 1, said.err
    found = {each["subject"]: each for each in said.tree["candidates"]}
    assert set(found) == {ANN, FIRM}
    assert found[ANN]["entry"]["number"] == "1001"
    assert found[ANN]["features"] == {
        "name": 100,
        "sorted": 100,
        "initials": True,
        "country": "agrees",
        "type": "agrees",
        "date_of_birth": "differs",
    }
    assert (said.tree["entries"], said.tree["subjects"], said.tree["disposed"]) == (8, 4, [])


def test_what_was_decided_is_not_shown_again_until_the_entry_or_the_name_changes(screened: Command, here: Path) -> None:
    dispose = ("--list", LIST, "--outcome", "no match", "--reason", "born 30 years later")
    candidates = screened("screen", "run", NAMES, "--list", LIST, "--json").tree["candidates"]
    for each in candidates:
        assert screened("screen", "dispose", each["subject"], each["id"][:12], NAMES, *dispose).code == 0
    said = screened("screen", "run", NAMES, "--list", LIST, "--all", "--json")
    assert said.code == 0
    assert said.tree["candidates"] == []
    assert [each["decided"][0]["outcome"] for each in said.tree["disposed"]] == ["no match"] * 2

    longer = here / "longer.csv"
    longer.write_text(LIST.read_text() + "invented-9,Invented Person List (IPL),1009,Individual," + "," * 24 + "\n")
    longer.write_text(longer.read_text().replace("1009,Individual,,", '1009,Individual,,"Korvanov, Dmilian"'))
    fresh = screened("screen", "run", NAMES, "--list", longer, "--json").tree["candidates"]
    assert [each["entry"]["number"] for each in fresh] == ["1009"], "a new entry"

    changed = here / "changed.csv"
    changed.write_text(LIST.read_text().replace("1961-05-03", "1991-02-14"))
    fresh = screened("screen", "run", NAMES, "--list", changed, "--json").tree["candidates"]
    assert [each["subject"] for each in fresh] == [ANN], "a changed entry"
    assert fresh[0]["features"]["date_of_birth"] == "agrees"

    names = here / "names.csv"
    names.write_text(NAMES.read_text().replace("1991-02-14", "1961-05-03"))
    fresh = screened("screen", "run", names, "--list", LIST, "--json").tree["candidates"]
    assert [each["subject"] for each in fresh] == [ANN], "the same entry, and something else is known of the subject"


def test_a_decision_keeps_the_features_and_no_name(screened: Command, here: Path) -> None:
    candidate = screened("screen", "run", NAMES, "--list", LIST, "--json").tree["candidates"][0]
    arguments = ("--list", LIST, "--outcome", "match", "--reason", "as listed", "--actor", "ann")
    said = screened("screen", "dispose", ANN, candidate["id"], NAMES, *arguments, "--json")
    assert said.code == 0, said.err
    (kept,) = screened("screen", "list", "--json").tree["dispositions"]
    assert kept["candidate"] == candidate["id"]
    assert kept["candidate"].startswith(candidate["entry"]["digest"].removeprefix("sha256:")[:32])
    assert kept["reason"].startswith("as listed\n(name 100, words sorted 100, initials: agrees, country: agrees")
    assert (kept["outcome"], kept["actor"], kept["subject"]) == ("match", "ann", ANN)
    assert "match" in screened("screen", "list", "--subject", ANN).out
    assert screened("screen", "list", "--subject", FIRM).out.strip() == "nothing was decided"
    state = [path for path in (here / ".licet").rglob("*") if path.is_file()]
    assert state
    for path in state:
        content = path.read_bytes().lower()
        assert not any(name.encode() in content for name in ("korvanov", "dmilian", "1991-02-14", "mueller")), path


def test_a_name_is_asked_for_where_there_is_no_file(screened: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = "Bjorna Mullvaard Oresk\nXN\n1980\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    said = screened("screen", "run", "--subject", ANN, "--list", LIST, "--json")
    (found,) = said.tree["candidates"]
    assert found["entry"]["number"] == "1003"
    assert (found["features"]["country"], found["features"]["date_of_birth"]) == ("agrees", "agrees")
    assert "Bjorna Mull" not in said.out + said.err
    monkeypatch.setattr("sys.stdin", io.StringIO("Bjorna\nxn\n"))
    said = screened("screen", "run", "--subject", ANN, "--list", LIST)
    assert said.code == 2
    assert "a country is two capital letters" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "--list", LIST), 2, "name a file of names, or `--subject`"),
        (("run", "none.csv", "--list", LIST), 2, "cannot read `none.csv`"),
        (("run", NAMES, "--list", "none.csv"), 2, "cannot read `none.csv`"),
        (("run", NAMES, "--list", NAMES), 3, "`subject` is not a column"),
        (("run", LIST, "--list", LIST), 3, "column 1 is none of subject"),
        (("run", NAMES, "--list", LIST, "--subject", "u-nobody"), 2, "has no row for `u-nobody`"),
        (("run", "--list", LIST, "--subject", "u-nobody"), 2, "`u-nobody` is not a subject"),
        (("dispose", ANN, "ffff", NAMES, "--list", LIST, "--outcome", "match", "--reason", "r"), 2, "none begins"),
        (("dispose", ANN, "", NAMES, "--list", LIST, "--outcome", "maybe", "--reason", "r"), 2, "maybe"),
    ],
)
def test_what_cannot_be_done_is_told(screened: Command, arguments: tuple[object, ...], code: int, words: str) -> None:
    said = screened("screen", *arguments)
    assert said.code == code, said
    assert words in said.err
    assert "Korvanov" not in said.err


def test_only_subjects_that_are_there_are_screened(screened: Command, here: Path) -> None:
    (here / "more.csv").write_text(NAMES.read_text() + "u-" + "e" * 16 + ",Dmilian Korvanov,,,,\n")
    said = screened("screen", "run", "more.csv", "--list", LIST)
    assert said.code == 2
    assert "is not a subject (1 subject missing)" in said.err


def test_without_the_extra_it_says_how_to_install_it(screened: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "licet.services.identity.name_matching", raising=False)
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    said = screened("screen", "run", NAMES, "--list", LIST)
    assert said.code == 4
    assert "pip install 'licet[screening]'" in said.err


def test_what_is_attested_goes_with_a_match_and_with_officers(screened: Command) -> None:
    base = ("screen", "dispose", ANN, "", NAMES, "--list", LIST, "--reason", "r", "--outcome")
    attest = ("--attest", "designated_covered_person=true")
    term = ("--level", "high", "--until", "2099-01-01T00:00:00Z")
    for arguments, words in (
        (("no match", *attest, *term), "only a match"),
        (("match", *attest), "needs `--level` and `--until`"),
        (("match", *term), "go with `--attest`"),
        (("match", *attest, *term), "only officers attest"),
    ):
        said = screened(*base, *arguments)
        assert said.code == 2
        assert words in said.err
    assert screened("screen", "list", "--json").tree["dispositions"] == []


@pytest.fixture
def governed(screened: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same with the officers ann (officer, administrator) and ben (approver)."""
    for each in ("LICET_OFFICER", "LICET_OFFICER_KEY"):
        monkeypatch.delenv(each, raising=False)
    keys = {name: screened("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ("ann", "ben")}
    roles = {"ann": "[officer, administrator]", "ben": "[approver]"}
    rows = "".join(f"  {name}: {{roles: {roles[name]}, keys: ['{keys[name]}']}}\n" for name in keys)
    (here / "officers.yaml").write_text("officers:\n" + rows)
    assert screened("officers", "appoint", "--file", "officers.yaml").code == 0
    return screened


def test_a_match_is_one_officers_to_decide_and_what_follows_needs_another(governed: Command) -> None:
    base = ("screen", "dispose", ANN, "", NAMES, "--list", LIST, "--reason", "the same passport", "--json")
    attest = ("--attest", "designated_covered_person=true", "--level", "high", "--until", "2099-01-01T00:00:00Z")
    said = governed(*base, "--outcome", "match", *attest)
    assert said.code == 1, "nothing is decided unsigned"
    said = governed(*base, "--outcome", "match", *attest, "--sign-with", "ann.key")
    assert said.code == 6, said.err
    assert (said.tree["state"], said.tree["attest"]["state"]) == ("done", "open")
    (kept,) = governed("screen", "list", "--json").tree["dispositions"]
    assert (kept["outcome"], kept["actor"]) == ("match", "ann")
    assert not designated(governed)
    assert governed("approve", said.tree["attest"]["act"], "--sign-with", "ben.key").code == 0
    assert designated(governed)


def designated(licet: Command) -> bool:
    """Whether somebody says so of ANN."""
    facts = licet("subjects", "show", ANN, "--json").tree["facts"]
    return any(each["fact"] == "designated_covered_person" and each["value"] is True for each in facts)


def test_that_there_is_no_match_waits_for_somebody_else(governed: Command) -> None:
    base = ("screen", "dispose", FIRM, "", NAMES, "--list", LIST, "--reason", "another firm", "--json")
    said = governed(*base, "--outcome", "no match", "--sign-with", "ann.key")
    assert (said.code, said.tree["state"]) == (6, "open")
    assert FIRM in governed("screen", "run", NAMES, "--list", LIST).out
    assert governed("approve", said.tree["act"], "--sign-with", "ben.key").code == 0
    assert FIRM not in governed("screen", "run", NAMES, "--list", LIST).out
