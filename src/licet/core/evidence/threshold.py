"""Thresholds: lines in a published framework, and what evidence must be like before it may say anything of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `alert` or `red`, the rate (of items solved, in the metric's unit) at which it lies."""

    name: str
    at: Decimal


@dataclass(frozen=True, slots=True)
class Asked:
    """What a threshold asks of a judge: measured sensitivity and specificity of at least this, on so many labels."""

    sensitivity: Decimal
    specificity: Decimal
    labels: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line in a safety framework, as a document: immutable, and named with its version.

    `metric` with its scale `[low, high]` is what is measured, and `success_at` the score from which an item counts as
    solved. `suites` are the digests of the manifests by name: each is one line of evidence. Over several, a claim of
    safety must hold by every one (intersection). `budget` is the declared elicitation budget by name (`tokens`,
    `hours`, `tries`, `scaffolds`), `judge` what the judge must be, `confidence` the level of the one-sided bounds.
    """

    name: str
    title: str
    framework: str
    source: str
    capability: str
    metric: str
    low: Decimal
    high: Decimal
    success_at: Decimal
    lines: tuple[Line, ...]
    suites: tuple[tuple[str, str], ...]
    budget: tuple[tuple[str, Decimal], ...]
    judge: Asked | None
    confidence: Decimal
    digest: str
