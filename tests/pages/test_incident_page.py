"""The report of an incident as a page: whole, self-contained, and nothing told better than it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.pages.reading import check
from tests.pages.test_hostile import HOSTILE

from licet.cases.duties import assess
from licet.core.cases.incident_report import Earlier, IncidentReport
from licet.core.cases.procedure import Topic
from licet.pages.incident_report import page
from licet.services.cases.reports import report
from licet.wire.documents import read_cases

NOW = datetime(2026, 6, 13, 13, tzinfo=UTC)
DUTIES = {name: each for name, each in read_cases(()).procedures.items() if each.topic is Topic.DUTY}
FACTS: dict[str, Any] = {
    "discovered": "2026-06-12T21:21:00Z",
    "occurred": "2026-06-12",
    "plain_statement": "It left its sandbox.",
    "internal_use": None,
    "critical_safety_incident": True,
    "training_operations_e24": 300,
    "deaths": 7,
}


def written(name: str = "sb53", facts: dict[str, Any] | None = None, at: datetime = NOW, **more: Any) -> IncidentReport:
    known = FACTS if facts is None else facts
    (found,) = assess(known, [DUTIES[f"{name}@2026-07"]], now=at, tables={})
    return report(found, known, at=at, about=more.pop("about", "Loop"), **more)


@pytest.mark.parametrize("name", sorted(each.partition("@")[0] for each in DUTIES))
def test_every_report_of_every_duty_is_a_page_like_every_other(name: str) -> None:
    duty = DUTIES[f"{name}@2026-07"].duty
    assert duty is not None
    for event in duty.reports:
        found = written(name, event=event)
        reading = check(page(found))
        assert found.assessment.procedure.title in reading.text and found.to in reading.text
        assert all(each.name in reading.text and each.meaning in reading.text for each in found.fields)
        assert page(found) == page(found)


def test_unknown_and_withheld_are_marked_and_the_time_left_is_told() -> None:
    text = check(page(written(withheld={"plain_statement": "names a customer"}))).text
    assert "unknown: nobody has said it yet" in text and "withheld: names a customer" in text
    assert "It left its sandbox." not in text
    assert "until it is due" in text and "24 h: it is not known whether imminent_danger" in text
    assert "training_operations_e24 > 100" in text and "California SB 53 (Bus. & Prof. 22757.13)" in text
    late = check(page(written(at=NOW + timedelta(days=60)))).text
    assert "late" in late and "until it is due" not in late


def test_an_amendment_shows_what_it_was_and_is_first() -> None:
    text = check(page(written(earlier=Earlier(1, NOW, {"plain_statement": "Older words."})))).text
    assert "Older words." in text and text.index("What has changed") < text.index("What is reported")
    same = check(page(written(earlier=Earlier(1, NOW, dict(FACTS))))).text
    assert "Nothing has changed since the report of" in same


def test_the_public_page_gives_nothing_away() -> None:
    earlier = Earlier(1, NOW, {"plain_statement": "Older words."})
    text = check(page(written(public=True, earlier=earlier))).text
    for each in ("It left its sandbox", "Older words", "300", "imminent_danger", "training_operations_e24"):
        assert each not in text, each
    assert "withheld: investigation" in text and "This is the public version" in text


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_stays_text(words: str) -> None:
    found = written(facts={**FACTS, "plain_statement": words}, about=words)
    assert check(page(found))
