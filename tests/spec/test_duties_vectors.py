"""`vectors/duties/`: what every duty to report incidents says of facts on a day, by the law that ships."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from licet.cases.duties import assess
from licet.cases.fields.read import read_fields
from licet.core.cases.assessment import Assessment
from licet.core.cases.procedure import Topic
from licet.wire.documents import read_cases

FILES = sorted((Path(__file__).parents[2] / "vectors" / "duties").glob("*.json"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in FILES
    for case in json.loads(path.read_text())["cases"]
]
LAW = read_cases(()).procedures
DUTIES = [each for each in LAW.values() if each.topic is Topic.DUTY]
OPEN = LAW["incident@2026-07"].opening[0]


def said(case: dict[str, Any]) -> dict[str, Assessment]:
    found = assess(case["facts"], DUTIES, now=datetime.fromisoformat(case["now"]), tables={})
    return {each.procedure.name.partition("@")[0]: each for each in found}


def first_due(found: Assessment) -> datetime:
    assert found.first and found.first.deadline and found.first.deadline.due, found.procedure.name
    return found.first.deadline.due


def missing(found: Assessment, reports: dict[str, Any]) -> dict[str, list[str]]:
    return {each.report: list(each.missing) for each in found.reports if each.report in reports}


def recorded(found: Assessment, reports: dict[str, Any]) -> dict[str, list[str]]:
    return {each.report: list(each.unknown) for each in found.reports if each.report in reports}


def as_expected(found: Assessment, expect: dict[str, Any]) -> dict[str, Any]:
    """The same parts as a vector names, of what was found."""
    due, began = found.first.deadline if found.first else None, found.begins.at
    clocks = {each.clock: each.deadline.due for each in found.clocks if each.deadline}
    reasons = {each.test: each.holds for each in found.reasons}
    tested = [name for each in found.reasons if each.test != "begun" for name in each.unknown]
    whole = {
        "applies": found.applies.value,
        "due": due.due.isoformat() if due and due.due else None,
        "because": due.because if due else None,
        "clocks": {name: at.isoformat() if (at := clocks.get(name)) else None for name in expect.get("clocks", {})},
        "reasons": {name: reasons.get(name) for name in expect.get("reasons", {})},
        "unknown": sorted(tested),
        "begins": [began.isoformat() if began else None, found.begins.field, found.begins.sure],
        "missing": missing(found, expect.get("missing", {})),
        "recorded_as_unknown": recorded(found, expect.get("recorded_as_unknown", {})),
    }
    return {name: whole[name] for name in expect}


@pytest.mark.parametrize("case", CASES)
def test_each_duty_says_what_the_vector_says(case: dict[str, Any]) -> None:
    found = said(case)
    for name, expect in case["expect"].items():
        wanted = {**expect, **({"unknown": sorted(expect["unknown"])} if "unknown" in expect else {})}
        assert as_expected(found[name], expect) == wanted, (name, found[name].reasons)


@pytest.mark.parametrize("case", CASES)
def test_the_facts_of_a_vector_are_in_their_one_spelling(case: dict[str, Any]) -> None:
    facts = {"title": "a vector", **case["facts"]}
    assert read_fields(OPEN, facts) == facts


@pytest.mark.parametrize("case", CASES)
def test_unknown_never_means_does_not_apply(case: dict[str, Any]) -> None:
    """Whatever field is taken away: a duty that applied never stops to run, and is never due later."""
    whole = said(case)
    for name in case["facts"]:
        less = said({**case, "facts": {each: value for each, value in case["facts"].items() if each != name}})
        for duty, before in whole.items():
            if before.runs and name not in ("discovered", "determined", "reasonable_belief", "resolved"):
                assert less[duty].runs, (name, duty)
                assert first_due(less[duty]) <= first_due(before), (name, duty)


def test_every_duty_is_in_the_vectors() -> None:
    named = {name for param in CASES for name in param.values[0]["expect"]}  # type: ignore[index]
    assert named == {each.name.partition("@")[0] for each in DUTIES}
