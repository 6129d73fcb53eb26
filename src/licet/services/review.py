"""Review: everything that can be known about a proposal before it is in force, found without being asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from licet.core.conditions import Always
from licet.core.instruments import Licence, Mandate, Operation, Order, Release
from licet.core.proof import Answer, Proof, ProofUnsound
from licet.core.properties import Claim, Property
from licet.core.rulebook import Rulebook
from licet.services import beliefs, checks, evidence_checks, procedure_checks
from licet.services.checks import People, Step
from licet.services.findings import Check, Finding, Review, Severity, described, worst_first
from licet.services.proving import Prover, ProverOf
from licet.services.rulebooks import Proposal
from licet.services.safeguarded import safeguards_changed

EVERYTHING = tuple(Operation)

WITHOUT_PROVER = (
    "contradictions between mandates and orders, instruments without effect, models that nobody can use and standing"
    " properties were not looked for: the prover is not installed (`pip install 'licet[proofs]'`)"
)


class Sound:
    """A prover whose own faults count as not decided: a bug in Licet must not keep an order from being obeyed."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover

    def prove(self, asked: Property, /) -> Proof:
        """See `Prover`."""
        try:
            return self._prover.prove(asked)
        except ProofUnsound as error:
            return Proof(asked, Answer.NOT_DECIDED, because=f"a bug in licet, please report it: {error}")


def review(
    proposal: Proposal,
    now: datetime,
    *,
    prover: ProverOf | None,
    people: People | None,
    stopwatch: Callable[[], float],
) -> Review:
    """Every check on what a proposal does from `now` on. Without a prover, those that need one are named as not made.

    `people`: the subjects to count; None to count none. `stopwatch` counts seconds.
    """
    start = stopwatch()
    step = checks.step(proposal, now)
    findings = [
        *checks.models_changed(proposal),
        *safeguards_changed(proposal),
        *checks.streams_spared(step),
        *checks.never_in_force(step),
        *evidence_checks.decided_by_two(proposal),
        *procedure_checks.decided_by_two(proposal),
        *evidence_checks.lapsing(step),
        *evidence_checks.reopening(step),
        *evidence_checks.waiting(step),
        *checks.without_order(step),
        *checks.without_end(step),
        *(checks.locked_out(step, people, stopwatch) if people else ()),
        *beliefs.believed_anew(step),
        *beliefs.higher_levels(proposal),
        *beliefs.believed_no_longer(step),
        *(beliefs.words_that_turn(step, people, stopwatch) if people else ()),
    ]
    if prover is None:
        narrows = Proof(ONLY_NARROWS, Answer.NOT_DECIDED, because="the prover is not installed")
        findings.append(Finding(Check.NOT_MADE, Severity.WARNING, WITHOUT_PROVER))
    else:
        of_step: Prover = Sound(prover(step.before, step.after))
        narrows = of_step.prove(ONLY_NARROWS)
        known = {name for each in findings for name in each.instruments if each.check in DEAD}
        earlier = _Earlier(prover, step.before)
        findings += dead(step, of_step, known)
        findings += contradictions(step, of_step, earlier)
        findings += nobody_left(step, of_step, earlier)
        findings += broken(proposal, of_step)
    return Review(narrows, worst_first(findings), stopwatch() - start)


DEAD = (Check.NO_EFFECT, Check.NO_RELIEF, Check.WITHHELD)


def claim(claim: Claim, **about: object) -> Property:
    """A property about everybody, for the review's own use."""
    return Property(name=claim.value, claim=claim, whom=Always(True), text="True", **about)  # type: ignore[arg-type]


ONLY_NARROWS = claim(Claim.ONLY_NARROWS, operations=EVERYTHING)
"""What makes one officer enough."""


class _Earlier:
    """A prover about the rulebook before alone, made when it is first asked."""

    def __init__(self, prover: ProverOf, before: Rulebook) -> None:
        self._make = prover
        self._before = before
        self._made: Prover | None = None

    def answers(self, asked: Property, models: tuple[str, ...]) -> Answer | None:
        """What it says of a property; None where a model that it names was not there."""
        if not set(models) <= self._before.catalogue.models.keys():
            return None
        self._made = self._made or Sound(self._make(self._before, self._before))
        return self._made.prove(asked).answer


