"""Kleene's three truth values: what is known to hold, known not to hold, and not known."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """A truth value of strong Kleene logic."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


def of(known: bool) -> Truth:
    """The truth value of something that is known."""
    return Truth.TRUE if known else Truth.FALSE


def negation(truth: Truth) -> Truth:
    """True for false, false for true; what is unknown stays unknown."""
    if truth is Truth.TRUE:
        return Truth.FALSE
    return Truth.TRUE if truth is Truth.FALSE else truth


def conjunction(truths: Iterable[Truth]) -> Truth:
    """The weakest of the parts: false if one is false, else unknown if one is unknown."""
    weakest = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            weakest = truth
    return weakest


def disjunction(truths: Iterable[Truth]) -> Truth:
    """The strongest of the parts: true if one is true, else unknown if one is unknown."""
    strongest = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            strongest = truth
    return strongest
