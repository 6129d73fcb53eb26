"""The prover: whether a property holds of a rulebook, or of the step from one to another, for every subject, model and
instant; and if not, somebody of whom it does not hold.

Everything is finite: time is a list of stretches over which the rulebooks are constant, and what can be known of a
subject is a choice among classes. Each distinct question is put to the solver once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from licet.core.conditions import Condition
from licet.core.instruments import Instrument, Mandate, Provision
from licet.core.proof import Answer, Proof, Witness
from licet.core.properties import COMPARING, Claim, Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.catalogue import changed_otherwise
from licet.engines.proofs.claims import Matter, effects, named, questions_of
from licet.engines.proofs.question import in_order
from licet.engines.proofs.sentences import dead, nothing_asked, refuted
from licet.engines.proofs.solver import Asker, Limit, OutOfTime
from licet.engines.proofs.time import Coverage, Time
from licet.engines.proofs.witness import confirmed, witness
from licet.engines.smt.formulas import Formulas


@dataclass(frozen=True, slots=True)
class Found:
    """What the questions to a solver came to, before it is a proof."""

    answer: Answer
    rests_on: tuple[str, ...] = ()
    witness: Witness | None = None
    because: str = ""
    about: tuple[str, ...] = ()


class Prover:
    """Proves properties of `after`, and of the step to it from `before` (None: there was nothing).

    `now` is when a property without `from` begins; `limit` is how many seconds of `stopwatch` each property may take.
    `properties` are those that will be asked about, as far as they are known already: a hint that saves time.
    Formulas are built once, and answers do not depend on what was asked before. For one thread at a time.
    """

    def __init__(
        self,
        before: Rulebook | None,
        after: Rulebook,
        *,
        now: datetime,
        stopwatch: Callable[[], float],
        limit: float,
        properties: Iterable[Property] = (),
    ) -> None:
        same = {each: each for each in after.instruments}
        if before is None:
            before = replace(after, instruments=(), epoch=0)
        self.before = replace(before, instruments=tuple(same.get(each, each) for each in before.instruments))
        self.after = after
        self._now = now
        self._stopwatch = stopwatch
        self._limit = limit
        self._coverage = Coverage(self.before), Coverage(after)
        self._declared = {**before.facts, **after.facts}
        self._conditions: list[Condition] = [each.whom for each in properties]
        self._built: Formulas | None = None

    def prove(self, property_: Property) -> Proof:
        """The answer to one property. Raises `ProofUnsound` where solver and reference interpreter do not agree, and
        `ValueError` for a claim about an instrument or a lift that there is not.
        """
        start = self._stopwatch()
        before, after = self._coverage
        matter = Matter(
            property_,
            before if property_.claim in COMPARING else None,
            after,
            Time(property_.from_ or self._now, property_.until),
        )
        limit = Limit(self._stopwatch, start + self._limit)
        try:
            found = self._found(matter, limit)
        except OutOfTime:
            found = Found(Answer.NOT_DECIDED, because=f"the time limit of {self._limit:g} s ran out; nothing is known")
        return Proof(
            property_,
            found.answer,
            found.rests_on,
            self._assumptions(),
            found.witness,
            found.because,
            found.about,
            len(matter.models(after)),
            len(matter.time.stretches(self._edges(property_))),
            self._stopwatch() - start,
        )

    def _found(self, matter: Matter, limit: Limit) -> Found:
        limit.milliseconds()
        if matter.time.is_empty:
            return Found(Answer.PROVED, because=nothing_asked(matter.time))
        asker = Asker(self._formulas(matter.property_), limit)
        if matter.property_.claim is Claim.NO_DEAD_INSTRUMENT:
            return self._alive(matter, asker)
        found = self._impossible(matter, asker)
        otherwise = changed_otherwise(matter.property_, self.before, self.after)
        if found.answer is Answer.PROVED and otherwise is not None:
            return Found(Answer.REFUTED, because=otherwise[0], about=otherwise[1])
        return found

    def _impossible(self, matter: Matter, asker: Asker) -> Found:
        """Whether none of the questions has a yes; the earliest yes is the counterexample."""
        asked: set[tuple[object, ...]] = set()
        names: set[str] = set()
        for question in in_order(list(questions_of(matter))):
            if question.key in asked:
                continue
            asked.add(question.key)
            if asker.possible(question):
                found = witness(matter.property_, question, self._declared)
                because = refuted(matter.property_, found, question.about)
                return Found(Answer.REFUTED, witness=found, because=because, about=question.about)
            names.update(asker.rests_on(question))
        return Found(Answer.PROVED, tuple(sorted(names)))

    def _alive(self, matter: Matter, asker: Asker) -> Found:
        """Whether each instrument changes a decision for somebody."""
        property_ = matter.property_
        judged = [named(self.after, name) for name in property_.instruments] or self._deciding(matter)
        idle = tuple(each.name for each in judged if not self._has_effect(matter, each, asker))
        if idle:
            return Found(Answer.REFUTED, because=dead(idle), about=idle)
        return Found(Answer.PROVED, tuple(each.name for each in judged))

    def _deciding(self, matter: Matter) -> list[Instrument]:
        """The instruments in force during the time that could change a decision on one of the models by themselves."""
        models = matter.models(matter.after)
        return [
            each
            for each in self.after.instruments
            if isinstance(each, Provision)
            and not isinstance(each, Mandate)
            and any(
                matter.time.meets(span)
                for model in models
                if each.is_about(model)
                for span in self.after.in_force_for(each, model)
            )
        ]

    def _has_effect(self, matter: Matter, instrument: Instrument, asker: Asker) -> bool:
        asked: set[tuple[object, ...]] = set()
        for question in in_order(list(effects(matter, instrument))):
            if question.key not in asked and asker.possible(question):
                confirmed(matter.property_, question, asker.facts(question, matter.property_.whom))
                return True
            asked.add(question.key)
        return False

    def _formulas(self, property_: Property) -> Formulas:
        """Formulas that know everything a property asks about; built anew only where it asks about something else."""
        if self._built is None or not self._built.terms.covers(property_.whom):
            self._conditions.append(property_.whom)
            both = replace(self.after, facts=self._declared)
            self._built = Formulas([self.before, both], self._conditions)
        return self._built

    def _assumptions(self) -> tuple[str, ...]:
        return () if self._built is None else self._built.terms.assumptions

    def _edges(self, property_: Property) -> set[datetime]:
        edges = set(self.after.boundaries)
        return edges | set(self.before.boundaries) if property_.claim in COMPARING else edges
