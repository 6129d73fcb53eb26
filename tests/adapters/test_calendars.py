"""Tables of working days: the calendars that come with Licet, days set by hand, digests, and what cannot be had."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from importlib import resources
from typing import Any

import pytest
import rfc8785

from licet.adapters.calendars import Holidays
from licet.core.cases.calendar import Calendar, CalendarUnusable, Override, Table
from licet.core.cases.resolve.calendar import calendar_from
from licet.core.shape import shape
from licet.services.cases.ports import Calendars
from licet.wire import yaml
from licet.wire.documents import draft_digest

TABLES: Calendars = Holidays()


def shipped() -> dict[str, Calendar]:
    path = resources.files("licet.wire").joinpath("law", "cases", "calendars.yaml")
    drafts = [shape(0, each.tree, lambda _, __: None) for each in yaml.read(path.name, path.read_bytes())]
    assert [problems for _, problems in drafts] == [()] * len(drafts)
    return {draft.name: calendar_from(draft, draft_digest) for draft, _ in drafts if draft is not None}


SHIPPED = shipped()
FEDERAL = SHIPPED["us_federal@2026"]


@pytest.fixture(scope="module")
def federal() -> Table:
    return TABLES.table(FEDERAL, 2024, 2030)


def test_federal_holidays_and_the_days_on_which_they_are_observed(federal: Table) -> None:
    for day in ("2026-06-19", "2026-07-03", "2026-07-04", "2027-12-31", "2026-11-26"):
        assert date.fromisoformat(day) in federal.holidays
    assert federal.holidays[date(2026, 6, 19)] == "Juneteenth National Independence Day"
    assert federal.is_working(date(2026, 7, 2))
    assert not federal.is_working(date(2026, 7, 3))
    assert federal.is_working(date(2026, 7, 6))


def test_days_on_which_agencies_were_closed_by_order_are_those_of_the_category_government(federal: Table) -> None:
    closed = [date(2025, 1, 9), date(2025, 12, 24), date(2025, 12, 26)]
    without = TABLES.table(replace(FEDERAL, categories=("public",)), 2025, 2025)
    assert not any(map(federal.is_working, closed))
    assert all(map(without.is_working, closed))


def test_nine_federal_working_days_after_12_june(federal: Table) -> None:
    days = (date(2026, 6, 13) + timedelta(days=each) for each in range(14))
    assert sum(map(federal.is_working, days)) == 9


@pytest.mark.parametrize("name", [each for each in SHIPPED if each not in ("us_federal@2026", "eu_brussels@2026")])
def test_no_state_moves_a_holiday_from_a_saturday_to_the_friday_but_california_veterans_day(name: str) -> None:
    table = TABLES.table(SHIPPED[name], 2025, 2033)
    moved = [day for day, why in table.holidays.items() if "observed" in why and day.weekday() == 4]
    assert moved == ([date(2028, 11, 10)] if name == "california@2026" else [])
    assert table.is_working(date(2026, 7, 3))
    assert not table.is_working(date(2026, 6, 19))


def test_brussels_works_on_armistice_day_and_on_juneteenth() -> None:
    table = TABLES.table(SHIPPED["eu_brussels@2026"], 2025, 2030)
    worked = (date(2026, 11, 11), date(2027, 11, 11), date(2026, 6, 19), date(2026, 4, 3))
    assert all(map(table.is_working, worked))
    assert not any(map(table.is_working, (date(2026, 4, 6), date(2026, 5, 14), date(2026, 7, 21))))
    assert table.holidays[date(2026, 4, 6)] == "Easter Monday"  # not "Paasmaandag": by its names a table has its digest


def test_every_calendar_that_ships_says_its_sources_and_has_holidays_in_each_year() -> None:
    assert set(SHIPPED) >= {"us_federal@2026", "california@2026", "new_york@2026", "illinois@2026", "eu_brussels@2026"}
    for calendar in SHIPPED.values():
        table = TABLES.table(calendar, 2020, 2069)
        assert calendar.source
        assert {day.year for day in table.holidays} == set(range(2020, 2070))


def test_a_day_set_by_hand_wins() -> None:
    closed, worked = date(2026, 6, 15), date(2026, 6, 19)
    overrides = (Override(closed, True, "Closed", "an order"), Override(worked, False, "Worked", "an order"))
    table = TABLES.table(replace(FEDERAL, overrides=overrides), 2026, 2026)
    assert table.holidays[closed] == "Closed"
    assert worked not in table.holidays
    assert table.digest != TABLES.table(FEDERAL, 2026, 2026).digest


def test_a_day_set_by_hand_outside_the_years_is_not_in_the_table() -> None:
    overrides = (Override(date(2031, 1, 2), True, "Closed", "an order"),)
    with_it = TABLES.table(replace(FEDERAL, overrides=overrides), 2026, 2026)
    assert with_it.digest == TABLES.table(FEDERAL, 2026, 2026).digest


def test_the_digest_is_of_the_years_the_weekend_and_the_days_with_their_names(federal: Table) -> None:
    tree: Any = {
        "years": [2024, 2030],
        "weekend": [5, 6],
        "days": {day.isoformat(): name for day, name in federal.holidays.items()},
    }
    assert federal.digest == "sha256:" + sha256(rfc8785.dumps(tree)).hexdigest()


def test_the_same_calendar_and_years_give_the_same_table(federal: Table) -> None:
    again = TABLES.table(FEDERAL, 2024, 2030)
    assert again == federal
    assert hash(again) == hash(federal)
    friday = replace(FEDERAL, weekend=frozenset({4, 5}))
    assert len({each.digest for each in (again, TABLES.table(friday, 2024, 2030))}) == 2


def test_tables_of_other_years_agree_on_the_years_that_they_share(federal: Table) -> None:
    """The day on which New Year's Day of the year after is observed included."""
    for year in range(2024, 2031):
        one = TABLES.table(FEDERAL, year, year)
        assert dict(one.holidays) == {day: name for day, name in federal.holidays.items() if day.year == year}


def test_a_table_cannot_be_changed(federal: Table) -> None:
    with pytest.raises(TypeError):
        federal.holidays[date(2026, 6, 12)] = "Nothing"  # type: ignore[index]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"country": "ZZ"}, "country ZZ not available"),
        ({"subdivision": "US-CA"}, "does not have subdivision US-CA"),
        ({"categories": ("public", "half")}, "category is not supported: half"),
    ],
)
def test_what_the_package_does_not_know_is_an_error_that_names_the_calendar(changed: dict[str, str], why: str) -> None:
    with pytest.raises(CalendarUnusable, match=f"^the calendar `us_federal@2026`: .*{why}; mend its document"):
        TABLES.table(replace(FEDERAL, **changed), 2026, 2026)  # type: ignore[arg-type]


def test_years_that_the_package_does_not_know_are_an_error() -> None:
    with pytest.raises(CalendarUnusable, match="knows the years 1777 to 2100, and 2090 to 2139 are asked for"):
        TABLES.table(FEDERAL, 2090, 2139)
    with pytest.raises(CalendarUnusable, match="give years in order"):
        TABLES.table(FEDERAL, 2027, 2026)


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(CalendarUnusable, match=r"pip install 'licet\[cases\]'"):
        TABLES.table(FEDERAL, 2041, 2042)  # years that no other test asked for: tables are remembered
