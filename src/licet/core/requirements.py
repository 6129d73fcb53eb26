"""What a release requires of the evidence before it permits; judged for each model that it covers by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

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
