"""Which events make the gate ask again about whom: a status list that is confirmed every minute must forget nobody."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from tests.gate.test_admission import MODEL

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.engines.timeline import Timeline
from licet.gate.callers import Caller, Callers, Presented
from licet.gate.enforced import Enforced
from licet.gate.reading import Changes, Reader
from licet.services.admit import Admission
from licet.services.identity.marks import mark
from licet.services.identity.ports import Binding, Client, Hit
from licet.services.stored import Event, KeyRecord
from licet.wire.documents import SourceFile, read_files

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
BOOK = read_files([SourceFile("law.yaml", MODEL.encode(), lambda _: None)]).rulebook(1)


class Clock:
    def now(self) -> datetime:
        return NOW


class Gate:
    """A store, and what the gate makes of what happens in it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.renamed = 0
        self.store.add_subject("alice", "person", actor="test", at=NOW)
        self.reader = Reader(self.store, lambda: BOOK, Timeline, Clock(), {}, self._renamed)
        self.before = Enforced(Timeline(BOOK, NOW), self.store.head(), {})

    def _renamed(self) -> None:
        self.renamed += 1

    def changes(self) -> Changes:
        return self.reader.since(self.before)


def test_what_concerns_no_caller_forgets_nobody() -> None:
    gate = Gate()
    store = gate.store
    store.confirm_status("https://s.test/1", digest="d", until=NOW + timedelta(hours=1), actor="t", at=NOW)
    store.add_client(Client("c", "acme", NOW, "t"), b"hash")
    store.revoke_client("c", actor="t", at=NOW, reason="r")
    store.dispose(Hit("alice", "csl", "d", "no match", "r", "t", NOW))
    store.add_act("attest", b"{}", actor="t", at=NOW, subject="alice", signature=None, alone=True)
    found = gate.changes()
    assert found.seq == store.head() and not found.subjects and not found.keys and not found.everybody
    assert found.unconfirmed and gate.renamed == 0


def test_what_concerns_somebody_names_them() -> None:
    gate = Gate()
    gate.store.attest([Attestation("alice", "us_citizen", True, "t", "seen", "high", NOW)], actor="t", at=NOW)
    assert gate.changes() == Changes(gate.store.head(), None, frozenset({"alice"}), frozenset(), False)
    gate.store.suspend("alice", actor="t", at=NOW, reason="r")
    gate.store.bind(Binding("i", mark(b"s", "i", "n"), "bob"), "person", actor="t", at=NOW)
    assert gate.changes().subjects == {"alice", "bob"}


def test_an_erasure_concerns_everybody_as_nobody_is_called_so_any_more() -> None:
    gate = Gate()
    gate.store.erase("alice", "e-" + secrets.token_hex(8), actor="t", at=NOW, reason="r")
    assert gate.changes().everybody


@pytest.mark.parametrize(
    ("kind", "subject", "everybody"),
    [
        ("pseudonyms changed", None, True),
        ("something that a later version does", None, True),
        ("something that a later version does", "alice", False),
        ("officer changed", None, False),
        ("act settled", None, False),
        ("proposed", None, False),
    ],
)
def test_kinds(kind: str, subject: str | None, everybody: bool) -> None:
    gate = Gate()
    event = Event(gate.store.head() + 1, NOW, "t", kind, subject, None, b"{}")

    class Next(MemoryStore):
        def head(self) -> int:
            return event.seq

        def events(self, after: int):  # type: ignore[no-untyped-def]
            return iter([event])

    gate.reader = Reader(Next(), lambda: BOOK, Timeline, Clock(), {}, gate._renamed)
    found = gate.changes()
    assert found.everybody is everybody and found.subjects == ({subject} if subject else set())
    assert gate.renamed == (kind == "pseudonyms changed")


async def test_a_list_that_was_read_makes_those_asked_again_of_whom_something_was_not_confirmed() -> None:
    async def at_once(work):  # type: ignore[no-untyped-def]
        return work()

    def admitted(key_hash: bytes, *_: object) -> Admission:
        lists = frozenset({"https://s.test/1"}) if key_hash == b"waits" else frozenset[str]()
        key = KeyRecord(key_hash.decode(), key_hash.decode(), (), NOW, "t")
        return Admission(key, key.subject, "person", {}, None, None, lists)

    callers = Callers(admitted, at_once, b"pepper", str)
    for name in (b"waits", b"does not"):
        assert isinstance(await callers.look_up(Presented(name), lambda: BOOK, NOW), Caller)
    callers.forget(frozenset(), frozenset())
    assert callers.remembered(Presented(b"waits"), NOW) is not None
    callers.forget(frozenset(), frozenset(), unconfirmed=True)
    assert callers.remembered(Presented(b"waits"), NOW) is None
    assert callers.remembered(Presented(b"does not"), NOW) is not None
