"""Who is not let in, and what they are told: why in words, and never anything of what they presented."""

from __future__ import annotations

from licet.gate.tokens import Untrusted
from licet.gate.unauthorised import unauthorised
from licet.services.admit import Stranger
from licet.wire.failure import Failure

_KEY = {
    Stranger.NO_SUCH_KEY: "this API key is not known",
    Stranger.REVOKED: "this API key was revoked",
    Stranger.EXPIRED: "this API key has expired",
    Stranger.NO_SUCH_SUBJECT: "this API key belongs to nobody who is known",
    Stranger.SUSPENDED: "nobody is let in by this API key for now",
}
_TOKEN = "nobody is let in by this access token for now"  # noqa: S105 - words


def not_let_in(found: Stranger | Untrusted, *, token: bool) -> Failure:
    """The 401 of a key or a token."""
    if isinstance(found, Untrusted):
        return unauthorised(found.why, code="invalid_token")
    if token and found is not Stranger.NO_SUCH_KEY:
        return unauthorised(_TOKEN, code="invalid_token")
    return unauthorised(_KEY[found])
