"""Drafts of trust documents become values: their facts are declared, and what their carriers need is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from licet.core.facts import About, Fact, Members, Value
from licet.core.resolving import Resolving, names
from licet.core.shape import Draft
from licet.core.shape_trust import URL
from licet.core.shaping import shown
from licet.core.trust import Keys, Trust, Trusted, spelled

SIGNED = frozenset(("oidc", "jwt", "sd-jwt-vc"))
"""The carriers that bring something signed by the attester."""

NEEDED = {
    "keys": SIGNED,
    "algorithms": SIGNED,
    "audience": frozenset(("oidc", "jwt")),
    "types": frozenset(("sd-jwt-vc",)),
}
"""Fields that a document needs if it trusts one of these carriers."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def trust_from(work: Resolving, draft: Draft, common: Mapping[str, Any]) -> Trust:
    """One trust document; what is wrong with it is reported."""
    tree = draft.tree
    carriers = frozenset(tree["carriers"])
    _check_carriers(work, draft, carriers)
    facts = {name: _trusted(work, draft, name, each) for name, each in tree["facts"].items()}
    return Trust(
        **common,
        attester=tree["attester"],
        carriers=carriers,
        facts={name: each for name, each in facts.items() if each is not None},
        framework=tree.get("framework", ""),
        audience=tuple(tree.get("audience", ())),
        types=tuple(tree.get("types", ())),
        algorithms=tuple(tree.get("algorithms", ())),
        keys=_keys(tree.get("keys")),
        lasts=span(tree["lasts"]) if "lasts" in tree else None,
        grace=span(tree["grace"]),
    )


def span(text: str) -> timedelta:
    """A duration of the form that `shape` lets through."""
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])


def _check_carriers(work: Resolving, draft: Draft, carriers: frozenset[str]) -> None:
    tree = draft.tree
    for field, by in NEEDED.items():
        if carriers & by and field not in tree:
            carried = names(carriers & by)
            work.report(draft, ("carriers",), f"a trust document for {carried} needs `{field}`", at_key=True)
    if "discovery" in tree.get("keys", {}) and not URL.fullmatch(tree["attester"]):
        message = "only of an issuer that is an https URL can the metadata be looked up; give its keys by `url`"
        work.report(draft, ("keys", "discovery"), message, at_key=True)


def _trusted(work: Resolving, draft: Draft, name: str, tree: Mapping[str, Any]) -> Trusted | None:
    fact = work.facts.get(name)
    path = ("facts", name)
    if fact is None or fact.about is not About.SUBJECT:
        known = names(each.name for each in work.facts.values() if each.about is About.SUBJECT)
        work.report(draft, path, f"`{name}` is no fact about subjects; there are {known}", at_key=True)
        return None
    value = _value(fact, tree["value"]) if "value" in tree else None
    if "value" in tree and value is None:
        message = f"{shown(tree['value'])} is not a value of `{name}`; allowed: {fact.allowed}"
        work.report(draft, (*path, "value"), message)
    for position, each in enumerate(tree.get("only", ())):
        if not (isinstance(each, str) and fact.admits_member(each) if fact.kind.is_set else fact.admits(each)):
            allowed = "one of its members" if fact.kind.is_set else fact.allowed
            message = f"`{spelled(each)}` is not a value of `{name}`; allowed: {allowed}"
            work.report(draft, (*path, "only", position), message)
    only = frozenset(spelled(each) for each in tree.get("only", ()))
    return Trusted(tree.get("claim"), value, only, tree.get("level", draft.tree["level"]))


def _value(fact: Fact, tree: Any) -> Value | None:
    value: Any = Members(frozenset(tree), complete=False) if isinstance(tree, list) else tree
    return value if isinstance(value, bool | int | str | Members) and fact.admits(value) else None


def _keys(tree: Mapping[str, Any] | None) -> Keys | None:
    if tree is None:
        return None
    return Keys("discovery" in tree, tree.get("url"), tuple(tree.get("pinned", ())))
