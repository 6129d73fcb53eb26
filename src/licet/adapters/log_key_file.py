"""The private key of a log or a witness in a file: made once, never overwritten, and read only if nobody else can."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from licet.record.refusal import Malformed
from licet.record.signed.keys import SEED_SIZE, KeyKind, NoteSigner, Signer, check_name, read_signer, signer_from
from licet.record.spelling import shown
from licet.services.record.ports import LogUnavailable

NEXT = ".next"
"""What the file of the key that is to take over is called, after the name of the key's own."""

SIZE_LIMIT = 10_000
"""The longest file of a key, in bytes."""


def make_key(path: Path, name: str, kind: KeyKind, random_bytes: Callable[[int], bytes]) -> NoteSigner:
    """A new key in a new file (0600), durably. Raises `LogUnavailable`, also where there is a file already."""
    try:
        check_name(name, "name")
        signer = signer_from(name, kind, random_bytes(SEED_SIZE))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, f"{signer.secret}\n".encode())
    except Malformed as error:
        raise LogUnavailable(str(error)) from error
    except FileExistsError as error:
        told = "it is never overwritten; `licet keys rotate` replaces a log's, anything else takes another file"
        raise LogUnavailable(f"there is a key `{path}` already, and {told}") from error
    except OSError as error:
        raise LogUnavailable(f"cannot make the key `{path}`: {error.strerror}") from error
    return signer


def read_key_file(path: Path, kind: KeyKind, name: str | None = None) -> NoteSigner:
    """The key in a file, which must be of this kind, and of this name if one is given.

    Raises `LogUnavailable`: it is not there, others may read or change it, or it is another one.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        hint = ": `licet keys log` makes it" if kind is KeyKind.LOG and isinstance(error, FileNotFoundError) else ""
        raise LogUnavailable(f"cannot read the key `{path}` ({error.strerror}){hint}") from error
    if mode & 0o077:
        raise LogUnavailable(f"the key `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
    try:
        signer = read_signer(content.decode("utf-8", "replace").removesuffix("\n"), str(path))
    except Malformed as error:
        raise LogUnavailable(str(error)) from error
    if signer.key.kind is not kind:
        raise LogUnavailable(f"the key `{path}` is a {signer.key.kind.name.lower()}'s, not a {kind.name.lower()}'s")
    if name is not None and signer.key.name != name:
        raise LogUnavailable(
            f"the key `{path}` is of {shown(signer.key.name)}, not of {shown(name)}: set `record.origin` to the key's "
            "name, or `record.key` to another file"
        )
    return signer


def replace_key(path: Path, new: Path) -> None:
    """Put the file `new` in the place of the key `path`, durably; nothing is lost whenever this dies.

    Raises `LogUnavailable`.
    """
    try:
        new.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise LogUnavailable(f"cannot put `{new}` in the place of `{path}`: {error.strerror}") from error


def next_of(path: Path) -> Path:
    """The file of the key that is to take over from the one in `path`."""
    return path.with_name(f"{path.name}{NEXT}")


class KeyFiles:
    """`services.record.publishing.log_keys.LogKeys` in two files beside each other."""

    def __init__(self, path: Path, origin: str, random_bytes: Callable[[int], bytes]) -> None:
        self._path = path
        self._origin = origin
        self._random_bytes = random_bytes

    def current(self) -> Signer:
        """See the port."""
        return read_key_file(self._path, KeyKind.LOG, self._origin)

    def following(self) -> Signer | None:
        """See the port."""
        path = next_of(self._path)
        return read_key_file(path, KeyKind.LOG, self._origin) if path.exists() else None

    def prepare(self) -> Signer:
        """See the port."""
        return self.following() or make_key(next_of(self._path), self._origin, KeyKind.LOG, self._random_bytes)

    def take_over(self) -> None:
        """See the port."""
        replace_key(self._path, next_of(self._path))


def _write_new(path: Path, content: bytes) -> None:
    """The file whole or not at all: a crash leaves at most a temporary one, which the next attempt replaces."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        unfinished.unlink()
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # fails where there is a file, as O_EXCL does
    finally:
        unfinished.unlink()
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
