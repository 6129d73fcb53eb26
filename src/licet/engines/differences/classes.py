"""Classes of subjects whose decisions differ in the same way, as formulas that describe exactly those subjects."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import z3

from licet.core.change import NARROWING
from licet.core.differences import Key
from licet.core.instruments import Licence, Order, Provision, Release, Streams
from licet.engines.differences.stretch import Link, Side, Stretch
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import FALSE, TRUE, every, no, number, same, some, tell

Served = tuple[str | None, str | None]
"""What is served before and after."""


class Verdicts:
    """Whether models are allowed, as symbols that are shared by everything that asks for the same."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self.solver = formulas.solver
        self._symbols: dict[int, tuple[z3.BoolRef, z3.BoolRef]] = {}
        self._forbids: dict[tuple[int, ...], z3.BoolRef] = {}
        self._settled = 0

    def allowed(self, link: Link) -> z3.BoolRef:
        """That a model is allowed."""
        formula = self.formulas.allowed(link.provisions)
        found = self._symbols.get(number(formula))
        if found is None:
            symbol = z3.Bool(f"allowed {len(self._symbols)}")
            tell(self.solver, same(symbol, formula))
            # the formula is kept, so that no other one can come to have its number
            found = self._symbols[number(formula)] = (formula, symbol)
        return found[1]

    def forbids(self, order: Order, provisions: tuple[Provision, ...]) -> z3.BoolRef:
        """That an order forbids, which no licence among some provisions relieves."""
        licences = (each for each in provisions if isinstance(each, Licence) and order.name in each.relieves)
        key = id(order), *map(id, licences)
        if key not in self._forbids:
            self._forbids[key] = self.formulas.forbids(order, provisions)
        return self._forbids[key]

    def settle(self) -> None:
        """Let the solver take every provision met so far at its word."""
        trackers = self.formulas.trackers()
        tell(self.solver, *trackers[self._settled :])
        self._settled = len(trackers)


class Classes:
    """The classes over one stretch."""

    def __init__(self, verdicts: Verdicts, stretch: Stretch) -> None:
        self._verdicts, self._formulas, self._stretch = verdicts, verdicts.formulas, stretch
        self._before = served(verdicts, stretch.before)
        self._after = served(verdicts, stretch.after)
        self._remembered: dict[Served, list[tuple[str, z3.BoolRef, z3.BoolRef]]] = {}

    def differ(self) -> z3.BoolRef:
        """Everybody who is served otherwise."""
        alike = [every((self._before[name], self._after[name])) for name in self._before if name in self._after]
        return no(some(alike))

    def served(self, was: str | None, becomes: str | None) -> z3.BoolRef:
        """Everybody who is served one model before and another one after."""
        return every((self._before[was], self._after[becomes]))

    def of(self, key: Key) -> z3.BoolRef:
        """Exactly those who meet the change of a key."""
        parts = [self.served(key.was, key.becomes)]
        for name, does, does_not in self._determining(key.was, key.becomes):
            parts.append(does if name in key.by else does_not)
        cuts = self._cuts(key)
        parts.append(cuts if key.cuts else no(cuts))
        if key.effect in NARROWING:
            parts.append(self._open if key.open else no(self._open))
        return every(parts)

    def _determining(self, was: str | None, becomes: str | None) -> list[tuple[str, z3.BoolRef, z3.BoolRef]]:
        """That an instrument determines one of the decisions, and that it does not, for each that can."""
        if (was, becomes) not in self._remembered:
            self._remembered[was, becomes] = [*self._all_determining(was, becomes)]
        return self._remembered[was, becomes]

    def _all_determining(self, was: str | None, becomes: str | None) -> Iterator[tuple[str, z3.BoolRef, z3.BoolRef]]:
        for name in sorted(self._stretch.exchanged):
            old = self._determines(self._stretch.before, was, name)
            ways = [*old, *self._determines(self._stretch.after, becomes, name)]
            if ways:
                does = some(ways)
                yield name, does, no(does)

    def _determines(self, side: Side, serving: str | None, name: str) -> Iterator[z3.BoolRef]:
        """That it determines a decision by which `serving` serves; see `core.decision.determining`."""
        requested = side.links[0].provisions if side.links else ()
        for order in requested:
            if order.name == name and isinstance(order, Order):
                yield self._verdicts.forbids(order, requested)
        final = next((link.provisions for link in side.links if link.model.name == serving), ())
        for each in final:
            if each.name == name:
                yield from self._helps(each, final)

    def _helps(self, provision: Provision, provisions: tuple[Provision, ...]) -> Iterator[z3.BoolRef]:
        """That a release permits, or that an order is relieved by a licence, of a model that is allowed."""
        holds = self._formulas.holds
        match provision:
            case Release():
                yield holds(provision)
            case Order(name=name):
                licences = [each for each in provisions if isinstance(each, Licence) and name in each.relieves]
                yield every((holds(provision), some(map(holds, licences))))
            case Licence(relieves=names):
                orders = [each for each in provisions if isinstance(each, Order) and each.name in names]
                yield every((holds(provision), some(map(holds, orders))))

    def _cuts(self, key: Key) -> z3.BoolRef:
        """That an answer of the model that served before is ended; see `core.change.cuts`."""
        if not self._stretch.after.links:
            return TRUE if key.was == key.model else FALSE
        link = self._tried_again(key)
        if link is None:
            return FALSE
        orders = [each for each in link.provisions if isinstance(each, Order) and each.streams is not Streams.FINISH]
        forbidden = [self._verdicts.forbids(order, link.provisions) for order in orders]
        return some((no(self._formulas.permitted(link.provisions)), *forbidden))

    def _tried_again(self, key: Key) -> Link | None:
        """The model that served before, if the second decision came as far as to look at it."""
        for link in self._stretch.after.links:
            if link.model.name == key.becomes:
                return None
            if link.model.name == key.was:
                return link
        return None

    @cached_property
    def _open(self) -> z3.BoolRef:
        """That what keeps the model from being allowed are unknown facts; see `core.decision.what_is_missing`."""
        if not self._stretch.after.links:
            return FALSE
        provisions = self._stretch.after.links[0].provisions
        releases = [each for each in provisions if isinstance(each, Release)]
        doors = [some((self._formulas.permitted(provisions), *map(self._unknown, releases)))]
        for order in provisions:
            if isinstance(order, Order):
                licences = [li for li in provisions if isinstance(li, Licence) and order.name in li.relieves]
                questions = [self._unknown(each) for each in (order, *licences)]
                doors.append(some((no(self._verdicts.forbids(order, provisions)), *questions)))
        return every(doors)

    def _unknown(self, provision: Provision) -> z3.BoolRef:
        true, possible = self._formulas.terms.pair(provision.condition)
        return every((possible, no(true)))


def served(verdicts: Verdicts, side: Side) -> dict[str | None, z3.BoolRef]:
    """For each model of a chain, and for none, that it is the one that serves."""
    found: dict[str | None, z3.BoolRef] = {}
    closed: list[z3.BoolRef] = []
    for link in side.links:
        allowed = verdicts.allowed(link)
        found[link.model.name] = every((*closed, allowed))
        closed.append(no(allowed))
    found[None] = every(closed)
    return found
