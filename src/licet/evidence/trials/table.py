"""Trials as columns: a million of them counted at once. `core/evidence/trial.py` has what each value means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from licet.core.evidence.trial import Came, Trial

Codes = NDArray[np.int32]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
Selection = Mask | NDArray[np.integer[Any]]
"""Some of the trials: by a mask, or by their places."""

CHUNK = 65_536
"""How many trials are objects at a time: the rest of them are columns already, or not yet read."""

WORDS = {
    "suites": "suite",
    "names": "item",
    "kinds": "family",
    "uses": "use",
    "arms": "arm",
    "outcomes": "came",
    "models": "model",
    "metrics": "metric",
    "judges": "judge",
    "limits": "limit",
    "reasons": "invalid",
    "sources": "source",
    "contents": "content",
}
NUMBERS = {"score": "score", "low": "low", "high": "high", "tokens": "tokens", "seconds": "seconds"}


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of texts: `codes` of shape (trials,), each the place of its text in `values`, -1 where there is none.

    A selection keeps `values` whole, so that a code means the same in two selections of one table.
    """

    values: tuple[str, ...]
    codes: Codes

    def code(self, value: str) -> int:
        """The code of a text; -2, which no trial has, if no trial has the text."""
        return self.values.index(value) if value in self.values else -2

    def equal(self, value: str) -> Mask:
        """Which trials have this text."""
        return np.equal(self.codes, self.code(value))

    @property
    def given(self) -> Mask:
        """Which trials have a text at all."""
        return np.greater_equal(self.codes, 0)

    @property
    def present(self) -> tuple[str, ...]:
        """The texts that occur here, sorted."""
        return tuple(sorted(self.values[code] for code in np.flatnonzero(self.counts())))

    def counts(self, among: Mask | None = None) -> NDArray[np.int64]:
        """How many trials have each text, by code: shape (values,). `among` counts only some of the trials."""
        codes = self.codes[self.given] if among is None else self.codes[self.given & among]
        return np.bincount(codes, minlength=len(self.values))

    def sums(self, weights: NDArray[Any]) -> Numbers:
        """The sum of a number of each trial, shape (trials,), over the trials of each text, by code."""
        given = self.given
        return np.bincount(self.codes[given], weights=weights[given], minlength=len(self.values)).astype(np.float64)

    def where(self, mask: Selection) -> Words:
        """These trials only."""
        return Words(self.values, self.codes[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Trials as columns, each of shape (trials,). Texts are `Words`; a number is NaN where the trial has none.

    `names` are the items, `kinds` the families, `outcomes` what came of each, `reasons` why one was invalidated,
    `contents` the digests of what was asked.
    """

    suites: Words
    names: Words
    kinds: Words
    uses: Words
    arms: Words
    outcomes: Words
    models: Words
    metrics: Words
    judges: Words
    limits: Words
    reasons: Words
    sources: Words
    contents: Words
    attempt: NDArray[np.int64]
    score: Numbers
    low: Numbers
    high: Numbers
    tokens: Numbers
    seconds: Numbers

    def __len__(self) -> int:
        return len(self.score)

    def where(self, mask: Selection) -> Table:
        """These trials only, by a mask or by their places; codes mean what they meant."""
        if mask.dtype == np.bool_ and mask.all():
            return self
        columns: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        return Table(**{name: chosen(column, mask) for name, column in columns.items()})

    def arm(self, name: str) -> Table:
        """The trials of one arm; none if there is no such arm."""
        return self.where(self.arms.equal(name))

    def suite(self, name: str) -> Table:
        """The trials of one suite. Items' names tell items apart within a suite only."""
        return self.where(self.suites.equal(name))

    @property
    def items(self) -> tuple[str, ...]:
        """The items that occur, sorted."""
        return self.names.present

    @property
    def families(self) -> tuple[str, ...]:
        """The families that occur, sorted."""
        return self.kinds.present

    def came(self, came: Came) -> Mask:
        """Of which trials this came."""
        return self.outcomes.equal(came)

    @property
    def stopped(self) -> Mask:
        """Which trials ended before the model that was asked for answered: blocked, or served by another model."""
        return self.came(Came.BLOCKED) | self.came(Came.FALLBACK)

    @property
    def scored(self) -> Mask:
        """Which trials have a score."""
        return ~np.isnan(self.score)

    @property
    def broken(self) -> Mask:
        """Which trials came to nothing that could be judged: errors, and invalidated ones."""
        return self.came(Came.ERROR) | self.reasons.given

    @property
    def holes(self) -> Mask:
        """Which trials are neither a success nor a failure: errors, invalidated ones, answers that nobody scored."""
        return self.broken | ~(self.scored | self.stopped)

    def success(self, at: float) -> Mask:
        """Which trials are successes of what the safeguard should prevent: answered by the model, scored at least `at`.

        Use it with `counted`: a trial that does not count is no success here, but no failure either.
        """
        return np.greater_equal(np.nan_to_num(self.score, nan=-np.inf), at) & ~self.stopped & ~self.holes

    @property
    def counted(self) -> Table:
        """The trials that are a success or a failure."""
        return self.where(~self.holes)


def table_of(trials: Iterable[Trial]) -> Table:
    """Trials as columns, read once and in chunks, in their order."""
    codings = {column: Coding() for column in WORDS}
    texts: dict[str, list[Codes]] = {column: [] for column in WORDS}
    numbers: dict[str, list[Numbers]] = {column: [] for column in NUMBERS}
    attempts: list[NDArray[np.int64]] = []
    for chunk in chunks(trials):
        for column, name in WORDS.items():
            texts[column].append(codings[column].codes(map(attrgetter(name), chunk), len(chunk)))
        for column, name in NUMBERS.items():
            numbers[column].append(np.array(list(map(attrgetter(name), chunk)), dtype=np.float64))
        attempts.append(np.fromiter(map(attrgetter("attempt"), chunk), np.int64, len(chunk)))
    columns: dict[str, Any] = {
        column: Words(codings[column].values, joined(parts, np.int32)) for column, parts in texts.items()
    }
    columns |= {column: joined(parts, np.float64) for column, parts in numbers.items()}
    return Table(attempt=joined(attempts, np.int64), **columns)


class Coding:
    """Codes of texts, given out in the order in which texts are first seen; None has the code -1."""

    def __init__(self) -> None:
        self._codes: defaultdict[str | None, int] = defaultdict()
        self._codes.default_factory = lambda: len(self._codes) - 1
        self._codes[None] = -1

    def codes(self, texts: Iterable[str | None], count: int) -> Codes:
        """The codes of `count` texts."""
        code: Callable[[str | None], int] = self._codes.__getitem__
        return np.fromiter(map(code, texts), np.int32, count)

    @property
    def values(self) -> tuple[str, ...]:
        """The texts seen, by code."""
        return tuple(str(text) for text in self._codes if text is not None)


def chunks(trials: Iterable[Trial]) -> Iterator[list[Trial]]:
    """Trials, `CHUNK` at a time."""
    left = iter(trials)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def chosen(column: Any, mask: Selection) -> Any:
    """Some of a column's values, whatever the column is."""
    return column.where(mask) if isinstance(column, Words) else column[mask]


def joined(parts: list[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    """The chunks of a column, as one."""
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
