"""Clocks that ran out: what they have to enter is entered exactly once, whoever runs and however often.

What is due is found by its index; what is entered is derived from the case itself. Each case is one transaction, on
exactly the entries that it was derived from, and the store refuses the same deadline of a case twice: so a process that
is killed at any instant, two at once, or a clock that goes back enter nothing twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from licet.cases.expiries import run_down
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import CLOCK
from licet.core.errors import LicetError
from licet.services.cases import mailing
from licet.services.cases.indexing import derived_of, due_of, links_of, row_of
from licet.services.cases.laws import Law
from licet.services.cases.looking import standing
from licet.services.cases.ports import Appending, Casework, StoredCase
from licet.services.ports import Store, StoreConflict, StoreUnavailable


class Fired(NamedTuple):
    """What the clock entered in a case; or why it could not, which keeps nothing else from being entered."""

    case: str
    entries: tuple[Entry, ...]
    failed: str | None = None


def fire(store: Store, law: Law, now: datetime, casework: Casework, why: str | None = None) -> tuple[Fired, ...]:
    """Enter everything that clocks have to enter at an instant, soonest due first. Raises `StoreUnavailable`.

    `why`: an officer said that the wall clock is right, and how they know; then each entry that is late says so.

    A case that somebody else changes meanwhile is left to them, or to the next round.
    """
    fired = []
    for case in dict.fromkeys(each.case for each in store.due_rows(until=now, fires=True)):
        try:
            entries = _fired(store, law, case, now, casework, why)
        except StoreUnavailable:
            raise
        except StoreConflict:
            continue
        except LicetError as error:
            fired.append(Fired(case, (), str(error)))
            continue
        if entries:
            fired.append(Fired(case, entries))
    return tuple(fired)


def _fired(store: Store, law: Law, case: str, now: datetime, casework: Casework, why: str | None) -> tuple[Entry, ...]:
    found = store.case(case)
    if found is None or found.erased is not None:
        return ()
    made = run_down(law.engine, found.id, found.procedure, found.entries, now)
    if why is not None:
        made = tuple(replace(each, late=why) if each.happened < each.at else each for each in made)
    if made:
        store.append_entries([_appending(law, found, made, now, casework)], [], actor=CLOCK, at=now)
    elif found.entries:
        store.reindex([derived_of(standing(law, found, now))])
    return made


def _appending(law: Law, found: StoredCase, made: tuple[Entry, ...], now: datetime, casework: Casework) -> Appending:
    whole = StoredCase(found.id, found.procedure, (*found.entries, *made), found.blind)
    case = standing(law, whole, now)
    letters = mailing.letters(case, made, casework)
    return Appending(found.id, len(found.entries), made, row_of(case), due_of(case), letters, links_of(case))
