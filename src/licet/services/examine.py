"""Examine: everything that an officer reads before a draft is in force, worked out in one go. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from licet.core.change import NARROWING
from licet.core.differences import Differences
from licet.core.preview import Preview
from licet.core.proof import Proof
from licet.core.properties import Property
from licet.core.rulebook import Rulebook
from licet.services import checks
from licet.services.approval import TWO, warrant_for_one
from licet.services.beliefs import COUNTED_AFTER, words_that_turn
from licet.services.checks import People, first_turn, step
from licet.services.diff import PopulationAt, tally_of, with_counts
from licet.services.diff_words import sentences
from licet.services.dossier import Dossier
from licet.services.findings import Check, Finding, Severity, worst_first
from licet.services.identity.carriers.verifiable import where_verified
from licet.services.population import Report, silence
from licet.services.preview import Names, Scope, first_difference
from licet.services.preview import preview as previewed
from licet.services.proving import Prover, ProverOf
from licet.services.review import Sound, review
from licet.services.rulebooks import Proposal
from licet.services.usage import Usage

SIDES = ("what is enacted", "the draft")
"""What the two rulebooks are called in sentences."""

WITHOUT_PROVER = (
    "the difference and the proofs are left out: the prover is not installed (`pip install 'licet[proofs]'`)"
)


@dataclass(frozen=True, slots=True)
class Means:
    """What a dossier is worked out with. What is None is not there, and what needs it is left out.

    `population`: the subjects to count, as they are at an instant; `people`: those whose attestations a change of trust
    turns; `compare` finds the differences of two rulebooks.
    `officers`: how many a widening needs.
    """

    stopwatch: Callable[[], float]
    prover: ProverOf | None = None
    compare: Callable[[Rulebook, Rulebook], Differences] | None = None
    population: PopulationAt | None = None
    people: People | None = None
    organisations: int = 5
    usage: Usage | None = None
    names: Names | None = None
    officers: int = TWO
    report: Report = silence


def examine(proposal: Proposal, now: datetime, means: Means, left_out: Sequence[str] = ()) -> Dossier:
    """Everything about a draft from `now` on. `left_out`: what is known to be missing beforehand.

    Raises what the population and `compare` raise.
    """
    before, after = proposal.before, proposal.rulebook
    missing = [*left_out, *(() if means.prover and means.compare else (WITHOUT_PROVER,))]
    counts, ignored = _counted(proposal, now, means)
    prover = _Remembering(means.prover) if means.prover else None
    means.report("reviewing", 0.0)
    found = review(proposal, now, prover=prover, people=None, stopwatch=means.stopwatch)
    locked_out = _locked_out(counts, after) if counts else []
    taken = step(proposal, now)
    if first_turn(taken) is not None:
        missing += [COUNTED_AFTER] if counts else []
        if not locked_out and means.people:
            locked_out = [*checks.locked_out(taken, means.people, means.stopwatch)]
    turned = words_that_turn(taken, means.people, means.stopwatch) if means.people else ()
    found = replace(found, findings=worst_first([*found.findings, *locked_out, *turned]))
    differences, said = _compared(before, after, means)
    return Dossier(
        proposal,
        now,
        found,
        counts,
        differences,
        said,
        _proofs(proposal, prover, means.report),
        ignored,
        tuple(missing),
        warrant_for_one(found, officers=means.officers) is not None,
    )


def _counted(proposal: Proposal, now: datetime, means: Means) -> tuple[Preview | None, tuple[str, ...]]:
    """Whom it touches at the first instant at which anything differs."""
    if means.population is None:
        return None, ()
    before, after = proposal.before, proposal.rulebook
    scope = Scope(first_difference(before, after, now), organisations=means.organisations)
    population = means.population(scope.at)
    counts = previewed(
        before,
        after,
        population,
        scope,
        now=now,
        stopwatch=means.stopwatch,
        usage=means.usage,
        names=means.names,
    )
    return counts, population.ignored


def _compared(before: Rulebook, after: Rulebook, means: Means) -> tuple[Differences | None, tuple[str, ...]]:
    """What it changes, counted where there is somebody to count, and in sentences."""
    if means.compare is None:
        return None, ()
    means.report("comparing", 0.0)
    found = means.compare(before, after)
    if means.population is not None and found.differences:
        found = with_counts(found, tally_of(before, after, means.population))
    return found, sentences(found, before, after, SIDES)


def _proofs(proposal: Proposal, prover: ProverOf | None, report: Report) -> tuple[Proof, ...]:
    """What is proved of the properties. The review has asked the same: nothing is proved twice."""
    if prover is None:
        return ()
    made, found = Sound(prover(proposal.before, proposal.rulebook)), []
    for number, each in enumerate(proposal.properties):
        report(f"proving {each.name}", number / len(proposal.properties))
        found.append(made.prove(each))
    return tuple(found)


def _locked_out(counts: Preview, after: Rulebook) -> list[Finding]:
    """Those of all subjects who lose a model only because a fact is unknown of them, by model."""
    rows = [row for row in counts.rows if row.change.unknown and row.change.effect in NARROWING]
    if not rows:
        return []
    models: dict[str, int] = {}
    for row in rows:
        models[row.change.model] = models.get(row.change.model, 0) + row.subjects
    lost = " and ".join(f"{number:,} lose {model}" for model, number in models.items())
    facts = sorted({fact for row in rows for fact in row.change.unknown})
    sentence = f"of {counts.accounts:,} subjects {lost} at {counts.at.isoformat()} because a fact is unknown"
    sentence += f": {', '.join(facts)}; {where_verified(facts, after, counts.at)}"
    return [Finding(Check.UNKNOWN_FACTS, Severity.WARNING, sentence)]


class _Remembering:
    """Makes provers that answer each property once."""

    def __init__(self, make: ProverOf) -> None:
        self._make = make
        self._made: dict[tuple[str, str], _Memory] = {}

    def __call__(self, before: Rulebook, after: Rulebook, /) -> Prover:
        pair = before.digest, after.digest
        if pair not in self._made:
            self._made[pair] = _Memory(self._make(before, after))
        return self._made[pair]


class _Memory:
    """A prover that is asked the same only once."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self._answers: dict[Property, Proof] = {}

    def prove(self, asked: Property, /) -> Proof:
        """See `Prover`."""
        if asked not in self._answers:
            self._answers[asked] = self._prover.prove(asked)
        return self._answers[asked]
