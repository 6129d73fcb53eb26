"""What the clock has to enter: a deadline that ran out, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from licet.cases.derive import derive
from licet.cases.guards import known_before, unmet
from licet.cases.law import CaseLaw
from licet.core.cases.case import Case, Placed
from licet.core.cases.clock import ClockRule, Deadline, Expiry
from licet.core.cases.entry import BuiltIn, ClockKey, Entry
from licet.core.cases.procedure import CLOCK, EventRule

ROUNDS: Final = 1_000
"""More than this in one case at once is a procedure that runs in circles."""


def expiries(case: Case, now: datetime) -> tuple[Entry, ...]:
    """The entries that the clock has to make now, in order; up to the first that makes something happen.

    What happens may start, stop or meet other clocks, so the case is derived again after it, and asked again:
    `run_down` does that until nothing is left. `at` is `now`, `happened` when each was due.
    """
    found: list[Entry] = []
    for deadline in overdue(case, now):
        event = due_event(case, deadline)
        found.append(_entry(case, deadline, event, case.number + len(found) + 1, now))
        if event is not None:
            break
    return tuple(found)


def run_down(
    law: CaseLaw,
    id: str,  # noqa: A002
    procedure_digest: str,
    entries: Sequence[Entry],
    now: datetime,
) -> tuple[Entry, ...]:
    """Everything that the clock has to enter now, with what follows from it. Raises as `derive` does."""
    made: list[Entry] = []
    for _ in range(ROUNDS):
        new = expiries(derive(law, id, procedure_digest, (*entries, *made), now), now)
        if not new:
            break
        made += new
    return tuple(made)


def overdue(case: Case, now: datetime) -> list[Deadline]:
    """The deadlines that ran out before an instant, and of which the clock has not entered that, soonest first."""
    entered = {each.entry.clock[:2] for each in case.entries if each.entry.clock is not None and not each.overtaken}
    found = [
        (each.runs_out, each.started_by, each)
        for each in case.deadlines
        if each.runs_out is not None
        and each.runs_out < now
        and (each.ended is None or each.ended > each.runs_out)
        and (each.clock, each.started_by) not in entered
        and not _in_vain(case, each)
    ]
    return [each for _, _, each in sorted(found, key=lambda each: each[:2])]


def _in_vain(case: Case, deadline: Deadline) -> bool:
    """Whether the clock entered this, at this instant, without effect, and nobody entered anything since.

    Entered again it would have none either, without end.
    """
    since = max(each.entry.number for each in case.entries if each.entry.clock is None)
    return any(
        each.entry.clock[:2] == (deadline.clock, deadline.started_by) and each.entry.happened == deadline.runs_out
        for each in case.entries
        if each.entry.clock is not None and each.overtaken and each.entry.number > since
    )


def due_event(case: Case, deadline: Deadline) -> EventRule | None:
    """The event that a clock makes happen when it runs out, if it can happen then and everything after it still can."""
    event = expiring_event(case, deadline)
    return event if event is not None and undone(case, event, deadline) is None else None


def expiring_event(case: Case, deadline: Deadline) -> EventRule | None:
    """The event that a clock makes happen when it runs out, if it can happen in the state that the case was in then."""
    rule = _rule(case, deadline)
    if rule is None or rule.expiry is not Expiry.EVENT or rule.event is None or deadline.runs_out is None:
        return None
    event = case.procedure.events[rule.event]
    earlier, _ = _around(case, deadline.runs_out)
    if not earlier or earlier[-1].after not in event.froms:
        return None
    return None if event.once and any(_is(each, event) for each in case.entries) else event


def undone(case: Case, event: EventRule, deadline: Deadline) -> Placed | None:
    """The first entry after the deadline that would no longer be possible with the clock's event."""
    assert deadline.runs_out is not None
    earlier, later = _around(case, deadline.runs_out)
    state = event.to or earlier[-1].after
    for each in later:
        rule = case.procedure.events.get(each.entry.event)
        if each.overtaken or rule is None:
            state = each.after if each.entry.event == BuiltIn.MOVE else state
        elif state in rule.froms and unmet(rule, state, known_before(case, each)) is None:
            state = rule.to or state
        elif each.entry.clock is None:
            return each
    return None


def _around(case: Case, at: datetime) -> tuple[list[Placed], list[Placed]]:
    earlier = [each for each in case.entries if each.entry.happened <= at]
    return earlier, list(case.entries[len(earlier) :])


def _is(placed: Placed, event: EventRule) -> bool:
    return placed.entry.event == event.name and not placed.overtaken


def _rule(case: Case, deadline: Deadline) -> ClockRule | None:
    return case.procedure.clocks.get(deadline.clock)


def _entry(case: Case, deadline: Deadline, event: EventRule | None, number: int, now: datetime) -> Entry:
    assert deadline.runs_out is not None
    again = sum(
        each.overtaken
        and each.entry.clock is not None
        and each.entry.clock[:2] == (deadline.clock, deadline.started_by)
        for each in case.entries
    )
    return Entry(
        number=number,
        event=BuiltIn.RAN_OUT.value if event is None else event.name,
        role=CLOCK,
        actor=CLOCK,
        at=now,
        happened=deadline.runs_out.astimezone(UTC),
        fields={},
        clock=ClockKey(deadline.clock, deadline.started_by, again),
    )
