"""A judgement as JSON: the same value back from every spelling, one digest, and nothing read that was not meant."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from tests.judged import ALL, FINDING, PATCH, THRESHOLD, kept

from licet.core.evidence.judgement import FindingJudgement, PatchJudgement, ThresholdJudgement
from licet.wire.judgement.kept import JudgementRejected, digest_of, read, tree_of, written
from licet.wire.judgement.plain import NotPlain, plain, value_from

SPEC = (Path(__file__).parents[2] / "spec" / "judgements.md").read_text()


@pytest.mark.parametrize("judgement", ALL, ids=lambda each: each.subject)
def test_what_was_written_is_read_again(judgement: Any) -> None:
    content = written(kept(judgement))
    assert read(content) == kept(judgement)
    assert read(json.dumps(json.loads(content), indent=3).encode()) == kept(judgement)
    assert digest_of(kept(judgement)) == "sha256:" + sha256(content).hexdigest()


def test_another_figure_is_another_digest() -> None:
    other = replace(THRESHOLD, lines=(replace(THRESHOLD.lines[0], at=0.11), *THRESHOLD.lines[1:]))
    assert len({digest_of(each) for each in (kept(THRESHOLD), kept(other), replace(kept(THRESHOLD), seed=7))}) == 3


def changed(path: tuple[Any, ...], value: Any) -> bytes:
    tree: Any = deepcopy(tree_of(kept(THRESHOLD)))
    inner = tree
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("judgement",), "verdict", "$.judgement: `verdict` is not one of threshold, finding, patch"),
        (("judgement",), "finding", "$.says: `verdict` is no field of it"),
        (("format",), 2, "$.format: `2` is not 1"),
        (("seed",), -1, "$.seed: `-1` is less than 0"),
        (("seed",), True, "$.seed: `True` is not a whole number"),
        (("more",), 1, "$: `more` is no member of it"),
        (("says", "verdict"), "fine", "$.says.verdict: `'fine'` is not one of not reached, "),
        (("says", "at"), "2026-07-09T15:30:00", "$.says.at: `'2026-07-09T15:30:00'` is not an instant with an offset"),
        (("says", "lines", 0, "at"), "0.1", "$.says.lines[0].at: `'0.1'` is not a number"),
        (("says", "lines", 0, "rate", "hits"), 1.5, "$.says.lines[0].rate.hits: `1.5` is not a whole number"),
        (("says", "suites", 0), ["a"], "$.says.suites[0]: `['a']` is not a list of 2"),
        (("says", "judge", "found"), 1, "$.says.judge: `found` is no field of it"),
        (("says", "subject"), None, "$.says.subject: `None` is not a text"),
        (("asked", "documents"), [], "$.asked.documents: it is not a list of documents"),
        (("asked", "spent"), {"hours": "two"}, "$.asked.spent.hours: `'two'` is not a number"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_has_to_be_is_told_with_its_place(path: tuple[Any, ...], value: Any, said: str) -> None:
    with pytest.raises(JudgementRejected) as caught:
        read(changed(path, value))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "the judgement is not UTF-8"),
        (b'{"a" 1}', "`:` is missing"),
        (b"[]", "the judgement is not a JSON object"),
        (b"{}", "$: `judgement` is missing"),
        (b'{"judgement": "patch", "judgement": "patch"}', "key `judgement` occurs twice"),
    ],
)
def test_what_is_no_judgement_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(JudgementRejected) as caught:
        read(content)
    assert str(caught.value).startswith(said)


def test_a_field_that_is_missing_has_its_default_if_it_has_one() -> None:
    tree = tree_of(kept(THRESHOLD))
    del tree["says"]["indicators"]
    assert read(json.dumps(tree).encode()).judgement == replace(THRESHOLD, indicators=())
    del tree["says"]["verdict"]
    with pytest.raises(JudgementRejected, match=r"says: `verdict` is missing"):
        read(json.dumps(tree).encode())


@pytest.mark.parametrize("value", [nan, inf, 2**53, {1: 2}, THRESHOLD.at.replace(tzinfo=None)])
def test_what_json_cannot_hold_is_not_written(value: Any) -> None:
    with pytest.raises(NotPlain):
        plain((value,))


def test_severity_is_written_in_words_and_an_empty_range_is_refused() -> None:
    tree = plain(FINDING.grade)
    assert tree["levels"] == ["medium", "high"]
    assert value_from(type(FINDING.grade), tree) == FINDING.grade
    tree["axes"][0][1]["low"] = 4
    with pytest.raises(NotPlain, match="an interval from 4"):
        value_from(type(FINDING.grade), tree)


def values_below(value: Any) -> set[type]:
    """The types of all values that a judgement is made of."""
    if isinstance(value, tuple):
        return set().union(*map(values_below, value))
    if not is_dataclass(value):
        return set()
    return {type(value)}.union(*(values_below(getattr(value, each.name)) for each in fields(value)))


def test_the_specification_names_every_field() -> None:
    kinds = values_below((THRESHOLD, FINDING, PATCH, *ALL))
    assert {ThresholdJudgement, FindingJudgement, PatchJudgement} < kinds
    missing = {
        f"{kind.__name__}.{each.name}" for kind in kinds for each in fields(kind) if f"`{each.name}`" not in SPEC
    }
    assert not missing
