"""Files that are there whole or not at all: a checkpoint or a batch durably, tiles before they are durable."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from licet.adapters.journal_file import sync_folder, write_all

NEW = ".new"
"""What a file's name ends with while it is written. There is one writer, so a name that is left over is reused."""


def write_file(path: Path, content: bytes, mode: int, *, durable: bool = True) -> None:
    """Put a file in the place of the one of this name, if there is one. Raises `OSError`.

    What gets the name is durable before it gets it; the name is durable on return, unless that is left to others.
    """
    _replace(path, content, mode, durable=True)
    if durable:
        sync_folder(path.parent)


def put_files(folder: Path, files: Mapping[str, bytes], each: Callable[[], None], *, mending: bool = False) -> None:
    """Put files into their folders, whole, but not durable yet; `each` is called after each file.

    One that is there with these bytes already is left alone; `mending` replaces what a loss of power left of one.
    Raises `FileExistsError` where one is there with others, `OSError`.
    """
    for name, content in files.items():
        path = folder / name
        if not path.exists() or (mending and _is_torn(path, content)):
            try:
                _replace(path, content, 0o644, durable=False)
            except FileNotFoundError:
                path.parent.mkdir(mode=0o755, parents=True)
                _replace(path, content, 0o644, durable=False)
            each()
        elif not holds(path, content):
            raise FileExistsError(errno.EEXIST, "it is there already, with other bytes", str(path))


def settle(folder: Path, names: Iterable[str]) -> None:
    """Make files below a folder durable, and their names, and those of the folders that they lie in."""
    parents: dict[Path, None] = {}
    for name in names:
        path = folder / name
        sync_file(path)
        while path != folder:
            path = path.parent
            parents[path] = None
    for parent in parents:
        sync_folder(parent)


def sync_file(path: Path) -> None:
    """Make the bytes of a file durable, whoever wrote them."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_torn(path: Path, content: bytes) -> bool:
    """Whether a file is what is left of one that had its name before it was durable: a beginning, or zeros for it."""
    found = path.read_bytes()
    return found != content and len(found) <= len(content) and content.startswith(found.rstrip(b"\0"))


def holds(path: Path, content: bytes) -> bool:
    """Whether a file has exactly these bytes."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def make_folder(path: Path, mode: int) -> None:
    """Make a folder, and those above it that are missing; their names are durable on return."""
    if path.is_dir():
        return
    make_folder(path.parent, mode)
    path.mkdir(mode=mode, exist_ok=True)
    sync_folder(path.parent)


def _replace(path: Path, content: bytes, mode: int, *, durable: bool) -> None:
    draft = path.with_name(path.name + NEW)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(draft, flags, mode)
    try:
        write_all(descriptor, content)
        if durable:
            os.fsync(descriptor)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    draft.replace(path)
