"""What an organisation says of its members, as attestations: said, taken back, and said again. `spec/scim.md`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from licet.core.attestations import Attestation, Carrier
from licet.core.errors import LicetError
from licet.core.facts import UNKNOWN, Unknown
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.credentials.carried import Carried, carried
from licet.credentials.refusal import CredentialRefused
from licet.services.identity.ports import Client, Member
from licet.services.ports import Store, Workers
from licet.services.stored import SubjectRecord
from licet.services.subjects import SubjectRefused, check_attestation

HOW = "membership"
ENDED = "membership ended"
"""How a word came that takes back everything, because the member is not active: what it took back can come again."""


PUSHES = frozenset((Carrier.SCIM,))
ALL = frozenset(Carrier)
"""What an organisation says by its identity provider ends with the membership too, if both have the same name."""


class Why(Enum):
    """Why a push is refused."""

    NO_SUCH_MEMBER = "no such member"
    TAKEN = "taken"
    CHANGED_MEANWHILE = "changed meanwhile"
    VALUE = "value"


class MemberRefused(LicetError):
    """A push that cannot be carried out; the message is for the organisation, and quotes nothing of it."""

    def __init__(self, why: Why, message: str) -> None:
        super().__init__(message)
        self.why = why


class Pushed(NamedTuple):
    """What a push says of a member, by the names of SCIM; None where it says nothing.

    `claims` are its attributes, flat, as trust documents name them. `touched` are the claims about which it says
    something; None: all of them, so that what is not there ends. `drops_external`: it has no `externalId` any more.
    """

    user_name: str | None
    external_id: str | None
    active: bool | None
    claims: Mapping[str, Any]
    touched: frozenset[str] | None = None
    drops_external: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """What members need of the world. `rulebook` gives the one in force; `now` the instant by the gate's clock."""

    store: Store
    workers: Workers
    secret: bytes
    rulebook: Callable[[], Rulebook]
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    stopwatch: Callable[[], float]


class Change(NamedTuple):
    """A member as it is to be, what was pushed, and whether it was active before."""

    member: Member
    pushed: Pushed
    was_active: bool
    is_new: bool


def reason(client: Client) -> str:
    """Why a subject is suspended that is there because of this organisation, and is no member any more."""
    return f"no active member of `{client.attester}`"


def say(world: Membership, client: Client, change: Change, rulebook: Rulebook, now: datetime) -> bool:
    """Attest what a push says, and take back what it does not say any more; whether anything changed."""
    member = change.member
    record = record_of(world, member)
    before = _standing(record, client, PUSHES) if change.was_active or change.is_new else _ended(world, member, client)
    trusts = [
        each for each in rulebook.trusts(now) if each.attester == client.attester and Carrier.SCIM in each.carriers
    ]
    said = _said(change.pushed, trusts)
    new = {name: _word(member.subject, client, each, now) for name, each in said.items()}
    fresh = {name: each for name, each in new.items() if _differs(each, before.get(name), trusts)}
    gone = {
        name: _taken_back(each, HOW, now)
        for name, each in before.items()
        if name not in said and _in_scope(name, change.pushed, trusts)
    }
    if member.active and not change.was_active:
        again = {name: _anew(each, now) for name, each in before.items() if name not in gone}
        fresh = again | fresh | {name: new[name] for name in new}
    words = tuple((fresh | gone).values())
    _check(words, rulebook, now)
    if words:
        world.store.attest(words, actor=client.id, at=now)
    stood = end(world, client, member, now) if not member.active else _resume(world, client, record, now)
    return bool(words) or stood


def _said(pushed: Pushed, trusts: list[Trust]) -> dict[str, Carried]:
    """The facts that trust documents read of a push; of one that says nothing of a claim, none of that claim."""
    try:
        found = carried(dict(pushed.claims), trusts, "this member")
    except CredentialRefused as error:
        raise MemberRefused(Why.VALUE, str(error)) from None
    return {each.fact: each for each in found}


