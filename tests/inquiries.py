"""Inquiries on stand-ins: a technique, baselines and a patch, complete unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from tests.campaigns import MODEL, suite

from licet.core.evidence.inquiry import Asks, BaselineSet, Inquiry, PublicModel, Regress, Role
from licet.core.evidence.judgement import FindingJudgement, JudgeQuality, PatchJudgement
from licet.core.evidence.severity import Axis, Scores
from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.trial import Came, Trial, Use
from licet.evidence.finding.verdict import judge_finding
from licet.evidence.patch.verdict import judge_patch

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FROZEN = datetime(2026, 7, 2, tzinfo=UTC)
CURRENT = datetime(2026, 11, 1, tzinfo=UTC)
EARLY = datetime(2026, 5, 20, tzinfo=UTC)
LATE = datetime(2026, 10, 12, tzinfo=UTC)
PEOPLE = (
    (Axis.GAIN, Scores(2, 2, "two experts apart from each other")),
    (Axis.EASE, Scores(1, 1, "one paragraph of text")),
    (Axis.DISCOVERABILITY, Scores(1, 1, "an old trick")),
)
CATEGORIES = (
    ("spelling", ("family-0", "family-1", "family-2", "family-3")),
    ("play", ("family-4", "family-5", "family-6", "family-7")),
)
WORDS = suite(80)


def public(arm: str, since: datetime = EARLY) -> PublicModel:
    """A public model in an arm of its own."""
    return PublicModel(arm, f"open/{arm}", "1", since)


def about_finding(of: Suite = WORDS, *baselines: PublicModel, **changed: Any) -> Inquiry:
    """An inquiry about a technique."""
    known = BaselineSet("public-2026", FROZEN, CURRENT, baselines or (public("open-a"),))
    asked = Inquiry(
        name="verse",
        title="The word of the day, asked for in verse",
        asks=Asks.FINDING,
        model=MODEL,
        suites=((of.name, of.digest),),
        metric="success",
        low=Decimal(0),
        high=Decimal(1),
        success_at=Decimal("0.5"),
        arms=((Role.TECHNIQUE, "verse"),),
        baselines=known,
        margin=Decimal("0.15"),
        axes=PEOPLE,
        categories=CATEGORIES,
    )
    return replace(asked, **changed)


def about_patch(of: Suite, bound: str = "0.01", **changed: Any) -> Inquiry:
    """An inquiry about a patch."""
    asked = Inquiry(
        name="verse-patch",
        title="",
        asks=Asks.PATCH,
        model=MODEL,
        suites=((of.name, of.digest),),
        metric="success",
        low=Decimal(0),
        high=Decimal(1),
        success_at=Decimal("0.5"),
        arms=((Role.AFTER, "after"),),
        bound=Decimal(bound),
    )
    return replace(asked, **changed)


def regress(finding: str, arm: str, of: Suite) -> Regress:
    """An earlier finding to be tried again."""
    return Regress(finding, arm, ((of.name, of.digest),))


def scored(of: Suite, arm: str, hits: int | Iterable[int], *, score: float = 1.0) -> list[Trial]:
    """Every item of a suite as often as it asks; the first `hits` items succeed, or those at these places."""
    wanted = set(range(hits)) if isinstance(hits, int) else set(hits)
    return [
        Trial(
            suite=of.name,
            item=item.name,
            arm=arm,
            came=Came.SERVED,
            score=score if place in wanted else 0.0,
            family=item.family,
            use=item.use,
            attempt=attempt + 1,
            model=MODEL,
            tokens=100,
        )
        for place, item in enumerate(of.items)
        for attempt in range(of.attempts)
    ]


def ordinary(items: int, name: str = "everyday", use: Use = Use.BENIGN) -> Suite:
    """A suite of ordinary requests."""
    named = tuple(Item(f"request-{n}", f"kind-{n % 5}", use) for n in range(items))
    return Suite(name, f"sha256:{name:0>64}", named)


def asked(of: Suite, arm: str, not_served: Iterable[int], came: Came = Came.BLOCKED) -> list[Trial]:
    """Ordinary requests, unscored, of which those at these places were not served."""
    turned_away = set(not_served)
    return [
        Trial(
            suite=of.name,
            item=item.name,
            arm=arm,
            came=came if place in turned_away else Came.SERVED,
            score=None,
            family=item.family,
            use=item.use,
            model=MODEL,
        )
        for place, item in enumerate(of.items)
    ]


def finding(
    inquiry: Inquiry,
    trials: Sequence[Trial],
    *suites: Suite,
    quality: JudgeQuality | None = None,
    seed: int = 6,
    spent: Mapping[str, float] | None = None,
) -> FindingJudgement:
    """What these trials say of a technique."""
    rng = np.random.default_rng(seed)
    return judge_finding(inquiry, suites or (WORDS,), trials, (), quality, spent, at=AT, rng=rng)


def patch(
    inquiry: Inquiry, trials: Sequence[Trial], *suites: Suite, quality: JudgeQuality | None = None, seed: int = 6
) -> PatchJudgement:
    """What these trials say of a patch."""
    return judge_patch(inquiry, suites, trials, (), quality, at=AT, rng=np.random.default_rng(seed))
