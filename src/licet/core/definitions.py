"""Definitions, lists, and what names mean inside a condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from licet.core.conditions import Condition
from licet.core.facts import Fact


@dataclass(frozen=True, slots=True)
class Annex:
    """A list of names that a condition may refer to, from a file pinned by its digest."""

    digest: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Definition:
    """A named, versioned predicate over facts, with its legal source."""

    name: str
    title: str
    source: str
    holds_if: Condition
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean inside a condition: declared facts, and what its document `uses` under local names."""

    facts: Mapping[str, Fact]
    uses: Mapping[str, Definition | Annex]
