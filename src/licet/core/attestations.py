"""Attestations: who said which fact of whom, how it came to us, and whether it counts at an instant.

The shape is that of OpenID `verified_claims` (OpenID Identity Assurance 1.0; ISO/IEC 25831), whatever carried it. What
carried it is not kept: only its digest is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from licet.core.facts import UNKNOWN, About, Fact, Members, Unknown, Value, complete
from licet.core.trust import Trust, rank


class Carrier(StrEnum):
    """How an attestation reached us."""

    IMPORT = "import"
    """A file of the operator's own."""

    OFFICERS = "officers"
    """Two officers, one of whom proposed it and the other approved it."""

    OIDC = "oidc"
    """A sign-in at an identity provider (OpenID Connect Core 1.0)."""

    JWT = "jwt"
    """An access token that came with a request (RFC 9068)."""

    SD_JWT_VC = "sd-jwt-vc"
    """A credential that its holder presented (RFC 9901; SD-JWT VC)."""

    SCIM = "scim"
    """An organisation that says who its members are (RFC 7643, RFC 7644)."""


OWN = frozenset((Carrier.IMPORT, Carrier.OFFICERS))
"""By these the operator itself speaks: it needs no trust document to believe itself."""


class StatusReference(NamedTuple):
    """Where the issuer says whether a credential still holds: a position in a token status list."""

    uri: str
    position: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """One fact about one subject, with its provenance. Past `until` the fact is unknown.

    `attested_by` is the issuer, `how` the kind of evidence, `level` the assurance level under the trust `framework`;
    `digest` is that of what carried it. An attestation whose value is unknown withdraws what its issuer said before.
    """

    subject: str
    fact: str
    value: Value
    attested_by: str
    how: str
    level: str
    at: datetime
    until: datetime | None = None
    framework: str = ""
    carrier: Carrier = Carrier.IMPORT
    digest: str | None = None
    status: StatusReference | None = None

    @property
    def speaker(self) -> str:
        """Who speaks by it: empty for the operator itself, else the issuer. Of each speaker the newest word counts."""
        return "" if self.carrier in OWN else self.attested_by


class Standing(StrEnum):
    """Whether an attestation counts at an instant, or why not."""

    COUNTS = "counts"
    EXPIRED = "expired"
    PAST = "it is believed no longer after so long"
    WITHDRAWN = "withdrawn"
    NOT_DECLARED = "the fact is not declared so"
    NOT_TRUSTED = "its issuer is not trusted for it"
    TOO_LOW = "its level is too low"
    NOT_CONFIRMED = "its status was not confirmed in time"
    CONTRADICTED = "another issuer says something else"


class Weighed(NamedTuple):
    """One attestation, and what it is worth at an instant."""

    attestation: Attestation
    standing: Standing


def newest(attestations: Iterable[Attestation]) -> tuple[Attestation, ...]:
    """Of each speaker the last word about each fact of a subject, in the order in which those came.

    `attestations` are all that there were, in the order in which we came to know them; that order decides, and not the
    instant that an attestation names.
    """
    found: dict[tuple[str, str, str], Attestation] = {}
    for each in attestations:
        key = each.subject, each.fact, each.speaker
        found.pop(key, None)
        found[key] = each
    return tuple(found.values())


Confirmed = Mapping[str, datetime]
"""Until when the references into each status list count: the last time that it was read, and the grace."""


def weigh(
    attestations: Iterable[Attestation],
    declared: Mapping[str, Fact],
    trusts: Sequence[Trust],
    confirmed: Confirmed,
    now: datetime,
) -> dict[str, tuple[Value, tuple[Weighed, ...]]]:
    """The value of each fact of one subject at an instant, with what every attestation of it was worth.

    `attestations` are the newest of each speaker about each fact, in the order in which we came to know them; `trusts`
    are the trust documents in force. A fact has a value where somebody who is believed says so and nobody else says
    otherwise. An issuer that is no longer trusted still raises the doubt, so that losing trust never widens access.
    """
    by_fact: dict[str, list[Attestation]] = {}
    for each in attestations:
        by_fact.setdefault(each.fact, []).append(each)
    return {name: _weighed(found, declared.get(name), trusts, confirmed, now) for name, found in by_fact.items()}


