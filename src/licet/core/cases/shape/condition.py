"""The shape of a condition over the fields of a case, wherever in a document it stands."""

from __future__ import annotations

from licet.core import grammar
from licet.core.errors import ConditionRejectedError, Path
from licet.core.shaping import Shaping, Tree

FIELDS = 'a condition over the fields of the case, as in `imminent and harm == "death"`'


def where(path: Path) -> str:
    """The name under which the syntax of a condition is kept: documents of cases have several."""
    return "/".join(map(str, path))


def condition(shaping: Shaping, path: Path, value: Tree) -> str:
    """A condition in its one spelling; its syntax is kept, for its meaning needs the fields."""
    if isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise shaping.wrong(path, value, FIELDS)
    try:
        syntax = grammar.parse(value)
    except ConditionRejectedError as error:
        raise shaping.report(path, str(error), offset=error.offset) from error
    shaping.syntax[where(path)] = syntax
    return grammar.render(syntax)
