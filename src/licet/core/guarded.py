"""The decision where safeguards flag models for a request: they only take away what the rulebook permits.

`spec/safeguards.md`. The gate decides by it, and whoever verifies a journal decides by it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from licet.core.decision import Decision, Outcome, Verdict

Whose = TypeVar("Whose")
DecideOn = Callable[[str, bool], tuple[Decision, Whose]]
"""The rulebook's decision on a model, with or without a substitute, and whose it is of those who ask."""


def decide_guarded(
    decide: DecideOn[Whose], chain: tuple[str, ...], flagged: frozenset[str], substitution: bool
) -> tuple[Decision, Whose]:
    """The decision on the first model of `chain` (the requested one, then its fallbacks), of which some are `flagged`.

    Unless what the rulebook serves is flagged, it is the rulebook's own. Otherwise the next model of the chain serves
    that is itself allowed and not flagged; or none does. A flagged model's verdict says that it is not allowed, though
    no order forbids it.
    """
    plain, whose = decide(chain[0], substitution)
    if plain.served is None or plain.served not in flagged:
        return plain, whose
    verdicts = [*plain.verdicts[:-1], _without(plain.verdicts[-1])]
    for name in chain[chain.index(plain.served) + 1 :] if substitution else ():
        own, _ = decide(name, False)
        if own.served is not None and name not in flagged:
            found = (*verdicts, own.verdicts[0])
            return plain._replace(outcome=Outcome.SUBSTITUTE, served=name, verdicts=found), whose
        verdicts.append(_without(own.verdicts[0]))
    return plain._replace(outcome=Outcome.REFUSE, served=None, verdicts=tuple(verdicts)), whose


def taken_away(decision: Decision) -> tuple[str, ...]:
    """The models that a decision takes away because they are flagged: permitted, forbidden by no order, not allowed."""
    return tuple(
        each.model for each in decision.verdicts if each.permitted_by and not each.forbidden_by and not each.allowed
    )


def _without(verdict: Verdict) -> Verdict:
    return verdict._replace(allowed=False)
