"""Openings and the desk of publishing: files that only their owner reads, whole or not there."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest

from licet.adapters.desk import LOCK, MEMORY, DeskFolder
from licet.adapters.openings import OpeningsFolder
from licet.record.log.entries import digest_of
from licet.services.record.ports import LogUnavailable


def folder(path: Path) -> OpeningsFolder:
    drawn = count(1)
    return OpeningsFolder(path / "openings", lambda size: next(drawn).to_bytes(size, "big"))


def test_a_content_keeps_its_salt_for_good(tmp_path: Path) -> None:
    openings = folder(tmp_path)
    first = openings.of("document", b"{}")
    assert openings.of("document", b"{}") == first == openings.find("document", digest_of(b"{}"))
    assert folder(tmp_path).of("document", b"{}") == first
    assert openings.of("rulebook", b"{}").commitment != first.commitment
    assert openings.of("document", b"[]").salt != first.salt
    assert openings.find("document", digest_of(b"other")) is None


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    folder(tmp_path).of("document", b"{}")
    (file,) = (tmp_path / "openings").iterdir()
    assert file.name == f"document-{digest_of(b'{}').removeprefix('sha256:')}.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_a_crash_left_is_written_over_and_what_is_there_is_not(tmp_path: Path) -> None:
    openings = folder(tmp_path)
    (tmp_path / "openings").mkdir(mode=0o700)
    name = f"document-{digest_of(b'{}').removeprefix('sha256:')}.json"
    (tmp_path / "openings" / f".{name}.{os.getpid()}").write_bytes(b"half")
    made = openings.of("document", b"{}")
    assert [each.name for each in (tmp_path / "openings").iterdir()] == [name]
    openings._write(tmp_path / "openings" / name, b"another")
    assert openings.find("document", digest_of(b"{}")) == made


def test_a_damaged_one_is_said_and_never_made_anew(tmp_path: Path) -> None:
    openings = folder(tmp_path)
    openings.of("document", b"{}")
    (file,) = (tmp_path / "openings").iterdir()
    file.write_bytes(file.read_bytes().replace(b'"content":"{}"', b'"content":"[]"'))
    with pytest.raises(LogUnavailable, match=r"do not open the commitment .*: restore it from a backup"):
        openings.of("document", b"{}")


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "openings").write_bytes(b"a file")
    with pytest.raises(LogUnavailable, match=r"cannot (keep the salt|read)"):
        folder(tmp_path).of("document", b"{}")
    with pytest.raises(LogUnavailable, match="cannot lock"), DeskFolder(tmp_path / "openings").turn():
        pass


def test_one_at_a_time_and_the_other_is_named(tmp_path: Path) -> None:
    desk = DeskFolder(tmp_path / "desk")
    with desk.turn():
        assert (tmp_path / "desk" / LOCK).read_text() == f"{os.getpid()}\n"
        with (
            pytest.raises(LogUnavailable, match=rf"another process \({os.getpid()}\) publishes just now"),
            DeskFolder(tmp_path / "desk").turn(),
        ):
            pass
    with desk.turn():
        assert desk.load() is None


def test_a_memory_that_cannot_be_kept_is_none(tmp_path: Path) -> None:
    desk = DeskFolder(tmp_path / "desk")
    desk.keep(b"lost: there is no folder yet")
    assert desk.load() is None
    with desk.turn():
        desk.keep(b"1")
        desk.keep(b"2")
    assert desk.load() == b"2"
    assert (tmp_path / "desk" / MEMORY).stat().st_mode & 0o777 == 0o600
