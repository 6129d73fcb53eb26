"""Looking while a suite runs: intervals that hold at every look at once, so one may stop whenever one likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit

from licet.core.evidence.estimate import Interval
from licet.evidence.statistics.counted import Column, NoEstimateError, column, inside

SEQUENCE = "beta-binomial confidence sequence"
_STEPS = 40
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Running:
    """A confidence sequence: at look i, after `tries[i]` trials, the rate lies in `[low[i], high[i]]`.

    With probability `level` it does so at all looks at once. `running[i]` is an `Interval`.
    """

    tries: NDArray[np.int64]
    hits: NDArray[np.int64]
    low: Column
    high: Column
    level: float

    def __len__(self) -> int:
        return len(self.tries)

    def __getitem__(self, look: int) -> Interval:
        return Interval(float(self.low[look]), float(self.high[look]), self.level, SEQUENCE)

    def __iter__(self) -> Iterator[Interval]:
        return (self[look] for look in range(len(self)))


def running(hits: ArrayLike, *, level: float = 0.95, looks: ArrayLike | None = None) -> Running:
    """The confidence sequence of a rate, from trials in the order in which they ran.

    `looks` are the numbers of trials after which somebody looks, rising; without them, after each. At each look the
    interval has the rates that the mixture of all rates, taken alike, does not beat by `1 / (1 - level)` (Ville 1939;
    Robbins 1970; Howard et al. 2021, section 3.4). Raises `NoEstimateError` for empty columns, values other than 0
    and 1, and looks that are not there.
    """
    values = column("hits", hits)
    if np.any((values != 0) & (values != 1)):
        raise NoEstimateError("hits must be 0 or 1 in a confidence sequence; say which score counts as a hit")
    tries = _looks(len(values), looks)
    found = np.cumsum(values)[tries - 1].astype(np.int64)
    missed = 1 - inside("level", level)
    low = _lower(found.astype(np.float64), tries.astype(np.float64), missed)
    high = 1 - _lower((tries - found).astype(np.float64), tries.astype(np.float64), missed)
    return Running(tries, found, low, high, level)


def _looks(n: int, looks: ArrayLike | None) -> NDArray[np.int64]:
    if looks is None:
        return np.arange(1, n + 1)
    tries = np.asarray(looks)
    if tries.ndim != 1 or tries.dtype.kind not in "iu" or not tries.size:
        raise NoEstimateError("looks must be a column of whole numbers of trials")
    if tries[0] < 1 or tries[-1] > n or np.any(np.diff(tries) <= 0):
        raise NoEstimateError(f"looks must rise from 1 or more to at most {n}, the trials there are")
    return tries.astype(np.int64)


def _lower(hits: Column, n: Column, missed: float) -> Column:
    """The lower ends: the least rate whose likelihood, times `1 / missed`, reaches that of the mixture.

    Newton's method on the log-odds. The logarithm of the likelihood is concave there, so each step from below stays
    below the end: stopping early gives a bound that is lower, and still valid.
    """
    wanted = betaln(hits + 1, n - hits + 1) + np.log(missed)
    some = hits > 0
    k, of, target = hits[some], n[some], wanted[some]
    odds = target / k  # the likelihood is less than `odds * k` says, so this lies below
    for _ in range(_STEPS):
        short = target - (k * odds - of * np.logaddexp(0, odds))
        step = short / (k - of * expit(odds))
        odds = odds + step
        if np.max(step, initial=0.0) < _CLOSE:
            break
    low = np.zeros(len(hits))
    low[some] = expit(odds)
    return low
