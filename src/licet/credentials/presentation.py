"""Presentations: credentials of the form SD-JWT VC (`dc+sd-jwt`), with key binding (RFC 9901; SD-JWT VC, section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from licet.core.attestations import Carrier, StatusReference
from licet.core.facts import Unknown
from licet.core.trust import Trust
from licet.credentials.carried import Carried, carried
from licet.credentials.claims import check_begun, check_not_expired, instant, text_claim
from licet.credentials.disclosures import disclosed
from licet.credentials.key_binding import check_key_binding, holder_key
from licet.credentials.refusal import Reason, refused
from licet.credentials.signed import digest_of, read_signed
from licet.credentials.status_list import status_reference
from licet.credentials.tree import Tree
from licet.credentials.trusting import Keys, believing

WHAT = "the credential"
TYPES = frozenset(("dc+sd-jwt",))
LARGEST = 64 * 1024
"""Characters of a presentation; of the token in it, as of any other, 16 Ki."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """A credential that its issuer signed and that its holder presents to us now.

    `holder` is the thumbprint (RFC 7638) of the key to which it is bound. It counts until `until` (None: without end)
    and while `status` is confirmed. `digest` is that of the issuer's token, without disclosures.
    """

    issuer: str
    facts: tuple[Carried, ...]
    holder: str = field(repr=False)
    status: StatusReference | None
    until: datetime | None
    digest: str


def read_presentation(
    text: str, trusts: Sequence[Trust], keys: Keys, *, audience: str, nonce: str, now: datetime
) -> Presentation:
    """Read what a holder presents by the trust documents in force.

    Raises `CredentialRefused`, and whatever `keys` raises. What remains for the caller: that the nonce is ours and was
    not used before, and that the status is good.
    """
    if len(text) > LARGEST:
        raise refused(Reason.TOO_LARGE, WHAT, f"at most {LARGEST} characters are read")
    if not text.isascii():
        raise refused(Reason.MALFORMED, WHAT)
    issued, *disclosures, binding = text.split("~") if "~" in text else (text, "")
    token = read_signed(issued, WHAT, TYPES)
    believed = _of_type(token.claims, believing(token, trusts, Carrier.SD_JWT_VC, keys))
    if not binding:
        raise refused(Reason.KEY_BINDING_MISSING, WHAT, "present it with key binding (RFC 9901, section 4.3)")
    claims = disclosed(token.claims, disclosures, WHAT)
    until = instant(claims, "exp", WHAT)
    if until is not None:
        check_not_expired(until, WHAT, now)
    check_begun(claims, WHAT, now)
    key = holder_key(claims, WHAT)
    check_key_binding(binding, text[: -len(binding)], key, audience=audience, nonce=nonce, now=now)
    facts = _facts(claims, believed)
    status = status_reference(claims, WHAT)
    return Presentation(believed[0].attester, facts, key.thumbprint, status, until, digest_of(issued))


def _of_type(claims: Tree, trusts: Sequence[Trust]) -> tuple[Trust, ...]:
    type_ = text_claim(claims, "vct", WHAT)
    found = tuple(trust for trust in trusts if type_ in trust.types)
    if not found:
        raise refused(Reason.CREDENTIAL_TYPE, WHAT, "ask the operator for which it is")
    return found


def _facts(claims: Tree, trusts: Sequence[Trust]) -> tuple[Carried, ...]:
    """What it carries; a credential that says nothing believed is presented in vain."""
    found = carried(claims, trusts, WHAT)
    if all(isinstance(each.value, Unknown) for each in found):
        raise refused(Reason.FACT_NOT_TRUSTED, WHAT, "disclose a claim that is asked for")
    return found
