"""`licet record publish` and its kin, on a real store with the cycle of June 2026, and `licet keys` for the log."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.sealed import decision, write_journal

from licet.adapters.clock import SystemClock
from licet.adapters.store import open_store
from licet.adapters.tlog_reader import open_log
from licet.record.log.check import check_log
from licet.record.log.entries import Enacted, Entry, JournalSegment, WithheldInstrument, WithheldList
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.opening import read_opening
from licet.record.log.rulebooks import Law
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.policy import read_policy
from licet.record.tree.verified import VerifiedTree
from licet.services.rulebooks import in_force

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"


def entries(here: Path) -> list[tuple[int, Entry]]:
    """Every entry of the log, verified against its checkpoint."""
    log = open_log(str(here / ".licet" / "record"))
    tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
    return [(each.at, read_entry(each.content)) for each in tree.entries()]


def add(here: Path, text: str) -> None:
    with (here / "licet.yaml").open("a") as file:
        file.write(text)


@pytest.fixture
def logged(june: Command) -> Command:
    """The June cycle, enacted, with a key for the log."""
    assert june("keys", "log").code == 0
    return june


def test_the_june_cycle_is_published_once_and_verifies(logged: Command, here: Path) -> None:
    line = logged("keys", "log").err
    assert "is never overwritten" in line
    done = logged("record", "publish", "--json")
    assert done.code == 0, done.err
    assert done.tree["begun"]
    published = entries(here)
    assert done.tree["size"] == len(published) == len(done.tree["appended"])
    assert {each.TYPE for _, each in published} == {"list", "instrument", "enactment"}
    store = open_store(here / ".licet", SystemClock().now())
    assert [each.epoch for _, each in published if isinstance(each, Enacted)] == [1, 2]
    assert Law(published).rulebook(2).digest == in_force(store).digest
    key = logged("record", "status", "--json").tree["key"]
    log = open_log(str(here / ".licet" / "record"))
    policy = read_policy(f"log {key}\nquorum none\n".encode())
    assert check_log(log.tiles, log.checkpoint(), policy).accepted
    again = logged("record", "publish", "--json").tree
    assert (again["appended"], again["begun"], again["size"]) == ([], False, len(published))
    # as words: `ada` alone stands in one of some hundred digests by chance
    assert not any(re.search(rb"\b(ada|ann)\b", encode(each)) for _, each in published)


def test_without_a_key_it_says_how_to_make_one(june: Command) -> None:
    said = june("record", "publish")
    assert said.code == 4
    assert "`licet keys log` makes it" in said.err


def test_people_read_a_table(logged: Command) -> None:
    said = logged("record", "publish")
    lines = said.out.splitlines()
    assert lines[0] == "the log has begun"
    assert lines[1].split() == ["ENTRY", "TYPE", "WHAT"]
    assert any(line.split()[1:4] == ["instrument", "order", "us-doc-2026-06-12"] for line in lines)
    assert any("the policy asks for no cosignatures" in line for line in lines)
    assert "there is nothing new to publish" in logged("record", "publish").out


def test_what_waited_for_signatures_is_said_when_it_is_published(logged: Command, here: Path) -> None:
    key = logged("record", "status", "--json").tree["key"]
    witness = logged("keys", "witness", "--name", "witness.example/w1", "--file", "w1.key", "--json").tree["key"]
    policy = here / "policy.txt"
    policy.write_text(f"log {key}\nquorum none\n")
    add(here, "record: {policy: policy.txt}\n")
    assert logged("record", "publish").code == 0
    policy.write_text(f"log {key}\nwitness w1 {witness} http://127.0.0.1:1\nquorum w1\n")
    assert logged("record", "correct", "0", "--why", "an exercise").code == 4
    policy.write_text(f"log {key}\nquorum none\n")
    assert "1 entry that had been appended before" in logged("record", "publish").out
    assert "there is nothing new to publish" in logged("record", "publish").out


def test_what_waits_is_said_and_not_done(logged: Command, here: Path) -> None:
    before = logged("record", "status", "--json")
    assert before.code == 0
    assert not before.tree["begun"]
    assert before.tree["waiting"]["enactment"] == 2
    assert "it has not begun: `licet record publish` begins it" in logged("record", "status").out
    assert not (here / ".licet" / "record").exists()
    logged("record", "publish")
    after = logged("record", "status", "--json").tree
    assert (after["waiting"], after["epoch"], after["checkpoint"]["accepted"]) == ({}, 2, True)
    assert "nobody is asked" in logged("record", "status").out


def test_the_status_needs_no_extra(logged: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged("record", "publish").code == 0
    monkeypatch.setitem(sys.modules, "duckdb", None)
    said = logged("record", "status", "--json")
    assert said.code == 0, said.err
    assert "pip install 'licet[columns]'" in said.tree["note"]


def test_a_withheld_order_is_a_commitment_that_an_auditor_can_check(logged: Command, here: Path) -> None:
    add(
        here,
        "record:\n  withhold:\n"
        "  - {document: us-doc-2026-06-26, fields: [to, uses], reason: the annex is secret, authority: 15 CFR 744.22}\n"
        "  - {document: never-there, fields: all, reason: r, authority: a}\n",
    )
    status = logged("record", "status", "--json").tree
    assert status["withholds_nothing"] == ["never-there"]
    assert not (here / ".licet" / "record-openings").exists()  # looking changes nothing
    assert logged("record", "publish").code == 0
    published = entries(here)
    withheld = [each for _, each in published if isinstance(each, WithheldInstrument)]
    assert [(each.name, each.withheld) for each in withheld] == [("us-doc-2026-06-26", ("to", "uses"))]
    annex = (JUNE / "annex-a.csv").read_text().splitlines()[1].split(",")[0]
    assert not any(annex.encode() in encode(each) for _, each in published if isinstance(each, WithheldInstrument))
    said = logged("record", "open", "us-doc-2026-06-26", "-o", "court", "--json")
    assert said.code == 0, said.err
    assert logged("record", "open", "--rulebook", "2", "-o", "court").code == 0
    files = sorted((here / "court").iterdir())
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    openings = {each.commitment: each for each in (read_opening(file.read_bytes()) for file in files)}
    assert withheld[0].commitment in openings
    assert {each.commitment for _, each in published if isinstance(each, WithheldList)} <= openings.keys()
    store = open_store(here / ".licet", SystemClock().now())
    assert Law(published, openings).rulebook(2).digest == in_force(store).digest
    assert not any(each.salt.hex() in said.out for each in openings.values())


def test_what_was_never_withheld_cannot_be_opened(logged: Command) -> None:
    assert logged("record", "open", "us-doc-2026-06-12", "-o", "x").code == 2
    assert logged("record", "open", "-o", "x").code == 2
    assert logged("record", "open", "--rulebook", "9", "-o", "x").code == 2


def test_an_order_that_names_people_stops_and_names_the_setting(logged: Command, here: Path) -> None:
    order = "order: o-1\nissued: 2026-06-12T17:21:00-04:00\nfrom: 2026-06-12T18:51:00-04:00\nmodels: [fable-5]\n"
    (here / "o.yaml").write_text(f"{order}forbids: subject in {{'ada', 'grace'}}\n")
    assert logged("enact", "o.yaml").code == 0
    assert "publishing will stop" in logged("record", "status").out
    said = logged("record", "publish", "--json")
    assert said.code == 1
    assert "withhold: [{document: o-1, fields: [forbids]" in said.tree["stopped"]
    assert [each.epoch for _, each in entries(here) if isinstance(each, Enacted)] == [1, 2]
    add(here, "record: {withhold: [{document: o-*, fields: [forbids], reason: it names people, authority: GDPR}]}\n")
    assert logged("record", "publish").code == 0
    named = re.compile(rb"\b(ada|grace)\b")  # as a word: a digest may have these letters
    assert not any(named.search(encode(each)) for _, each in entries(here))


def test_a_wrong_entry_is_corrected_and_stays(logged: Command, here: Path) -> None:
    size = logged("record", "publish", "--json").tree["size"]
    said = logged("record", "correct", "1", "--why", "the source is another one", "--json")
    assert (said.tree["entry"], said.tree["type"]) == (size, "correction")
    assert len(entries(here)) == size + 1
    assert "there is no entry 9999" in logged("record", "correct", "9999", "--why", "x").err
    assert logged("record", "correct", "1", "--why", "two\nlines").code == 2
    assert logged("record", "publish", "--json").tree["appended"] == []


def test_the_journal_is_sealed_and_published(logged: Command, here: Path) -> None:
    write_journal(here / ".licet" / "journal", "w0", [decision(each) for each in range(3)])
    said = logged("record", "publish", "--json")
    assert said.code == 0, said.err
    assert len(said.tree["sealed"]) == 1
    assert [each.TYPE for _, each in entries(here)][-2:] == ["journal-segment", "subject-facts"]
    assert logged("record", "status", "--json").tree["segments"] == {"sealed": 1, "unpublished": 0, "deleted": 0}
    assert logged("record", "publish", "--json").tree["appended"] == []


def test_following_goes_on_until_it_is_interrupted(logged: Command, here: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "licet.app.main", "record", "publish", "--follow", "1", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        decoder, text = json.JSONDecoder(), ""
        assert running.stdout is not None
        for line in running.stdout:  # the first reply ends with a brace at the beginning of a line
            text += line
            if line == "}\n":
                break
        first = decoder.decode(text)
        assert first["begun"]
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 130
    finally:
        running.kill()
        running.communicate()
    assert len(entries(here)) == first["size"]
    assert logged("record", "publish", "--json").tree["appended"] == []


def test_the_key_hands_over(logged: Command, here: Path) -> None:
    logged("record", "publish")
    told = logged("keys", "rotate", "--prepare", "--json").tree
    assert told["prepared"]
    assert logged("keys", "rotate").code == 2
    done = logged("keys", "rotate", "--why", "yearly", "--json").tree
    assert done["key"] == told["key"]
    assert entries(here)[done["entry"]][1].TYPE == "key-hand-over"
    assert logged("record", "status", "--json").tree["key"] == done["key"]
    assert logged("record", "publish", "--json").tree["accepted"]


def test_secrets_are_in_files_of_their_owner_alone(logged: Command, here: Path) -> None:
    assert logged("keys", "witness", "--name", "witness.example/w1", "--file", "w1.key").code == 0
    for name in (".licet/record.key", "w1.key"):
        assert (here / name).stat().st_mode & 0o777 == 0o600
    secret = (here / "w1.key").read_text().rpartition("+")[2]
    said = logged("keys", "witness", "--name", "witness.example/w1", "--file", "w1.key", "--json")
    assert said.code == 4
    assert secret not in said.out + said.err
    named = logged("keys", "witness", "--name", "witness.example/w2", "--file", "w2.key", "--json").tree
    assert json.dumps(named).count("PRIVATE") == 0
    assert named["line"] == f"witness w2 {named['key']} https://…"


def test_an_origin_that_is_not_the_configurations_is_said(june: Command) -> None:
    said = june("keys", "log", "--origin", "models.example/record")
    assert "set `record: {origin: models.example/record}` in licet.yaml" in said.out
    refused = june("record", "publish")
    assert refused.code == 4
    assert "set `record.origin` to the key's name" in refused.err


WORKER = """
    import asyncio, sys
    from pathlib import Path
    from licet.adapters.control import ControlServer

    async def main():
        async def status(request):
            return {"worker": "w9", "clock": sys.argv[2]}

        server = ControlServer(Path(sys.argv[1]), {"status": status}, about={"listen": "127.0.0.1:0"})
        await server.start()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await server.close()

    asyncio.run(main())
"""


def test_what_publishing_seals_is_dated_by_the_clock_of_the_gate(logged: Command, here: Path) -> None:
    """A dead worker's file is closed at the instant that a scenario's clock shows, not at the system's."""
    add(here, "clock: scenario\n")
    state, shown = here / ".licet", datetime(2026, 6, 13, 9, 0, tzinfo=UTC)
    write_journal(state / "journal", "w1", [decision(1, None)], closed=False)
    command = [sys.executable, "-c", textwrap.dedent(WORKER), str(state / "workers" / "w9.sock"), shown.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        done = logged("record", "publish")
        worker.communicate("\n")
    assert done.code == 0, done.err
    (segment,) = [each for _, each in entries(here) if isinstance(each, JournalSegment)]
    assert segment.last == shown
