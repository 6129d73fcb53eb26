"""`licet verify` on what a dishonest operator hands over: it ends, with a verdict, and no terminal obeys it."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.record.june_log import CITIZEN, CLAIM, ORDERED, SECOND, Sealed, decision, end, file_of, sealed
from tests.record.signed_log import checkpoint_of, log_of
from tests.record.small_log import HEAD, POLICY_TEXT, proof_of

from licet.record.log.entries import Enacted, JournalSegment, SubjectFacts, WithheldInstrument
from licet.record.log.opening import Opening, opening

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Said

OBEYED = "\x1b\x9b\u202e\x07"
HIDDEN = f"{OBEYED[0]}[2J{OBEYED[1]}31m{OBEYED[2:]}"
"""What a terminal would obey, and what turns the direction of a text."""


def lay(here: Path, entries: Any, files: dict[str, bytes]) -> None:
    """A log and a disclosure as they are handed over, and a policy."""
    tiles, checkpoint = log_of(entries)
    for path, content in {**tiles, "checkpoint": checkpoint}.items():
        (here / "record" / path).parent.mkdir(parents=True, exist_ok=True)
        (here / "record" / path).write_bytes(content)
    (here / "disclosed").mkdir(exist_ok=True)
    for name, content in files.items():
        (here / "disclosed" / name).write_bytes(content)
    (here / "policy.txt").write_bytes(POLICY_TEXT)


def claim(licet: Command, *more: object, until: object = CLAIM.until) -> Said:
    """The claim about the order of June."""
    places = ("--log", "record", "--disclosure", "disclosed", "--policy", "policy.txt")
    whom = ("--whom", "foreign_person", "--uses", "foreign_person=foreign_person@15cfr772.1")
    times = ("--from", ORDERED.isoformat(), "--until", getattr(until, "isoformat", str)())
    return licet("verify", "claim", *places, "--model", "fable-5", *whom, *times, *more)


@pytest.mark.parametrize("suffix", ["jsonl.gz", "seed", "facts.jsonl", "facts.seed"])
def test_what_is_no_file_in_a_disclosure_is_not_read(licet: Command, here: Path, suffix: str) -> None:
    world = sealed()
    lay(here, world.entries, world.files)
    file = next((here / "disclosed").glob(f"*w0.{suffix}"))
    for make in (os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
        make(file)
        said = claim(licet, "--json")
        assert (said.code, said.tree["verdict"]) == (1, "not shown")
        assert said.tree["missing"][0]["why"].startswith("it cannot be read")


def test_what_is_no_file_among_openings_is_not_read(licet: Command, here: Path) -> None:
    world = sealed()
    lay(here, world.entries, world.files)
    (here / "openings").mkdir()
    os.mkfifo(here / "openings" / "one")
    said = claim(licet, "--openings", "openings")
    assert said.code == 2
    assert "it is not a file" in said.err


def test_a_segment_is_looked_for_in_the_disclosure_alone(licet: Command, here: Path) -> None:
    world = sealed()
    entries = [
        replace(each, segment=f"../{each.segment}") if isinstance(each, JournalSegment | SubjectFacts) else each
        for each in world.entries
    ]
    lay(here, entries, {})
    for path, content in world.files.items():
        (here / path).write_bytes(content)
    said = claim(licet)
    assert (said.code, "not shown" in said.out) == (1, True)
    assert "no such file" in said.out


@pytest.mark.parametrize("field", ["id", "requested", "rulebook", "subject"])
def test_no_terminal_and_no_page_obeys_a_record(licet: Command, here: Path, field: str) -> None:
    changed: dict[str, Any] = {"requested": "none", field: HIDDEN}
    world = Sealed().seal(file_of([decision(1, ORDERED + SECOND, CITIZEN, **changed), end(1, ORDERED + SECOND)]))
    lay(here, world.entries, world.files)
    for more in ((), ("--json",), ("--html", "verdict.html")):
        said = claim(licet, *more)
        assert said.code == 1
        page = (here / "verdict.html").read_text() if more[:1] == ("--html",) else ""
        assert not set(OBEYED) & set(said.out + said.err + page)


def test_half_a_surrogate_pair_is_shown_as_such(licet: Command, here: Path) -> None:
    record = decision(1, ORDERED + SECOND, CITIZEN).replace(b'"requested":"fable-5"', b'"requested":"\\ud800"')
    world = Sealed().seal(file_of([record, end(1, ORDERED + SECOND)]))
    lay(here, world.entries, world.files)
    for more in ((), ("--json",), ("--html", "verdict.html")):
        said = claim(licet, *more)
        assert said.code == 1
        assert "does not hold" in said.out
        assert "ud800" in said.out


def test_the_grace_of_a_claim_is_said(licet: Command, here: Path) -> None:
    world = sealed()
    lay(here, world.entries, world.files)
    said = claim(licet, "--grace", "1h", "--html", "verdict.html")
    assert said.code == 0
    assert "3600 s" in said.out
    assert "3600 s" in (here / "verdict.html").read_text()
    assert claim(licet, "--grace", "999999999h").code == 0


def test_an_opening_shows_what_the_entry_committed_to_and_nothing_else(licet: Command, here: Path) -> None:
    """A commitment to a record or a rulebook does not pass for one to a document, nor the other way round."""

    def entry_for(of: str) -> tuple[Opening, WithheldInstrument]:
        made = opening(of, b"s" * 32, b"something else")
        return made, WithheldInstrument("order", "o", made.commitment, b"{}", ("text",), "it is secret", "a court")

    for of, code in (("document", 0), ("record", 1), ("facts", 1), ("rulebook", 1)):
        made, entry = entry_for(of)
        shutil.rmtree(here / "record", ignore_errors=True)
        lay(here, [entry], {})
        (here / "one.opening").write_bytes(bytes(made))
        said = licet("verify", "opening", "one.opening", "--log", "record", "--policy", "policy.txt", "--json")
        assert said.code == code, of
    made = opening("document", b"s" * 32, b"{}")
    world = sealed()
    enacted = next(each for each in world.entries if isinstance(each, Enacted))
    shutil.rmtree(here / "record")
    at = world.entries.index(enacted)
    lay(here, [*world.entries[:at], replace(enacted, rulebook=made.commitment)], {})
    (here / "one.opening").write_bytes(bytes(made))
    assert licet("verify", "opening", "one.opening", "--log", "record", "--policy", "policy.txt").code == 1


def test_a_proof_with_a_cosignature_that_is_yet_to_come_is_refused(licet: Command, here: Path) -> None:
    (here / "policy.txt").write_bytes(POLICY_TEXT)
    (here / "decision.proof").write_bytes(bytes(proof_of(300)))
    assert licet("verify", "proof", "decision.proof", "--policy", "policy.txt").code == 0
    proof = proof_of(300)
    ahead = checkpoint_of(HEAD, at=4_000_000_000)
    (here / "decision.proof").write_bytes(bytes(replace(proof, log=replace(proof.log, checkpoint=ahead))))
    said = licet("verify", "proof", "decision.proof", "--policy", "policy.txt", "--json")
    assert (said.code, said.tree["verdict"]) == (1, "refused")
    assert "yet to come" in said.tree["findings"][0]["why"]
