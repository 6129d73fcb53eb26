"""The JSON Schemas of what only thresholds, findings and the requirements of releases have."""

from __future__ import annotations

from typing import Any

from licet.core.evidence.judgement import Reached
from licet.core.evidence.severity import LEVEL_NAMED
from licet.core.form import Shape
from licet.core.shape_requirements import INSTRUMENT, THRESHOLD

Schema = dict[str, Any]

LEVEL: Schema = {"enum": list(LEVEL_NAMED)}


def evidence_shapes(text: Schema, number: Schema, duration: Schema) -> dict[Shape, Schema]:
    """By shape; that an alert line lies below the red one, and that a range rises, is beyond a schema."""
    return {
        Shape.LINES: one({"alert": number, "red": number}, ["red"]),
        Shape.LEVELS: {"anyOf": [LEVEL, {"type": "array", "items": LEVEL, "minItems": 2, "maxItems": 2}]},
        Shape.REQUIREMENTS: {
            "type": "array",
            "items": {"oneOf": requirements(text, duration)},
            "minItems": 1,
            "uniqueItems": True,
        },
    }


def requirements(text: Schema, duration: Schema) -> list[Schema]:
    """The kinds of requirements."""
    instrument = {"type": "string", "pattern": f"^{INSTRUMENT.pattern}$"}
    assessed = {
        "threshold": {"type": "string", "pattern": f"^{THRESHOLD.pattern}$"},
        "verdict": several({"enum": [each.value for each in Reached]}),
        "by": several(text),
        "within": duration,
    }
    return [
        one(assessed, ["threshold"]),
        one({"findings_at_most": LEVEL}, ["findings_at_most"]),
        one({"head_start": duration, "of": instrument}, ["head_start", "of"]),
        one({"safeguard": instrument}, ["safeguard"]),
    ]


def one(properties: Schema, required: list[str]) -> Schema:
    """A mapping with these keys and no others."""
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def several(items: Schema) -> Schema:
    """A list of some, each once."""
    return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}
