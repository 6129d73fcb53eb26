"""A decision in sentences: who, what, by which instruments, why each applies or does not, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product
from typing import assert_never

from licet.core.conditions import Always, Atom, Attested, Compare, Contains, OneOf, atoms, definitions, evaluate
from licet.core.decision import Decision, Outcome, Request, Verdict, decide
from licet.core.facts import Facts, Kind, Members, Unknown, Value
from licet.core.grounds import Ground, grounds
from licet.core.instruments import Instrument, Licence, Lift, Mandate, Order, Provision, Release
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.services import withholding
from licet.services.lapses import turns_at

MOST_TRIED = 2_000
"""Combinations of values tried, at most, to find what would be enough to be verified."""

MOST_WAYS = 5
"""Ways named, at most, in which a request would be served."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What one instrument does to the request, and why: `effect` is one sentence, `because` are its grounds."""

    instrument: str
    model: str
    effect: str
    because: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The clause as one sentence."""
        return f"{self.effect}, because {listing(self.because)}." if self.because else f"{self.effect}."


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and its reasons in words. `remedies` are what would change it."""

    decision: Decision
    headline: str
    clauses: tuple[Clause, ...]
    unknown: tuple[str, ...]
    remedies: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything, in the order in which a person wants to read it."""
        return (self.headline, *(clause.sentence for clause in self.clauses), *self.unknown, *self.remedies)


def explain(rulebook: Rulebook, request: Request, decision: Decision, *, subject: str) -> Explanation:
    """The reasons of the reference interpreter's decision on this request. `subject` is how to call who asks."""
    clauses: list[Clause] = []
    for verdict in decision.verdicts:
        clauses += clauses_for(rulebook, request, verdict)
    return Explanation(
        decision,
        headline(decision, rulebook, subject),
        tuple(clauses),
        tuple(unknowns(rulebook, decision, subject)),
        tuple(remedies(rulebook, request, decision, subject)),
    )


def headline(decision: Decision, rulebook: Rulebook, subject: str) -> str:
    """Who asked for what, when, and what they get."""
    at = decision.at.isoformat(sep=" ", timespec="seconds")
    under = f"under rulebook {decision.rulebook[:19]} (epoch {rulebook.epoch})"
    asked = f"{subject} asks to {decision.operation} {decision.requested} at {at}, {under}"
    match decision.outcome:
        case Outcome.SERVE:
            return f"{asked}: it is served."
        case Outcome.SUBSTITUTE:
            return f"{asked}: {decision.requested} is not allowed, and {decision.served} is served instead."
        case Outcome.REFUSE:
            return f"{asked}: it is refused."
        case _ as unreachable:
            assert_never(unreachable)


def clauses_for(rulebook: Rulebook, request: Request, verdict: Verdict) -> Iterator[Clause]:
    """One clause for each instrument in force that speaks of a model."""
    model = rulebook.catalogue.models[verdict.model]
    covering = [
        each
        for each in rulebook.in_force(request.at)
        if isinstance(each, Provision) and each.covers(model, request.operation)
    ]
    order = {Release: 0, Order: 1, Licence: 2, Mandate: 3}
    for provision in sorted(covering, key=lambda each: (order[type(each)], each.name)):
        holds = evaluate(provision.condition, request.facts)
        because = tuple(dict.fromkeys(words(ground) for ground in grounds(provision.condition, request.facts)))
        yield Clause(provision.name, verdict.model, effect(provision, holds, verdict), because)
    unmet = withholding.withholding(rulebook, model.name, request.operation, request.at)
    for each in unmet:
        yield Clause(each.release, model.name, withholding.sentence(each).removesuffix("."), ())
    if not unmet and not any(isinstance(each, Release) for each in covering):
        yield Clause("", verdict.model, f"No release of {verdict.model} for this is in force, so nobody may", ())


