"""What one append leaves to the next one of the same process, so that it need not be read again.

It was verified when it was read or made, so whatever is in the folder meanwhile, what is signed next is the one log.
The marks are there to notice trouble early; a change within the same tick of the file system's clock is noticed later.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from licet.adapters.tlog.batch import Batch
from licet.adapters.tlog.state import State
from licet.record.tree.edge import last_tile, levels
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import WIDTH, Tile

Mark = tuple[int, ...]
"""Device, inode, length and last change of a file or folder."""


@dataclass(frozen=True, slots=True)
class Known:
    """A state that this process published, and the batches that lead to it whose files may not be durable yet."""

    state: State
    unsettled: tuple[Batch, ...]
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, folder: Path, state: State, unsettled: tuple[Batch, ...]) -> Known | None:
        """What is known of a folder that is in this state; None where its files are not there."""
        marks = _marks(folder, state.head)
        return None if marks is None else cls(state, unsettled, marks)

    def holds(self, folder: Path, signed: bytes) -> bool:
        """Whether that is still what was signed last, and nobody has put anything else at the folder's edge."""
        return self.state.signed == signed and _marks(folder, self.state.head) == self.marks


def _marks(folder: Path, head: Head) -> tuple[Mark, ...] | None:
    """The marks of the published checkpoint, of the edge, and of the folders that the edge lies in."""
    tiles = [last_tile(head.size, level) for level in range(levels(head.size))]
    if head.size % WIDTH:
        tiles.append(Tile(None, tiles[0].index, tiles[0].width))
    places = {folder / "checkpoint": None}
    for tile in tiles:
        path = folder / tile.path
        places |= {path: None, path.parent: None}
    try:
        return tuple(_mark(path) for path in places)
    except FileNotFoundError:
        return None


def _mark(path: Path) -> Mark:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns
