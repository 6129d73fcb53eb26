"""Which facts a person can have verified at the office, and for an operator's eyes: by whom, and which by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from licet.core.attestations import Carrier
from licet.core.rulebook import Rulebook

AT_THE_OFFICE = frozenset((Carrier.OIDC, Carrier.SD_JWT_VC))
"""The carriers by which a person verifies something there."""


def verifiable(rulebook: Rulebook, at: datetime) -> frozenset[str]:
    """The facts that some trust document in force believes of a person who comes to the office."""
    trusts = (trust for trust in rulebook.trusts(at) if not AT_THE_OFFICE.isdisjoint(trust.carriers))
    return frozenset(fact for trust in trusts for fact in trust.facts)


def where_verified(facts: Iterable[str], rulebook: Rulebook, at: datetime) -> str:
    """How unknown facts become known: at the office by whose trust document, the others as officers or a file say."""
    asked = sorted(set(facts))
    believed = {
        fact: [
            trust.name
            for trust in rulebook.trusts(at)
            if fact in trust.facts and not AT_THE_OFFICE.isdisjoint(trust.carriers)
        ]
        for fact in asked
    }
    there = ", ".join(f"{fact} ({', '.join(names)})" for fact, names in believed.items() if names)
    rest = ", ".join(fact for fact, names in believed.items() if not names)
    ways = [f"people can have verified at the office: {there}"] if there else []
    if rest:
        ways.append(f"no trust document lets them have verified: {rest}; officers attest it on paper (`licet attest`)")
    return "; ".join(ways)
