"""Diff: two rulebooks side by side, how many of a population each class of subjects is, and all of it in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from licet.core.change import Change
from licet.core.differences import Difference, Differences, Key, difference_key
from licet.core.errors import LicetError
from licet.core.instruments import Operation, Provision
from licet.core.rulebook import Rulebook
from licet.engines.columns.change import Comparison, readings
from licet.engines.columns.codes import Asked
from licet.engines.signature import Signatures
from licet.services.population import Population
from licet.services.ports import Store
from licet.services.rulebooks import epoch_of, in_force, propose
from licet.wire.documents import SourceFile, rulebook_from


class NoSuchSide(LicetError):
    """What was to be compared is not there."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison, and how to call it in a sentence."""

    rulebook: Rulebook
    name: str


Tally = Callable[[datetime], Mapping[Key, int]]
"""How many of a population meet which change at an instant, for requests to use a model, without a stream."""

PopulationAt = Callable[[datetime], Population]
"""A population with the facts that count at an instant."""


def enacted(store: Store, epoch: int | None = None) -> Side:
    """What is enacted now, or was as of an epoch (0: nothing). Raises `NoSuchSide`."""
    if epoch is None:
        rulebook = in_force(store)
        return Side(rulebook, f"what is enacted (epoch {rulebook.epoch})")
    newest = epoch_of(store)
    if epoch > newest:
        raise NoSuchSide(f"there is no epoch {epoch}; the newest is {newest}")
    stored = store.documents(epoch) if epoch else ()
    return Side(rulebook_from(stored, store.list_content, epoch), f"epoch {epoch}")


def drafted(store: Store | None, files: Iterable[SourceFile], name: str) -> Side:
    """What documents make on top of what is enacted, or without a store by themselves."""
    proposal = propose(store, files)
    return Side(proposal.rulebook, f"{name} on top of what is enacted" if store else f"{name} alone")


def with_counts(differences: Differences, tally: Tally) -> Differences:
    """The same, with how many subjects are in each class at its start. Only use is counted."""
    starts = sorted({each.start for each in differences.differences if each.operation == Operation.USE})
    tallies = {start: tally(start) for start in starts}
    found = differences.differences
    counted = [
        replace(each, count=_count(each, found, tallies[each.start])) if each.start in tallies else each
        for each in found
    ]
    return replace(differences, differences=tuple(counted))


def _count(difference: Difference, among: Iterable[Difference], tally: Mapping[Key, int]) -> int | None:
    """How many are in a class. A population's streams are cut or not by another question, which need not be the same
    one: only where two classes differ in nothing else does it count.
    """
    if difference.operation != Operation.USE:
        return None
    key = difference_key(difference.change)
    if not difference.exact:
        return sum(number for each, number in tally.items() if each[:3] == key[:3])
    twins = {difference_key(each.change).cuts for each in among if _but_for_cuts(each.change, key)}
    wanted = {key.cuts} if len(twins) > 1 else {True, False}
    return sum(tally.get(key._replace(cuts=cuts), 0) for cuts in wanted)


def _but_for_cuts(change: Change, key: Key) -> bool:
    return difference_key(change)._replace(cuts=key.cuts) == key


def tally_of(before: Rulebook, after: Rulebook, population: PopulationAt) -> Tally:
    """Counts a population by classes. Raises what the population raises."""
    signatures = Signatures(before, after)
    books = (before, after)
    provisions = [each for book in books for each in book.instruments if isinstance(each, Provision)]
    facts = {**before.facts, **after.facts}
    models = [*before.catalogue.models | after.catalogue.models]

    def tally(at: datetime) -> Mapping[Key, int]:
        comparison = Comparison(before, after, at, signatures)
        found: Counter[Key] = Counter()
        for block in population(at).blocks(Asked(signatures, signatures.mask(provisions), facts)):
            laws = comparison.over(readings(block, books, signatures))
            for model in models:
                for _, change, classes in comparison.met(laws, model):
                    if change.was != change.becomes:
                        found[difference_key(change)] += block.count(classes)
        return found

    return tally
