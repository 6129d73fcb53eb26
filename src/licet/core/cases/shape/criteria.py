"""The shape of a catalogue of criteria."""

from __future__ import annotations

import re

from licet.core.cases.shape.parts import Keys, by_name, flag, keyed, texts
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
KEYS = Keys(
    "a mapping with `title`, `statement`, `source`, and optionally `evidence`, `decisive`",
    {"title": text, "statement": text, "source": text, "evidence": texts, "decisive": flag},
    frozenset(("title", "statement", "source")),
    {"decisive": False},
)


def criteria(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Criteria by identifier."""
    return by_name(
        shaping, path, value, Shape.CRITERIA.value, lambda s, p, each: keyed(s, p, each, KEYS), pattern=IDENTIFIER
    )
