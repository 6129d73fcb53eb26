"""What a diagram says of events and clocks, and how text is broken into lines: nobody measures fonts here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licet.core.cases.clock import ClockRule
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import CLOCK, EventRule, Procedure

WIDE = "MWmw@%—"
UNBROKEN = "\N{NO-BREAK SPACE}"
NARROW = UNBROKEN + "ijl.,:;'|!ftr()[] I1"


def clock_words(clock: ClockRule) -> str:
    """A clock with its limits: `The whole application (90 d)`."""
    limits = " or ".join(dict.fromkeys(limit_text(choice.limit).replace(" ", UNBROKEN) for choice in clock.limits))
    return f"{clock.title} ({limits})"


def causes(procedure: Procedure, event: EventRule) -> str:
    """Who causes an event: roles by their titles, or the clock that runs out."""
    roles = [procedure.roles[name].title for name in sorted(event.by - {CLOCK})]
    clocks = [clock_words(clock) for clock in procedure.clocks.values() if clock.event == event.name]
    said = " or ".join(roles)
    if CLOCK in event.by:
        runs_out = " or ".join(clocks)
        said = f"{said}, or by itself" if said else "by itself"
        said += f", when this runs out: {runs_out}"
    return said + ("; a second officer agrees" if event.second else "")


def effects(procedure: Procedure, event: EventRule) -> Iterator[str]:
    """What an event does to clocks."""
    starts = [clock_words(procedure.clocks[name]) for name in event.starts]
    if starts:
        yield "starts: " + "; ".join(starts)
    if event.tolls:
        yield "holds: " + "; ".join(procedure.clocks[name].title for name, _ in event.tolls)
    if event.resumes:
        yield "lets run again: " + "; ".join(procedure.clocks[name].title for name, _ in event.resumes)


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif face, rather too wide than too narrow."""
    return size * sum(0.9 if char in WIDE else 0.33 if char in NARROW else 0.6 for char in text)


def lines(text: str, size: float, room: float) -> tuple[str, ...]:
    """A text in lines that fit into so much room; a word that is too long is cut into pieces."""
    found = [""]
    for word in _pieces(text.split(" "), size, room):
        longer = f"{found[-1]} {word}".lstrip()
        if width_of(longer, size) <= room:
            found[-1] = longer
        else:
            found.append(word)
    return tuple(found)


def _pieces(words: Iterable[str], size: float, room: float) -> Iterator[str]:
    for word in words:
        rest = word
        while width_of(rest, size) > room:
            most = max(1, int(room / (size * 0.9)))
            yield rest[:most]
            rest = rest[most:]
        yield rest
