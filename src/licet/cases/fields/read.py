"""The fields of an entry: read strictly by its event, every problem at once, into plain JSON of one spelling.

A field that nobody knows is `null`: it was asked, and is not known. A field that an event needs cannot be that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from licet.cases.decision.decision import DECISION, DecisionRejected, decision_of, decision_tree
from licet.cases.fields.value import WrongValue, allowed, read_value
from licet.core.cases.procedure import EventRule, Need
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


def _unknown(event: EventRule, raw: Mapping[str, Any]) -> Iterator[FieldProblem]:
    names = [*event.needs, *([DECISION] if event.decides is not None else [])]
    known = ", ".join(f"`{name}`" for name in names) or "none"
    for name in raw:
        if name not in names:
            yield FieldProblem(str(name), f"`{event.name}` takes no such field; it takes {known}")


def _absent(need: Need, is_there: bool) -> str:
    says = "it has to be known" if is_there else "it is missing"
    return f"{says}: {need.field.meaning}; allowed: {allowed(need.field)}"
