"""Populations: many subjects with what is known of them, to be counted by the classes into which they fall.

`Population` is the port; `SubjectsOfStore` is the store's own subjects, which needs no engine but this process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple, Protocol

from licet.core.attestations import Confirmed
from licet.core.errors import LicetError
from licet.core.facts import Fact, Value
from licet.core.form import Shape
from licet.core.shape import CHOICES
from licet.core.trust import Trust
from licet.engines.columns.codes import SUBJECT, Asked
from licet.engines.columns.sets import BLOCK, Block, Key, SignedBlock
from licet.services.ports import Store
from licet.services.subjects import facts_at

KINDS = CHOICES[Shape.SUBJECT_KIND]

ORG = "org"
"""The fact by which subjects are counted together."""


class PopulationRejected(LicetError):
    """A population that cannot be counted: what is wrong, in which column, and in how many rows."""


class PopulationUnusable(LicetError):
    """The engine that counts populations cannot work: it is not installed, or it ran out of memory or disk."""


Report = Callable[[str, float], None]
"""Told now and then what is being done, and how far it is (0 to 1)."""


def silence(_what: str, _part: float) -> None:
    """Tell nobody."""


class Tally(NamedTuple):
    """So many subjects have a fate and an organisation (None: it is not known)."""

    fate: int
    org: str | None
    subjects: int


class Population(Protocol):
    """Many subjects. Memory stays bounded, however many there are; nothing is ever changed.

    `blocks` comes first; the others speak of the classes that it gave, by their keys, each with a `fate`: a number of
    the caller's. Raises `PopulationRejected` and `PopulationUnusable`.
    """

    @property
    def source(self) -> str:
        """Where the subjects come from, in words."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns that say nothing about a subject that Licet knows of."""

    def blocks(self, asked: Asked) -> Iterator[Block]:
        """All classes, some at a time, none without subjects. Every subject is in exactly one."""

    def tally(self, fates: Mapping[Key, int]) -> Iterator[Tally]:
        """How many subjects of each organisation have each fate, one organisation after the other."""

    def sample(self, fates: Mapping[Key, int], most: int) -> dict[int, tuple[str, ...]]:
        """For each fate the first so many who have it, by name."""

    def fates_of(self, fates: Mapping[Key, int], names: Iterable[str]) -> dict[str, int]:
        """The fates of those of some subjects who have one."""


class SubjectsOfStore:
    """The subjects of a store with what counts at an instant, as a `Population`. Read once for each question."""

    ignored: tuple[str, ...] = ()

    def __init__(
        self,
        store: Store,
        declared: Mapping[str, Fact],
        trusts: Sequence[Trust],
        confirmed: Confirmed,
        at: datetime,
        report: Report = silence,
    ) -> None:
        self._store = store
        self._declared = declared
        self._trusts = trusts
        self._confirmed = confirmed
        self._at = at
        self._report = report
        self._asked: Asked | None = None

    @property
    def source(self) -> str:
        """See the port."""
        return f"the store's subjects at {self._at.isoformat()}"

    def blocks(self, asked: Asked) -> Iterator[Block]:
        """See the port."""
        self._asked = asked
        classes = Counter(key for _, key, _ in self._read("counting subjects"))
        rows = iter(classes.items())
        while some := [(*key, number) for key, number in islice(rows, BLOCK)]:
            yield SignedBlock(some, KINDS, asked)

    def tally(self, fates: Mapping[Key, int]) -> Iterator[Tally]:
        """See the port."""
        found: Counter[tuple[int, str | None]] = Counter()
        for _, key, facts in self._read("organisations"):
            if key in fates:
                org = facts.get(ORG)
                found[fates[key], org if isinstance(org, str) else None] += 1
        by_org = sorted(found.items(), key=lambda each: each[0][1] or "")
        return (Tally(fate, org, number) for (fate, org), number in by_org)

    def sample(self, fates: Mapping[Key, int], most: int) -> dict[int, tuple[str, ...]]:
        """See the port."""
        found: dict[int, list[str]] = {}
        for name, key, _ in self._read("a sample"):
            if key in fates:
                some = found.setdefault(fates[key], [])
                some.append(name)
                if len(some) > 2 * most:
                    found[fates[key]] = nsmallest(most, some)
        return {fate: tuple(nsmallest(most, some)) for fate, some in found.items()}

    def fates_of(self, fates: Mapping[Key, int], names: Iterable[str]) -> dict[str, int]:
        """See the port."""
        wanted = set(names)
        return {name: fates[key] for name, key, _ in self._read("requests") if name in wanted and key in fates}

    def _read(self, what: str) -> Iterator[tuple[str, Key, Mapping[str, Value]]]:
        """Every subject with its class, and its facts."""
        asked = self._asked
        assert asked is not None, "classes first"
        questions, every = asked.questions, max(self._store.subject_count(), 1)
        for number, record in enumerate(self._store.subjects()):
            if number % 1000 == 0:
                self._report(what, number / every)
            facts = {**facts_at(record, self._declared, self._trusts, self._confirmed, self._at), SUBJECT: record.id}
            bits = 0
            for question in questions:
                bits |= question.answer(facts[question.fact])
            yield record.id, (KINDS.index(record.kind), bits & asked.mask), facts
