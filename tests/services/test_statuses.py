"""Status lists in use: read again and again, and what they take back is withdrawn at once; with a real issuer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.services.pushes import Pushes

from licet.adapters.status_lists import HttpStatusLists
from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.app.demo.issuer import Issuer
from licet.app.demo.sd_jwt import payload_of
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.catalogue import Catalogue
from licet.core.facts import UNKNOWN, About, Fact, Kind, Value
from licet.core.rulebook import Rulebook, rulebook
from licet.core.trust import Keys, Trust, Trusted
from licet.credentials.key_set import KeySet, key_set_of
from licet.credentials.status_list import Status
from licet.services.admit import Admission, admit
from licet.services.identity.carriers.statuses import Round, Statuses, StatusUnreadable, StatusWorld
from licet.services.ports import Store
from licet.services.stored import KeyRecord

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SECOND, GRACE = timedelta(seconds=1), timedelta(minutes=5)
LPR = Fact("lpr", Kind.BOOLEAN, About.SUBJECT, "", "")
ORG = Fact("org", Kind.STRING, About.SUBJECT, "", "")
PUBLIC = ("kty", "crv", "x", "y")


@dataclass
class World:
    """An issuer, a store with a subject that showed a credential of it, and the statuses of that."""

    issuer: Issuer
    store: Store
    folder: Path
    now: datetime = NOW
    ahead: timedelta = timedelta(0)
    seconds: float = 0.0
    pushes: Pushes = field(default_factory=Pushes)
    said: list[dict[str, object]] = field(default_factory=list)
    trusts: tuple[Trust, ...] = ()
    every: float = 60.0

    def begin(self, lists: HttpStatusLists | None = None) -> Statuses:
        """The statuses of a process that starts now."""
        world = StatusWorld(
            self.store,
            self.pushes,
            lists or HttpStatusLists(self.folder),
            self.keys,
            TheirClock(self),
            lambda _: self.trusts,
            lambda: self.seconds,
            self.tell,
        )
        return Statuses(world, every=self.every)

    def keys(self, trust: Trust, _kid: str | None) -> KeySet:
        assert trust.keys is not None
        return key_set_of(trust.keys.pinned)

    def tell(self, event: str, /, **fields: object) -> None:
        self.said.append({"event": event, **fields})

    def passes(self, span: timedelta) -> None:
        """Time goes by, on all clocks."""
        self.now += span
        self.seconds += span.total_seconds()

    def shows(self, statuses: Statuses, subject: str, *facts: tuple[str, Value]) -> str:
        """A subject shows a new credential, which is checked and attested."""
        credential = self.issuer.issue("vct", {}, {})
        reference = payload_of(credential)["status"]["status_list"]
        (status,) = statuses.check(self.trusts[0], reference["uri"], (reference["idx"],), self.now).values()
        assert status is Status.VALID
        self.store.add_subject(subject, "person", actor="me", at=self.now)
        self.store.attest(
            [self.said_of(subject, fact, value, reference["idx"]) for fact, value in facts], actor="me", at=self.now
        )
        return credential

    def said_of(self, subject: str, fact: str, value: Value, position: int) -> Attestation:
        return Attestation(
            subject,
            fact,
            value,
            self.issuer.url,
            "presentation",
            "high",
            self.now,
            None,
            "frame",
            Carrier.SD_JWT_VC,
            "sha256:of what carried it",
            StatusReference(self.issuer.status_uri, position),
        )

    def admitted(self) -> Admission:
        """What the gate knows of whoever has the key `h`."""
        found = admit(self.store, b"h", self.book(), self.now)
        assert isinstance(found, Admission)
        return found

    def book(self) -> Rulebook:
        return rulebook((LPR, ORG), Catalogue(()), (), self.trusts, digest="none")

    def lpr(self) -> Value:
        return self.admitted().facts["lpr"]


@dataclass
class TheirClock:
    """The gate's clock."""

    world: World

    def now(self) -> datetime:
        return self.world.now + self.world.ahead


