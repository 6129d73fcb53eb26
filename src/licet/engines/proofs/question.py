"""Questions to a solver: may it be, for some model, from some instant on, that a property fails for somebody?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import z3

from licet.core.conditions import Always
from licet.core.instruments import Provision
from licet.core.properties import Certainty, Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.time import Coverage
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import FALSE, differ, every, no, some

Provisions = tuple[Provision, ...]
Chain = tuple[tuple[str, Provisions], ...]
"""A model and its fallbacks, each with the provisions that cover it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a property can fail for who asks for `model` from `at` on, under the rulebook `after`, compared with
    `before` where the claim compares.

    Questions with the same `key` have the same answer: the sets of provisions, by identity. `provisions` are all that
    the formula speaks of. `about`: the instrument whose failure that would be.
    """

    at: datetime
    model: str
    operation: str
    key: tuple[object, ...]
    provisions: Provisions
    formula: Callable[[Formulas], z3.BoolRef]
    after: Rulebook
    before: Rulebook | None = None
    about: tuple[str, ...] = ()


def concerned(property_: Property, formulas: Formulas) -> z3.BoolRef:
    """That a property is about the subject."""
    possible = property_.certainty is Certainty.POSSIBLE
    return formulas.terms.possible(property_.whom) if possible else formulas.terms.true(property_.whom)


def is_about_everyone(property_: Property) -> bool:
    """Whether nobody is left out."""
    return property_.whom == Always(True)


def identities(*sets: Provisions) -> tuple[tuple[int, ...], ...]:
    """Sets of provisions as a key. The provisions of rulebooks that are compared are the same objects where equal."""
    return tuple(tuple(map(id, provisions)) for provisions in sets)


def together(*sets: Provisions) -> Provisions:
    """All the provisions in some sets, each once."""
    return tuple({id(each): each for provisions in sets for each in provisions}.values())


def chain_at(coverage: Coverage, model: str, operation: str, at: datetime) -> Chain:
    """A model's fallback chain at an instant."""
    return tuple((name, coverage.at(name, operation, at)) for name in coverage.chain(model))


def chain_edges(coverage: Coverage, model: str, operation: str) -> Iterator[datetime]:
    """The instants at which it changes what covers a model or one of its fallbacks."""
    for name in coverage.chain(model):
        yield from coverage.edges(name, operation)


def chain_key(chain: Chain) -> tuple[object, ...]:
    """A fallback chain as a key."""
    return tuple((name, tuple(map(id, provisions))) for name, provisions in chain)


def served(formulas: Formulas, chain: Chain) -> dict[str, z3.BoolRef]:
    """For each model of a fallback chain, that it is the one that serves: allowed, and none before it."""
    found: dict[str, z3.BoolRef] = {}
    refused: list[z3.BoolRef] = []
    for name, provisions in chain:
        allowed = formulas.allowed(provisions)
        found[name] = every((allowed, *refused))
        refused.append(no(allowed))
    return found


def differs(formulas: Formulas, before: Chain, after: Chain) -> z3.BoolRef:
    """That it is not the same model that serves."""
    was, becomes = served(formulas, before), served(formulas, after)
    names = dict.fromkeys((*was, *becomes))
    return some(differ(was.get(name, FALSE), becomes.get(name, FALSE)) for name in names)


def in_chains(*chains: Chain) -> Provisions:
    """All the provisions along some chains."""
    return together(*(provisions for chain in chains for _, provisions in chain))


def in_order(questions: Sequence[Question]) -> list[Question]:
    """The earliest first; at one instant, as they came."""
    return sorted(questions, key=lambda each: each.at)
