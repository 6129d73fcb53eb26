"""Base64url without padding (RFC 7515, section 2; RFC 4648, section 5), in its one spelling."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from licet.credentials.refusal import Reason, refused


def encoded(content: bytes) -> str:
    """Bytes as text without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str, what: str) -> bytes:
    """The bytes of a text. Refused: padding, other letters, bits past the last byte that are not zero."""
    content = _content(text)
    if content is None or encoded(content) != text:
        raise refused(Reason.ENCODING, what)
    return content


def _content(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
