"""Cedar's text: strings, entities, and conditions as Cedar expressions with two values instead of three.

A condition becomes one of two expressions: whether it is *definitely* true, or whether it is *not definitely false*.
Negation is moved inwards to the facts, so each expression reads as the condition does and reads no fact that is unknown
without asking whether it is known. No expression can fail as long as no attribute is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, assert_never

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Attested,
    Compare,
    Comparison,
    Condition,
    Contains,
    Defined,
    Literal,
    Not,
    OneOf,
)
from licet.engines.cedar.schema import Attribute

WIDEST = 16
"""Parts of one `&&` or `||` before they are grouped: Cedar gives up on long rows ("recursion limit reached", between
1,000 and 3,000 parts), and then *skips* the policy, be it a forbid."""

LINE = 110

CONTRARY = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.BELOW: Comparison.AT_LEAST,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.ABOVE,
}


class Among(NamedTuple):
    """Whether one expression is among literals: `["a", "b"].contains(principal.org)`, or (`negated`) is not."""

    value: str
    literals: tuple[str, ...]
    negated: bool = False


class Joined(NamedTuple):
    """Expressions joined by `&&` or `||`."""

    word: str
    parts: tuple[str | Among | Joined, ...]


Expression = str | Among | Joined
"""A Cedar expression that needs no brackets of its own, or several joined."""


def quoted(text: str) -> str:
    """A Cedar string literal. What is not printable is spelled out, so that a literal stays on its line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in escaped) + '"'


def entity(kind: str, name: str) -> str:
    """A reference to an entity: `Model::"fable-5"`."""
    return f"{kind}::{quoted(name)}"


def literal(value: Literal) -> str:
    """A value as Cedar writes it; sets in order."""
    if isinstance(value, frozenset):
        return listed(map(literal, sorted(value)))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else quoted(value)


def listed(items: Iterable[str]) -> str:
    """A Cedar set of expressions, in this order."""
    return f"[{', '.join(items)}]"


def joined(word: str, parts: Sequence[Expression]) -> Expression:
    """Expressions (at least one) joined, in groups where they are many."""
    rest = list(parts)
    while len(rest) > WIDEST:
        groups = [tuple(rest[at : at + WIDEST]) for at in range(0, len(rest), WIDEST)]
        rest = [Joined(word, group) if len(group) > 1 else group[0] for group in groups]
    return Joined(word, tuple(rest)) if len(rest) > 1 else rest[0]


def depth(expression: Expression) -> int:
    """How deep Cedar's tree of it is; `a && b && c` is `(a && b) && c`."""
    if not isinstance(expression, Joined):
        return 1
    last = len(expression.parts) - 1
    return max(depth(part) + last - max(number - 1, 0) for number, part in enumerate(expression.parts))


