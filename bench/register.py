"""The public register of many cases: published into an empty folder, and again with nothing changed."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from licet.adapters.calendars import Holidays
from licet.adapters.store import SqlStore
from licet.app.register import publish_register
from licet.services.cases.register.publishing import Address

PROCESSES = 2


class Publication(NamedTuple):
    """Seconds of CPU of all processes together, of the clock on the wall, and how many files were written."""

    cpu: float
    wall: float
    written: int
    unchanged: int


def publications(store: SqlStore, state: Path, folder: Path, now: datetime) -> tuple[Publication, Publication]:
    """The first, and the one after it at the same instant."""
    return published(store, state, folder, now), published(store, state, folder, now)


def published(store: SqlStore, state: Path, folder: Path, now: datetime) -> Publication:
    """One publication, by as many processes as `licet register publish` has by itself."""
    cpu, wall = spent(), perf_counter()
    naming = Address("https://register.example/", "2026")
    made = publish_register(store, state, folder, calendars=Holidays(), now=now, naming=naming, processes=PROCESSES)
    return Publication(spent() - cpu, perf_counter() - wall, made.written, made.unchanged)


def spent() -> float:
    """Seconds of CPU of this process and of those that it waited for."""
    return sum(os.times()[:4])
