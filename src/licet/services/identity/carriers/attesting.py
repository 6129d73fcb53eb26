"""Attesting what a carrier brought: whose account it is, what the issuer says of it, and who must hear of that.

Sign-ins, presentations and organisations that push their members all end here. What carried it is gone by then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.errors import LicetError
from licet.core.facts import UNKNOWN, Fact, Unknown, Value
from licet.services.announce import Announcement, announce
from licet.services.identity.marks import new_subject
from licet.services.identity.ports import Binding, Identities
from licet.services.ports import Store, StoreConflict, Workers
from licet.services.stored import SubjectRecord
from licet.services.subjects import check_attestation

PERSON = "person"
"""What a subject is that comes by an account of its own."""


class AttestingRefused(LicetError):
    """What was carried cannot be attested on this subject; the message is for whoever carried it."""


class People(Store, Identities, Protocol):
    """The store, as those need it who attest what was carried."""


class Carrying(Protocol):
    """One fact as a carrier brought it. `credentials.carried.Carried` is one."""

    @property
    def fact(self) -> str:
        """The fact's name."""

    @property
    def value(self) -> Value:
        """Its value."""

    @property
    def level(self) -> str:
        """The assurance level that the trust document gives it."""

    @property
    def framework(self) -> str:
        """The trust framework, or empty."""


class Account(NamedTuple):
    """What an issuer knows somebody by: its name, and a keyed hash of what it calls them (`marks.mark`).

    `only`: nobody has a second account there, so a subject that came by another one is refused. A key that a wallet
    makes anew for each credential is not such an account.
    """

    issuer: str
    mark: bytes
    only: bool


class Once(NamedTuple):
    """Something that counts once, such as a token with a name of its own: a keyed hash of it, kept until `until`."""

    purpose: str
    mark: bytes
    until: datetime


@dataclass(frozen=True, slots=True)
class Provenance:
    """What all facts of one sign-in or presentation have in common. See `core.attestations.Attestation`."""

    carrier: Carrier
    how: str
    digest: str
    until: datetime | None = None
    status: StatusReference | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    """What came of it: the subject, whether it is new, what is attested now, what was withdrawn, who acts on it."""

    subject: str
    is_new: bool
    attestations: tuple[Attestation, ...]
    withdrawn: tuple[str, ...]
    announced: Announcement


def attest_carried(
    store: People,
    workers: Workers,
    declared: Mapping[str, Fact],
    account: Account,
    carried: Collection[Carrying],
    provenance: Provenance,
    *,
    subject: str | None,
    silent_on: Iterable[str] = (),
    actor: str,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    stopwatch: Callable[[], float],
) -> Attested:
    """Attest what was carried on `subject`, or, without one, on the subject of the account (made, if it is new).

    `silent_on` are facts about which the issuer could have said something now and did not. What it said of them before
    is withdrawn, as for a fact whose value is carried as unknown. All of it is one transaction, and then every gate
    process is told.
    Raises `AttestingRefused`, `SubjectRefused`, `StoreUnavailable`; then nothing has changed.
    """
    said = [each for each in carried if not isinstance(each.value, Unknown)]
    taken_back = {*silent_on, *(each.fact for each in carried if isinstance(each.value, Unknown))}
    with store.together(actor=actor, at=now):
        bound = store.bound(account.issuer, account.mark)
        name, is_new = _whose(store, account, bound, subject, random_bytes)
        attestations = tuple(_attestation(name, account.issuer, each, provenance, now) for each in said)
        for each in attestations:
            check_attestation(each, declared, now)
        if bound is None:
            kind = store.kinds([name]).get(name, PERSON)
            _bind(store, Binding(account.issuer, account.mark, name), kind, actor, now)
        withdrawn = _withdrawals(store.subject(name), account.issuer, taken_back, provenance, now)
        if attestations or withdrawn:
            store.attest((*attestations, *withdrawn), actor=actor, at=now)
    facts = tuple(each.fact for each in withdrawn)
    return Attested(name, is_new, attestations, facts, announce(workers, stopwatch=stopwatch))


def withdraw_carried(
    store: People,
    workers: Workers,
    account: Account,
    provenance: Provenance,
    *,
    once: Once | None = None,
    actor: str,
    now: datetime,
    stopwatch: Callable[[], float],
) -> Attested | None:
    """Withdraw all that an issuer said of an account by one carrier, and tell every gate process; None: nothing.

    With `once`, only if that was not used before, and it is used by this, in the same transaction.
    Raises `StoreUnavailable`; then nothing has changed.
    """
    with store.together(actor=actor, at=now):
        if once is not None and not store.use_once(once.purpose, once.mark, until=once.until, at=now):
            return None
        subject = store.bound(account.issuer, account.mark)
        record = store.subject(subject) if subject is not None else None
        every = [each.fact for each in record.attestations] if record is not None else []
        withdrawn = _withdrawals(record, account.issuer, every, provenance, now)
        if withdrawn:
            store.attest(withdrawn, actor=actor, at=now)
    if record is None or not withdrawn:
        return None
    facts = tuple(each.fact for each in withdrawn)
    return Attested(record.id, False, (), facts, announce(workers, stopwatch=stopwatch))


def _whose(
    store: People, account: Account, bound: str | None, subject: str | None, random_bytes: Callable[[int], bytes]
) -> tuple[str, bool]:
    """The subject that the account is, and whether it is new. Raises `AttestingRefused`."""
    name = subject or bound
    if name is None:
        return new_subject(random_bytes), True
    if bound is not None and bound != name:
        raise AttestingRefused(
            "this account belongs to another caller already, and an account vouches for one caller only; "
            "sign in with the account of whoever holds the API key"
        )
    record = store.subject(name)
    if record is None:
        raise AttestingRefused("the caller that this is for is not there any more; ask the operator for a new API key")
    if record.suspended is not None:
        raise AttestingRefused("the caller that this is for is suspended; ask the operator why")
    if bound is None and account.only and any(each.issuer == account.issuer for each in store.bindings(name)):
        raise AttestingRefused(
            "this caller is known to that provider by another account; sign in with that one, or ask the operator"
        )
    return name, False


def _bind(store: People, binding: Binding, kind: str, actor: str, now: datetime) -> None:
    try:
        store.bind(binding, kind, actor=actor, at=now)
    except StoreConflict:
        raise AttestingRefused("this account was bound to another caller a moment ago; begin again") from None


def _attestation(subject: str, issuer: str, each: Carrying, provenance: Provenance, now: datetime) -> Attestation:
    return Attestation(
        subject,
        each.fact,
        each.value,
        issuer,
        provenance.how,
        each.level,
        now,
        provenance.until,
        each.framework,
        provenance.carrier,
        provenance.digest,
        provenance.status,
    )


def _withdrawals(
    record: SubjectRecord | None, issuer: str, facts: Iterable[str], provenance: Provenance, now: datetime
) -> tuple[Attestation, ...]:
    """A word that takes back each of these facts that the issuer vouches for by this carrier."""
    wanted = set(facts)
    return tuple(
        Attestation(
            each.subject,
            each.fact,
            UNKNOWN,
            issuer,
            provenance.how,
            each.level,
            now,
            None,
            each.framework,
            provenance.carrier,
            provenance.digest,
        )
        for each in (record.attestations if record is not None else ())
        if each.fact in wanted and _said_by(each, issuer, provenance.carrier)
    )


def _said_by(each: Attestation, issuer: str, carrier: Carrier) -> bool:
    return each.speaker == issuer and each.carrier is carrier and not isinstance(each.value, Unknown)