def flat(expression: Expression, inside: bool = False) -> str:
    """An expression on one line, in brackets where it is part of another."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Among):
        return among(expression, ", ".join(expression.literals))
    text = f" {expression.word} ".join(flat(part, True) for part in expression.parts)
    return f"({text})" if inside else text


def laid_out(expression: Expression, indent: int, inside: bool = False) -> str:
    """An expression from a column on, broken where a line would be too long."""
    one = flat(expression, inside)
    if isinstance(expression, str) or indent + len(one) <= LINE:
        return one
    if isinstance(expression, Among):
        pad = f"\n{' ' * indent}"
        return among(expression, "".join(f"{pad}  {each}," for each in expression.literals)[:-1] + pad)
    inner = indent + 2 if inside else indent
    pad = " " * inner
    text = f" {expression.word}\n{pad}".join(laid_out(part, inner, True) for part in expression.parts)
    return f"(\n{pad}{text}\n{' ' * indent})" if inside else text


def among(found: Among, members: str) -> str:
    """Whether a value is among members that are written out already."""
    return f"{'!' * found.negated}[{members}].contains({found.value})"


Attributes = Mapping[str, Attribute]
"""Where each declared fact is found."""


def definitely(condition: Condition, attributes: Attributes) -> Expression:
    """Whether a condition is definitely true."""
    return written(condition, attributes, wanted=True, certain=True)


def possibly(condition: Condition, attributes: Attributes) -> Expression:
    """Whether a condition is not definitely false."""
    return written(condition, attributes, wanted=True, certain=False)


def written(condition: Condition, attributes: Attributes, *, wanted: bool, certain: bool) -> Expression:
    """Whether a condition is `wanted`: definitely so if `certain`, possibly so if not."""

    def all_of(word: str, parts: Iterable[Condition]) -> Expression:
        return joined(word, [written(part, attributes, wanted=wanted, certain=certain) for part in parts])

    match condition:
        case Always(holds):
            return literal(holds is wanted)
        case Defined(_, _, inner):
            return written(inner, attributes, wanted=wanted, certain=certain)
        case Not(inner):
            return written(inner, attributes, wanted=not wanted, certain=certain)
        case AllOf(parts):
            return all_of("&&" if wanted else "||", parts)
        case AnyOf(parts):
            return all_of("||" if wanted else "&&", parts)
        case Attested() | Compare() | OneOf() | Contains():
            return WRITERS[wanted, certain](condition, attributes[condition.fact])
        case _ as unreachable:
            assert_never(unreachable)


def definitely_so(atom: Atom, fact: Attribute) -> Expression:
    """`known && test`; a listed member is one even of a set that is known in part."""
    if isinstance(atom, Contains):
        return test(atom, fact)
    return Joined("&&", (fact.known, test(atom, fact)))


def definitely_not(atom: Atom, fact: Attribute) -> Expression:
    """`known && !test`; a listed member too many settles what a set is, even one that is known in part."""
    if whole_set(atom) is Comparison.EQUAL:
        return f"(if {fact.known} then {contrary(atom, fact)} else !{within(atom, fact)})"
    return Joined("&&", (fact.known, contrary(atom, fact)))


def possibly_so(atom: Atom, fact: Attribute) -> Expression:
    """`!known || test`; what a set is stays open until a member too many is listed."""
    if whole_set(atom) is Comparison.EQUAL:
        return f"(if {fact.known} then {test(atom, fact)} else {within(atom, fact)})"
    return Joined("||", (f"!{fact.known}", test(atom, fact)))


def possibly_not(atom: Atom, fact: Attribute) -> Expression:
    """`!known || !test`; what is listed is a member."""
    if isinstance(atom, Contains):
        return contrary(atom, fact)
    return Joined("||", (f"!{fact.known}", contrary(atom, fact)))


def unless_unequal(so: Writer, unequal: Writer) -> Writer:
    """A writer that takes `!=` between sets for the contrary of `==`."""

    def write(atom: Atom, fact: Attribute) -> Expression:
        if isinstance(atom, Compare) and whole_set(atom) is Comparison.UNEQUAL:
            return unequal(Compare(atom.fact, Comparison.EQUAL, atom.literal), fact)
        return so(atom, fact)

    return write


Writer = Callable[[Atom, Attribute], Expression]

WRITERS: dict[tuple[bool, bool], Writer] = {
    (True, True): unless_unequal(definitely_so, definitely_not),
    (False, True): unless_unequal(definitely_not, definitely_so),
    (True, False): unless_unequal(possibly_so, possibly_not),
    (False, False): unless_unequal(possibly_not, possibly_so),
}
"""By what is wanted of an atom, and whether it has to be certain."""


def whole_set(atom: Atom) -> Comparison | None:
    """How an atom compares a whole set, if it does."""
    return atom.comparison if isinstance(atom, Compare) and isinstance(atom.literal, frozenset) else None


def within(atom: Atom, fact: Attribute) -> str:
    """Whether all that is listed is in the set that an atom names."""
    assert isinstance(atom, Compare)
    # Cedar's validator refuses the literal `[]`
    return f"{literal(atom.literal)}.containsAll({fact.value})" if atom.literal else f"{fact.value}.isEmpty()"


def test(atom: Atom, fact: Attribute) -> str | Among:
    """An atom about a value that is known."""
    match atom:
        case Attested():
            return fact.value
        case Contains(_, member):
            return f"{fact.value}.contains({quoted(member)})"
        case Compare(_, Comparison.EQUAL, frozenset() as wanted) if not wanted:
            return f"{fact.value}.isEmpty()"
        case Compare(_, comparison, wanted):
            return f"{fact.value} {comparison.value} {literal(wanted)}"
        case OneOf(_, choices):
            return Among(fact.value, choices_in_order(choices)) if choices else "false"
        case _ as unreachable:
            assert_never(unreachable)


def choices_in_order(choices: frozenset[str] | frozenset[int]) -> tuple[str, ...]:
    """Choices as literals, in order."""
    numbers = sorted(each for each in choices if isinstance(each, int))
    texts = sorted(each for each in choices if isinstance(each, str))
    return (*(literal(each) for each in numbers), *(literal(each) for each in texts))


def contrary(atom: Atom, fact: Attribute) -> str | Among:
    """The contrary of an atom about a value that is known."""
    match atom:
        case Compare(name, comparison, wanted) if wanted != frozenset():
            return test(Compare(name, CONTRARY[comparison], wanted), fact)
        case OneOf(_, choices):
            return Among(fact.value, choices_in_order(choices), negated=True) if choices else "true"
        case _:
            return f"!{test(atom, fact)}"
