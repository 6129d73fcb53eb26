"""Who stands behind a key, and until when that is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.catalogue import Catalogue
from licet.core.facts import UNKNOWN, About, Fact, Kind, Value
from licet.core.rulebook import Rulebook, rulebook
from licet.core.trust import Trust, Trusted
from licet.services.admit import Admission, Party, Stranger, admit, party
from licet.services.stored import KeyRecord
from licet.services.subjects import expected

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


MINUTE = timedelta(minutes=1)
LIST = "https://idp.example/status"


def idp(*, until: datetime | None = None, lasts: timedelta | None = None) -> Trust:
    return Trust(
        name="idp",
        digest="sha256:idp",
        issued=NOW,
        from_=NOW,
        until=until,
        attester="https://idp.example",
        carriers=frozenset({"oidc"}),
        facts={"us_citizen": Trusted("citizen", None, frozenset(), "low")},
        lasts=lasts,
    )


def believing(*trusts: Trust) -> Rulebook:
    return rulebook(DECLARED.values(), Catalogue(()), (), trusts, digest="trusting")


def carried(store: MemoryStore, subject: str = "alice", **more: Any) -> None:
    word = Attestation(
        subject, "us_citizen", True, "https://idp.example", "how", "low", NOW, carrier=Carrier.OIDC, **more
    )
    store.attest([word], actor="me", at=NOW)


def at(store: MemoryStore, book: Rulebook, now: datetime = NOW, key: bytes = b"h") -> Admission:
    admission = admit(store, key, book, now)
    assert isinstance(admission, Admission)
    return admission


def test_what_an_issuer_says_counts_as_long_as_it_is_trusted() -> None:
    store = store_with()
    carried(store)
    book = believing(idp(until=NOW + HOUR))
    assert at(store, BOOK).facts["us_citizen"] is UNKNOWN
    assert (at(store, book).facts["us_citizen"], at(store, book).until) == (True, NOW + HOUR)
    early = at(store, book, NOW - MINUTE)
    assert (early.facts["us_citizen"], early.until) == (UNKNOWN, NOW)
    late = at(store, book, NOW + HOUR)
    assert (late.facts["us_citizen"], late.until) == (UNKNOWN, None)


def test_an_admission_ends_where_trust_in_what_was_attested_does() -> None:
    store = store_with()
    carried(store)
    assert at(store, believing(idp(lasts=MINUTE))).until == NOW + MINUTE
    assert at(store, believing(idp(lasts=MINUTE)), NOW + MINUTE).facts["us_citizen"] is UNKNOWN


def test_a_status_list_is_awaited_by_those_who_need_it() -> None:
    store = store_with()
    carried(store, status=StatusReference(LIST, 7))
    book = believing(idp())
    waits = at(store, book)
    assert (waits.facts["us_citizen"], waits.unconfirmed, waits.until) == (UNKNOWN, frozenset({LIST}), None)
    store.confirm_status(LIST, digest="sha256:1", until=NOW + MINUTE, actor="status", at=NOW)
    counts = at(store, book)
    assert (counts.facts["us_citizen"], counts.unconfirmed, counts.until) == (True, frozenset(), NOW + MINUTE)
    over = at(store, book, NOW + MINUTE)
    assert (over.facts["us_citizen"], over.unconfirmed) == (UNKNOWN, frozenset({LIST}))


def test_nobody_is_let_in_as_a_subject_who_is_suspended() -> None:
    store = store_with()
    store.suspend("alice", actor="me", at=NOW, reason="looked into")
    assert admit(store, b"h", BOOK, NOW) is Stranger.SUSPENDED
    store.resume("alice", actor="me", at=NOW, reason="cleared")
    assert isinstance(admit(store, b"h", BOOK, NOW), Admission)


def test_who_acts_for_somebody_brings_them_along() -> None:
    store = store_with(org=("Acme", NOW + HOUR))
    store.add_subject("ann", "person", actor="me", at=NOW)
    store.add_key(replace(KEY, id="k2", acts_for="ann"), b"g")
    carried(store, "ann", until=NOW + MINUTE, status=StatusReference(LIST, 1))
    found = at(store, believing(idp()), key=b"g")
    assert found.person is not None
    assert (found.subject, found.person.subject, found.person.kind) == ("alice", "ann", "person")
    assert (found.facts["org"], found.person.facts["org"]) == ("Acme", UNKNOWN)
    assert (found.until, found.unconfirmed) == (NOW + MINUTE, frozenset({LIST}))
    store.suspend("ann", actor="me", at=NOW, reason="looked into")
    assert admit(store, b"g", BOOK, NOW) is Stranger.SUSPENDED
    assert isinstance(admit(store, b"h", BOOK, NOW), Admission)
    store.erase("ann", "gone", actor="me", at=NOW, reason="asked")
    assert admit(store, b"g", BOOK, NOW) is Stranger.REVOKED
    assert party(store, "ann", BOOK, NOW) is Stranger.NO_SUCH_SUBJECT
    assert party(store, "alice", BOOK, NOW) == Party("alice", "person", found.facts, NOW + HOUR)


def test_what_is_asked_about_later_expects_that_lists_are_read_on() -> None:
    later = NOW + HOUR
    confirmed = {"read": NOW + MINUTE, "long": later + HOUR, "not read": NOW}
    found = expected(confirmed, NOW, later)
    assert found == {"read": later + timedelta(microseconds=1), "long": later + HOUR, "not read": NOW}
    assert expected(confirmed, NOW, NOW - HOUR) == confirmed
