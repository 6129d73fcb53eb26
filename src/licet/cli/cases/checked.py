"""Fields checked before anything is signed: everything that is wrong at once, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.cases.fields.read import FieldProblem, FieldsRejected, read_fields
from licet.cli.cases.given import Given
from licet.cli.cases.sheet import Cells
from licet.core.cases.procedure import EventRule
from licet.core.errors import LicetError
from licet.wire.sheet import SheetProblem


class FieldsWrong(LicetError):
    """Fields that an event cannot take, given by options or in a file: one line for each problem, with its place."""


def checked(rule: EventRule, came: Given) -> dict[str, Any]:
    """The fields in their one spelling. Raises `FieldsWrong` unless an event can take them, and the exhibits."""
    fields, wrong = _read(rule, came.fields)
    problems = [_placed(came, each) for each in wrong]
    if len(came.exhibits) < rule.exhibits:
        missing = f"at least {rule.exhibits} of them" if rule.exhibits > 1 else "a document"
        problems.append(f"`{rule.name}` needs {missing} attached: `--exhibit FILE`")
    if problems:
        raise FieldsWrong("\n".join(problems))
    return fields


def checked_row(
    rule: EventRule, fields: Mapping[str, Any], cells: Cells, problems: list[SheetProblem]
) -> dict[str, Any]:
    """The same of the fields of a row: what is wrong is added to `problems`, each at its cell."""
    read, wrong = _read(rule, fields)
    problems += [cells.problem(_column(each, cells), f"`{each.field}`: {each.says}") for each in wrong]
    return read


def _read(rule: EventRule, fields: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[FieldProblem, ...]]:
    try:
        return read_fields(rule, fields), ()
    except FieldsRejected as error:
        return {}, error.problems


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
