"""Duties to report incidents: what each says, where its law comes from, and what a report of it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.cases.duties import NO_DAYS, assess, table_for, trigger
from licet.core.cases.assessment import Assessment
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Roll
from licet.core.cases.duty import Applies, Standing
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import FieldKind, Procedure, Topic
from licet.wire.documents import read_cases

SPEC = (Path(__file__).parents[2] / "spec" / "incidents.md").read_text()
LAW = read_cases(())
DUTIES = {name: each for name, each in LAW.procedures.items() if each.topic is Topic.DUTY}
FORM = LAW.forms["incident@2026-07"]
INCIDENT = LAW.procedures["incident@2026-07"]
START = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
NOW = START + timedelta(hours=16)
SB53 = DUTIES["sb53@2026-07"]


def one(procedure: Procedure, facts: Mapping[str, Any], now: datetime = NOW) -> Assessment:
    (found,) = assess(facts, [procedure], now=now, tables={})
    return found


def test_there_is_a_duty_for_every_row_of_the_table() -> None:
    assert set(DUTIES) == {
        f"{each}@2026-07"
        for each in ("sb53", "raise", "sb315", "hr9477", "great_american_ai", "eu_ai_act_73", "gpai_code")
    }


def test_standing_and_day_are_those_of_the_table() -> None:
    found = {
        name.partition("@")[0]: (each.duty.standing, each.duty.since) for name, each in DUTIES.items() if each.duty
    }
    assert found == {
        "sb53": (Standing.IN_FORCE, date(2026, 1, 1)),
        "raise": (Standing.ENACTED, date(2027, 1, 1)),
        "sb315": (Standing.PASSED, None),
        "hr9477": (Standing.INTRODUCED, None),
        "great_american_ai": (Standing.DRAFT, None),
        "eu_ai_act_73": (Standing.CONTESTED, None),
        "gpai_code": (Standing.IN_FORCE, date(2025, 8, 2)),
    }


@pytest.mark.parametrize("name", DUTIES)
def test_each_duty_has_sources_and_says_that_only_the_table_was_read(name: str) -> None:
    found = DUTIES[name]
    assert found.duty is not None and found.form == FORM.name and found.duty.standing_note
    assert "the text itself" in found.sources[-1] and len(found.sources) > 1
    assert all(test.source for test in found.duty.tests) and all(clock.source for clock in found.clocks.values())
    assert trigger(found) is found.opening[0]


@pytest.mark.parametrize("name", DUTIES)
def test_each_report_is_an_event_that_takes_its_fields_and_attaches_its_text(name: str) -> None:
    found = DUTIES[name]
    assert found.duty is not None
    for event, fields in found.duty.reports.items():
        assert set(fields) <= set(found.events[event].needs), event
        assert found.events[event].exhibits == 1
        assert {"occurred", "why_it_qualifies", "plain_statement", "internal_use"} <= set(fields)


@pytest.mark.parametrize("name", DUTIES)
def test_a_duty_can_be_opened_with_what_chooses_its_limit(name: str) -> None:
    """Otherwise its case would count by the shorter limit although more is known."""
    found = DUTIES[name]
    opening = found.opening[0]
    first = found.clocks["first_report"]
    chosen = {word for each in first.limits for word in re.findall("[a-z_]+", each.text) if word in found.fields}
    assert chosen <= set(opening.needs)
    assert chosen == set() or chosen <= set(found.events["facts"].needs)


def test_an_incident_takes_the_whole_form() -> None:
    opening = INCIDENT.opening[0]
    for event in (opening, INCIDENT.events["add_facts"], INCIDENT.events["correct_facts"]):
        assert set(FORM.fields) <= set(event.needs)
    assert not [each for each in opening.needs.values() if each.required and each.field.name != "title"]


def test_the_specification_has_every_field_test_clock_and_report() -> None:
    for each in FORM.fields.values():
        assert f"| `{each.name}` | {each.kind.value} | {each.secrecy.value} | {each.meaning} |" in SPEC
    for found in DUTIES.values():
        assert found.duty is not None
        for test in found.duty.tests:
            assert f"| `{found.name}` | {test.name} | `{test.text}` |" in SPEC
        for event, fields in found.duty.reports.items():
            assert f"| `{found.name}` | `{event}` | {', '.join(f'`{each}`' for each in fields)} |" in SPEC
        for clock in found.clocks.values():
            limits = [limit_text(each.limit) + (f" if `{each.text}`" if each.text else "") for each in clock.limits]
            assert f"{clock.name}: {', '.join(limits)}" in SPEC


def test_a_test_says_what_the_facts_say_and_what_is_unknown() -> None:
    found = one(SB53, {"training_operations_e24": 100, "deaths": None, "damage_usd": 5})
    model = next(each for each in found.reasons if each.test == "model")
    assert (model.holds, model.says, model.text) == (
        False,
        "`training_operations_e24` is 100",
        "training_operations_e24 > 100",
    )
    assert found.applies is Applies.NO and found.clocks == () and found.first is None
    incident = next(each for each in found.reasons if each.test == "incident")
    assert incident.holds is None and "deaths" in incident.unknown and "damage_usd" not in incident.unknown
    assert "not known" in incident.says


def test_what_is_missing_is_told_from_what_is_recorded_as_unknown() -> None:
    found = one(SB53, {"occurred": "2026-06-12", "plain_statement": None})
    (first, _) = sorted(found.reports, key=lambda each: each.report != "report")
    assert (first.unknown, first.missing) == (("plain_statement",), ("why_it_qualifies", "internal_use"))


def test_the_beginning_is_in_the_zone_of_the_authority() -> None:
    found = one(SB53, {"discovered": "2026-06-12T21:21:00Z"})
    assert found.begins.at.isoformat() == "2026-06-12T14:21:00-07:00" and found.begins.sure


def test_a_procedure_that_is_no_duty_is_passed_over() -> None:
    assert assess({}, [INCIDENT], now=NOW, tables={}) == ()


def test_a_calendar_is_needed_only_by_working_days() -> None:
    assert table_for(SB53, {}) is NO_DAYS
    mine = Table("california@2026", (2020, 2030), frozenset(), {}, "sha256:mine")
    assert table_for(SB53, {"california@2026": mine}) is mine
    rule = SB53.clocks["first_report"]
    rolled = replace(SB53, clocks={"first_report": replace(rule, roll=Roll.NEXT_WORKING_DAY)})
    with pytest.raises(KeyError):
        table_for(rolled, {})


KNOWN = {
    name: st.booleans() if rule.kind is FieldKind.BOOLEAN else st.integers(0, 2_000_000_000)
    for name, rule in FORM.fields.items()
    if rule.kind in (FieldKind.BOOLEAN, FieldKind.INTEGER)
}
FACTS = st.fixed_dictionaries({}, optional=KNOWN)


@given(FACTS, st.sampled_from(sorted(DUTIES)))
@settings(max_examples=150, deadline=None)
def test_learning_more_never_starts_a_duty_that_was_excluded(facts: dict[str, Any], name: str) -> None:
    """`unknown_never_excludes`: what does not apply by some of the facts does not apply by all of them."""
    whole = one(DUTIES[name], facts)
    for field in facts.keys() - {"killed_or_injured"}:  # without it, it is the sum, which may be another number
        less = one(DUTIES[name], {each: value for each, value in facts.items() if each != field})
        if less.applies is Applies.NO and field not in ("deaths", "serious_injuries", "killed_or_injured"):
            assert whole.applies is Applies.NO
        if whole.runs:
            assert less.runs
            assert less.first and whole.first and less.first.deadline and whole.first.deadline
            assert less.first.deadline.due and whole.first.deadline.due
            assert less.first.deadline.due <= whole.first.deadline.due
