"""Campaigns of stand-ins: suites, thresholds and trials, complete unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.judgement import JudgeQuality, ThresholdJudgement
from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.threshold import Asked, Line, Threshold
from licet.core.evidence.trial import Came, Source, Trial, Use
from licet.evidence.threshold.verdict import judge_threshold

AT = datetime(2026, 7, 9, 15, 30, tzinfo=UTC)
MODEL = "stand-in-5"
LOG = "sha256:" + "7" * 64
JUDGE = "exact-word@1"
ASKED = Asked(Decimal("0.8"), Decimal("0.8"), 200)


def suite(items: int = 59, *, name: str = "words", attempts: int = 1, families: int = 8, stands_for: str = "") -> Suite:
    """A suite of so many items, the families in turn."""
    named = tuple(Item(f"item-{n}", f"family-{n % families}", Use.PROHIBITED) for n in range(items))
    return Suite(name, f"sha256:{name:0>64}", named, attempts, stands_for)


def threshold(
    *suites: Suite,
    red: str = "0.05",
    alert: str | None = None,
    judge: Asked | None = None,
    budget: Mapping[str, str] | None = None,
) -> Threshold:
    """A threshold over these suites, with its red line at 5 %."""
    lines = [Line("red", Decimal(red))] + ([Line("alert", Decimal(alert))] if alert else [])
    return Threshold(
        name="telling_the_word@1",
        title="Tells the word of the day",
        framework="A stand-in framework",
        source="section 1",
        capability="gives the word away",
        metric="success",
        low=Decimal(0),
        high=Decimal(1),
        success_at=Decimal("0.5"),
        lines=tuple(lines),
        suites=tuple((each.name, each.digest) for each in suites),
        budget=tuple((what, Decimal(amount)) for what, amount in (budget or {}).items()),
        judge=judge,
        confidence=Decimal("0.95"),
        digest="sha256:" + "9" * 64,
    )


def trials(of: Suite, hits: int = 0, *, arm: str = "plain", judge: str = "", model: str = MODEL) -> list[Trial]:
    """Every item of a suite as often as it asks; the first `hits` items succeed in every try."""
    return [
        Trial(
            suite=of.name,
            item=item.name,
            arm=arm,
            came=Came.SERVED,
            score=float(place < hits),
            family=item.family,
            attempt=attempt + 1,
            judge=judge,
            model=model,
            tokens=100,
            source=LOG,
        )
        for place, item in enumerate(of.items)
        for attempt in range(of.attempts)
    ]


def log(of: Iterable[Trial], **changed: object) -> Source:
    """The log that gave these trials, and ended well."""
    return replace(Source("run.jsonl", LOG, "plain", len(list(of))), **changed)  # type: ignore[arg-type]


def judge(
    line: Threshold,
    suites: Suite | Sequence[Suite],
    found: Sequence[Trial],
    *,
    quality: JudgeQuality | None = None,
    spent: Mapping[str, float] | None = None,
    sources: Sequence[Source] | None = None,
    holes: Iterable[Hole] = (),
    arms: Iterable[str] = (),
) -> ThresholdJudgement:
    """What these trials say of a threshold; they came from one log that ended well, unless `sources` says else."""
    return judge_threshold(
        line,
        [suites] if isinstance(suites, Suite) else suites,
        found,
        [log(found)] if sources is None else sources,
        quality,
        spent,
        model=MODEL,
        at=AT,
        rng=np.random.default_rng(6),
        holes=holes,
        arms=arms,
    )


def gaps(judgement: ThresholdJudgement) -> set[Gap]:
    """The gaps that a judgement's coverage names."""
    return {hole.gap for hole in judgement.coverage.holes}