def effect(provision: Provision, holds: Truth, verdict: Verdict) -> str:
    """What an instrument does, given what is known of its condition."""
    name, model = called(provision), verdict.model
    match provision:
        case Release():
            verb = {
                Truth.TRUE: f"permits {model}",
                Truth.FALSE: f"does not permit {model}",
                Truth.UNKNOWN: f"does not permit {model} as long as it is not known to apply",
            }[holds]
        case Order():
            if holds is Truth.FALSE:
                verb = f"does not forbid {model}"
            elif provision.name not in verdict.forbidden_by:
                by = listing([licence for order, licence in verdict.relieved if order == provision.name])
                verb = f"would forbid {model}, but is relieved by {by}"
            elif holds is Truth.TRUE:
                verb = f"forbids {model}"
            else:
                verb = f"forbids {model}, since it is not known not to apply"
        case Licence():
            orders = listing(provision.relieves)
            verb = {
                Truth.TRUE: f"relieves {orders} for {model}",
                Truth.FALSE: f"does not relieve {orders} for {model}",
                Truth.UNKNOWN: f"does not relieve {orders} for {model} as long as it is not known to apply",
            }[holds]
        case _:
            conflict = provision.name in verdict.conflicts
            verb = f"requires access to {model}" if holds is Truth.TRUE else f"does not require access to {model}"
            verb += ", which is in conflict with this decision" if conflict else ""
    uses = listing(sorted({each.definition for each in definitions(provision.condition)}))
    test = f"`{provision.text}`" + (f" by {uses}" if uses else "")
    everyone = isinstance(provision.condition, Always)
    return f"{name} {verb}" + ("" if everyone else f" ({test})")


def called(instrument: Instrument) -> str:
    """An instrument by kind, name, issuer and the time since which it is in force."""
    issuer = f" of {instrument.issuer}" if instrument.issuer else ""
    since = instrument.from_.isoformat(sep=" ")
    return f"The {type(instrument).__name__.lower()} {instrument.name}{issuer}, in force since {since},"


def words(ground: Ground) -> str:
    """One ground in words."""
    atom, value = ground.atom, ground.value
    if isinstance(value, Unknown):
        return f"`{atom.fact}` is unknown"
    match atom:
        case Contains(fact, member):
            return {
                Truth.TRUE: f"`{fact}` includes {member}",
                Truth.FALSE: f"`{fact}` does not include {member}",
                Truth.UNKNOWN: f"`{fact}` is not known to be complete, so it may include {member}",
            }[ground.truth]
        case OneOf(fact, _, list_name) if list_name is not None:
            return f"`{fact}` is {shown(value)}, which is {'' if ground.truth is Truth.TRUE else 'not '}in {list_name}"
        case _:
            return f"`{atom.fact}` is {shown(value)}"


def shown(value: Value) -> str:
    """A value for a sentence."""
    match value:
        case bool():
            return str(value).lower()
        case Members(known, complete):
            return "{" + ", ".join(sorted(known)) + ("}" if complete else ", ...}")
        case Unknown():
            return "unknown"
        case _:
            return str(value)


def unknowns(rulebook: Rulebook, decision: Decision, subject: str) -> Iterator[str]:
    """Which unknown facts stood in the way."""
    if decision.unknown:
        facts = listing([f"`{name}`" for name in decision.unknown])
        yield f"Not known of {subject}, and in the way of {decision.requested}: {facts}."
        for name in decision.unknown:
            yield f"`{name}`: {rulebook.facts[name].meaning}"


def remedies(rulebook: Rulebook, request: Request, decision: Decision, subject: str) -> Iterator[str]:
    """What would change a decision that does not serve what was asked for."""
    if decision.outcome is not Outcome.SERVE:
        enough = what_is_enough(rulebook, request, decision)
        if enough:
            ways = [listing([f"`{name}` is {shown(value)}" for name, value in each.items()]) for each in enough]
            yield f"It would be enough to have verified that {', or that '.join(ways)}."
        else:
            yield f"Nothing that could be verified of {subject} would change this: only an instrument can."
        yield from dict.fromkeys(appeals(rulebook, decision))
    yield from changes_ahead(rulebook, request, decision)


