"""Whether a folder is what was last signed. The folder is never believed: it may be a copy, or somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from licet.adapters.tlog.batch import Batch, Edge
from licet.adapters.tlog_reader import FolderFiles, ReadableLog
from licet.record.refusal import NotProven, RecordRefused
from licet.record.signed.checkpoint import Checkpoint, SignedCheckpoint, read_checkpoint
from licet.record.tree.edge import last_tile, levels, read_edge
from licet.record.tree.merkle import Head, head_of, leaf_hash
from licet.record.tree.tiles import WIDTH, Tile, hashes_of, unpack
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogForked

PAGE = "spec/record-log.md"


@dataclass(frozen=True, slots=True)
class State:
    """A log as it was last signed, verified as far as appending needs it.

    `last` are the entries of the last bundle, if that is partial. `published` is None where no checkpoint is.
    """

    signed: bytes
    head: Head
    edge: Edge
    last: Sequence[bytes]
    published: SignedCheckpoint | None

    @property
    def is_published(self) -> bool:
        """Whether the published checkpoint is the one that was last signed, with that signature."""
        if self.published is None:
            return False
        mine, shown = read_checkpoint(self.signed).note, self.published.note
        return shown.text == mine.text and set(mine.signatures) <= set(shown.signatures)


def read_state(folder: Path, signed: bytes) -> State:
    """The state of the log in a folder, which must be that of the checkpoint that was last signed.

    Raises `LogForked` where the folder is older, newer or another log; `LogUnavailable` where it cannot be read.
    """
    ours = read_checkpoint(signed).checkpoint
    head = ours.head
    log = ReadableLog(FolderFiles(folder))
    published = None
    try:
        with suppress(FileNotFoundError):
            published = _published(folder, log)
        _check_nothing_beyond(folder, head.size)
        edge = read_edge(log.tiles, head)
        last = _last_bundle(log, head.size, edge)
        if published is not None:
            _check_older(log, published.checkpoint, ours)
    except RecordRefused as error:
        raise LogForked(_told(folder, head, published, str(error))) from error
    return State(signed, head, edge, last, published)


def grown_state(state: State, batch: Batch, signed: bytes, entries: Sequence[bytes]) -> State:
    """The state after a batch with these entries; what is published is still the old one's."""
    edge = {}
    for level in range(levels(batch.new.size)):
        tile = last_tile(batch.new.size, level)
        data = batch.files.get(tile.path)
        edge[level, tile.index] = state.edge[level, tile.index] if data is None else hashes_of(tile, data)
    width = batch.new.size % WIDTH
    return State(signed, batch.new, edge, [*state.last, *entries][-width:] if width else [], state.published)


def check_edge(folder: Path, head: Head, batch: Batch) -> None:
    """That a folder has what a batch builds on, before it is applied again. Raises as `read_state` does."""
    log = ReadableLog(FolderFiles(folder))
    try:
        read_edge(log.tiles, batch.old)
    except RecordRefused as error:
        raise LogForked(_told(folder, head, None, str(error))) from error


def check_older(folder: Path, older: Checkpoint, state: State) -> None:
    """That a checkpoint which was signed once is of an older state of this log, or of this one. Raises `LogForked`."""
    try:
        _check_older(ReadableLog(FolderFiles(folder)), older, read_checkpoint(state.signed).checkpoint)
    except RecordRefused as error:
        raise LogForked(
            f"the lock store has a checkpoint of {_shown(older.head)}, which the one of {_shown(state.head)} does not "
            f"follow ({error.why}). Nothing was changed: see {PAGE}"
        ) from error


def forked(folder: Path, state: State, why: str) -> LogForked:
    """The error for a state that was in order, but that something else contradicts."""
    return LogForked(_told(folder, state.head, state.published, why))


def _published(folder: Path, log: ReadableLog) -> SignedCheckpoint:
    (folder / "checkpoint").stat()
    return read_checkpoint(log.checkpoint())


def _check_nothing_beyond(folder: Path, size: int) -> None:
    """That no tile and no bundle is there which only a larger tree has."""
    index, width = divmod(size, WIDTH)
    for level in (None, 0):
        full = folder / Tile(level, index).path
        if full.exists():
            raise NotProven(str(full), f"a log of {size} entries does not have it yet")
        partial = full.with_name(f"{full.name}.p")
        names = [path.name for path in partial.iterdir()] if partial.is_dir() else []
        larger = [name for name in names if name.isdecimal() and int(name) > width]
        if larger:
            raise NotProven(str(partial / larger[0]), f"a log of {size} entries does not have it yet")


def _last_bundle(log: ReadableLog, size: int, edge: Edge) -> list[bytes]:
    if size % WIDTH == 0:
        return []
    tile = last_tile(size, 0)
    bundle = Tile(None, tile.index, tile.width)
    entries = unpack(bundle, log.tiles.read(bundle.path))
    if [leaf_hash(entry) for entry in entries] != edge[0, tile.index]:
        raise NotProven(bundle.path, "its entries do not have the hashes that the tree has")
    return entries


def _check_older(log: ReadableLog, older: Checkpoint, ours: Checkpoint) -> None:
    """That a checkpoint is of this very log, or of an older state of it."""
    if older == ours:
        return
    if older.head.size > ours.head.size:
        raise NotProven("checkpoint", "it is of a larger log")
    tree = VerifiedTree(log.tiles, ours.head)
    if older.origin != ours.origin or head_of(older.head.size, tree) != older.head:
        raise NotProven("checkpoint", "it is of another log")


def _told(folder: Path, head: Head, published: SignedCheckpoint | None, why: str) -> str:
    there = "no checkpoint" if published is None else f"a checkpoint of {_shown(published.checkpoint.head)}"
    return (
        f"the log in `{folder}` is not the one that was last signed, of {_shown(head)}; there is {there} ({why}). "
        "Nothing was signed. Put the newest state of the folder back, or of the lock store if that is the older one: "
        f"see {PAGE}"
    )


def _shown(head: Head) -> str:
    return f"size {head.size} with root {head.root.hex()}"
