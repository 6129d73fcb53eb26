"""Fields, forms of fields and catalogues of criteria from their drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licet.core.cases.criteria import Criteria, Criterion
from licet.core.cases.fields import CaseForm
from licet.core.cases.order import natural
from licet.core.cases.procedure import FieldKind, FieldRule, Secrecy
from licet.core.resolving import DigestOf
from licet.core.shape import Draft


def fields_from(tree: Mapping[str, Mapping[str, Any]]) -> dict[str, FieldRule]:
    """Fields by name, in the order of their names."""
    return {name: field_from(name, tree[name]) for name in sorted(tree)}


def field_from(name: str, tree: Mapping[str, Any]) -> FieldRule:
    """One field from its canonical form."""
    return FieldRule(
        name,
        FieldKind(tree["kind"]),
        tree["meaning"],
        Secrecy(tree["class"]),
        tuple(tree.get("values", ())),
        tree.get("source", ""),
    )


def form_from(draft: Draft, digest_of: DigestOf) -> CaseForm:
    """One form; it refers to no other document."""
    tree = draft.tree
    return CaseForm(
        draft.name,
        tree["title"],
        tuple(tree["sources"]),
        date.fromisoformat(tree["as_of"]),
        fields_from(tree["fields"]),
        digest_of(draft),
    )


def criteria_from(draft: Draft, digest_of: DigestOf) -> Criteria:
    """One catalogue, its criteria in the natural order of their identifiers; it refers to no other document."""
    tree = draft.tree
    catalogue = tree["catalogue"]
    return Criteria(
        name=draft.name,
        title=tree["title"],
        sources=tuple(tree["sources"]),
        as_of=date.fromisoformat(tree["as_of"]),
        criteria={each: criterion_from(each, catalogue[each]) for each in sorted(catalogue, key=natural)},
        digest=digest_of(draft),
    )


def criterion_from(identifier: str, tree: Mapping[str, Any]) -> Criterion:
    """One criterion from its canonical form."""
    return Criterion(
        id=identifier,
        title=tree["title"],
        statement=tree["statement"],
        evidence=tuple(tree.get("evidence", ())),
        decisive=tree["decisive"],
        source=tree["source"],
    )
