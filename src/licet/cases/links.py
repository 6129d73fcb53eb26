"""What a case is linked to: by an entry `link`, and by a field of an event that is named like a relation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.cases.built_in import RELATIONS
from licet.core.cases.case import Case, Link
from licet.core.cases.procedure import EventRule, FieldKind

LINKING = frozenset((FieldKind.CASES, FieldKind.INSTRUMENTS))
_relations = {relation.replace(" ", "_"): relation for relation in RELATIONS} | {"appealed": "appeals"}


def links_in(rule: EventRule, fields: Mapping[str, Any]) -> list[Link]:
    """The links that the fields of an event make: those of cases or instruments that are named like a relation.

    So an appeal that has the field `appeals` (or `appealed`) is linked to what it appeals by the very entry that opens
    it, and nobody can leave that out.
    """
    if _relations.keys().isdisjoint(fields):
        return []
    found = []
    for name, relation in _relations.items():
        need, value = rule.needs.get(name), fields.get(name)
        if need is not None and need.field.kind in LINKING and value is not None:
            found += [Link(relation, str(each)) for each in value]
    return found


def linked(case: Case, relation: str) -> tuple[str, ...]:
    """What a case is linked to by a relation, in the order in which that was said, each once."""
    return tuple(dict.fromkeys(each.target for each in case.links if each.relation == relation))
