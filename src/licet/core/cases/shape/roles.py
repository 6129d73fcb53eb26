"""The shape of the roles of a case: parties outside, and officers."""

from __future__ import annotations

from licet.core.cases.procedure import CLOCK
from licet.core.cases.shape.parts import Keys, by_name, flag, keyed, listing, name, one_of
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.roles import Role
from licet.core.shaping import Shaping, Tree, text

KEYS = Keys(
    "a mapping with `title`, and `party: true` or `held`, a list of officers' roles",
    {
        "title": text,
        "party": flag,
        "held": listing("a list of officers' roles", one_of(*(role.value for role in Role))),
        "several": flag,
        "named_by": name,
    },
    frozenset(("title",)),
)


def roles(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Roles by name; the clock's is always there."""
    return by_name(shaping, path, value, Shape.CASE_ROLES.value, _role)


def _role(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    if path[-1] == CLOCK:
        raise shaping.report(path, f"`{CLOCK}` is the role of clocks that run out; choose another name", at_key=True)
    read = keyed(shaping, path, value, KEYS)
    for key in ("party", "several"):
        if read.get(key) is False:
            del read[key]  # the same as leaving it out
    if ("party" in read) == ("held" in read):
        message = "it needs either `party: true`, for somebody outside, or `held`, the roles of officers that may be it"
        raise shaping.report(path, message, at_key=True)
    for key in ("several", "named_by"):
        if key in read and "party" not in read:
            raise shaping.report(
                (*path, key), f"`{key}` is about somebody outside: it needs `party: true`", at_key=True
            )
    if "several" in read and "named_by" in read:
        raise shaping.report((*path, "named_by"), "a field names one party, and there may be `several`", at_key=True)
    return read
