"""Which trust documents believe a signed token: issuer, carrier, algorithm and key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from licet.core.attestations import Carrier
from licet.core.trust import Trust
from licet.credentials.claims import text_claim
from licet.credentials.key_set import KeySet
from licet.credentials.refusal import CredentialRefused, Reason, refused
from licet.credentials.signed import Signed, check_signature

Keys = Callable[[Trust, str | None], KeySet]
"""The keys of a trust document's issuer. The name of the wanted key (`kid`) is given, so that one who holds a set that
has it not can see whether there is a newer one."""


def believing(token: Signed, trusts: Sequence[Trust], carrier: Carrier, keys: Keys) -> tuple[Trust, ...]:
    """The trust documents by which a token is its issuer's, signed with an algorithm and a key that they allow.

    Raises `CredentialRefused` if there are none, and whatever `keys` raises.
    """
    issuer = text_claim(token.claims, "iss", token.what)
    named = [trust for trust in trusts if trust.attester == issuer]
    if not named:
        raise refused(Reason.ISSUER_NOT_TRUSTED, token.what, "ask the operator which issuers are")
    carrying = [trust for trust in named if carrier in trust.carriers]
    if not carrying:
        raise refused(Reason.CARRIER_NOT_TRUSTED, token.what, "ask the operator by which it is")
    allowing = [trust for trust in carrying if token.algorithm in trust.algorithms]
    if not allowing:
        raise refused(Reason.ALGORITHM, token.what)
    return _signed_for(token, allowing, keys)


def _signed_for(token: Signed, trusts: Sequence[Trust], keys: Keys) -> tuple[Trust, ...]:
    """Those whose keys signed it; each set of keys is tried once."""
    tried: dict[int, CredentialRefused | None] = {}
    believed: list[Trust] = []
    for trust in trusts:
        found = keys(trust, token.kid)
        if id(found) not in tried:
            tried[id(found)] = _refusal(token, found)
        if tried[id(found)] is None:
            believed.append(trust)
    refused = next((each for each in tried.values() if each is not None), None)
    if not believed and refused is not None:
        raise refused
    return tuple(believed)


def _refusal(token: Signed, keys: KeySet) -> CredentialRefused | None:
    try:
        check_signature(token, keys)
    except CredentialRefused as refused:
        return refused.with_traceback(None)
    return None
