"""Encounters: what anybody who asks over a stretch meets, by the reference's own `judge`."""

from __future__ import annotations

from dataclasses import replace

from licet.core.change import change
from licet.core.conditions import Attested, Condition, evaluate
from licet.core.differences import Key, difference_key
from licet.core.facts import Facts
from licet.core.instruments import Provision
from licet.core.truth import Truth
from licet.engines.differences.stretch import Link, Side, Stretch, answered_by

Known = bytes
"""What is known of each provision of a stretch, in their order: the values of `Truth`."""

TRUTHS = {truth.value: truth for truth in Truth}


class Encounter:
    """What anybody meets over one stretch, remembered by what is true of them.

    Each provision stands here with one atom in place of its condition: so what has been found out of a condition is not
    found out again. The unknown facts of a decision are thereby not told, only whether there are any.
    """

    def __init__(self, stretch: Stretch) -> None:
        self._conditions: list[Condition] = []
        before, after = self._abridged(stretch.before), self._abridged(stretch.after)
        self._stretch = stretch._replace(before=before, after=after)
        self._keys: dict[Known, Key] = {}

    def _abridged(self, side: Side) -> Side:
        links = (Link(model, tuple(map(self._short, provisions))) for model, provisions in side.links)
        return side._replace(links=tuple(links))

    def _short(self, provision: Provision) -> Provision:
        self._conditions.append(provision.condition)
        return replace(provision, condition=Attested(str(len(self._conditions) - 1)))

    def known(self, facts: Facts) -> Known:
        """What is known of the provisions, about somebody."""
        return bytes(evaluate(condition, facts).value for condition in self._conditions)

    def key(self, facts: Facts) -> Key:
        """The class of somebody."""
        known = self.known(facts)
        if known not in self._keys:
            stretch = self._stretch
            before = answered_by(stretch.before, stretch, lambda atom: TRUTHS[known[int(atom.fact)]])
            after = answered_by(stretch.after, stretch, lambda atom: TRUTHS[known[int(atom.fact)]])
            self._keys[known] = difference_key(change(before, after, stretch.exchanged, stretch.after.rulebook))
        return self._keys[known]
