"""What a late entry changed of deadlines: each as it was without it, and as it is with it, when it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from licet.cases.folding.fold import fold
from licet.cases.law import CaseLaw
from licet.core.cases.case import Shift
from licet.core.cases.clock import Deadline
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import Procedure

Stood = dict[tuple[str, int], str]


def shifts(law: CaseLaw, procedure: Procedure, entries: Sequence[Entry], late: Entry) -> tuple[Shift, ...]:
    """What `late`, one of the entries (in the order of their numbers), changed of those that were there before it."""
    if late.number == 1:
        return ()
    before = stood(law, procedure, entries[: late.number - 1], late.at)
    after = stood(law, procedure, entries[: late.number], late.at)
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return tuple(Shift(*key, before.get(key, "not started"), after.get(key, "not started")) for key in changed)


def stood(law: CaseLaw, procedure: Procedure, entries: Sequence[Entry], at: datetime) -> Stood:
    """How each deadline stood at an instant, in words."""
    found = (run.deadline(at) for run in fold(law, procedure, entries).runs)
    return {(each.clock, each.started_by): in_words(each) for each in found}


def in_words(deadline: Deadline) -> str:
    """How a deadline stands, in words: `running, due 2026-06-15T21:21:00Z`."""
    due = "without a day" if deadline.due is None else spelled(deadline.due)
    ended = "" if deadline.ended is None else f", ended {spelled(deadline.ended)}"
    return f"{deadline.running.value}, due {due}{ended}"


def spelled(at: datetime) -> str:
    """An instant in UTC, in its one spelling: `2026-06-15T21:21:00Z`, with six digits of a second if it has any."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
