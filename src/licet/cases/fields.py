"""The fields of an entry: read strictly by its event, every problem at once, into plain JSON of one spelling.

A field that nobody knows is `null`: it was asked, and is not known. A field that an event needs cannot be that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from licet.cases.decision.decision import DECISION, DecisionRejected, decision_of, decision_tree
from licet.cases.field_value import WrongValue, allowed, read_value
from licet.core.cases.procedure import EventRule, FieldKind, Need
from licet.core.errors import LicetError


class FieldProblem(NamedTuple):
    """What is wrong with a field, and what is allowed."""

    field: str
    says: str


class FieldsRejected(LicetError):
    """Fields that an event cannot take, with every problem."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("\n".join(f"`{each.field}`: {each.says}" for each in problems))
        self.problems = problems


def read_fields(event: EventRule, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an event in their one spelling, in the order of its rule. Raises `FieldsRejected`.

    An event that decides takes a `decision` besides. Reading what was read gives the same.
    """
    problems: list[FieldProblem] = list(_unknown(event, raw))
    found: dict[str, Any] = {}
    for name, need in event.needs.items():
        if raw.get(name) is None:
            if need.required:
                problems.append(FieldProblem(name, _absent(need, name in raw)))
            elif name in raw:
                found[name] = None
            continue
        try:
            found[name] = read_value(need.field, raw[name])
        except WrongValue as error:
            problems.append(FieldProblem(name, str(error)))
    if event.decides is not None and DECISION not in event.needs:
        try:
            found[DECISION] = decision_tree(decision_of(raw, event.decides))
        except DecisionRejected as error:
            problems += [FieldProblem(DECISION, line) for line in str(error).splitlines()]
    if problems:
        raise FieldsRejected(tuple(problems))
    return found


def from_texts(event: EventRule, texts: Mapping[str, str]) -> dict[str, Any]:
    """What people type as `name=value`, as the JSON that `read_fields` reads; what cannot be read stays a text.

    `true` and `false`, whole numbers, and lists with commas, by the kind of the field; `unknown` alone is null where
    the field may be unknown.
    """
    return {name: _typed(event.needs.get(name), text) for name, text in texts.items()}


def _typed(need: Need | None, text: str) -> Any:
    if need is None:
        return text
    kind, plain = need.field.kind, text.strip()
    if plain == "unknown" and not need.required and "unknown" not in need.field.values:
        return None
    if kind is FieldKind.BOOLEAN and plain in ("true", "false"):
        return plain == "true"
    if kind is FieldKind.INTEGER and plain.removeprefix("-").isascii() and plain.removeprefix("-").isdigit():
        return int(plain) if len(plain) < 20 else text
    if kind is FieldKind.LINES:
        return [each.strip() for each in text.splitlines() if each.strip()]
    if kind in LISTED:
        return [each.strip() for each in text.split(",") if each.strip()]
    return text


LISTED = frozenset((FieldKind.CHOICES, FieldKind.COUNTRIES, FieldKind.MODELS, FieldKind.INSTRUMENTS, FieldKind.CASES))


def _unknown(event: EventRule, raw: Mapping[str, Any]) -> Iterator[FieldProblem]:
    names = [*event.needs, *([DECISION] if event.decides is not None else [])]
    known = ", ".join(f"`{name}`" for name in names) or "none"
    for name in raw:
        if name not in names:
            yield FieldProblem(str(name), f"`{event.name}` takes no such field; it takes {known}")


def _absent(need: Need, is_there: bool) -> str:
    says = "it has to be known" if is_there else "it is missing"
    return f"{says}: {need.field.meaning}; allowed: {allowed(need.field)}"
