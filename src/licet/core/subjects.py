"""Subjects as documents: whoever asks, with the facts that somebody attested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.facts import Value


@dataclass(frozen=True, slots=True)
class AttestedFact:
    """A fact's value, who attested it, how, at what level, when, and until when; after that it is unknown."""

    fact: str
    value: Value
    attested_by: str
    how: str
    level: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, or a workload that acts for a person or an organisation."""

    name: str
    kind: str
    facts: tuple[AttestedFact, ...]
