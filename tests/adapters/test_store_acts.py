"""The contract of `services.acts.ports.Acts`, held by every store there is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.store import SqlStore, create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.roles import Account, KeyKind, Officer, OfficerKey, Role
from licet.services.acts.ports import Settlement, Signature, StoredAct
from licet.services.ports import Store, StoreConflict, StoreUnavailable

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SIGNED = Signature("0123456789abcdef", b"\x00" * 64)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store, empty."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    made.close()


def an_act(store: Store, content: bytes = b'{"a":1}', subject: str | None = None, *, alone: bool = False) -> StoredAct:
    return store.add_act("attest", content, actor="ann", at=NOW, subject=subject, signature=SIGNED, alone=alone)


def approve(store: Store, act: str) -> StoredAct:
    return store.settle_act(act, "approved", actor="ben", at=LATER, reason="seen", signature=SIGNED)


def test_an_act_waits_until_it_is_settled(store: Store) -> None:
    made = an_act(store, subject="alice")
    assert made.is_open
    assert store.act(made.id) == made
    settled = approve(store, made.id)
    assert settled == replace(made, settlement=Settlement("approved", "ben", LATER, "seen", SIGNED))
    assert not settled.is_open
    assert store.acts() == (settled,)
    assert [(event.kind, event.actor, event.subject) for event in store.events(0)] == [
        ("act added", "ann", "alice"),
        ("act settled", "ben", "alice"),
    ]
    assert json.loads(next(iter(store.events(1))).body) == {"act": made.id, "outcome": "approved"}


def test_an_act_is_settled_once_and_only_if_it_waits(store: Store) -> None:
    waits, alone = an_act(store), an_act(store, b'{"a":2}', alone=True)
    approve(store, waits.id)
    for name, message in ((waits.id, "was approved by ben"), (alone.id, "it is done"), ("a-0", "there is no act")):
        with pytest.raises(StoreConflict, match=message):
            approve(store, name)
    assert store.head() == 3
    assert store.act("a-0") is None


def test_another_content_has_another_name(store: Store) -> None:
    first = an_act(store)
    with pytest.raises(StoreConflict):
        an_act(store)
    others = [an_act(store, b"{}"), an_act(store, subject="alice"), an_act(store, alone=True)]
    assert len({first.id, *(each.id for each in others)}) == 4
    assert store.acts() == (first, *others)
    with pytest.raises(ValueError, match="has a content"):
        an_act(store, b"")


def test_an_erasure_empties_acts_and_withdraws_those_that_wait(store: Store) -> None:
    for name in ("alice", "agent"):
        store.add_subject(name, "person", actor="me", at=NOW)
    done, waits = an_act(store, b'{"of":"alice"}', "alice"), an_act(store, b"[]", "alice")
    agent = an_act(store, b'{"acts_for":"alice"}', "agent")
    other = an_act(store, b'{"acts_for":"alice2"}', "agent")
    approve(store, done.id)
    store.erase("alice", "x-1", actor="ann", at=LATER, reason="")
    found = {each.id: each for each in store.acts()}
    gone = Settlement("withdrawn", "ann", LATER, "", None)
    assert found[done.id] == replace(
        done, content=b"", subject="x-1", settlement=Settlement("approved", "ben", LATER, "", SIGNED)
    )
    assert found[waits.id] == replace(waits, content=b"", subject="x-1", settlement=gone)
    assert found[agent.id] == replace(agent, content=b"", settlement=replace_reason(gone, "erased"))
    assert found[other.id] == other
    with pytest.raises(StoreConflict, match="was erased"):
        approve(store, waits.id)


def replace_reason(settlement: Settlement, reason: str) -> Settlement:
    return settlement._replace(reason=reason)


def test_an_officer_is_what_the_newest_word_says(store: Store) -> None:
    key = OfficerKey("0123456789abcdef", KeyKind.ED25519, b"\xff" * 32)
    ann = Officer("ann", frozenset({Role.OFFICER, Role.AUDITOR}), (key,), (Account("https://idp.example", b"m" * 32),))
    store.put_officer(Officer("ben", frozenset({Role.APPROVER})), actor="root", at=NOW)
    store.put_officer(replace(ann, keys=()), actor="root", at=NOW)
    store.put_officer(ann, actor="root", at=LATER)
    store.put_officer(Officer("ben", frozenset()), actor="ann", at=LATER)
    assert store.officers() == (ann, Officer("ben", frozenset()))
    assert (store.officer("ann"), store.officer("cleo")) == (ann, None)
    assert [event.kind for event in store.events(0)] == ["officer changed"] * 4


def test_a_passkeys_counter_grows(store: Store) -> None:
    used = [store.count_use("key", counter, at=NOW) for counter in (0, 0, 3, 3, 2, 0, 4)]
    assert used == [True, True, True, False, False, False, True]
    assert store.count_use("other", 1, at=NOW)
    assert store.head() == 0


@pytest.mark.parametrize(
    "change",
    ["content = '{\"a\":2}'", "actor = 'ben'", "subject = 'bob'", "alone = 1", "kind = 'trust'", "signature = x'00'"],
)
def test_an_act_that_was_tampered_with_is_not_settled(tmp_path: Path, change: str) -> None:
    with closing(create_store(tmp_path / "state", NOW)) as store:
        made = an_act(store)
        tamper(tmp_path, "act", change)
        for read in (lambda: store.act(made.id), store.acts, lambda: approve(store, made.id)):
            with pytest.raises(StoreUnavailable, match="is not what was done under this name"):
                read()


@pytest.mark.parametrize("content", ["", "{}", '{"roles":["king"],"keys":[],"accounts":[]}'])
def test_a_damaged_officer_is_nobody(tmp_path: Path, content: str) -> None:
    with closing(create_store(tmp_path / "state", NOW)) as store:
        assert isinstance(store, SqlStore)
        store.put_officer(Officer("ann", frozenset({Role.OFFICER})), actor="root", at=NOW)
        tamper(tmp_path, "officer", f"content = '{content}'")
        for read in (store.officers, lambda: store.officer("ann")):
            with pytest.raises(StoreUnavailable, match="the officer `ann` in the store is damaged"):
                read()


def tamper(path: Path, table: str, change: str) -> None:
    with closing(sqlite3.connect(path / "state" / "licet.db", isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(f"UPDATE {table} SET {change}")
        connection.execute(f"DROP TRIGGER {table}_no_update")
        connection.execute(f"UPDATE {table} SET {change}")
