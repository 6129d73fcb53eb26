"""`vectors/judgements/threshold.json`: a threshold, suites and trials, to the verdict and what comes next."""

from __future__ import annotations

import json
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from tests.campaigns import LOG, MODEL, judge

from licet.core.evidence.estimate import Estimate
from licet.core.evidence.judgement import Reached, ThresholdJudgement
from licet.core.evidence.suite import Item, Suite
from licet.core.evidence.threshold import Threshold
from licet.core.evidence.trial import Came, Trial, Use
from licet.evidence.statistics.judge_error import quality
from licet.wire.documents import SourceFile, read_files

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "judgements" / "threshold.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_threshold_is_judged_as_the_vectors_say(case: dict[str, Any]) -> None:
    found = judged(case)
    assert found.verdict is Reached(case["expect"]["verdict"])
    assert expected(found) == case["expect"]


def judged(case: dict[str, Any]) -> ThresholdJudgement:
    """What a case's trials say of its threshold."""
    suites = {name: suite_of(name, of) for name, of in case["suites"].items()}
    line = threshold_of(case["threshold"])
    found = [trial for run in case["runs"] for trial in trials_of(run, suites[run["suite"]], case["judge"])]
    labels = case["judge"] if case["judge"] and case["judge"]["positives"] else None
    measured = quality(labels["name"], tuple(labels["positives"]), tuple(labels["negatives"])) if labels else None
    return judge(line, list(suites.values()), found, quality=measured, spent=case["spent"])


def threshold_of(tree: dict[str, Any]) -> Threshold:
    """The threshold of a canonical form."""
    written = SourceFile("threshold.json", json.dumps(tree).encode(), lambda _: None)
    [found] = read_files([written]).documents.thresholds.values()
    return found


def suite_of(name: str, of: dict[str, Any]) -> Suite:
    """A suite of so many items in so many families, in turn."""
    items = tuple(Item(f"item-{n}", f"family-{n % of['families']}", Use.PROHIBITED) for n in range(of["items"]))
    return Suite(name, of["digest"], items, of["attempts"], of["stands_for"])


def trials_of(run: dict[str, Any], suite: Suite, judge_of: dict[str, Any] | None) -> list[Trial]:
    """What came of a run, item by item and try by try; what is left of the items was not run."""
    came = chain.from_iterable(repeat(each, times) for each, times in run["came"])
    slots = ((item, attempt) for item in suite.items for attempt in range(1, suite.attempts + 1))
    return [
        Trial(
            suite=suite.name,
            item=item.name,
            arm=run["arm"],
            came=Came(each) if isinstance(each, str) else Came.SERVED,
            score=None if isinstance(each, str) else float(each),
            attempt=attempt,
            model=MODEL,
            judge=judge_of["name"] if judge_of else "",
            limit=run["limit"],
            tokens=run["tokens"],
            source=LOG,
        )
        for each, (item, attempt) in zip(came, slots, strict=False)
    ]


def expected(found: ThresholdJudgement) -> dict[str, Any]:
    """A judgement in the words of the vectors. What is drawn, behind a judge's error, is told to two digits."""
    digits = 2 if found.judge else 6
    return {
        "verdict": found.verdict.value,
        "gaps": sorted({hole.gap.value for hole in found.coverage.holes}),
        "lines": [
            [line.line, line.suite, line.arm, line.reached.value, of(line.observed, 6), of(line.rate, digits)]
            for line in found.lines
        ],
        "detectable": None if found.coverage.detectable is None else round(found.coverage.detectable, 6),
        "next": None if found.next is None else [found.next.arm, found.next.more],
    }


def of(rate: Estimate, digits: int) -> list[float]:
    """A rate with its bounds."""
    return [round(each, digits) for each in (rate.value, rate.interval.low, rate.interval.high)]
