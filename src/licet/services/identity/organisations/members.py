"""Members whom an organisation pushes: what it says of them is attested, and what it takes back is unknown at once.

Nothing by which the organisation knows them is kept but keyed hashes. `spec/scim.md`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from licet.services.announce import announce
from licet.services.identity.marks import USER_NAME, mark, new_subject
from licet.services.identity.organisations.member_words import (
    Change,
    MemberRefused,
    Membership,
    Pushed,
    Why,
    end,
    reason,
    say,
)
from licet.services.identity.ports import Binding, Client, Member
from licet.services.ports import StoreConflict

PERSON = "person"


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
        say(world, client, Change(member, pushed, was_active=active, is_new=True), rulebook, now)
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
        changes = Change(after, pushed, was_active=before.active, is_new=False)
        said = say(world, client, changes, rulebook, now)
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
        end(world, client, gone, now)
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
    return mark(world.secret, client.attester, user_name, USER_NAME)


def external_mark(world: Membership, client: Client, external_id: str | None) -> bytes | None:
    """What is kept of an `externalId`. One that is the `sub` of an issuer of this name leads to the same subject."""
    return None if external_id is None else mark(world.secret, client.attester, external_id)


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


def _push(world: Membership) -> None:
    announce(world.workers, stopwatch=world.stopwatch)
