"""Selective disclosure: from what an issuer signed and a holder disclosed to claims (RFC 9901, section 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from licet.credentials.base64url import decoded, encoded
from licet.credentials.refusal import Reason, refused
from licet.credentials.tree import DEPTH, Tree, read_json

MOST = 200
"""Disclosures in one presentation."""
RESERVED = frozenset(("_sd", "..."))
NEVER_HIDDEN = frozenset(("iss", "aud", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "_sd_alg"))
"""Claims that decide whether a credential holds; a holder could leave out what is hidden (SD-JWT VC, section 2.2.2.2;
RFC 9901, section 9.7)."""


def disclosed(claims: Tree, disclosures: Sequence[str], what: str) -> Tree:
    """The claims with what is disclosed in its places, and without digests. Raises `CredentialRefused`."""
    if claims.get("_sd_alg", "sha-256") != "sha-256":
        raise refused(Reason.HASH_ALGORITHM, what)
    if len(disclosures) > MOST:
        raise refused(Reason.TOO_LARGE, what, f"it has more than {MOST} disclosures")
    if len(set(disclosures)) != len(disclosures):
        raise refused(Reason.DISCLOSURE_TWICE, what)
    work = _Work({digest(each): _read(each, what) for each in disclosures}, what)
    whole = work.object({name: value for name, value in claims.items() if name != "_sd_alg"}, 1)
    if work.waiting:
        raise refused(Reason.DISCLOSURE_DANGLING, what)
    return whole


def digest(text: str) -> str:
    """The digest of a disclosure, or of a whole presentation, as RFC 9901 spells it (sections 4.2.3 and 4.3)."""
    return encoded(sha256(text.encode()).digest())


def _read(text: str, what: str) -> list[Any]:
    """A disclosure: salt, name and value, or salt and value of a member of a list (RFC 9901, section 4.2)."""
    found = read_json(decoded(text, what), what)
    if not isinstance(found, list) or len(found) not in (2, 3) or not isinstance(found[0], str):
        raise refused(Reason.DISCLOSURE, what)
    if len(found) == 3 and (not isinstance(found[1], str) or found[1] in RESERVED):
        raise refused(Reason.DISCLOSURE, what)
    return found


class _Work:
    """Disclosures that wait for their place, and digests that were met."""

    def __init__(self, waiting: dict[str, list[Any]], what: str) -> None:
        self.waiting = waiting
        self._met: set[str] = set()
        self._what = what

    def object(self, tree: Tree, depth: int) -> Tree:
        """An object without digests, with the claims that they stand for."""
        if "_sd_alg" in tree:
            raise refused(Reason.HASH_ALGORITHM, self._what, "`_sd_alg` stands at the outside only")
        if "..." in tree:
            raise refused(Reason.DISCLOSURE, self._what)
        plain = {name: self.value(value, depth) for name, value in tree.items() if name != "_sd"}
        for each in self._digests(tree):
            found = self._taken(each)
            if found is None:
                continue
            if len(found) != 3:
                raise refused(Reason.DISCLOSURE, self._what)
            if depth == 1 and found[1] in NEVER_HIDDEN:
                raise refused(Reason.REGISTERED_DISCLOSED, self._what)
            if found[1] in plain:
                raise refused(Reason.CLAIM_DISCLOSED_TWICE, self._what)
            plain[found[1]] = self.value(found[2], depth)
        return plain

    def value(self, tree: Any, depth: int) -> Any:
        """A value without digests. Disclosures inside disclosures could nest without end."""
        if depth > DEPTH:
            raise refused(Reason.TOO_DEEP, self._what)
        if isinstance(tree, dict):
            return self.object(tree, depth + 1)
        if isinstance(tree, list):
            return [member for each in tree for member in self._member(each, depth + 1)]
        return tree

    def _member(self, tree: Any, depth: int) -> list[Any]:
        """A member of a list; none where it is hidden."""
        if not isinstance(tree, dict) or "..." not in tree:
            return [self.value(tree, depth)]
        if len(tree) != 1 or not isinstance(tree["..."], str):
            raise refused(Reason.DISCLOSURE, self._what)
        found = self._taken(tree["..."])
        if found is None:
            return []
        if len(found) != 2:
            raise refused(Reason.DISCLOSURE, self._what)
        return [self.value(found[1], depth)]

    def _digests(self, tree: Tree) -> list[str]:
        found = tree.get("_sd", [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise refused(Reason.DISCLOSURE, self._what, "`_sd` is a list of digests")
        return found

    def _taken(self, digest: str) -> list[Any] | None:
        """The disclosure that a digest stands for; None for one that is not disclosed, or a decoy."""
        if digest in self._met:
            raise refused(Reason.DIGEST_TWICE, self._what)
        self._met.add(digest)
        return self.waiting.pop(digest, None)
