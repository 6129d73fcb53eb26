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
        self._made: set[str] = set()

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
            if _same(path, content):
                return False
            self._make(os.path.dirname(path))  # noqa: PTH120 (as above)
            with open(path + PART, "wb") as file:  # noqa: PTH123 (as above)
                file.write(content)
            os.replace(path + PART, path)  # noqa: PTH105 (as above)
        except OSError as error:
            raise RegisterUnwritable(f"cannot write `{path}`: {error.strerror}") from error
        return True

    def stamp(self, place: str) -> Stamp | None:
        """See the port."""
        try:
            found = os.stat(os.path.join(self._root, place))  # noqa: PTH116, PTH118 (as above)
        except OSError:
            return None
        return Stamp(found.st_size, found.st_mtime_ns)

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 (as above)
            self._made.add(folder)

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


def _same(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 (as above)
            return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
    except FileNotFoundError:
        return False
