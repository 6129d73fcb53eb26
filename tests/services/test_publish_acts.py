"""What officers do, in the log: in order, once, and nothing of whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.services.publishing_world import (
    SECRET,
    START,
    Place,
    document,
    enact,
)

from licet.adapters.store_memory import MemoryStore
from licet.record.log.entries import (
    Act,
    Entry,
)
from licet.record.log.entry_rules import Rules, condensed
from licet.record.log.entry_spelling import encode
from licet.record.log.fields import Actor
from licet.record.log.findings import Finding
from licet.record.log.opening import read_opening
from licet.services.acts.ports import StoredAct
from licet.services.record.publishing.acts import act_opening, pseudonym


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def enacted_store() -> MemoryStore:
    store = MemoryStore()
    store.add_subject("alice", "person", actor="ann", at=START)
    enact(store, document("model", "m"))
    return store


def did(
    store: MemoryStore, minute: int, content: bytes, *, alone: bool, subject: str | None = None, actor: str = "ann"
) -> StoredAct:
    at = START + timedelta(minutes=minute)
    kind = "attest" if subject else "make key"
    return store.add_act(kind, content, actor=actor, at=at, subject=subject, signature=None, alone=alone)


def acts_in(place: Place) -> list[Act]:
    return [each for each in place.entries() if isinstance(each, Act)]


ANN, BEN = "ann-of-the-registry", "ben-of-the-registry"
"""So long that no digest has them in it by chance."""


def test_what_officers_do_is_in_the_log_in_its_order_and_says_nothing_of_whom(place: Place) -> None:
    store = enacted_store()
    attested = did(store, 1, b'{"subject":"alice"}', alone=False, subject="alice", actor=ANN)
    did(store, 2, b'{"key":"k1"}', alone=True, actor=ANN)
    at = START + timedelta(minutes=3)
    store.settle_act(attested.id, "approved", actor=BEN, at=at, reason="seen", signature=None)
    place.publish(store)
    first, second, third = acts_in(place)
    assert [(each.kind, each.outcome) for each in (first, second, third)] == [
        ("attest", "proposed"),
        ("make key", "alone"),
        ("attest", "approved"),
    ]
    assert first.act == third.act != second.act
    assert (first.at, third.at) == (attested.at, at)
    assert [[(who.role, who.pseudonym) for who in each.by] for each in (first, second, third)] == [
        [("proposer", pseudonym(SECRET, ANN))],
        [("officer", pseudonym(SECRET, ANN))],
        [("approver", pseudonym(SECRET, BEN))],
    ]
    shown = act_opening(SECRET, attested)
    assert first.content == third.content == shown.commitment
    assert read_opening(bytes(shown)).content == b'{"subject":"alice"}'
    assert act_opening(b"q" * 32, attested).commitment != shown.commitment
    everything = b"".join(encode(each) for each in place.entries())
    for hidden in (
        b"alice",
        ANN.encode(),
        BEN.encode(),
        attested.id.encode(),
        sha256(attested.content).hexdigest().encode(),
    ):
        assert hidden not in everything


@pytest.mark.parametrize("forgets", [False, True])
def test_no_act_is_published_twice(place: Place, forgets: bool) -> None:
    store = enacted_store()
    waits = did(store, 1, b'{"a":1}', alone=False)
    for settle in (False, True, False):
        if settle:
            at = START + timedelta(minutes=2)
            store.settle_act(waits.id, "withdrawn", actor="ann", at=at, reason="wrong", signature=None)
        place.publish(store)
        if forgets:
            place.forget()
    assert [each.outcome for each in acts_in(place)] == ["proposed", "withdrawn"]
    assert log_check(place.entries()) == []


def test_an_act_that_was_erased_before_it_was_published_is_there_without_a_commitment(place: Place) -> None:
    store = enacted_store()
    waits = did(store, 1, b'{"subject":"alice"}', alone=False, subject="alice")
    store._state.acts[waits.id] = replace(waits, content=b"")
    place.publish(store)
    (entry,) = acts_in(place)
    assert (entry.content, entry.outcome) == (None, "proposed")


def log_check(entries: Iterable[Entry]) -> list[Finding]:
    """What the rules find in a log with these entries."""
    rules = Rules()
    return [finding for at, matter in condensed(enumerate(entries)) for finding in rules.see(at, matter)]


def test_what_became_of_an_act_follows_what_was_proposed() -> None:
    by = (Actor("officer", "officer-1"),)

    def act(outcome: str, name: str = "act-1", kind: str = "attest") -> Act:
        return Act(name, kind, outcome, START, by, None)

    assert log_check([act("proposed"), act("alone", "act-2"), act("approved")]) == []
    for wrong in (
        [act("approved")],
        [act("proposed"), act("approved", kind="trust")],
        [act("proposed"), act("approved", "act-2")],
        [act("alone"), act("approved")],
        [act("proposed"), act("approved"), act("withdrawn")],
        [act("proposed"), act("proposed")],
        [act("alone"), act("alone")],
    ):
        (finding,) = log_check(wrong)
        assert finding.place == f"entry {len(wrong) - 1}"
