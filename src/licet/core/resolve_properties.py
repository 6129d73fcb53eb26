"""Drafts of properties become properties: what they claim can be asked, of models and instruments that are there."""

from __future__ import annotations

from datetime import datetime

from licet.core.conditions import Always
from licet.core.instruments import Operation
from licet.core.properties import Certainty, Claim, Property
from licet.core.resolve_instruments import check_models_named, check_names
from licet.core.resolving import Resolving, condition_of
from licet.core.schema import INSTRUMENTS
from licet.core.shape import Draft

ABOUT_MODELS = (Claim.NOBODY_ALLOWED, Claim.NO_SUBSTITUTE)
"""Claims that say nothing where no model is named."""


def property_from(work: Resolving, draft: Draft) -> None:
    """One property, with all its references checked."""
    tree = draft.tree
    claim = Claim(tree["claim"])
    check(work, draft, claim)
    condition = condition_of(work, draft, "whom") if "whom" in tree else Always(True)
    work.properties[draft.name] = Property(
        name=draft.name,
        claim=claim,
        whom=condition or Always(True),
        text=tree.get("whom", "True"),
        certainty=Certainty(tree["certainty"]),
        title=tree.get("title", ""),
        source=tree.get("source", ""),
        models=tuple(tree.get("models", ())),
        families=tuple(tree.get("families", ())),
        operations=tuple(Operation(operation) for operation in tree["operations"]),
        from_=datetime.fromisoformat(tree["from"]) if "from" in tree else None,
        until=datetime.fromisoformat(tree["until"]) if "until" in tree else None,
        instruments=tuple(tree.get("instruments", ())),
        digest=work.digest_of(draft),
    )


def check(work: Resolving, draft: Draft, claim: Claim) -> None:
    """Everything that a property names is there, and makes sense with what it claims."""
    tree = draft.tree
    check_models_named(work, draft)
    if claim in ABOUT_MODELS and not tree.get("models") and not tree.get("families"):
        message = f"`{claim}` is about no model; name some in `models` or `families`"
        work.report(draft, ("claim",), message)
    ends = "from" in tree and "until" in tree
    if ends and datetime.fromisoformat(tree["until"]) <= datetime.fromisoformat(tree["from"]):
        work.report(draft, ("until",), f"`until` is not after `from` ({tree['from']}); it would be about no time")
    if claim is Claim.LIFT_RESTORES:
        if "instruments" not in tree:
            work.report(draft, ("claim",), f"`{claim}` is about no lift; name some in `instruments`")
        check_names(work, draft, "instruments", ("lift",))
    elif claim is Claim.NO_DEAD_INSTRUMENT:
        check_names(work, draft, "instruments", tuple(kind for kind in INSTRUMENTS if kind not in ("trust", "lift")))
    elif "instruments" in tree:
        work.report(draft, ("instruments",), f"`{claim}` is not about instruments; leave them out", at_key=True)
