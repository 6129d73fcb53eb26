"""Two arms put side by side by item: what a technique gains, and what a patch costs, are told from that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from licet.core.evidence.estimate import Comparison, Estimand, Told
from licet.evidence.inquiry.tried import Places, Tried
from licet.evidence.trials.table import Numbers


def paired(technique: Tried, other: Tried) -> tuple[Numbers, Numbers, Places | None]:
    """The shares of tries that succeeded in both arms, by item, of the items that both tried; and their families.

    The families are None where the estimate is about these items and no others.
    """
    first, second = technique.by_item(technique.hits), other.by_item(other.hits)
    both = ~(np.isnan(first) | np.isnan(second))
    if technique.estimand is Estimand.ITEMS:
        return first[both], second[both], None
    places = {family: place for place, family in enumerate(technique.families)}
    families = np.array([places[item.family] for item in technique.items], dtype=np.int64)
    return first[both], second[both], families[both]


def shared(technique: Tried, public: Tried) -> bool:
    """Whether two arms have an item in common, so that they can be paired."""
    return bool(np.intersect1d(technique.item, public.item).size)


def telling_nothing(found: Comparison) -> Comparison:
    """A comparison of arms that are not complete: its numbers are shown, and tell nothing."""
    return replace(found, told=Told.UNDECIDED)
