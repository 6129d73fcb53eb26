"""API keys: their form, their scopes, their end."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.adapters.store_memory import MemoryStore
from licet.services import keys
from licet.services.keys import KeyRefused
from licet.services.stored import KeyRecord

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
PEPPER = b"p" * 32


def counting() -> keys.RandomBytes:
    """Bytes that anybody can guess: 0, 1, 2 …, the same at each run."""
    stream: Iterator[int] = (number % 256 for number in range(10**9))
    return lambda count: bytes(next(stream) for _ in range(count))


@pytest.fixture
def store() -> MemoryStore:
    """A store that knows alice."""
    store = MemoryStore()
    store.add_subject("alice", "person", actor="me", at=NOW)
    return store


def test_a_key_has_the_form_of_the_contract() -> None:
    record, text = keys.issue("alice", actor="me", now=NOW, random_bytes=counting())
    assert text == "licet_aaaqeaye_56789ABCDEFGHIJKLMNOPQRSTUVWXYZa"
    assert record == KeyRecord("aaaqeaye", "alice", (), NOW, "me", None)
    assert keys.parse(text) == record.id


@given(st.binary(min_size=400, max_size=400).map(lambda seed: seed * 40))
def test_every_issued_key_can_be_read(noise: bytes) -> None:
    if all(byte >= 248 for byte in noise):
        return
    stream = iter(noise * 50)
    record, text = keys.issue(
        "alice", actor="me", now=NOW, random_bytes=lambda count: bytes(next(stream) for _ in range(count))
    )
    assert re.fullmatch(r"licet_[a-z2-7]{8}_[0-9A-Za-z]{32}", text)
    assert keys.parse(text) == record.id


def test_letters_of_the_secret_are_even() -> None:
    counts = dict.fromkeys(keys.ALPHABET, 0)
    for _ in range(620):
        _, text = keys.issue("alice", actor="me", now=NOW, random_bytes=secrets.token_bytes)
        for letter in text.rpartition("_")[2]:
            counts[letter] += 1
    expected = 620 * 32 / 62
    chi_squared = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_squared < 150, "61 degrees of freedom: once in ten million runs by chance"


GOOD = "licet_abcdefg2_" + "A" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "licet_",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1],
        GOOD + "A",
        GOOD.upper(),
        GOOD.replace("licet", "Licet"),
        GOOD.replace("_", "-"),
        GOOD.replace("abcdefg2", "abcdefg1"),
        GOOD.replace("abcdefg2", "abcdefg"),
        GOOD.replace("A" * 32, "A" * 31 + "\u0391"),
        GOOD.replace("A" * 32, "A" * 31 + "_"),
        "sk-" + "A" * 48,
    ],
)
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert keys.parse(GOOD) == "abcdefg2"
    assert keys.parse(text) is None


def test_the_hash_depends_on_the_whole_key_and_on_the_pepper() -> None:
    one = keys.keyed_hash(PEPPER, GOOD)
    assert len(one) == 32
    assert one == keys.keyed_hash(PEPPER, GOOD)
    assert one != keys.keyed_hash(b"q" * 32, GOOD)
    assert one != keys.keyed_hash(PEPPER, GOOD[:-1] + "B")
    assert one != keys.keyed_hash(PEPPER, GOOD.replace("abc", "abd"))


def test_the_keyed_hash_is_hmac_sha256() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keys.keyed_hash(b"Jefe", "what do ya want for nothing?").hex() == expected


def test_a_created_key_is_found_by_its_hash(store: MemoryStore) -> None:
    record, text = keys.create(
        store,
        "alice",
        scopes=["model:opus-4.8", "family:fable", "model:opus-4.8"],
        actor="me",
        now=NOW,
        expires_at=NOW + timedelta(days=1),
        pepper=PEPPER,
        random_bytes=counting(),
    )
    assert record.scopes == ("family:fable", "model:opus-4.8")
    assert store.key_by_hash(keys.keyed_hash(PEPPER, text)) == record
    assert text not in repr(store.keys()) + repr(list(store.events(0)))


def test_a_key_needs_a_subject_and_a_future(store: MemoryStore) -> None:
    with pytest.raises(KeyRefused, match="`bob` is not a subject"):
        keys.create(store, "bob", actor="me", now=NOW, pepper=PEPPER, random_bytes=counting())
    with pytest.raises(KeyRefused, match="has passed"):
        keys.create(store, "alice", actor="me", now=NOW, expires_at=NOW, pepper=PEPPER, random_bytes=counting())
    assert store.keys() == ()


def test_a_key_is_revoked_by_its_name_or_its_text(store: MemoryStore) -> None:
    first, _ = keys.create(store, "alice", actor="me", now=NOW, pepper=PEPPER, random_bytes=secrets.token_bytes)
    _, second = keys.create(store, "alice", actor="me", now=NOW, pepper=PEPPER, random_bytes=secrets.token_bytes)
    keys.revoke(store, first.id, actor="me", now=NOW, reason="lost")
    keys.revoke(store, second, actor="me", now=NOW, reason="lost")
    assert [record.revoked_at for record in list(store.keys())] == [NOW, NOW]
    with pytest.raises(KeyRefused, match="revoked already"):
        keys.revoke(store, first.id, actor="me", now=NOW, reason="lost")
    with pytest.raises(KeyRefused, match="there is no key `nobody`"):
        keys.revoke(store, "nobody", actor="me", now=NOW, reason="lost")


@pytest.mark.parametrize(
    "scope", ["", "fable-5", "model:", "model: fable-5", "models:fable-5", "model:a,b", "model:fablé"]
)
def test_what_is_no_scope_is_refused(scope: str) -> None:
    with pytest.raises(KeyRefused, match="use `model:<name>` or `family:<name>`"):
        keys.checked_scopes([scope])


def test_a_scope_names_what_the_catalogue_has() -> None:
    models = {"fable-5": "fable", "opus-4.8": "opus"}
    assert keys.checked_scopes(["model:fable-5", "family:opus"], models) == ("family:opus", "model:fable-5")
    with pytest.raises(
        KeyRefused, match=r"`model:fable` names no model of the catalogue; there are fable-5, opus-4\.8"
    ):
        keys.checked_scopes(["model:fable"], models)
    with pytest.raises(KeyRefused, match="`family:fable-5` names no family"):
        keys.checked_scopes(["family:fable-5"], models)


def test_scopes_narrow_what_a_key_reaches() -> None:
    assert keys.reaches((), "fable-5", "fable")
    assert keys.reaches(("model:fable-5",), "fable-5", "fable")
    assert keys.reaches(("family:fable",), "fable-5", "fable")
    assert not keys.reaches(("family:fable-5", "model:fable"), "fable-5", "fable")
