"""What a decision is, and the reference interpreter, which is its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from licet.core.catalogue import Model
from licet.core.conditions import Known, about, blame, settle
from licet.core.facts import Facts
from licet.core.instruments import Licence, Mandate, Order, Provision, Release
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth


class Request(NamedTuple):
    """Who asks for which model, what for, and when. `facts` has a value for every declared fact, the request's own
    included; `substitution` is false for a caller who wants the model or a refusal.
    """

    facts: Facts
    model: str
    operation: str
    at: datetime
    substitution: bool = True


class Outcome(StrEnum):
    """What happens to a request."""

    SERVE = "serve"
    SUBSTITUTE = "substitute"
    REFUSE = "refuse"


class Verdict(NamedTuple):
    """What the rulebook says of one subject and one model, with every reason.

    `permitted_by`: releases whose condition is definitely true. `forbidden_by`: orders that forbid and that no
    licence relieves. `relieved`: (order, licence) for each order that would forbid but for that licence.
    `conflicts`: mandates that require this access although it is not allowed. `unknown`: facts that are unknown and
    of which at least one must become known before this verdict can change; empty if no fact can change it.
    Names are in alphabetical order.
    """

    model: str
    allowed: bool
    permitted_by: tuple[str, ...]
    forbidden_by: tuple[str, ...]
    relieved: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...]
    unknown: tuple[str, ...]


class Decision(NamedTuple):
    """The answer to a request: who is served what, by which instruments, and what was not known.

    `verdicts` holds the requested model's verdict first, then one for each model of the fallback chain that was
    tried, up to and including the one that serves. `rulebook` is the digest of the rulebook that decided.
    """

    outcome: Outcome
    requested: str
    served: str | None
    operation: str
    verdicts: tuple[Verdict, ...]
    rulebook: str
    at: datetime

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments that determined the outcome, in alphabetical order.

        Served: the releases that permit, and each order that a licence relieves with that licence. Otherwise: the
        orders that forbid the requested model, and where one serves instead, the releases that permit that one.
        Refused without any instrument named: no release permits.
        """
        return determining(self.verdicts)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The unknown facts of which at least one must become known before the requested model can be served."""
        return self.verdicts[0].unknown


def determining(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    """The names of the instruments behind a requested model's verdict and those of its fallbacks."""
    names: set[str] = set(verdicts[0].forbidden_by)
    final = verdicts[-1]
    if final.allowed:
        names.update(final.permitted_by)
        for order, licence in final.relieved:
            names.update((order, licence))
    return tuple(sorted(names))


def decide(rulebook: Rulebook, request: Request) -> Decision:
    """The semantics. The model is served if it is allowed; otherwise the first of its fallbacks that is; or none is.

    Raises `KeyError` for a model that is not in the catalogue: names are resolved before.
    """
    model = rulebook.catalogue.models[request.model]
    chain = (model.name, *model.fallback) if request.substitution else (model.name,)
    in_force = rulebook.in_force(request.at)
    known = about(request.facts)
    verdicts: list[Verdict] = []
    for name in chain:
        candidate = rulebook.catalogue.models[name]
        provisions = [i for i in in_force if isinstance(i, Provision) and i.covers(candidate, request.operation)]
        verdicts.append(judge(candidate, provisions, known))
        if verdicts[-1].allowed:
            break
    return Decision(*outcome_of(tuple(verdicts)), request.operation, tuple(verdicts), rulebook.digest, request.at)


def outcome_of(verdicts: tuple[Verdict, ...]) -> tuple[Outcome, str, str | None]:
    """The outcome, the model requested and the model that serves, from the verdicts along the fallback chain."""
    requested, final = verdicts[0].model, verdicts[-1]
    if not final.allowed:
        return Outcome.REFUSE, requested, None
    return (Outcome.SERVE if len(verdicts) == 1 else Outcome.SUBSTITUTE), requested, final.model


def judge(model: Model, provisions: Iterable[Provision], known: Known) -> Verdict:
    """What the provisions that are in force and cover a model say of one subject, of whom `known` tells the atoms.

    A release permits if it definitely holds. An order forbids unless it definitely does not hold or a licence that
    names it definitely holds. Allowed: some release permits and no order forbids.
    """
    provisions = sorted(provisions, key=lambda provision: provision.name)
    truths = {provision.name: settle(provision.condition, known) for provision in provisions}

    def holds(provision: Provision) -> Truth:
        return truths[provision.name]

    releases = [p for p in provisions if isinstance(p, Release)]
    licences = [p for p in provisions if isinstance(p, Licence)]
    permitted_by = [release.name for release in releases if holds(release) is Truth.TRUE]
    forbidden: list[Order] = []
    relieved: list[tuple[str, str]] = []
    for order in provisions:
        if isinstance(order, Order) and holds(order) is not Truth.FALSE:
            relief = [li.name for li in licences if order.name in li.relieves and holds(li) is Truth.TRUE]
            relieved += [(order.name, licence) for licence in relief]
            if not relief:
                forbidden.append(order)
    allowed = bool(permitted_by) and not forbidden
    required = [p.name for p in provisions if isinstance(p, Mandate) and holds(p) is Truth.TRUE]
    return Verdict(
        model=model.name,
        allowed=allowed,
        permitted_by=tuple(permitted_by),
        forbidden_by=tuple(order.name for order in forbidden),
        relieved=tuple(relieved),
        conflicts=() if allowed else tuple(required),
        unknown=() if allowed else what_is_missing(doors(permitted_by, releases, forbidden, licences), holds, known),
    )


def doors(
    permitted_by: list[str], releases: list[Release], forbidden: list[Order], licences: list[Licence]
) -> list[list[Provision]]:
    """What would have to change before a model that is not allowed can be: of each list at least one condition."""
    closed: list[list[Provision]] = [] if permitted_by else [[*releases]]
    return closed + [[order, *(li for li in licences if order.name in li.relieves)] for order in forbidden]


def what_is_missing(
    closed: list[list[Provision]], holds: Callable[[Provision], Truth], known: Known
) -> tuple[str, ...]:
    """The unknown facts of which one must become known before a model that is not allowed can be.

    Empty where no fact can help: an order that definitely holds and that no licence might relieve, or no release that
    might permit.
    """
    keys: set[str] = set()
    for door in closed:
        open_questions = [provision for provision in door if holds(provision) is Truth.UNKNOWN]
        if not open_questions:
            return ()
        keys.update(*(blame(provision.condition, known) for provision in open_questions))
    return tuple(sorted(keys))
