"""Files that a command writes where none was: nothing is ever written over."""

from __future__ import annotations

from pathlib import Path

from licet.cli.terminal.exits import Misnamed


def write_new(path: Path, content: str | bytes, *, taken: str = "there already; name another file") -> None:
    """Write a text (UTF-8) or bytes. Raises `Misnamed` where there is such a file, or it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    except FileExistsError as error:
        raise Misnamed(f"`{path}` is {taken}") from error
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error
