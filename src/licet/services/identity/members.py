"""Members whom an organisation pushes: what it says of them is attested, and what it takes back is unknown at once.

Nothing by which the organisation knows them is kept but keyed hashes. `spec/scim.md`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
from licet.services.announce import announce
from licet.services.identity.marks import mark, new_subject
from licet.services.identity.ports import Binding, Client, Member
from licet.services.ports import Store, StoreConflict, SubjectRecord, Workers
from licet.services.subjects import SubjectRefused, check_attestation

PERSON = "person"
HOW = "membership"
ENDED = "membership ended"
"""How a word came that takes back everything, because the member is not active: what it took back can come again."""

USER_NAME = "userName:"
"""Before a `userName` that is hashed, so that it never reads as the `externalId` of somebody else."""


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


def add(world: Membership, client: Client, pushed: Pushed) -> Member:
    """A new member. Raises `MemberRefused`, `StoreUnavailable`; then nothing has changed."""
    now, rulebook = world.now(), world.rulebook()
    user, external = user_mark(world, client, pushed.user_name or ""), external_mark(world, client, pushed.external_id)
    with _written(world, client, now):
        for each in filter(None, (user, external)):
            if world.store.member_by_mark(client.attester, each) is not None:
                raise _taken()
        subject, made = _subject(world, client, external or user, now)
        active = pushed.active is not False
        member = Member(_name(world), client.attester, subject, user, external, active, now, 1, made=made)
        world.store.put_member(member, actor=client.id)
        _say(world, client, _Change(member, pushed, was_active=active, is_new=True), rulebook, now)
    _push(world)
    return member


def change(world: Membership, client: Client, id_: str, pushed: Pushed, seen: int | None) -> Member:
    """The member as it is after a push. `seen` is the version on which the organisation insists; None: any.

    Raises as `add` does.
    """
    now, rulebook = world.now(), world.rulebook()
    with _written(world, client, now):
        before = found(world, client, id_, seen)
        after = before._replace(
            mark=before.mark if pushed.user_name is None else user_mark(world, client, pushed.user_name),
            external=_external(world, client, before, pushed),
            active=before.active if pushed.active is None else pushed.active,
        )
        for each in filter(None, (after.mark, after.external)):
            other = world.store.member_by_mark(client.attester, each)
            if other is not None and other.id != id_:
                raise _taken()
        changes = _Change(after, pushed, was_active=before.active, is_new=False)
        said = _say(world, client, changes, rulebook, now)
        if after == before and not said:
            return before
        after = after._replace(changed_at=now, version=before.version + 1)
        world.store.put_member(after, actor=client.id)
        if after.external not in (None, before.external):
            _bind(world, client, after.external or b"", after.subject, now)
    _push(world)
    return after


def remove(world: Membership, client: Client, id_: str, seen: int | None) -> None:
    """Nobody by this ID any more: everything that the organisation says of it is withdrawn. Raises as `add` does."""
    now = world.now()
    with _written(world, client, now):
        before = found(world, client, id_, seen)
        gone = before._replace(active=False, deleted=True, changed_at=now, version=before.version + 1)
        world.store.put_member(gone, actor=client.id)
        _end(world, client, gone, now)
    _push(world)


def found(world: Membership, client: Client, id_: str, seen: int | None = None) -> Member:
    """One member of this organisation. Raises `MemberRefused`; another organisation's is as unknown as any."""
    member = world.store.member(client.attester, id_)
    if member is None:
        raise MemberRefused(Why.NO_SUCH_MEMBER, "there is no such member")
    if seen is not None and member.version != seen:
        raise MemberRefused(Why.CHANGED_MEANWHILE, "the member is another version by now; read it again")
    return member


def user_mark(world: Membership, client: Client, user_name: str) -> bytes:
    """What is kept of a `userName`; the caller gives it in the form in which it is compared."""
    return mark(world.secret, client.attester, USER_NAME + user_name)


def external_mark(world: Membership, client: Client, external_id: str | None) -> bytes | None:
    """What is kept of an `externalId`. One that is the `sub` of an issuer of this name leads to the same subject."""
    return None if external_id is None else mark(world.secret, client.attester, external_id)


class _Change(NamedTuple):
    """A member as it is to be, what was pushed, and whether it was active before."""

    member: Member
    pushed: Pushed
    was_active: bool
    is_new: bool


@contextmanager
def _written(world: Membership, client: Client, now: datetime) -> Iterator[None]:
    """All of it is one transaction; a race that was lost is a refusal."""
    try:
        with world.store.together(actor=client.id, at=now):
            yield
    except StoreConflict:
        raise _raced() from None


def _raced() -> MemberRefused:
    return MemberRefused(Why.CHANGED_MEANWHILE, "somebody else changed this member at the same time; read it again")


def _taken() -> MemberRefused:
    return MemberRefused(Why.TAKEN, "another member has this `userName` or `externalId`")


def _external(world: Membership, client: Client, before: Member, pushed: Pushed) -> bytes | None:
    if pushed.drops_external:
        return None
    return before.external if pushed.external_id is None else external_mark(world, client, pushed.external_id)


def _name(world: Membership) -> str:
    return "m-" + base64.b32encode(world.random_bytes(10)).decode().lower()


def _subject(world: Membership, client: Client, known_by: bytes, now: datetime) -> tuple[str, bool]:
    """The subject of a new member, and whether it is there because of this organisation alone.

    One that another member is already is never shared: the name may have been given to somebody else.
    """
    subject = world.store.bound(client.attester, known_by)
    if subject is not None and world.store.member_of(client.attester, subject) is None:
        record = world.store.subject(subject)
        return subject, record is not None and record.suspended == reason(client)
    if subject is not None:
        raise _taken()
    subject = new_subject(world.random_bytes)
    _bind(world, client, known_by, subject, now)
    return subject, True


def _bind(world: Membership, client: Client, known_by: bytes, subject: str, now: datetime) -> None:
    bound = world.store.bound(client.attester, known_by)
    if bound is not None and bound != subject:
        raise _taken()
    kind = world.store.kinds([subject]).get(subject, PERSON)
    world.store.bind(Binding(client.attester, known_by, subject), kind, actor=client.id, at=now)


def reason(client: Client) -> str:
    """Why a subject is suspended that is there because of this organisation, and is no member any more."""
    return f"no active member of `{client.attester}`"


def _say(world: Membership, client: Client, change: _Change, rulebook: Rulebook, now: datetime) -> bool:
    """Attest what a push says, and take back what it does not say any more; whether anything changed."""
    member = change.member
    record = _record(world, member)
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
    stood = _end(world, client, member, now) if not member.active else _resume(world, client, record, now)
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


def _record(world: Membership, member: Member) -> SubjectRecord:
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


def _end(world: Membership, client: Client, member: Member, now: datetime) -> bool:
    """Take back all that the organisation says, and let nobody in by a subject that is there because of it alone."""
    standing = _standing(_record(world, member), client, ALL).values()
    words = tuple(_taken_back(each, ENDED, now) for each in standing)
    if words:
        world.store.attest(words, actor=client.id, at=now)
    stopped = member.made and world.store.suspend(member.subject, actor=client.id, at=now, reason=reason(client))
    return bool(words) or stopped


def _resume(world: Membership, client: Client, record: SubjectRecord, now: datetime) -> bool:
    """End a suspension that is ours; what officers suspended, no organisation lets in again."""
    if record.suspended != reason(client):
        return False
    return world.store.resume(record.id, actor=client.id, at=now, reason="a member again")


def _push(world: Membership) -> None:
    announce(world.workers, stopwatch=world.stopwatch)
