"""The contract of `services.identity.ports.Identities` and of newest words, held by every store there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.facts import UNKNOWN, Value
from licet.services.identity.ports import Binding, Client, Hit, Member, StatusUse
from licet.services.ports import Store, StoreConflict
from licet.services.stored import KeyRecord, SubjectRecord

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
IDP, OTHER = "https://idp.example", "https://other.example"


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store, with alice and bob."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    for name in ("alice", "bob"):
        made.add_subject(name, "person", actor="me", at=NOW)
    yield made
    assert [event.seq for event in made.events(0)] == list(range(1, made.head() + 1))
    assert all(isinstance(json.loads(event.body), dict) for event in made.events(0))
    made.close()


def word(fact: str, value: Value, issuer: str, carrier: Carrier = Carrier.JWT, **more: object) -> Attestation:
    said = Attestation("alice", fact, value, issuer, "id token", "high", NOW, framework="nist", carrier=carrier)
    return replace(said, **more)  # type: ignore[arg-type]


def said(store: Store, *attestations: Attestation) -> None:
    store.attest(attestations, actor="me", at=NOW)


def last(store: Store) -> tuple[str, str | None, dict[str, object]]:
    *_, event = store.events(0)
    return event.kind, event.subject, json.loads(event.body)


def record(store: Store) -> SubjectRecord:
    found = store.subject("alice")
    assert found is not None
    assert next(each for each in store.subjects() if each.id == "alice") == found
    return found


def test_provenance_comes_back_as_it_was(store: Store) -> None:
    full = word("x", 1, IDP, digest="sha256:1", status=StatusReference(IDP + "/s", 7), until=LATER)
    bare = Attestation("alice", "y", True, "me", "how", "low", NOW)
    said(store, full, bare)
    assert record(store).attestations == (full, bare)
    assert next(iter(store.histories(["alice"]))).known[0].attestation == full


def test_of_each_speaker_the_newest_word_counts_in_the_order_of_events(store: Store) -> None:
    said(store, word("x", 1, IDP), word("y", 1, IDP))
    said(store, word("x", 1, OTHER))
    said(store, word("x", 2, "ann", Carrier.OFFICERS))
    said(store, word("x", 3, "hr file", Carrier.IMPORT))
    said(store, word("x", 4, IDP))
    assert [(each.fact, each.value, each.attested_by) for each in record(store).attestations] == [
        ("y", 1, IDP),
        ("x", 1, OTHER),
        ("x", 3, "hr file"),
        ("x", 4, IDP),
    ]


def test_two_speakers_in_one_call_are_two_events(store: Store) -> None:
    both = (word("x", 1, IDP), word("x", 2, OTHER))
    store.add_subjects([SubjectRecord("alice", "person", both)], actor="me", at=NOW)
    assert record(store).attestations == both
    new = tuple(replace(each, subject="carol") for each in both)
    store.add_subjects([SubjectRecord("carol", "person", new)], actor="me", at=NOW)
    carol = store.subject("carol")
    assert carol is not None
    assert carol.attestations == new
    kinds = ["subject added"] * 2 + ["attested"] * 2 + ["subject added", "attested"]
    assert [event.kind for event in store.events(0)] == kinds


def test_a_withdrawn_word_is_there_as_unknown(store: Store) -> None:
    said(store, word("x", 1, IDP))
    said(store, word("x", UNKNOWN, IDP))
    assert [each.value for each in record(store).attestations] == [UNKNOWN]


def test_a_mark_leads_to_one_subject_for_good(store: Store) -> None:
    assert store.bound(IDP, b"m") is None
    store.bind(Binding(IDP, b"m", "alice"), "person", actor="me", at=NOW)
    assert last(store) == ("bound", "alice", {"issuer": IDP})
    head = store.head()
    store.bind(Binding(IDP, b"m", "alice"), "person", actor="me", at=NOW)
    with pytest.raises(StoreConflict, match="leads to another subject already"):
        store.bind(Binding(IDP, b"m", "bob"), "person", actor="me", at=NOW)
    with pytest.raises(StoreConflict, match="`alice` is there as a person"):
        store.bind(Binding(IDP, b"n", "alice"), "workload", actor="me", at=NOW)
    assert store.head() == head
    store.bind(Binding(OTHER, b"m", "u-new"), "workload", actor="me", at=NOW)
    assert (store.bound(IDP, b"m"), store.bound(OTHER, b"m"), store.bound(IDP, b"M")) == ("alice", "u-new", None)
    assert store.kinds(["u-new"]) == {"u-new": "workload"}
    store.bind(Binding(OTHER, b"2", "alice"), "person", actor="me", at=NOW)
    assert store.bindings("alice") == (Binding(IDP, b"m", "alice"), Binding(OTHER, b"2", "alice"))


def test_a_subject_is_suspended_and_resumed(store: Store) -> None:
    assert not store.resume("alice", actor="me", at=NOW, reason="")
    assert store.suspend("alice", actor="me", at=NOW, reason="left")
    assert not store.suspend("alice", actor="me", at=NOW, reason="left")
    assert record(store).suspended == "left"
    assert last(store) == ("suspended", "alice", {"reason": "left"})
    assert store.suspend("alice", actor="ann", at=NOW, reason="an investigation"), "another reason counts"
    assert record(store).suspended == "an investigation"
    assert store.resume("alice", actor="me", at=LATER, reason="back")
    assert record(store).suspended is None
    assert last(store) == ("resumed", "alice", {"reason": "back"})
    assert store.suspend("alice", actor="me", at=LATER, reason="")
    assert record(store).suspended == ""
    with pytest.raises(StoreConflict, match="`carol` is not a subject"):
        store.suspend("carol", actor="me", at=NOW, reason="")


def test_a_status_list_counts_until_its_newest_reading_says(store: Store) -> None:
    for uri, until in ((IDP, NOW), (OTHER, NOW), (IDP, LATER)):
        store.confirm_status(uri, digest="sha256:1", until=until, actor="status", at=NOW)
    assert store.confirmed() == {IDP: LATER, OTHER: NOW}
    body = {"uri": IDP, "digest": "sha256:1", "until": "2026-06-12T22:21:00.000000Z"}
    assert last(store) == ("status read", None, body)


def test_status_lists_are_used_by_newest_words_that_were_not_withdrawn(store: Store) -> None:
    first, second = StatusReference(IDP + "/1", 1), StatusReference(IDP + "/2", 2)
    said(store, word("x", 1, IDP, status=first), word("y", 1, IDP, status=first), word("z", 1, IDP, status=second))
    said(store, word("y", 1, IDP, status=second), word("x", 1, OTHER), word("z", UNKNOWN, IDP))
    assert list(store.status_uses()) == [
        StatusUse(IDP + "/1", (word("x", 1, IDP, status=first),)),
        StatusUse(IDP + "/2", (word("y", 1, IDP, status=second),)),
    ]


def test_something_is_used_once_and_forgotten_after_its_time(store: Store) -> None:
    head = store.head()
    assert store.use_once("nonce", b"1", until=LATER, at=NOW)
    assert not store.use_once("nonce", b"1", until=LATER, at=NOW)
    assert store.use_once("invitation", b"1", until=LATER, at=NOW)
    assert store.use_once("nonce", b"1", until=LATER + timedelta(hours=1), at=LATER)
    assert not store.use_once("nonce", b"1", until=LATER, at=LATER)
    assert store.head() == head


def test_a_client_is_found_by_its_token_and_revoked_once(store: Store) -> None:
    client = Client("c-1", "acme", NOW, "me")
    store.add_client(client, b"h")
    assert last(store) == ("client added", None, {"client": "c-1", "attester": "acme"})
    for other, keyed_hash in ((client, b"other"), (replace(client, id="c-2"), b"h")):
        with pytest.raises(StoreConflict):
            store.add_client(other, keyed_hash)
    assert (store.client_by_hash(b"h"), store.client_by_hash(b"x")) == (client, None)
    assert not store.revoke_client("c-2", actor="me", at=NOW, reason="")
    assert store.revoke_client("c-1", actor="me", at=LATER, reason="lost")
    assert not store.revoke_client("c-1", actor="me", at=LATER, reason="again")
    assert store.clients() == (replace(client, revoked_at=LATER),)
    assert store.client_by_hash(b"h") == replace(client, revoked_at=LATER)
    assert last(store)[0] == "client revoked"


def a_member(id_: str = "m-1", mark: bytes = b"m", version: int = 1, **more: object) -> Member:
    return Member(id_, "acme", "alice", mark, None, True, NOW, version)._replace(**more)  # type: ignore[arg-type]


def test_a_member_is_in_its_newest_state_and_only_in_its_organisation(store: Store) -> None:
    store.put_member(a_member(), actor="c-1")
    changed = a_member(mark=b"n", version=2, external=b"e", active=False)
    store.put_member(changed, actor="c-1")
    assert store.member("acme", "m-1") == changed
    assert store.member("other", "m-1") is None
    found = [store.member_by_mark("acme", mark) for mark in (b"m", b"n", b"e")]
    assert found == [None, changed, changed]
    assert store.member_by_mark("other", b"n") is None
    assert (store.member_of("acme", "alice"), store.member_of("acme", "bob")) == (changed, None)
    assert store.member_of("other", "alice") is None
    assert list(store.members("acme")) == [changed]
    assert list(store.members("other")) == []
    body = {"member": "m-1", "attester": "acme", "version": 2, "active": False, "deleted": False}
    assert last(store) == ("member changed", "alice", body)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (a_member(version=1), "changed by somebody else"),
        (a_member(version=3), "changed by somebody else"),
        (a_member("m-2", version=2), "changed by somebody else"),
        (a_member("m-2"), "has this `userName` or `externalId`"),
        (a_member("m-2", b"other", external=b"m"), "has this `userName` or `externalId`"),
        (a_member(version=2, subject="bob"), "is another subject"),
        (a_member("m-2", b"other", subject="carol"), "`carol` is not a subject"),
    ],
)
def test_a_member_that_contradicts_is_refused(store: Store, member: Member, message: str) -> None:
    store.put_member(a_member(), actor="c-1")
    head = store.head()
    with pytest.raises(StoreConflict, match=message):
        store.put_member(member, actor="c-1")
    assert store.head() == head


def test_a_deleted_member_is_gone_and_its_mark_is_free(store: Store) -> None:
    store.put_member(a_member(), actor="c-1")
    store.put_member(a_member(version=2, active=False, deleted=True), actor="c-1")
    assert (store.member("acme", "m-1"), store.member_by_mark("acme", b"m")) == (None, None)
    assert store.member_of("acme", "alice") is None
    assert list(store.members("acme")) == []
    with pytest.raises(StoreConflict, match="was deleted"):
        store.put_member(a_member(version=3), actor="c-1")
    store.put_member(a_member("m-2"), actor="c-1")
    assert store.member_by_mark("acme", b"m") == a_member("m-2")


def test_another_organisation_may_have_the_same_ids_and_marks(store: Store) -> None:
    store.put_member(a_member(), actor="c-1")
    theirs = a_member(attester="other", subject="bob")
    store.put_member(theirs, actor="c-2")
    assert store.member_by_mark("other", b"m") == theirs


def test_members_come_past_one_page(store: Store) -> None:
    names = [f"m-{number:04}" for number in range(1203)]
    with store.together(actor="me", at=NOW):
        for name in names:
            store.put_member(a_member(name, name.encode()), actor="c-1")
    assert [each.id for each in store.members("acme")] == names


def test_dispositions_are_kept_in_order(store: Store) -> None:
    hits = [Hit(name, "csl", "sha256:1", "no match", "older", "ann", NOW) for name in ("bob", "alice")]
    for hit in hits:
        store.dispose(hit)
    assert store.dispositions() == tuple(hits)
    assert store.dispositions("alice") == (hits[1],)
    assert last(store) == ("disposed", "alice", {"list": "csl", "candidate": "sha256:1", "outcome": "no match"})


def test_what_is_done_together_is_done_or_not(store: Store) -> None:
    head = store.head()
    with pytest.raises(RuntimeError, match="stop"), store.together(actor="me", at=NOW):
        store.bind(Binding(IDP, b"m", "u-1"), "person", actor="me", at=NOW)
        assert store.bound(IDP, b"m") == "u-1"
        assert store.head() == head + 2
        raise RuntimeError("stop")
    assert (store.head(), store.bound(IDP, b"m"), store.subject("u-1")) == (head, None, None)
    with store.together(actor="me", at=NOW):
        store.bind(Binding(IDP, b"m", "u-1"), "person", actor="ann", at=LATER)
        with store.together(actor="me", at=NOW):
            store.suspend("u-1", actor="ben", at=NOW, reason="new")
    assert [(event.kind, event.actor, event.at) for event in store.events(head)] == [
        ("subject added", "ann", LATER),
        ("bound", "ann", LATER),
        ("suspended", "ben", NOW),
    ]


def test_a_call_that_fails_inside_undoes_itself_alone(store: Store) -> None:
    head = store.head()
    with store.together(actor="me", at=NOW):
        store.suspend("alice", actor="me", at=NOW, reason="")
        with pytest.raises(StoreConflict):
            said(store, word("x", 1, IDP), word("x", 1, IDP, subject="nobody"))
        with pytest.raises(StoreConflict), store.together(actor="me", at=NOW):
            store.suspend("bob", actor="me", at=NOW, reason="")
            store.suspend("nobody", actor="me", at=NOW, reason="")
        store.add_subject("carol", "person", actor="me", at=NOW)
    assert [event.kind for event in store.events(head)] == ["suspended", "subject added"]
    assert record(store).attestations == ()


def erase(store: Store, name: str = "alice") -> int:
    return store.erase(name, "x-1", actor="ann", at=LATER, reason="asked for it").attestations


def test_erasure_keeps_provenance_and_nothing_else(store: Store) -> None:
    full = word("x", "acme", IDP, digest="sha256:1", status=StatusReference(IDP + "/s", 7), until=LATER)
    said(store, full)
    said(store, replace(full, value="other"), Attestation("bob", "x", "acme", "me", "how", "low", NOW))
    store.bind(Binding(IDP, b"m", "alice"), "person", actor="me", at=NOW)
    store.suspend("alice", actor="me", at=NOW, reason="a secret")
    store.put_member(a_member(), actor="c-1")
    store.dispose(Hit("alice", "csl", "sha256:1", "match", "a secret", "ann", NOW))
    before = store.subject("bob")
    assert erase(store) == 2
    assert store.subject("alice") is None
    found = store.subject("x-1")
    empty = replace(full, subject="x-1", value=UNKNOWN, how="", status=None)
    assert found == SubjectRecord("x-1", "person", (empty,), "")
    assert [known.attestation for known in next(iter(store.histories(["x-1"]))).known] == [empty, empty]
    assert (store.bound(IDP, b"m"), store.member("acme", "m-1"), store.member_by_mark("acme", b"m")) == (None,) * 3
    assert store.dispositions() == (Hit("x-1", "csl", "sha256:1", "match", "", "ann", NOW),)
    assert store.subject("bob") == before
    assert last(store) == ("erased", "x-1", {"attestations": 2, "reason": "asked for it"})
    assert not any("alice" in repr(event) or "secret" in repr(event) for event in store.events(0))
    assert list(store.status_uses()) == []


def test_erasure_ends_every_key_by_which_somebody_came_in(store: Store) -> None:
    store.add_subject("agent", "workload", actor="me", at=NOW)
    store.add_key(KeyRecord("k-1", "alice", (), NOW, "me"), b"1")
    store.add_key(KeyRecord("k-2", "agent", (), NOW, "me", acts_for="alice"), b"2")
    store.add_key(KeyRecord("k-3", "agent", (), NOW, "me"), b"3")
    store.add_key(KeyRecord("k-0", "alice", (), NOW, "me"), b"0")
    store.revoke_key("k-0", actor="me", at=NOW, reason="alice lost it")
    head = store.head()
    erase(store)
    keys = {key.id: (key.subject, key.acts_for, key.revoked_at) for key in list(store.keys())}
    assert keys == {
        "k-0": ("x-1", None, NOW),
        "k-1": ("x-1", None, LATER),
        "k-2": ("agent", "x-1", LATER),
        "k-3": ("agent", None, None),
    }
    revoked = [(event.kind, event.key) for event in store.events(head)]
    assert revoked == [("key revoked", "k-1"), ("key revoked", "k-2"), ("erased", None)]
    assert not any("alice" in repr(event) for event in store.events(0))


def test_an_erasure_needs_a_subject_and_a_name_that_nobody_has(store: Store) -> None:
    head = store.head()
    with pytest.raises(StoreConflict, match="`carol` is not a subject"):
        store.erase("carol", "x-1", actor="ann", at=NOW, reason="")
    with pytest.raises(StoreConflict, match="cannot stand for another one"):
        store.erase("alice", "bob", actor="ann", at=NOW, reason="")
    assert store.head() == head


def test_after_an_erasure_the_same_mark_is_somebody_new(store: Store) -> None:
    store.bind(Binding(IDP, b"m", "alice"), "person", actor="me", at=NOW)
    erase(store)
    store.bind(Binding(IDP, b"m", "u-2"), "person", actor="me", at=NOW)
    assert store.bound(IDP, b"m") == "u-2"


def test_a_key_may_act_for_a_person_who_is_there(store: Store) -> None:
    key = KeyRecord("k", "alice", (), NOW, "me", acts_for="carol")
    with pytest.raises(StoreConflict, match="`carol` is not a subject"):
        store.add_key(key, b"h")
    store.add_key(replace(key, acts_for="bob"), b"h")
    assert store.key_by_hash(b"h") == replace(key, acts_for="bob")


def test_a_change_of_pseudonyms_is_an_event(store: Store) -> None:
    store.pseudonyms_changed(1, "made", actor="ann", at=NOW)
    assert last(store) == ("pseudonyms changed", None, {"generation": 1, "change": "made"})
