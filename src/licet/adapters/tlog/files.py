"""Files that are there whole or not at all, and durable when the call returns."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from licet.adapters.journal_file import sync_folder, write_all

NEW = ".new"
"""What a file's name ends with while it is written. There is one writer, so a name that is left over is reused."""


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Put a file in the place of the one of this name, if there is one. Raises `OSError`."""
    _replace(path, content, mode)
    sync_folder(path.parent)


def write_files(folder: Path, files: Mapping[str, bytes], each: Callable[[], None]) -> None:
    """Write files with their folders; `each` is called after each file.

    Each is durable before it gets its name; the names are durable on return. One that is there with these bytes already
    is left alone. Raises `FileExistsError` where one is there with others, `OSError`.
    """
    parents: dict[Path, None] = {}
    for name, content in files.items():
        path = folder / name
        if path.parent not in parents:
            make_folder(path.parent, 0o755)
            parents[path.parent] = None
        if not path.exists():
            _replace(path, content, 0o644)
            each()
        elif not holds(path, content):
            raise FileExistsError(errno.EEXIST, "it is there already, with other bytes", str(path))
    for parent in parents:
        sync_folder(parent)


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


def _replace(path: Path, content: bytes, mode: int) -> None:
    draft = path.with_name(path.name + NEW)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(draft, flags, mode)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    draft.replace(path)
