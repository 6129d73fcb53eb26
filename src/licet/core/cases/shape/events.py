"""The shape of the events of a procedure."""

from __future__ import annotations

from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import Deciding
from licet.core.cases.shape.condition import condition
from licet.core.cases.shape.parts import Keys, by_name, count, flag, keyed, name, names, one_of
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

BY_CLOCK = "clocks by name, each with a reason for which its time does not count"
BY_STATE = 'states by name, each with a condition over the fields of the case, as in `proposal != "deny"`'
BUILT_IN = tuple(each.value for each in BuiltIn)


def _reasons(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    return by_name(shaping, path, value, BY_CLOCK, name)


def _guards(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    return by_name(shaping, path, value, BY_STATE, condition)


KEYS = Keys(
    "a mapping with `title`, `from`, `by`, and what else the event takes and does",
    {
        "title": text,
        "meaning": text,
        "from": names,
        "to": name,
        "by": names,
        "needs": names,
        "takes": names,
        "exhibits": count,
        "second": flag,
        "decides": one_of(*(each.value for each in Deciding)),
        "unlike": names,
        **dict.fromkeys(("starts", "stops", "meets"), names),
        **dict.fromkeys(("tolls", "resumes"), _reasons),
        "tells": names,
        "late": flag,
        "once": flag,
        "if": _guards,
        "source": text,
    },
    frozenset(("title", "from", "by")),
    {"exhibits": 0, "second": False, "late": False, "once": False},
)


def events(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Events by name; what can happen in every case is not among them."""
    return by_name(shaping, path, value, Shape.EVENTS.value, _event)


def _event(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    if path[-1] in BUILT_IN:
        raise shaping.report(path, f"`{path[-1]}` can happen in every case; choose another name", at_key=True)
    return keyed(shaping, path, value, KEYS)
