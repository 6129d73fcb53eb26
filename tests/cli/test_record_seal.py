"""`licet record seal`, `hold`, `expire` and `disclose`, on a real installation with a real log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from tests.sealed import NOON, SECOND, decision, ended, write_journal

from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.services.keys import pseudonym
from licet.wire.journal import Record

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SEGMENT = "20260612T120000.000000Z-w0"
FROM, UNTIL = "2026-06-12T00:00:00Z", "2026-06-13T00:00:00Z"


@pytest.fixture
def decided(installed: Command, here: Path) -> Command:
    """An installation with a log's key, whose gate decided something and ended."""
    assert installed("keys", "log").code == 0
    state = here / ".licet"
    first = pseudonym(PseudonymKeys(state, read_secret(state)).current()[1], "first")
    records: list[Record] = [decision(each, None) for each in range(4)]
    records += [replace(decision(9), subject=first), ended(9)]
    write_journal(here / ".licet" / "journal", "w0", records)
    return installed


@pytest.fixture
def sealed(decided: Command) -> Command:
    """The same, sealed and in the log."""
    assert decided("record", "seal").code == 0
    assert decided("record", "publish", "--no-seal").code == 0
    return decided


def test_what_is_closed_is_sealed_once(decided: Command, here: Path) -> None:
    said = decided("record", "seal", "--json")
    assert said.code == 0, said.err
    (segment,) = said.tree["sealed"]
    assert segment["segment"]["segment"] == SEGMENT
    assert segment["segment"]["records"] == 8
    assert segment["facts"]["subjects"] == 1
    assert (said.tree["troubles"], said.tree["unnamed"], said.tree["removed"]) == ([], 0, [])
    assert decided("record", "seal", "--json").tree["sealed"] == []
    assert "there is nothing to seal" in decided("record", "seal").out
    assert (here / ".licet" / "segments" / f"{SEGMENT}.parquet").exists()


def test_sealing_says_what_it_made_and_what_is_wrong(decided: Command, here: Path) -> None:
    (here / ".licet" / "journal" / "20260612T120000.000000Z-w1.journal").write_bytes(b"this never was a journal file")
    said = decided("record", "seal")
    assert said.code == 1
    assert f"{SEGMENT}  2026-06-12T12:00:00+00:00" in said.out
    assert "sealed 1 segment" in said.out
    assert "20260612T120000.000000Z-w1.journal: no record in it can be read" in said.out


def test_journal_files_go_when_asked_and_the_log_has_them(decided: Command, here: Path) -> None:
    journal = here / ".licet" / "journal"
    assert decided("record", "seal", "--remove").code == 4
    assert decided("record", "publish").code == 0
    said = decided("record", "seal", "--remove", "--json")
    assert said.tree["removed"] == [f"{SEGMENT}.journal"]
    assert list(journal.iterdir()) == []


def test_a_hold_freezes_and_a_release_ends_it(sealed: Command, here: Path) -> None:
    (here / "licet.yaml").write_text((here / "licet.yaml").read_text() + "record: {retention_days: 30}\n")
    added = sealed("record", "hold", "add", "case-7", "--subject", "first", "--why", "a request", "--json")
    assert added.code == 0, added.out
    assert added.tree["covers"] == [SEGMENT]
    (held,) = sealed("record", "hold", "list", "--json").tree["holds"]
    assert (held["name"], held["why"], held["segments"]) == ("case-7", "a request", None)
    assert "case-7" in sealed("record", "hold", "list").out
    kept = sealed("record", "expire", "--json").tree
    assert kept["deleted"] == []
    assert kept["kept"] == [{"segment": SEGMENT, "why": "held by `case-7`"}]
    assert sealed("record", "hold", "add", "case-7", "--why", "again").code == 2
    assert sealed("record", "hold", "release", "case-7", "--why", "closed").code == 0
    assert sealed("record", "hold", "release", "case-7", "--why", "closed").code == 2
    assert sealed("record", "hold", "list").out == "there are no holds\n"
    assert "1 segment would be deleted" in sealed("record", "expire", "--dry-run").out
    assert (here / ".licet" / "segments" / f"{SEGMENT}.seed").exists()
    assert sealed("record", "expire", "--json").tree["deleted"] == [SEGMENT]
    assert sorted(each.name for each in (here / ".licet" / "segments").iterdir()) == ["holds.jsonl", "lock"]
    assert list((here / ".licet" / "journal").iterdir()) == []


def test_holds_name_what_there_is(sealed: Command) -> None:
    for scope in (("--segment", "nothing"), ("--subject", "nobody")):
        said = sealed("record", "hold", "add", "x", *scope, "--why", "w", "--json")
        assert (said.code, said.tree["error"]["code"]) == (2, "misnamed")
    said = sealed("record", "hold", "add", "x", "--from", UNTIL, "--until", FROM, "--why", "w", "--json")
    assert (said.code, said.tree["error"]["code"]) == (2, "hold_refused")
    said = sealed("record", "hold", "add", "x", "--segment", SEGMENT, "--from", FROM, "--until", UNTIL, "--why", "w")
    assert said.out == "`x` holds 1 of 1 segments\n"
    assert f"{SEGMENT} from 2026-06-12T00:00:00+00:00 until" in sealed("record", "hold", "list").out


def test_nothing_is_deleted_before_its_time(sealed: Command) -> None:
    assert sealed("record", "expire").out == "0 segments deleted, after a retention of 1,827 days\n"


def test_an_auditor_gets_whole_segments(sealed: Command, here: Path) -> None:
    said = sealed("record", "disclose", "--from", FROM, "--until", UNTIL, "-o", "out", "--json")
    assert said.code == 0, said.out
    assert (said.tree["segments"], said.tree["records"], said.tree["facts"]) == ([SEGMENT], 8, 1)
    assert (here / "out" / f"{SEGMENT}.seed").stat().st_mode & 0o777 == 0o600
    assert json.loads((here / "out" / "disclosure.json").read_bytes())["segments"] == [SEGMENT]
    again = sealed("record", "disclose", "-o", "out", "--json")
    assert (again.code, again.tree["error"]["code"]) == (4, "state")


def test_an_auditor_gets_one_subjects_decisions(sealed: Command, here: Path) -> None:
    said = sealed("record", "disclose", "--subject", "first", "--output", "out")
    assert said.code == 0
    assert "records   2\n" in said.out
    lines = (here / "out" / f"{SEGMENT}.opened.jsonl").read_text().splitlines()
    assert [json.loads(json.loads(each)["record"])["id"] for each in lines] == ["d9", "d9"]
    assert not list((here / "out").glob("*.seed"))


def test_a_disclosure_of_nothing_is_refused(sealed: Command) -> None:
    late = (NOON + 3600 * SECOND).isoformat()
    said = sealed("record", "disclose", "--from", late, "-o", "out", "--json")
    assert (said.code, said.tree["error"]["code"]) == (1, "nothing_to_disclose")
    said = sealed("record", "disclose", "--subject", "nobody", "-o", "out2", "--json")
    assert (said.code, said.tree["error"]["code"]) == (2, "misnamed")
