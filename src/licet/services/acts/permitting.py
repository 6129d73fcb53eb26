"""Whether an act may be handed in, approved or withdrawn now, and by whom, as the store knows its officers."""

from __future__ import annotations

from datetime import datetime, timedelta

from licet.core.roles import Deed, Officer
from licet.services.acts.content import Act, read_kept
from licet.services.acts.persons import acting, are_appointed, check_other_person, check_role
from licet.services.acts.ports import StoredAct
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.ports import Store, StoreConflict

FRESH = timedelta(minutes=10)
"""How far the instant in an act's content may be from ours when it is handed in."""


def content_of(found: StoredAct) -> Act:
    """What an act says. Raises `StoreConflict` if that was erased, by which it is settled, too."""
    act = read_kept(found.content)
    if act is None:
        raise StoreConflict(f"what `{found.id}` said was erased with whom it was about: there is nothing to settle")
    return act


def permitted(store: Store, act: Act) -> Officer:
    """Who does it. Raises `NotPermitted`, also where they no longer may what they proposed."""
    if not are_appointed(store):
        raise NotPermitted("there are no officers yet: `licet officers appoint` appoints the first")
    officer = acting(store, act.actor)
    for deed in act.deeds:
        check_role(officer, deed)
    return officer


def may_settle(store: Store, found: StoredAct, act: Act, actor: str, deed: Deed) -> Officer:
    """Who settles it. Raises `StoreConflict` unless it waits, `NotPermitted` unless they may."""
    if found.settlement is not None:
        settled = found.settlement
        because = f": {settled.reason}" if settled.reason else ""
        raise StoreConflict(f"`{found.id}` was {settled.outcome} by `{settled.actor}` already{because}")
    if found.alone:
        raise StoreConflict(f"`{found.id}` is done: one officer was enough, and there is nothing to settle")
    officer = acting(store, actor)
    check_role(officer, deed)
    if deed is Deed.APPROVE:
        proposer = store.officer(act.actor)
        check_other_person(proposer, act.actor, officer)
        _check_still_theirs(proposer, found)
    return officer


def _check_still_theirs(proposer: Officer | None, found: StoredAct) -> None:
    """Raises `NotPermitted` where the key that signed an act is its officer's no longer: it may have been stolen."""
    if proposer is None or not proposer.roles or found.signature is None:
        return
    if proposer.key(found.signature.key) is None:
        raise NotPermitted(
            f"`{found.id}` was signed with a key that `{found.actor}` has no longer: withdraw it (`licet withdraw`),"
            " and have it proposed anew with their present one"
        )


def check_new(store: Store, act: Act, now: datetime) -> None:
    """An act is handed in once, and soon after it was signed."""
    if abs(now - act.at) > FRESH:
        raise ActRefused(f"this act is of {act.at.isoformat()}, and now it is {now.isoformat()}: make and sign it anew")
    same = next((each for each in store.acts() if each.content == act.content), None)
    if same is not None:
        raise StoreConflict(f"this act was handed in already, as `{same.id}`")
