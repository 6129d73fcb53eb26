"""The JSON Schema of a safeguard's cascade; that scores rise and that no classifier stands twice is beyond it."""

from __future__ import annotations

from typing import Any

from licet.core.safeguards import Contract
from licet.core.shape_safeguard import ASKING, BELONGS, CATEGORY, MOST_SECONDS, MOST_STAGES, NAME, NEEDED, VARIABLE

TEXT = {"type": "string", "pattern": r"\S"}
PART = r"0\.(?=0*[1-9])[0-9]{1,12}"
SCORE = {"anyOf": [{"type": "string", "pattern": rf"^(?:{PART}|1(?:\.0{{1,12}})?)$"}, {"const": 1}]}
SECONDS = {
    "anyOf": [
        {
            "type": "string",
            "pattern": rf"^(?:{PART}|(?:[1-9]|[12][0-9])(?:\.[0-9]{{1,12}})?|{MOST_SECONDS}(?:\.0{{1,12}})?)$",
        },
        {"type": "integer", "minimum": 1, "maximum": MOST_SECONDS},
    ]
}
PROPERTIES: dict[str, dict[str, Any]] = {
    "classifier": {"type": "string", "pattern": f"^{NAME.pattern}$"},
    "version": {"type": "string", "pattern": f"^{NAME.pattern}$"},
    "contract": {"enum": [each.value for each in Contract]},
    "flags_at": SCORE,
    "clears_below": SCORE,
    "url": {"type": "string", "pattern": r"^https?://[^\s/?#@]+(/[^\s?#@]*)?$"},
    "model": TEXT,
    "key_env": {"type": "string", "pattern": f"^{VARIABLE.pattern}$"},
    "policy": TEXT,
    "categories": {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{CATEGORY.pattern}$"},
        "minItems": 1,
        "uniqueItems": True,
    },
    "seconds": SECONDS,
}


def cascade() -> dict[str, Any]:
    """The stages, each with what its contract needs and nothing that it has no use for."""
    one = {
        "type": "object",
        "properties": PROPERTIES,
        "required": sorted(NEEDED),
        "additionalProperties": False,
        "oneOf": [_asked(contract) for contract in Contract],
    }
    return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_STAGES}


def _asked(contract: Contract) -> dict[str, Any]:
    needed, allowed = BELONGS[contract]
    refused = sorted(ASKING - needed - allowed)
    schema: dict[str, Any] = {"properties": {"contract": {"const": contract.value}} | dict.fromkeys(refused, False)}
    return schema | ({"required": sorted(needed)} if needed else {})
