"""A browser that follows an invitation: what it may have verified, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from licet.core.attestations import Attestation
from licet.office.oid4vp.transaction import Transaction
from licet.services.identity.invitation import Invitation

SECONDS = 1800.0
"""How long a visit lasts: no longer than an invitation."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`text` is the invitation as it stands in the address. `name` and `transaction`: the request to a wallet that is
    under way; `kept` and `dropped`: what came of the last one that was kept.
    """

    text: str
    invitation: Invitation
    name: str | None = None
    transaction: Transaction | None = None
    kept: tuple[Attestation, ...] | None = None
    dropped: tuple[str, ...] = ()
