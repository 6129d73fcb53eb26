"""What a monitor remembers: read back as it was, whole whatever happens, and one monitor at a time."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.record.small_log import CHECKPOINT, HEAD, LOG

from licet.adapters.monitor_state import EVIDENCE, FILE, only_monitor
from licet.services.record.watching.monitoring import Alarm, Danger, Known, MonitorUnusable
from licet.services.record.watching.news import News

SEEN = datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC)
NEWS = (
    News(3, "instrument", "lift é\x1b", "ends: o-1", datetime(2026, 6, 1, tzinfo=timezone(-timedelta(hours=4))), SEEN),
    News(4, "unreadable", "entry 4", "", None, SEEN),
)
KNOWN = Known(CHECKPOINT, LOG.key.name, HEAD, SEEN, NEWS)


def test_it_is_read_back(tmp_path: Path) -> None:
    with only_monitor(tmp_path / "s") as memory:
        assert memory.load() is None
        memory.save(KNOWN)
    with only_monitor(tmp_path / "s") as memory:
        assert memory.load() == KNOWN
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700


def test_killed_while_it_is_written_the_one_before_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = Known(CHECKPOINT, LOG.key.name, HEAD, SEEN + timedelta(days=1))
    with only_monitor(tmp_path) as memory:
        memory.save(KNOWN)
        child = os.fork()
        if child == 0:
            monkeypatch.setattr(os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGKILL))
            memory.save(later)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert memory.load() == KNOWN
        memory.save(later)
        assert memory.load() == later


def test_evidence_has_names_of_its_content(tmp_path: Path) -> None:
    one = Alarm(Danger.FORK, "why", {"shown.checkpoint": b"a", "remembered.checkpoint": b"b"})
    other = Alarm(Danger.FORK, "why", {"shown.checkpoint": b"c"})
    with only_monitor(tmp_path) as memory:
        paths = memory.keep(one)
        assert memory.keep(one) == paths
        assert len({*paths, *memory.keep(other)}) == 3
        assert [Path(path).read_bytes() for path in paths] == [b"a", b"b"]
    assert len(list((tmp_path / EVIDENCE).iterdir())) == 3


def test_a_file_that_did_not_change_is_left_alone(tmp_path: Path) -> None:
    with only_monitor(tmp_path / "s") as memory:
        memory.publish(tmp_path / "feed", b"x")
        before = (tmp_path / "feed").stat()
        memory.publish(tmp_path / "feed", b"x")
        assert (tmp_path / "feed").stat().st_ino == before.st_ino
        memory.publish(tmp_path / "feed", b"y")
        assert (tmp_path / "feed").read_bytes() == b"y"
        with pytest.raises(MonitorUnusable, match="cannot write"):
            memory.publish(tmp_path / "feed" / "below", b"")


def test_one_at_a_time(tmp_path: Path) -> None:
    with only_monitor(tmp_path), pytest.raises(MonitorUnusable, match="each needs its own"), only_monitor(tmp_path):
        pytest.fail("two at a time")
    with only_monitor(tmp_path) as memory:
        assert memory.load() is None


def test_what_is_damaged_is_refused_and_stays(tmp_path: Path) -> None:
    for content in (b"{", b"{}", b"7", b"null", b'{"checkpoint": "", "grown": "x", "news": []}', b"\xff"):
        (tmp_path / FILE).write_bytes(content)
        with only_monitor(tmp_path) as memory, pytest.raises(MonitorUnusable, match="is damaged"):
            memory.load()
        assert (tmp_path / FILE).read_bytes() == content
