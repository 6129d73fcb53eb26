"""Token Status List: whether credentials still hold, as bits of a list that their issuer signs (`statuslist+jwt`)."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from licet.core.attestations import StatusReference
from licet.core.trust import Trust
from licet.credentials.base64url import decoded
from licet.credentials.claims import LONGEST, check_begun, check_not_expired, instant, needed_instant, text_claim
from licet.credentials.refusal import Reason, refused
from licet.credentials.signed import check_signature, read_signed
from licet.credentials.tree import Tree
from licet.credentials.trusting import Keys

WHAT = "the status list"
TYPES = frozenset(("statuslist+jwt",))
LARGEST_TEXT = 8 * 1024 * 1024
LARGEST = 16 * 1024 * 1024
"""Bytes of a list: 134 million statuses of one bit. A stream that becomes longer is not unpacked further."""
LONGEST_TTL = 366 * 86_400
LAST_POSITION = LARGEST * 8 - 1
URL = re.compile(r"https://[!-~]+|http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]{1,5})?(/[!-~]*)?")


class Status(StrEnum):
    """What an issuer says of one credential (Token Status List, section 7.1)."""

    VALID = "valid"
    INVALID = "invalid"
    SUSPENDED = "suspended"
    OTHER = "other"
    """What only an application that we do not know understands; it is never valid."""


_STATUS = {0: Status.VALID, 1: Status.INVALID, 2: Status.SUSPENDED}
_REASON = {Status.INVALID: Reason.REVOKED, Status.SUSPENDED: Reason.SUSPENDED, Status.OTHER: Reason.STATUS_OTHER}


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as it was read. Each status has `bits` bits, the first one lowest in the first byte (section 4.1).

    `until`: when a newer one must be read, as its issuer says (`exp`, `ttl`); None if it does not. `issued_at` tells
    an older list from a newer one.
    """

    uri: str
    bits: int
    content: bytes = field(repr=False)
    until: datetime | None
    issued_at: datetime

    def at(self, position: int) -> Status:
        """The status at a position. Raises `CredentialRefused` for one that is not in the list."""
        place = position * self.bits
        if not 0 <= place < len(self.content) * 8:
            raise refused(Reason.STATUS_POSITION, WHAT)
        value = self.content[place // 8] >> place % 8 & ((1 << self.bits) - 1)
        return _STATUS.get(value, Status.OTHER)


def check_status(reference: StatusReference, found: StatusList) -> None:
    """Raises `CredentialRefused` unless the list is the one that is referred to and says that the credential holds."""
    if reference.uri != found.uri:
        raise refused(Reason.STATUS_LIST_OTHER, WHAT)
    status = found.at(reference.position)
    if status is not Status.VALID:
        raise refused(_REASON[status], "the credential", "ask its issuer")


def status_reference(claims: Tree, what: str) -> StatusReference | None:
    """Where a credential says that its status is told (section 6.2); None if it does not.

    Raises `CredentialRefused` for a status that is told in another way: what cannot be checked is not believed.
    """
    if "status" not in claims:
        return None
    match claims["status"]:
        case {"status_list": {"idx": int(position), "uri": str(uri)}} if not isinstance(position, bool):
            if 0 <= position <= LAST_POSITION and len(uri) <= LONGEST and URL.fullmatch(uri):
                return StatusReference(uri, position)
    raise refused(Reason.STATUS_REFERENCE, what, "its `status` needs a `status_list` with `idx` and an https `uri`")


def read_status_list(text: str, trust: Trust, keys: Keys, *, uri: str, now: datetime) -> StatusList:
    """Read the list that was fetched from `uri`, which the issuer of a trust document must have signed.

    Raises `CredentialRefused`, and whatever `keys` raises. Sections 5.1 and 8.3.
    """
    if len(text) > LARGEST_TEXT:
        raise refused(Reason.STATUS_LIST_TOO_LARGE, WHAT)
    token = read_signed(text, WHAT, TYPES, largest=LARGEST_TEXT)
    if token.algorithm not in trust.algorithms:
        raise refused(Reason.ALGORITHM, WHAT)
    check_signature(token, keys(trust, token.kid))
    claims = token.claims
    if claims.get("iss", trust.attester) != trust.attester or text_claim(claims, "sub", WHAT) != uri:
        raise refused(Reason.STATUS_LIST_OTHER, WHAT, "it must be about the address that it was fetched from")
    issued_at = needed_instant(claims, "iat", WHAT)
    check_begun(claims, WHAT, now)
    until = _until(claims, now)
    bits, content = _list(claims)
    return StatusList(uri, bits, content, until, issued_at)


def _until(claims: Tree, now: datetime) -> datetime | None:
    ends: list[datetime] = []
    end = instant(claims, "exp", WHAT)
    if end is not None:
        check_not_expired(end, WHAT, now)
        ends.append(end)
    if "ttl" in claims:
        ttl = claims["ttl"]
        if isinstance(ttl, bool) or not isinstance(ttl, int | float) or ttl <= 0:
            raise refused(Reason.TIME, WHAT, "`ttl` is a number of seconds above 0")
        ends.append(now + timedelta(seconds=min(ttl, LONGEST_TTL)))
    return min(ends, default=None)


def _list(claims: Tree) -> tuple[int, bytes]:
    match claims.get("status_list"):
        case {"bits": int(bits), "lst": str(packed)} if bits in (1, 2, 4, 8) and not isinstance(bits, bool):
            return bits, _unpacked(decoded(packed, WHAT))
    raise refused(Reason.STATUS_LIST, WHAT, "its `status_list` needs `bits` (1, 2, 4 or 8) and `lst`")


def _unpacked(packed: bytes) -> bytes:
    """The bytes of a ZLIB stream (RFC 1950), which must end where the text ends, and never past `LARGEST`."""
    stream = zlib.decompressobj()
    content = _content(stream, packed)
    if content is not None and len(content) > LARGEST:
        raise refused(Reason.STATUS_LIST_TOO_LARGE, WHAT)
    if content is None or not stream.eof or stream.unused_data or not content:
        raise refused(Reason.STATUS_LIST, WHAT, "its `lst` must be one whole ZLIB stream")
    return content


def _content(stream: zlib._Decompress, packed: bytes) -> bytes | None:
    try:
        return stream.decompress(packed, LARGEST + 1)
    except zlib.error:
        return None
