"""What an officer's key signs to sign in at an office: its challenge, together with the office's own address."""

from __future__ import annotations

from urllib.parse import urlsplit

from licet.services.acts.signing import SIGN_IN
from licet.wire.canonical import canonical, digest


def sign_in_digest(challenge: str, office: str) -> str:
    """The digest to be signed with the purpose `licet-sign-in/1`. `office` is a URL, of which the origin counts."""
    parts = urlsplit(office)
    tree = {"format": SIGN_IN, "challenge": challenge, "office": f"{parts.scheme}://{parts.netloc}"}
    return digest(canonical(tree))
