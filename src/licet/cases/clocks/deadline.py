"""The deadline that a clock gives for one case: derived each time, from what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from licet.cases.clocks.by_day import by_day
from licet.cases.clocks.choosing import candidates
from licet.cases.clocks.limits import before, counting, due
from licet.cases.clocks.stretches import Stretch, holding
from licet.cases.clocks.tolling import NOTHING, Uncounted, uncounted
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, Choice, ClockRule, Deadline, Running, Tolled
from licet.core.cases.limit_text import limit_text
from licet.core.facts import Value
from licet.core.truth import Truth


class Reckoned(NamedTuple):
    """What one of a clock's limits gives."""

    choice: Choice
    known: Truth
    gross: datetime
    due: datetime | None
    without: Uncounted


def deadline(
    rule: ClockRule,
    *,
    started: datetime,
    started_by: int,
    tolls: Sequence[Tolled],
    ended: tuple[datetime, Running] | None,
    now: datetime,
    table: Table,
    fields: Mapping[str, Value],
) -> Deadline:
    """One start of one clock.

    `tolls` are as events say it, with or without overlaps, in any order (`capped` is not looked at). `ended` is when an
    event met or stopped it, if one did. Raises `BeyondCalendar`, `UnknownToll`.
    """
    until = None if ended is None else ended[0]
    net: datetime | None
    if not tolls and (plain := by_day(rule, table)) is not None:
        gross, warned = plain.of(started)
        net, without, because = gross, NOTHING, plain.because
    else:
        limits = candidates(rule.limits, fields)
        found = min((_reckoned(rule, *each, started, tolls, until, table) for each in limits), key=_earliness)
        gross, net, without, because = found.gross, found.due, found.without, _because(found)
        warned = _warned(rule, net, started, table)
    return Deadline(
        clock=rule.name,
        title=rule.title,
        owner=rule.owner,
        started=started,
        started_by=started_by,
        gross=gross,
        due=net,
        running=running(net, ended, now, without.stretches),
        ended=until,
        tolled=without.shown,
        calendar=table.digest,
        because=because,
        warned_from=warned,
    )


def _warned(rule: ClockRule, due: datetime | None, started: datetime, table: Table) -> datetime | None:
    """From when on its owner is warned, where the rule says so."""
    if rule.warns is None or due is None:
        return None
    return before(due, rule.warns, zone=rule.zone, table=table, since=started)


def running(
    due: datetime | None, ended: tuple[datetime, Running] | None, now: datetime, without: Sequence[Stretch]
) -> Running:
    """How a clock stands. What is due at an instant is in time at that instant; what was missed stays missed."""
    at, how = (now, None) if ended is None else ended
    if due is not None and at > due:
        return Running.MISSED
    if how is not None:
        return how
    tolled = bool(without) and holding(without, now.astimezone(UTC)) is not None
    return Running.TOLLED if tolled else Running.RUNNING


def _reckoned(
    rule: ClockRule,
    choice: Choice,
    known: Truth,
    started: datetime,
    tolls: Sequence[Tolled],
    ended: datetime | None,
    table: Table,
) -> Reckoned:
    how = counting(rule)
    gross = due(choice.limit, started, how, table)
    assert gross is not None
    without = uncounted(rule, tolls, started, ended, choice.limit.base is Base.HOURS, table)
    if not without.stretches:
        return Reckoned(choice, known, gross, gross, without)
    return Reckoned(choice, known, gross, due(choice.limit, started, how, table, without.stretches), without)


def _earliness(found: Reckoned) -> tuple[bool, datetime, datetime]:
    return found.due is None, found.due or found.gross, found.gross


def _because(found: Reckoned) -> str:
    text = limit_text(found.choice.limit)
    if found.choice.when is None:
        return text
    match found.known:
        case Truth.TRUE:
            return f"{text}: `{found.choice.text}`"
        case Truth.UNKNOWN:
            return f"{text}: it is not known whether `{found.choice.text}`"
        case Truth.FALSE:
            return f"{text}: no condition of its limits definitely holds, and this is the earliest"
