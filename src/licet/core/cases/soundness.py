"""Whether a procedure makes sense: every state can be reached and left, every event caused, every clock run and end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from licet.core.cases.clock import ClockRule, Expiry
from licet.core.cases.procedure import CLOCK, NEW, EventRule, Procedure, Topic
from licet.core.cases.running import ending, reachable, spots
from licet.core.errors import Path
from licet.core.roles import Deed, may


class Unsound(NamedTuple):
    """Something that makes no sense, and its place in the procedure's document."""

    path: Path
    message: str
    at_key: bool = True


def unsound(procedure: Procedure) -> tuple[Unsound, ...]:
    """Everything about a procedure that makes no sense. All that it refers to must be there."""
    nowhere = tuple(_opening(procedure))
    if nowhere:
        return nowhere  # where no case begins, nothing else can be told
    return tuple(
        chain(
            _states(procedure),
            *(_event(procedure, event) for event in procedure.events.values()),
            _roles(procedure),
            _fields(procedure),
            *(_clock(procedure, clock) for clock in procedure.clocks.values()),
        )
    )


def _opening(procedure: Procedure) -> Iterator[Unsound]:
    if not procedure.opening:
        yield Unsound(("events",), f"no event opens a case; at least one needs `from: [{NEW}]`")
    titles: dict[str, str] = {}
    for event in procedure.opening:
        path = ("events", event.name)
        if event.to is None:
            yield Unsound(path, f"`{event.name}` opens a case and leads to no state; give it `to`")
        if event.by == {CLOCK}:
            yield Unsound((*path, "by"), f"`{event.name}` opens a case, and before there is one no clock runs")
        other = titles.setdefault(event.title, event.name)
        if other != event.name:
            message = f"`{other}` and `{event.name}` both open a case and have the same title; nobody could tell which"
            yield Unsound((*path, "title"), message, at_key=False)


def _states(procedure: Procedure) -> Iterator[Unsound]:
    found, ends = reachable(procedure), ending(procedure)
    for name in procedure.states:
        if name not in found:
            yield Unsound(
                ("states", name), f"no case can reach the state `{name}`; lead an event there, or leave it out"
            )
        elif name not in ends:
            yield Unsound(("states", name), f"no way leads from the state `{name}` to a final one")


def _event(procedure: Procedure, event: EventRule) -> Iterator[Unsound]:
    path = ("events", event.name)
    officers = [role for role in event.by - {CLOCK} if not procedure.roles[role].party]
    if CLOCK in event.by and not any(clock.event == event.name for clock in procedure.clocks.values()):
        yield Unsound((*path, "by"), f"no clock has `{event.name}` as its `event`, so the clock cannot cause it")
    if event.second and not officers:
        yield Unsound(
            (*path, "second"), "a second officer agrees to what an officer does; no role in `by` is an officer's"
        )
    if event.decides and (CLOCK in event.by or not officers):
        yield Unsound(
            (*path, "decides"), "a decision has reasons and a named official; only officers' roles may make it"
        )
    if CLOCK in event.by and event.guards:
        message = (
            "a clock that runs out does not look at the case; leave `if` out, or give the officers their own event"
        )
        yield Unsound((*path, "if"), message)
    if event.name in event.unlike and procedure.topic is not Topic.APPEAL:
        yield Unsound((*path, "unlike"), f"`{event.name}` is this event; name those whose actors may not do it")
    if event.to and procedure.states[event.to].final:
        for clock in event.starts:
            yield Unsound((*path, "starts"), f"`{clock}` would start as the case ends in `{event.to}`, which stops it")


def _roles(procedure: Procedure) -> Iterator[Unsound]:
    events = procedure.events.values()
    named = frozenset(
        chain(*(event.by | event.tells for event in events), (c.owner for c in procedure.clocks.values()))
    )
    for name, role in procedure.roles.items():
        if name not in named:
            yield Unsound(("roles", name), f"the role `{name}` causes nothing, is told nothing and owns no clock")
        if not role.party and not any(may((held,), Deed.WORK_CASES) for held in role.held):
            message = f"nobody can act as `{name}`: none of these roles may work on cases"
            yield Unsound(("roles", name, "held"), message, at_key=False)


def _fields(procedure: Procedure) -> Iterator[Unsound]:
    """Nothing is asked of which no event can say anything: of its own fields, for a form may have more."""
    taken = {name for event in procedure.events.values() for name in event.needs}
    if procedure.form is None:
        for name in procedure.fields:
            if name not in taken:
                yield Unsound(("fields", name), f"no event takes the field `{name}`")


def _clock(procedure: Procedure, clock: ClockRule) -> Iterator[Unsound]:
    path, events = ("clocks", clock.name), procedure.events.values()
    if not any(clock.name in event.starts for event in events):
        yield Unsound(path, f"no event starts the clock `{clock.name}`")
        return
    if clock.expiry is Expiry.BREACH and not any(clock.name in event.meets for event in events):
        yield Unsound(path, f"no event meets the clock `{clock.name}`, so it could only be missed")
    running = spots(procedure, clock)
    states = {spot.state for spot in running}
    yield from _touching(clock, events, states)
    yield from _reasons(clock, events)
    if clock.event is None:
        return
    rule = procedure.events[clock.event]
    if CLOCK not in rule.by:
        yield Unsound((*path, "event"), f"`{clock.event}` is not `by` the role `{CLOCK}`", at_key=False)
    for state in sorted({spot.state for spot in running if spot.can_run_out} - rule.froms):
        message = (
            f"the clock can run out in `{state}`, where `{clock.event}` cannot happen; "
            "add the state to its `from`, or stop the clock before"
        )
        yield Unsound((*path, "event"), message, at_key=False)


def _touching(clock: ClockRule, events: Iterable[EventRule], states: set[str]) -> Iterator[Unsound]:
    """An event that meets, stops or holds a clock can happen somewhere where that clock runs."""
    for event in events:
        by_clock = {key: [name for name, _ in getattr(event, key)] for key in ("tolls", "resumes")}
        for key, touched in {"meets": event.meets, "stops": event.stops, **by_clock}.items():
            if clock.name in touched and clock.name not in event.starts and not event.froms & states:
                yield Unsound(
                    ("events", event.name, key), f"the clock `{clock.name}` never runs where `{event.name}` can happen"
                )


def _reasons(clock: ClockRule, events: Iterable[EventRule]) -> Iterator[Unsound]:
    tolls = {reason for event in events for name, reason in event.tolls if name == clock.name}
    resumes = {reason for event in events for name, reason in event.resumes if name == clock.name}
    for reason, toll in clock.tolls.items():
        path = ("clocks", clock.name, "tolls", reason)
        if reason not in tolls:
            yield Unsound(path, f"no event tolls `{clock.name}` for the reason `{reason}`")
        elif reason not in resumes and toll.cap is None:
            yield Unsound(path, f"no event ends the time that does not count for `{reason}`, and it has no cap")
