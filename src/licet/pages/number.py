"""Figures, instants and durations as they are written on every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from licet.core.rulebook import BEGINNING


def count(number: int) -> str:
    """A count with its thousands apart: `1,000,000`."""
    return f"{number:,}"


def amount(number: float) -> str:
    """A figure that need not be whole, to three places at most: `1,204.5`."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def share(part: int, whole: int) -> str:
    """A part in per cent, never rounded to none or to all of it: `4.1 %`, `< 0.1 %`."""
    if not whole:
        return "0 %"
    per_cent = 100 * part / whole
    if part and per_cent < 0.1:
        return "< 0.1 %"
    if part < whole and per_cent > 99.9:
        return "> 99.9 %"
    return f"{amount(round(per_cent, 1))} %"


def seconds(duration: float) -> str:
    """A duration: `12 ms`, `1.24 s`, `2 min 5 s`."""
    if duration < 1:
        return f"{amount(round(duration * 1000, 1))} ms"
    if duration < 60:
        return f"{duration:.2f} s"
    return length(timedelta(seconds=round(duration)))


def length(span: timedelta) -> str:
    """A length of time by its two largest units: `18 d 2 h`, `90 min`."""
    rest = round(span.total_seconds())
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        whole, rest = divmod(rest, size)
        if whole:
            parts.append(f"{count(whole)} {unit}")
    return " ".join(parts[:2]) or "0 s"


def instant(at: datetime | None) -> str:
    """An instant for a sentence: as it was written, and in UTC. None: no end is known."""
    if at is None:
        return "no end"
    return written(at) if same_as_utc(at) else f"{written(at)} ({in_utc(at)})"


def written(at: datetime) -> str:
    """An instant with the offset it was written with."""
    if at == BEGINNING:
        return "the beginning"
    return at.isoformat(sep=" ", timespec="microseconds" if at.microsecond else "seconds")


def whole(at: datetime) -> datetime:
    """An instant to the second: what is less is of no use to people, and stands in what machines read."""
    return at.replace(microsecond=0) if at.microsecond else at


def in_utc(at: datetime) -> str:
    """The same instant in UTC; the day only where it is another one."""
    there = utc(at)
    clock = there.time().isoformat("microseconds" if at.microsecond else "seconds")
    return f"{clock} UTC" if there.date() == at.date() else f"{there.date()} {clock} UTC"


def same_as_utc(at: datetime) -> bool:
    """Whether it is written in UTC already."""
    return at == BEGINNING or at.utcoffset() == timedelta(0)


def utc(at: datetime) -> datetime:
    """The same instant in UTC; at the rims of the calendar, the rim."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return BEGINNING if at.year == 1 else datetime.max.replace(tzinfo=UTC)


def plural(number: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 subject`, `2,000 subjects`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def verb(number: int, one: str, many: str) -> str:
    """A count with what they do: `1 loses`, `2,000 lose`."""
    return f"{count(number)} {one if number == 1 else many}"


def listing(parts: tuple[str, ...] | list[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" {last} " + parts[-1]
