"""The one decision point: a caller, a body and an instant in; a decision, or why there is none, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from licet.core.catalogue import Api, Model
from licet.core.decision import Decision, Outcome, Verdict
from licet.core.delegation import Party, decide_for_both
from licet.core.guarded import decide_guarded
from licet.core.instruments import Order, Streams
from licet.core.rulebook import Rulebook
from licet.gate.callers import Caller, Vectors
from licet.gate.endpoints import Endpoint
from licet.gate.enforced import Enforced
from licet.gate.flight import Flight
from licet.gate.ports import Points
from licet.gate.refused import Refused, refuse
from licet.gate.safeguard.cascade import Judged
from licet.services.keys import reaches
from licet.wire.body import NestedModel, ParsedBody
from licet.wire.failure import Failure
from licet.wire.journal import Screened

REQUESTED_LIMIT = 256
"""Characters of a model's name that the journal keeps of what a caller sent; no catalogue has longer names."""


class Decided(NamedTuple):
    """A decision about a body, and every model that serves if it is not refused (the served one first).

    `withheld`: the model that would have served instead, had the key's scopes reached it. `whose`: where somebody
    acts for somebody, whose decision it is. `said` is what safeguards said of the request; `flagging` are those because
    of which a model that is allowed does not serve.
    """

    decision: Decision
    models: tuple[str, ...]
    withheld: str | None = None
    whose: Party | None = None
    said: tuple[Screened, ...] = ()
    flagging: tuple[Judged, ...] = ()


class Lost(NamedTuple):
    """The decision that refuses what an open answer was served; `whose` as in `Decided`."""

    decision: Decision
    whose: Party | None


def _judged(
    points: Points, vectors: Vectors, model: str, operation: str, at: datetime, substitution: bool = True
) -> tuple[Decision, Party | None]:
    """The decision on who asks; where they act for somebody, on both, and whose it is."""
    own, person = vectors
    if person is None:
        return points.decide(own, model, operation, at, substitution), None

    def alone(party: Party, name: str, substitute: bool) -> Decision:
        return points.decide(person if party is Party.PERSON else own, name, operation, at, substitute)

    return decide_for_both(alone, model, substitution)


def decide(
    enforced: Enforced,
    caller: Caller,
    endpoint: Endpoint,
    body: ParsedBody,
    now: datetime,
    *,
    substitution: bool,
    country: str | None = None,
    flagged: frozenset[str] = frozenset(),
) -> Decided:
    """Decide on the model and on every model that is named inside. Raises `Refused` where nothing is to decide.

    `flagged` are the models that safeguards flag for this request: what the rulebook permits of them is taken away.
    """
    model = _known(enforced.rulebook, body.model, "model")
    _check_reach(caller, model)
    _check_api(model, endpoint.api)
    points = enforced.points(now)
    vectors = caller.vectors(points, enforced.rulebook, body.stream, country)

    def on(name: str, substitute: bool) -> tuple[Decision, Party | None]:
        return _judged(points, vectors, name, endpoint.operation, now, substitute)

    decision, whose = _guarded(on, model, flagged, substitution)
    withheld = None
    if decision.outcome is Outcome.SUBSTITUTE:
        instead = _served(enforced.rulebook, decision)
        reached = _reaches(caller, instead)
        withheld = None if reached else instead.name
        if not reached or endpoint.api not in instead.apis:
            decision, whose = _guarded(on, model, flagged, False)
    decided = Decided(decision, () if decision.served is None else (decision.served,), withheld, whose)
    if decision.served is None or not body.nested:
        return decided
    return _with_nested(enforced.rulebook, caller, body, decided, lambda name: _guarded(on, name, flagged, False))


def _guarded(
    on: Callable[[str, bool], tuple[Decision, Party | None]], model: Model, flagged: frozenset[str], substitution: bool
) -> tuple[Decision, Party | None]:
    if not flagged:
        return on(model.name, substitution)
    return decide_guarded(on, (model.name, *model.fallback), flagged, substitution)


def _with_nested(
    rulebook: Rulebook,
    caller: Caller,
    body: ParsedBody,
    decided: Decided,
    alone: Callable[[Model], tuple[Decision, Party | None]],
) -> Decided:
    names = [str(decided.decision.served)]
    for nested in body.nested:
        model = _known(rulebook, nested.name, nested.place)
        _check_reach(caller, model)
        inside, whose = alone(model)
        if inside.served is None:
            return Decided(inside, (), None, whose)
        _check_name(model, nested)
        names.append(inside.served)
    return decided._replace(models=tuple(dict.fromkeys(names)), withheld=None)


