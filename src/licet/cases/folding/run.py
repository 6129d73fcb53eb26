"""A run of a clock: from its start to what ended it, while a case is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from licet.cases.clocks.deadline import deadline
from licet.cases.fields.known import values
from licet.core.cases.calendar import Table
from licet.core.cases.clock import ClockRule, Deadline, Running, Tolled
from licet.core.facts import Value


class Run:
    """One start of a clock. `ended` is when it was met or stopped; `fired` whether the clock entered that it ran out.

    `known` are the fields that choose its limit. They are those of the case up to its end, or until it ran out: what
    becomes known later takes nothing back. `limited` is when they last were learned.
    """

    __slots__ = (
        "ended",
        "fired",
        "is_conditional",
        "known",
        "limited",
        "rule",
        "started",
        "started_by",
        "table",
        "tolls",
    )

    def __init__(
        self, rule: ClockRule, table: Table, started: datetime, started_by: int, fields: Mapping[str, object]
    ) -> None:
        self.rule = rule
        self.table = table
        self.started = started
        self.started_by = started_by
        self.tolls: list[Tolled] = []
        self.ended: tuple[datetime, Running] | None = None
        self.fired = False
        self.is_conditional = any(choice.when is not None for choice in rule.limits)
        self.known: dict[str, Value] = values(fields) if self.is_conditional else {}
        self.limited: datetime | None = None

    def deadline(self, now: datetime) -> Deadline:
        """How it stands at an instant."""
        found = deadline(
            self.rule,
            started=self.started,
            started_by=self.started_by,
            tolls=self.tolls,
            ended=self.ended,
            now=now,
            table=self.table,
            fields=self.known,
        )
        return found if self.limited is None else replace(found, limited=self.limited)

    def ran_out(self, at: datetime) -> bool:
        """Whether it was due at an instant, or before."""
        due = self.deadline(at).due
        return due is not None and due <= at

    def is_past(self, at: datetime) -> bool:
        """Whether it was due before an instant."""
        due = self.deadline(at).due
        return due is not None and due < at

    def learn(self, fields: Mapping[str, object], at: datetime) -> None:
        """Choose its limit by what is known now, unless it ran out before."""
        if self.is_conditional and self.ended is None and not self.is_past(at):
            self.known = values(fields)
            self.limited = at

    def end(self, at: datetime, how: Running) -> None:
        """End it, with the time that did not count until then."""
        self.ended = (at, how)

    def toll(self, reason: str, at: datetime) -> None:
        """From now on its time does not count, for a reason."""
        if not any(each.reason == reason and each.until is None for each in self.tolls):
            self.tolls.append(Tolled(reason, at, None))

    def resume(self, reason: str, at: datetime) -> None:
        """Its time counts again, as far as this reason goes."""
        for n, each in enumerate(self.tolls):
            if each.until is None and each.reason == reason:
                self.tolls[n] = Tolled(reason, each.since, at)
