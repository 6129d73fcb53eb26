"""Whether an entry can be made: the case with it, or every reason why not and what is possible instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from licet.cases.admission import Admission
from licet.cases.derive import EntriesBroken, case_of
from licet.cases.expiries import expiring_event, overdue, undone
from licet.cases.folding.broken import Broken
from licet.cases.folding.fold import Fold
from licet.cases.law import CaseLaw
from licet.cases.order import in_order
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Reason, Why
from licet.core.cases.case import Case
from licet.core.cases.entry import Entry
from licet.core.roles import Role


def admit(
    law: CaseLaw,
    case_id: str,
    procedure_digest: str,
    entries: Sequence[Entry],
    new: Entry,
    *,
    officer: frozenset[Role],
    now: datetime,
    appealed: Case | None = None,
    proposed: bool = False,
) -> Case:
    """The case with a new entry, made by an officer who holds the roles `officer` (nobody, for the clock's).

    `entries` are all that there are; `appealed` is the case whose decision this one appeals. `proposed`: the second
    officer has not been asked yet. Raises `NotPossible` with every reason, `EntriesBroken` if the entries do not even
    follow without it, `LawMissing`.
    """
    expected = len(entries) + 1
    if new.number != expected:
        seen = f"it has {expected - 1} entries now, and this was made on {new.number - 1}"
        raise NotPossible([Reason(Why.NUMBER, f"the case changed: {seen}; look at it again, then act")])
    procedure = law.procedure(procedure_digest)
    ordered = in_order((*entries, new))
    place = next(position for position, each in enumerate(ordered) if each is new)
    folded = Fold(law, procedure)
    _put(folded, ordered[:place], case_id)
    before = case_of(case_id, folded, now, law=law, opened_under=procedure) if folded.placed else None
    reasons = list(Admission(law, folded, before, tuple(entries), new, officer, now, appealed, proposed).reasons())
    if not reasons:
        reasons += _placed(folded, new, ordered[place:])
    if not reasons:
        case = case_of(case_id, folded, now, law=law, opened_under=procedure)
        reasons += _clocks(case, new, now)
        if not reasons:
            return case
    offered = () if before is None else possible(before, roles=officer, actor=new.actor, appealed=appealed)
    raise NotPossible(reasons, tuple(each for each in offered if each.not_yet is None))


def _put(folded: Fold, entries: Sequence[Entry], case_id: str) -> None:
    try:
        for entry in entries:
            folded.place(entry)
    except Broken as error:
        raise EntriesBroken(f"the entries of the case `{case_id}` do not follow: {error.says}") from error


def _placed(folded: Fold, new: Entry, rest: Sequence[Entry]) -> Iterator[Reason]:
    """Why it, or what comes after it, cannot be where it is."""
    try:
        folded.place(new)
    except Broken as error:
        yield Reason(BROKEN.get(new.event, Why.STATE), error.says)
        return
    try:
        for entry in rest[1:]:
            folded.place(entry)
    except Broken as error:
        other = error.entry
        yield Reason(
            Why.OTHERS,
            f"with this, number {other.number} (`{other.event}`, by `{other.actor}`, {other.happened.isoformat()})"
            f" would not have been possible: {error.says}",
        )


def _clocks(case: Case, new: Entry, now: datetime) -> Iterator[Reason]:
    """Why what a clock has to make happen comes first; and of an entry by the clock, that it has nothing to enter."""
    if new.clock is not None:
        placed = next(each for each in case.entries if each.entry is new)
        if placed.overtaken:
            yield Reason(Why.CLOCK, f"the clock `{new.clock.clock}` had not run out at {new.happened.isoformat()}")
        return
    for deadline in overdue(case, now):
        event = expiring_event(case, deadline)
        later = None if event is None else undone(case, event, deadline)
        if event is not None and later is not None and deadline.runs_out is not None:
            yield Reason(
                Why.CLOCK,
                f"the clock `{deadline.clock}` ran out at {deadline.runs_out.isoformat()}: `{event.name}` comes first,"
                f" and after it `{later.entry.event}` (number {later.entry.number}) is not possible; look at it again",
            )


BROKEN = {"move": Why.MOVE, "discharge": Why.OBLIGATION, "breach": Why.OBLIGATION}
"""What kind of reason it is when one of these cannot be where it is; of everything else it is the state."""
