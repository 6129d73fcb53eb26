"""A suite's manifest: the items that are to be run, by name and family, and how often; never what they ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from licet.core.evidence.trial import Use


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its name, its family (the cluster it belongs to), what it asks for, the digest of its content."""

    name: str
    family: str
    use: Use
    digest: str = ""


@dataclass(frozen=True)
class Suite:
    """A suite: its name and version, the digest of its manifest, its items, and how often each is tried in an arm.

    `stands_for` is the population that the items were drawn from, in words; empty if they were not drawn from one.
    Then an estimate is about these items and no others.
    """

    name: str
    digest: str
    items: tuple[Item, ...]
    attempts: int = 1
    stands_for: str = ""

    @cached_property
    def by_name(self) -> dict[str, Item]:
        """The items by name."""
        return {item.name: item for item in self.items}

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families, each once, in order."""
        return tuple(sorted({item.family for item in self.items}))
