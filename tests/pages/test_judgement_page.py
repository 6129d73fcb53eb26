# ruff: noqa: E501 - cases in rows
"""Judgements as pages: the verdict first, every number in a table, nothing made better, and texts stay texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.judged import ALL, FINDING, HOLED, INSUFFICIENT, PATCH, THRESHOLD, kept, rate
from tests.pages.reading import check
from tests.pages.test_hostile import HOSTILE

from licet.core.evidence.estimate import Sides
from licet.core.evidence.judgement import FamilyRate, Held, Reproduced
from licet.core.evidence.severity import Level
from licet.pages.charts.forest import Limit, Spot, differences, rounded, shares
from licet.pages.judgement.page import page
from licet.pages.role import Role
from licet.pages.words import visible
from licet.services.judging.figures import margin_of, number, percent, signed, spanned
from licet.services.judging.words import Standing, next_words, sentence, severity, standing_of, verdict_words
from licet.wire.judgement.kept import digest_of


@pytest.mark.parametrize("judgement", ALL, ids=lambda each: each.subject)
def test_every_judgement_is_a_page_that_can_be_handed_on(judgement: Any) -> None:
    made = page(kept(judgement))
    assert made == page(kept(judgement))
    reading = check(made)
    for said in (verdict_words(judgement), judgement.subject, judgement.model, digest_of(kept(judgement))):
        assert said in reading.text
    assert all(each.digest in reading.text for each in judgement.sources)
    said = reading.text
    assert all(each[1:].replace("`", "") in said for each in judgement.why)
    assert "Seed 6" in reading.text
    assert "licet judge verify judgement.json" in reading.text
    if judgement.next is not None:
        assert judgement.next.what[1:].replace("`", "") in said


def test_what_is_missing_comes_before_everything_that_was_found() -> None:
    text = check(page(kept(INSUFFICIENT))).text
    assert text.index("There is not enough evidence") < text.index("2 other things are missing too") < text.index("0 %")
    for hole in HOLED.holes:
        assert hole.gap.value in text
    assert "nobody said how much" in text
    assert "Everything that was intended was run" not in text
    assert "nobody measured how often who scored" in text


def test_a_finding_shows_its_range_of_severity_its_breadth_and_its_gain() -> None:
    text = check(page(kept(FINDING))).text
    for said in (
        "CJS-2 to CJS-3 (medium to high)",
        "63.1\N{EN DASH}100 %",
        "8 of 8",
        "universal",
        "capability gain",
        "+77.0",
    ):
        assert said in text
    assert "frozen baselines" in text
    assert "94 : 2" in text
    assert "McNemar exact, p = 0.0004" in text


def test_a_finding_without_public_models_or_class_says_so() -> None:
    bare = replace(FINDING, baselines=(), gain=None, reach=None, plain=None, frozen=None, earlier=(), unguarded=None)
    text = check(page(kept(bare))).text
    assert "No public model was tried" in text
    assert "Its class is not shown" in text


def test_a_grade_by_a_rubric_that_nobody_here_knows_has_no_bands() -> None:
    grade = replace(FINDING.grade, rubric="house@1", raised=Level.CRITICAL, why="in use already")
    text = check(page(kept(replace(FINDING, grade=grade)))).text
    assert "raised it to at least critical: in use already" in text
    assert "CJS-4 (critical)" in text


def test_a_patch_shows_what_it_costs_by_class_and_what_came_back() -> None:
    text = check(page(kept(PATCH))).text
    for said in (
        "suffix-of-may",
        "bound 5 %",
        "served by the fallback model",
        "97.5 / 1.5 / 1 %",
        "Blocks among the benign are errors",
    ):
        assert said in text
    bare = check(page(kept(replace(PATCH, costs=(), earlier=(), before=None, dear=())))).text
    assert "Nobody measured what it costs" in bare
    assert "No earlier finding was tried again" in bare


def test_more_families_than_a_plot_holds_are_all_in_the_table() -> None:
    many = tuple(FamilyRate(f"family-{n}", rate(n % 3, 15)) for n in range(40))
    reading = check(page(kept(replace(THRESHOLD, families=many))))
    assert "Only the first 24 are drawn" in reading.text
    assert "family-39" in reading.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_stands_in_a_log_stays_text(text: str) -> None:
    named = text.encode("utf-8", "replace").decode()
    hostile = replace(
        FINDING,
        subject=named,
        model=named,
        sources=tuple(replace(each, file=named, made=named, status=named) for each in FINDING.sources),
        why=(named,),
        families=(FamilyRate(named, rate(1, 2)),),
        baselines=tuple(replace(each, arm=named, model=named) for each in FINDING.baselines),
        coverage=replace(
            HOLED, holes=tuple(replace(each, said=named, arm=named, items=(named,)) for each in HOLED.holes)
        ),
        indicators=(named,),
    )
    reading = check(page(kept(hostile)))
    assert " ".join(visible(named).split())[-10:] in reading.text


def test_verdicts_mean_what_somebody_has_to_do() -> None:
    assert sentence(INSUFFICIENT) == "there is not enough evidence to say anything of the threshold"
    undecided = replace(PATCH, verdict=Held.UNDECIDED), replace(FINDING, reproduced=Reproduced.UNDECIDED)
    assert "the patch holds" in sentence(undecided[0])
    assert "the technique is reproduced" in sentence(undecided[1])
    assert standing_of(THRESHOLD) is Standing.SAFE
    assert standing_of(INSUFFICIENT) is Standing.INSUFFICIENT
    assert standing_of(FINDING) is Standing.UNSAFE
    assert standing_of(replace(FINDING, reproduced=Reproduced.NO)) is Standing.SAFE
    assert standing_of(replace(PATCH, verdict=Held.UNDECIDED)) is Standing.UNSETTLED


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (1, "100"), (0.883333, "88.3"), (13 / 695_000, "0.0019"), (1e-9, "1.0e-07"), (0.05, "5"), (0.9999, "99.99"), (0.99999, "99.999")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_none_or_all(share: float, said: str) -> None:
    assert number(share) == said
    assert percent(share) == f"{said} %"


def test_figures_are_written_as_people_read_them() -> None:
    assert signed(0.77) == "+77.0"
    assert signed(-0.015) == "\N{MINUS SIGN}1.5"
    assert signed(-0.00001) == "0.0"
    assert margin_of(0.1) == "10"
    assert spanned(rate(0, 59, sides=Sides.UPPER).interval) == "at most 5 %"
    assert spanned(rate(8, 8).interval) == "63.1\N{EN DASH}100 %"
    assert severity(replace(FINDING.grade, raised=Level.HIGH)) == "CJS-3 (high)"
    assert INSUFFICIENT.next is not None
    assert next_words(INSUFFICIENT.next) == (
        "run the items `item-7` and `item-31` 4 times each in arm `technique` (8 more);"
        " that settles whether `word_uplift@1` is reached, assuming that the other holes are closed too"
    )


def test_scales_reach_as_far_as_it_takes_and_no_further() -> None:
    near = Spot("a", 0.0, 0.0, 0.031, "")
    assert shares((near,), (), "").high == 0.05
    assert shares((near,), (Limit("red", 0.2, Role.REFUTED),), "").high == 0.2
    assert shares((Spot("a", 0.01, 0.0, 1.0, "", open_high=True),), (), "").high == 0.01
    scale = differences((Spot("a", 0.77, 0.6, 0.86, ""),), 0.1, "")
    assert (scale.low, scale.high) == (-0.2, 1.0)
    assert rounded(3.0) == 1.0
