"""What a segment's facts say of a subject is what the gate went by, whatever happened, at every instant."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.test_review import Nobody

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.facts import UNKNOWN, Facts, Members, Value
from licet.core.rulebook import Rulebook
from licet.record.sealed.facts import Attested, SubjectLeaf, facts_at, read_leaf, within
from licet.services import subjects
from licet.services.approval import enact_proposal
from licet.services.record.keeping.weighed import Weighing, covered
from licet.services.rulebooks import in_force, propose
from licet.services.stored import Confirmation, Ground, Warrant
from licet.wire.documents import SourceFile

NOON = datetime.fromisoformat("2026-06-12T12:00:00+00:00")
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
LIST = "https://idp.example/status"
FACTS = """fact: a
type: boolean
meaning: for this test
source: none
---
fact: checked
type: boolean
level: substantial
meaning: for this test
source: none
---
fact: groups
type: set of string
meaning: for this test
source: none
"""
VALUES: dict[str, tuple[Value, ...]] = {
    "a": (True, False, UNKNOWN),
    "checked": (True, False, UNKNOWN),
    "groups": (Members(frozenset({"x"}), False), Members(frozenset({"x", "y"}), True), UNKNOWN),
    "later": (True, UNKNOWN),
}


def minutes(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(-2, most).map(lambda n: n * MINUTE)


class World:
    """A store in which things happen one after the other, and what the gate knew in between."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self.store = MemoryStore()
        self.store.add_subject("alice", "person", actor="ann", at=NOON - MINUTE)
        self.now = NOON
        self.seen: list[tuple[datetime, Rulebook, Facts]] = []
        self.sealed: list[tuple[datetime, tuple[Attested, ...]]] = []
        self._trusts: list[str] = []
        self._book = in_force(self.store)

    def enact(self, text: str) -> None:
        proposal = propose(self.store, [SourceFile("new.yaml", text.encode(), lambda _: None)])
        warrant = Warrant(Ground.TWO_OFFICERS, approved_by="ben")
        nobody: Any = Nobody()
        enact_proposal(self.store, nobody, proposal, warrant, actor="ann", now=self.now, stopwatch=time.monotonic)
        self._book = in_force(self.store)

    def happens(self) -> None:
        """One thing, any."""
        does = (self.attest, self.attest, self.attest, self.trust, self.lift, self.read, self.declare)
        self._draw(st.sampled_from(does))()

    def attest(self) -> None:
        fact = self._draw(st.sampled_from(sorted(VALUES)))
        carrier = self._draw(st.sampled_from((Carrier.OFFICERS, Carrier.OIDC, Carrier.JWT)))
        status = self._draw(st.sampled_from((None, StatusReference(LIST, 1)))) if carrier is Carrier.OIDC else None
        word = Attestation(
            "alice",
            fact,
            self._draw(st.sampled_from(VALUES[fact])),
            self._draw(st.sampled_from(("https://idp.example", "https://other.example"))),
            "how",
            self._draw(st.sampled_from(("low", "high"))),
            self.now + self._draw(minutes(1)),
            self._draw(st.one_of(st.none(), minutes(9).map(lambda step: self.now + step))),
            carrier=carrier,
            status=status,
        )
        self.store.attest([word], actor="ann", at=self.now)

    def trust(self) -> None:
        name = f"t{len(self._trusts)}"
        start = self.now + self._draw(minutes(4))
        lines = [f"trust: {name}", f"issued: {start.isoformat()}", f"from: {start.isoformat()}"]
        if self._draw(st.booleans()):
            lines.append(f"until: {(start + self._draw(st.integers(1, 9)) * MINUTE).isoformat()}")
        if self._trusts and self._draw(st.integers(0, 2)) == 0:
            lines.append(f"supersedes: [{self._draw(st.sampled_from(self._trusts))}]")
        if self._draw(st.booleans()):
            lines.append(f"lasts: {self._draw(st.integers(1, 5))}m")
        issuer = self._draw(st.sampled_from(("https://idp.example", "https://other.example")))
        lines += [f"attester: {issuer}", "carriers: [oidc, jwt]", "audience: [me]", "algorithms: [ES256]"]
        lines += ["keys: {discovery: true}", "facts: {a: {claim: a}, checked: {claim: c}, groups: {claim: g}}", ""]
        self.enact("\n".join(lines))
        self._trusts.append(name)

    def lift(self) -> None:
        if self._trusts:
            start = self.now + self._draw(minutes(4))
            name = f"l{self.store.head()}"
            ends = self._draw(st.sampled_from(self._trusts))
            self.enact(f"lift: {name}\nissued: {start.isoformat()}\nfrom: {start.isoformat()}\nends: [{ends}]\n")

    def read(self) -> None:
        until = self.now + self._draw(minutes(6))
        self.store.confirm_status(LIST, digest="sha256:1", until=until, actor="status", at=self.now)

    def declare(self) -> None:
        self.enact("fact: later\ntype: boolean\nmeaning: for this test\nsource: none\n")

    def look(self, at: datetime) -> None:
        """What the gate would go by at an instant, with what it knows now."""
        book, record = self._book, self.store.subject("alice")
        assert record is not None
        facts = subjects.facts_at(record, book.facts, book.trusts(at), self.store.confirmed(), at)
        self.seen.append((at, book, facts))

    def passes(self) -> None:
        """Some time passes in which nothing happens, and the gate decides."""
        step = self._draw(st.integers(1, 4)) * MINUTE
        for at in (self.now, self.now + TICK, self.now + step / 2, self.now + step - TICK):
            self.look(at)
        for minute in range(1, step // MINUTE):
            self.look(self.now + minute * MINUTE)
        self.now += step
        (history,) = self.store.histories(["alice"])
        self.sealed.append((self.now, Weighing(self.store).attested(history)))


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_segments_facts_are_what_the_gate_went_by(data: st.DataObject) -> None:
    world = World(data)
    world.enact(FACTS)
    for _ in range(data.draw(st.integers(1, 12))):
        world.happens()
        if data.draw(st.booleans()):
            world.passes()
    world.passes()
    for minute in range(20):
        world.look(world.now + minute * MINUTE)
    (history,) = world.store.histories(["alice"])
    leaf = SubjectLeaf("mark", "alice", "person", Weighing(world.store).attested(history))
    assert read_leaf(bytes(leaf)) == leaf
    assert [each.at for each in leaf.attested] == sorted(each.at for each in leaf.attested)
    for until, earlier in world.sealed:
        for fact in VALUES:
            assert [each for each in earlier if each.fact == fact and each.at < until] == [
                each for each in leaf.attested if each.fact == fact and each.at < until
            ], "another segment tells another story"
    for at, book, facts in world.seen:
        assert facts_at(leaf, book.facts, at) == facts
        assert facts_at(within(leaf, at, at), book.facts, at) == facts


def said(value: Value, carrier: Carrier = Carrier.OIDC, **more: Any) -> Attestation:
    return Attestation("alice", "a", value, "https://idp.example", "how", "low", NOON, carrier=carrier, **more)


TRUST = (
    "trust: idp\nissued: 2026-06-12T00:00:00Z\nfrom: 2026-06-12T12:05:00Z\nattester: https://idp.example\n"
    "carriers: [oidc]\naudience: [me]\nalgorithms: [ES256]\nkeys: {discovery: true}\nfacts: {a: {claim: a}}\n"
)


def attested(
    *words: tuple[int, Attestation], readings: Sequence[tuple[int, int]] = (), trust: str = TRUST
) -> tuple[Attested, ...]:
    """What a segment says, where words came so many minutes after noon and the trust document was enacted at noon.

    `readings`: when the status list was read, and until when it counts by that.
    """
    store = MemoryStore()
    store.add_subject("alice", "person", actor="ann", at=NOON - MINUTE)
    proposal = propose(store, [SourceFile("new.yaml", (FACTS + "---\n" + trust).encode(), lambda _: None)])
    nobody: Any = Nobody()
    warrant = Warrant(Ground.FOUNDING)
    enact_proposal(store, nobody, proposal, warrant, actor="ann", now=NOON, stopwatch=time.monotonic)
    for minute, word in words:
        store.attest([word], actor="ann", at=NOON + minute * MINUTE)
    for since, until in readings:
        at, end = NOON + since * MINUTE, NOON + until * MINUTE
        store.confirm_status(LIST, digest="sha256:1", until=end, actor="status", at=at)
    (history,) = store.histories(["alice"])
    return Weighing(store).attested(history)


def test_one_entry_for_each_change() -> None:
    """It counts when the document begins; a contradiction ends it; when that is taken back it counts again."""
    found = attested(
        (1, said(True)), (10, said(False, Carrier.OFFICERS)), (20, said(UNKNOWN, Carrier.OFFICERS)), (30, said(True))
    )
    values: dict[int, Value] = {5: True, 10: UNKNOWN, 20: True}
    assert found == tuple(Attested("a", value, NOON + at * MINUTE, None) for at, value in values.items())


def test_what_was_said_before_anybody_else_spoke_stays_as_it_was_said() -> None:
    """A segment that was sealed before has it so; at the end of a term nothing is said again."""
    until = NOON + 20 * MINUTE
    words = (1, said(True, Carrier.OFFICERS, until=until)), (2, said(True)), (30, said(False))
    assert attested(*words[:1]) == (Attested("a", True, NOON + MINUTE, until),)
    assert attested(*words[:2]) == (
        Attested("a", True, NOON + MINUTE, until),
        Attested("a", True, until, None),
    )
    assert attested(*words)[2:] == (Attested("a", False, NOON + 30 * MINUTE, None),)


def test_what_only_the_operator_says_stands_as_it_was_said() -> None:
    until = NOON + 9 * MINUTE
    words = (1, said(True, Carrier.OFFICERS, until=until)), (2, said(False, Carrier.IMPORT))
    at = [NOON + minute * MINUTE for minute in (1, 2)]
    assert attested(*words) == (Attested("a", True, at[0], until), Attested("a", False, at[1], None))


def test_what_was_never_believed_is_in_no_segment() -> None:
    assert attested((1, said(True, Carrier.JWT)), (9, said(True, Carrier.SD_JWT_VC))) == ()


def test_a_status_list_that_is_not_read_in_time_ends_it_and_one_that_is_read_again_brings_it_back() -> None:
    word = said(True, status=StatusReference(LIST, 1))
    values: dict[int, Value] = {7: True, 9: UNKNOWN, 12: True, 20: UNKNOWN}
    found = attested((1, word), readings=((7, 9), (12, 15), (14, 20)))
    assert found == tuple(Attested("a", value, NOON + at * MINUTE, None) for at, value in values.items())


def test_the_time_that_a_document_gives_a_word_ends() -> None:
    found = attested((6, said(True)), trust=TRUST + "lasts: 9m\n")
    values: dict[int, Value] = {6: True, 9: UNKNOWN}
    assert found == tuple(Attested("a", value, NOON + at * MINUTE, None) for at, value in values.items())


def test_a_lift_ends_what_an_issuer_said() -> None:
    lift = "---\nlift: l\nissued: 2026-06-12T00:00:00Z\nfrom: 2026-06-12T12:15:00Z\nends: [idp]\n"
    values: dict[int, Value] = {5: True, 15: UNKNOWN}
    found = attested((1, said(True)), trust=TRUST + lift)
    assert found == tuple(Attested("a", value, NOON + at * MINUTE, None) for at, value in values.items())


def test_the_operators_own_word_counts_from_the_level_that_a_fact_asks_for() -> None:
    low = Attestation("alice", "checked", True, "desk", "how", "low", NOON, carrier=Carrier.OFFICERS)
    assert attested((1, low)) == ()
    high = replace(low, level="high", value=False)
    assert attested((1, low), (2, high)) == (Attested("checked", False, NOON + 2 * MINUTE, None),)


def test_a_list_counts_until_its_newest_reading_says() -> None:
    def read(*readings: tuple[int, int]) -> tuple[int, ...]:
        found = covered(Confirmation(LIST, NOON + since * MINUTE, NOON + until * MINUTE) for since, until in readings)
        return tuple((edge - NOON) // MINUTE for edge in found[LIST].edges)

    assert read((0, 5)) == (0, 5)
    assert read((0, 5), (4, 9)) == (0, 9)
    assert read((0, 5), (5, 9)) == (0, 9)
    assert read((0, 5), (6, 9)) == (0, 5, 6, 9)
    assert read((0, 9), (2, 5)) == (0, 5)
    assert read((0, 9), (2, 1)) == (0, 2)
    assert read((3, 1)) == ()
    assert read((0, 5), (5, 5), (7, 8)) == (0, 5, 7, 8)
