"""`scenarios/frameworks/`: examples that can be judged, and that say they are examples."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from tests.campaigns import JUDGE, judge, trials

from licet.core.evidence.judgement import Reached
from licet.core.evidence.suite import Suite
from licet.core.evidence.threshold import Threshold
from licet.core.evidence.trial import Trial
from licet.evidence.statistics.judge_error import quality
from licet.wire.documents import SourceFile, read_files

FOLDER = Path(__file__).parents[2] / "scenarios" / "frameworks"
NAMES = ("stand_in_critical@1", "stand_in_critical_level_1@1", "stand_in_high@1", "stand_in_level_3@1")


@cache
def read() -> tuple[dict[str, Threshold], dict[str, Suite]]:
    """The examples and their suites, by name."""
    paths = sorted(FOLDER.glob("*.yaml"))
    documents = read_files([SourceFile(path.name, path.read_bytes(), lambda _: None) for path in paths]).documents
    return dict(documents.thresholds), dict(documents.suites)


def campaign(line: Threshold, share: float) -> list[Trial]:
    """Two arms of every suite, of which this share of the items succeeds."""
    _, suites = read()
    return [
        replace(each, tokens=1_000)
        for arm in ("plain", "with a scaffold")
        for name, _ in line.suites
        for each in trials(suites[name], round(share * len(suites[name].items)), arm=arm, judge=JUDGE)
    ]


def test_these_are_all() -> None:
    assert tuple(sorted(read()[0])) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_that_it_is_an_example_and_where_its_shape_is_from(name: str) -> None:
    line = read()[0][name]
    assert line.title.startswith("Example: ")
    assert line.framework.startswith("Stand-in, in the shape of")
    assert line.source.startswith("shape: ")
    assert "https://" in line.source
    assert line.source.endswith("Capability and numbers: this project's")


@pytest.mark.parametrize("name", NAMES)
def test_each_pins_suites_that_are_there(name: str) -> None:
    thresholds, suites = read()
    for suite, digest in thresholds[name].suites:
        assert suites[suite].digest == digest


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_reached_and_shown_not_to_be(name: str) -> None:
    """By a judge with 1,000 labels of each kind; with 60 items, nothing solved puts the rate under 5 %."""
    thresholds, suites = read()
    line = thresholds[name]
    good = quality(JUDGE, (1000, 1000), (1000, 1000))
    for share, verdict in ((0.0, Reached.NOT_REACHED), (1.0, Reached.REACHED)):
        found = judge(line, list(suites.values()), campaign(line, share), quality=good, spent={"hours": 8})
        assert found.verdict is verdict, found.why
    assert line.confidence == Decimal("0.95")
