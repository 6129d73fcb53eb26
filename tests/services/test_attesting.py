"""What a carrier brought becomes attestations on one subject, all of it or nothing; and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.services.pushes import Pushes

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation, Carrier
from licet.core.facts import UNKNOWN, About, Fact, Kind, Value
from licet.services.identity.carriers.attesting import (
    Account,
    Attested,
    AttestingRefused,
    Once,
    People,
    Provenance,
    attest_carried,
    withdraw_carried,
)
from licet.services.identity.marks import HOLDER, USER_NAME, mark, new_subject
from licet.services.ports import Ack
from licet.services.subjects import SubjectRefused

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DECLARED = {
    name: Fact(name, kind, About.SUBJECT, "", "")
    for name, kind in (("staff", Kind.BOOLEAN), ("lpr", Kind.BOOLEAN), ("org", Kind.STRING))
}
SIGN_IN = Provenance(Carrier.OIDC, "sign-in", "sha256:" + "0" * 64, NOW + timedelta(hours=1))
SHOWN = Provenance(Carrier.SD_JWT_VC, "shown", "sha256:" + "1" * 64)
ISSUER = "https://idp.test"


class Said(NamedTuple):
    """One fact as some carrier has it."""

    fact: str
    value: Value
    level: str = "substantial"
    framework: str = "acme"


@dataclass
class World:
    """A store and the processes that hear of its changes."""

    store: People
    pushes: Pushes = field(default_factory=lambda: Pushes(Ack("w1", 1, "r", 0, 0.0)))
    now: datetime = NOW

    def attest(
        self,
        *said: Said,
        account: Account,
        subject: str | None = None,
        by: Provenance = SIGN_IN,
        silent: tuple[str, ...] = (),
    ) -> Attested:
        return attest_carried(
            self.store,
            self.pushes,
            DECLARED,
            account,
            said,
            by,
            subject=subject,
            silent_on=silent,
            actor="office",
            now=self.now,
            random_bytes=lambda count: bytes(range(count)),
            stopwatch=lambda: 0.0,
        )

    def withdraw(self, account: Account, once: Once | None = None) -> Attested | None:
        return withdraw_carried(
            self.store, self.pushes, account, SIGN_IN, once=once, actor="office", now=self.now, stopwatch=lambda: 0.0
        )

    def said_of(self, subject: str) -> dict[str, Attestation]:
        record = self.store.subject(subject)
        assert record is not None
        return {each.fact: each for each in record.attestations}


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    store: People = MemoryStore() if request.param == "memory" else create_store(tmp_path, NOW)
    store.add_subject("caller", "workload", actor="test", at=NOW)
    yield World(store)
    store.close()


def account(name: str = "alice", issuer: str = ISSUER, *, only: bool = True) -> Account:
    return Account(issuer, mark(b"s" * 32, issuer, name), only)


def test_it_is_attested_with_all_of_its_provenance_and_told(world: World) -> None:
    done = world.attest(Said("staff", True), Said("org", "acme"), account=account(), subject="caller")
    assert (done.subject, done.is_new, done.withdrawn, world.pushes.count) == ("caller", False, (), 1)
    assert [each.worker for each in done.announced.acks] == ["w1"]
    found = world.said_of("caller")["staff"]
    assert found == done.attestations[0]
    assert (found.value, found.attested_by, found.how, found.level) == (True, ISSUER, "sign-in", "substantial")
    assert (found.framework, found.carrier, found.digest) == ("acme", Carrier.OIDC, SIGN_IN.digest)
    assert (found.at, found.until) == (NOW, SIGN_IN.until)
    assert world.store.bound(ISSUER, account().mark) == "caller"
    assert world.store.kinds(["caller"]) == {"caller": "workload"}


def test_an_account_without_a_subject_gets_one_and_keeps_it(world: World) -> None:
    first = world.attest(Said("staff", True), account=account())
    assert first.is_new
    assert first.subject == new_subject(lambda count: bytes(range(count)))
    assert world.store.kinds([first.subject]) == {first.subject: "person"}
    again = world.attest(Said("staff", False), account=account())
    assert (again.subject, again.is_new) == (first.subject, False)
    assert world.said_of(first.subject)["staff"].value is False


def test_one_account_is_one_subject(world: World) -> None:
    world.attest(Said("staff", True), account=account(), subject="caller")
    world.store.add_subject("other", "person", actor="test", at=NOW)
    head = world.store.head()
    with pytest.raises(AttestingRefused, match="belongs to another caller"):
        world.attest(Said("staff", True), account=account(), subject="other")
    with pytest.raises(AttestingRefused, match="by another account"):
        world.attest(Said("staff", True), account=account("bob"), subject="caller")
    assert world.store.head() == head
    assert world.pushes.count == 1
    assert world.attest(Said("lpr", True), account=account("bob", "https://other.test"), subject="caller")
    assert world.attest(Said("lpr", True), account=account("key-2", only=False), subject="caller", by=SHOWN)


def test_nobody_attests_on_who_is_gone_or_suspended(world: World) -> None:
    with pytest.raises(AttestingRefused, match="not there any more"):
        world.attest(Said("staff", True), account=account(), subject="nobody")
    world.store.suspend("caller", actor="test", at=NOW, reason="a test")
    with pytest.raises(AttestingRefused, match="suspended"):
        world.attest(Said("staff", True), account=account(), subject="caller")
    assert world.store.bound(ISSUER, account().mark) is None


def test_a_value_that_the_fact_cannot_have_changes_nothing(world: World) -> None:
    head = world.store.head()
    with pytest.raises(SubjectRefused):
        world.attest(Said("staff", True), Said("lpr", "perhaps"), account=account(), subject="caller")
    assert world.store.head() == head
    assert world.store.bound(ISSUER, account().mark) is None
    assert world.pushes.count == 0


def test_silence_and_an_unknown_value_take_back_what_was_said_by_the_same_carrier(world: World) -> None:
    world.attest(Said("staff", True), Said("org", "acme"), account=account(), subject="caller")
    world.attest(Said("lpr", True), account=account("key", only=False), subject="caller", by=SHOWN)
    done = world.attest(Said("org", UNKNOWN), account=account(), subject="caller", silent=("staff", "lpr"))
    assert (done.attestations, sorted(done.withdrawn)) == ((), ["org", "staff"])
    assert {fact: each.value for fact, each in world.said_of("caller").items()} == {
        "staff": UNKNOWN,
        "org": UNKNOWN,
        "lpr": True,
    }
    assert world.attest(account=account(), subject="caller", silent=("staff",)).withdrawn == ()


def test_all_that_an_account_brought_is_withdrawn_once(world: World) -> None:
    once = Once("logout token", b"j" * 32, NOW + timedelta(minutes=2))
    assert world.withdraw(account(), once) is None, "nobody is known by it"
    world.attest(Said("staff", True), account=account(), subject="caller")
    world.attest(Said("lpr", True), account=account("key", only=False), subject="caller", by=SHOWN)
    assert world.withdraw(account(), once) is None, "it was used before"
    pushes = world.pushes.count
    done = world.withdraw(account(), once._replace(mark=b"k" * 32))
    assert done is not None
    assert (done.withdrawn, world.pushes.count) == (("staff",), pushes + 1)
    assert {fact: each.value for fact, each in world.said_of("caller").items()} == {"staff": UNKNOWN, "lpr": True}
    assert world.withdraw(account()) is None


def test_a_mark_is_of_one_issuer_one_name_and_one_installation() -> None:
    found = {
        mark(secret, issuer, name, kind)
        for secret in (b"a" * 32, b"b" * 32)
        for issuer, name, kind in (
            ("i", "n", ""),
            ("i", "m", ""),
            ("j", "n", ""),
            ("in", "", ""),
            ("i", "\0n", ""),
            ("i", "n", USER_NAME),
            ("i", "n", HOLDER),
            (USER_NAME, "i\0n", ""),
        )
    }
    assert len(found) == 16
    assert {len(each) for each in found} == {32}
