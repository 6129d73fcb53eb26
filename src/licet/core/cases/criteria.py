"""Published criteria: what an application is judged by, each with an identifier, and what was found of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `decisive`: without it there is no grant. `evidence`: what shows it, in words."""

    id: str
    title: str
    statement: str
    evidence: tuple[str, ...]
    decisive: bool
    source: str


@dataclass(frozen=True, slots=True)
class Criteria:
    """A catalogue of criteria, in one version that never changes. Identifiers are unique in it, and kept in order."""

    name: str
    title: str
    sources: tuple[str, ...]
    as_of: date
    criteria: Mapping[str, Criterion] = field(hash=False)
    digest: str


class Verdict(StrEnum):
    """What is found of one criterion. The words are those of OSCAL profiles of assessment results."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    INSUFFICIENT = "insufficient evidence"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found of one criterion, why, and the digests of the evidence that it rests on.

    `criterion` is `<catalogue>#<id>`.
    """

    criterion: str
    verdict: Verdict
    reasons: str
    evidence: tuple[str, ...] = ()
