"""Partial tiles whose full tile is there: readers of an older checkpoint take its beginning (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from licet.adapters.journal_file import sync_folder
from licet.adapters.tlog.batch import Batch


def lasting(batches: Sequence[Batch]) -> Iterator[str]:
    """The files of batches that are there for longer: all but the partial ones whose full one is among them."""
    names = {name for batch in batches for name in batch.files}
    for name in names:
        if PurePosixPath(name).parent.as_posix().removesuffix(".p") not in names:
            yield name


def drop_partials(folder: Path, batches: Iterable[Batch]) -> None:
    """Remove the partial tiles and bundles that the full ones of batches have replaced, for good.

    That nobody needs them is all there is to it: what cannot be removed stays.
    """
    dropped = set()
    for path in {name for batch in batches for name in batch.files}:
        partial = folder / f"{path}.p"  # a partial one has none
        with suppress(OSError):
            for each in partial.iterdir():
                each.unlink()
            partial.rmdir()
            dropped.add(partial.parent)
    for parent in dropped:
        with suppress(OSError):
            sync_folder(parent)
