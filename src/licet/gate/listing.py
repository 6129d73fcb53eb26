"""GET /v1/models: what the same decision would give this caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from licet.core.catalogue import Api, Model
from licet.core.decision import Decision, Outcome
from licet.core.rulebook import Rulebook
from licet.gate import decider
from licet.gate.callers import Caller
from licet.gate.enforced import Enforced
from licet.gate.refusal import unmet
from licet.gate.refused import refuse
from licet.services import withholding
from licet.wire import anthropic, openai


def listing(enforced: Enforced, caller: Caller, api: Api, now: datetime, country: str | None = None) -> bytes:
    """The body of the whole list, in the API's shape."""
    found = decider.available(enforced, caller, api, now, country)
    models = [_shape(api, model, decision, enforced.rulebook, now) for model, decision in found]
    return anthropic.listing_body(models) if api is Api.ANTHROPIC else openai.listing_body(models)


def one(
    enforced: Enforced, caller: Caller, api: Api, name: str, now: datetime, country: str | None = None
) -> Mapping[str, object]:
    """One model of the list. Raises `Refused` with 404 for a model that is not in it, whatever the reason."""
    for model, decision in decider.available(enforced, caller, api, now, country):
        if model.name == name or name in model.aliases:
            return _shape(api, model, decision, enforced.rulebook, now)
    raise refuse(404, "model_not_found", f"there is no model `{name[:200]}` for you", "model")


def _shape(api: Api, model: Model, decision: Decision, rulebook: Rulebook, now: datetime) -> Mapping[str, object]:
    licet: dict[str, object] | None = None
    if decision.outcome is Outcome.SUBSTITUTE:
        licet = {
            "outcome": "substitute",
            "served": decision.served,
            "instruments": list(decision.verdicts[0].forbidden_by),
        }
        if lapsed := unmet(decision, rulebook):
            licet["requirements"] = [withholding.tree(each) for each in lapsed]
    if api is Api.ANTHROPIC:
        return anthropic.model_object(model.name, model.title, now.strftime("%Y-%m-%dT%H:%M:%SZ"), licet)
    return openai.model_object(model.name, int(now.timestamp()), licet)
