"""Cedar's schema and entities: every fact as two attributes, one with its value and one that says whether it is known.

No attribute is ever missing, because a Cedar policy that asks for a missing one fails and is skipped, even a forbid.
Where a fact is unknown its value is a placeholder that decides nothing; a set that is known in part has the members
that are, and is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, assert_never

from licet.core.catalogue import Model
from licet.core.facts import About, Fact, Facts, Kind, Members, Unknown, Value
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has"})
"""Words of Cedar's grammar that an attribute is called only in quotes."""

TYPES = {
    Kind.BOOLEAN: "Bool",
    Kind.INTEGER: "Long",
    Kind.STRING: "String",
    Kind.COUNTRY: "String",
    Kind.STRINGS: "Set<String>",
    Kind.COUNTRIES: "Set<String>",
}

Attrs = dict[str, Any]
"""The attributes of an entity, or a request's context, as plain JSON."""

Entity = dict[str, Any]
"""One entity as plain JSON: `uid`, `attrs`, `parents`."""


class Attribute(NamedTuple):
    """Where policies find a fact: the expressions for its value, and for whether it is known (of a set: completely)."""

    value: str
    known: str


def microseconds(at: datetime) -> int:
    """An instant as policies have it: microseconds since 1970, exactly (Cedar's `datetime` has only milliseconds)."""
    return (at - EPOCH) // MICROSECOND


def known_name(fact: str, declared: Mapping[str, Fact]) -> str:
    """What the attribute that says whether a fact is known is called; `_KNOWN` where `_known` is itself a fact."""
    name = f"{fact}_known"
    return name if name not in declared else f"{fact}_KNOWN"


def instant_name(declared: Mapping[str, Fact]) -> str:
    """What the instant is called in the context; facts have no capital letters."""
    return "at" if "at" not in declared else "AT"


def attributes(declared: Mapping[str, Fact]) -> dict[str, Attribute]:
    """Where policies find each declared fact."""
    return {
        name: Attribute(path(holder(fact), name), path(holder(fact), known_name(name, declared)))
        for name, fact in declared.items()
    }


def holder(fact: Fact) -> str:
    """The variable of Cedar that has a fact."""
    match fact.about:
        case About.SUBJECT:
            return "principal"
        case About.REQUEST:
            return "context"
        case _ as unreachable:
            assert_never(unreachable)


def path(variable: str, name: str) -> str:
    """An attribute of a variable."""
    return f'{variable}["{name}"]' if name in RESERVED else f"{variable}.{name}"


def spelled(name: str) -> str:
    """The name of an attribute by itself, as in `principal has name`."""
    return f'"{name}"' if name in RESERVED else name


def principal(declared: Mapping[str, Fact], facts: Facts) -> Attrs:
    """A subject's facts as the attributes of a principal. Raises `KeyError` if a declared fact has no value."""
    return _encoded(declared, facts, About.SUBJECT)


def context(declared: Mapping[str, Fact], facts: Facts, at: datetime) -> Attrs:
    """The instant and the facts about the request as the context. Raises `KeyError` if one of them has no value."""
    return {instant_name(declared): microseconds(at), **_encoded(declared, facts, About.REQUEST)}


def subject_entity(name: str, declared: Mapping[str, Fact], facts: Facts) -> Entity:
    """Somebody who asks, as an entity."""
    return {"uid": {"type": "Subject", "id": name}, "attrs": principal(declared, facts), "parents": []}


def entities_of(rulebook: Rulebook) -> list[Entity]:
    """The models and the operations."""
    actions = [{"uid": {"type": "Action", "id": each.value}, "attrs": {}, "parents": []} for each in Operation]
    models = rulebook.catalogue.models
    return [*actions, *(_model(models[name]) for name in sorted(models))]


def schema_of(declared: Mapping[str, Fact]) -> str:
    """What a principal, a model and a context consist of, in Cedar's schema language; every attribute is required."""
    subject = "".join(_declared(declared, About.SUBJECT))
    request = "".join(_declared(declared, About.REQUEST))
    operations = ", ".join(f'"{each.value}"' for each in Operation)
    instant = instant_name(declared)
    return f"""\
// Whoever asks. A fact that nobody attested has the type's empty value, and `_known` is false; of a set, `_known` says
// whether all of its members are listed.
entity Subject = {{{subject}
}};

// `fallback`: the models that may serve instead, the one of rank 1 first.
entity Model = {{
  title: String,
  family: String,
  aliases: Set<String>,
  fallback: Set<{{rank: Long, model: Model}}>,
}};

// `{instant}`: the instant, in microseconds since 1970-01-01T00:00:00Z.
type Circumstances = {{
  {instant}: Long,{request}
}};

action {operations} appliesTo {{
  principal: Subject,
  resource: Model,
  context: Circumstances,
}};
"""


def guarded(declared: Mapping[str, Fact]) -> list[str]:
    """Expressions that say of each attribute that it is there; none of them can fail."""
    pairs = [
        (holder(fact), each) for name, fact in sorted(declared.items()) for each in (name, known_name(name, declared))
    ]
    return [f"{variable} has {spelled(name)}" for variable, name in [("context", instant_name(declared)), *pairs]]


def _declared(declared: Mapping[str, Fact], about: About) -> Iterable[str]:
    for name, fact in sorted(declared.items()):
        if fact.about is about:
            yield f"\n  // {comment(fact.meaning)}\n  {spelled(name)}: {TYPES[fact.kind]},"
            yield f"\n  {known_name(name, declared)}: Bool,"


def comment(text: str) -> str:
    """A text that stays inside a comment of one line."""
    return "".join(each if each.isprintable() else " " for each in text)


def _encoded(declared: Mapping[str, Fact], facts: Facts, about: About) -> Attrs:
    found: Attrs = {}
    for name, fact in declared.items():
        if fact.about is about:
            found[name], found[known_name(name, declared)] = _value(fact.kind, facts[name])
    return found


def _value(kind: Kind, value: Value) -> tuple[Any, bool]:
    """A value, or the type's empty one, and whether it is known."""
    if isinstance(value, Members):
        return sorted(value.known), value.complete
    if isinstance(value, Unknown):
        return {"Bool": False, "Long": 0, "String": ""}.get(TYPES[kind], []), False
    return value, True


def _model(model: Model) -> Entity:
    chain = [
        {"rank": rank, "model": {"__entity": {"type": "Model", "id": name}}}
        for rank, name in enumerate(model.fallback, start=1)
    ]
    attrs = {"title": model.title, "family": model.family, "aliases": sorted(model.aliases), "fallback": chain}
    return {"uid": {"type": "Model", "id": model.name}, "attrs": attrs, "parents": []}
