"""The folder of the public register: each file is replaced as a whole, and only what a register writes is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from licet.core.cases.register.places import OURS
from licet.services.cases.register.ports import RegisterUnwritable
from licet.services.cases.register.settled import Stamp

MARKER = "licet-register.txt"
SAYS = b"This folder is written by `licet register publish`, which replaces and removes files of its own in it.\n"
PART = ".part"
"""How the name of a file ends while it is written."""


class RegisterFolder:
    """A folder that holds a register and nothing else, or nothing yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: dict[str, bool] = {}
        """The folders that are there, and whether each was made by this one, so that nothing was in it before."""

    @classmethod
    def begin(cls, root: Path) -> RegisterFolder:
        """The folder, made where it is not there. Raises `RegisterUnwritable` where it holds something else."""
        try:
            root.mkdir(parents=True, exist_ok=True)
            if not (root / MARKER).exists() and any(root.iterdir()):
                raise RegisterUnwritable(
                    f"`{root}` holds something else than a register, which might be removed: name a new folder"
                )
            folder = cls(root)
            folder.write(MARKER, SAYS)
        except OSError as error:
            raise RegisterUnwritable(f"cannot write to `{root}`: {error.strerror}") from error
        return folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes this folder meanwhile. Raises `RegisterUnwritable` if somebody does."""
        with (self._root / MARKER).open("rb") as marker:
            try:
                flock(marker, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                raise RegisterUnwritable(f"the register in `{self._root}` is being published already") from error
            yield

    def write(self, place: str, content: bytes) -> bool:
        """See the port. A crash leaves the file as it was, and perhaps a part beside it that the next run removes."""
        path = os.path.join(self._root, place)  # noqa: PTH118 (200,000 times: a Path costs more than the write)
        try:
            was_there = self._make(path.rpartition("/")[0])
            if was_there and _same(path, content):
                return False
            _written(path + PART, content)
            os.rename(path + PART, path)  # noqa: PTH104 (as above)
        except OSError as error:
            raise RegisterUnwritable(f"cannot write `{path}`: {error.strerror}") from error
        return True

    def stamp(self, place: str) -> Stamp | None:
        """See the port."""
        try:
            found = os.stat(os.path.join(self._root, place))  # noqa: PTH116, PTH118 (as above)
        except OSError:
            return None
        return Stamp(found.st_size, found.st_ctime_ns)

    def _make(self, folder: str) -> bool:
        """Make a folder; whether a file of another run can be in it."""
        found = self._made.get(folder)
        if found is None:
            found = self._made[folder] = os.path.isdir(folder)  # noqa: PTH112 (as above)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 (as above)
        return found

    def places(self) -> Iterator[str]:
        """See the port."""
        for folder, _, names in os.walk(self._root):
            beside = os.path.relpath(folder, self._root).replace(os.sep, "/")
            for name in names:
                place = name if beside == "." else f"{beside}/{name}"
                if OURS.fullmatch(place.removesuffix(PART)):
                    yield place

    def remove(self, place: str) -> None:
        """See the port. A folder that is empty then goes, too."""
        path = self._root / place
        try:
            path.unlink(missing_ok=True)
            for above in path.relative_to(self._root).parents[:-1]:
                if any((self._root / above).iterdir()):
                    break
                (self._root / above).rmdir()
        except OSError as error:
            raise RegisterUnwritable(f"cannot remove `{path}`: {error.strerror}") from error


def _written(path: str, content: bytes) -> None:
    """(`open` and its buffer take as long as the write.)"""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _same(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (as above)
            return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
    except FileNotFoundError:
        return False
