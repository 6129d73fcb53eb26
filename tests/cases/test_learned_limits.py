"""A report that itself says what makes its limit shorter: what it meets, and what was past by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from tests.cases.walking import START, Walk, shipped

from licet.cases.expiries import overdue
from licet.core.cases.case import Case
from licet.core.cases.clock import Deadline, Running

URGENT = {"imminent_danger": True}


@cache
def aware() -> Walk:
    """A developer who became aware of an incident, and thought that nobody was in danger: there are 15 days."""
    law = shipped()
    procedure = next(each for each in law.procedures.values() if each.name.startswith("sb53@"))
    return Walk(law, procedure).do("aware", fields={"imminent_danger": False})


def clock(case: Case) -> Deadline:
    (found,) = [each for each in case.deadlines if each.clock == "first_report"]
    return found


def test_a_report_whose_own_facts_make_it_late_is_late() -> None:
    reported = aware().wait(days=3).do("report", fields=URGENT)
    found = clock(reported.case())
    assert (found.due, found.ended) == (START + timedelta(hours=24), reported.now)
    assert (found.running, found.runs_out) == (Running.MISSED, reported.now)


@pytest.mark.parametrize("between", [timedelta(0), timedelta(hours=1)])
def test_it_is_no_later_than_where_the_facts_come_in_an_entry_of_their_own(between: timedelta) -> None:
    """Whoever puts both into one entry gains nothing by it."""
    known = aware().wait(days=3).do("facts", fields=URGENT)
    apart = known.until(known.now + between).do("report", fields=URGENT)
    together = aware().wait(days=3).do("report", fields=URGENT)
    assert [(clock(each.case()).due, clock(each.case()).running) for each in (apart, together)] == [
        (START + timedelta(hours=24), Running.MISSED)
    ] * 2


def test_the_clock_has_nothing_to_enter_of_what_the_report_ended_itself() -> None:
    reported = aware().wait(days=3).do("report", fields=URGENT)
    later = reported.wait(days=30)
    assert later.entries == reported.entries
    assert overdue(later.case(), later.now) == []
    assert clock(later.case()).running is Running.MISSED, "and it stays so"


@pytest.mark.parametrize(
    ("happened", "running"),
    [
        (START + timedelta(hours=24), Running.MET),
        (START + timedelta(hours=24, microseconds=1), Running.MISSED),
    ],
)
def test_what_counts_is_when_the_report_was_made(happened: datetime, running: Running) -> None:
    """To the instant, also where it is recorded only later."""
    told = replace(aware(), now=happened).do("report", fields=URGENT)
    late = aware().wait(days=3).do("report", fields=URGENT, happened=happened, late="it was sent at once")
    assert [clock(each.case()).running for each in (told, late)] == [running] * 2


def test_a_report_that_says_that_nobody_is_in_danger_has_all_its_time() -> None:
    reported = aware().wait(days=3).do("report", fields={"imminent_danger": False})
    assert clock(reported.case()).running is Running.MET
