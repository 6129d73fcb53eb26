"""What a condition of the grammar means: each name leads to a fact, a definition or a list, and types are checked."""

from __future__ import annotations

import ast

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Attested,
    Compare,
    Comparison,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
)
from licet.core.definitions import Annex, Definition, Scope
from licet.core.facts import Fact, Kind
from licet.core.grammar import COMPARISONS, literal, quoted, rejected

MIRRORED = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
    Comparison.BELOW: Comparison.ABOVE,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.ABOVE: Comparison.BELOW,
    Comparison.AT_LEAST: Comparison.AT_MOST,
}


def meaning(node: ast.expr, scope: Scope) -> Condition:
    """The meaning of a checked condition. Raises `ConditionRejectedError` for an unknown name or a type error."""
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = tuple(meaning(value, scope) for value in values)
            return AnyOf(parts) if isinstance(op, ast.Or) else AllOf(parts)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return Not(meaning(inner, scope))
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return membership(left, right, scope)
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[right]):
            return Not(membership(left, right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return comparison(left, COMPARISONS[type(op)], right, scope)
        case ast.Constant(value=bool() as holds):
            return Always(holds)
        case ast.Name(id=name):
            return by_name(name, node, scope)
        case _:
            raise rejected("a condition is needed here, not a value", node)


def by_name(name: str, node: ast.expr, scope: Scope) -> Condition:
    """A name that stands as a condition by itself: a definition, or a boolean fact."""
    used = scope.uses.get(name)
    if isinstance(used, Definition):
        return Defined(name, used.name, used.holds_if)
    if isinstance(used, Annex):
        raise rejected(f"`{name}` is a list; write `<fact> in {name}`", node)
    fact = fact_called(name, node, scope)
    if fact.kind is not Kind.BOOLEAN:
        raise rejected(f"`{name}` is a {fact.kind.value}, not a boolean; compare it with something", node)
    return Attested(name)


def fact_called(name: str, node: ast.expr, scope: Scope) -> Fact:
    fact = scope.facts.get(name)
    if fact is None and name in ("true", "false"):
        raise rejected(f"`{name}` in a condition is written `{name.title()}`", node)
    if fact is None:
        known = ", ".join(sorted({*scope.facts, *scope.uses})) or "none"
        raise rejected(f"unknown fact `{name}`; known here: {known}", node)
    return fact


def comparison(left: ast.expr, sign: Comparison, right: ast.expr, scope: Scope) -> Condition:
    """A fact compared with a literal, whichever of the two stands on the left."""
    if not isinstance(left, ast.Name):
        left, sign, right = right, MIRRORED[sign], left
    if not isinstance(left, ast.Name):
        raise rejected("two literals are compared; one side must be a fact", right)
    if isinstance(right, ast.Name):
        raise rejected(f"`{left.id}` is compared with the name `{right.id}`; compare a fact with a literal", right)
    fact = fact_called(left.id, left, scope)
    if sign not in (Comparison.EQUAL, Comparison.UNEQUAL) and fact.kind is not Kind.INTEGER:
        raise rejected(f"`{sign.value}` orders whole numbers; `{fact.name}` is a {fact.kind.value}", left)
    if isinstance(right, ast.Set):
        return Compare(fact.name, sign, frozenset(members_of(right, fact)))
    value = literal(right)
    if fact.kind.is_set:
        message = (
            f"`{fact.name}` is a {fact.kind.value}; compare it with a set, or write `{quoted(value)} in {fact.name}`"
        )
        raise rejected(message, right)
    if not fact.admits(value):
        allowed = "`True` or `False`" if fact.kind is Kind.BOOLEAN else fact.allowed
        raise rejected(f"`{quoted(value)}` cannot be a value of `{fact.name}`; allowed: {allowed}", right)
    return Compare(fact.name, sign, value)


def members_of(node: ast.Set, fact: Fact) -> list[str]:
    """The members of a set literal that a set-valued fact is compared with."""
    if not fact.kind.is_set:
        raise rejected(f"`{fact.name}` is a {fact.kind.value}; write `{fact.name} in {{...}}`", node)
    return [member_of(member, fact) for member in node.elts]


def member_of(node: ast.expr, fact: Fact) -> str:
    value = literal(node)
    if not isinstance(value, str) or not fact.admits_member(value):
        raise rejected(f"`{quoted(value)}` cannot be a value of `{fact.name}`; allowed: {fact.allowed}", node)
    return value


def membership(left: ast.expr, right: ast.expr, scope: Scope) -> Condition:
    """`"FR" in citizenships`, `org in annex_a`, `residence in {"FR", "DE"}`."""
    if isinstance(left, ast.Name):
        return among(fact_called(left.id, left, scope), right, scope)
    member = literal(left)
    if not isinstance(right, ast.Name):
        raise rejected("`in` needs a fact on one side", right)
    fact = fact_called(right.id, right, scope)
    if not fact.kind.is_set:
        raise rejected(f"`{fact.name}` is a {fact.kind.value}, not a set", right)
    return Contains(fact.name, member_of(ast.copy_location(ast.Constant(member), left), fact))


def among(fact: Fact, right: ast.expr, scope: Scope) -> Condition:
    """A fact of one value among the members of a set literal or of a list."""
    if fact.kind.is_set or fact.kind is Kind.BOOLEAN:
        raise rejected(f"`{fact.name}` is a {fact.kind.value}; `in` needs one text or number on its left", right)
    if isinstance(right, ast.Name):
        used = scope.uses.get(right.id)
        if not isinstance(used, Annex) or fact.kind is Kind.INTEGER:
            raise rejected(f"`{right.id}` is not a list that `{fact.name}` can be in; name it in `uses`", right)
        stranger = next((each for each in sorted(used.members) if not fact.admits_member(each)), None)
        if stranger is not None:
            raise rejected(
                f"the list `{right.id}` has `{stranger}`, which cannot be a value of `{fact.name}`; "
                f"allowed: {fact.allowed}",
                right,
            )
        return OneOf(fact.name, used.members, right.id)
    if not isinstance(right, ast.Set):
        raise rejected("`in` needs a set `{...}` or a list on its right", right)
    if fact.kind is Kind.INTEGER:
        return OneOf(fact.name, frozenset(number(member) for member in right.elts))
    return OneOf(fact.name, frozenset(member_of(member, fact) for member in right.elts))


def number(node: ast.expr) -> int:
    value = literal(node)
    if isinstance(value, bool) or not isinstance(value, int):
        raise rejected(f"`{quoted(value)}` is not a whole number", node)
    return value
