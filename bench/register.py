"""The public register of many cases: published into an empty folder, and again with nothing or a little changed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from licet.adapters.calendars import Holidays
from licet.adapters.store import SqlStore
from licet.app.register import publish_register
from licet.core.cases.entry import BuiltIn, Entry
from licet.services.cases.indexing import due_of, row_of
from licet.services.cases.laws import law_of
from licet.services.cases.looking import standing
from licet.services.cases.ports import Appending
from licet.services.cases.register.publishing import Address

PROCESSES = 2


class Publication(NamedTuple):
    """Seconds of CPU of all processes together, of the clock on the wall, and how many files were written."""

    cpu: float
    wall: float
    written: int
    unchanged: int


class Publications(NamedTuple):
    """Into an empty folder; again with nothing changed; and with an entry more in one case of a hundred."""

    first: Publication
    again: Publication
    few: Publication


def publications(store: SqlStore, state: Path, folder: Path, now: datetime) -> Publications:
    """Three in a row, at the same instant."""
    first, again = (published(store, state, folder, now) for _ in range(2))
    note(store, now)
    return Publications(first, again, published(store, state, folder, now))


def note(store: SqlStore, now: datetime) -> None:
    """Write a note into one case of a hundred, as an officer does."""
    law = law_of(store, Holidays(), now)
    changes = []
    for row in store.case_rows()[::100]:
        stored = store.case(row.case)
        assert stored is not None
        text = {"text": "looked at again", "secrecy": "public"}
        entry = Entry(len(stored.entries) + 1, BuiltIn.NOTE, "reviewer", "ann", now, now, text)
        case = standing(law, replace(stored, entries=(*stored.entries, entry)), now)
        changes.append(Appending(row.case, entry.number - 1, (entry,), row_of(case), due_of(case)))
    store.append_entries(changes, [], actor="bench", at=now)


def published(store: SqlStore, state: Path, folder: Path, now: datetime) -> Publication:
    """One publication, by as many processes as `licet register publish` has by itself."""
    cpu, wall = spent(), perf_counter()
    naming = Address("https://register.example/", "2026")
    made = publish_register(store, state, folder, calendars=Holidays(), now=now, naming=naming, processes=PROCESSES)
    return Publication(spent() - cpu, perf_counter() - wall, made.written, made.unchanged)


def spent() -> float:
    """Seconds of CPU of this process and of those that it waited for."""
    return sum(os.times()[:4])
