"""The text of limits, and which of a clock's limits holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.clock_worlds import limits

from licet.cases.clocks.choosing import candidates
from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.reach import at_most_days, years_ahead
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, Choice, ClockRule, Limit, Toll
from licet.core.cases.limit_text import LimitRejected, limit_text, read_limit
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


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("1 h", Limit(1, Base.HOURS)),
        ("9999 h", Limit(9999, Base.HOURS)),
        ("1 d", Limit(1, Base.DAYS)),
        ("9999 d", Limit(9999, Base.DAYS)),
        ("1 working day", Limit(1, Base.WORKING_DAYS)),
        ("2 working days", Limit(2, Base.WORKING_DAYS)),
        ("9999 working days", Limit(9999, Base.WORKING_DAYS)),
        ("1 week", Limit(1, Base.WEEKS)),
        ("1000 weeks", Limit(1000, Base.WEEKS)),
        ("1 month", Limit(1, Base.MONTHS)),
        ("1200 months", Limit(1200, Base.MONTHS)),
        ("1 year", Limit(1, Base.YEARS)),
        ("100 years", Limit(100, Base.YEARS)),
    ],
)
def test_what_a_limit_is_called(text: str, limit: Limit) -> None:
    assert read_limit(text) == limit
    assert limit_text(limit) == text


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("10000 h", "9999 h"),
        ("10000 d", "9999 d"),
        ("10000 working days", "9999 working days"),
        ("1001 weeks", "1000 weeks"),
        ("1201 months", "1200 months"),
        ("101 years", "100 years"),
        ("9999999 years", "100 years"),
    ],
)
def test_no_limit_is_longer_than_any_law_has(text: str, longest: str) -> None:
    with pytest.raises(LimitRejected) as refused:
        read_limit(text)
    assert str(refused.value) == f"`{text}` is too long; the most allowed is `{longest}`"


@pytest.mark.parametrize(
    ("text", "right"),
    [("1 weeks", "1 week"), ("2 week", "2 weeks"), ("1 working days", "1 working day"), ("1 years", "1 year")],
)
def test_a_limit_has_one_spelling(text: str, right: str) -> None:
    with pytest.raises(LimitRejected) as refused:
        read_limit(text)
    assert str(refused.value) == f"`{text}` is written `{right}`"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d",
        "9",
        "0 d",
        "09 d",
        "-9 d",
        "9d",
        "9  d",
        " 9 d",
        "9 d ",
        "9 D",
        "9 days",
        "9 working",
        "1.5 h",
        "10000000 h",
        "9 d\n",
        "9 working  days",
        "٩ d",
    ],
)
def test_what_is_no_limit_is_refused_and_what_is_one_said(text: str) -> None:
    with pytest.raises(LimitRejected) as refused:
        read_limit(text)
    allowed = "`72 h`, `90 d`, `2 working days`, `4 weeks`, `6 months`, `5 years`"
    assert str(refused.value) == f"`{text}` is no limit; allowed: a whole number from 1 with a unit: {allowed}"


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
