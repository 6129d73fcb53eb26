"""`vectors/judgements/`: inquiries with suites and trials, to verdicts, intervals, grades and the next measurement."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from licet.core.evidence.estimate import Comparison, Estimate
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.judgement import FindingJudgement, Judgement, PatchJudgement
from licet.core.evidence.severity import Grade
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Came, Trial
from licet.evidence.finding.verdict import judge_finding
from licet.evidence.patch.verdict import judge_patch
from licet.wire.documents import SourceFile, read_files

FOLDER = Path(__file__).parents[2] / "vectors" / "judgements"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((FOLDER / name).read_text())["cases"]]


def documents(case: dict[str, Any]) -> tuple[Inquiry, tuple[Suite, ...]]:
    """The inquiry, and the suites: so many items in so many families in turn."""
    suites = [
        {
            "suite": name,
            "items": [
                {"item": f"item-{n}", "family": f"family-{n % each['families']}", "use": each["use"]}
                for n in range(each["items"])
            ],
        }
        for name, each in case["suites"].items()
    ]
    text = "\n---\n".join(json.dumps(tree) for tree in (case["inquiry"], *suites))
    found = read_files([SourceFile("v.yaml", text.encode(), lambda _: None)]).documents
    return found.inquiries[case["inquiry"]["inquiry"]], tuple(found.suites.values())


def trials(case: dict[str, Any], suites: tuple[Suite, ...]) -> list[Trial]:
    """Each run has what came of each item, in the manifest's order: its score, `blocked`, `fallback`, or `served`."""
    by_name = {suite.name: suite for suite in suites}
    return [
        Trial(
            suite=run["suite"],
            item=item.name,
            arm=run["arm"],
            came=Came(one) if isinstance(one, str) else Came.SERVED,
            score=None if isinstance(one, str) else float(one),
            family=item.family,
            use=item.use,
        )
        for run in case["runs"]
        for item, one in zip(by_name[run["suite"]].items, spread(run["came"]), strict=False)
    ]


def spread(came: list[list[Any]]) -> list[Any]:
    """Pairs of what came and how often, written out."""
    return [one for one, times in came for _ in range(times)]


def estimate(found: Estimate) -> list[float]:
    return [round(each, 6) + 0.0 for each in (found.value, found.interval.low, found.interval.high)]


def compared(found: Comparison | None) -> dict[str, Any] | None:
    return None if found is None else {"difference": estimate(found.difference), "told": found.told.value}


def graded(found: Grade) -> dict[str, Any]:
    return {
        "sums": list(found.sums),
        "levels": [level.word for level in found.levels],
        "deciding": found.deciding.value if found.deciding else None,
    }


def common(found: Judgement) -> dict[str, Any]:
    return {
        "gaps": sorted({hole.gap.value for hole in found.coverage.holes}),
        "next": None if found.next is None else [found.next.arm, found.next.more],
    }


def of_finding(found: FindingJudgement) -> dict[str, Any]:
    return {
        "reproduced": found.reproduced.value,
        "rate": estimate(found.rate),
        "breadth": estimate(found.breadth),
        "reach": found.reach.value if found.reach else None,
        "gain": compared(found.gain),
        "grade": graded(found.grade),
        "frozen": graded(found.frozen.grade) if found.frozen else None,
        **common(found),
    }


def of_patch(found: PatchJudgement) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "after": estimate(found.after),
        "earlier": {each.finding: each.held.value for each in found.earlier},
        "costs": {
            each.use.value: {"after": [estimate(share) for share in each.after], "lost": compared(each.lost)}
            for each in found.costs
        },
        "dear": [use.value for use in found.dear],
        **common(found),
    }


@pytest.mark.parametrize("case", cases("finding.json"))
def test_a_technique_is_judged_as_the_vector_says(case: dict[str, Any]) -> None:
    inquiry, suites = documents(case)
    at, rng = datetime.fromisoformat(case["at"]), np.random.default_rng(0)
    assert of_finding(judge_finding(inquiry, suites, trials(case, suites), at=at, rng=rng)) == case["expect"]


@pytest.mark.parametrize("case", cases("patch.json"))
def test_a_patch_is_judged_as_the_vector_says(case: dict[str, Any]) -> None:
    inquiry, suites = documents(case)
    at, rng = datetime.fromisoformat(case["at"]), np.random.default_rng(0)
    assert of_patch(judge_patch(inquiry, suites, trials(case, suites), at=at, rng=rng)) == case["expect"]
