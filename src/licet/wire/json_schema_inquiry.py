"""What the JSON Schema of an inquiry has that no other document has."""

from __future__ import annotations

from typing import Any, NamedTuple

from licet.core.evidence.severity import LEVEL_NAMED
from licet.core.form import Shape
from licet.core.shape_inquiry import AXES, BASELINES, PUBLIC, REGRESSED, ROLES
from licet.core.shape_suite import LABEL

Schema = dict[str, Any]
NAME: Schema = {"type": "string", "pattern": f"^{LABEL.pattern}$"}


class Parts(NamedTuple):
    """Schemas of the values that inquiries share with other documents."""

    text: Schema
    instant: Schema
    number: Schema
    digest: Schema
    suites: Schema


def closed(known: Schema, needed: tuple[str, ...] | None = None) -> Schema:
    """An object with these keys and no others; all of them are needed unless it is said which."""
    required = list(known) if needed is None else list(needed)
    return {"type": "object", "properties": known, "required": required, "additionalProperties": False}


def some(items: Schema) -> Schema:
    """A list with something in it."""
    return {"type": "array", "items": items, "minItems": 1}


def inquiry_shapes(parts: Parts) -> dict[Shape, Schema]:
    """The schemas by shape. That `low` is not above `high`, and each name is there once, is beyond a schema."""
    scores = closed({"low": parts.number, "high": parts.number, "why": parts.text})
    axes = {**closed(dict.fromkeys(AXES, scores), ()), "minProperties": 1}
    raised = closed({"level": {"enum": list(LEVEL_NAMED)}, "why": parts.text})
    since = {"arm": NAME, "model": parts.text, "version": parts.text, "since": parts.instant}
    dated = {"name": parts.text, "frozen": parts.instant, "current": parts.instant}
    assessed = {"at": parts.instant, "baselines": parts.text, "axes": axes, "raised": raised}
    regressed = {**dict.fromkeys(REGRESSED, NAME), "suites": parts.suites}
    families = {"propertyNames": NAME, "additionalProperties": some(NAME), "minProperties": 1}
    return {
        Shape.ARMS: {**closed(dict.fromkeys(ROLES, NAME), ()), "minProperties": 1},
        Shape.BASELINES: closed({**dated, "models": some(closed(since, PUBLIC))}, BASELINES),
        Shape.AXES: axes,
        Shape.CATEGORIES: {"type": "object", **families},
        Shape.RAISED: raised,
        Shape.EARLIER: some(closed(assessed, ("at", "baselines", "axes"))),
        Shape.REGRESSIONS: some(closed(regressed, REGRESSED)),
        Shape.DIGESTS: {**some(parts.digest), "uniqueItems": True},
    }
