"""A rulebook at an instant over many classes of subjects at once: who is served what, class by class.

The same semantics as `core.decision.judge` and `decide`, with sets of classes in the place of truths. `columns_change`
holds each result against `judge` before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from licet.core.catalogue import Model
from licet.core.conditions import Atom, Condition, evaluate_atom
from licet.core.facts import UNKNOWN, About, Value
from licet.core.instruments import Licence, Operation, Order, Provision, Release, Streams
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.engines.columns.codes import SUBJECT
from licet.engines.columns.sets import Block, Kleene, blamed, settled, union

OPERATION = Operation.USE.value
"""The operation that populations are decided for."""

Sets = dict[str, int]
"""Sets of classes by name."""


class Reading:
    """What a block's facts and the request's (`request`) say of conditions, each worked out once."""

    def __init__(self, block: Block, request: Mapping[str, Value]) -> None:
        self.block = block
        self.request = request
        self._settled: dict[Condition, Kleene] = {}
        self._blamed: dict[Condition, Mapping[str, int]] = {}

    def settled(self, condition: Condition) -> Kleene:
        """Where a condition holds, and where it does not."""
        if condition not in self._settled:
            self._settled[condition] = settled(condition, self._known, self.block.everybody)
        return self._settled[condition]

    def possible(self, condition: Condition) -> int:
        """Where a condition is not definitely false."""
        return self.block.everybody & ~self.settled(condition).false

    def blamed(self, condition: Condition) -> Mapping[str, int]:
        """The facts that keep it unknown, and where."""
        if condition not in self._blamed:
            self._blamed[condition] = blamed(condition, self._known, self.block.everybody)
        return self._blamed[condition]

    def _known(self, atom: Atom) -> Kleene:
        if atom.fact not in self.request:
            return self.block.atoms[atom]
        truth = evaluate_atom(atom, self.request[atom.fact])
        everybody = self.block.everybody
        return Kleene(everybody if truth is Truth.TRUE else 0, everybody if truth is Truth.FALSE else 0)


def request_facts(rulebook: Rulebook, *, stream: bool) -> dict[str, Value]:
    """A value for every fact about the request but the subject's name: whether it is for a stream, and nothing else."""
    names = [name for name, fact in rulebook.facts.items() if fact.about is About.REQUEST and name != SUBJECT]
    return {name: stream if name == "stream" else UNKNOWN for name in names}


class Standing:
    """What the provisions that are in force and cover one model say of it: who permits, who forbids, who relieves."""

    def __init__(self, provisions: list[Provision], reading: Reading) -> None:
        self._reading = reading
        self._releases = [each for each in provisions if isinstance(each, Release)]
        self._orders = [each for each in provisions if isinstance(each, Order)]
        self._licences = [each for each in provisions if isinstance(each, Licence)]
        self.permitted_by: Sets = {each.name: reading.settled(each.condition).true for each in self._releases}
        self.forbidden_by: Sets = {}
        self.relieved: dict[tuple[str, str], int] = {}
        for order in self._orders:
            possible = reading.possible(order.condition)
            for licence in self._relieving(order):
                self.relieved[order.name, licence.name] = possible & reading.settled(licence.condition).true
            relief = union(self.relieved[order.name, licence.name] for licence in self._relieving(order))
            self.forbidden_by[order.name] = possible & ~relief
        self.permitted = union(self.permitted_by.values())
        self.forbidden = union(self.forbidden_by.values())
        self.allowed = self.permitted & ~self.forbidden

    @cached_property
    def finishing(self) -> int:
        """Where answers that are being streamed may finish: nothing but orders that let them forbids the model."""
        cutting = [each.name for each in self._orders if each.streams is not Streams.FINISH]
        return self.permitted & self.forbidden & ~union(self.forbidden_by[name] for name in cutting)

    @cached_property
    def missing(self) -> Sets:
        """The unknown facts of which one must become known, with the classes where it is one of them."""
        everybody = self._reading.block.everybody
        hopeless, found = self.allowed, Sets()
        doors: list[tuple[int, list[Provision]]] = [(everybody & ~self.permitted, [*self._releases])]
        doors += [(self.forbidden_by[order.name], [order, *self._relieving(order)]) for order in self._orders]
        for closed, door in doors:
            hopeless |= closed & ~union(self._unknown(each) for each in door)
            for each in door if closed else ():
                for fact, classes in self._reading.blamed(each.condition).items():
                    found[fact] = found.get(fact, 0) | (classes & closed)
        return {fact: classes & ~hopeless for fact, classes in sorted(found.items()) if classes & ~hopeless}

    def determining(self, where: int) -> Sets:
        """The instruments that permit, and those that relieve and are relieved, in some classes where it serves."""
        found = {name: classes & where for name, classes in self.permitted_by.items()}
        for pair, classes in self.relieved.items():
            for name in pair:
                found[name] = found.get(name, 0) | (classes & where)
        return found

    def _relieving(self, order: Order) -> list[Licence]:
        return [each for each in self._licences if order.name in each.relieves]

    def _unknown(self, provision: Provision) -> int:
        true, false = self._reading.settled(provision.condition)
        return self._reading.block.everybody & ~(true | false)


class Law:
    """A rulebook at an instant, over the classes of a block."""

    def __init__(self, rulebook: Rulebook, at: datetime, reading: Reading) -> None:
        self.rulebook = rulebook
        self.at = at
        self.reading = reading
        self._in_force = [each for each in rulebook.in_force(at) if isinstance(each, Provision)]
        self._standings: dict[str, Standing] = {}
        self._served: dict[str, dict[str | None, int]] = {}

    def standing(self, name: str) -> Standing:
        """What is said of one model."""
        if name not in self._standings:
            model = self.rulebook.catalogue.models[name]
            covering = [each for each in self._in_force if each.covers(model, OPERATION)]
            self._standings[name] = Standing(covering, self.reading)
        return self._standings[name]

    def chain(self, name: str) -> tuple[str, ...]:
        """A model and its fallbacks; nothing for a model that is not in the catalogue."""
        model: Model | None = self.rulebook.catalogue.models.get(name)
        return (model.name, *model.fallback) if model else ()

    def served(self, name: str) -> dict[str | None, int]:
        """The classes that are served each model if they ask for this one; None: nothing."""
        if name not in self._served:
            found: dict[str | None, int] = {}
            rest = self.reading.block.everybody
            for each in self.chain(name):
                allowed = self.standing(each).allowed
                found[each] = rest & allowed
                rest &= ~allowed
            self._served[name] = {**found, None: rest}
        return self._served[name]

    def instruments(self, name: str) -> Sets:
        """The instruments that determine what is served to those who ask for a model, and where each does."""
        if not self.chain(name):
            return {}
        found = dict(self.standing(name).forbidden_by)
        for model, where in self.served(name).items():
            for instrument, classes in self.standing(model).determining(where).items() if model else ():
                found[instrument] = found.get(instrument, 0) | classes
        return found

    def missing(self, name: str) -> Sets:
        """The unknown facts that keep a model from those who ask for it."""
        return self.standing(name).missing if self.chain(name) else {}

    def ended(self, name: str, before: Law) -> int:
        """Where an answer of whatever model served those who asked for this one is ended when this takes effect."""
        had = before.served(name)
        if not self.chain(name):
            return had.get(name, 0)
        found, rest = 0, self.reading.block.everybody
        for each in self.chain(name):
            standing = self.standing(each)
            found |= had.get(each, 0) & rest & ~standing.allowed & ~standing.finishing
            rest &= ~standing.allowed
        return found
