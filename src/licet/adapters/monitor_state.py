"""What a monitor remembers: one file of JSON that is replaced whole, the evidence of alarms, and its feed."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import read_checkpoint
from licet.services.record.watching.monitoring import Alarm, Known, MonitorUnusable
from licet.services.record.watching.news import News

FILE = "monitor.json"
LOCK = "monitor.lock"
EVIDENCE = "evidence"

_NEWS = {field.name for field in fields(News)}


@contextmanager
def only_monitor(folder: Path) -> Iterator[FolderMemory]:
    """The memory in a folder, for one monitor at a time. Raises `MonitorUnusable`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MonitorUnusable(f"cannot use the state `{folder}`: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MonitorUnusable(f"another monitor runs with the state `{folder}`: each needs its own") from None
        yield FolderMemory(folder)
    finally:
        os.close(descriptor)


class FolderMemory:
    """`services.record.watching.monitoring.Memory` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Known | None:
        """See the port."""
        path = self._folder / FILE
        try:
            tree = json.loads(path.read_bytes())
            return _known(tree)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MonitorUnusable(f"cannot read `{path}`: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecordRefused) as error:
            raise MonitorUnusable(
                f"`{path}` is damaged ({error}): put it back from a backup; without it, a fork that happened meanwhile "
                "stays unseen"
            ) from error

    def save(self, known: Known) -> None:
        """See the port."""
        news = [_tree(each) for each in known.news]
        tree = {"checkpoint": known.checkpoint.decode(), "grown": known.grown.isoformat(), "news": news}
        write_whole(self._folder / FILE, json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n")

    def keep(self, alarm: Alarm) -> list[str]:
        """See the port. The same evidence has the same names, however often it is found."""
        mark = sha256(b"\0".join(alarm.evidence.values())).hexdigest()[:12]
        found = []
        for name, content in alarm.evidence.items():
            path = self._folder / EVIDENCE / f"{alarm.danger.value}-{mark}-{name}"
            write_whole(path, content)
            found.append(str(path))
        return found

    def publish(self, path: Path, content: bytes) -> None:
        """See the port. A file that has this content already is left alone."""
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """A file that is there whole or as it was, also after a power cut. Raises `MonitorUnusable`."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise MonitorUnusable(f"cannot write `{path}`: {error.strerror}") from error


def _known(tree: dict[str, Any]) -> Known:
    content = tree["checkpoint"].encode()
    checkpoint = read_checkpoint(content).checkpoint
    news = tuple(_news(each) for each in tree["news"])
    return Known(content, checkpoint.origin, checkpoint.head, datetime.fromisoformat(tree["grown"]), news)


def _tree(news: News) -> dict[str, Any]:
    at = None if news.at is None else news.at.isoformat()
    return {**asdict(news), "at": at, "seen": news.seen.isoformat()}


def _news(tree: dict[str, Any]) -> News:
    if tree.keys() != _NEWS:
        raise ValueError(f"news with the keys {', '.join(sorted(tree))}")
    at = None if tree["at"] is None else datetime.fromisoformat(tree["at"])
    return News(**{**tree, "at": at, "seen": datetime.fromisoformat(tree["seen"])})