def _check_name(model: Model, nested: NestedModel) -> None:
    """Inner names are not rewritten, so only a name that the upstream knows as the same model passes."""
    if model.upstream.name != nested.name:
        message = f"`{nested.name}` has another name upstream, and names inside the body are not rewritten"
        raise refuse(400, "unsupported_parameter", message, nested.place)


def _known(rulebook: Rulebook, name: str, param: str) -> Model:
    model = rulebook.catalogue.resolve(name)
    if model is None:
        raise refuse(
            404, "model_not_found", f"there is no model `{name[:200]}`; GET /v1/models lists those there are", param
        )
    return model


def _served(rulebook: Rulebook, decision: Decision) -> Model:
    assert decision.served is not None
    return rulebook.catalogue.models[decision.served]


def _reaches(caller: Caller, model: Model) -> bool:
    return reaches(caller.admission.key.scopes, model.name, model.family)


def _check_reach(caller: Caller, model: Model) -> None:
    if not _reaches(caller, model):
        allowed = ", ".join(f"`{scope}`" for scope in caller.admission.key.scopes)
        message = f"this API key does not reach `{model.name}`; its scopes are {allowed}"
        headers = ((b"www-authenticate", b'Bearer error="insufficient_scope"'),)
        raise Refused(Failure(403, "key_scope", message, "model", headers=headers))


def _check_api(model: Model, api: Api) -> None:
    if api not in model.apis:
        there = ", ".join(model.apis)
        raise refuse(
            404, "model_not_found", f"`{model.name}` does not answer on the {api} API, only on {there}", "model"
        )


def lost(enforced: Enforced, flight: Flight, now: datetime, caller: Caller | None = None) -> Lost | None:
    """The decision that refuses what a flight is served, or None if it may go on.

    An open answer runs on if nothing but orders with `streams: finish` forbid it; where somebody acts for somebody, to
    both of them. `caller` takes the flight's place, where a rulebook that is not enforced is asked.
    """
    points = enforced.points(now)
    try:
        own, person = (caller or flight.caller).vectors(points, enforced.rulebook, flight.stream, flight.country)
        parties = [(own, None)] if person is None else [(person, Party.PERSON), (own, Party.AGENT)]
        for name in flight.models:
            for vector, whose in parties:
                decision = points.decide(vector, name, flight.endpoint.operation, now, False)
                if decision.served is None and not (
                    flight.started and _may_finish(enforced.rulebook, decision.verdicts[0])
                ):
                    return Lost(decision, whose)
    except KeyError:  # the model has left the catalogue
        return Lost(undecided(enforced.rulebook, flight.endpoint.operation, name, now), None)
    return None


def undecided(rulebook: Rulebook, operation: str, name: str, at: datetime) -> Decision:
    """The decision on a request that names no model that its caller could be decided on: refused, by default."""
    name = name[:REQUESTED_LIMIT].encode("utf-8", "replace").decode()
    verdict = Verdict(name, False, (), (), (), (), ())
    return Decision(Outcome.REFUSE, name, None, operation, (verdict,), rulebook.digest, at)


def _may_finish(rulebook: Rulebook, verdict: Verdict) -> bool:
    orders = [rulebook.instrument(name) for name in verdict.forbidden_by]
    finish = all(isinstance(order, Order) and order.streams is Streams.FINISH for order in orders)
    return bool(orders) and finish and bool(verdict.permitted_by)


def available(
    enforced: Enforced, caller: Caller, api: Api, now: datetime, country: str | None = None
) -> Iterator[tuple[Model, Decision]]:
    """The models that this caller would get an answer from, with the decision that says by which."""
    points = enforced.points(now)
    vectors = caller.vectors(points, enforced.rulebook, False, country)
    for model in enforced.rulebook.catalogue.models.values():
        if api in model.apis and _reaches(caller, model):
            decision, _ = _judged(points, vectors, model.name, "use", now)
            if decision.served is not None:
                serving = _served(enforced.rulebook, decision)
                if api in serving.apis and _reaches(caller, serving):
                    yield model, decision
