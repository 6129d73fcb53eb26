"""Admission by tokens: who it is, what is written of them and what is not, and that nothing old comes back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.tokens import SUBJECT, Issuer

from licet.adapters.key_sets import KeySets
from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier
from licet.core.facts import UNKNOWN
from licet.core.rulebook import Rulebook
from licet.credentials.refusal import CredentialRefused, Reason
from licet.services.admit import Admission, Stranger
from licet.services.identity.carriers.admission import NOTHING, Admitting, admit_token, is_token, scopes_of
from licet.services.keys import reaches
from licet.wire.documents import SourceFile, read_files

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SECRET = bytes(range(32))
MODEL = "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'https://m.test'}\n---\n"


def book(*documents: str) -> Rulebook:
    text = MODEL + "".join(documents)
    return read_files([SourceFile("law.yaml", text.encode(), lambda _: None)]).rulebook(1)


class Door:
    """A store, an issuer, and who comes in."""

    def __init__(self, *documents: str) -> None:
        self.issuer = Issuer()
        self.store = MemoryStore()
        self.told = 0
        self.keys = KeySets(lambda: 0.0)
        self.law = book(*(documents or (self.issuer.trust(),)))
        self.admitting = Admitting(self.store, SECRET, secrets.token_bytes, self._heard)

    def _heard(self) -> None:
        self.told += 1

    def ask(self, text: str, now: datetime = NOW) -> Admission | Stranger:
        return admit_token(self.admitting, text, self.law, self.keys, now)

    def comes(self, now: datetime = NOW, **changes: Any) -> Admission:
        found = self.ask(self.issuer.token(now, **changes), now)
        assert isinstance(found, Admission)
        return found

    def words(self, admission: Admission) -> dict[str, Attestation]:
        record = self.store.subject(admission.subject)
        assert record is not None
        return {each.fact: each for each in record.attestations}

    def written(self) -> int:
        return self.store.head()


def test_somebody_new_gets_a_name_that_says_nothing_and_their_facts() -> None:
    door = Door()
    found = door.comes()
    assert found.subject.startswith("u-") and found.kind == "person" and SUBJECT not in repr(found)
    assert found.facts["us_citizen"] is True and found.facts["natural_person"] is UNKNOWN
    assert found.key.id.startswith("jwt-") and len(found.key.id) == 16 and found.key.scopes == ()
    word = door.words(found)["us_citizen"]
    assert (word.attested_by, word.carrier, word.level) == (door.issuer.name, Carrier.JWT, "high")
    assert word.digest is not None and word.digest[7:19] == found.key.id[4:]
    assert found.until == word.until == NOW + timedelta(seconds=660), "the token's end, and the skew"


def test_one_mark_is_one_subject_for_good_and_a_workload_is_one() -> None:
    door = Door()
    first, again = door.comes(), door.comes(NOW + timedelta(days=1))
    assert first.subject == again.subject
    other = door.comes(sub="another")
    service = door.comes(sub="app", client_id="app")
    assert len({first.subject, other.subject, service.subject}) == 3 and service.kind == "workload"


def test_the_same_facts_are_written_once_and_again_when_half_of_their_time_is_over() -> None:
    door = Door()
    door.comes()
    before = door.written()
    for minute in range(5):
        door.comes(NOW + timedelta(minutes=minute), jti=f"j{minute}")
    assert door.written() == before
    later = door.comes(NOW + timedelta(minutes=6))
    assert door.written() == before + 1 and door.told == 1, "and others who know them hear of it"
    assert door.words(later)["us_citizen"].until == NOW + timedelta(minutes=6, seconds=660)


@pytest.mark.parametrize(
    ("said", "fact", "value"),
    [
        ({"us_citizen": False}, "us_citizen", False),
        ({"org": "acme"}, "org", "acme"),
        ({"org": "elsewhere"}, "org", UNKNOWN),
        ({"home": "DE"}, "residence", "DE"),
        ({"home": "Germany"}, "residence", UNKNOWN),
        ({"home": 3}, "residence", UNKNOWN),
        ({"us_citizen": "yes"}, "us_citizen", UNKNOWN),
    ],
)
def test_a_later_word_takes_the_place_of_an_earlier_one(said: dict[str, Any], fact: str, value: object) -> None:
    door = Door()
    door.comes(home="US", org="acme")
    found = door.comes(NOW + timedelta(minutes=1), **said)
    assert found.facts[fact] is value or found.facts[fact] == value


def test_an_old_token_that_is_sent_again_brings_nothing_back() -> None:
    door = Door()
    old = door.issuer.token(NOW)
    assert isinstance(door.ask(old), Admission)
    door.comes(NOW + timedelta(minutes=1), us_citizen=False)
    before = door.written()
    again = door.ask(old, NOW + timedelta(minutes=2))
    assert isinstance(again, Admission) and again.facts["us_citizen"] is False and door.written() == before


def test_of_two_words_of_one_second_nobody_knows_which_is_the_newer_one() -> None:
    door = Door()
    assert door.comes(org="acme").facts["us_citizen"] is True
    found = door.comes(us_citizen=False, org="acme")
    assert found.facts["us_citizen"] is UNKNOWN and found.facts["org"] == "acme"
    assert door.comes().facts["us_citizen"] is UNKNOWN
    assert door.comes(NOW + timedelta(seconds=61)).facts["us_citizen"] is True


def test_a_lower_level_of_the_same_second_counts() -> None:
    issuer = Issuer()
    door = Door(issuer.trust())
    door.issuer = issuer
    found = door.comes()
    assert door.words(found)["us_citizen"].level == "high"
    door.law = book(issuer.trust(level="low"))
    assert door.words(door.comes())["us_citizen"].level == "low"
    door.law = book(issuer.trust())
    assert door.words(door.comes())["us_citizen"].level == "low"
    assert door.words(door.comes(NOW + timedelta(seconds=1)))["us_citizen"].level == "high"


@pytest.mark.parametrize("ahead", [0, 55])
def test_what_was_withdrawn_comes_back_only_with_a_token_from_after_that(ahead: int) -> None:
    """Also where the issuer's clock is ahead, so that its old token seems newer than the withdrawal."""
    door = Door()
    old = door.issuer.token(NOW + timedelta(seconds=ahead))
    found = door.ask(old)
    assert isinstance(found, Admission)
    word = door.words(found)["us_citizen"]
    at = NOW + timedelta(seconds=1)
    door.store.attest([replace(word, value=UNKNOWN, at=at, until=None, digest=None)], actor="officer", at=at)
    again = door.ask(old, NOW + timedelta(seconds=2))
    assert isinstance(again, Admission) and again.facts["us_citizen"] is UNKNOWN
    assert door.comes(NOW + timedelta(minutes=3)).facts["us_citizen"] is True


