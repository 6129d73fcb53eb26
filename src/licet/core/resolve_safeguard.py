"""Drafts of safeguards become safeguards: classifiers before models that exist."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from licet.core.resolving import Resolving, names
from licet.core.safeguards import Contract, Safeguard, Side, Stage
from licet.core.shape import Draft


def safeguard_from(work: Resolving, draft: Draft) -> Safeguard:
    """A safeguard; models and families that are not in the catalogue are reported."""
    tree = draft.tree
    for place, name in enumerate(tree.get("models", ())):
        if name not in work.models:
            work.report(draft, ("models", place), f"unknown model `{name}`; known: {names(work.models)}")
    families = {model.family for model in work.models.values()}
    for place, name in enumerate(tree.get("families", ())):
        if name not in families:
            work.report(draft, ("families", place), f"no model is of the family `{name}`; known: {names(families)}")
    return Safeguard(
        name=draft.name,
        title=tree.get("title", ""),
        models=tuple(tree.get("models", ())),
        families=tuple(tree.get("families", ())),
        sides=tuple(Side(side) for side in tree["on"]),
        cascade=tuple(stage_from(each) for each in tree["cascade"]),
        reasons=tree.get("reasons", ""),
        appeal=tree.get("appeal", ""),
        digest=work.digest_of(draft),
    )


def stage_from(tree: Mapping[str, Any]) -> Stage:
    """One stage from its canonical form."""
    return Stage(
        classifier=tree["classifier"],
        version=tree["version"],
        contract=Contract(tree["contract"]),
        flags_at=Decimal(tree["flags_at"]),
        clears_below=Decimal(tree["clears_below"]) if "clears_below" in tree else None,
        url=tree.get("url", ""),
        model=tree.get("model", ""),
        key_env=tree.get("key_env"),
        policy=tree.get("policy", ""),
        categories=tuple(tree.get("categories", ())),
        seconds=Decimal(tree["seconds"]),
    )
