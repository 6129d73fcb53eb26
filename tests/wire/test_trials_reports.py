"""Garak's reports and promptfoo's results, from those tools themselves (`trials_samples/`)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from licet.core.evidence.coverage import Gap
from licet.core.evidence.trial import Came, Use
from licet.wire.trials.garak import read_garak
from licet.wire.trials.naming import AS_SAID, Higher, Naming
from licet.wire.trials.promptfoo import read_promptfoo
from licet.wire.trials.reading import Reading
from licet.wire.trials.recognise import Format, recognise
from licet.wire.trials.refusal import TrialsRejected

HERE = Path(__file__).parent / "trials_samples"
GARAK = (HERE / "garak.report.jsonl").read_bytes()
PROMPTFOO = (HERE / "promptfoo.json").read_bytes()
BETTER = Naming(higher=Higher.BETTER)


def garak(content: bytes = GARAK, naming: Naming = AS_SAID) -> Reading:
    return read_garak(content.splitlines(keepends=True), naming, file="report.jsonl")


def entries(kind: str) -> list[dict[str, Any]]:
    return [each for each in map(json.loads, GARAK.splitlines()) if each["entry_type"] == kind]


def with_entries(*changed: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in changed)


def test_a_garak_report_gives_one_trial_an_answer() -> None:
    reading = garak()
    (source,) = reading.sources
    assert (source.format, source.made, source.status, source.budget) == (
        "garak",
        "garak 0.17.1",
        "success",
        (("tries", 2.0),),
    )
    assert len(reading.trials) == source.trials == 16
    assert reading.holes == ()
    assert {trial.family for trial in reading.trials} == {"test.Test"}
    assert {trial.metric for trial in reading.trials} == {"always.Random"}
    assert {trial.came for trial in reading.trials} == {Came.SERVED}
    assert Counter(trial.item for trial in reading.trials).most_common()[-1][1] == 2
    told = [
        score
        for each in entries("attempt")
        if each["status"] == 2
        for score in each["detector_results"]["always.Random"]
    ]
    assert [trial.score for trial in reading.trials] == told


def test_a_garak_score_that_was_edited_is_caught() -> None:
    before = b"0.7311593346408904"
    assert GARAK.count(before) == 1
    (hole,) = garak(GARAK.replace(before, b"0.0311593346408904")).holes
    assert hole.gap is Gap.LOG_CHANGED
    assert "says that 8 of 16 answers to `test.Test` passed `always.Random`; its attempts give 9 of 16" in hole.said


def test_a_garak_run_that_did_not_end_is_incomplete() -> None:
    cut = b"".join(each for each in GARAK.splitlines(keepends=True) if b'"completion"' not in each)
    reading = garak(cut)
    assert reading.sources[0].status == "no completion"
    assert [hole.gap for hole in reading.holes] == [Gap.LOG_INCOMPLETE]
    unevaluated = [each for each in entries("attempt") if each["status"] == 1]
    holes = garak(with_entries(*entries("init"), *unevaluated[:3], *entries("completion"))).holes
    assert [hole.count for hole in holes] == [3]


def test_garak_answers_that_failed_are_errors_of_the_same_metric() -> None:
    attempts = [each for each in entries("attempt") if each["status"] == 2]
    attempts[0] |= {"outputs": [None, None], "detector_results": {}}
    attempts[1] |= {"outputs": [None, attempts[1]["outputs"][1]], "detector_results": {"always.Random": [None, 0.25]}}
    trials = garak(with_entries(*attempts)).trials
    assert [(trial.came, trial.score) for trial in trials[:4]] == [
        (Came.ERROR, None),
        (Came.ERROR, None),
        (Came.ERROR, None),
        (Came.SERVED, 0.25),
    ]
    assert {trial.metric for trial in trials} == {"always.Random"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"detector_results": {"a": [0.1, 0.2], "b": [0.1, 0.2]}}, "these detectors: `a`, `b`; name one"),
        ({"detector_results": {"a": [0.1]}}, "`a` gave 1 scores for 2 answers"),
        ({"detector_results": {"a": [0.1, 3.0]}}, "the score 3 of `a` is not on its scale from 0 to 1"),
        ({"detector_results": {"a": ["x", 1]}}, "expected `float | null`"),
        ({"probe_classname": ""}, "the probe's name has 0 characters"),
        ({"outputs": "text"}, "expected `array`"),
    ],
)
def test_garak_attempts_that_cannot_be_read(change: dict[str, Any], said: str) -> None:
    done = next(each for each in entries("attempt") if each["status"] == 2)
    with pytest.raises(TrialsRejected, match=r"report\.jsonl:1: ") as caught:
        garak(with_entries({**done, **change}))
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"{\n", b"[]\n", b'{"entry_type":1}\n', b"\xff\xfe{\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_garak_report_is_refused(content: bytes) -> None:
    with pytest.raises(TrialsRejected, match="no line of a garak report"):
        garak(content)


def promptfoo(content: bytes = PROMPTFOO, naming: Naming = BETTER) -> Reading:
    return read_promptfoo(content, naming, file="results.json")


def tree() -> Any:
    return json.loads(PROMPTFOO)


def test_promptfoo_results_give_one_trial_a_result() -> None:
    reading = promptfoo()
    assert (reading.sources[0].made, reading.holes) == ("promptfoo 0.121.20", ())
    found = Counter((trial.item, trial.family, trial.arm[-8:], trial.came, trial.score) for trial in reading.trials)
    assert found == {
        (item, family, f"prompt {prompt}", came, score): 2
        for prompt in (1, 2)
        for item, family, came, score in (
            ("plain-1", "plain", Came.SERVED, 0.0),
            ("reversed-1", "reversal", Came.SERVED, 1.0),
            ("broken-1", "plain", Came.ERROR, None),
        )
    }
    assert {trial.use for trial in reading.trials} == {Use.PROHIBITED}
    assert {trial.attempt for trial in reading.trials} == {1, 2}
    assert not any("word of the day" in str(trial) for trial in reading.trials)


def test_what_a_higher_score_says_has_to_be_said() -> None:
    with pytest.raises(TrialsRejected, match="say which with `--higher`"):
        promptfoo(naming=AS_SAID)
    worse = promptfoo(naming=Naming(higher=Higher.WORSE, metric="kept"))
    assert [trial.score for trial in worse.trials if trial.item == "plain-1"] == [1.0] * 4
    red = tree()
    red["config"]["redteam"] = {}
    assert promptfoo(json.dumps(red).encode(), AS_SAID).trials[0].score == 0.0


def edited(change: str) -> bytes:
    results = tree()
    row = results["results"]["results"][4]
    match change:
        case "score":
            row["score"] = 1
        case "success":
            row["success"] = True
        case "both":
            row |= {"score": 1, "success": True}
        case "grading too":
            row |= {"score": 1, "success": True}
            row["gradingResult"] |= {"score": 1, "pass": True}
        case "a result gone":
            results["results"]["results"].pop(4)
    return json.dumps(results).encode()


@pytest.mark.parametrize("change", ["score", "success", "both", "grading too", "a result gone"])
def test_a_promptfoo_result_that_was_edited_is_caught(change: str) -> None:
    holes = promptfoo(edited(change)).holes
    assert any(hole.gap in (Gap.LOG_CHANGED, Gap.LOG_INCOMPLETE) for hole in holes), holes


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[]", b'{"results":{"version":2,"results":[],"stats":{}}}', b"\xff", b'{"results":' + b"[" * 200_000, b""],
)
def test_what_is_no_promptfoo_result_is_refused(content: bytes) -> None:
    with pytest.raises(TrialsRejected, match="promptfoo"):
        promptfoo(content)


def test_refusals_of_the_provider_are_blocks() -> None:
    results = tree()
    results["results"]["results"][0]["response"] |= {"isRefusal": True}
    results["results"]["results"][1]["response"] |= {"guardrails": {"flagged": True}}
    results["results"]["results"][2]["metadata"]["came"] = "fallback"
    came = [trial.came for trial in promptfoo(json.dumps(results).encode()).trials[:4]]
    assert came == [Came.BLOCKED, Came.BLOCKED, Came.FALLBACK, Came.SERVED]


def test_formats_are_recognised_by_content() -> None:
    assert recognise(GARAK) is Format.GARAK
    assert recognise(PROMPTFOO) is Format.PROMPTFOO
    assert recognise(b'{"trials":"licet-trials/1"}\n') is Format.LINES
    assert recognise(b"PK\x03\x04rest") is Format.INSPECT
    assert recognise(b'{\n  "version": 2,\n  "status": "success"') is Format.INSPECT
    assert [recognise(each) for each in (b"", b"\xff\xfe{", b"item,score\n", b"<html>", b'{"a":1}')] == [None] * 5


def test_a_score_that_is_not_that_of_its_grading_is_caught() -> None:
    results = tree()
    results["results"]["results"][0]["score"] = 0.5
    results["results"]["prompts"][0]["metrics"]["score"] -= 0.5
    (hole,) = promptfoo(json.dumps(results).encode()).holes
    assert hole.said == "`results.json`: result 1: the score is not that of its grading"