def trust_in(issuer: Issuer, **changes: object) -> Trust:
    facts = {name: Trusted(name, None, frozenset(), "high") for name in ("lpr", "org")}
    made = Trust(
        name="cards",
        digest="sha256:cards",
        issued=NOW,
        from_=NOW - timedelta(days=1),
        attester=issuer.url,
        carriers=frozenset(("sd-jwt-vc",)),
        facts=facts,
        types=("vct",),
        algorithms=("ES256",),
        keys=Keys(pinned=(issuer.jwk,)),
        grace=GRACE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "memory"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """One permanent resident with a key, whose credential's status was read a moment ago."""
    store: Store = create_store(tmp_path, NOW) if request.param == "sqlite" else MemoryStore()
    clock: list[World] = []
    with Issuer(lambda: clock[0].now if clock else NOW) as issuer:
        made = World(issuer, store, tmp_path, trusts=(trust_in(issuer),))
        clock.append(made)
        yield made
    store.close()


def with_key(world: World, subject: str = "ada") -> None:
    world.store.add_key(KeyRecord("k", subject, (), world.now, "me"), b"h")


def events(world: World, kind: str) -> int:
    return sum(event.kind == kind for event in world.store.events(0))


def test_a_presented_fact_counts_until_the_grace_is_over_and_the_gate_knows_that_instant(world: World) -> None:
    world.shows(world.begin(), "ada", ("lpr", True))
    with_key(world)
    admission = world.admitted()
    assert admission.facts["lpr"] is True
    assert admission.until == NOW + GRACE
    world.now = NOW + GRACE - SECOND
    assert world.lpr() is True
    world.now = NOW + GRACE
    assert world.lpr() is UNKNOWN, "even if nobody is alive to say so"


def test_a_list_that_is_read_keeps_the_facts_alive_and_the_store_small(world: World) -> None:
    world.every = 0.5
    statuses = world.begin()
    world.shows(statuses, "ada", ("lpr", True))
    with_key(world)
    head, pushed = world.store.head(), world.pushes.count
    for _ in range(1200):
        world.passes(SECOND / 2)
        statuses.round(world.now)
        assert world.lpr() is True
    read = events(world, "status read")
    assert 6 <= read <= 8, "ten minutes: every third of the grace"
    assert world.store.head() - head == read - 1
    assert world.pushes.count == pushed, "nothing changed for the gate"
    assert len(world.issuer.asked) > 1000


def test_what_is_revoked_is_withdrawn_and_pushed_in_the_next_round(world: World) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada", ("lpr", True), ("org", "acme"))
    world.shows(statuses, "ben", ("lpr", True))
    with_key(world)
    world.issuer.revoke(credential)
    assert statuses.round(world.now) == Round(0, 0, 0), "not due yet"
    world.passes(60 * SECOND)
    assert statuses.round(world.now) == Round(1, 0, 2)
    assert world.lpr() is UNKNOWN
    assert world.pushes.count == 1
    record = world.store.subject("ada")
    assert record is not None
    assert {
        (each.fact, each.how, each.framework, each.digest != "sha256:of what carried it")
        for each in record.attestations
    } == {
        ("lpr", "status list: invalid", "frame", True),
        ("org", "status list: invalid", "frame", True),
    }
    other = world.store.subject("ben")
    assert other is not None
    assert [each.value for each in other.attestations] == [True]
    assert {"event": "facts withdrawn", "list": world.issuer.status_uri, "attestations": 2} in world.said
    world.passes(60 * SECOND)
    assert statuses.round(world.now) == Round(1, 0, 0), "once is enough"


@pytest.mark.parametrize(("status", "how"), [(2, "status list: suspended"), (3, "status list: other")])
def test_what_is_suspended_does_not_come_back_by_itself(world: World, status: int, how: str) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada", ("lpr", True))
    world.shows(statuses, "ben", ("lpr", True))
    with_key(world)
    world.issuer.set_status(credential, status)
    world.passes(60 * SECOND)
    statuses.round(world.now)
    assert world.lpr() is UNKNOWN
    record = world.store.subject("ada")
    assert record is not None
    assert [each.how for each in record.attestations] == [how]
    world.issuer.set_status(credential, 0)
    world.passes(60 * SECOND)
    assert statuses.round(world.now).read == 1
    assert world.lpr() is UNKNOWN
    world.shows(statuses, "ada", ("lpr", True))
    assert world.lpr() is True, "shown anew"


def test_a_list_that_cannot_be_fetched_is_borne_for_the_grace_and_then_the_facts_are_unknown(world: World) -> None:
    statuses = world.begin()
    world.shows(statuses, "ada", ("lpr", True))
    with_key(world)
    world.issuer.away = True
    answers: list[tuple[float, Value]] = []
    for _ in range(7):
        world.passes(60 * SECOND)
        assert statuses.round(world.now).failed == 1
        answers.append(((world.now - NOW).total_seconds(), world.lpr()))
    assert answers == [
        (60.0, True),
        (120.0, True),
        (180.0, True),
        (240.0, True),
        *((at, UNKNOWN) for at in (300.0, 360.0, 420.0)),
    ]
    warned, lost = world.said
    assert (warned["event"], warned["level"]) == ("status list not read", "warning")
    assert warned["counts_until"] == (NOW + GRACE).isoformat()
    assert (lost["event"], lost["level"]) == ("facts are unknown, as a status list cannot be read", "error")
    world.issuer.away = False
    world.passes(60 * SECOND)
    assert statuses.round(world.now).read == 1
    assert world.lpr() is True
    assert world.pushes.count == 1, "it counts again, and the gate is told"
    assert world.said[-1]["event"] == "status list read again"


def test_nothing_can_be_presented_while_its_list_cannot_be_had(world: World) -> None:
    statuses = world.begin()
    world.issuer.away = True
    with pytest.raises(StatusUnreadable, match="status 503"):
        statuses.check(world.trusts[0], world.issuer.status_uri, (0,), world.now)
    assert world.store.confirmed() == {}


def test_an_older_list_than_one_that_was_read_is_refused_after_a_start_too(world: World) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada", ("lpr", True))
    world.issuer.revoke(credential)
    world.passes(60 * SECOND)
    assert statuses.round(world.now).withdrawn == 1
    world.shows(statuses, "ada", ("lpr", True))
    old, world.now = world.now, NOW  # the issuer's list as it was issued before
    for each in (statuses, world.begin()):
        world.seconds += 60
        with pytest.raises(StatusUnreadable, match="is older than one that was read before"):
            each.check(world.trusts[0], world.issuer.status_uri, (0,), old)
    world.now = old


def test_a_list_that_another_key_signed_is_not_believed(world: World) -> None:
    statuses = world.begin()
    world.shows(statuses, "ada", ("lpr", True))
    with_key(world)
    with Issuer(lambda: world.now, port=0) as other:
        world.trusts = (trust_in(world.issuer, keys=Keys(pinned=(other.jwk,)), digest="sha256:other"),)
        world.passes(60 * SECOND)
        assert statuses.round(world.now).failed == 1
        with pytest.raises(StatusUnreadable, match="is not believed: the status list"):
            statuses.check(world.trusts[0], world.issuer.status_uri, (0,), world.now)
    world.now = NOW + GRACE
    assert world.lpr() is UNKNOWN


def test_a_list_of_one_issuer_says_nothing_of_anothers_credentials(world: World) -> None:
    statuses = world.begin()
    world.shows(statuses, "ada", ("lpr", True))
    with Issuer(lambda: world.now) as other:
        foreign = trust_in(other, name="others", digest="sha256:others")
        world.trusts = (*world.trusts, foreign)
        with pytest.raises(StatusUnreadable, match="is not that of the credential's issuer"):
            statuses.check(foreign, world.issuer.status_uri, (0,), world.now)


def test_a_list_that_another_issuer_signed_does_not_confirm_this_ones_credentials(world: World) -> None:
    """Whoever keeps the lists of two issuers, and is one of them, puts their own in the place of the other's."""
    others, uri = "https://others.example", world.issuer.status_uri
    with Issuer(lambda: world.now) as other:
        theirs = trust_in(other, name="others", digest="sha256:others", attester=others)
        world.trusts = (*world.trusts, theirs)
        world.store.add_subject("ada", "person", actor="me", at=world.now)
        with_key(world)
        word = replace(world.said_of("ada", "lpr", True, 0), attested_by=others)
        world.store.attest([word], actor="me", at=world.now)
        world.store.confirm_status(uri, digest="sha256:theirs", until=world.now + GRACE, actor="me", at=world.now)
        assert world.lpr() is True
        statuses = world.begin()
        for _ in range(3):
            world.passes(100 * SECOND)
            assert statuses.round(world.now) == Round(0, 1, 0)
    assert world.lpr() is UNKNOWN
    assert any("is not that of every issuer" in str(each.get("why")) for each in world.said)


def test_what_another_issuer_said_is_not_withdrawn_by_this_ones_list(world: World) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada", ("lpr", True))
    position = payload_of(credential)["status"]["status_list"]["idx"]
    foreign = replace(world.said_of("ada", "org", "acme", position), attested_by="https://others.example")
    world.store.attest([foreign], actor="me", at=world.now)
    world.issuer.revoke(credential)
    world.passes(60 * SECOND)
    assert statuses.round(world.now).withdrawn == 1
    record = world.store.subject("ada")
    assert record is not None
    assert {each.fact: each.value for each in record.attestations} == {"lpr": UNKNOWN, "org": "acme"}


def test_what_was_checked_and_then_attested_meets_the_list_that_changed_between(world: World) -> None:
    statuses = world.begin()
    credential = world.issuer.issue("vct", {}, {})
    position = payload_of(credential)["status"]["status_list"]["idx"]
    assert statuses.check(world.trusts[0], world.issuer.status_uri, (position,), world.now) == {position: Status.VALID}
    world.issuer.revoke(credential)
    world.passes(60 * SECOND)
    assert statuses.round(world.now) == Round(1, 0, 0), "nothing is attested yet"
    world.store.add_subject("ada", "person", actor="me", at=world.now)
    world.store.attest([world.said_of("ada", "lpr", True, position)], actor="me", at=world.now)
    with_key(world)
    world.passes(60 * SECOND)
    assert statuses.round(world.now) == Round(1, 0, 1)
    assert world.lpr() is UNKNOWN


def test_a_position_that_is_not_in_the_list_is_never_valid(world: World) -> None:
    statuses = world.begin()
    assert statuses.check(world.trusts[0], world.issuer.status_uri, (5, 10**6), world.now) == {
        5: Status.VALID,
        10**6: Status.OTHER,
    }


def test_the_shortest_grace_of_the_documents_that_believe_the_issuer_counts(world: World) -> None:
    world.trusts = (*world.trusts, trust_in(world.issuer, name="strict", digest="sha256:strict", grace=10 * SECOND))
    world.shows(world.begin(), "ada", ("lpr", True))
    assert world.store.confirmed() == {world.issuer.status_uri: NOW + 10 * SECOND}


class Hanging(HttpStatusLists):
    """Status lists of which those of one server take as long as is waited for them."""

    def __init__(self, world: World) -> None:
        super().__init__(world.folder)
        self._world = world
        self.asked: list[str] = []

    def fetch(self, uri: str) -> str:
        self.asked.append(uri)
        if "hanging.example" in uri:
            self._world.seconds += 10
            raise StatusUnreadable("it takes more than 10 s")
        return super().fetch(uri)


def test_one_server_that_hangs_holds_nobody_elses_lists_up(world: World) -> None:
    lists = Hanging(world)
    statuses = world.begin(lists)
    world.shows(statuses, "ada", ("lpr", True))
    hanging = [f"https://hanging.example/{number}" for number in range(40)]
    for uri in hanging:
        world.store.confirm_status(uri, digest="sha256:x", until=world.now + GRACE, actor="me", at=world.now)
    world.passes(60 * SECOND)
    before = world.seconds
    assert statuses.round(world.now) == Round(1, 1, 0)
    assert world.seconds - before == 10, "one of them is waited for"
    for _ in range(39):
        statuses.round(world.now)
    assert set(hanging) <= set(lists.asked), "and each of them in its turn"


def test_a_list_to_which_nothing_refers_any_more_is_left_alone(world: World) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada", ("lpr", True))
    world.passes(timedelta(hours=1))
    world.issuer.revoke(credential)
    assert statuses.round(world.now).withdrawn == 1
    world.passes(timedelta(hours=1))
    asked = len(world.issuer.asked)
    assert statuses.round(world.now) == Round(0, 0, 0)
    assert len(world.issuer.asked) == asked
    world.shows(statuses, "ada", ("lpr", True))
    with_key(world)
    assert world.lpr() is True


def test_many_presentations_read_a_list_once(world: World) -> None:
    statuses = world.begin()
    for number in range(50):
        world.shows(statuses, f"s{number}", ("lpr", True))
    assert world.issuer.asked.count("/statuses/1") == 1
    assert events(world, "status read") == 1


def test_facts_count_by_the_gates_clock_and_lists_are_judged_by_the_issuers(world: World) -> None:
    world.ahead = -timedelta(days=30)
    world.shows(world.begin(), "ada", ("lpr", True))
    assert world.store.confirmed() == {world.issuer.status_uri: NOW - timedelta(days=30) + GRACE}


def asked_of(said: Sequence[dict[str, object]]) -> str:
    return repr(said)


def test_no_subject_and_no_position_is_in_the_log(world: World) -> None:
    statuses = world.begin()
    credential = world.shows(statuses, "ada-lovelace", ("lpr", True))
    world.issuer.revoke(credential)
    world.passes(60 * SECOND)
    statuses.round(world.now)
    world.issuer.away = True
    world.passes(60 * SECOND)
    statuses.round(world.now)
    assert world.said
    assert "lovelace" not in asked_of(world.said)
    assert "position" not in asked_of(world.said)
