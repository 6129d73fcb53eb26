"""The installation's secret (the pepper): 32 random bytes in a file that only its owner can read.

It keys the hashes of API keys and the pseudonyms of subjects in the journal. Whoever has it and the store can test
guesses against both; without it, neither says anything. Lost, every API key is void.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from licet.services.ports import StoreUnavailable

FILE = "secret"
LENGTH = 32


def create_secret(directory: Path, random_bytes: Callable[[int], bytes]) -> bytes:
    """The secret of a state directory, made (0600) if there is none yet. Raises `StoreUnavailable`."""
    path = directory / FILE
    new = directory / f".{FILE}.{os.getpid()}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write(new, random_bytes(LENGTH))
            try:
                os.link(new, path)  # whole at once, and never over one that somebody else made in the meantime
            except FileExistsError:
                pass
            finally:
                new.unlink()
    except OSError as error:
        raise StoreUnavailable(f"cannot make the secret `{path}`: {error.strerror}") from error
    return read_secret(directory)


def has_secret(directory: Path) -> bool:
    """Whether there is a secret in a state directory, sound or not."""
    return (directory / FILE).exists()


def read_secret(directory: Path) -> bytes:
    """The secret of a state directory.

    Raises `StoreUnavailable` if it is missing, of another length, or if others than its owner may read or write it.
    """
    path = directory / FILE
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(LENGTH + 1)
    except OSError as error:
        raise StoreUnavailable(f"there is no secret at `{path}` ({error.strerror}): run `licet init` first") from error
    if mode & 0o077:
        raise StoreUnavailable(f"the secret `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
    if len(content) != LENGTH:
        raise StoreUnavailable(f"the secret `{path}` has not {LENGTH} bytes: restore it from a backup")
    return content


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
