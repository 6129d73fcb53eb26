"""What did not count: by reason, merged, and no longer than each reason's cap; past it the clock restarts by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, assert_never

from licet.cases.clocks.days import DAY, begins, begun, day_of, local
from licet.cases.clocks.limits import calendar_days
from licet.cases.clocks.stretches import FOREVER, Stretch, merged
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, ClockRule, Limit, Tolled
from licet.core.errors import LicetError


class UnknownToll(LicetError):
    """A reason that a clock does not know; it names those that it has."""


class Uncounted(NamedTuple):
    """What did not count: each reason's stretches as they are shown, and all of them merged."""

    shown: tuple[Tolled, ...]
    stretches: tuple[Stretch, ...]


NOTHING = Uncounted((), ())


def uncounted(
    rule: ClockRule,
    tolls: Sequence[Tolled],
    started: datetime,
    ended: datetime | None,
    counts_hours: bool,
    table: Table,
) -> Uncounted:
    """What of these tolls does not count for a clock that started, and perhaps ended, at an instant.

    What `tolls` say of caps is not looked at; `counts_hours` is whether the limit is in hours. Raises `UnknownToll`,
    `BeyondCalendar`.
    """
    if not tolls:
        return NOTHING
    begin = started.astimezone(UTC)
    end = FOREVER if ended is None else ended.astimezone(UTC)
    shown: list[Tolled] = []
    stretches: list[Stretch] = []
    for reason in sorted({each.reason for each in tolls}):
        if reason not in rule.tolls:
            known = ", ".join(f"`{each}`" for each in sorted(rule.tolls)) or "none"
            raise UnknownToll(f"the clock `{rule.name}` knows no reason `{reason}` not to count time; known: {known}")
        whole = _of(reason, tolls, begin, end)
        cut = _capped(whole, rule.tolls[reason].cap, rule.zone, counts_hours, table)
        stretches += cut
        shown += [_shown(reason, each, kept.until, rule.zone) for each, kept in zip(whole, cut, strict=True)]
    return Uncounted(tuple(sorted(shown, key=lambda each: (each.since, each.reason))), merged(stretches))


def _of(reason: str, tolls: Iterable[Tolled], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """One reason's stretches, merged, within the clock's own time."""
    return merged(
        Stretch(
            max(each.since.astimezone(UTC), begin),
            min(FOREVER if each.until is None else each.until.astimezone(UTC), end),
        )
        for each in tolls
        if each.reason == reason
    )


def _shown(reason: str, whole: Stretch, until: datetime, zone: str) -> Tolled:
    lasts = whole.until == FOREVER
    return Tolled(
        reason,
        local(whole.since, zone),
        None if lasts else local(whole.until, zone),
        None if until == whole.until else local(until, zone),
    )


def _capped(
    stretches: Sequence[Stretch], cap: Limit | None, zone: str, counts_hours: bool, table: Table
) -> list[Stretch]:
    """Stretches of one reason, cut where they are together as long as its cap; as many as before, some empty."""
    if cap is None or not stretches:
        return list(stretches)
    match cap.base:
        case Base.HOURS:
            cut = _within_hours(stretches, timedelta(hours=cap.count))
            # a night has a midnight in it, however short: a cap in hours bounds the days that it can stand for too
            return cut if counts_hours else _within_days(cut, -(-cap.count // 24), zone, _every)
        case Base.DAYS | Base.WEEKS:
            days = cap.count * (7 if cap.base is Base.WEEKS else 1)
            if counts_hours:
                return _within_hours(stretches, timedelta(days=days))
            return _within_days(stretches, days, zone, _every)
        case Base.MONTHS | Base.YEARS:
            first = day_of(stretches[0].since, zone)
            return _within_days(stretches, calendar_days(cap, first, first_day=False), zone, _every)
        case Base.WORKING_DAYS:
            return _within_days(stretches, cap.count, zone, table.is_working)
        case _ as unreachable:
            assert_never(unreachable)


def _every(_: date) -> bool:
    return True


def _within_hours(stretches: Sequence[Stretch], left: timedelta) -> list[Stretch]:
    found: list[Stretch] = []
    for since, until in stretches:
        kept = min(left, until - since)
        found.append(Stretch(since, since + kept))
        left -= kept
    return found


def _within_days(stretches: Sequence[Stretch], left: int, zone: str, counts: Callable[[date], bool]) -> list[Stretch]:
    """Cut at the end of the last day that the cap allows: a day is used up if it began in a stretch."""
    found: list[Stretch] = []
    for since, until in stretches:
        if not left:
            found.append(Stretch(since, since))
            continue
        day = begun(since, since, zone)[0]
        while left and begins(day, zone) < until:
            left -= counts(day)
            day += DAY
        found.append(Stretch(since, until if left else min(until, begins(day, zone))))
    return found
