"""The contract of `services.ports.Store`, held by every store there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.facts import UNKNOWN, Members, Value
from licet.services.ports import Store, StoreConflict
from licet.services.stored import (
    Enactment,
    Ground,
    KeyRecord,
    Known,
    StoredDocument,
    StoredList,
    StoredProposal,
    SubjectHistory,
    SubjectRecord,
    Warrant,
    Withdrawal,
)
from licet.wire.canonical import digest

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LATER = NOW + timedelta(days=14, microseconds=7)
ALONE = Warrant(Ground.NARROWS, rests_on=("a", "b"), findings=("it is quick",))


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store, empty."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    check_events(made)
    made.close()


def check_events(store: Store) -> None:
    """What holds of every store at every time: events are numbered without gaps, and the head is the last one."""
    events = list(store.events(0))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert store.head() == len(events)
    assert all(isinstance(json.loads(event.body), dict) for event in events)
    kinds = [event.kind for event in events]
    assert kinds.count("enacted") == len(store.enactments())
    assert kinds.count("proposed") == len(store.proposals())
    assert kinds.count("approved") == len([each for each in store.enactments() if each.proposal])
    assert kinds.count("withdrawn") == len([each for each in store.proposals() if each.withdrawn])
    assert kinds.count("subject added") == len(list(store.subjects()))
    assert kinds.count("key added") == len(store.keys())
    assert kinds.count("key revoked") == len([key for key in list(store.keys()) if key.revoked_at])


def a_document(name: str, content: bytes = b"{}") -> StoredDocument:
    return StoredDocument("order", name, digest(content), content)


def an_attestation(subject: str, fact: str, value: Value, until: datetime | None = None) -> Attestation:
    return Attestation(subject, fact, value, "registry", "passport", "high", NOW, until)


def enact(store: Store, *documents: StoredDocument, epoch: int, lists: tuple[StoredList, ...] = ()) -> Enactment:
    return store.enact(
        documents,
        lists,
        actor="officer",
        at=NOW,
        rulebook=f"sha256:{epoch}",
        expected_epoch=epoch - 1,
        warrant=ALONE,
    )


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert store.head() == 0
    assert list(store.events(0)) == []
    assert not (store.enactments() or store.documents() or store.keys() or store.proposals())
    assert store.list_content(digest(b"")) is None
    assert store.subject("alice") is None
    assert store.key_by_hash(b"x" * 32) is None


def test_enactments_number_epochs_and_keep_documents_in_order(store: Store) -> None:
    first = enact(store, a_document("b", b"1"), a_document("a", b"2"), epoch=1)
    second = enact(store, a_document("b", b"3"), epoch=2)
    assert (first.epoch, second.epoch) == (1, 2)
    assert store.enactments() == (first, second)
    assert [document.canonical for document in store.documents()] == [b"1", b"2", b"3"]
    assert [document.canonical for document in store.documents(1)] == [b"1", b"2"]
    assert store.documents(0) == ()


def test_a_document_that_is_enacted_again_is_there_again(store: Store) -> None:
    for epoch, content in enumerate((b"1", b"2", b"1"), start=1):
        enact(store, a_document("fact", content), epoch=epoch)
    assert [document.canonical for document in store.documents()] == [b"1", b"2", b"1"]


def test_an_enactment_without_documents_is_one(store: Store) -> None:
    assert enact(store, epoch=1).documents == ()
    assert store.enactments()[0].epoch == 1


def test_lists_are_kept_byte_for_byte(store: Store) -> None:
    content = b"\x00org\r\nAcme\xff"
    annex = StoredList(digest(content), content)
    enact(store, epoch=1, lists=(annex,))
    enact(store, epoch=2, lists=(annex, annex))
    assert store.list_content(annex.digest) == content


@pytest.mark.parametrize("seen", [-1, 0, 2, 7])
def test_an_enactment_on_an_epoch_that_is_not_the_last_changes_nothing(store: Store, seen: int) -> None:
    enact(store, a_document("a"), epoch=1)
    with pytest.raises(StoreConflict, match="epoch 1 is in force"):
        enact(store, a_document("b", b"2"), epoch=seen + 1)
    assert len(store.enactments()) == 1
    assert len(store.documents()) == 1


def test_a_wrong_digest_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="does not have the digest"):
        enact(store, replace(a_document("a"), canonical=b"[]"), epoch=1)
    with pytest.raises(ValueError, match="does not have the digest"):
        enact(store, epoch=1, lists=(StoredList(digest(b"a"), b"b"),))
    assert store.enactments() == ()


def test_an_enactment_keeps_what_it_stands_on(store: Store) -> None:
    made = enact(store, a_document("a"), epoch=1)
    assert store.enactments() == (made,)
    assert (made.ground, made.rests_on, made.approved_by, made.proposal) == (Ground.NARROWS, ("a", "b"), None, None)
    (event,) = store.events(0)
    body = json.loads(event.body)
    assert (body["ground"], body["rests_on"], body["findings"]) == ("narrows", ["a", "b"], ["it is quick"])


def propose(store: Store, *documents: StoredDocument, epoch: int = 0, actor: str = "ann") -> StoredProposal:
    annex = StoredList(digest(b"org"), b"org")
    return store.propose(
        documents, [annex], actor=actor, at=LATER, rulebook="sha256:next", epoch=epoch, summary=b'{"narrows":false}'
    )


def approve(store: Store, proposal: StoredProposal, *, epoch: int = 0, by: str = "ben") -> Enactment:
    documents = store.proposed(proposal.id)
    lists = [StoredList(each, store.list_content(each) or b"") for each in proposal.lists]
    return store.enact(
        documents,
        lists,
        actor=proposal.actor,
        at=LATER,
        rulebook=proposal.rulebook,
        expected_epoch=epoch,
        warrant=Warrant(Ground.TWO_OFFICERS, approved_by=by, proposal=proposal.id),
    )


def test_a_proposal_waits_and_puts_nothing_in_force(store: Store) -> None:
    made = propose(store, a_document("b", b"1"), a_document("a", b"2"))
    assert made.id.startswith("p-")
    assert made.is_open
    assert store.proposals() == (made,)
    assert [document.canonical for document in store.proposed(made.id)] == [b"1", b"2"]
    assert store.list_content(digest(b"org")) == b"org"
    assert (store.documents(), store.enactments(), store.proposed("p-0")) == ((), (), ())
    (event,) = store.events(0)
    assert (event.kind, event.actor, event.at) == ("proposed", "ann", LATER)


def test_an_approval_enacts_and_keeps_both_names(store: Store) -> None:
    first = propose(store, a_document("a"))
    made = approve(store, first)
    assert (made.actor, made.approved_by, made.proposal, made.ground) == ("ann", "ben", first.id, Ground.TWO_OFFICERS)
    assert store.enactments() == (made,)
    assert [document.name for document in store.documents()] == ["a"]
    assert store.proposals() == (replace(first, enacted=1),)
    assert [(each.kind, each.actor) for each in store.events(1)] == [("approved", "ben"), ("enacted", "ann")]


def test_a_proposal_is_settled_once(store: Store) -> None:
    first, second = propose(store, a_document("a")), propose(store, a_document("b", b"2"))
    store.withdraw(second.id, actor="cleo", at=NOW, reason="a slip")
    approve(store, first)
    head = store.head()
    for proposal, message in ((first, "was approved already, as epoch 1"), (second, "was withdrawn by cleo: a slip")):
        with pytest.raises(StoreConflict, match=message):
            approve(store, proposal, epoch=1)
        with pytest.raises(StoreConflict, match=message):
            store.withdraw(proposal.id, actor="ann", at=NOW, reason="again")
    with pytest.raises(StoreConflict, match="no proposal `p-0`"):
        store.withdraw("p-0", actor="ann", at=NOW, reason="")
    with pytest.raises(StoreConflict, match="no proposal `p-0`"):
        approve(store, replace(first, id="p-0"), epoch=1)
    assert store.proposals()[1].withdrawn == Withdrawal(NOW, "cleo", "a slip")
    assert store.head() == head


def test_a_proposal_is_made_on_the_newest_epoch_and_has_the_digests_it_says(store: Store) -> None:
    enact(store, epoch=1)
    with pytest.raises(StoreConflict, match="epoch 1 is in force"):
        propose(store, a_document("a"))
    with pytest.raises(ValueError, match="does not have the digest"):
        propose(store, replace(a_document("a"), canonical=b"[]"), epoch=1)
    assert store.proposals() == ()


def test_the_same_proposal_twice_is_one_and_another_content_has_another_name(store: Store) -> None:
    first = propose(store, a_document("a"))
    with pytest.raises(StoreConflict):
        propose(store, a_document("a"))
    names = {first.id, propose(store, a_document("b", b"2")).id, propose(store, a_document("a"), actor="ben").id}
    assert len(names) == 3


def test_an_approval_on_an_epoch_that_is_not_the_last_leaves_the_proposal_open(store: Store) -> None:
    first = propose(store, a_document("a"))
    enact(store, epoch=1)
    with pytest.raises(StoreConflict, match="epoch 1 is in force"):
        approve(store, first)
    assert store.proposals() == (first,)
    assert approve(store, first, epoch=1).epoch == 2


def test_acknowledgements_are_kept_once_each(store: Store) -> None:
    enact(store, epoch=1)
    store.acknowledge(1, "w2", NOW)
    store.acknowledge(1, "w1", LATER)
    store.acknowledge(1, "w2", LATER)
    assert store.acknowledgements(1) == (("w2", NOW), ("w1", LATER))
    assert store.acknowledgements(2) == ()
    with pytest.raises(StoreConflict, match="no epoch 2"):
        store.acknowledge(2, "w1", NOW)


def test_a_subject_is_added_once(store: Store) -> None:
    assert store.add_subject("alice", "person", actor="me", at=NOW)
    assert not store.add_subject("alice", "workload", actor="me", at=NOW)
    assert store.subject("alice") == SubjectRecord("alice", "person", ())
    assert store.kinds(["alice", "bob"]) == {"alice": "person"}


@pytest.mark.parametrize(
    "value",
    [True, False, 0, -(2**53 - 1), "", "é😀\u2028\x7f\x00", UNKNOWN, Members(frozenset(), True)]
    + [Members(frozenset({"US", "DE"}), complete) for complete in (True, False)],
)
def test_values_come_back_as_they_were(store: Store, value: Value) -> None:
    store.add_subject("alice", "person", actor="me", at=NOW)
    attested = an_attestation("alice", "fact", value, LATER)
    store.attest([attested], actor="me", at=NOW)
    record = store.subject("alice")
    assert record is not None
    assert record.attestations == (attested,)
    assert type(record.attestations[0].value) is type(value)


def test_the_newest_attestation_of_a_fact_counts(store: Store) -> None:
    store.add_subject("alice", "person", actor="me", at=NOW)
    store.attest([an_attestation("alice", "x", 1), an_attestation("alice", "y", 1)], actor="me", at=NOW)
    store.attest([an_attestation("alice", "x", 2), an_attestation("alice", "x", 3)], actor="me", at=NOW)
    record = store.subject("alice")
    assert record is not None
    assert {one.fact: one.value for one in record.attestations} == {"x": 3, "y": 1}
    assert list(store.subjects()) == [record]
    assert sum(event.kind == "attested" for event in store.events(0)) == 3


def test_an_attestation_about_nobody_undoes_the_whole_call(store: Store) -> None:
    store.add_subject("alice", "person", actor="me", at=NOW)
    head = store.head()
    with pytest.raises(StoreConflict, match="`bob` is not a subject"):
        store.attest([an_attestation("alice", "x", 1), an_attestation("bob", "x", 1)], actor="me", at=NOW)
    assert store.head() == head
    assert store.subject("alice") == SubjectRecord("alice", "person", ())


def test_a_stream_of_subjects_is_added_past_one_page(store: Store) -> None:
    store.add_subject("s0000", "person", actor="me", at=NOW)
    names = [f"s{number:04}" for number in range(2500)]
    stream = (SubjectRecord(name, "person", (an_attestation(name, "x", 1),)) for name in names)
    assert store.add_subjects(stream, actor="me", at=NOW) == 2499
    assert [record.id for record in store.subjects()] == names
    assert store.subject_count() == 2500
    assert all(len(record.attestations) == 1 for record in store.subjects())
    assert len(store.kinds(names)) == 2500
    assert all(one.seq < other.seq for one, other in pairwise(store.events(100)))


def test_a_stream_that_fails_leaves_nothing(store: Store) -> None:
    def stream() -> Iterator[SubjectRecord]:
        for number in range(1500):
            yield SubjectRecord(f"s{number}", "person", ())
        raise OSError("the file ended early")

    with pytest.raises(OSError, match="the file ended early"):
        store.add_subjects(stream(), actor="me", at=NOW)
    assert store.head() == 0
    assert list(store.subjects()) == []


def test_a_subject_keeps_its_kind(store: Store) -> None:
    records = [SubjectRecord("alice", "person", ()), SubjectRecord("alice", "workload", ())]
    with pytest.raises(StoreConflict, match="`alice` is there as a person"):
        store.add_subjects(records, actor="me", at=NOW)
    assert store.subject("alice") is None


def test_a_stream_may_mix_old_and_new_subjects(store: Store) -> None:
    store.add_subject("zoe", "person", actor="me", at=NOW)
    records = [SubjectRecord(name, "person", (an_attestation(name, "x", True),)) for name in ("zoe", "alice")]
    assert store.add_subjects(records, actor="me", at=NOW) == 1
    assert [event.kind for event in store.events(1)] == ["attested", "subject added"]


def test_subjects_come_by_name_in_code_points(store: Store) -> None:
    names = ["b", "a", "B", "é", "z", "😀", "\uffee", "a.b", "a b".replace(" ", "_")]
    for name in names:
        store.add_subject(name, "person", actor="me", at=NOW)
    assert [record.id for record in store.subjects()] == sorted(names)


def a_key(name: str = "k", subject: str = "alice") -> KeyRecord:
    return KeyRecord(name, subject, ("family:fable", "model:opus-4.8"), NOW, "officer", LATER)


def test_a_key_is_found_by_its_hash_and_only_by_it(store: Store) -> None:
    store.add_subject("alice", "person", actor="me", at=NOW)
    store.add_key(a_key(), b"h" * 32)
    assert store.key_by_hash(b"h" * 32) == a_key()
    assert store.key_by_hash(b"H" * 32) is None
    assert store.caller_by_hash(b"h" * 32) == (a_key(), store.subject(a_key().subject))
    assert store.caller_by_hash(b"H" * 32) is None
    assert store.keys() == (a_key(),)


def test_a_key_needs_a_subject_and_a_name_and_hash_of_its_own(store: Store) -> None:
    with pytest.raises(StoreConflict, match="`alice` is not a subject"):
        store.add_key(a_key(), b"h")
    store.add_subject("alice", "person", actor="me", at=NOW)
    store.add_key(a_key(), b"h")
    with pytest.raises(StoreConflict):
        store.add_key(a_key(), b"other")
    with pytest.raises(StoreConflict):
        store.add_key(a_key("other"), b"h")
    assert store.keys() == (a_key(),)


def test_a_key_is_revoked_once_and_stays(store: Store) -> None:
    store.add_subject("alice", "person", actor="me", at=NOW)
    store.add_key(a_key(), b"h")
    assert not store.revoke_key("other", actor="me", at=NOW, reason="lost")
    assert store.revoke_key("k", actor="me", at=LATER, reason="lost")
    assert not store.revoke_key("k", actor="me", at=NOW, reason="again")
    assert store.key_by_hash(b"h") == replace(a_key(), revoked_at=LATER)
    last = list(store.events(0))[-1]
    assert (last.kind, last.key, last.subject, last.body) == ("key revoked", "k", "alice", b'{"reason":"lost"}')


def test_events_say_who_when_and_about_whom(store: Store) -> None:
    store.add_subject("alice", "person", actor="hr", at=LATER)
    (event,) = store.events(0)
    assert (event.seq, event.at, event.actor, event.kind) == (1, LATER, "hr", "subject added")
    assert (event.subject, event.key, event.body) == ("alice", None, b'{"facts":[],"kind":"person"}')
    assert list(store.events(1)) == []


def test_histories_hold_every_attestation_and_when_it_came(store: Store) -> None:
    first, second = an_attestation("bob", "us_citizen", True), an_attestation("bob", "us_citizen", False, LATER)
    other = an_attestation("bob", "org", "acme")
    store.add_subjects([SubjectRecord("bob", "person", (first, other))], actor="ann", at=NOW)
    store.add_subject("alice", "workload", actor="ann", at=NOW)
    store.attest([second], actor="ann", at=LATER)
    assert list(store.subject_names()) == ["alice", "bob"]
    assert list(store.histories(["bob", "nobody", "alice"])) == [
        SubjectHistory("bob", "person", (Known(other, NOW), Known(first, NOW), Known(second, LATER))),
        SubjectHistory("alice", "workload", ()),
    ]
    assert list(store.histories([])) == []
