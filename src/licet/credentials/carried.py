"""Facts out of claims, by what a trust document says; every other claim is forgotten here. `spec/credentials.md`.

Claims that were verified (`verified_claims`, OpenID Identity Assurance 1.0; ISO/IEC 25831) come before those that the
issuer merely repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from licet.core.facts import LARGEST_INTEGER, UNKNOWN, Members, Unknown, Value
from licet.core.trust import Trust, Trusted, rank
from licet.credentials.refusal import Reason, refused
from licet.credentials.tree import Tree

VERIFIED = "verified_claims.claims."
"""A path that begins so leads into verified claims only."""
UNSTATED = "unstated"
"""The level of what was verified at one that is in no table: below all others."""
WORD = re.compile(r"[!-~]{1,100}")
LONGEST = 200
"""Letters of one value."""
MOST = 300
"""Members of one set; there are 249 countries."""


class Carried(NamedTuple):
    """A fact that a token or a credential says, with its level and trust framework.

    Unknown is a value that its issuer says but is not believed: it withdraws what the issuer said before.
    """

    fact: str
    value: Value
    level: str
    framework: str


class _Told(NamedTuple):
    """Claims, and what is said of how they were verified."""

    claims: Tree
    level: str | None
    framework: str | None

    @property
    def verified(self) -> bool:
        """Whether they are verified claims."""
        return self.framework is not None


def carried(claims: Tree, trusts: Iterable[Trust], what: str) -> tuple[Carried, ...]:
    """The facts that these trust documents believe of these claims, by name.

    Raises `CredentialRefused` for a value that no fact can have, and for two values of one fact.
    """
    told = [*_verified(claims, what), _Told(claims, None, None)]
    found: dict[str, Carried] = {}
    for trust in trusts:
        for name, trusted in trust.facts.items():
            each = _carried(name, trusted, trust, told, what)
            if each is not None:
                found[name] = _stronger(found[name], each, what) if name in found else each
    return tuple(found[name] for name in sorted(found))


def _carried(name: str, trusted: Trusted, trust: Trust, told: list[_Told], what: str) -> Carried | None:
    if trusted.claim is None:
        return None if trusted.value is None else Carried(name, trusted.value, trusted.level, trust.framework)
    path = trusted.claim.removeprefix(VERIFIED)
    found = [
        (_value(claim, name, what), each)
        for each in told
        if (each.verified or path == trusted.claim)
        and _same_framework(each, trust)
        and (claim := at_path(each.claims, path)) is not None
    ]
    verified = [pair for pair in found if pair[1].verified]
    speaking = verified or found
    if not speaking:
        return None
    value, first = speaking[0]
    if any(not same(value, other) for other, _ in speaking):
        raise refused(Reason.CONTRADICTORY, what, f"it has two values for `{name}`")
    level = min((_level(trusted, each) for _, each in speaking), key=rank)
    framework = trust.framework or first.framework or ""
    return Carried(name, value if trusted.admits(value) else UNKNOWN, level, framework)


def _stronger(one: Carried, other: Carried, what: str) -> Carried:
    """Of what two trust documents make of one fact: what is known, and of two known ones the higher level."""
    if isinstance(one.value, Unknown) or isinstance(other.value, Unknown):
        return other if isinstance(one.value, Unknown) else one
    if not same(one.value, other.value):
        raise refused(Reason.CONTRADICTORY, what, f"by two trust documents it has two values for `{one.fact}`")
    return max(one, other, key=lambda each: rank(each.level))


def same(one: Value, other: Value) -> bool:
    """Whether two values are one; `True` and `1` are not."""
    return type(one) is type(other) and one == other


def at_path(claims: Tree, path: str) -> Any:
    """The claim at a path; None if there is none.

    A claim whose whole name is the path comes first (names can be URLs); otherwise a dot leads into an object.
    """
    if path in claims:
        return claims[path]
    head, dot, rest = path.partition(".")
    inner = claims.get(head)
    return at_path(inner, rest) if dot and isinstance(inner, dict) else None


def _verified(claims: Tree, what: str) -> Iterator[_Told]:
    """What `verified_claims` has: one object, or several in a list."""
    if "verified_claims" not in claims:
        return
    found = claims["verified_claims"]
    for each in found if isinstance(found, list) else [found]:
        match each:
            case {"verification": {"trust_framework": str(framework)} as verification, "claims": dict(verified)}:
                level = verification.get("assurance_level", "")
                yield _Told(verified, _word(level, what) if level != "" else "", _word(framework, what))
            case _:
                raise refused(
                    Reason.CLAIM_VALUE, what, "`verified_claims` has `verification` with its framework, and `claims`"
                )


def _word(text: object, what: str) -> str:
    if not isinstance(text, str) or not WORD.fullmatch(text):
        raise refused(Reason.CLAIM_VALUE, what, "a framework, or a level, is a word of up to 100 letters")
    return text


def _same_framework(told: _Told, trust: Trust) -> bool:
    """A document that names a framework believes nothing that was verified under another."""
    return not trust.framework or told.framework in (None, trust.framework)


def _level(trusted: Trusted, told: _Told) -> str:
    """The document's level, or that of the verification where it is lower."""
    if not told.level:
        return trusted.level
    if not rank(told.level):
        return UNSTATED
    return min(trusted.level, told.level, key=rank)


def _value(claim: Any, name: str, what: str) -> Value:
    """A claim as the value of a fact: what it is in JSON; a list is a set of which more may be unknown."""
    match claim:
        case bool():
            return claim
        case int() if abs(claim) <= LARGEST_INTEGER:
            return claim
        case str() if 0 < len(claim) <= LONGEST:
            return claim
        case list():
            return Members(_members(claim, name, what), complete=False)
        case {"known": list(known), "complete": bool(complete), **rest} if not rest:
            return Members(_members(known, name, what), complete)
    raise refused(
        Reason.CLAIM_VALUE, what, f"what it says about `{name}` must be true, false, a whole number, text or a list"
    )


def _members(listed: list[Any], name: str, what: str) -> frozenset[str]:
    members = {each for each in listed if isinstance(each, str) and 0 < len(each) <= LONGEST}
    if len(members) != len(listed) or len(listed) > MOST:
        raise refused(Reason.CLAIM_VALUE, what, f"what it says about `{name}` must be a list of texts, each once")
    return frozenset(members)
