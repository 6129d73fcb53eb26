"""The public register of a state directory: one process reads and writes it, or several, each a part of the cases."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from licet.adapters.calendars import Holidays
from licet.adapters.register_folder import RegisterFolder
from licet.adapters.store import open_store
from licet.app.register_numbers import sight_of
from licet.pages.register.site import Pages
from licet.services.cases.ports import Calendars
from licet.services.cases.register.ports import Part, Span
from licet.services.cases.register.publishing import Address, Published, counted, publish
from licet.services.cases.register.survey import spans, survey
from licet.services.ports import Store

FEW = 5_000
"""Up to so many cases one process is faster than starting others."""


def publish_register(
    store: Store,
    state: Path,
    folder: Path,
    *,
    calendars: Calendars,
    now: datetime,
    naming: Address | None,
    processes: int,
) -> Published:
    """Publish the register of a store into a folder.

    `state` is the directory of the store, which other processes open by themselves. Raises `RegisterUnwritable`,
    `LawMissing`, `StoreUnavailable`.
    """
    root = RegisterFolder.begin(folder)
    with root.alone():
        sight = sight_of(store, calendars, now)
        parts = spans((each.case for each in store.case_rows()), processes)
        if processes > 1 and len(parts) > 1 and len(store.case_rows(limit=FEW + 1)) > FEW:
            found = counted(_together(state, folder, now, parts))
        else:
            with unswept():
                found = survey(store, sight, to=(root, Pages()))
        return publish(sight.law, store.enactments(), found, root, Pages(), now=now, naming=naming)


def _together(state: Path, folder: Path, now: datetime, parts: Sequence[Span]) -> Iterator[Part]:
    """Each part in a process of its own, in their order."""
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_part, *zip(*((state, folder, now, span) for span in parts), strict=True))


def _part(state: Path, folder: Path, now: datetime, span: Span) -> Part:
    """One part, in a process that opens the store for itself."""
    store = open_store(state, now)
    try:
        sight = sight_of(store, Holidays(), now)
        with unswept():
            return survey(store, sight, span=span, to=(RegisterFolder(folder), Pages()))
    finally:
        store.close()


@contextmanager
def unswept() -> Iterator[None]:
    """Without the search for cycles: a case leaves none behind, and the search takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