def test_whoever_is_suspended_stays_out_and_nothing_is_written() -> None:
    door = Door()
    found = door.comes()
    door.store.suspend(found.subject, actor="test", at=NOW, reason="r")
    before = door.written()
    assert door.ask(door.issuer.token(NOW, us_citizen=False, org="acme")) is Stranger.SUSPENDED
    assert door.written() == before
    door.store.resume(found.subject, actor="test", at=NOW, reason="r")
    assert isinstance(door.ask(door.issuer.token(NOW)), Admission)


def test_losing_trust_takes_the_facts_and_the_way_in() -> None:
    door = Door()
    text = door.issuer.token(NOW)
    found = door.ask(text)
    assert isinstance(found, Admission)
    door.law = book()
    with pytest.raises(CredentialRefused) as refused:
        door.ask(text)
    assert refused.value.reason is Reason.ISSUER_NOT_TRUSTED
    door.law = book(door.issuer.trust("until: 2026-07-01T12:05:00Z"))
    bounded = door.ask(text)
    assert isinstance(bounded, Admission) and bounded.until == NOW + timedelta(minutes=5)
    with pytest.raises(CredentialRefused):
        door.ask(text, NOW + timedelta(minutes=5))


def test_a_document_says_how_long_a_fact_lasts() -> None:
    issuer = Issuer()
    door = Door(issuer.trust(lasts="1h"))
    door.issuer = issuer
    found = door.comes()
    assert door.words(found)["us_citizen"].until == NOW - timedelta(seconds=5) + timedelta(hours=1)
    stale = door.comes(iat=int(NOW.timestamp()) - 7200, sub="another")
    assert stale.facts["us_citizen"] is UNKNOWN and door.words(stale) == {}


def test_an_agent_comes_with_the_person_for_whom_it_acts() -> None:
    door = Door()
    alone = door.comes()
    both = door.comes(act={"sub": "agent-7"})
    assert both.person is not None and both.person.subject == alone.subject
    assert both.subject != alone.subject and both.kind == "workload"
    assert both.facts["us_citizen"] is UNKNOWN and both.person.facts["us_citizen"] is True, "nothing is lent"
    assert both.key.acts_for == alone.subject and both.key.subject == both.subject
    assert door.comes(act={"sub": SUBJECT}).person is None, "who acts for themselves is one"
    door.store.suspend(both.subject, actor="test", at=NOW, reason="r")
    assert door.ask(door.issuer.token(NOW, act={"sub": "agent-7"})) is Stranger.SUSPENDED
    assert isinstance(door.ask(door.issuer.token(NOW)), Admission)
    door.store.resume(both.subject, actor="test", at=NOW, reason="r")
    door.store.suspend(alone.subject, actor="test", at=NOW, reason="r")
    assert door.ask(door.issuer.token(NOW, act={"sub": "agent-7"})) is Stranger.SUSPENDED


def test_an_agent_is_in_no_longer_than_its_person_is_known() -> None:
    door = Door()
    person, soon = door.comes().subject, NOW + timedelta(seconds=30)
    door.store.attest([Attestation(person, "lpr", True, "test", "seen", "high", NOW, soon)], actor="test", at=NOW)
    assert door.comes(act={"sub": "agent-7"}).until == soon


