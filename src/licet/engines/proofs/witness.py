"""Witnesses: the simplest subject of whom a formula holds, and what the reference interpreter says of it.

What the solver finds is shown to nobody before the reference interpreter has confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from licet.core.conditions import evaluate
from licet.core.decision import Decision, Outcome, Request, decide
from licet.core.facts import Fact, Facts
from licet.core.proof import ProofUnsound, Witness
from licet.core.properties import Certainty, Claim, Property
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.engines.proofs.question import Question
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import Holds, ask, last
from licet.engines.smt.simplest import Wishes


def witness(property_: Property, question: Question, declared: Mapping[str, Fact]) -> Witness:
    """A counterexample: the simplest subject, decided by the reference interpreter.

    The same question has the same witness, whatever was asked before. Raises `ProofUnsound` if there is none, or if
    the interpreter does not confirm it.
    """
    small = Formulas([replace(question.after, facts=declared, instruments=question.provisions)], [property_.whom])
    return confirmed(property_, question, simplest(small, question))


def confirmed(property_: Property, question: Question, facts: Facts) -> Witness:
    """Somebody whom the solver found, once the reference interpreter has confirmed it. Raises `ProofUnsound`."""
    found = decided(question, facts)
    if not confirms(property_, question, found):
        raise ProofUnsound(f"`{property_.name}`: the reference interpreter does not confirm {found}")
    return found


def simplest(formulas: Formulas, question: Question) -> Facts:
    """The first subject, in an order that puts those of whom little is known before others."""
    kept = [question.formula(formulas), *formulas.trackers(question.provisions)]

    def like(wishes: Sequence[z3.BoolRef]) -> Holds | None:
        return last(formulas.solver) if ask(formulas.solver, wishes) else None

    found = like(kept)
    if found is None:
        raise ProofUnsound(f"there is nobody for whom {question.model} at {question.at.isoformat()} could fail")
    wishes = Wishes(like, kept, found)
    formulas.terms.simplify(wishes)
    return formulas.terms.facts(wishes.found)


def decided(question: Question, facts: Facts) -> Witness:
    """What the reference interpreter says under both rulebooks."""
    before = decision(question.before, question, facts) if question.before is not None else None
    after = decision(question.after, question, facts)
    if after is None:
        raise ProofUnsound(f"there is no model `{question.model}`")
    return Witness(facts, question.model, question.operation, question.at, before, after)


def decision(rulebook: Rulebook, question: Question, facts: Facts) -> Decision | None:
    """A decision; None for a model that a rulebook does not have."""
    if question.model not in rulebook.catalogue.models:
        return None
    return decide(rulebook, Request(facts, question.model, question.operation, question.at))


def confirms(property_: Property, question: Question, found: Witness) -> bool:
    """Whether a property is false of a witness, by its decisions alone."""
    model, after = question.after.catalogue.models[found.model], found.after
    holds = is_about(property_, found.facts)
    allowed, was_allowed = serves(after), serves(found.before)
    other = served_by(found.before) != after.served
    match property_.claim:
        case Claim.NOBODY_ALLOWED:
            return holds and property_.names(model) and allowed
        case Claim.NO_SUBSTITUTE:
            instead = question.after.catalogue.models.get(after.served or "")
            return holds and after.outcome is Outcome.SUBSTITUTE and instead is not None and property_.names(instead)
        case Claim.ONLY_NARROWS:
            return holds and allowed and not was_allowed
        case Claim.ONLY_WIDENS:
            return holds and was_allowed and not allowed
        case Claim.CHANGES_ONLY:
            return other and not (property_.names(model) and holds)
        case Claim.MANDATES_MET:
            return holds and not allowed and set(question.about) <= set(after.verdicts[0].conflicts)
        case Claim.LIFT_RESTORES | Claim.NO_DEAD_INSTRUMENT:
            return holds and other


def is_about(property_: Property, facts: Facts) -> bool:
    """Whether a property is about somebody."""
    truth = evaluate(property_.whom, facts)
    return truth is Truth.TRUE or (property_.certainty is Certainty.POSSIBLE and truth is Truth.UNKNOWN)


def serves(decision: Decision | None) -> bool:
    """Whether the model itself is served."""
    return decision is not None and decision.outcome is Outcome.SERVE


def served_by(decision: Decision | None) -> str | None:
    """The model that serves."""
    return None if decision is None else decision.served
