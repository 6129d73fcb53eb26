"""What evaluating a draft takes of memory, what it leaves alone, and what becomes of it when it fails."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from licet.core.decision import Decision
from licet.core.facts import UNKNOWN
from licet.core.rulebook import Rulebook
from licet.engines.timeline import Timeline
from licet.gate import decider, shadow
from licet.gate.callers import Caller, Presented
from licet.gate.endpoints import CARRIED
from licet.gate.enforced import Enforced
from licet.gate.shadow import MOST_CALLERS, Place, Request, Shadow
from licet.services.admit import Admission, Party
from licet.services.distinct import MOST, number
from licet.services.stored import KeyRecord
from licet.services.subjects import named
from licet.wire.body import ParsedBody, parse
from licet.wire.documents import SourceFile, read_files

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
CHAT = CARRIED["/v1/chat/completions"]
LAW = "".join(
    f"model: {name}\nfamily: f\napis: [openai]\nupstream: {{url: 'https://m.example'}}\n---\n" for name in ("m", "n")
)
LAW += "release: r\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nfamilies: [f]\nto: true\n"
DRAFT = (
    "---\norder: o\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\nforbids: not us_citizen\n"
)


def rulebook(text: str, *, without: tuple[str, ...] = ()) -> Rulebook:
    whole = read_files([SourceFile("law.yaml", text.encode(), lambda _: None)]).rulebook(1)
    facts = {name: fact for name, fact in whole.facts.items() if name not in without}
    return Rulebook(facts, whole.catalogue, whole.definitions, whole.instruments, whole.digest, 1)


def caller(subject: str, book: Rulebook, **facts: Any) -> Caller:
    known = {name: facts.get(name, UNKNOWN) for name in book.facts} | named(subject, book.facts)
    key = KeyRecord(subject, subject, (), NOW, "test")
    mark = hashlib.sha256(subject.encode())
    return Caller(Presented(mark.digest()), Admission(key, subject, "person", known, None), mark.hexdigest()[:32])


class Gate:
    """A rulebook that is enforced, and a draft beside it."""

    def __init__(self, law: Rulebook, draft: Rulebook) -> None:
        self.enforced = Enforced(Timeline(law, NOW), 1, {})
        self.place = Place()
        self.shadow = Shadow("w1", "1", self.enforced, Timeline(draft, NOW), None, None)
        self.place.running = self.shadow

    def ask(self, who: Caller, body: bytes = b'{"model": "m"}', endpoint: Any = CHAT) -> Decision:
        read: ParsedBody = parse(body, endpoint.uncarried)
        decision = decider.decide(self.enforced, who, endpoint, read, NOW, substitution=True).decision
        if self.place.running is not None:
            self.place.running.see(self.place, self.enforced, Request(who, endpoint, read, True), decision)
        return decision


@pytest.fixture
def gate() -> Gate:
    return Gate(rulebook(LAW), rulebook(LAW + DRAFT))


def test_memory_is_bounded_whoever_comes(gate: Gate) -> None:
    count = MOST_CALLERS + 5_000
    book = gate.enforced.rulebook
    for index in range(count):
        gate.ask(caller(f"s{index}", book))
    report = gate.shadow.report(0, 0, 0)
    assert (report.compared, report.changed, len(report.rows)) == (count, count, 1)
    assert len(gate.shadow._after._callers) == MOST_CALLERS
    assert len(report.callers) == len(report.callers_changed) == MOST
    assert abs(number([report.callers]) - count) < count / 8


def test_kinds_of_change_are_bounded(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.shadow, "_room", 0)
    for _ in range(3):
        gate.ask(caller("jean", gate.enforced.rulebook))
    report = gate.shadow.report(0, 0, 0)
    assert (report.changed, report.rows, report.uncounted) == (3, (), 3)


def test_the_gate_s_own_vectors_stay_as_they_are(gate: Gate) -> None:
    jean = caller("jean", gate.enforced.rulebook)
    gate.ask(jean)
    vectors = jean._vectors
    gate.ask(jean)
    assert jean._vectors is vectors, "made once, though two rulebooks have been asked"


@pytest.mark.parametrize(("agent", "person", "changed"), [(True, True, 0), (True, False, 1), (False, True, 1)])
@pytest.mark.parametrize("without", [(), ("us_citizen",)])
def test_a_draft_is_asked_about_both_who_ask_together(
    agent: bool, person: bool, changed: int, without: tuple[str, ...]
) -> None:
    gate = Gate(rulebook(LAW, without=without), rulebook(LAW + DRAFT))
    book = gate.enforced.rulebook
    two = caller("agent", book, us_citizen=agent)
    other = caller("person", book, us_citizen=person).admission
    party = Party(other.subject, other.kind, other.facts, None)
    two = Caller(two.presented, replace(two.admission, person=party), two.pseudonym, "beside")
    gate.ask(two)
    assert gate.shadow.report(0, 0, 0).changed == (1 if without else changed), "undeclared here, unknown there"


def test_a_draft_that_fails_is_switched_off_and_the_decision_stands(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(shadow.Side, "decision", broken)
    assert gate.ask(caller("jean", gate.enforced.rulebook)).served == "m"
    assert gate.place.running is None
    report = gate.shadow.report(0, 0, 0)
    assert (report.state, report.why, report.compared) == ("failed", "RuntimeError: no such luck", 0)


def test_another_rulebook_supersedes_it(gate: Gate) -> None:
    gate.ask(caller("jean", gate.enforced.rulebook))
    gate.enforced = Enforced(Timeline(rulebook(LAW), NOW), 2, {})
    gate.ask(caller("jean", gate.enforced.rulebook))
    report = gate.shadow.report(0, 0, 0)
    assert (report.state, report.compared, gate.place.running) == ("superseded", 1, None)


def test_a_draft_over_the_name_of_who_asks_where_the_rulebook_has_no_such_fact() -> None:
    """The fact comes with the draft; the gate knows its value all the same."""
    law = rulebook(LAW, without=("subject",))
    gate = Gate(law, rulebook(LAW + DRAFT.replace("not us_citizen", 'subject in {"jean"}')))
    assert "subject" not in law.facts
    for name in ("jean", "ada", "bystander"):
        gate.ask(caller(name, law))
    report = gate.shadow.report(0, 0, 0)
    assert (report.compared, report.changed, report.rows[0].unknown) == (3, 1, ())