def test_the_chain_of_those_who_acted_before_does_not_count() -> None:
    door = Door()
    one, two = door.comes(act={"sub": "a"}), door.comes(act={"sub": "a", "act": {"sub": "b"}})
    assert one.subject == two.subject


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("", ()),
        ("openid profile read:models", ()),
        ("openid model:m", ("model:m",)),
        ("model:m family:f model:m", ("family:f", "model:m")),
        ("model:m model:*", ("model:m",)),
        ("model:*", (NOTHING,)),
        ("Model:m", (NOTHING,)),
        ("models:m", (NOTHING,)),
        ("family:", (NOTHING,)),
        ("licet:all", (NOTHING,)),
        ("openid LICET", (NOTHING,)),
    ],
)
def test_scopes(words: str, scopes: tuple[str, ...]) -> None:
    assert scopes_of(words.split()) == scopes
    assert Door().comes(scope=words or None).key.scopes == scopes
    if scopes == (NOTHING,):
        assert not reaches(scopes, "m", "f")


word = st.sampled_from(["model:m", "model:n", "family:f", "model:*", "openid", "licet:x", "Family:f", "x"])


@given(words=st.lists(word, max_size=5), fewer=st.lists(word, max_size=3))
def test_a_misspelled_scope_never_widens(words: list[str], fewer: list[str]) -> None:
    """Whoever asks for scopes reaches no more than those who ask for none; one more misspelled word adds nothing."""
    for model, family in (("m", "f"), ("n", "f"), ("o", "g")):
        said = scopes_of(words)
        if any(each.startswith(("model:", "family:", "licet", "Family")) for each in words):
            assert said != ()
        if reaches(scopes_of([*words, "model:?"]), model, family):
            assert reaches(said, model, family)
        if said and reaches(scopes_of([*words, *fewer]), model, family) and not reaches(said, model, family):
            assert {f"model:{model}", f"family:{family}"} & set(fewer)


@pytest.mark.parametrize(
    "text", ["", "a.b", "a.b.c.d", "licet_aaaaaaaa_" + "a" * 32, "a b.c.d", "a.b.c\n", ".b.c", "é.b.c"]
)
def test_what_is_no_token(text: str) -> None:
    assert not is_token(text)


def test_workers_that_meet_the_same_token_at_once_make_one_subject(tmp_path: Path) -> None:
    door = Door()
    door.store = create_store(tmp_path, NOW)  # type: ignore[assignment]
    door.admitting = replace(door.admitting, store=door.store)
    text = door.issuer.token(NOW, act={"sub": "agent"})
    together = Barrier(6)

    def worker(_: int) -> Admission | Stranger:
        together.wait()
        return door.ask(text)

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(worker, range(6)))
    assert len({each.subject for each in found if isinstance(each, Admission)}) == 1
    assert len(list(door.store.subject_names())) == 2 and all(isinstance(each, Admission) for each in found)
    door.store.close()


class Interrupted(MemoryStore):
    """A store in which something happens between what an admission reads and what it writes."""

    before_writing: Callable[[], object] | None = None

    @contextmanager
    def together(self, *, actor: str, at: datetime) -> Iterator[None]:
        happens, self.before_writing = self.before_writing, None
        if happens is not None:
            happens()
        with super().together(actor=actor, at=at):
            yield


def test_a_withdrawal_while_a_token_is_being_admitted_stands() -> None:
    door = Door()
    door.store = store = Interrupted()
    door.admitting = replace(door.admitting, store=store)
    first = door.comes()
    word, later = door.words(first)["us_citizen"], NOW + timedelta(minutes=7)
    gone = replace(word, value=UNKNOWN, at=later, until=None)
    store.before_writing = lambda: store.attest([gone], actor="status lists", at=later)
    found = door.comes(later)
    assert store.before_writing is None, "the token's word was to be written anew"
    assert found.facts["us_citizen"] is UNKNOWN and door.words(found)["us_citizen"] == gone


def test_a_suspension_while_a_token_is_being_admitted_stands() -> None:
    door = Door()
    door.store = store = Interrupted()
    door.admitting = replace(door.admitting, store=store)
    first = door.comes()
    before = door.words(first)
    store.before_writing = lambda: store.suspend(first.subject, actor="me", at=NOW, reason="r")
    later = NOW + timedelta(minutes=7)
    assert door.ask(door.issuer.token(later), later) is Stranger.SUSPENDED
    assert door.words(first) == before, "and nothing is written of them"


def test_a_document_that_does_not_believe_a_token_does_not_lengthen_its_facts() -> None:
    issuer = Issuer()
    longer = issuer.trust(name="trust-elsewhere", lasts="90d", audience="['https://elsewhere.test']")
    door = Door(issuer.trust(), longer)
    door.issuer = issuer
    found = door.comes()
    assert door.words(found)["us_citizen"].until == NOW + timedelta(seconds=660), "the token's end, and the skew"
