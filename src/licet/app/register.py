"""The public register of a state directory: one process reads and writes it, or several, each a part of the cases."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import licet
from licet.adapters.calendars import Holidays
from licet.adapters.register_folder import RegisterFolder
from licet.adapters.register_memory import RegisterMemory
from licet.adapters.store import open_store
from licet.app.register_numbers import sight_of
from licet.pages.register.site import Pages
from licet.services.cases.ports import Calendars
from licet.services.cases.register.ports import Part
from licet.services.cases.register.publishing import Address, Published, counted, publish
from licet.services.cases.register.seeing import Sight
from licet.services.cases.register.span import Span
from licet.services.cases.register.survey import spans, survey_again
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
                found = survey_again(store, sight, memory_of(state, folder, sight), (root, Pages()))
        return publish(sight.law, store.enactments(), found, root, Pages(), now=now, naming=naming)


def memory_of(state: Path, folder: Path, sight: Sight) -> RegisterMemory:
    """What is remembered of settled cases for one folder, by this law and this code; under anything else it is void."""
    law = sight.law
    criteria = (each.digest for each in law.every_criteria.values())
    calendars = (each.digest for each in law.calendars.values())
    parts = [
        code(),
        version("holidays"),
        *sorted((*law.by_digest, *criteria, *calendars, *sight.known)),
        *(f"{secrecy} {ground.said}" for secrecy, ground in sorted(sight.grounds.items())),
    ]
    key = sha256("\n".join(parts).encode()).hexdigest()
    place = sha256(str(folder.absolute()).encode()).hexdigest()[:16]
    return RegisterMemory(state / "register" / place, key)


@cache
def code() -> str:
    """The digest of this package's files: with other code, pages may look otherwise."""
    found = sha256()
    for each in sorted(Path(licet.__file__).parent.rglob("*")):
        if each.suffix in (".py", ".j2", ".css", ".yaml", ".json"):
            found.update(each.read_bytes())
    return found.hexdigest()


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
            return survey_again(store, sight, memory_of(state, folder, sight), (RegisterFolder(folder), Pages()), span)
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
