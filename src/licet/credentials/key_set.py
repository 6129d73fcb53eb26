"""The public keys of an issuer: a JWK set (RFC 7517, section 5), parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from licet.credentials.public_key import PublicKey, read_public_key
from licet.credentials.refusal import Reason, refused
from licet.credentials.tree import read_object

LARGEST = 256 * 1024
MOST = 64
"""Keys in one set; large providers publish fewer than ten."""
WHAT = "the key set"


@dataclass(frozen=True, slots=True)
class KeySet:
    """Public keys that verify, in the order of the set."""

    keys: tuple[PublicKey, ...]

    def find(self, kid: str | None, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys that may have made a signature: of this name, where it has one, and for this algorithm."""
        return tuple(key for key in self.keys if (kid is None or key.kid == kid) and key.fits(algorithm))

    def names(self, kid: str) -> bool:
        """Whether it has a key of this name; if not, the issuer may have a new one, and the set be an old one."""
        return any(key.kid == kid for key in self.keys)


def read_key_set(content: bytes) -> KeySet:
    """The keys of a JWK set. Those of kinds, or for uses, that are unknown here are passed over (RFC 7517, section 5).

    Raises `CredentialRefused` for one that is none, and for one with a private or symmetric key.
    """
    if len(content) > LARGEST:
        raise refused(Reason.TOO_LARGE, WHAT)
    trees = read_object(content, WHAT).get("keys")
    if not isinstance(trees, list) or len(trees) > MOST:
        raise refused(Reason.KEY_SET, WHAT, f"`keys` is a list of up to {MOST} keys")
    return key_set_of(trees)


def key_set_of(trees: Iterable[Mapping[str, Any]]) -> KeySet:
    """The keys of JWKs, such as those that a trust document pins. Raises as `read_key_set`."""
    found = (read_public_key(tree if not isinstance(tree, Mapping) else dict(tree), WHAT) for tree in trees)
    return KeySet(tuple(key for key in found if key is not None))
