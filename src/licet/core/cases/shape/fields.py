"""The shape of fields: what an event of a case can be asked to say."""

from __future__ import annotations

import re

from licet.core.cases.procedure import FieldKind, Secrecy
from licet.core.cases.shape.parts import Keys, Reader, by_name, keyed, one_of, texts
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

CHOSEN = (FieldKind.CHOICE.value, FieldKind.CHOICES.value)
"""The kinds whose values are listed."""

KEYS = Keys(
    "a mapping with `kind`, `meaning`, and optionally `class`, `values`, `source`",
    {
        "kind": one_of(*(kind.value for kind in FieldKind)),
        "meaning": text,
        "class": one_of(*(secrecy.value for secrecy in Secrecy)),
        "values": texts,
        "source": text,
    },
    frozenset(("kind", "meaning")),
    {"class": Secrecy.PUBLIC.value},
)


def fields(reserved: re.Pattern[str]) -> Reader:
    """The reader of fields; no condition can contain the words that are `reserved`."""

    def one(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        if reserved.fullmatch(str(path[-1])):
            raise shaping.report(path, f"`{path[-1]}` is a reserved word; choose another name", at_key=True)
        read = keyed(shaping, path, value, KEYS)
        if (read["kind"] in CHOSEN) != ("values" in read):
            if "values" in read:
                message = f"a {read['kind']} has no `values`; leave them out"
                raise shaping.report((*path, "values"), message, at_key=True)
            raise shaping.report(path, f"a {read['kind']} needs `values`: what it can be", at_key=True)
        return read

    return lambda shaping, path, value: by_name(shaping, path, value, Shape.CASE_FIELDS.value, one)
