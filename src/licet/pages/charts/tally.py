"""Sums over the rows of a preview: by meaning, by model, by organisation, by unknown fact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from licet.core.change import NARROWING, Effect
from licet.core.preview import Preview, Row, Touched
from licet.pages.role import Role, role_of

Key = TypeVar("Key", bound=Hashable)
Counted = TypeVar("Counted", Row, Touched)

Tally = dict[Role, int]
"""How many of each meaning. Subjects of one model; over several models, pairs of a subject and a model."""


def changed(preview: Preview) -> tuple[Row, ...]:
    """The rows in which anything happens, be it that a stream is cut; a preview may hold the others too."""
    return tuple(row for row in preview.rows if row.change.effect is not Effect.SAME or row.change.cuts)


def by_role(rows: Iterable[Row | Touched]) -> Tally:
    """How many of each meaning."""
    sums: Tally = {}
    for row in rows:
        role = role_of(row.change)
        sums[role] = sums.get(role, 0) + row.subjects
    return {role: sums[role] for role in Role if role in sums}


def grouped(rows: Iterable[Counted], key: Callable[[Counted], Key]) -> dict[Key, list[Counted]]:
    """Rows by something they have in common; the largest group first, equal ones in the order they came."""
    groups: dict[Key, list[Counted]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return dict(sorted(groups.items(), key=lambda item: -subjects(item[1])))


def subjects(rows: Iterable[Row | Touched]) -> int:
    """How many altogether."""
    return sum(row.subjects for row in rows)


def losing(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Those who lose something, whether another model serves them or not."""
    return tuple(row for row in rows if row.change.effect in NARROWING)


def only_unknown(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Those of them who lose it only because a fact about them is unknown."""
    return tuple(row for row in losing(rows) if row.change.unknown)


def requests(rows: Iterable[Row]) -> float | None:
    """Requests a day of these, None where no journal counted any."""
    counted = [row.requests for row in rows if row.requests is not None]
    return sum(counted) if counted else None
