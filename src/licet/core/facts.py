"""Facts: what somebody attested about a subject. Every declared fact always has a value, and one value is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Unknown(Enum):
    """The value of a fact that nobody attested, that expired, or that was attested in part."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Members:
    """A set-valued fact: the members that are attested, and whether they are attested to be all of them.

    An issuer can attest a citizenship it knows of, hardly the absence of others: in an incomplete set, a member
    that is not listed is unknown, not absent.
    """

    known: frozenset[str]
    complete: bool


Value = bool | int | str | Members | Unknown
"""One value of a fact. A set that nobody attested is `UNKNOWN`, the same as an incomplete set without members."""

Facts = Mapping[str, Value]
"""A value for every declared fact, of the subject and of the request."""


LARGEST_INTEGER = 2**53 - 1
"""Past this, JSON readers disagree on what an integer is (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2)."""


class Kind(Enum):
    """What a fact's values are."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    STRING = "string"
    COUNTRY = "country"
    STRINGS = "set of string"
    COUNTRIES = "set of country"

    @property
    def is_set(self) -> bool:
        return self in (Kind.STRINGS, Kind.COUNTRIES)


ALWAYS_KNOWN = frozenset(("stream", "subject"))
"""Facts about a request that are never unknown in the gate. A circumstance that may be missing is not among these."""


class About(Enum):
    """Whose property a fact is: the subject's (attested), or the single request's (observed by the gate)."""

    SUBJECT = "subject"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Fact:
    """The declaration of a fact: its name, type, meaning and legal or technical source.

    `values`, where not empty, closes the set of strings that the fact can take. `level` is the lowest assurance level
    at which it counts; None: any.
    """

    name: str
    kind: Kind
    about: About
    meaning: str
    source: str
    values: frozenset[str] = frozenset()
    level: str | None = None

    @property
    def is_always_known(self) -> bool:
        """Whether it is a fact about a request that the gate knows of every request; any other one may be unknown."""
        return self.about is About.REQUEST and self.name in ALWAYS_KNOWN

    @property
    def allowed(self) -> str:
        """The values that this fact takes, in words for an error message."""
        if self.values:
            return "one of " + ", ".join(f"`{value}`" for value in sorted(self.values))
        return {
            Kind.BOOLEAN: "`true` or `false`",
            Kind.INTEGER: f"a whole number from -{LARGEST_INTEGER} to {LARGEST_INTEGER}",
            Kind.STRING: "a string that is not empty",
            Kind.COUNTRY: "a country as two capital letters (ISO 3166-1 alpha-2)",
            Kind.STRINGS: "a list of strings",
            Kind.COUNTRIES: "a list of countries, each as two capital letters (ISO 3166-1 alpha-2)",
        }[self.kind]

    def admits(self, value: Value) -> bool:
        """Whether `value` is of this fact's type. Unknown is a value of every type."""
        if isinstance(value, Unknown):
            return True
        if isinstance(value, Members):
            return self.kind.is_set and all(self.admits_member(member) for member in value.known)
        if self.kind is Kind.BOOLEAN:
            return isinstance(value, bool)
        if self.kind is Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER
        return not self.kind.is_set and isinstance(value, str) and self.admits_member(value)

    def admits_member(self, text: str) -> bool:
        """Whether one string is a value, or one member, of this fact."""
        if self.values:
            return text in self.values
        if self.kind in (Kind.COUNTRY, Kind.COUNTRIES):
            return COUNTRY.fullmatch(text) is not None
        return text != ""


COUNTRY = re.compile("[A-Z]{2}")


def complete(declared: Mapping[str, Fact], known: Mapping[str, Value]) -> dict[str, Value]:
    """A value for every declared fact: what is known, and unknown for the rest."""
    return {name: known.get(name, UNKNOWN) for name in declared}
