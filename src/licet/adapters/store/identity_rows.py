"""What the stores write and read of identities and acts: kinds of events, their bodies, officers, names of acts."""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace
from datetime import UTC

import msgspec

from licet.adapters.store.rows import body
from licet.core.roles import Account, KeyKind, Officer, OfficerKey, Role
from licet.services.acts.ports import Settlement, Signature, StoredAct
from licet.services.identity.ports import Binding, Client, Hit, Member
from licet.services.ports import StoreConflict, StoreUnavailable
from licet.wire.canonical import digest

BOUND = "bound"
SUSPENDED = "suspended"
RESUMED = "resumed"
STATUS_READ = "status read"
CLIENT_ADDED = "client added"
CLIENT_REVOKED = "client revoked"
MEMBER_CHANGED = "member changed"
DISPOSED = "disposed"
ERASED = "erased"
ACT_ADDED = "act added"
ACT_SETTLED = "act settled"
OFFICER_CHANGED = "officer changed"
PSEUDONYMS_CHANGED = "pseudonyms changed"

ERASED_BODY = body(erased=True)
"""What the event of something says after its subject was erased."""

ERASED_CONTENT = b""
"""The content of an act that was about a subject who was erased."""

WITHDRAWN = "withdrawn"
"""The outcome of acts that waited when their subject was erased."""

ACT_DIGITS = 16
"""64 bits: nobody finds another content under the name that two officers told each other."""


def bound_body(binding: Binding) -> bytes:
    """What the event of a binding says."""
    return body(issuer=binding.issuer)


def client_body(client: Client) -> bytes:
    """What the event of a new client says."""
    return body(client=client.id, attester=client.attester)


def member_body(member: Member) -> bytes:
    """What the event of a member's new state says."""
    return body(
        member=member.id,
        attester=member.attester,
        version=member.version,
        active=member.active,
        deleted=member.deleted,
    )


def hit_body(hit: Hit) -> bytes:
    """What the event of a disposition says; its reason has a row of its own."""
    return body(list=hit.list, candidate=hit.candidate, outcome=hit.outcome)


def act_body(act: StoredAct) -> bytes:
    """What the event of an act says; its content has a row of its own."""
    return body(act=act.id, kind=act.kind, digest=digest(act.content), alone=act.alone)


def check_content(content: bytes) -> None:
    """Raises `ValueError` for the content of an act that says nothing: so reads one that was erased."""
    if content == ERASED_CONTENT:
        raise ValueError("an act has a content")


def names_person(name: str) -> bytes:
    """What the content of an act holds, as canonical JSON, that is about an agent who acts for this person."""
    return b'"acts_for":' + msgspec.json.encode(name)


def named(act: StoredAct) -> StoredAct:
    """The same act under the name that it has by the rest: who did what, when, about whom, signed with what."""
    return replace(act, id="a-" + digest(_signed(act)).removeprefix("sha256:")[:ACT_DIGITS])


def _signed(act: StoredAct) -> bytes:
    key, content = act.signature or Signature("", b"")
    return body(
        kind=act.kind,
        content=digest(act.content),
        actor=act.actor,
        at=act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        subject=act.subject,
        signature=None if act.signature is None else [key, digest(content)],
        alone=act.alone,
    )


def settled(act: StoredAct, by: Settlement) -> StoredAct:
    """The same act with what became of it."""
    return replace(act, settlement=by)


def check_act(act: StoredAct) -> StoredAct:
    """The same; raises `StoreUnavailable` if its content is not what its name says, and was not erased either.

    Whoever can empty it gains nothing: no act can be made without content, and none such be settled.
    """
    if act.content == ERASED_CONTENT:
        return act
    try:
        genuine = hmac.compare_digest(named(act).id, act.id)
    except TypeError:  # text where bytes were
        genuine = False
    if not genuine:
        raise StoreUnavailable(
            f"the act `{act.id}` in the store is not what was done under this name: it was changed or is damaged;"
            " restore a backup of the state directory"
        )
    return act


def check_waiting(act: StoredAct | None, name: str) -> StoredAct:
    """The same; raises `StoreConflict` unless it is there and waits."""
    if act is None:
        raise StoreConflict(f"there is no act `{name}`")
    if act.content == ERASED_CONTENT:
        raise StoreConflict(f"what `{name}` said was erased")
    if act.alone:
        raise StoreConflict(f"`{name}` needed nobody else: it is done")
    if act.settlement is not None:
        raise StoreConflict(f"`{name}` was {act.settlement.outcome} by {act.settlement.actor} already")
    return act


class _Key(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    kind: KeyKind
    public: str


class _Account(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    mark: str


class _Officer(msgspec.Struct, forbid_unknown_fields=True):
    roles: list[Role]
    keys: list[_Key]
    accounts: list[_Account]


def officer_text(officer: Officer) -> str:
    """What an officer is, as JSON."""
    content = _Officer(
        sorted(officer.roles),
        [_Key(each.id, each.kind, _text(each.public)) for each in officer.keys],
        [_Account(each.issuer, _text(each.mark)) for each in officer.accounts],
    )
    return msgspec.json.encode(content, order="sorted").decode()


def officer_from(name: str, text: str) -> Officer:
    """The officer that `officer_text` wrote; `StoreUnavailable` if it is something else."""
    try:
        content = msgspec.json.decode(text, type=_Officer)
        keys = tuple(OfficerKey(each.id, each.kind, _bytes(each.public)) for each in content.keys)
        accounts = tuple(Account(each.issuer, _bytes(each.mark)) for each in content.accounts)
    except (ValueError, msgspec.DecodeError) as error:
        raise StoreUnavailable(f"the officer `{name}` in the store is damaged ({error}): restore a backup") from error
    return Officer(name, frozenset(content.roles), keys, accounts)


def officer_body(officer: Officer) -> bytes:
    """What the event of an officer's new state says."""
    return body(officer=officer.name, roles=sorted(officer.roles), keys=[each.id for each in officer.keys])


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def bound_to_another(binding: Binding) -> StoreConflict:
    """The error for a mark that leads to another subject already."""
    return StoreConflict(f"what `{binding.issuer}` calls `{binding.subject}` leads to another subject already")


def check_version(member: Member, newest: Member | None) -> None:
    """Raises `StoreConflict` unless `member` is the next state after `newest`."""
    if newest is not None and newest.deleted:
        raise StoreConflict(f"the member `{member.id}` was deleted")
    if member.version != (newest.version if newest else 0) + 1:
        raise StoreConflict(f"the member `{member.id}` was changed by somebody else meanwhile: read it again")
    if newest is not None and newest.subject != member.subject:
        raise StoreConflict(f"the member `{member.id}` is another subject, and stays so")


def same_person(member: Member) -> StoreConflict:
    """The error for a mark that another member of the organisation has."""
    return StoreConflict(f"another member of `{member.attester}` has this `userName` or `externalId`")
