"""JSON Schemas (2020-12) of every kind of document, from the same tables that the strict reader works from.

A schema says what one document looks like as people write it. It cannot say what needs other documents (unknown
models, lifts of nothing), the grammar of conditions, or whether a date exists: what a schema refuses, the reader
refuses too, and the reader refuses more.
"""

from __future__ import annotations

from typing import Any

from licet.core.form import Field, Form, Shape
from licet.core.schema import FORMS, INSTRUMENTS
from licet.core.shape import CHOICES, INSTANT, LISTS_OF, NAMES, RESERVED
from licet.core.shape_measured import ASKED, BUDGETED, SUITE_NAME
from licet.core.shape_numbers import DECIMAL, MOST
from licet.core.shape_suite import LABEL, USES
from licet.core.shape_trust import CLAIM, DURATION, FACT, PRIVATE, URL
from licet.wire.cascade_schema import cascade
from licet.wire.json_schema_cases import Parts as CaseParts
from licet.wire.json_schema_cases import case_shapes
from licet.wire.json_schema_evidence import evidence_shapes
from licet.wire.json_schema_inquiry import Parts, inquiry_shapes

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:licet:schema:1:"
"""What a schema's `$id` begins with; its kind follows."""

TEXT = {"type": "string", "pattern": r"\S"}
DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
CONDITION = {"type": ["string", "boolean"], "maxLength": 20_000}
LIST_FILE = {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$"}
NEEDED_OF_ATTESTATION = ["value", "attested_by", "how", "level", "at"]


def json_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of document, by kind."""
    return {kind: schema_of(form) for kind, form in FORMS.items()}


def schema_of(form: Form) -> dict[str, Any]:
    """The schema of one kind of document."""
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": IDENTIFIER + form.kind,
        "title": form.kind,
        "description": form.meaning,
        "type": "object",
        "properties": {form.kind: {"description": form.naming.value, **shaped(form.naming)}}
        | {field.name: property_of(field) for field in form.fields},
        "required": [form.kind, *(field.name for field in form.fields if field.required)],
        "additionalProperties": False,
    }
    if form.kind in INSTRUMENTS and form.field("models"):
        schema["anyOf"] = [{"required": ["models"]}, {"required": ["families"]}]
    return schema


def property_of(field: Field) -> dict[str, Any]:
    """The schema of one field, with its meaning and its default."""
    described: dict[str, Any] = {"description": field.meaning, **shaped(field.shape)}
    if field.default is not None:
        described["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return described


def shaped(shape: Shape) -> dict[str, Any]:
    """The schema of a value of one shape."""
    if shape in LISTS_OF:
        of = LISTS_OF[shape]
        items = {"enum": list(of)} if isinstance(of, tuple) else shaped(of)
        return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}
    if shape in CHOICES:
        return {"enum": list(CHOICES[shape])}
    if shape is Shape.FACT_NAME:
        return fact_name()
    if shape in NAMES:
        return {"type": "string", "pattern": f"^{NAMES[shape].pattern}$"}
    return OTHERS[shape]


def fact_name() -> dict[str, Any]:
    """A name that a condition can contain."""
    return {
        "type": "string",
        "pattern": f"^{NAMES[Shape.FACT_NAME].pattern}$",
        "not": {"pattern": f"^(?:{RESERVED.pattern})$"},
    }


def instant() -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "pattern": f"^{INSTANT.pattern}$"}


def uses() -> dict[str, Any]:
    """Local names, each for a definition or for a list."""
    pinned = {
        "type": "object",
        "properties": {"list": LIST_FILE, "column": TEXT, "digest": DIGEST},
        "required": ["list"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "propertyNames": fact_name(),
        "additionalProperties": {"anyOf": [shaped(Shape.DEFINITION_NAME), LIST_FILE, pinned]},
    }


def upstream() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "url": {"type": "string", "pattern": r"^\s*https?://[^\s/?#@]+(/[^\s?#@]*)?\s*$"},
            "name": shaped(Shape.MODEL_NAME),
            "key_env": {"type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$"},
        },
        "required": ["url"],
        "additionalProperties": False,
    }


def attestations() -> dict[str, Any]:
    """What was attested of a subject, by fact."""
    known = {
        "value": {
            "anyOf": [
                {"type": ["boolean", "integer", "string"]},
                {"type": "array", "items": {"type": "string"}},
            ]
        },
        "complete": {"type": "boolean"},
        **dict.fromkeys(("attested_by", "how", "level"), TEXT),
        **dict.fromkeys(("at", "until"), instant()),
    }
    one = {
        "type": "object",
        "properties": known,
        "required": NEEDED_OF_ATTESTATION,
        "additionalProperties": False,
    }
    return {"type": "object", "additionalProperties": one}


def trusted() -> dict[str, Any]:
    """What an issuer is believed, by fact."""
    single = {"type": ["boolean", "integer", "string"]}
    texts = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    one = {
        "type": "object",
        "properties": {
            "claim": {"type": "string", "pattern": f"^{CLAIM.pattern}$"},
            "value": {"anyOf": [single, texts], "not": {"const": "unknown"}},
            "only": {"type": "array", "items": single, "minItems": 1, "uniqueItems": True},
            "level": shaped(Shape.LEVEL),
        },
        "oneOf": [{"required": ["claim"]}, {"required": ["value"], "not": {"required": ["only"]}}],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{FACT.pattern}$"},
        "additionalProperties": one,
        "minProperties": 1,
    }


def keys() -> dict[str, Any]:
    """Where an issuer's public keys are."""
    public = {
        "type": "object",
        "properties": {"kty": {"type": "string", "not": {"const": "oct"}}} | dict.fromkeys(sorted(PRIVATE), False),
        "required": ["kty"],
    }
    return {
        "type": "object",
        "properties": {
            "discovery": {"const": True},
            "url": {"type": "string", "pattern": f"^(?:{URL.pattern})$"},
            "pinned": {"type": "array", "items": public, "minItems": 1},
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def items() -> dict[str, Any]:
    """A suite's items; that each is there once is beyond a schema."""
    label = {"type": "string", "pattern": f"^{LABEL.pattern}$"}
    one = {
        "type": "object",
        "properties": {"item": label, "family": label, "use": {"enum": list(USES)}, "digest": DIGEST},
        "required": ["item", "family"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": one, "minItems": 1}


def number() -> dict[str, Any]:
    """A decimal number: a text, so that no reader makes a binary fraction of it, or a whole number."""
    return {"anyOf": [{"type": "string", "pattern": f"^(?:{DECIMAL.pattern})$"}, {"type": "integer"}]}


def measured() -> dict[Shape, dict[str, Any]]:
    """What thresholds and inquiries share; that a scale rises is beyond a schema."""
    whole = {"type": "integer", "minimum": 1}
    asked = {name: whole if name == "labels" else number() for name in ASKED}
    suites = {"propertyNames": {"pattern": f"^{SUITE_NAME.pattern}$"}, "additionalProperties": DIGEST}
    return {
        Shape.SCALE: {"type": "array", "items": number(), "minItems": 2, "maxItems": 2},
        Shape.SUITES: {"type": "object", "minProperties": 1, **suites},
        Shape.BUDGET: {
            "type": "object",
            "properties": {name: number() for name in BUDGETED},
            "additionalProperties": False,
            "minProperties": 1,
        },
        Shape.JUDGE: {
            "type": "object",
            "properties": asked,
            "required": list(ASKED),
            "additionalProperties": False,
        },
    }


def duration() -> dict[str, Any]:
    return {"type": "string", "pattern": rf"^\s*{DURATION.pattern}\s*$"}


OTHERS: dict[Shape, dict[str, Any]] = {
    **measured(),
    **inquiry_shapes(Parts(TEXT, instant(), number(), DIGEST, measured()[Shape.SUITES])),
    Shape.DECIMAL: number(),
    Shape.TEXT: TEXT,
    Shape.INSTANT: instant(),
    Shape.CONDITION: CONDITION,
    Shape.USES: uses(),
    Shape.UPSTREAM: upstream(),
    Shape.WHOLE: {"type": "integer", "minimum": 1, "maximum": MOST},
    Shape.DIGEST: DIGEST,
    Shape.ITEMS: items(),
    Shape.ATTESTATIONS: attestations(),
    Shape.TRUSTED: trusted(),
    Shape.KEYS: keys(),
    Shape.DURATION: duration(),
    Shape.CASCADE: cascade(),
    **evidence_shapes(TEXT, number(), duration()),
    **case_shapes(CaseParts(TEXT, fact_name(), CONDITION)),
}
