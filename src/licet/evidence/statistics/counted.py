"""Counts, levels and columns as they are handed in: checked once, here, or refused with a sentence."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from licet.core.errors import LicetError

Column = NDArray[np.float64]


class NoEstimateError(LicetError, ValueError):
    """Counts, shares or columns that no estimate can be made of. The message says what to hand in instead."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A column summed by cluster: per cluster the sum of its values and how many they are."""

    sums: Column
    sizes: Column

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return len(self.sums)

    @property
    def n(self) -> int:
        """How many values there are."""
        return int(self.sizes.sum())

    @property
    def mean(self) -> float:
        """The mean of all values, each counting alike."""
        return float(self.sums.sum() / self.sizes.sum())


def whole(name: str, number: SupportsIndex) -> int:
    """A count, as an int. Raises `NoEstimateError` for what is not a whole number of 0 or more."""
    try:
        count = operator.index(number)
    except TypeError:
        raise NoEstimateError(f"{name} must be a whole number, not `{number!r}`") from None
    if count < 0:
        raise NoEstimateError(f"{name} must be 0 or more, not {count}")
    return count


def counted(hits: SupportsIndex, n: SupportsIndex) -> tuple[int, int]:
    """Hits of n trials. Raises `NoEstimateError` if there is no trial, or there are more hits than trials."""
    checked, tries = whole("hits", hits), whole("n", n)
    if tries == 0:
        raise NoEstimateError("0 trials give no estimate; run at least one")
    if checked > tries:
        raise NoEstimateError(f"{checked} hits of {tries} trials cannot be; count both over the same trials")
    return checked, tries


def inside(name: str, share: float) -> float:
    """A number strictly between 0 and 1. Raises `NoEstimateError` otherwise."""
    if not 0 < share < 1:
        raise NoEstimateError(f"{name} must lie between 0 and 1, without either, not {share!r}")
    return float(share)


def margin_of(margin: float) -> float:
    """A margin: a difference greater than 0. Raises `NoEstimateError` otherwise."""
    if not (margin > 0 and math.isfinite(margin)):
        raise NoEstimateError(f"a margin must be greater than 0, not {margin!r}; say which difference counts as none")
    return float(margin)


def column(name: str, values: ArrayLike, low: float = 0.0, high: float = 1.0) -> Column:
    """Values in `[low, high]`, one a trial, as floats. Raises `NoEstimateError` for none, NaN, or one outside."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise NoEstimateError(f"{name} must be numbers, not {array.dtype}")
    if array.ndim != 1 or array.size == 0:
        raise NoEstimateError(f"{name} must be a column with at least one trial; its shape is {array.shape}")
    floats = array.astype(np.float64)
    least, most = float(floats.min()), float(floats.max())  # NaN, if there is one
    if not (low <= least and most <= high):
        raise NoEstimateError(f"{name} must lie from {low:g} to {high:g}; found {least:g} to {most:g}")
    return floats


def same_length(name: str, column: Column, other: NDArray[Any]) -> None:
    """Raises `NoEstimateError` unless both have a row for each trial."""
    if len(column) != len(other):
        raise NoEstimateError(f"{name} must be as many as the trials: {len(other)} are not {len(column)}")


def grouped(values: Column, clusters: ArrayLike) -> Grouped:
    """Values summed by cluster; `clusters` has a number (or any sortable mark) for each value.

    Raises `NoEstimateError` if there are not as many marks as values.
    """
    marks = np.asarray(clusters)
    if marks.dtype.kind not in "biuSU" and marks.size:
        raise NoEstimateError(f"clusters must be whole numbers or names, not {marks.dtype}")
    same_length("clusters", values, marks)
    _, which = np.unique(marks, return_inverse=True)
    sums = np.bincount(which, weights=values).astype(np.float64)
    return Grouped(sums, np.bincount(which).astype(np.float64))
