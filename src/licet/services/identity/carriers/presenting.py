"""Presenting: what a holder shows of a credential is read, held to what was asked for, and kept on one subject.

Reading and keeping are two steps, because whoever shows a credential (a wallet) and whoever began (a browser) must
first be known to belong together. Between the two only facts are held, in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from licet.core.attestations import Carrier, StatusReference
from licet.core.errors import LicetError
from licet.core.facts import Fact
from licet.core.trust import Trust
from licet.credentials.base64url import decoded
from licet.credentials.carried import Carried
from licet.credentials.presentation import WHAT, Presentation, read_presentation
from licet.credentials.refusal import CredentialRefused, Reason
from licet.credentials.status_list import Status
from licet.credentials.tree import read_json
from licet.credentials.trusting import Keys
from licet.services.identity.carriers.attesting import Account, Attested, People, Provenance, attest_carried
from licet.services.identity.marks import HOLDER, mark
from licet.services.ports import Workers

ACTOR = "office"
"""In whose name the events of verification are."""

REGISTERED = frozenset(
    ("iss", "iat", "nbf", "exp", "vct", "vct#integrity", "cnf", "status", "_sd", "_sd_alg", "aud", "jti")
)
"""Claims that make a credential one; they say nothing about its holder."""


class PresentingRefused(LicetError):
    """What was shown is not taken; the message is for whoever showed it."""


class Statuses(Protocol):
    """Whether credentials still hold, as their issuers say now. `carriers.statuses.Statuses` is one."""

    def check(self, trust: Trust, uri: str, positions: Collection[int], now: datetime) -> dict[int, Status]:
        """What a list that is fresh says of these positions; it counts from now on.

        Raises `StatusUnreadable` where the list cannot be had; then nothing that refers to it may be attested.
        """


class Shown(NamedTuple):
    """What is left of a presentation once it was read: the facts that were asked for, and where they come from.

    `dropped` are the names of what was shown besides, without its values; they are for whoever showed it alone.
    """

    trust: Trust
    presentation: Presentation
    facts: tuple[Carried, ...]
    type: str
    dropped: tuple[str, ...]


def read_shown(
    text: str,
    trust: Trust,
    facts: Collection[str],
    keys: Keys,
    statuses: Statuses,
    *,
    audience: str,
    nonce: str,
    now: datetime,
) -> Shown:
    """Read a presentation that answers a request for these facts by this trust document, and confirm its status.

    Raises `CredentialRefused`, `PresentingRefused`, and what the ports raise.
    """
    presentation = read_presentation(text, (trust,), keys, audience=audience, nonce=nonce, now=now)
    wanted = tuple(each for each in presentation.facts if each.fact in facts)
    if not wanted:
        raise PresentingRefused(f"{WHAT}: it says nothing of what was asked for; show the claims that were")
    if presentation.status is not None:
        _check_status(trust, presentation.status, statuses, now)
    type_, dropped = _besides(text, {claim for fact in facts if (claim := trust.facts[fact].claim) is not None})
    return Shown(trust, presentation, wanted, type_, dropped)


def _check_status(trust: Trust, reference: StatusReference, statuses: Statuses, now: datetime) -> None:
    status = statuses.check(trust, reference.uri, (reference.position,), now)[reference.position]
    if status is not Status.VALID:
        reason = _REASONS.get(status, Reason.STATUS_OTHER)
        raise CredentialRefused(reason, f"{WHAT}: {reason.value}; ask its issuer")


_REASONS = {Status.INVALID: Reason.REVOKED, Status.SUSPENDED: Reason.SUSPENDED}


def check_free(store: People, secret: bytes, shown: Shown, subject: str) -> None:
    """Raises `PresentingRefused` if the credential stands for another subject already: it stands for one for good."""
    bound = store.bound(shown.presentation.issuer, _mark(secret, shown.presentation))
    if bound not in (None, subject):
        raise PresentingRefused(
            f"{WHAT}: it stands for another caller here already, and one credential stands for one caller only; "
            "use the API key with which you showed it first, or ask the operator"
        )


def keep_shown(
    store: People,
    workers: Workers,
    declared: Mapping[str, Fact],
    shown: Shown,
    *,
    subject: str,
    secret: bytes,
    now: datetime,
    random_bytes: Callable[[int], bytes],
    stopwatch: Callable[[], float],
) -> Attested:
    """Attest on a subject what it showed, and tell every gate process.

    Raises `PresentingRefused`, `AttestingRefused`, `SubjectRefused`, `StoreUnavailable`; then nothing has changed.
    """
    presentation = shown.presentation
    check_free(store, secret, shown, subject)
    how = f"presentation of a credential of the type {shown.type}"
    until = _until(shown, now)
    provenance = Provenance(Carrier.SD_JWT_VC, how, presentation.digest, until, presentation.status)
    return attest_carried(
        store,
        workers,
        declared,
        Account(presentation.issuer, _mark(secret, presentation), only=False),
        shown.facts,
        provenance,
        subject=subject,
        actor=ACTOR,
        now=now,
        random_bytes=random_bytes,
        stopwatch=stopwatch,
    )


def _until(shown: Shown, now: datetime) -> datetime | None:
    """As long as the credential, and no longer than its trust document lets its facts count."""
    ends = (shown.presentation.until, None if shown.trust.lasts is None else now + shown.trust.lasts)
    return min((each for each in ends if each is not None), default=None)


def _mark(secret: bytes, presentation: Presentation) -> bytes:
    """By what its issuer knows the holder: the key to which the credential is bound."""
    return mark(secret, presentation.issuer, presentation.holder, HOLDER)


def _besides(text: str, asked: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The type of a credential that was read, and the names of the claims that it shows and nobody asked for."""
    issued, *disclosures, _ = text.split("~")
    payload = _tree(issued.split(".")[1])
    names = {name for name in payload if name not in REGISTERED}
    names |= {str(each[1]) for each in map(_tree, disclosures) if len(each) == 3}
    parts = {part for claim in asked for part in (claim, *claim.split("."))}
    return str(payload["vct"]), tuple(sorted(names - parts))


def _tree(text: str) -> Any:
    return read_json(decoded(text, WHAT), WHAT)
