"""Trust documents: which issuer is believed which facts, by which carriers and at which level. `spec/trust.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from licet.core.facts import Members, Value
from licet.core.instruments import Instrument

LEVELS: Mapping[str, int] = {"low": 1, "substantial": 2, "high": 3, "ial1": 1, "ial2": 2, "ial3": 3}
"""Assurance levels in order: those of Regulation (EU) 910/2014, article 8(2), and of NIST SP 800-63-4 (IAL)."""


def rank(level: str) -> int:
    """Where a level stands; 0 for one that is in no table, below all others."""
    return LEVELS.get(level.lower(), 0)


@dataclass(frozen=True, slots=True)
class Trusted:
    """How one fact comes from an issuer.

    `claim` is the path of its claim, with dots, in what carries it; `value` the value that the fact has for everybody
    whom the issuer vouches for, where there is no claim for it. `only` are the only values it is believed; none: all.
    `level` is the assurance level that it then has.
    """

    claim: str | None
    value: Value | None
    only: frozenset[str]
    level: str

    def admits(self, value: Value) -> bool:
        """Whether the issuer is believed this value."""
        if self.value is not None:
            return type(value) is type(self.value) and value == self.value
        if not self.only:
            return True
        members = value.known if isinstance(value, Members) else frozenset((spelled(value),))
        return members <= self.only


def spelled(value: Value) -> str:
    """A single value as a trust document writes it in `only`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where an issuer's public keys are: exactly one of these is there.

    `discovery`: its metadata say where (`/.well-known/openid-configuration`); `url`: a JWK set (RFC 7517) at this
    address; `pinned`: these JWKs and no others.
    """

    discovery: bool = False
    url: str | None = None
    pinned: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust(Instrument):
    """An issuer that is believed some facts. It decides nothing by itself: it says which attestations count.

    `attester` is the `iss` of its tokens and credentials, or the name of a SCIM client. A token must name one of
    `audience`, a credential have one of `types`, both be signed by one of `algorithms`. A fact counts for `lasts` after
    it was attested (None: as long as what carried it), and for `grace` while its status list cannot be read.
    """

    attester: str
    carriers: frozenset[str]
    facts: Mapping[str, Trusted] = field(hash=False)
    framework: str = ""
    audience: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    keys: Keys | None = field(default=None, hash=False)
    lasts: timedelta | None = None
    grace: timedelta = timedelta(minutes=5)

    def believes(self, attester: str, carrier: str, fact: str, value: Value) -> bool:
        """Whether an attestation counts by this document."""
        trusted = self.facts.get(fact)
        return trusted is not None and attester == self.attester and carrier in self.carriers and trusted.admits(value)
