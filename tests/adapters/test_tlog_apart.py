"""A log that another process appends to: the same answers, the same refusals, and an end with its parent."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest
from tests.record.small_log import ENTRIES, LOG

from licet.adapters.tlog.apart import LogApart
from licet.adapters.tlog.log import FolderLog
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import TileReader
from licet.services.record.ports import LogForked, LogUnavailable, NotPublished


class Witness:
    """Cosigns unless a file says that it is away."""

    def __init__(self, away: Path) -> None:
        self.away = away

    def __call__(self, _: Head, checkpoint: bytes, tiles: TileReader) -> bytes:
        if self.away.exists():
            raise LogUnavailable("the witness is away")
        return checkpoint


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    made = FolderLog(tmp_path / "log", tmp_path / "lock", tmp_path / "staging", LOG, Witness(tmp_path / "away"), lag=2)
    made.create()
    return made


@pytest.fixture
def apart(log: FolderLog) -> Iterator[LogApart]:
    made = LogApart(log)
    yield made
    made.close()


def child() -> int:
    """The process that appends."""
    (found,) = [each.pid for each in active_children() if each.name == "log"]
    assert found is not None
    return found


def test_it_appends_as_the_log_itself_does(apart: LogApart, log: FolderLog) -> None:
    assert apart.append(ENTRIES[:3]) == range(3)
    assert apart.append(ENTRIES[3:4]) == range(3, 4)
    assert apart.append([]) == range(4, 4)
    assert read_checkpoint(apart.checkpoint()).checkpoint.head.size == 4
    assert apart.publish() == log.checkpoint()
    assert apart.origin == log.origin


def test_refusals_come_through(apart: LogApart, log: FolderLog, tmp_path: Path) -> None:
    (tmp_path / "away").touch()
    with pytest.raises(NotPublished, match="the witness is away") as caught:
        apart.append(ENTRIES[:2])
    assert caught.value.appended == range(2)
    with pytest.raises(LogUnavailable, match="the witness is away"):
        apart.publish()
    (tmp_path / "away").unlink()
    assert read_checkpoint(apart.publish()).checkpoint.head.size == 2
    bundle = tmp_path / "log" / "tile" / "entries" / "000.p" / "2"
    bundle.write_bytes(b"\0" + bundle.read_bytes()[1:])
    with pytest.raises((LogForked, LogUnavailable)):
        apart.append(ENTRIES[:2])


def test_a_signal_to_all_ends_nothing_before_its_answer(apart: LogApart) -> None:
    assert apart.append(ENTRIES[:1]) == range(1)
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(child(), number)
    assert apart.append(ENTRIES[1:2]) == range(1, 2)


def test_a_process_that_was_killed_is_told_and_nothing_is_claimed(apart: LogApart, log: FolderLog) -> None:
    apart.append(ENTRIES[:1])
    os.kill(child(), signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(LogUnavailable, match="start `licet record serve` again"):
            apart.append(ENTRIES[:1])
    assert log.append(ENTRIES[1:2]) == range(1, 2)
