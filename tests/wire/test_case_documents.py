"""The law of cases that ships, and how it goes with what is enacted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from licet.core.cases.clock import ClockRule, Expiry
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import CLOCK, Deciding, Procedure, Topic
from licet.core.shape import shape
from licet.wire.canonical import canonical, digest
from licet.wire.documents import (
    DocumentsRejectedError,
    SourceFile,
    Written,
    read_cases,
    read_files,
    read_stored,
    rulebook_from,
    shipped,
    shipped_cases,
)

LAW = Path(sys.modules["licet.wire.documents"].__file__ or "").parent / "law" / "cases"
PROCEDURES = read_cases(()).procedures
NUMBERS = {
    "whole_application": "90 d",
    "initial_processing": "9 d",
    "completeness": "10 d",
    "recommendations": "30 d",
    "chair": "14 d",
    "escalation": "5 d",
    "committee_vote": "11 d",
    "board_vote": "11 d",
    "intent_letter": "5 d",
    "answer": "20 d",
    "denial_final": "45 d",
    "written_notice": "2 working days",
}
"""15 CFR 750.4, 750.6, 746.3."""


def file(text: str) -> SourceFile:
    return SourceFile("mine.yaml", text.encode(), lambda _: None)


def limits(clock: ClockRule) -> list[str]:
    return [limit_text(choice.limit) for choice in clock.limits]


def mine(name: str = "mine@1") -> str:
    text = (LAW / "licence_application.yaml").read_text()
    return text.replace("procedure: licence_application@2026-07", f"procedure: {name}")


def cases_of(written: tuple[Written, ...]) -> set[str]:
    return {each.name for each in written if each.kind in ("calendar", "form", "criteria", "procedure")}


def test_each_topic_has_a_procedure_that_ships() -> None:
    assert {each.topic for each in PROCEDURES.values()} == set(Topic)


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_what_ships_says_what_it_is_and_where_it_comes_from(procedure: Procedure) -> None:
    assert procedure.sources
    assert all(each.title and each.meaning for each in procedure.events.values())
    assert all(each.title and each.meaning for each in procedure.states.values())
    assert all(each.outcome for each in procedure.states.values() if each.final)
    for clock in procedure.clocks.values():
        assert clock.source
        assert (clock.event is None) == (clock.expiry is Expiry.BREACH)
    assert all(toll.source for clock in procedure.clocks.values() for toll in clock.tolls.values())


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_nothing_is_tolled_without_a_cap(procedure: Procedure) -> None:
    assert all(toll.cap for clock in procedure.clocks.values() for toll in clock.tolls.values())


def test_the_numbers_of_an_application_are_those_of_the_law() -> None:
    clocks = PROCEDURES["licence_application@2026-07"].clocks
    assert {name: limits(clocks[name])[0] for name in NUMBERS} == NUMBERS
    asked = ("recommendations", "denial_final", "whole_application", "escalation")
    assert {name: clocks[name].event for name in asked} == {
        "recommendations": "deem_no_objection",
        "denial_final": "denial_becomes_final",
        "whole_application": "refer_to_president",
        "escalation": "decision_stands",
    }


def test_an_appeal_has_a_number_and_is_decided_by_somebody_else() -> None:
    appeal = PROCEDURES["appeal@2026-07"]
    assert limits(appeal.clocks["filing"]) == ["45 d", "21 d"]
    assert limits(appeal.clocks["submissions"]) == ["30 d"]
    assert len(limits(appeal.clocks["decision"])) == 1
    for event in appeal.events.values():
        if event.decides is not None:
            assert event.unlike >= {"grant", "deny", "notify_intent", "approve", "refuse"}
    decided = {each.decides for each in appeal.events.values()}
    assert decided >= {Deciding.UPHOLD, Deciding.VARY, Deciding.REMIT, Deciding.STAY}


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_no_clock_decides_and_two_officers_grant_or_deny(procedure: Procedure) -> None:
    for event in procedure.events.values():
        assert not (event.decides and CLOCK in event.by)
        if event.decides in (Deciding.GRANT, Deciding.DENY, Deciding.SUSPEND, Deciding.INTENT):
            assert event.second


def test_the_canonical_form_of_each_reads_to_itself() -> None:
    for draft in shipped_cases():
        again, problems = shape(0, draft.tree, lambda _, __: None)
        assert problems == ()
        assert again is not None
        assert canonical(again.tree) == canonical(draft.tree)


def test_a_procedure_is_the_same_from_its_file_and_from_the_store() -> None:
    """The store keeps no order of keys; what is shown does not depend on it."""
    written = read_files([file(mine())]).written
    fresh = read_files([file(mine())]).documents.procedures["mine@1"]
    stored = read_stored(written, lambda _, __: None).documents.procedures["mine@1"]
    assert list(fresh.states) == list(stored.states)
    assert list(fresh.events) == list(stored.events)
    assert list(fresh.clocks) == list(stored.clocks)
    assert fresh.digest == stored.digest


def test_with_a_procedure_comes_what_it_refers_to_and_nothing_else() -> None:
    names = cases_of(read_files([file(mine())]).written)
    assert names >= {"mine@1", "us_federal@2026", "frontier_access@2026-07", "appeal@2026-07"}
    assert "incident@2026-07" not in names
    assert cases_of(read_files([]).written) == set()


def test_what_is_enacted_of_the_law_of_cases_changes_no_rulebook() -> None:
    reading = read_files([file(mine())])
    assert reading.rulebook(1).digest == read_files([]).rulebook(1).digest
    assert rulebook_from(reading.written, lambda _: None, 1).digest == reading.rulebook(1).digest


def test_a_gate_does_not_read_the_law_of_cases() -> None:
    """A document of it that no longer reads stops nobody's access."""
    broken = Written("procedure", "mine@1", digest(b"{}"), b"{}", {})
    facts = read_files([]).written
    assert rulebook_from([*facts, broken], lambda _: None, 1).digest == read_files([]).rulebook(1).digest
    with pytest.raises(DocumentsRejectedError, match="procedure `mine@1`"):
        read_cases([broken])


def test_a_version_that_ships_is_not_enacted_with_another_content() -> None:
    text = mine("licence_application@2026-07").replace("title: Application for a licence", "title: Something else")
    with pytest.raises(DocumentsRejectedError, match="comes with Licet, with another content; give it another version"):
        read_files([file(text)])


def test_the_law_of_cases_is_what_ships_and_what_was_enacted() -> None:
    stored = read_files([file(mine())]).written
    law = read_cases(stored)
    assert set(law.procedures) == {*PROCEDURES, "mine@1"}
    assert law.facts == {}
    assert read_cases(stored) is law


def test_nothing_reads_the_law_of_cases_that_does_not_ask_for_it() -> None:
    """So the gate, and a command that needs none of it, start as fast as before."""
    assert {draft.kind for draft in shipped()} == {"fact", "definition"}
    ask = (
        "from licet.wire.documents import read_files, shipped_cases; read_files([]); "
        "print(shipped_cases.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "0\n"
