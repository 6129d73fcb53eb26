"""Preview: whom a draft touches, and how, counted over a population before anything is in force. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import groupby
from operator import attrgetter

from licet.core.change import NARROWING, WIDENING, Change, Effect, effect_of
from licet.core.preview import Moment, Preview, Row, Touched
from licet.core.rulebook import Rulebook
from licet.engines.columns.change import Comparison, Laws, exchanged_at, in_question, readings, touched
from licet.engines.columns.codes import Asked
from licet.engines.columns.sets import Block, Key
from licet.engines.signature import Signatures
from licet.services.lapses import turns
from licet.services.population import Population
from licet.services.rulebooks import change_at
from licet.services.usage import Usage


@dataclass(frozen=True, slots=True)
class Scope:
    """What a preview is about: the instant; every model, or only those of which something changes; how many subjects
    to show of each row, and how many organisations.
    """

    at: datetime
    everything: bool = False
    show: int = 0
    organisations: int = 0


def itself(name: str) -> Iterable[str]:
    """Where nobody has a pseudonym."""
    return (name,)


@dataclass(frozen=True, slots=True)
class Names:
    """The subjects that may be in the journal, what the journal calls them, and what the preview shows of them.

    The journal may know one subject by several pseudonyms: one for each generation of their keys.
    """

    keyed: frozenset[str] = frozenset()
    pseudonyms: Callable[[str], Iterable[str]] = itself
    shown: Callable[[str], str] = str


def first_difference(before: Rulebook, after: Rulebook, now: datetime) -> datetime:
    """The first instant from now on at which two rulebooks have different instruments in force; else now."""
    later = sorted({each for each in (*before.boundaries, *after.boundaries) if each > now})
    return next((at for at in (now, *later) if exchanged_at(before, after, at)), now)


def is_change(change: Change) -> bool:
    """Whether anything happens: another model serves, or an answer that is being streamed is ended."""
    return change.effect is not Effect.SAME or change.cuts


def preview(
    before: Rulebook,
    after: Rulebook,
    population: Population,
    scope: Scope,
    *,
    now: datetime,
    stopwatch: Callable[[], float],
    usage: Usage | None = None,
    names: Names | None = None,
) -> Preview:
    """What changes for a population if `after` takes the place of `before`.

    `usage` and `names` lead from the journal's pseudonyms to subjects. Raises what the population raises.
    """
    begun = stopwatch()
    counted = _Counted(before, after, scope, now)
    counting = stopwatch()
    for block in population.blocks(counted.asked):
        counted.add(block)
    back = _Back(counted, population)
    rows = back.rows(scope.show, usage, names or Names())
    organisations = back.organisations(scope.organisations)
    ended = stopwatch()
    return Preview(
        at=scope.at,
        before=before.digest,
        after=after.digest,
        epoch=after.epoch,
        population=population.source,
        accounts=counted.kinds.total(),
        kinds=tuple(sorted(counted.kinds.items())),
        models=tuple(counted.models),
        rows=rows,
        organisations=organisations,
        moments=counted.moments(),
        classes=counted.classes,
        journal_days=None if usage is None else usage.days,
        query_seconds=ended - counting,
        seconds=ended - begun,
    )


class _Counted:
    """Rows, moments and kinds, added up block by block."""

    def __init__(self, before: Rulebook, after: Rulebook, scope: Scope, now: datetime) -> None:
        self.books = (before, after)
        self._scope = scope
        since = min(now, scope.at)
        instants = sorted({since, scope.at, *(at for book in self.books for at in book.boundaries if at > since)})
        exchanged = {name for at in instants for name in exchanged_at(before, after, at)}
        self.models = touched(self.books, exchanged)
        if scope.everything:
            self.models = [*(before.catalogue.models | after.catalogue.models)]
        self._signatures = Signatures(before, after)
        provisions = [each for book in self.books for each in in_question(book, self.models, instants)]
        self.asked = Asked(self._signatures, self._signatures.mask(provisions), {**before.facts, **after.facts})
        self._comparisons = {at: Comparison(before, after, at, self._signatures) for at in instants}
        self._effects: dict[datetime, Counter[str]] = {at: Counter() for at in instants}
        self.kinds: Counter[str] = Counter()
        self.classes = 0
        self.rows: dict[tuple[str, Change], int] = {}
        """The number of each row, in the order in which they were met."""
        self.subjects: Counter[int] = Counter()
        self.met: dict[Key, tuple[int, ...]] = {}
        """The numbers of the rows that each class is in, of those rows that change something."""

    def add(self, block: Block) -> None:
        """Decide one block."""
        self.classes += block.size
        for kind, classes in block.kinds.items():
            self.kinds[kind] += block.count(classes)
        read = readings(block, self.books, self._signatures)
        for at, comparison in self._comparisons.items():
            laws = comparison.over(read)
            _count_effects(block, laws, self.models, self._effects[at])
            if at == self._scope.at:
                self._add_rows(block, comparison, laws)

    def _add_rows(self, block: Block, comparison: Comparison, laws: Laws) -> None:
        for model in self.models:
            for kind, change, classes in comparison.met(laws, model):
                if is_change(change) or self._scope.everything:
                    number = self.rows.setdefault((kind, change), len(self.rows))
                    self.subjects[number] += block.count(classes)
                    for each in block.members(classes) if is_change(change) else ():
                        key = block.key(each)
                        self.met[key] = (*self.met.get(key, ()), number)

    def moments(self) -> tuple[Moment, ...]:
        """The instants at which the difference becomes another one."""
        found: list[Moment] = []
        turning = turns(self.books[1])
        last: tuple[object, ...] = (frozenset(), Counter[str]())
        for at, counted in self._effects.items():
            now = (self._comparisons[at].exchanged, counted)
            if now != last:
                change = change_at(self.books[1], at, turning)
                begins, ends = (tuple(each.name for each in some) for some in (change.begins, change.ends))
                counts = counted["loses"], counted["gains"], counted["substituted"]
                found.append(Moment(at, *counts, begins, ends, tuple(each.short for each in change.turns)))
            last = now
        return tuple(found)


def _count_effects(block: Block, laws: Laws, models: list[str], counted: Counter[str]) -> None:
    """How many pairs of a subject and a model lose, gain, and are served another model than they were."""
    for model in models:
        for was, had in laws.before.served(model).items():
            for becomes, gets in laws.after.served(model).items():
                if was == becomes or not had & gets:
                    continue
                number, effect = block.count(had & gets), effect_of(model, was, becomes)
                counted["loses"] += number if effect in NARROWING else 0
                counted["gains"] += number if effect in WIDENING else 0
                counted["substituted"] += number if becomes not in (None, model) else 0


class _Back:
    """From the classes back to subjects: who they are, whom they work for, what they ask for."""

    def __init__(self, counted: _Counted, population: Population) -> None:
        self._counted = counted
        self._population = population
        numbers: dict[tuple[int, ...], int] = {}
        self._fates = {key: numbers.setdefault(rows, len(numbers)) for key, rows in counted.met.items()}
        self._rows_of = tuple(numbers)

    def rows(self, show: int, usage: Usage | None, names: Names) -> tuple[Row, ...]:
        """The rows, by model and kind, the largest first."""
        samples = self._samples(show) if show else {}
        requests = self._requests(usage, names) if usage is not None else {}
        order = {model: place for place, model in enumerate(self._counted.models)}
        found = [
            Row(
                kind,
                change,
                subjects := self._counted.subjects[number],
                subjects if change.cuts else 0,
                None if usage is None else requests.get(number, 0) / usage.days,
                tuple(map(names.shown, samples.get(number, ()))),
            )
            for (kind, change), number in self._counted.rows.items()
        ]
        return tuple(sorted(found, key=lambda row: (order[row.change.model], row.kind, -row.subjects)))

    def organisations(self, most: int) -> tuple[Touched, ...]:
        """The organisations of which most subjects are touched, and what happens to those; unknown reasons apart."""
        if not most or not self._fates:
            return ()
        by_org = groupby(self._population.tally(self._fates), key=attrgetter("org"))
        totals = ((org, Counter({each.fate: each.subjects for each in some})) for org, some in by_org)
        largest = nsmallest(most, totals, key=lambda total: (-total[1].total(), total[0] is None, total[0] or ""))
        return tuple(each for org, fates in largest for each in self._touched(org, fates))

    def _touched(self, org: str | None, fates: Counter[int]) -> Iterator[Touched]:
        changes = [change for _, change in self._counted.rows]
        found: Counter[Change] = Counter()
        for fate, subjects in fates.items():
            for number in self._rows_of[fate]:
                found[changes[number]._replace(by=(), unknown=(), cuts=False)] += subjects
        return (Touched(org, change, subjects) for change, subjects in found.most_common())

    def _samples(self, show: int) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for fate, names in self._population.sample(self._fates, show).items() if self._fates else ():
            for number in self._rows_of[fate]:
                found[number] = sorted({*found.get(number, ()), *names})[:show]
        return found

    def _requests(self, usage: Usage, names: Names) -> Counter[int]:
        """How many requests the subjects of each row made for its model."""
        catalogue = self._counted.books[1].catalogue
        asked: dict[str, Counter[str]] = {}
        for (who, name), times in usage.asked.items():
            model = catalogue.resolve(name)
            asked.setdefault(who, Counter())[model.name if model else name] += times
        known: dict[str, Counter[str]] = {}
        for name in names.keyed:
            for mark in names.pseudonyms(name):
                if mark in asked:
                    known.setdefault(name, Counter()).update(asked[mark])
        models = [change.model for _, change in self._counted.rows]
        found: Counter[int] = Counter()
        fates = self._population.fates_of(self._fates, known) if known and self._fates else {}
        for name, fate in fates.items():
            for number in self._rows_of[fate]:
                found[number] += known[name][models[number]]
        return found
