"""The rulebook as plain SQL, for comparison and as an oracle: every condition of every model over every account.

SQL's own logic of three values is Kleene's, so a fact that is not known is NULL here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Attested,
    Compare,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
)
from licet.core.instruments import Licence, Order, Provision, Release
from licet.core.rulebook import Rulebook


def query(book: Rulebook, at: datetime, name: str) -> str:
    """How many accounts of each kind are served what if they ask for a model."""
    model = book.catalogue.models[name]
    served = " ".join(f"WHEN {allowed(book, at, each)} THEN '{each}'" for each in (model.name, *model.fallback))
    return f"SELECT kind, CASE {served} END AS served, count(*) FROM accounts GROUP BY ALL"


def allowed(book: Rulebook, at: datetime, name: str) -> str:
    """Whether a model is allowed."""
    model = book.catalogue.models[name]
    there = [each for each in book.in_force(at) if isinstance(each, Provision) and each.covers(model, "use")]
    licences = [each for each in there if isinstance(each, Licence)]
    permits = [f"({sql(each.condition)}) IS TRUE" for each in there if isinstance(each, Release)]
    forbids = []
    for order in there:
        if isinstance(order, Order):
            relief = [f"({sql(each.condition)}) IS TRUE" for each in licences if order.name in each.relieves]
            forbids.append(f"(({sql(order.condition)}) IS NOT FALSE AND NOT ({disjunction(relief)}))")
    return f"(({disjunction(permits)}) AND NOT ({disjunction(forbids)}))"


def disjunction(parts: Iterable[str]) -> str:
    return " OR ".join(parts) or "false"


def sql(condition: Condition) -> str:
    """A condition. Of comparisons, only those that the generated world has."""
    match condition:
        case Always(holds):
            return str(holds).lower()
        case Attested(fact):
            return fact
        case OneOf(fact, choices):
            return f"{fact} IN ({', '.join(repr(each) for each in sorted(choices, key=str))})"
        case Contains(fact, member):
            known = f"WHEN {fact}_complete AND {fact} IS NOT NULL THEN false"
            return f"CASE WHEN list_contains({fact}, '{member}') THEN true {known} END"
        case Defined(_, _, inner):
            return sql(inner)
        case Not(inner):
            return f"(NOT ({sql(inner)}))"
        case AllOf(parts):
            return "(" + " AND ".join(sql(part) for part in parts) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(sql(part) for part in parts) + ")"
        case Compare():
            raise ValueError(f"no comparison stands in the rulebook that is measured: {condition}")
