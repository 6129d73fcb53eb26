"""The text of limits, and which of a clock's limits holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.clock_worlds import limits

from licet.cases.clocks.choosing import candidates
from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.reach import at_most_days, years_ahead
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, Choice, ClockRule, Limit, Toll
from licet.core.cases.limit_text import limit_text, read_limit
from licet.core.conditions import AllOf, AnyOf, Attested, Condition, Not
from licet.core.facts import UNKNOWN, Value

NAMES = ("a", "b", "c")
SOME = settings(max_examples=60, deadline=None)
PLAIN = Table("plain@1", (1990, 2100), frozenset({5, 6}), {}, "sha256:plain")
START = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
atoms = st.sampled_from([Attested(name) for name in NAMES])
conditions: st.SearchStrategy[Condition] = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map(Not),
        st.tuples(inner, inner).map(AllOf),
        st.tuples(inner, inner).map(AnyOf),
    ),
    max_leaves=4,
)
choices = st.lists(st.builds(Choice, limits(), st.none() | conditions, st.just("x")), min_size=1, max_size=4)
values = st.sampled_from((True, False, UNKNOWN))
fields = st.dictionaries(st.sampled_from(NAMES), values)


def due(choices: list[Choice], fields: Mapping[str, Value]) -> datetime:
    rule = ClockRule("c", "C", "o", tuple(choices), "America/New_York")
    found = deadline(rule, started=START, started_by=1, tolls=(), ended=None, now=START, table=PLAIN, fields=fields)
    assert found.due is not None
    return found.due


@SOME
@given(limits())
def test_a_limit_reads_as_it_is_written(limit: Limit) -> None:
    assert read_limit(limit_text(limit)) == limit


@SOME
@given(choices, fields, st.sampled_from(NAMES), st.booleans())
def test_what_is_not_known_gives_nobody_more_time(
    choices: list[Choice], fields: dict[str, Value], name: str, value: bool
) -> None:
    """Whatever becomes known of a field, the deadline was not later while it was not."""
    unknown = {each: known for each, known in fields.items() if each != name}
    assert due(choices, unknown) <= due(choices, unknown | {name: value})
    assert due(choices, unknown) == due(choices, unknown | {name: UNKNOWN})


@SOME
@given(choices, fields)
def test_some_limit_always_holds_and_none_after_one_that_definitely_does(
    choices: list[Choice], fields: dict[str, Value]
) -> None:
    found = candidates(choices, fields)
    assert found
    always = [place for place, each in enumerate(choices) if each.when is None]
    if always:
        assert len(found) <= always[0] + 1


@SOME
@given(choices)
def test_a_table_that_reaches_as_far_as_its_clocks_is_enough(choices: list[Choice]) -> None:
    tolls = {"t": Toll("t", "t", Limit(2, Base.MONTHS), "")}
    rule = ClockRule("c", "C", "o", tuple(choices), "UTC", tolls=tolls)
    last = START.year + years_ahead([rule])
    assert due(choices, {}).year <= last
    assert years_ahead([]) == 1


def test_the_most_days_of_each_base() -> None:
    assert at_most_days(Limit(49, Base.HOURS)) == 3
    assert at_most_days(Limit(90, Base.DAYS)) == 90
    assert at_most_days(Limit(100, Base.WORKING_DAYS)) >= 150  # five of seven, and some of them holidays
    assert at_most_days(Limit(4, Base.WEEKS)) == 28
    assert at_most_days(Limit(2, Base.MONTHS)) == 62
    assert at_most_days(Limit(4, Base.YEARS)) >= 4 * 365 + 1
