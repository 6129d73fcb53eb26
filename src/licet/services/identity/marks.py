"""Marks: what an issuer calls somebody, as a keyed hash that nobody can lead back without the installation's secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

PREFIX = "u-"
LETTERS = 16
"""Of 32 each: 80 bits, so that no two subjects ever get the same name by chance."""


USER_NAME = "user name"
HOLDER = "holder"
"""Kinds of names beside the `sub` of an account: whoever may choose one of them takes nobody's of another kind."""


def mark(secret: bytes, issuer: str, name: str, kind: str = "") -> bytes:
    """What is kept of the name by which an issuer knows somebody: HMAC-SHA256, 32 bytes.

    No issuer has a zero byte in its name, and no kind, so no two triples have the same text.
    """
    said = f"identity {kind}" if kind else "identity"
    return hmac.digest(secret, b"\0".join((said.encode(), issuer.encode(), name.encode())), "sha256")


def new_subject(random_bytes: Callable[[int], bytes]) -> str:
    """The name of a subject that came by a carrier: `u-` and 16 random letters of base32, in lower case."""
    return PREFIX + base64.b32encode(random_bytes(LETTERS * 5 // 8)).decode().lower()
