"""The solver's side of a proof: one question after the other, within a time limit, and what a "no" rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import z3

from licet.core.conditions import Condition, atoms
from licet.core.facts import Facts
from licet.core.instruments import Order, Provision
from licet.engines.proofs.question import Question
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import ask, last, number


class OutOfTime(Exception):
    """The time limit ran out before the solver had an answer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when a proof may take, on a stopwatch that counts seconds."""

    stopwatch: Callable[[], float]
    end: float

    def milliseconds(self) -> int:
        """What is left, at least one. Raises `OutOfTime` if nothing is."""
        left = self.end - self.stopwatch()
        if left <= 0:
            raise OutOfTime
        return max(1, int(left * 1000))


class Asker:
    """Asks a solver whether something is possible."""

    def __init__(self, formulas: Formulas, limit: Limit) -> None:
        self.formulas = formulas
        self._limit = limit
        self._solver = formulas.solver

    def possible(self, question: Question) -> bool:
        """Whether there is anybody of whom the formula of a question holds. Raises `OutOfTime`."""
        formula = question.formula(self.formulas)
        return self._check([formula, *self.formulas.trackers(question.provisions)])

    def facts(self, question: Question, whom: Condition) -> Facts:
        """Somebody of whom the formula of a question holds, just as the solver found them; see `possible` before."""
        asked = {atom.fact for each in question.provisions for atom in atoms(each.condition)}
        asked |= {atom.fact for atom in atoms(whom)}
        return self.formulas.terms.facts(last(self._solver), asked)

    def rests_on(self, question: Question) -> tuple[str, ...]:
        """The instruments from which it follows that nobody is possible, each of them needed; see `possible` before.

        Which of several such sets that is depends on the provisions alone: what can be left out is tried in a fixed
        order, orders last.
        """
        formula = question.formula(self.formulas)
        provisions = sorted(question.provisions, key=preference)
        trackers = self.formulas.trackers(provisions)
        needed = {number(each): each for each in trackers}
        core = self._core()
        for candidate in list(needed):
            if candidate in core:
                if self._check([formula, *(each for other, each in needed.items() if other != candidate)]):
                    continue
                core = self._core()
            del needed[candidate]
        return tuple(sorted(p.name for p, t in zip(provisions, trackers, strict=True) if number(t) in needed))

    def _core(self) -> set[int]:
        return {number(each) for each in self._solver.unsat_core()}

    def _check(self, assumptions: Sequence[z3.BoolRef]) -> bool:
        self._solver.set("timeout", self._limit.milliseconds())
        answer = ask(self._solver, assumptions)
        if answer is None:
            raise OutOfTime
        return answer


def preference(provision: Provision) -> tuple[bool, str]:
    """Which provisions to do without first: what is not an order, by name."""
    return isinstance(provision, Order), provision.name
