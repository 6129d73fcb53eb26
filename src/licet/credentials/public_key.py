"""Public keys as JWKs (RFC 7517, RFC 7518 section 6, RFC 8037), and the algorithms that verify with them.

Keys are parsed once, strictly, into those of `cryptography`: a signature then costs what the arithmetic costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import thumbprint

from licet.credentials.base64url import decoded
from licet.credentials.refusal import Reason, refused

SHORTEST_RSA = 2048
"""Bits of the modulus (RFC 7518, section 3.3)."""
LONGEST_RSA = 8192
"""Past this, one signature costs milliseconds."""
LONGEST_KID = 256

PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))

Made = TypeVar("Made")
Key = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. `kind` is `RSA` or the name of its curve; `alg`, where it has one, the only algorithm that
    it is for. `thumbprint` is that of RFC 7638, with SHA-256.
    """

    kid: str | None
    alg: str | None
    kind: str
    thumbprint: str
    key: Key

    @property
    def weak(self) -> bool:
        """Whether it is too short to be believed."""
        return isinstance(self.key, rsa.RSAPublicKey) and self.key.key_size < SHORTEST_RSA

    def fits(self, algorithm: str) -> bool:
        """Whether it verifies signatures of this algorithm."""
        known = ALGORITHMS.get(algorithm)
        return known is not None and known.kind == self.kind and self.alg in (None, algorithm)

    def verifies(self, algorithm: str, signature: bytes, signed: bytes) -> bool:
        """Whether a signature of an algorithm that fits is this key's, over these bytes."""
        try:
            ALGORITHMS[algorithm].verify(self.key, signature, signed)
        except InvalidSignature:
            return False
        return True


class Algorithm(NamedTuple):
    """The kind of key that an algorithm needs, and how to verify with one."""

    kind: str
    verify: Callable[[Any, bytes, bytes], None]


def _ecdsa(size: int, hash_: hashes.HashAlgorithm) -> Callable[[Any, bytes, bytes], None]:
    """JOSE writes both numbers with fixed length one after the other (RFC 7518, section 3.4)."""
    scheme = ec.ECDSA(hash_)

    def verify(key: ec.EllipticCurvePublicKey, signature: bytes, signed: bytes) -> None:
        if len(signature) != 2 * size:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
        key.verify(encode_dss_signature(r, s), signed, scheme)

    return verify


def _ed25519(key: ed25519.Ed25519PublicKey, signature: bytes, signed: bytes) -> None:
    key.verify(signature, signed)


def _rsa(scheme: padding.AsymmetricPadding, hash_: hashes.HashAlgorithm) -> Callable[[Any, bytes, bytes], None]:
    def verify(key: rsa.RSAPublicKey, signature: bytes, signed: bytes) -> None:
        if len(signature) != (key.key_size + 7) // 8:
            raise InvalidSignature
        key.verify(signature, signed, scheme, hash_)

    return verify


def _pss(hash_: hashes.HashAlgorithm) -> Callable[[Any, bytes, bytes], None]:
    """The salt is as long as the hash (RFC 7518, section 3.5)."""
    return _rsa(padding.PSS(padding.MGF1(hash_), hash_.digest_size), hash_)


ALGORITHMS: Mapping[str, Algorithm] = {
    "ES256": Algorithm("P-256", _ecdsa(32, hashes.SHA256())),
    "ES384": Algorithm("P-384", _ecdsa(48, hashes.SHA384())),
    "ES512": Algorithm("P-521", _ecdsa(66, hashes.SHA512())),
    "EdDSA": Algorithm("Ed25519", _ed25519),
    "Ed25519": Algorithm("Ed25519", _ed25519),
    "PS256": Algorithm("RSA", _pss(hashes.SHA256())),
    "PS384": Algorithm("RSA", _pss(hashes.SHA384())),
    "PS512": Algorithm("RSA", _pss(hashes.SHA512())),
    "RS256": Algorithm("RSA", _rsa(padding.PKCS1v15(), hashes.SHA256())),
}
"""All algorithms that there are here (RFC 7518, RFC 8037, RFC 9864); a trust document pins some of them."""

