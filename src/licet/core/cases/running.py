"""Where a case can get to by its procedure, and where in it a clock can run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from licet.core.cases.clock import ClockRule
from licet.core.cases.procedure import CLOCK, NEW, EventRule, Procedure


class Spot(NamedTuple):
    """A state in which a clock runs, and the reasons without a cap for which its time does not count there."""

    state: str
    held_by: frozenset[str]

    @property
    def can_run_out(self) -> bool:
        """Whether it can run out there: a reason without a cap stands still for as long as it lasts."""
        return not self.held_by


T = TypeVar("T")


def closure(first: Iterable[T], following: Callable[[T], Iterable[T]]) -> frozenset[T]:
    """All that some things lead to, themselves included."""
    found = list(dict.fromkeys(first))
    seen = set(found)
    for each in found:
        for following_one in following(each):
            if following_one not in seen:
                seen.add(following_one)
                found.append(following_one)
    return frozenset(seen)


def reachable(procedure: Procedure) -> frozenset[str]:
    """The states that a case can be in, `new` included."""

    def following(state: str) -> Iterator[str]:
        return (event.to for event in procedure.events.values() if event.to and state in event.froms)

    return closure((NEW,), following)


def ending(procedure: Procedure) -> frozenset[str]:
    """The states from which some way leads to a final one; final ones are among them."""

    def before(state: str) -> Iterator[str]:
        return (from_ for event in procedure.events.values() if event.to == state for from_ in event.froms)

    return closure((name for name, state in procedure.states.items() if state.final), before)


def spots(procedure: Procedure, clock: ClockRule) -> frozenset[Spot]:
    """Every spot in which a clock can run. A case that ends stops it."""
    states = reachable(procedure)

    def is_open(state: str) -> bool:
        return not procedure.states[state].final

    def first() -> Iterator[Spot]:
        for event in procedure.events.values():
            for state in event.froms & states if clock.name in event.starts else ():
                if event.to or state != NEW:
                    yield Spot(event.to or state, _held(clock, event, frozenset()))

    def following(spot: Spot) -> Iterator[Spot]:
        for event in procedure.events.values():
            if spot.state in event.froms and not _ends(procedure, clock, event):
                yield Spot(event.to or spot.state, _held(clock, event, spot.held_by))

    def open_only(found: Iterable[Spot]) -> Iterator[Spot]:
        return (spot for spot in found if is_open(spot.state))

    return closure(open_only(first()), lambda spot: open_only(following(spot)))


def _ends(procedure: Procedure, clock: ClockRule, event: EventRule) -> bool:
    """Whether a clock that ran before an event runs no longer after it."""
    if clock.name in event.starts:
        return False
    if clock.name in event.meets:
        return not clock.repeats
    shared = sum(each.event == event.name for each in procedure.clocks.values()) > 1
    return clock.name in event.stops or (clock.event == event.name and event.by == {CLOCK} and not shared)


def _held(clock: ClockRule, event: EventRule, before: frozenset[str]) -> frozenset[str]:
    """The reasons without a cap that hold after an event."""
    tolled = {reason for name, reason in event.tolls if name == clock.name and clock.tolls[reason].cap is None}
    return (before | tolled) - {reason for name, reason in event.resumes if name == clock.name}
