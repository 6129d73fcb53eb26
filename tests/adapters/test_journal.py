"""The journal's writer on real files: durability, groups, rotation, a full disk and sudden death."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.journal import Rotation, open_journal
from licet.adapters.journal_reader import read, records
from licet.adapters.journal_repair import Torn, repair
from licet.core.decision import Outcome
from licet.wire.journal import (
    ClosedRecord,
    Damage,
    DecisionRecord,
    EndRecord,
    JournalUnavailable,
    OpenedRecord,
    RecordTooLong,
)

NOW = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)


def record(name: str, at: datetime = NOW) -> EndRecord:
    return EndRecord(id=name, at=at, how="done")


def decision(name: str, at: datetime = NOW) -> DecisionRecord:
    return DecisionRecord(
        id=name,
        at=at,
        key="abcd2345",
        subject="5f1d",
        api="openai",
        endpoint="/v1/chat/completions",
        operation="use",
        stream=False,
        requested="fable-5",
        outcome=Outcome.REFUSE,
        served=None,
        instruments=(),
        unknown=(),
        rulebook="sha256:00",
        epoch=1,
    )


def ids(folder: Path) -> list[str]:
    return [found.id for found in records(folder)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_record_is_in_the_file_when_its_append_resolves(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)

    await journal.append(record("a"))

    assert ids(tmp_path) == ["a"]
    await journal.close(NOW)


async def test_records_keep_the_order_of_their_appends(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    order = [str(number) for number in range(10_000)]

    await asyncio.gather(*[journal.append(record(name)) for name in order])

    assert ids(tmp_path) == order
    await journal.close(NOW)


async def test_closing_writes_what_waits_and_says_so_in_the_file(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    waiting = [journal.append(record(str(number))) for number in range(100)]

    await journal.close(NOW + timedelta(hours=1))

    assert all(future.done() and future.exception() is None for future in waiting)
    found = [entry for _, entry in read(tmp_path)]
    assert found[0] == OpenedRecord(worker="w0", at=NOW, segment=0)
    assert found[-1] == ClosedRecord(at=NOW + timedelta(hours=1), by="worker", records=101)
    with pytest.raises(JournalUnavailable, match="the journal is closed"):
        await journal.append(record("late"))


async def test_an_end_goes_with_the_next_decision_and_before_it(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    end = journal.append(record("ended"))

    await journal.append(decision("decided"))

    assert end.done()
    assert ids(tmp_path) == ["ended", "decided"]
    await journal.close(NOW)


async def test_an_end_alone_becomes_durable_too(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)

    for name in ("a", "b"):
        await journal.append(record(name))

    assert ids(tmp_path) == ["a", "b"]
    await journal.close(NOW)


async def test_a_waiter_that_goes_away_disturbs_nobody(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    left, stays = journal.append(record("left")), journal.append(record("stays"))

    left.cancel()
    await stays

    assert ids(tmp_path) == ["left", "stays"]
    await journal.close(NOW)


async def test_a_record_that_is_too_long_is_refused_and_the_journal_goes_on(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)

    with pytest.raises(RecordTooLong):
        journal.append(record("x" * 70_000))
    await journal.append(record("a"))

    assert ids(tmp_path) == ["a"]
    await journal.close(NOW)


@pytest.mark.parametrize("rotation", [Rotation(bytes=1000), Rotation(age=timedelta(seconds=10))])
async def test_files_end_and_new_ones_begin(tmp_path: Path, rotation: Rotation) -> None:
    journal = open_journal(tmp_path, "w0", NOW, rotation)
    for number in range(40):
        await journal.append(decision(str(number), NOW + timedelta(seconds=number)))
    await journal.close(NOW + timedelta(minutes=1))

    files = names(tmp_path)
    assert len(files) > 3
    assert ids(tmp_path) == [str(number) for number in range(40)]
    opened = [entry for _, entry in read(tmp_path) if isinstance(entry, OpenedRecord)]
    closed = [entry for _, entry in read(tmp_path) if isinstance(entry, ClosedRecord)]
    assert [entry.segment for entry in opened] == list(range(len(files)))
    assert len(closed) == len(files)


async def test_two_starts_at_one_instant_have_two_files(tmp_path: Path) -> None:
    for _ in range(2):
        journal = open_journal(tmp_path, "w0", NOW)
        await journal.close(NOW)

    assert names(tmp_path) == [
        "20260612T225100.000000Z-w0.1.journal",
        "20260612T225100.000000Z-w0.journal",
    ]


@pytest.mark.parametrize("worker", ["", "../w0", "w 0", "w0\n", "w" * 65])
async def test_a_worker_name_that_is_no_file_name_is_refused(tmp_path: Path, worker: str) -> None:
    with pytest.raises(ValueError, match="is not letters, digits"):
        open_journal(tmp_path, worker, NOW)


async def test_a_folder_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")

    with pytest.raises(JournalUnavailable, match=r"cannot be opened: file exists"):
        open_journal(tmp_path / "journal", "w0", NOW)


async def test_only_the_owner_can_read(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal", "w0", NOW)

    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700
    assert journal.path.stat().st_mode & 0o777 == 0o600
    await journal.close(NOW)


async def test_a_disk_that_fills_up_fails_every_waiter_and_every_later_append(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    await journal.append(decision("before"))
    with file_size_limit(4000):
        waiting = [journal.append(decision(str(number))) for number in range(200)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert not journal.writable
    assert journal.failure == "the journal cannot be written: file too large"
    with pytest.raises(JournalUnavailable, match="file too large"):
        await journal.append(decision("after"))  # though there is room again: the file is not trusted any more
    await journal.close(NOW)
    resolved = ["before", *(str(number) for number, outcome in enumerate(outcomes) if outcome is None)]
    assert set(resolved) <= set(ids(tmp_path))
    assert any(isinstance(outcome, JournalUnavailable) for outcome in outcomes)
    assert all(outcome is None or isinstance(outcome, JournalUnavailable) for outcome in outcomes)
    (finding,) = repair(tmp_path, NOW)
    assert isinstance(finding, Torn)
    assert not any(isinstance(entry, Damage) for _, entry in read(tmp_path))


async def test_a_disk_that_fills_up_while_closing_does_not_hang(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "w0", NOW)
    with file_size_limit(100):
        waiting = journal.append(record("a"))
        await journal.close(NOW)

    with pytest.raises(JournalUnavailable):
        await waiting


CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from licet.adapters.journal import open_journal
from licet.core.decision import Outcome
from licet.wire.journal import DecisionRecord

async def main():
    now = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
    journal = open_journal(Path(sys.argv[1]), "w0", now)
    async def one(waiter):
        number = 0
        while True:
            name = f"{sys.argv[2]}-{waiter}-{number}"
            await journal.append(
                DecisionRecord(
                    id=name, at=now, key=None, subject=None, api="openai", endpoint="/", operation="use", stream=False,
                    requested="m", outcome=Outcome.REFUSE, served=None, instruments=(), unknown=(), rulebook="", epoch=1
                )
            )
            sys.stdout.write(name + "\\n")
            sys.stdout.flush()
            number += 1
    await asyncio.gather(*[one(waiter) for waiter in range(16)])

asyncio.run(main())
"""


def test_whatever_was_acknowledged_survives_sudden_death(tmp_path: Path) -> None:
    """50 workers are killed at random instants; every identifier that one of them printed is in the journal."""
    acknowledged: set[str] = set()
    chance = random.Random(2)
    for life in range(50):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(life)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            acknowledged.add(child.stdout.readline().strip())
            while chance.random() > 0.01:
                acknowledged.add(child.stdout.readline().strip())
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read()
            acknowledged.update(rest[: rest.rfind("\n") + 1].split())
        assert all(isinstance(finding, Torn) for finding in repair(tmp_path, NOW))

    written = set(ids(tmp_path))
    assert len(acknowledged) > 50
    assert acknowledged <= written
    assert not any(isinstance(entry, Damage) for _, entry in read(tmp_path))
    assert len(list(tmp_path.glob("*.journal"))) == 50


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes: a full disk without needing one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_the_limit_is_real(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    with file_size_limit(10), pytest.raises(OSError, match="File too large"):
        assert os.write(descriptor, b"x" * 20) == 10
        os.write(descriptor, b"x")
    os.close(descriptor)