def values_at(
    attestations: Iterable[Attestation],
    declared: Mapping[str, Fact],
    trusts: Sequence[Trust],
    confirmed: Confirmed,
    now: datetime,
) -> dict[str, Value]:
    """A value for every declared fact about subjects at an instant; unknown for the rest. See `weigh`."""
    found = weigh(attestations, declared, trusts, confirmed, now)
    return complete(declared, {name: value for name, (value, _) in found.items()})


def next_change(
    attestations: Iterable[Attestation], trusts: Sequence[Trust], confirmed: Confirmed, now: datetime
) -> datetime | None:
    """The first instant after `now` at which one of these may stop to count by itself; None if none does.

    The boundaries of trust documents are the rulebook's, and not among these.
    """
    ends: list[datetime | None] = []
    for each in attestations:
        ends.append(each.until)
        ends += [confirmed.get(each.status.uri)] if each.status is not None else []
        ends += [
            each.at + trust.lasts for trust in trusts if trust.lasts is not None and trust.attester == each.speaker
        ]
    return min((end for end in ends if end is not None and end > now), default=None)


def _weighed(
    found: Sequence[Attestation], fact: Fact | None, trusts: Sequence[Trust], confirmed: Confirmed, now: datetime
) -> tuple[Value, tuple[Weighed, ...]]:
    standings = [_standing(each, fact, trusts, confirmed, now) for each in found]
    says = [each.value for each, standing in zip(found, standings, strict=True) if standing in _SPEAKING]
    value = _agreed(says) if Standing.COUNTS in standings else UNKNOWN
    if isinstance(value, Unknown):
        standings = [Standing.CONTRADICTED if each is Standing.COUNTS else each for each in standings]
    elif isinstance(value, Members):
        believed = [each.value for each, standing in zip(found, standings, strict=True) if standing is Standing.COUNTS]
        value = _agreed(believed)
    return value, tuple(map(Weighed, found, standings))


_SPEAKING = frozenset((Standing.COUNTS, Standing.NOT_TRUSTED, Standing.PAST, Standing.TOO_LOW, Standing.NOT_CONFIRMED))
"""What may contradict: whoever still says it, believed or not. Which these are does not depend on any trust."""


def _standing(
    each: Attestation, fact: Fact | None, trusts: Sequence[Trust], confirmed: Confirmed, now: datetime
) -> Standing:
    if isinstance(each.value, Unknown):
        return Standing.WITHDRAWN
    if fact is None or fact.about is not About.SUBJECT or not fact.admits(each.value):
        return Standing.NOT_DECLARED
    if each.until is not None and each.until <= now:
        return Standing.EXPIRED
    if each.carrier not in OWN:
        believing = [trust for trust in trusts if trust.believes(each.attested_by, each.carrier, each.fact, each.value)]
        if not believing:
            return Standing.NOT_TRUSTED
        if all(trust.lasts is not None and each.at + trust.lasts <= now for trust in believing):
            return Standing.PAST
    if fact.level is not None and rank(each.level) < rank(fact.level):
        return Standing.TOO_LOW
    if each.status is not None and confirmed.get(each.status.uri, now) <= now:
        return Standing.NOT_CONFIRMED
    return Standing.COUNTS


def _agreed(says: Sequence[Value]) -> Value:
    """What all of these say together; unknown if they contradict each other, or if there are none."""
    if not says:
        return UNKNOWN
    if all(isinstance(each, Members) for each in says):
        return _together([each for each in says if isinstance(each, Members)])
    first = says[0]
    return first if all(each == first for each in says) else UNKNOWN


def _together(sets: Sequence[Members]) -> Value:
    """Each names members that it knows of; one that is complete must know all that the others name."""
    known = frozenset[str]().union(*(each.known for each in sets))
    whole = [each for each in sets if each.complete]
    if any(each.known != known for each in whole):
        return UNKNOWN
    return Members(known, bool(whole))
