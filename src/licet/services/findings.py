"""What a review found: one finding a matter, in a sentence, with whom it is about as a concrete example."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licet.core.facts import Facts, Members, Unknown, Value
from licet.core.proof import Answer, Proof, Witness


class Severity(StrEnum):
    """How much a finding asks of whoever reads it."""

    SERIOUS = "serious"
    WARNING = "warning"
    NOTE = "note"


class Check(StrEnum):
    """What was looked for."""

    CONTRADICTION = "contradiction"
    PROPERTY = "property"
    NOBODY_LEFT = "nobody left"
    UNKNOWN_FACTS = "unknown facts"
    NO_EFFECT = "no effect"
    NO_RELIEF = "no relief"
    NO_END = "no end"
    MODELS = "models"
    SAFEGUARDS = "safeguards"
    SAFEGUARD_NEW = "safeguard new"
    STREAMS = "streams"
    TRUST = "trust"
    TRUST_ENDS = "trust ends"
    TRUST_COUNTS = "trust counts"
    EVIDENCE = "evidence"
    PROCEDURES = "procedures"
    LAPSES = "lapses"
    REOPENS = "reopens"
    WITHHELD = "withheld"
    NOT_MADE = "not made"


NOT_PERMISSION = frozenset(
    {Check.MODELS, Check.SAFEGUARDS, Check.STREAMS, Check.TRUST, Check.EVIDENCE, Check.PROCEDURES}
)
"""Findings of what may widen access by other means than permission: no proof about permission clears them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an officer should know before a proposal is in force."""

    check: Check
    severity: Severity
    sentence: str
    instruments: tuple[str, ...] = ()
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that was found, the worst first. `narrows`: whether nobody is allowed anything new, from now on."""

    narrows: Proof
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def only_narrows(self) -> bool:
        """Whether it is proved that access only narrows, by permission and by everything else."""
        return self.narrows.answer is Answer.PROVED and not any(each.check in NOT_PERMISSION for each in self.findings)

    @property
    def headline(self) -> str:
        """Whether it only narrows, in a sentence, with an example where it does not."""
        match self.narrows.answer:
            case Answer.PROVED if self.only_narrows:
                rests = ", ".join(self.narrows.rests_on)
                return "proved: it only narrows access" + (f" (by {rests})" if rests else "")
            case Answer.PROVED if {each.check for each in self.findings} & NOT_PERMISSION == {Check.PROCEDURES}:
                return "proved: it gives nobody access; how cases are decided changes"
            case Answer.PROVED:
                return "it permits nobody anything new, but may widen access otherwise"
            case Answer.REFUTED:
                witness = self.narrows.witness
                whom = f"; for example somebody with {described(witness.facts)}" if witness else ""
                return f"it widens access: {self.narrows.because}{whom}"
            case _:
                return f"not proved to only narrow access: {self.narrows.because}"


ORDER_OF_SEVERITY = tuple(Severity)


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings by their severity; otherwise in the order in which they were made."""
    return tuple(sorted(findings, key=lambda each: ORDER_OF_SEVERITY.index(each.severity)))


def described(facts: Facts) -> str:
    """What is known of somebody, in a row: `staff = true, citizenships = FR (in part)`; the rest is unknown."""
    known = [f"{name} = {shown(value)}" for name, value in sorted(facts.items()) if not isinstance(value, Unknown)]
    return ", ".join([*known, "all else unknown"] if known else ["every fact unknown"])


def shown(value: Value) -> str:
    """A value as people write it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Members(members, complete):
            return (", ".join(sorted(members)) or "none") + ("" if complete else " (in part)")
        case Unknown():
            return "unknown"
        case _:
            return str(value)
