"""A case from its entries: everything about it, each time anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from licet.cases.folding.broken import Broken
from licet.cases.folding.fold import Fold, fold
from licet.cases.law import CaseLaw
from licet.cases.obligations import obligations
from licet.cases.shifts import shifts
from licet.core.cases.case import Case, Placed
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import Procedure
from licet.core.errors import LicetError


class EntriesBroken(LicetError):
    """Entries that do not follow from one another, so that they were never admitted in this order."""


def derive(law: CaseLaw, id: str, procedure_digest: str, entries: Sequence[Entry], now: datetime) -> Case:  # noqa: A002
    """What the entries of a case amount to at an instant, by the procedure that it was opened under.

    Raises `EntriesBroken` if they are none or do not follow, `LawMissing`, `BeyondCalendar`.
    """
    procedure = law.procedure(procedure_digest)
    if not entries:
        raise EntriesBroken(f"the case `{id}` has no entries, so it was never opened")
    try:
        return case_of(id, fold(law, procedure, entries), now, law=law, opened_under=procedure)
    except Broken as error:
        raise EntriesBroken(
            f"the entries of the case `{id}` do not follow: number {error.entry.number}: {error.says}"
        ) from error


def case_of(id: str, folded: Fold, now: datetime, *, law: CaseLaw, opened_under: Procedure) -> Case:  # noqa: A002
    """A fold as a case at an instant."""
    procedure = folded.procedure
    entries = tuple(_shifted(law, opened_under, folded.placed))
    return Case(
        id=id,
        procedure=procedure,
        state=procedure.states[folded.state],
        opened=entries[0].entry.happened,
        updated=max(each.entry.at for each in entries),
        entries=entries,
        deadlines=tuple(run.deadline(now) for run in folded.runs),
        obligations=obligations(folded.promised, zone=procedure.zone, table=folded.table, now=now)
        if folded.promised
        else (),
        decisions=tuple(folded.decisions),
        links=tuple(folded.links),
        fields=dict(folded.fields),
        parties=dict(folded.parties),
        holds=dict(folded.holds),
        as_of=now,
    )


def _shifted(law: CaseLaw, procedure: Procedure, placed: Sequence[Placed]) -> Sequence[Placed]:
    """What was recorded late, with what it changed."""
    if not any(each.backdated for each in placed):
        return placed
    entries = sorted((each.entry for each in placed), key=lambda each: each.number)
    return [
        replace(each, shifts=shifts(law, procedure, entries, each.entry)) if each.backdated else each for each in placed
    ]
