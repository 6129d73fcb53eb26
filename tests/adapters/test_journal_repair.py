"""Repair of what dead workers left: torn ends, corruption, files of the living."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.journal import open_journal
from licet.adapters.journal_file import JournalFile
from licet.adapters.journal_reader import read, records
from licet.adapters.journal_repair import Corrupt, Torn, Unreadable, repair
from licet.wire.journal import MAGIC, ClosedRecord, Damage, EndRecord, OpenedRecord, encode

NOW = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
LATER = datetime(2026, 6, 13, tzinfo=UTC)
NAMES = ["a", "b", "c"]
FRAMES = [encode(EndRecord(id=name, at=NOW, how="done")) for name in NAMES]
OPENED = MAGIC + encode(OpenedRecord(worker="w0", at=NOW, segment=0))
CLOSED = ClosedRecord(at=LATER, by="repair", records=4)


def dead(folder: Path, content: bytes) -> Path:
    path = folder / "20260612T225100.000000Z-w0.journal"
    path.write_bytes(content)
    return path


def ids(folder: Path) -> list[str]:
    return [found.id for found in records(folder)]


def test_a_whole_file_is_closed_without_a_finding(tmp_path: Path) -> None:
    path = dead(tmp_path, OPENED + b"".join(FRAMES))

    assert repair(tmp_path, LATER) == ()
    assert path.read_bytes() == OPENED + b"".join(FRAMES) + encode(CLOSED)
    assert repair(tmp_path, LATER) == ()
    assert path.read_bytes() == OPENED + b"".join(FRAMES) + encode(CLOSED)


@pytest.mark.parametrize("left", [1, 7, 8, len(FRAMES[2]) - 1])
def test_a_torn_end_is_cut_off_kept_and_reported(tmp_path: Path, left: int) -> None:
    whole = OPENED + FRAMES[0] + FRAMES[1]
    path = dead(tmp_path, whole + FRAMES[2][:left])

    (finding,) = repair(tmp_path, LATER)

    assert isinstance(finding, Torn)
    assert (finding.path, finding.offset, finding.removed) == (path, len(whole), left)
    assert finding.kept.read_bytes() == FRAMES[2][:left]
    assert ids(tmp_path) == ["a", "b"]
    assert not any(isinstance(entry, Damage) for _, entry in read(tmp_path))
    assert repair(tmp_path, LATER) == ()


def test_a_repair_that_was_itself_interrupted_loses_nothing(tmp_path: Path) -> None:
    path = dead(tmp_path, OPENED + FRAMES[0] + FRAMES[1][:20])
    first = path.with_name(path.name + ".torn")
    first.write_bytes(b"kept by the repair before")

    (finding,) = repair(tmp_path, LATER)

    assert isinstance(finding, Torn)
    assert first.read_bytes() == b"kept by the repair before"
    assert finding.kept.read_bytes() == FRAMES[1][:20]


def test_corruption_is_reported_and_left_as_it_is(tmp_path: Path) -> None:
    content = bytearray(OPENED + b"".join(FRAMES))
    content[len(OPENED) + len(FRAMES[0]) + 30] ^= 1
    path = dead(tmp_path, bytes(content))

    (finding,) = repair(tmp_path, LATER)

    begin = len(OPENED) + len(FRAMES[0])
    assert isinstance(finding, Corrupt)
    assert (finding.offset, finding.end) == (begin, begin + len(FRAMES[1]))
    assert path.read_bytes() == bytes(content)
    assert ids(tmp_path) == ["a", "c"]


def test_corruption_keeps_a_torn_end_from_being_cut(tmp_path: Path) -> None:
    content = bytearray(OPENED + b"".join(FRAMES))[:-3]
    content[len(OPENED) + 30] ^= 1
    path = dead(tmp_path, bytes(content))

    findings = repair(tmp_path, LATER)

    assert [type(finding) for finding in findings] == [Corrupt, Corrupt]
    assert path.read_bytes() == bytes(content)


@pytest.mark.parametrize("content", [b"", MAGIC[:5], MAGIC, MAGIC + b"\0\0", b"not a journal at all"])
def test_a_file_without_a_record_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = dead(tmp_path, content)

    (finding,) = repair(tmp_path, LATER)

    assert isinstance(finding, Corrupt)
    assert path.read_bytes() == content


async def test_the_file_of_a_living_worker_is_left_alone(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    await journal.append(EndRecord(id="a", at=NOW, how="done"))
    before = journal.path.read_bytes()

    assert findings_of_another_process(tmp_path) == "()\n"
    assert repair(tmp_path, LATER) == ()
    assert journal.path.read_bytes() == before
    await journal.close(NOW)


FINDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from licet.adapters.journal_repair import repair
print(repair(Path(sys.argv[1]), datetime(2026, 6, 13, tzinfo=UTC)))
"""


def findings_of_another_process(folder: Path) -> str:
    command = [sys.executable, "-c", FINDER, str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_draft_of_a_dead_creator_is_removed(tmp_path: Path) -> None:
    draft = tmp_path / "20260612T225100.000000Z-w0-77-0.new"
    draft.write_bytes(MAGIC)

    assert repair(tmp_path, LATER) == ()
    assert not draft.exists()


def test_a_thing_that_is_no_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "20260612T225100.000000Z-w0.journal").mkdir()

    (finding,) = repair(tmp_path, LATER)

    assert isinstance(finding, Unreadable)
    assert finding.why == "is a directory"


def test_a_folder_that_is_not_there_yet_needs_no_repair(tmp_path: Path) -> None:
    assert repair(tmp_path / "journal", LATER) == ()


def test_a_file_whose_worker_gave_up_is_repaired(tmp_path: Path) -> None:
    file = JournalFile.create(tmp_path, "w0", NOW, 0)
    file.append(FRAMES[0], 1)
    file.abandon()

    assert repair(tmp_path, LATER) == ()
    assert [entry for _, entry in read(tmp_path)][-1] == ClosedRecord(at=LATER, by="repair", records=2)