def dead(step: Step, prover: Prover, known: set[str]) -> Iterator[Finding]:
    """New instruments that never change a decision. A mandate never does; what is dead for simpler reasons is known."""
    names = tuple(
        each.name
        for each in step.new
        if isinstance(each, Release | Order | Licence) and each.name not in known and step.lasts(each)
    )
    if not names:
        return
    proof = prover.prove(claim(Claim.NO_DEAD_INSTRUMENT, instruments=names, operations=EVERYTHING))
    if proof.answer is Answer.NOT_DECIDED:
        yield undecided(proof, "whether every new instrument has an effect", names)
    for name in proof.about if proof.answer is Answer.REFUTED else ():
        licence = isinstance(step.after.instrument(name), Licence)
        check, what = (Check.NO_RELIEF, "relieves nobody") if licence else (Check.NO_EFFECT, "has no effect")
        yield Finding(check, Severity.WARNING, f"{name} {what}: no decision depends on it", (name,))


def contradictions(step: Step, prover: Prover, earlier: _Earlier) -> Iterator[Finding]:
    """Mandates about a model that is touched, and that are not met. Where that is nothing new, it is a note."""
    for name in step.touched:
        model = step.after.catalogue.models.get(name)
        required = model is not None and any(
            isinstance(each, Mandate) and step.lasts(each) for each in checks.about(step.after, model)
        )
        if not required:
            continue
        met = claim(Claim.MANDATES_MET, models=(name,), operations=EVERYTHING)
        proof = prover.prove(met)
        if proof.answer is Answer.NOT_DECIDED:
            yield undecided(proof, f"whether the mandates about {name} are met", ())
        elif proof.answer is Answer.REFUTED:
            yield contradiction(proof, name, already=earlier.answers(met, (name,)) is Answer.REFUTED)


def contradiction(proof: Proof, model: str, *, already: bool) -> Finding:
    """A mandate that is not met, with somebody whose access it requires."""
    severity = Severity.NOTE if already else Severity.SERIOUS
    mandates, tail = ", ".join(proof.about), " (as before)" if already else ""
    if proof.witness is None:
        sentence = f"{mandates} requires access to {model} that is not given{tail}: {proof.because}"
        return Finding(Check.CONTRADICTION, severity, sentence, proof.about)
    witness = proof.witness
    verdict = next((each for each in witness.after.verdicts if each.model == model), witness.after.verdicts[0])
    against = verdict.forbidden_by
    because = f"{', '.join(against)} forbids it, and the order wins" if against else "no release permits it"
    sentence = (
        f"{mandates} requires {model} for somebody with {described(witness.facts)}, but from"
        f" {witness.at.isoformat()} on {because}{tail}"
    )
    return Finding(Check.CONTRADICTION, severity, sentence, (*proof.about, *against), witness)


def nobody_left(step: Step, prover: Prover, earlier: _Earlier) -> Iterator[Finding]:
    """Models that nobody can use over some time from now on, and that somebody could have used."""
    for name in step.touched:
        if name not in step.after.catalogue.models:
            continue
        for start, end in step.stretches(name):
            nobody = claim(Claim.NOBODY_ALLOWED, models=(name,), from_=start, until=end)
            proof = prover.prove(nobody)
            if proof.answer is Answer.PROVED and earlier.answers(nobody, (name,)) is Answer.REFUTED:
                until = "" if end is None else f" (until {end.isoformat()} at least)"
                sentence = f"nobody can use {name} from {start.isoformat()} on{until}"
                yield Finding(Check.NOBODY_LEFT, Severity.WARNING, sentence, proof.rests_on)
                break


def broken(proposal: Proposal, prover: Prover) -> Iterator[Finding]:
    """Standing properties that do not hold of the new rulebook, or of which that is not known."""
    for each in proposal.properties:
        proof = prover.prove(each)
        if proof.answer is Answer.NOT_DECIDED:
            yield undecided(proof, f"the property {each.name}", proof.about)
        elif proof.answer is Answer.REFUTED:
            title = f" ({each.title})" if each.title else ""
            sentence = f"the property {each.name}{title} does not hold: {proof.because or each.claim.value}"
            if proof.witness is not None:
                sentence += f"; for example of somebody with {described(proof.witness.facts)}"
            yield Finding(Check.PROPERTY, Severity.SERIOUS, sentence, proof.about, proof.witness)


def undecided(proof: Proof, what: str, instruments: tuple[str, ...]) -> Finding:
    """A check that came to no end."""
    return Finding(Check.NOT_MADE, Severity.WARNING, f"{what}: not decided ({proof.because})", instruments, None)
