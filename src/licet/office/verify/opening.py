"""Invitations and what became of them, as far as the store knows. All of it blocks, so it runs in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from licet.core.attestations import Attestation
from licet.core.facts import About, Fact, Unknown
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.office.oid4vp.routes import WalletParts
from licet.office.problems import Problem
from licet.office.sessions import Tokens
from licet.services.identity.invitation import Invitation, InvitationRefused, open_invitation
from licet.services.identity.presenting import Shown, keep_shown
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


def keep(parts: VerifyParts, invitation: Invitation, shown: Sequence[Shown]) -> tuple[Attestation, ...]:
    """Attest what was shown on the invitation's subject, and read back what is kept."""
    wallets = parts.wallets
    now = parts.clock.now()
    if invitation.until <= now:
        raise InvitationRefused("this invitation has ended; send your request again, its refusal has a new one")
    declared = parts.law().facts
    digests = set()
    for each in shown:
        keep_shown(
            wallets.store,
            parts.workers,
            declared,
            each,
            subject=invitation.subject,
            secret=wallets.secret,
            now=now,
            random_bytes=parts.random_bytes,
            stopwatch=parts.monotonic,
        )
        digests.add(each.presentation.digest)
    record = wallets.store.subject(invitation.subject)
    return tuple(each for each in record.attestations if each.digest in digests) if record is not None else ()
