"""Invitations: an approved act lets whoever has its token register one passkey, once and for some time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256

from licet.core.roles import Officer, OfficerKey, Role
from licet.services.acts.administration import APPROVED
from licet.services.acts.content import Act, make, read_kept
from licet.services.acts.persons import check_appointed
from licet.services.acts.refusal import NotPermitted
from licet.services.acts.spelling import officer_tree
from licet.services.acts.what import What
from licet.services.ports import Store

VOID = "this invitation is void: it was used, has ended, or was never approved; ask an administrator for another one"


def invited(store: Store, token: str, now: datetime) -> Act:
    """The invitation with this token. Raises `NotPermitted`, the same whatever is wrong with it."""
    mark = sha256(token.encode()).hexdigest()
    found: Act | None = None
    for act, since in _done(store):
        if act.what is What.REGISTER and act.fields["invitation"] == mark:
            found = None
            break
        if act.what is What.INVITE and act.fields["hash"] == mark and not _left(store, act.fields["name"], since):
            found = act
    if found is not None and datetime.fromisoformat(found.fields["until"]) > now:
        return found
    raise NotPermitted(VOID)


def register(
    store: Store,
    token: str,
    key: OfficerKey,
    *,
    installation: str,
    now: datetime,
    needed: int,
    random_bytes: Callable[[int], bytes],
) -> Officer:
    """Give the invited officer their roles and this passkey, and keep that as an act. Raises `ActRefused`."""
    name = invited(store, token, now).fields["name"]
    with store.together(actor=name, at=now):
        asked = invited(store, token, now)  # again: whoever else had the token may have been faster
        there = store.officer(name) or Officer(name, frozenset())
        made = Officer(name, frozenset(map(Role, asked.fields["roles"])), (*there.keys, key), there.accounts)
        check_appointed([*(each for each in store.officers() if each.name != name), made], needed=needed)
        fields = {"officer": officer_tree(made), "invitation": asked.fields["hash"]}
        act = make(What.REGISTER, fields, installation=installation, actor=name, now=now, random_bytes=random_bytes)
        store.add_act(act.kind, act.content, actor=name, at=now, subject=None, signature=None, alone=True)
        store.put_officer(made, actor=name, at=now)
    return made


def _done(store: Store) -> Iterator[tuple[Act, datetime]]:
    """The acts that took effect, and when, oldest first."""
    for each in store.acts():
        act, settled = read_kept(each.content), each.settlement
        if act is not None and each.alone:
            yield act, each.at
        elif act is not None and settled is not None and settled.outcome == APPROVED:
            yield act, settled.at


def _left(store: Store, name: str, since: datetime) -> bool:
    """Whether somebody was dismissed after they were invited."""
    dismissed = (at for act, at in _done(store) if act.what is What.DISMISS and name in act.fields["officers"])
    return any(at >= since for at in dismissed)
