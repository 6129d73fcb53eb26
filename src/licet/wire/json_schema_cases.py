"""What the JSON Schemas of calendars, forms, criteria and procedures have that no other document has.

What refers to something (a state, a clock, a field), and whether a procedure makes sense, is beyond a schema.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from licet.core.cases.clock import Roll
from licet.core.cases.duty import Standing
from licet.core.cases.limit_text import WRITTEN
from licet.core.cases.procedure import CLOCK, NEW, Deciding, FieldKind, Secrecy
from licet.core.cases.shape.calendar import COUNTRY, DAY, WEEKDAYS, ZONE
from licet.core.cases.shape.clocks import TIME
from licet.core.cases.shape.criteria import IDENTIFIER
from licet.core.cases.shape.events import BUILT_IN
from licet.core.cases.shape.fields import CHOSEN
from licet.core.cases.shape.parts import NAME
from licet.core.form import Shape
from licet.core.roles import Role
from licet.wire.json_schema_inquiry import closed

Schema = dict[str, Any]
NAMED: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
NAMES: Schema = {"type": "array", "items": NAMED, "minItems": 1, "uniqueItems": True}
FLAG: Schema = {"type": "boolean"}
LIMIT: Schema = {"type": "string", "pattern": f"^{WRITTEN.pattern}$"}


class Parts(NamedTuple):
    """Schemas of the values that these documents share with others."""

    text: Schema
    fact_name: Schema
    condition: Schema


def table(one: Schema, names: Schema | None = None) -> Schema:
    """Things by their names, at least one."""
    return {
        "type": "object",
        "propertyNames": names or {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": one,
        "minProperties": 1,
    }


def except_for(*words: str) -> Schema:
    """Names but for some that are taken."""
    return {"pattern": f"^{NAME.pattern}$", "not": {"enum": list(words)}}


def texts(text: Schema) -> Schema:
    """A list of texts, each once."""
    return {"type": "array", "items": text, "minItems": 1, "uniqueItems": True}


def case_shapes(parts: Parts) -> dict[Shape, Schema]:
    """The schemas by shape."""
    return {
        Shape.DATE: day(),
        Shape.COUNTRY: {"type": "string", "pattern": f"^{COUNTRY.pattern}$"},
        Shape.ZONE: zone(),
        Shape.WEEKDAYS: {
            "type": "array",
            "items": {"enum": list(WEEKDAYS)},
            "minItems": 1,
            "maxItems": 6,
            "uniqueItems": True,
        },
        Shape.OVERRIDES: {"type": "array", "items": override(parts.text), "minItems": 1},
        Shape.CASE_FIELDS: fields(parts),
        Shape.CRITERIA: criteria(parts.text),
        Shape.CASE_ROLES: table(role(parts.text), except_for(CLOCK)),
        Shape.STATES: table(state(parts.text), except_for(NEW)),
        Shape.EVENTS: table(event(parts), except_for(*BUILT_IN)),
        Shape.CLOCKS: table(clock(parts)),
        Shape.RETENTION: closed({"limit": LIMIT, "source": parts.text}),
        Shape.DUTY: duty(parts),
    }


def day() -> Schema:
    return {"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"}


def zone() -> Schema:
    return {"type": "string", "pattern": f"^(?:{ZONE.pattern})$"}


def override(text: Schema) -> Schema:
    """One day that is set by hand; that each is set once is beyond a schema."""
    return closed({"day": day(), "holiday": FLAG, "why": text, "source": text})


def fields(parts: Parts) -> Schema:
    """Fields by names that conditions can contain; a choice has values, and nothing else has."""
    one = closed(
        {
            "kind": {"enum": [each.value for each in FieldKind]},
            "meaning": parts.text,
            "class": {"enum": [each.value for each in Secrecy], "default": Secrecy.PUBLIC.value},
            "values": texts(parts.text),
            "source": parts.text,
        },
        ("kind", "meaning"),
    )
    chosen = {"properties": {"kind": {"enum": list(CHOSEN)}}}
    one |= {"if": chosen, "then": {"required": ["values"]}, "else": {"not": {"required": ["values"]}}}
    names = {key: each for key, each in parts.fact_name.items() if key != "type"}
    return table(one, names)


def criteria(text: Schema) -> Schema:
    one = closed(
        {"title": text, "statement": text, "source": text, "evidence": texts(text), "decisive": FLAG},
        ("title", "statement", "source"),
    )
    return table(one, {"pattern": f"^{IDENTIFIER.pattern}$"})


def role(text: Schema) -> Schema:
    """Somebody outside, or an officer."""
    held = {"type": "array", "items": {"enum": [each.value for each in Role]}, "minItems": 1, "uniqueItems": True}
    one = closed({"title": text, "party": FLAG, "held": held, "several": FLAG, "named_by": NAMED}, ("title",))
    party = {"required": ["party"], "properties": {"party": {"const": True}}}
    several = {"required": ["several"], "properties": {"several": {"const": True}}}
    outside = [several, {"required": ["named_by"]}]
    return one | {
        "if": party,
        "then": {"not": {"anyOf": [{"required": ["held"]}, {"allOf": outside}]}},
        "else": {"required": ["held"], "not": {"anyOf": outside}},
    }


def state(text: Schema) -> Schema:
    """A final state has an outcome, and no other one has."""
    one = closed({"title": text, "meaning": text, "final": FLAG, "outcome": text}, ("title",))
    final = {"required": ["final"], "properties": {"final": {"const": True}}}
    return one | {"if": final, "then": {"required": ["outcome"]}, "else": {"not": {"required": ["outcome"]}}}


def event(parts: Parts) -> Schema:
    """One event; that its conditions are about states from which it happens is beyond a schema."""
    named = dict.fromkeys(("from", "by", "needs", "takes", "unlike", "starts", "stops", "meets", "tells"), NAMES)
    flags = dict.fromkeys(("second", "late", "once"), FLAG)
    return closed(
        {
            **dict.fromkeys(("title", "meaning", "source"), parts.text),
            **named,
            **flags,
            "to": NAMED,
            "exhibits": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0},
            "decides": {"enum": [each.value for each in Deciding]},
            **dict.fromkeys(("tolls", "resumes"), table(NAMED)),
            "if": table(parts.condition, except_for(NEW)),
        },
        ("title", "from", "by"),
    )


def clock(parts: Parts) -> Schema:
    """One clock; that it does not both start anew and make an event is here, that it can end is not."""
    toll = closed({"title": parts.text, "cap": LIMIT, "source": parts.text}, ("title", "source"))
    one = closed(
        {
            "title": parts.text,
            "owner": NAMED,
            "limit": limits(parts.condition),
            "source": parts.text,
            "zone": zone(),
            **dict.fromkeys(("first_day", "repeats", "appealable"), FLAG),
            "end_of_day": {"type": "string", "pattern": f"^{TIME.pattern}$", "default": "23:59:59"},
            "roll": {"enum": [each.value for each in Roll], "default": Roll.NONE.value},
            "tolls": table(toll),
            "event": NAMED,
            "warns": LIMIT,
        },
        ("title", "owner", "limit", "source"),
    )
    repeats = {"required": ["repeats"], "properties": {"repeats": {"const": True}}}
    return one | {"not": {"allOf": [repeats, {"required": ["event"]}]}}


def limits(condition: Schema) -> Schema:
    """A limit, or several that conditions choose from; that only the last has none is beyond a schema."""
    choice = closed({"if": condition, "limit": LIMIT}, ("limit",))
    return {"anyOf": [LIMIT, {"type": "array", "items": choice, "minItems": 1}]}


def duty(parts: Parts) -> Schema:
    test = closed({"title": parts.text, "if": parts.condition, "source": parts.text})
    known = {
        **dict.fromkeys(("jurisdiction", "to", "note"), parts.text),
        "standing": {"enum": [each.value for each in Standing]},
        "since": day(),
        "tests": table(test),
        **dict.fromkeys(("reports", "begins"), table(NAMES)),
    }
    return closed(known, ("jurisdiction", "to", "standing", "tests", "reports"))
