"""What holds of every case: random walks through procedures, with waiting, idling, and records that come late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.cases.permits import walk
from tests.cases.walking import ALL, START, Walk, party_of, shipped, start

from licet.cases.expiries import expiries
from licet.cases.order import in_order
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible
from licet.core.cases.case import Case
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import CLOCK
from licet.core.roles import Role

SHIPPED = sorted(shipped().procedures.values(), key=lambda each: each.name)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def beginnings() -> st.SearchStrategy[Walk]:
    """Before the first event: of the small procedure, or of one that ships."""
    small = st.sampled_from([walk()] * len(SHIPPED))
    return small | st.sampled_from(SHIPPED).map(lambda each: start(shipped(), each))


def stepped(draw: st.DataObject, before: Walk) -> Walk:
    """One step: somebody waits, or idles, and does something that is possible, perhaps a while ago."""
    minutes = draw.draw(st.integers(1, 60 * 24 * 12), "minutes")
    now = before.now + timedelta(minutes=minutes)
    later = before.until(now) if draw.draw(st.booleans(), "the clock runs") else replace(before, now=now)
    rules = later.procedure.opening if not later.entries else later.procedure.events.values()
    names = [each.name for each in rules if each.by != {CLOCK}]
    entry = varied(draw, later, later.entry(draw.draw(st.sampled_from(names), "event")))
    try:
        later.admit(entry)
    except NotPossible:
        return later
    return replace(later, entries=(*later.entries, entry))


def varied(draw: st.DataObject, later: Walk, entry: Entry) -> Entry:
    """Other values of booleans, and a record that comes late."""
    fields: dict[str, Any] = {
        name: draw.draw(st.sampled_from([True, False])) if value is False else value
        for name, value in entry.fields.items()
    }
    rule = later.procedure.events[entry.event]
    if later.entries and rule.late and draw.draw(st.booleans(), "late"):
        ago = timedelta(minutes=draw.draw(st.integers(1, 60 * 24 * 15), "ago"))
        return replace(entry, fields=fields, happened=entry.at - ago, late="It lay on a desk.")
    return replace(entry, fields=fields)


@st.composite
def walks(draw: st.DrawFn, steps: int = 9) -> Walk:
    data = draw(st.data())
    found = draw(beginnings())
    while not found.entries:
        found = stepped(data, found)
    for _ in range(draw(st.integers(0, steps))):
        found = stepped(data, found)
    return found


def came_to(case: Case) -> tuple[Any, ...]:
    """What a case came to, without the numbers of its entries."""
    deadlines = sorted(
        (each.clock, each.started, each.gross, each.due, each.running, each.ended) for each in case.deadlines
    )
    return case.state.name, case.fields, case.parties, deadlines


@given(walks(), st.randoms())
@quick
def test_the_same_entries_are_the_same_case_in_any_order(found: Walk, random: Any) -> None:
    mixed = list(found.entries)
    random.shuffle(mixed)
    assert replace(found, entries=tuple(mixed)).case() == found.case()


@given(walks(), st.data())
@quick
def test_what_is_entered_in_time_changes_nothing_before_it(found: Walk, draw: st.DataObject) -> None:
    found = found.until(found.now + timedelta(minutes=1))
    before = {each.entry.number: each for each in found.case().entries}
    events = [each.event.name for each in possible(found.case(), roles=ALL) if each.not_yet is None]
    if not events:
        return
    after = found.do(draw.draw(st.sampled_from(events))).case()
    assert {each.entry.number: each for each in after.entries if each.entry.number in before} == before
    assert after.entries[-1].entry.number == found.case().number + 1


@given(walks())
@quick
def test_a_clock_is_entered_once_and_what_is_overtaken_has_no_effect(found: Walk) -> None:
    found = found.until(found.now + timedelta(days=40))
    case = found.case()
    keys = [each.clock for each in found.entries if each.clock is not None]
    assert len(keys) == len(set(keys))
    had = [each.entry.clock[:2] for each in case.entries if each.entry.clock is not None and not each.overtaken]
    assert len(had) == len(set(had))
    assert expiries(case, found.now) == ()
    overtaken = {each.entry.number for each in case.entries if each.overtaken}
    without = replace(found, entries=tuple(each for each in found.entries if each.number not in overtaken))
    assert came_to(without.case()) == came_to(case)
    assert all(each.before == each.after for each in case.entries if each.overtaken)


@given(walks())
@quick
def test_recorded_late_or_in_time_it_comes_to_the_same(found: Walk) -> None:
    found = found.until(found.now)
    in_time = Walk(found.law, found.procedure, appealed=found.appealed)
    try:
        for entry in in_order(each for each in found.entries if each.clock is None):
            in_time = in_time.until(entry.happened)
            made = replace(entry, at=entry.happened, late=None, number=len(in_time.entries) + 1)
            in_time.admit(made)
            in_time = replace(in_time, entries=(*in_time.entries, made))
    except NotPossible:
        assume(False)
    in_time = in_time.until(found.now)
    assert came_to(in_time.case()) == came_to(found.case())


def role_sets() -> Iterator[frozenset[Role]]:
    yield frozenset()
    yield from (frozenset((role,)) for role in Role)
    yield ALL


@given(walks(steps=5), st.sampled_from([*role_sets()]), st.integers(0, 9))
@quick
def test_what_is_possible_is_admitted_and_nothing_else(found: Walk, roles: frozenset[Role], person: int) -> None:
    actor = f"officer {person}"
    found = found.until(found.now + timedelta(minutes=1))
    case = found.case()
    offered = {
        each.event.name: each
        for each in possible(case, roles=roles, actor=actor, appealed=found.appealed)
        if each.not_yet is None
    }
    for name, rule in found.procedure.events.items():
        for role in sorted(rule.by - {CLOCK}):
            entry = found.entry(name, actor=actor, role=role, party=party_of(found.procedure, role))
            try:
                found.admit(entry, roles)
            except NotPossible as error:
                assert name not in offered or role not in offered[name].roles, str(error)
            else:
                assert role in offered[name].roles


@given(st.integers(0, 2 * 365 * 24 * 60), st.integers(0, 10**6), st.integers(0, 30))
@quick
def test_who_begins_later_has_no_less_time(minute: int, later: int, waits: int) -> None:
    beginning = replace(walk(), now=START + timedelta(minutes=minute))
    shifted = replace(beginning, now=beginning.now + timedelta(seconds=later))
    cases = [each.do("file", fields={"organisation": "Example"}).idle(days=0) for each in (beginning, shifted)]
    first, second = ([d.due for d in each.case().deadlines] for each in cases)
    assert all(a is not None and b is not None and a <= b for a, b in zip(first, second, strict=True))
    tolled = cases[0].do("ask").idle(days=min(waits, 8)).do("answer").case().deadlines[0].due
    assert tolled is not None and first[0] is not None and tolled >= first[0]
