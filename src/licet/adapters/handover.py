"""Bytes that are handed to the gate processes as a file beside their sockets, because a request is one short line."""

from __future__ import annotations

import os
import re
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{16}")
LARGEST = 256 << 20


def leave(directory: Path, name: str, content: bytes) -> None:
    """Write a file that only this user can read; a reader sees all of it or nothing. Raises `OSError`."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _path(directory, name).with_suffix(".leaving")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    new.replace(_path(directory, name))


def found(directory: Path, name: str) -> bytes:
    """What was left under a name. Raises `OSError` if there is nothing, or too much."""
    handle = os.open(_path(directory, name), os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(f"more than {LARGEST} bytes")
    return content


def take_back(directory: Path, name: str) -> None:
    """Remove it, if it is still there."""
    _path(directory, name).unlink(missing_ok=True)


def _path(directory: Path, name: str) -> Path:
    if NAME.fullmatch(name) is None:
        raise ValueError(f"`{name}` is not a name for what is handed over")
    return directory / f"{name}.draft"
