"""The keys of pseudonyms: one file of 32 random bytes a generation, which only its owner can read.

`<state>/pseudonyms/<number>.key`. `spec/pseudonyms.md` has the files and the order of the steps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from licet.adapters.journal_file import sync_folder, write_all
from licet.services.identity.pseudonyms import PseudonymsRefused
from licet.services.ports import StoreUnavailable

FOLDER = "pseudonyms"
LENGTH = 32
FIRST = 0
"""The generation that is the installation's secret; its file is empty."""

_NAME = re.compile(r"(0|[1-9][0-9]{0,8})\.key", re.ASCII)


class PseudonymKeys:
    """`services.identity.pseudonyms.Generations` in a state directory. Nothing is remembered between two calls."""

    def __init__(self, state: Path, secret: bytes) -> None:
        self._folder = state / FOLDER
        self._secret = secret

    def current(self) -> tuple[int, bytes]:
        """See the port."""
        numbers = self._numbers()
        return (numbers[-1], self._read(numbers[-1])) if numbers else (FIRST, self._secret)

    def all(self) -> Mapping[int, bytes]:
        """See the port."""
        return {number: self._read(number) for number in self._numbers()} or {FIRST: self._secret}

    def rotate(self, random_bytes: Callable[[int], bytes]) -> int:
        """See the port. The secret becomes a generation like others, and stays what it is, before it is followed."""
        with _told("make a key of pseudonyms"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            numbers = self._numbers()
            if not numbers:
                self._keep(FIRST, b"")
            following = (numbers[-1] if numbers else FIRST) + 1
            self._keep(following, random_bytes(LENGTH))
        return following

    def begin(self, random_bytes: Callable[[int], bytes]) -> None:
        """Make the first generation of a new installation, so that the secret never names anybody; else do nothing."""
        with _told("make a key of pseudonyms"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._numbers():
                self._keep(FIRST + 1, random_bytes(LENGTH))

    def check_destroyable(self, number: int) -> None:
        """See the port."""
        numbers = self._numbers() or [FIRST]
        if number not in numbers:
            told = ", ".join(map(str, numbers))
            raise PseudonymsRefused(f"there is no generation `{number}` of pseudonyms; there are {told}")
        if number == numbers[-1]:
            raise PseudonymsRefused(
                f"generation `{number}` is the newest, which names subjects now: run `licet pseudonyms rotate` first"
            )
        if number == FIRST:
            raise PseudonymsRefused(
                "generation `0` is the installation's secret, which API keys and bindings hang on: it cannot go alone"
            )

    def destroy(self, number: int) -> None:
        """See the port. It is overwritten before its name goes; a copy on another disk is not reached."""
        self.check_destroyable(number)
        with _told("destroy a key of pseudonyms"):
            _overwrite(self._path(number))
            self._path(number).unlink()
            sync_folder(self._folder)

    def _numbers(self) -> list[int]:
        with _told("read the keys of pseudonyms"):
            if not self._folder.exists():
                return []
            found = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
            return sorted(int(each[1]) for each in found if each is not None)

    def _read(self, number: int) -> bytes:
        path = self._path(number)
        with _told("read a key of pseudonyms"), path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(LENGTH + 1)
        if mode & 0o077:
            raise StoreUnavailable(f"the key `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
        if number == FIRST and not content:
            return self._secret
        if len(content) != LENGTH:
            raise StoreUnavailable(f"the key `{path}` has not {LENGTH} bytes: restore it from a backup")
        return content

    def _keep(self, number: int, content: bytes) -> None:
        """Whole at once, under a name that nobody had: a reader never meets half a key."""
        path = self._path(number)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
            os.link(draft, path)
        finally:
            os.close(descriptor)
            draft.unlink()
        sync_folder(self._folder)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.key"


def _overwrite(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        write_all(descriptor, bytes(LENGTH))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Errors of the system as ours, with what was tried."""
    try:
        yield
    except FileExistsError as error:
        raise StoreUnavailable(f"cannot {what}: somebody else makes one now; run it again") from error
    except OSError as error:
        place = f" `{error.filename}`" if error.filename else ""
        raise StoreUnavailable(f"cannot {what}{place}: {(error.strerror or str(error)).lower()}") from error
