"""The clocks of the procedures that ship, by the calendars that ship: from the order of 12 June, 17:21 in New York."""

from __future__ import annotations

from datetime import datetime

import pytest

from licet.adapters.calendars import Holidays
from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.reach import years_ahead
from licet.core.cases.clock import Deadline
from licet.core.cases.procedure import Procedure
from licet.services.cases.laws import YEARS, YEARS_BEFORE
from licet.wire.documents import read_cases

LAW = read_cases(())
START = datetime.fromisoformat("2026-06-12T17:21:00-04:00")
TABLES = {
    name: Holidays().table(
        calendar, 2026, 2026 + years_ahead(c for p in LAW.procedures.values() for c in p.clocks.values())
    )
    for name, calendar in LAW.calendars.items()
}
APPLICATION = {
    "initial_processing": "2026-06-21",
    "completeness": "2026-06-22",
    "recommendations": "2026-07-12",
    "chair": "2026-06-26",
    "escalation": "2026-06-17",
    "committee_vote": "2026-06-23",
    "board_vote": "2026-06-23",
    "intent_letter": "2026-06-17",
    "written_notice": "2026-06-16",
    "answer": "2026-07-02",
    "denial_final": "2026-07-27",
}
"""15 CFR 750.4, 750.6 and 746.3, each as if it had begun with the order."""

DUTIES = {
    "sb53": "2026-06-13T14:21:00-07:00",
    "raise": "2026-06-13T17:21:00-04:00",
    "sb315": "2026-06-13T16:21:00-05:00",
    "hr9477": "2026-06-14T17:21:00-04:00",
    "great_american_ai": "2026-06-13T17:21:00-04:00",
    "eu_ai_act_73": "2026-06-14T23:59:59+02:00",
    "gpai_code": "2026-06-14T23:59:59+02:00",
}
"""The earliest report of each duty while nothing is known of the incident: as if the worst were so."""


def started(procedure: Procedure, clock: str) -> Deadline:
    return deadline(
        procedure.clocks[clock],
        started=START,
        started_by=1,
        tolls=(),
        ended=None,
        now=START,
        table=TABLES[procedure.calendar],
        fields={},
    )


def named(base: str) -> Procedure:
    return next(each for name, each in LAW.procedures.items() if name.partition("@")[0] == base)


@pytest.mark.parametrize(
    ("procedure", "clock"), [(p, clock) for p in LAW.procedures for clock in LAW.procedures[p].clocks]
)
def test_every_clock_gives_a_deadline_by_its_calendar(procedure: str, clock: str) -> None:
    law = LAW.procedures[procedure]
    found = started(law, clock)
    assert found.due == found.gross
    assert found.due is not None
    assert found.due > START
    assert found.calendar == TABLES[law.calendar].digest
    assert found.warned_from is None or START <= found.warned_from <= found.due


@pytest.mark.parametrize(("clock", "day"), APPLICATION.items())
def test_the_clocks_of_an_application_are_those_of_the_regulations(clock: str, day: str) -> None:
    found = started(named("licence_application"), clock)
    assert found.due is not None
    assert found.due.isoformat() == f"{day}T23:59:59-04:00"


@pytest.mark.parametrize(("duty", "due"), DUTIES.items())
def test_the_first_report_of_each_duty_is_due_as_if_the_worst_were_so(duty: str, due: str) -> None:
    procedure = named(duty)
    found = [started(procedure, clock).due for clock in procedure.clocks]
    assert min(each for each in found if each is not None).isoformat() == due


def test_the_tables_that_are_made_hold_every_clock_that_ships() -> None:
    """Also one that is started in the last year of a decade."""
    longest = years_ahead(clock for each in LAW.procedures.values() for clock in each.clocks.values())
    assert longest < YEARS - YEARS_BEFORE - 10
