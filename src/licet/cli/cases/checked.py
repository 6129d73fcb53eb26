"""Fields checked before anything is signed: everything that is wrong at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.cases.fields import FieldProblem, FieldsRejected, read_fields
from licet.cli.cases.given import Given
from licet.cli.cases.sheet import Cells
from licet.core.cases.procedure import EventRule
from licet.core.errors import LicetError
from licet.wire.sheet import SheetProblem


class FieldsWrong(LicetError):
    """Fields that an event cannot take, given by options or in a file: one line for each problem, with its place."""


def checked(rule: EventRule, came: Given) -> None:
    """Raises `FieldsWrong` unless an event can take these fields and exhibits."""
    problems = [_placed(came, each) for each in problems_of(rule, came.fields)]
    if len(came.exhibits) < rule.exhibits:
        missing = f"at least {rule.exhibits} of them" if rule.exhibits > 1 else "a document"
        problems.append(f"`{rule.name}` needs {missing} attached: `--exhibit FILE`")
    if problems:
        raise FieldsWrong("\n".join(problems))


def checked_row(rule: EventRule, fields: Mapping[str, Any], cells: Cells, problems: list[SheetProblem]) -> None:
    """The same of the fields of a row: what is wrong is added to `problems`, each at its cell."""
    named = {name for name in cells.values if name not in rule.needs and name in fields}
    problems += [
        cells.problem(_column(each, cells), f"`{each.field}`: {each.says}")
        for each in problems_of(rule, fields)
        if each.field not in named
    ]


def problems_of(rule: EventRule, fields: Mapping[str, Any]) -> tuple[FieldProblem, ...]:
    """Everything that is wrong with the fields of an event."""
    try:
        read_fields(rule, fields)
    except FieldsRejected as error:
        return error.problems
    return ()


def _placed(came: Given, problem: FieldProblem) -> str:
    said = f"`{problem.field}`: {problem.says}"
    if came.document is None:
        return said
    if problem.field in came.document.tree:
        return f"{came.document.place((problem.field,))}: {said}"
    return f"{came.document.place(())}: {said}" if problem.field not in came.fields else said


def _column(problem: FieldProblem, cells: Cells) -> str:
    """The column that a problem is about: of a decision, the one whose name is in it."""
    if problem.field in cells.at:
        return problem.field
    named = [each for each in cells.at if each.startswith(f"{problem.field}.") and each in problem.says]
    return named[0] if named else problem.field