CURVES: Mapping[str, tuple[ec.EllipticCurve, int]] = {
    "P-256": (ec.SECP256R1(), 32),
    "P-384": (ec.SECP384R1(), 48),
    "P-521": (ec.SECP521R1(), 66),
}


def read_public_key(tree: object, what: str) -> PublicKey | None:
    """The key that a JWK is; None for a kind of key, or a use, that signs nothing here.

    Raises `CredentialRefused` with `PRIVATE_KEY` for one that is private or symmetric, and with `KEY_SET` for one that
    is none.
    """
    if not isinstance(tree, dict) or not isinstance(tree.get("kty"), str):
        raise refused(Reason.KEY_SET, what, "each key is an object with its `kty` (RFC 7517)")
    if tree["kty"] == "oct" or PRIVATE & tree.keys():
        raise refused(Reason.PRIVATE_KEY, what, "take it out, make a new one, and publish public keys only")
    kid, alg = (_word(tree, name, what) for name in ("kid", "alg"))
    if not _signs(tree):
        return None
    match tree["kty"], tree.get("crv"):
        case "EC", str(curve) if curve in CURVES:
            return _public(kid, alg, curve, _point(tree, curve, what), tree, ("crv", "kty", "x", "y"))
        case "OKP", "Ed25519":
            return _public(kid, alg, "Ed25519", _edwards(tree, what), tree, ("crv", "kty", "x"))
        case "RSA", _:
            return _public(kid, alg, "RSA", _modulus(tree, what), tree, ("e", "kty", "n"))
    return None


def _public(kid: str | None, alg: str | None, kind: str, key: Key, tree: dict[str, Any], needs: Any) -> PublicKey:
    return PublicKey(kid, alg, kind, thumbprint({name: tree[name] for name in needs}), key)


def _signs(tree: dict[str, Any]) -> bool:
    """Whether its `use` and `key_ops` let it verify signatures (RFC 7517, sections 4.2 and 4.3)."""
    ops = tree.get("key_ops", ["verify"])
    return tree.get("use", "sig") == "sig" and isinstance(ops, list) and "verify" in ops


def _word(tree: dict[str, Any], name: str, what: str) -> str | None:
    found = tree.get(name)
    if found is not None and (not isinstance(found, str) or not 0 < len(found) <= LONGEST_KID):
        raise refused(Reason.KEY_SET, what, f"`{name}` is a text of up to {LONGEST_KID} letters")
    return found


def _octets(tree: dict[str, Any], name: str, what: str) -> bytes:
    found = tree.get(name)
    if not isinstance(found, str):
        raise refused(Reason.KEY_SET, what, f"the key has no `{name}`")
    return decoded(found, what)


def _point(tree: dict[str, Any], name: str, what: str) -> ec.EllipticCurvePublicKey:
    curve, size = CURVES[name]
    x, y = _octets(tree, "x", what), _octets(tree, "y", what)
    key = _made(lambda: ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\4" + x + y))
    if len(x) != size or len(y) != size or key is None:
        raise refused(Reason.KEY_SET, what, "a key is not a point of its curve")
    return key


def _edwards(tree: dict[str, Any], what: str) -> ed25519.Ed25519PublicKey:
    x = _octets(tree, "x", what)
    key = _made(lambda: ed25519.Ed25519PublicKey.from_public_bytes(x))
    if key is None:
        raise refused(Reason.KEY_SET, what, "a key has not 32 bytes")
    return key


def _modulus(tree: dict[str, Any], what: str) -> rsa.RSAPublicKey:
    n, e = _octets(tree, "n", what), _octets(tree, "e", what)
    if len(n) * 8 > LONGEST_RSA or len(e) > 4 or n[:1] == b"\0" or e[:1] == b"\0":
        raise refused(
            Reason.KEY_SET, what, f"an RSA key has up to {LONGEST_RSA} bits, an exponent below 2^32, no zeros before"
        )
    key = _made(lambda: rsa.RSAPublicNumbers(int.from_bytes(e), int.from_bytes(n)).public_key())
    if key is None:
        raise refused(Reason.KEY_SET, what, "a key is not an RSA key")
    return key


def _made(make: Callable[[], Made]) -> Made | None:
    try:
        return make()
    except ValueError:
        return None
