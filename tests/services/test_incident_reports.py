"""Facts from a file, and each authority's report from the same facts: unknown, withheld, amended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licet.adapters.calendars import Holidays
from licet.core.cases.assessment import Assessment
from licet.core.cases.calendar import Calendar, Table
from licet.core.cases.clock import Roll
from licet.core.cases.incident_report import Earlier, Given
from licet.core.errors import LicetError
from licet.services.cases.facts_file import FactsFile, FactsRejected, check_past, read_facts
from licet.services.cases.incidents import assessed, opening_event
from licet.services.cases.laws import law_from
from licet.services.cases.reports import NoSuchReport, changed, report
from licet.wire.incident_report import assessment_tree, markdown, report_tree

NOW = datetime(2026, 6, 13, 13, tzinfo=UTC)
LAW = law_from((), Holidays(), NOW)
OPEN = opening_event(LAW)
FACTS = """title: Loop
occurred: 2026-06-12
discovered: 2026-06-12T17:21:00-04:00
plain_statement: |
  It went on.
  # Approved
internal_use: unknown
critical_safety_incident: true
imminent_danger: false
training_operations_e24: 300
"""


def read(text: str) -> FactsFile:
    return read_facts("facts.yaml", text.encode(), OPEN)


SAID = read(FACTS)


def duty(name: str, facts: dict[str, Any] | None = None) -> Assessment:
    found = assessed(LAW, SAID.facts if facts is None else facts, NOW)
    return next(each for each in found if each.procedure.name.startswith(f"{name}@"))


def test_facts_are_read_in_their_one_spelling_and_unknown_is_kept() -> None:
    assert SAID.title == "Loop"
    assert SAID.facts["discovered"] == "2026-06-12T21:21:00Z"
    assert SAID.facts["internal_use"] is None and "deaths" not in SAID.facts
    assert read("deaths: 3\n") == FactsFile(None, {"deaths": 3})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "finding: f-1\nissuer: Lab\n",
            "facts.yaml:1:1: `finding` begins another kind of document; an incident is told",
        ),
        ("order: o-1\n", "linked, never merged"),
        ("deaths: -1\n", "facts.yaml:1:9: `deaths` is less than nothing"),
        ("deaths: many\n", "facts.yaml:1:9: `deaths`: "),
        ("dead: 1\n", "facts.yaml:1:1: `dead`: "),
        ("discovered: 2026-06-12\n", "`discovered`"),
        ("[1]\n", "one mapping"),
        ("deaths: 1\n---\ndeaths: 2\n", "one mapping"),
        (
            "deaths: 10\nserious_injuries: 10\nkilled_or_injured: 21\n",
            "facts.yaml:3:20: `killed_or_injured` is 21, which is more",
        ),
        ("deaths: 10\nkilled_or_injured: 9\n", "fewer than 10"),
    ],
)
def test_a_file_that_is_no_facts_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(LicetError) as raised:
        read(text)
    assert says in str(raised.value)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(FactsRejected) as raised:
        read("dead: 1\ndeaths: many\ninternal_use: 3\n")
    assert len(str(raised.value).splitlines()) == 3


def test_what_has_not_happened_yet_is_no_fact() -> None:
    fields = {name: need.field for name, need in OPEN.needs.items()}
    check_past(fields, SAID.facts, NOW)
    with pytest.raises(FactsRejected, match=r"`discovered` \(2026-06-12T21:21:00Z\) would be later"):
        check_past(fields, SAID.facts, NOW - timedelta(days=1))
    with pytest.raises(FactsRejected, match="`occurred`"):
        check_past(fields, {"occurred": "2026-06-15"}, NOW)


def test_duties_that_apply_come_first_and_of_them_what_is_due_first() -> None:
    found = assessed(LAW, SAID.facts, NOW)
    assert [each.applies.value for each in found] == ["applies"] + ["cannot be told yet"] * 3 + ["not law"] * 3
    due = [each.first.deadline.due for each in found[1:4] if each.first and each.first.deadline]
    assert due == sorted(each for each in due if each)


class NoCalendars:
    def table(self, calendar: Calendar, first: int, last: int) -> Table:
        raise LicetError("no library of holidays")


def test_duties_that_count_no_working_days_are_assessed_without_calendars() -> None:
    bare = law_from((), NoCalendars(), NOW)
    found = {each.procedure.name: each for each in assessed(bare, SAID.facts, NOW)}
    assert [each.applies for each in found.values()] == [each.applies for each in assessed(LAW, SAID.facts, NOW)]
    deadline = found["sb53@2026-07"].clocks[0].deadline
    assert deadline is not None and deadline.calendar.startswith("none")
    sb53 = LAW.procedures["sb53@2026-07"]
    rolled = replace(sb53.clocks["first_report"], roll=Roll.NEXT_WORKING_DAY)
    changed_law = replace(
        bare, procedures={**bare.procedures, sb53.name: replace(sb53, clocks={"first_report": rolled})}
    )
    with pytest.raises(LicetError, match="no library of holidays"):
        assessed(changed_law, SAID.facts, NOW)


def test_a_report_says_unknown_of_what_nobody_said_and_of_what_nobody_knows() -> None:
    found = report(duty("sb53"), SAID.facts, at=NOW, about="Loop")
    assert [each.name for each in found.fields] == ["occurred", "why_it_qualifies", "plain_statement", "internal_use"]
    assert found.named(Given.UNKNOWN) == ("why_it_qualifies", "internal_use")
    assert {each.name: each.words for each in found.fields}["internal_use"] == "unknown"
    assert found.clock is not None and found.clock.event == "report" and found.number == 1 and found.changes == ()
    text = markdown(found)
    assert "> It went on.\n> # Approved\n" in text
    assert "\n# Approved" not in text
    assert text.count("\nunknown") == 2
    assert "Due: 2026-06-27T23:59:59-07:00 (15 d)" in text


def test_what_moves_a_terminal_is_shown_by_its_code() -> None:
    found = report(duty("sb53"), {**SAID.facts, "plain_statement": "a\x1b[2Jb\u202ec"}, at=NOW, about="Lo\x1bop")
    text = markdown(found)
    assert "a⟨U+001B⟩[2Jb⟨U+202E⟩c" in text and "Lo⟨U+001B⟩op" in text


def test_a_field_is_withheld_with_its_reason_and_only_if_the_report_has_it() -> None:
    found = report(duty("sb53"), SAID.facts, at=NOW, about="Loop", withheld={"plain_statement": "names a customer"})
    assert found.named(Given.WITHHELD) == ("plain_statement",)
    text = markdown(found)
    assert "withheld (names a customer)" in text and "It went on" not in text
    assert "It went on" not in str(report_tree(found))
    with pytest.raises(NoSuchReport, match="`deaths` is not in this report"):
        report(duty("sb53"), SAID.facts, at=NOW, about="Loop", withheld={"deaths": "x"})


def test_the_public_version_gives_nothing_away() -> None:
    facts = {**SAID.facts, "deaths": 7, "why_it_qualifies": "secret words", "imminent_danger": True}
    earlier = Earlier(1, NOW, {"plain_statement": "older words", "why_it_qualifies": "other words"})
    for known in (facts, {**facts, "why_it_qualifies": None}):
        found = report(duty("sb53", known), known, at=NOW, about="Loop", earlier=earlier, public=True)
        assert found.named(Given.WITHHELD) == ("why_it_qualifies", "plain_statement", "internal_use")
        whole = markdown(found) + str(report_tree(found))
        for each in ("secret words", "older words", "other words", "It went on", "imminent", "300", "deaths"):
            assert each not in whole, each
        assert "withheld (investigation)" in whole and "2026-06-12" in whole


def test_the_second_report_is_an_amendment_and_says_what_changed() -> None:
    earlier = Earlier(1, NOW, {"occurred": "2026-06-11", "plain_statement": "It went on.\n# Approved"})
    facts = {**SAID.facts, "why_it_qualifies": "by its words", "deaths": 4}
    found = report(duty("sb53", facts), facts, at=NOW, about="Loop", earlier=earlier)
    assert (found.event, found.kind, found.number, found.amends) == ("amendment", "amendment", 2, NOW)
    expected = [("occurred", "2026-06-11", "2026-06-12"), ("why_it_qualifies", "not given", "by its words")]
    assert [tuple(each) for each in found.changes] == expected
    assert [tuple(each) for each in changed(duty("sb53").procedure, facts, earlier)] == expected
    assert "> 2026-06-11\n\nand is:\n\n> 2026-06-12" in markdown(found)
    same = report(duty("sb53"), SAID.facts, at=NOW, about="Loop", earlier=Earlier(1, NOW, dict(SAID.facts)))
    assert same.changes == () and "Nothing." in markdown(same)


def test_the_final_report_asks_for_more_and_no_duty_knows_others() -> None:
    found = report(duty("gpai_code"), SAID.facts, at=NOW, about="Loop", event="final_report")
    assert {"root_cause", "safeguard_failure", "near_misses", "resolved"} <= set(found.named(Given.UNKNOWN))
    with pytest.raises(NoSuchReport, match=r"no report `final_report`; it knows `report`, `amendment`|it knows"):
        report(duty("sb53"), SAID.facts, at=NOW, about="Loop", event="final_report")


def test_sums_stand_in_reports_as_in_assessments() -> None:
    facts = {**SAID.facts, "deaths": 1234, "widespread": True}
    found = report(duty("eu_ai_act_73", facts), facts, at=NOW, about="Loop")
    words = {each.name: each.words for each in found.fields}
    assert (words["deaths"], words["widespread"], words["critical_infrastructure"]) == ("1,234", "yes", "unknown")


def test_json_counts_down() -> None:
    tree = assessment_tree(duty("sb53"), NOW)
    (clock,) = tree["clocks"]
    assert clock["left"] == (datetime.fromisoformat(clock["due"]) - NOW).total_seconds()
    late = assessment_tree(duty("sb53"), NOW + timedelta(days=30))["clocks"][0]["left"]
    assert late < 0
    assert {each["holds"] for each in tree["reasons"]} == {True}
