"""Differences: every class of subjects that two rulebooks decide differently, with one of them and from when to when.

For each model, operation and stretch of time a solver is asked for somebody who is served otherwise. The reference
interpreter confirms them and says which change they meet; a formula for exactly those who meet it takes them out; and
so on until there is nobody left. What comes out alike on both sides of a boundary, subjects and all, is one class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import repeat

from licet.core.catalogue import Catalogue, Model
from licet.core.differences import Difference, Differences, ModelChange, difference_key
from licet.core.errors import LicetError
from licet.core.instruments import Operation, Provision
from licet.core.rulebook import Rulebook
from licet.engines.differences.search import MOST_OF_ONE, Found, OutOfTime, Search, TooMany, confirmed
from licet.engines.differences.stretch import Stretches
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.terms import Terms

ALL = tuple(Operation)


class RulebooksIncomparable(LicetError):
    """Two rulebooks declare one fact differently, so that no subject has a value for both."""


def differences(
    before: Rulebook,
    after: Rulebook,
    *,
    since: datetime,
    until: datetime | None = None,
    operations: Iterable[str] = ALL,
    limit: float,
    stopwatch: Callable[[], float],
    most: int = 500,
) -> Differences:
    """Every class of subjects that is served otherwise by `after` than by `before` over `[since, until)`.

    `limit`: seconds by `stopwatch` after which it gives up; `most`: how many classes are listed. Where there are more
    classes than that, those of one model are told together, by what is served before and after (`exact` is false).
    Where even these are too many, or time runs out before they are found, the answer says that it is not complete.
    Raises `RulebooksIncomparable`, and `ProofUnsound` for somebody whom the solver finds and the reference interpreter
    does not confirm: a bug.
    """
    start = stopwatch()
    check_facts(before, after)
    stretches = Stretches(before, after, since, until)
    names = sorted(before.catalogue.models.keys() | after.catalogue.models.keys())
    asked = [(name, str(operation)) for name in names for operation in operations]
    rough: list[tuple[Search, Found]] = []
    because = ""
    for number, question in enumerate(asked):
        several = list(stretches.of(*question))
        if not several:
            continue
        search = Search(Formulas(stretches.deciding(*question)), lambda: limit - (stopwatch() - start))
        try:
            rough += zip(repeat(search), search.rough(several, most - len(rough)), strict=False)
        except (OutOfTime, TooMany) as error:
            why = f"the time limit of {limit:g} s ran out" if isinstance(error, OutOfTime) else too_many(most)
            because = f"{why}, and {len(asked) - number} of {len(asked)} models and operations were not finished"
            break
    rough = sorted(rough[:most], key=lambda each: rank(*each))
    found = [confirmed(each, search.simplest(each)) for search, each in refined(rough, most)]
    return Differences(
        before=before.digest,
        after=after.digest,
        since=stretches.since,
        differences=tuple(sorted(found, key=place)),
        complete=not because,
        because=because,
        assumptions=assumptions_about(before, after),
        seconds=stopwatch() - start,
        until=stretches.until,
        models=tuple(model_changes(before.catalogue, after.catalogue)),
    )


def too_many(most: int) -> str:
    """Why a search ended that found too much."""
    return f"there are more than {most} classes, even by what is served alone"


def refined(rough: list[tuple[Search, Found]], most: int) -> Iterator[tuple[Search, Found]]:
    """The exact classes in rough ones, as far as there is room and time for them; the others as they are.

    A class that turns out to be too many takes up its room all the same: so the work is bounded.
    """
    room = most - len(rough)
    for number, (search, each) in enumerate(rough):
        fits = min(MOST_OF_ONE, room + 1)
        try:
            parts = search.exact(each, fits)
        except OutOfTime:
            yield from rough[number:]
            return
        except TooMany:
            parts, room = (each,), room - fits + 1
        else:
            room -= len(parts) - 1
        yield from zip(repeat(search), parts, strict=False)


def check_facts(before: Rulebook, after: Rulebook) -> None:
    """Raise `RulebooksIncomparable` where the same fact is not the same on both sides."""
    for name in sorted(before.facts.keys() & after.facts.keys()):
        one, other = before.facts[name], after.facts[name]
        if (one.kind, one.about, one.values) != (other.kind, other.about, other.values):
            raise RulebooksIncomparable(
                f"the fact `{name}` is declared differently on the two sides; give the newer one another name"
            )


def assumptions_about(before: Rulebook, after: Rulebook) -> tuple[str, ...]:
    """What is taken for granted of facts, in sentences."""
    provisions = [each for book in (before, after) for each in book.instruments if isinstance(each, Provision)]
    return Terms({**before.facts, **after.facts}, (each.condition for each in provisions)).assumptions


def rank(_: Search, found: Found) -> tuple[str, str, datetime, str, str]:
    """Where a rough class stands among those that are looked into, whatever the solver found first."""
    stretch, (was, becomes) = found.pieces[0].place.stretch, found.name[:2]
    return stretch.model, stretch.operation, stretch.start, str(was), str(becomes)


def place(difference: Difference) -> tuple[object, ...]:
    """Where a difference stands in a list."""
    key = difference_key(difference.change)
    names = (key.was or "", key.becomes or "", key.by, key.cuts, key.open)
    return difference.change.model, ALL.index(Operation(difference.operation)), difference.start, *names


def model_changes(before: Catalogue, after: Catalogue) -> Iterator[ModelChange]:
    """What differs in the documents of models, field by field."""
    for name in sorted(before.models.keys() | after.models.keys()):
        old, new = described(before.models.get(name)), described(after.models.get(name))
        # of a model that one side lacks, that says all
        for field in FIELDS if old and new else FIELDS[:1]:
            if old.get(field) != new.get(field):
                yield ModelChange(name, field, old.get(field), new.get(field))


FIELDS = ("model", "title", "family", "aliases", "apis", "upstream", "fallback")


def described(model: Model | None) -> dict[str, str]:
    """A model's document, as far as it says something, in words."""
    if model is None:
        return {}
    upstream = " ".join(filter(None, (model.upstream.url, model.upstream.name, model.upstream.key_env)))
    values = (
        model.name, model.title, model.family, ", ".join(model.aliases),
        ", ".join(model.apis), upstream, ", ".join(model.fallback),
    )  # fmt: skip
    return {field: value for field, value in zip(FIELDS, values, strict=True) if value}
