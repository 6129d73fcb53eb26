"""What a release requires of the evidence before it permits; judged for each model that it covers by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from licet.core.evidence.judgement import Reached
from licet.core.evidence.severity import Level


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment of this threshold, in force, that says one of `verdicts`; by one of `by` if any are named.

    Met only if no assessment of the threshold that is in force says `reached` and each issuer in `by` has spoken.
    `within` is how old an assessment may be.
    """

    threshold: str
    verdicts: tuple[Reached, ...] = (Reached.NOT_REACHED,)
    by: tuple[str, ...] = ()
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FindingsAtMost:
    """No finding in force about the model is open above this level. A patch that holds closes those that it names."""

    level: Level


@dataclass(frozen=True, slots=True)
class HeadStart:
    """Those whom another release permits have had the model for at least this long, in all."""

    release: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Safeguarded:
    """A safeguard of this name stands before the model."""

    safeguard: str


Requirement = Assessed | FindingsAtMost | HeadStart | Safeguarded


def worded(requirement: Requirement) -> str:
    """A requirement in words, as a part of a sentence: `no open finding above medium`."""
    match requirement:
        case Assessed(threshold, verdicts, by, within):
            said = f"{threshold} assessed as {' or '.join(verdict.value for verdict in verdicts)}"
            said += f" by {' and '.join(by)}" if by else ""
            return said + (f", at most {lasting(within)} old" if within is not None else "")
        case FindingsAtMost(level):
            return f"no open finding above {level.word}"
        case HeadStart(release, lasts):
            return f"a head start of {lasting(lasts)} for {release}"
        case Safeguarded(safeguard):
            return f"the safeguard {safeguard}"
        case _ as unreachable:
            assert_never(unreachable)


UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def lasting(time: timedelta) -> str:
    """A duration in the largest units that it fills, at most two: `29 days 4 hours`; less than a second is none."""
    left, parts = int(time.total_seconds()), []
    for unit, size in UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}" + ("" if number == 1 else "s"))
    return " ".join(parts[:2]) or "0 seconds"