def _in_scope(fact: str, pushed: Pushed, trusts: list[Trust]) -> bool:
    """Whether silence about a fact takes it back: always in a whole push, otherwise where its claim was touched."""
    if pushed.touched is None:
        return True
    claims = {trust.facts[fact].claim for trust in trusts if fact in trust.facts}
    return any(claim == each or claim.startswith(f"{each}.") for claim in claims if claim for each in pushed.touched)


def record_of(world: Membership, member: Member) -> SubjectRecord:
    record = world.store.subject(member.subject)
    if record is None:
        raise MemberRefused(Why.NO_SUCH_MEMBER, "there is no such member")
    return record


def _standing(record: SubjectRecord, client: Client, carriers: frozenset[Carrier]) -> dict[str, Attestation]:
    """What this organisation says of somebody now, by these carriers."""
    return {
        each.fact: each
        for each in record.attestations
        if each.speaker == client.attester and each.carrier in carriers and not isinstance(each.value, Unknown)
    }


def _ended(world: Membership, member: Member, client: Client) -> dict[str, Attestation]:
    """What it said by a push before the member was not active, and did not take back by itself."""
    last: dict[str, Attestation] = {}
    for history in world.store.histories([member.subject]):
        for known in history.known:
            each = known.attestation
            if each.speaker != client.attester:
                continue
            if not isinstance(each.value, Unknown) and each.carrier is Carrier.SCIM:
                last[each.fact] = each
            elif each.how != ENDED:
                last.pop(each.fact, None)
    return last


def _word(subject: str, client: Client, each: Carried, now: datetime) -> Attestation:
    return Attestation(
        subject, each.fact, each.value, client.attester, HOW, each.level, now, None, each.framework, Carrier.SCIM
    )


def _differs(new: Attestation, before: Attestation | None, trusts: list[Trust]) -> bool:
    """Whether a word must be said: a new one, or one that counts for a while only, and so is renewed."""
    if before is None:
        return not isinstance(new.value, Unknown)
    lasting = all(trust.lasts is None for trust in trusts if new.fact in trust.facts)
    same = type(new.value) is type(before.value) and new.value == before.value
    return not (same and lasting and (new.level, new.framework, new.carrier) == _manner(before))


def _manner(each: Attestation) -> tuple[str, str, Carrier]:
    return each.level, each.framework, each.carrier


def _taken_back(each: Attestation, how: str, now: datetime) -> Attestation:
    return Attestation(
        each.subject, each.fact, UNKNOWN, each.attested_by, how, each.level, now, None, each.framework, Carrier.SCIM
    )


def _anew(each: Attestation, now: datetime) -> Attestation:
    return Attestation(
        each.subject, each.fact, each.value, each.attested_by, HOW, each.level, now, None, each.framework, Carrier.SCIM
    )


def _check(words: tuple[Attestation, ...], rulebook: Rulebook, now: datetime) -> None:
    for each in words:
        if isinstance(each.value, Unknown):
            continue
        try:
            check_attestation(each, rulebook.facts, now)
        except SubjectRefused:
            allowed = rulebook.facts[each.fact].allowed if each.fact in rulebook.facts else "none"
            message = f"what it says about `{each.fact}` is not a value of it; allowed is {allowed}"
            raise MemberRefused(Why.VALUE, message) from None


def end(world: Membership, client: Client, member: Member, now: datetime) -> bool:
    """Take back all that the organisation says, and let nobody in by a subject that is there because of it alone."""
    record = record_of(world, member)
    standing = _standing(record, client, ALL).values()
    words = tuple(_taken_back(each, ENDED, now) for each in standing)
    if words:
        world.store.attest(words, actor=client.id, at=now)
    stops = member.made and record.suspended is None  # what officers suspended stays theirs
    if stops:
        world.store.suspend(member.subject, actor=client.id, at=now, reason=reason(client))
    return bool(words) or stops


def _resume(world: Membership, client: Client, record: SubjectRecord, now: datetime) -> bool:
    """End a suspension that is ours; what officers suspended, no organisation lets in again."""
    if record.suspended != reason(client):
        return False
    return world.store.resume(record.id, actor=client.id, at=now, reason="a member again")
