"""Files of documents, as they are named on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from licet.cli.terminal.exits import Misnamed
from licet.wire.documents import SourceFile

STDIN = Path("-")


def source_files(paths: Iterable[Path]) -> list[SourceFile]:
    """The files, and of each directory its `*.yaml` and `*.yml` in order; `-` is the standard input.

    Lists are looked for beside the document that names them. Raises `Misnamed` for what cannot be read.
    """
    return [_source(path) for named in paths for path in _expanded(named)]


def _expanded(named: Path) -> list[Path]:
    if not named.is_dir():
        return [named]
    found = sorted(path for path in named.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
    if not found:
        raise Misnamed(f"`{named}` holds no `*.yaml` files")
    return found


def _source(path: Path) -> SourceFile:
    if path == STDIN:
        return SourceFile("<stdin>", sys.stdin.buffer.read(), lambda name: _list(Path(name)))
    try:
        return SourceFile(str(path), path.read_bytes(), lambda name: _list(path.parent / name))
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error


def _list(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
