"""Formulas: what rulebooks say of a subject, for an SMT solver: one symbol for each provision, and verdicts over them.

The definition of each symbol is guarded by a tracker with the provision's name: an unsatisfiable core then names the
provisions from which the contradiction follows, whatever the others say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import z3

from licet.core.catalogue import Model
from licet.core.conditions import Condition
from licet.core.facts import Facts
from licet.core.instruments import Instrument, Licence, Order, Provision, Release
from licet.core.rulebook import Rulebook
from licet.engines.smt.logic import TRUE, every, follows, hint, last, no, number, same, solver, some, tell
from licet.engines.smt.terms import Terms


class Formulas:
    """The provisions of some rulebooks as formulas, and a solver that knows their definitions and the axioms.

    Rulebooks that share a provision share its symbol. `conditions` are further ones that will be
    asked about (`terms.true`, `terms.possible`): variables are made for all of them at once.
    """

    def __init__(self, rulebooks: Sequence[Rulebook], conditions: Iterable[Condition] = ()) -> None:
        declared = {name: fact for rulebook in rulebooks for name, fact in rulebook.facts.items()}
        provisions = [each for rulebook in rulebooks for each in rulebook.instruments if isinstance(each, Provision)]
        self.terms = Terms(declared, [*(each.condition for each in provisions), *conditions])
        self.solver = solver()
        tell(self.solver, *self.terms.axioms)
        for each in self.terms.simple():
            hint(self.solver, each, TRUE)
        self._symbols: dict[Provision, z3.BoolRef] = {}
        self._seen: dict[int, tuple[Provision, z3.BoolRef]] = {}
        self._trackers: dict[int, tuple[z3.BoolRef, str]] = {}
        self._of_symbol: dict[int, z3.BoolRef] = {}
        self._allowed: dict[tuple[int, ...], tuple[Sequence[Provision], z3.BoolRef]] = {}

    def holds(self, provision: Provision) -> z3.BoolRef:
        """The symbol of a provision: an order's condition is not definitely false, any other's is definitely true."""
        known = self._seen.get(id(provision))
        if known is None:
            symbol = self._symbols.get(provision)
            if symbol is None:
                symbol = self._symbols[provision] = self._define(provision)
            # the provision is kept, so that no other one can come to have its number
            known = self._seen[id(provision)] = (provision, symbol)
        return known[1]

    def _define(self, provision: Provision) -> z3.BoolRef:
        place = len(self._symbols)
        symbol, tracker = z3.Bool(f"holds {place}"), z3.Bool(f"as written {place}")
        true, possible = self.terms.pair(provision.condition)
        tell(self.solver, follows(tracker, same(symbol, possible if isinstance(provision, Order) else true)))
        self._trackers[number(tracker)] = (tracker, provision.name)
        self._of_symbol[number(symbol)] = tracker
        return symbol

    def permitted(self, provisions: Iterable[Provision]) -> z3.BoolRef:
        """That some release among the provisions that are in force and cover a model permits it."""
        return some(self.holds(each) for each in provisions if isinstance(each, Release))

    def forbids(self, order: Order, provisions: Iterable[Provision]) -> z3.BoolRef:
        """That an order forbids, none of the licences among these provisions relieving it."""
        licences = [each for each in provisions if isinstance(each, Licence) and order.name in each.relieves]
        return every((self.holds(order), *(no(self.holds(each)) for each in licences)))

    def allowed(self, provisions: Sequence[Provision]) -> z3.BoolRef:
        """That a model is allowed, given the provisions that are in force and cover it; see `decision.judge`."""
        key = tuple(map(id, provisions))
        if key not in self._allowed:
            orders = [each for each in provisions if isinstance(each, Order)]
            verdict = every((self.permitted(provisions), *(no(self.forbids(each, provisions)) for each in orders)))
            # the provisions are kept, so that no other ones can come to have their numbers
            self._allowed[key] = (provisions, verdict)
        return self._allowed[key][1]

    def trackers(self, provisions: Iterable[Provision] | None = None) -> list[z3.BoolRef]:
        """The assumptions that provisions say what they say: those given, or all that were met so far.

        Pass them to each `check`. Those that a formula speaks of are enough, and faster.
        """
        if provisions is None:
            return [tracker for tracker, _ in self._trackers.values()]
        return [self._of_symbol[number(self.holds(each))] for each in provisions]

    def named(self, core: Iterable[z3.BoolRef]) -> tuple[str, ...]:
        """The provisions behind the trackers in an unsatisfiable core, in alphabetical order."""
        found = {self._trackers[number(each)][1] for each in core if number(each) in self._trackers}
        return tuple(sorted(found))

    def facts(self) -> Facts:
        """The subject and request of the solver's last model."""
        return self.terms.facts(last(self.solver))


def covering(in_force: Iterable[Instrument], model: Model, operation: str) -> tuple[Provision, ...]:
    """The provisions among some instruments that speak of a model and an operation, in their order."""
    return tuple(each for each in in_force if isinstance(each, Provision) and each.covers(model, operation))
