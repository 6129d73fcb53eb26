"""Invitations and what became of them, as far as the store knows. All of it blocks, so it runs in threads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from licet.core.errors import LicetError
from licet.core.facts import About, Fact, Unknown
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.office.oid4vp.routes import WalletParts
from licet.office.problems import Problem
from licet.office.sessions import Tokens
from licet.pages.verify import Kept
from licet.services.identity.carriers.invitation import Invitation, InvitationRefused, check_lasting, open_invitation
from licet.services.identity.carriers.presenting import Shown, keep_shown
from licet.services.ports import Clock, Workers
from licet.services.subjects import facts_at

VERIFY = "/verify/"

SignIn = Callable[[Trust, str], tuple[str, str | None] | None]
"""Where signing in by a trust document begins, for an invitation, and the provider's name for people; None: nowhere."""


@dataclass(frozen=True, slots=True)
class VerifyParts:
    """What these pages need. `clock` is the gate's; `wallets` has the rest, and `encrypted` says how they answer.

    `law` gives the rulebook in force, `sign_in` the address at which signing in begins.
    """

    wallets: WalletParts
    workers: Workers
    law: Callable[[], Rulebook]
    clock: Clock
    tokens: Tokens
    random_bytes: Callable[[int], bytes]
    monotonic: Callable[[], float]
    sign_in: SignIn
    encrypted: bool = False


class Opened(NamedTuple):
    """An invitation that holds now: its text, what is still unknown of what it asks, the trust documents in force."""

    text: str
    invitation: Invitation
    unknown: tuple[Fact, ...]
    trusts: tuple[Trust, ...]

    @property
    def path(self) -> str:
        """Where it begins."""
        return path_of(self.text)


def path_of(text: str) -> str:
    """Where an invitation begins."""
    return f"{VERIFY}{quote(text)}"


def open_(parts: VerifyParts, text: str) -> Opened:
    """An invitation with what is still unknown of what it asks. Raises `Problem`."""
    try:
        invitation = open_invitation(parts.wallets.secret, text, parts.clock.now())
    except InvitationRefused as error:
        raise Problem(404, "invitation", str(error)) from None
    trusts = parts.law().trusts(parts.clock.now())
    return Opened(text, invitation, unknown(parts, invitation), trusts)


def unknown(parts: VerifyParts, invitation: Invitation) -> tuple[Fact, ...]:
    """The facts of an invitation that are still unknown."""
    now, rulebook, store = parts.clock.now(), parts.law(), parts.wallets.store
    record = store.subject(invitation.subject)
    if record is None:
        raise Problem(404, "invitation", "the caller whom this was for is not there any more")
    values = facts_at(record, rulebook.facts, rulebook.trusts(now), store.confirmed(), now)
    asked = (rulebook.facts[name] for name in invitation.facts if name in rulebook.facts)
    return tuple(each for each in asked if each.about is About.SUBJECT and isinstance(values.get(each.name), Unknown))


def keep(parts: VerifyParts, invitation: Invitation, shown: Sequence[Shown]) -> frozenset[str]:
    """Attest what was shown on the invitation's subject; the digests of what is kept.

    Each credential is a transaction of its own: where a later one fails, what is kept already is told, not the failure.
    """
    now = parts.clock.now()
    check_lasting(invitation, now)
    kept: set[str] = set()
    for each in shown:
        try:
            _keep_one(parts, invitation, each, now)
        except LicetError:
            if not kept:
                raise
            break
        kept.add(each.presentation.digest)
    return frozenset(kept)


def _keep_one(parts: VerifyParts, invitation: Invitation, shown: Shown, now: datetime) -> None:
    keep_shown(
        parts.wallets.store,
        parts.workers,
        parts.law().facts,
        shown,
        subject=invitation.subject,
        secret=parts.wallets.secret,
        now=now,
        random_bytes=parts.random_bytes,
        stopwatch=parts.monotonic,
    )


def known(parts: VerifyParts, invitation: Invitation, digests: Collection[str], dropped: tuple[str, ...]) -> Kept:
    """What the store has now of what these credentials said, and what is still unknown."""
    record = parts.wallets.store.subject(invitation.subject)
    found = tuple(each for each in record.attestations if each.digest in digests) if record is not None else ()
    facts = parts.law().facts
    meanings = {each.fact: facts[each.fact].meaning for each in found if each.fact in facts}
    return Kept(found, dropped, unknown(parts, invitation), meanings)
