"""Signed tokens: JWS in its compact form (RFC 7515, section 3.1), with the cautions of RFC 8725.

The signature is checked with the keys that the caller brings; a key that a token brings or points to is never used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from licet.credentials.base64url import decoded
from licet.credentials.key_set import KeySet
from licet.credentials.public_key import ALGORITHMS, LONGEST_KID
from licet.credentials.refusal import Reason, refused
from licet.credentials.tree import Tree, read_object

LARGEST = 16 * 1024
"""Characters of a token."""
BROUGHT = ("jku", "jwk", "x5u")
"""Header parameters by which a token would say with which key it is to be checked (RFC 8725, section 3.10)."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A token whose form is right; whose it is, nobody has checked yet."""

    what: str
    algorithm: str
    kid: str | None
    claims: Tree = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_signed(
    text: str, what: str, types: frozenset[str], *, largest: int = LARGEST, untyped: bool = False
) -> Signed:
    """A token of one of these types (`typ`, in small letters; with `untyped`, one without a type too).

    Raises `CredentialRefused` about `what` ("the access token").
    """
    if len(text) > largest:
        raise refused(Reason.TOO_LARGE, what, f"at most {largest} characters are read")
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise refused(Reason.MALFORMED, what, "it is three parts with dots between them (RFC 7515, section 3.1)")
    header = read_object(decoded(parts[0], what), what)
    algorithm = _algorithm(header, what)
    _check_type(header, what, types, untyped=untyped)
    kid = header.get("kid")
    if kid is not None and (not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID):
        raise refused(Reason.MALFORMED, what, f"`kid` is a text of up to {LONGEST_KID} letters")
    claims = read_object(decoded(parts[1], what), what)
    signature = decoded(parts[2], what)
    return Signed(what, algorithm, kid, claims, text[: text.rindex(".")].encode(), signature)


def check_signature(token: Signed, keys: KeySet) -> None:
    """Raises `CredentialRefused` unless one of these keys signed it."""
    found = keys.find(token.kid, token.algorithm)
    if not found:
        raise refused(Reason.UNKNOWN_KEY, token.what, "its issuer must publish the key that it signs with")
    strong = [key for key in found if not key.weak]
    if not strong:
        raise refused(Reason.WEAK_KEY, token.what, "its issuer must sign with an RSA key of 2048 bits or more")
    if not any(key.verifies(token.algorithm, token.signature, token.signed) for key in strong):
        raise refused(Reason.SIGNATURE, token.what)


def digest_of(text: str) -> str:
    """The digest of a token as it came: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _algorithm(header: Tree, what: str) -> str:
    if "crit" in header or "b64" in header:
        raise refused(Reason.CRITICAL, what)
    if any(name in header for name in BROUGHT):
        raise refused(Reason.KEY_IN_HEADER, what, "its issuer must leave `jku`, `jwk` and `x5u` out")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise refused(Reason.MALFORMED, what, "its header needs `alg`")
    if algorithm not in ALGORITHMS:
        raise refused(Reason.ALGORITHM, what)
    return algorithm


def _check_type(header: Tree, what: str, types: frozenset[str], *, untyped: bool) -> None:
    """Media types are compared without regard to case, with or without `application/` (RFC 7515, section 4.1.9)."""
    found = header.get("typ")
    if found is None and untyped:
        return
    if not isinstance(found, str) or found.lower().removeprefix("application/") not in types:
        raise refused(
            Reason.TOKEN_TYPE, what, "its `typ` must be " + " or ".join(f"`{each}`" for each in sorted(types))
        )
