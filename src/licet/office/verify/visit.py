"""A browser that follows an invitation: what it may have verified, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from licet.office.oid4vp.transaction import Transaction
from licet.services.identity.carriers.invitation import Invitation

SECONDS = 1800.0
"""How long a visit lasts: no longer than an invitation."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`text` is the invitation as it stands in the address. `name` and `transaction`: the request to a wallet that is
    under way. `kept` are the digests of the credentials that were kept in this visit, `dropped` the names of what the
    last one showed besides.
    """

    text: str
    invitation: Invitation
    name: str | None = None
    transaction: Transaction | None = None
    kept: frozenset[str] = frozenset()
    dropped: tuple[str, ...] = ()
