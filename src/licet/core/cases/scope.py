"""What conditions of procedures see: fields as facts, and what was said in a case as their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.core.cases.procedure import FieldKind, FieldRule
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value

KINDS: Mapping[FieldKind, Kind] = {
    FieldKind.BOOLEAN: Kind.BOOLEAN,
    FieldKind.INTEGER: Kind.INTEGER,
    FieldKind.CHOICE: Kind.STRING,
    FieldKind.CHOICES: Kind.STRINGS,
    FieldKind.COUNTRIES: Kind.COUNTRIES,
}
"""The kinds of fields that a condition can look at. Free text is not among them: nobody should be judged by wording."""


def fact_of(rule: FieldRule) -> Fact | None:
    """A field as a fact; None where a condition cannot look at it."""
    kind = KINDS.get(rule.kind)
    if kind is None:
        return None
    return Fact(rule.name, kind, About.SUBJECT, rule.meaning, rule.source, frozenset(rule.values))


def facts_of(fields: Mapping[str, FieldRule]) -> dict[str, Fact]:
    """The fields that conditions can look at, by name."""
    found = {name: fact_of(rule) for name, rule in fields.items()}
    return {name: fact for name, fact in found.items() if fact is not None}


def values_of(fields: Mapping[str, FieldRule], said: Mapping[str, Any]) -> dict[str, Value]:
    """A value for each field that conditions can look at; what was not said, or said to be unknown, is unknown.

    A list stands for the whole set. What is no value of its field is unknown too: it decides nothing.
    """
    return {name: _value(fact, said.get(name)) for name, fact in facts_of(fields).items()}


def _value(fact: Fact, said: Any) -> Value:
    value: Any = said
    if fact.kind.is_set:
        if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
            return UNKNOWN
        value = Members(frozenset(said), complete=True)
    if isinstance(value, bool | int | str | Members) and fact.admits(value):
        return value
    return UNKNOWN
