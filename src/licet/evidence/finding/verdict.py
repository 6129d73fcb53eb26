"""What evidence says of a reported technique: how often it works, how far it reaches, what it gains, how severe it is.

Gain is measured against what is public when it is assessed. So a grade has a date and a set of baselines, and is given
twice: against the set as it is, and as it was at the date that does not move. `spec/inquiries.md`, `spec/severity.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from licet.core.evidence.coverage import Hole
from licet.core.evidence.estimate import Estimate
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.judgement import FindingJudgement, Frozen, JudgeQuality
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.severity import Grade
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Source, Trial
from licet.evidence.finding.gain import Asked
from licet.evidence.finding.measured import Against, Measured, against, measure
from licet.evidence.finding.next_measurement import next_for_finding
from licet.evidence.finding.reach import breadth_of, class_of
from licet.evidence.finding.said import indicators, why
from licet.evidence.finding.severity import grade
from licet.evidence.inquiry.closing import closing
from licet.evidence.inquiry.inquired import Inquired, inquired
from licet.evidence.inquiry.tried import Tried, family_rates, rate_of, true_rate
from licet.evidence.trials.table import Table


def judge_finding(
    inquiry: Inquiry,
    suites: Iterable[Suite],
    trials: Table | Iterable[Trial],
    sources: Sequence[Source] = (),
    quality: JudgeQuality | None = None,
    spent: Mapping[str, float] | None = None,
    *,
    at: datetime,
    rng: np.random.Generator,
    holes: Iterable[Hole] = (),
) -> FindingJudgement:
    """What the trials say of a reported technique, as of `at`.

    `suites` are the manifests, of which those with the inquiry's digests count. `trials` are all that `sources` gave.
    `quality` is the judge's, `spent` what was spent of the budget where trials do not tell, `holes` what readers missed
    in their files. `rng` gives one seed, so that neither the order of trials nor one baseline more draws differently.
    """
    known = inquired(inquiry, suites, trials, sources, quality, spent, holes)
    margin = None if inquiry.margin is None else float(inquiry.margin)
    asked = Asked(margin, float(inquiry.confidence), quality, int(rng.integers(2**62)))
    found = measure(known, asked)
    now = against(known, found, asked, min(inquiry.baselines.current, at) if inquiry.baselines else None)
    then = against(known, found, asked, inquiry.baselines.frozen) if inquiry.baselines else None
    return FindingJudgement(
        subject=inquiry.name,
        model=inquiry.model,
        at=at,
        coverage=known.coverage,
        sources=tuple(sources),
        suites=known.pinned,
        judge=quality,
        why=why(inquiry, known.coverage, found, now, then, asked),
        next=next_of(known, found, now, quality),
        indicators=indicators(found, known.coverage, now, at),
        **of_technique(known, found, asked),
        **of_baselines(inquiry, now, then),
        earlier=earlier(inquiry),
    )


def of_technique(known: Inquired, found: Measured, asked: Asked) -> dict[str, Any]:
    """What a judgement says of the technique itself."""
    test = known.inquiry.universal
    return {
        "reproduced": found.reproduced,
        "rate": found.rate,
        "observed": found.observed,
        "plain": rate_in(found.plain, asked),
        "unguarded": rate_in(found.unguarded, asked),
        "families": family_rates(found.technique, asked.level),
        "breadth": breadth_of(found.reached, asked.level),
        "reach": class_of(found.reached, test) if known.coverage.complete else None,
        "universal": test.name,
    }


def of_baselines(inquiry: Inquiry, now: Against, then: Against | None) -> dict[str, Any]:
    """What a judgement says of the technique against what is public, now and at the date that does not move."""
    return {
        "baselines": now.baselines,
        "gain": now.gain,
        "baseline_set": inquiry.baselines.name if inquiry.baselines else "",
        "baseline_date": now.date,
        "grade": now.grade,
        "frozen": None
        if then is None or then.date is None
        else Frozen(then.date, then.baselines, then.gain, then.grade),
    }


def rate_in(arm: Tried | None, asked: Asked) -> Estimate | None:
    """The rate of another arm, corrected for the judge's error where it is known."""
    return None if arm is None else true_rate(rate_of(arm, level=asked.level), asked.quality, asked.seed)


def next_of(known: Inquired, found: Measured, now: Against, quality: JudgeQuality | None) -> Measurement | None:
    """The cheapest next measurement: what is missing first."""
    if not known.coverage.complete:
        return closing(known, quality)
    return next_for_finding(
        known.inquiry, found.reproduced, found.rate, now.baselines, now.gain, found.reached, now.grade
    )


def earlier(inquiry: Inquiry) -> tuple[tuple[datetime, str, Grade], ...]:
    """The grades of earlier assessments, the newest last."""
    return tuple(
        (each.at, each.baselines, grade(dict(each.axes), rubric=inquiry.rubric, raised=each.raised, why=each.why))
        for each in sorted(inquiry.earlier, key=lambda each: each.at)
    )
