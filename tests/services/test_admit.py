"""Who stands behind a key, and until when that is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.catalogue import Catalogue
from licet.core.facts import UNKNOWN, About, Fact, Kind, Value
from licet.core.rulebook import rulebook
from licet.services.admit import Admission, Stranger, admit
from licet.services.ports import KeyRecord

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECLARED = {
    "us_citizen": Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "", ""),
    "org": Fact("org", Kind.STRING, About.SUBJECT, "", ""),
    "stream": Fact("stream", Kind.BOOLEAN, About.REQUEST, "", ""),
}
BOOK = rulebook(DECLARED.values(), Catalogue(()), (), (), digest="none")
KEY = KeyRecord("k", "alice", (), NOW, "me")


def store_with(key: KeyRecord = KEY, **facts: tuple[Value, datetime | None]) -> MemoryStore:
    store = MemoryStore()
    store.add_subject("alice", "person", actor="me", at=NOW)
    attestations = [
        Attestation("alice", name, value, "me", "how", "high", NOW, until) for name, (value, until) in facts.items()
    ]
    store.attest(attestations, actor="me", at=NOW)
    store.add_key(key, b"h")
    return store


def admitted(store: MemoryStore, now: datetime = NOW) -> Admission:
    admission = admit(store, b"h", BOOK, now)
    assert isinstance(admission, Admission)
    return admission


def test_a_key_brings_its_subject_with_a_value_for_every_fact() -> None:
    admission = admitted(store_with(us_citizen=(True, None)))
    assert admission == Admission(KEY, "alice", "person", {"us_citizen": True, "org": UNKNOWN, "stream": UNKNOWN}, None)


def test_a_key_that_nobody_issued_is_a_stranger() -> None:
    assert admit(store_with(), b"H", BOOK, NOW) is Stranger.NO_SUCH_KEY


def test_a_revoked_key_is_a_stranger_at_every_instant() -> None:
    store = store_with()
    store.revoke_key("k", actor="me", at=NOW, reason="lost")
    for now in (NOW - 24 * HOUR, NOW, NOW + 24 * HOUR):
        assert admit(store, b"h", BOOK, now) is Stranger.REVOKED


def test_a_key_ends_at_the_instant_of_its_expiry() -> None:
    store = store_with(replace(KEY, expires_at=NOW + HOUR))
    assert admitted(store, NOW + HOUR - timedelta(microseconds=1)).until == NOW + HOUR
    assert admit(store, b"h", BOOK, NOW + HOUR) is Stranger.EXPIRED


@pytest.mark.parametrize(
    ("key_ends", "fact_ends", "until"), [(None, 1, 1), (2, None, 2), (2, 1, 1), (1, 2, 1), (2, -1, 2), (None, 0, None)]
)
def test_an_admission_holds_until_the_first_expiry(
    key_ends: int | None, fact_ends: int | None, until: int | None
) -> None:
    def after(hours: int | None) -> datetime | None:
        return None if hours is None else NOW + hours * HOUR

    store = store_with(replace(KEY, expires_at=after(key_ends)), org=("Acme", after(fact_ends)))
    assert admitted(store).until == after(until)
    expected = "Acme" if fact_ends is None or fact_ends > 0 else UNKNOWN
    assert admitted(store).facts["org"] == expected