def appeals(rulebook: Rulebook, decision: Decision) -> Iterator[str]:
    """Where to appeal against the orders that forbid."""
    for name in decision.verdicts[0].forbidden_by:
        instrument = rulebook.instrument(name)
        if instrument is not None and instrument.appeal:
            yield f"Appeal against {name}: {instrument.appeal}"


def changes_ahead(rulebook: Rulebook, request: Request, decision: Decision) -> Iterator[str]:
    """The next boundary at which the same request is decided otherwise, if what is enacted now stays as it is."""
    for boundary in rulebook.boundaries:
        if boundary > request.at:
            later = decide(rulebook, request._replace(at=boundary))
            if (later.outcome, later.served) != (decision.outcome, decision.served):
                by = listing(sorted(set(starting_or_ending(rulebook, boundary))))
                gets = f"{later.served} is served" if later.served else "it is refused"
                yield f"From {boundary.isoformat(sep=' ')}, by {by}: {gets}."
                return


def starting_or_ending(rulebook: Rulebook, boundary: datetime) -> Iterator[str]:
    """The instruments that change what is in force at a boundary: those that begin, and those that just end."""
    beginning = [each.name for each in rulebook.instruments if rulebook.spans[each.name].start == boundary]
    yield from beginning
    ended_by = {
        name
        for each in rulebook.instruments
        if each.name in beginning
        for name in (each.ends if isinstance(each, Lift) else each.supersedes)
    }
    for each in rulebook.instruments:
        if rulebook.spans[each.name].end == boundary and each.name not in ended_by:
            yield f"the end of {each.name}"
    for turn in turns_at(rulebook, boundary):
        yield turn.words


def what_is_enough(rulebook: Rulebook, request: Request, decision: Decision) -> list[dict[str, Value]]:
    """The ways, of the fewest facts each, in which unknown facts, if verified so, would have the request served."""
    candidates = {name: candidate_values(rulebook, name, request.facts) for name in decision.unknown}
    alone = request._replace(substitution=False)
    tried = 0
    for size in range(1, len(candidates) + 1):
        enough: list[dict[str, Value]] = []
        for change in changes(candidates, size):
            tried += 1
            if tried > MOST_TRIED or len(enough) == MOST_WAYS:
                return enough
            if decide(rulebook, alone._replace(facts={**request.facts, **change})).outcome is Outcome.SERVE:
                enough.append(change)
        if enough:
            return enough
    return []


def changes(candidates: dict[str, list[Value]], size: int) -> Iterator[dict[str, Value]]:
    """Every way to give values to `size` of the facts."""
    for names in combinations(candidates, size):
        for values in product(*(candidates[name] for name in names)):
            yield dict(zip(names, values, strict=True))


def candidate_values(rulebook: Rulebook, name: str, facts: Facts) -> list[Value]:
    """Values of a fact that make a difference to some condition of the rulebook."""
    fact = rulebook.facts[name]
    if fact.kind is Kind.BOOLEAN:
        return [True, False]
    mentioned = sorted({literal for atom in atoms_about(rulebook, name) for literal in literals(atom)}, key=str)
    if not fact.kind.is_set:
        return [*mentioned]
    known = facts[name]
    before = known.known if isinstance(known, Members) else frozenset()
    members = [each for each in mentioned if isinstance(each, str)]
    return [Members(before, True), *(Members(before | {each}, True) for each in members)]


def atoms_about(rulebook: Rulebook, name: str) -> Iterator[Atom]:
    for instrument in rulebook.instruments:
        if isinstance(instrument, Provision):
            yield from (atom for atom in atoms(instrument.condition) if atom.fact == name)


def literals(atom: Atom) -> Iterator[str | int]:
    """The values that an atom mentions; for numbers their neighbours too, where comparisons turn."""
    match atom:
        case Attested():
            return
        case Contains(_, member):
            yield member
        case OneOf(_, choices):
            yield from choices
        case Compare(_, _, frozenset() as wanted):
            yield from wanted
        case Compare(_, _, int() as number) if not isinstance(number, bool):
            yield from (number - 1, number, number + 1)
        case Compare(_, _, str() as text):
            yield text
        case _:
            return


def listing(parts: list[str] | tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]
