"""Documents from text, put in force in a store, as two officers do."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from licet.services.enact import EnactReport, enact
from licet.services.ports import Store, Workers
from licet.services.stored import Ground, StoredDocument, Warrant
from licet.wire.documents import SourceFile, read_files


def enacted(store: Store, workers: Workers, before: list[StoredDocument], text: str) -> EnactReport:
    """Put them in force on top of `before`, to which they are added."""
    reading = read_files([SourceFile("test.yaml", text.encode(), lambda _: None)], before=before)
    new = [StoredDocument(each.kind, each.name, each.digest, each.canonical) for each in reading.written]
    epoch = len(store.enactments())
    before += new
    return enact(
        store,
        workers,
        new,
        [],
        rulebook=reading.rulebook(epoch + 1).digest,
        expected_epoch=epoch,
        warrant=Warrant(Ground.TWO_OFFICERS, approved_by="another"),
        actor="test",
        now=datetime.now(UTC),
        stopwatch=time.monotonic,
    )
