"""Partial tiles whose full tile is there: readers of an older checkpoint take its beginning (C2SP tlog-tiles)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from licet.adapters.tlog.batch import Batch


def drop_partials(folder: Path, batch: Batch) -> None:
    """Remove the partial tiles and bundles that the full ones of a batch have replaced.

    That nobody needs them is all there is to it: what cannot be removed stays.
    """
    for path in batch.files:
        partial = folder / f"{path}.p"  # a partial one has none
        with suppress(OSError):
            for each in partial.iterdir():
                each.unlink()
            partial.rmdir()
