"""What only changes how cases are decided: nobody's access, and still for two officers."""

from __future__ import annotations

from licet.core.proof import Answer, Proof
from licet.services import procedure_checks
from licet.services.approval import warrant_for_one
from licet.services.findings import Check, Review
from licet.services.review import ONLY_NARROWS
from licet.services.rulebooks import Proposal
from licet.wire.documents import SourceFile, read_files

CALENDAR = """
calendar: mine@1
title: My days
sources: [a test]
as_of: 2026-07-02
country: US
"""


def proposal(text: str) -> Proposal:
    reading = read_files([SourceFile("mine.yaml", text.encode(), lambda _: None)])
    return Proposal(read_files([]).rulebook(1), reading.rulebook(2), reading.written, (), (), ())


def reviewed(text: str) -> Review:
    findings = tuple(procedure_checks.decided_by_two(proposal(text)))
    return Review(Proof(ONLY_NARROWS, Answer.PROVED, because=""), findings, 0.0)


def test_two_officers_decide_on_how_cases_are_decided() -> None:
    found = reviewed(CALENDAR)
    assert [each.check for each in found.findings] == [Check.PROCEDURES]
    assert found.findings[0].instruments == ("mine@1",)
    assert warrant_for_one(found) is None
    assert found.headline == "proved: it gives nobody access; how cases are decided changes"


def test_nothing_is_said_of_what_has_none_of_it() -> None:
    found = reviewed("")
    assert found.findings == ()
    assert warrant_for_one(found) is not None
