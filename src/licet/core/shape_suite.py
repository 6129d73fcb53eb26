"""The shape of a suite's items: named once each, with the family and the use that they belong to."""

from __future__ import annotations

import re

from licet.core.errors import Path
from licet.core.evidence.trial import Use
from licet.core.form import Shape
from licet.core.shape_numbers import digest
from licet.core.shaping import Shaping, Tree, mapping, shown

LABEL = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
"""What an item or a family may be called, as logs call them: samples' names have spaces, slashes and brackets."""

LABEL_WORDS = "a name of at most 200 printable ASCII characters that neither begins nor ends with a space"
USES = tuple(use.value for use in Use)


def items(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
    """The items in their order, each name once; `use` is written out."""
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, Shape.ITEMS.value)
    shaped, seen = [], set[str]()
    for position, element in enumerate(value):
        one = item(shaping, (*path, position), element)
        if one["item"] in seen:
            raise shaping.report((*path, position, "item"), f"`{one['item']}` is listed twice")
        seen.add(one["item"])
        shaped.append(one)
    return shaped


def item(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """One item: its name, its family, what it asks for, and the digest of its content where there is one."""
    allowed = {"item", "family", "use", "digest"}
    fields = mapping(shaping, path, value, allowed, {"item", "family"}, "a mapping with `item` and `family`")
    shaped = {key: label(shaping, (*path, key), fields[key]) for key in ("item", "family")}
    shaped["use"] = fields.get("use", Use.PROHIBITED.value)
    if shaped["use"] not in USES:
        raise shaping.wrong((*path, "use"), fields["use"], f"one of {', '.join(f'`{use}`' for use in USES)}")
    if "digest" in fields:
        shaped["digest"] = digest(shaping, (*path, "digest"), fields["digest"])
    return shaped


def label(shaping: Shaping, path: Path, value: Tree) -> str:
    """What an item or a family is called; a number must be written as a text, in quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise shaping.report(path, f"{shown(value)} is a number here; write it in quotes")
    if not isinstance(value, str) or not LABEL.fullmatch(value):
        raise shaping.wrong(path, value, LABEL_WORDS)
    return value
