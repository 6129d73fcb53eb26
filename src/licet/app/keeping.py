"""What officers' erasures look at besides the store, on this machine: sealed segments, holds, the journal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.adapters.journal_tail import JournalFolder
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.cli.world import ExtraMissing
from licet.services.identity.forgetting import Keeping
from licet.services.identity.pseudonyms import Generations
from licet.wire.journal import DecisionRecord

if TYPE_CHECKING:
    from licet.services.identity.forgetting import Archive

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def keeping_of(state: Path, segments: Path, secret: Callable[[], bytes]) -> Keeping:
    """What lies in these folders. Everything is opened when it is first asked for."""

    def archive() -> Archive | None:
        if not segments.exists():
            return None
        if find_spec("duckdb") is None:
            raise ExtraMissing("sealed segments are an extra: `pip install 'licet[columns]'`")
        folder: Any = import_module("licet.adapters.segments_sealing").SealingFolder
        made: Archive = folder(segments, state / "journal")
        return made

    def generations() -> Generations:
        return PseudonymKeys(state, secret())

    def decisions(names: Collection[str]) -> Iterator[datetime]:
        for _, entry in JournalFolder(state / "journal").entries(_EARLIEST):
            if isinstance(entry, DecisionRecord) and (entry.subject in names or entry.beside in names):
                yield entry.at

    return Keeping(archive, generations, decisions)
