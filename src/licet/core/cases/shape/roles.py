"""The shape of the roles of a case: parties outside, and officers."""

from __future__ import annotations

from licet.core.cases.procedure import CLOCK
from licet.core.cases.shape.parts import Keys, by_name, flag, keyed, listing, one_of
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
    if read.get("party") is False:
        del read["party"]  # the same as leaving it out
    if ("party" in read) == ("held" in read):
        message = "it needs either `party: true`, for somebody outside, or `held`, the roles of officers that may be it"
        raise shaping.report(path, message, at_key=True)
    return read
