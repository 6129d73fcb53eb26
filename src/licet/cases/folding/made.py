"""What decisions made: promises, what was found of them, and until when they bind; while a case is folded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.cases.decision.decision import decision_of
from licet.core.cases.case import Decided
from licet.core.cases.decision import Promise
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import Deciding

SUPERSEDING = frozenset((Deciding.VARY, Deciding.SUSPEND))
"""Decisions with which what earlier ones obliged to is at an end."""


class Made:
    """A promise of a decision. `ended` is when it stopped binding, `discharged` and `breached` when that was found."""

    __slots__ = ("breached", "decided_by", "discharged", "ended", "id", "promise", "since", "until")

    def __init__(self, decided_by: int, promise: Promise, since: datetime, until: datetime | None) -> None:
        self.id = f"{decided_by}.{promise.id}"
        self.decided_by = decided_by
        self.promise = promise
        self.since = since
        self.until = until
        self.discharged: list[datetime] = []
        self.breached: datetime | None = None
        self.ended: datetime | None = None


def decided(entry: Entry, kind: Deciding) -> Decided:
    """The decision that an entry makes. Raises `DecisionRejected`."""
    return Decided(entry.number, decision_of(entry.fields, kind))


def promises(made: Decided, at: datetime) -> list[Made]:
    """What a decision obliges to."""
    until = made.decision.terms.until if made.decision.terms else None
    return [Made(made.number, each, at, until) for each in made.decision.promises]


def end_all(promised: Sequence[Made], at: datetime) -> None:
    """What was promised before binds no longer."""
    for each in promised:
        if each.ended is None:
            each.ended = at
