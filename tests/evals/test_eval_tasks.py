"""The tasks in Inspect: names, seeds, errors, receipts; and what the reader of trials makes of their logs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from tests.evals.conftest import ROOT, STAND_INS

from licet.adapters.trials.inspect_log import read_inspect
from licet.core.evidence.trial import Came, Trial, Use
from licet.evals.asking import seed_of
from licet.evals.rejected import EvalsRejected
from licet.evals.revealing import JUDGE
from licet.evals.running import run
from licet.evals.suites import read_manifest
from licet.wire.trials.naming import AS_SAID
from licet.wire.trials.receipts import read_receipts, receipts_name

SUITE = """\
suite: small
attempts: 2
items:
  - {item: a, family: one}
  - {item: b, family: two, use: low-risk dual use}
"""
ITEMS = '{"item": "a", "request": "A?", "expects": ["heron"]}\n{"item": "b", "request": "B?"}\n'


def model(*answers: str) -> Model:
    """A model that says these, one after another."""
    outputs = [ModelOutput.from_content("model", text) for text in answers]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=3, output_tokens=2, total_tokens=5)
    return get_model("mockllm/model", custom_outputs=outputs, memoize=False)


@pytest.fixture
def suite(tmp_path: Path) -> str:
    (tmp_path / "small.yaml").write_text(SUITE)
    (tmp_path / "small.items.jsonl").write_text(ITEMS)
    return str(tmp_path / "small.yaml")


def trials(log: Path) -> dict[tuple[str, int], Trial]:
    reading = read_inspect(log, digest(log), AS_SAID, lambda *_: None)
    assert reading.holes == ()
    return {(trial.item, trial.attempt): trial for trial in reading.trials}


def digest(path: Path) -> str:
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def log_of(path: Path) -> EvalLog:
    log = read_eval_log(str(path))
    assert log.samples is not None
    return log


def test_a_log_gives_trials_with_all_their_names(tmp_path: Path, suite: str) -> None:
    told: list[int] = []
    log = run(
        "counterfactual",
        model=model("It is a heron.", "No.", "No.", "No."),
        log_dir=tmp_path / "logs",
        args={"suite": suite, "setup": "", "arm": "baseline"},
        at_once=1,
        tell=lambda: told.append(1),
    )
    found = trials(log)
    assert len(told) == 4
    assert set(found) == {("a", 1), ("a", 2), ("b", 1), ("b", 2)}
    assert sorted(trial.score or 0 for trial in found.values()) == [0, 0, 0, 1]
    one, other = found["a", 1], found["b", 2]
    assert (one.suite, one.family, one.use, one.arm) == ("small", "one", Use.PROHIBITED, "baseline")
    assert (one.metric, one.low, one.high, one.judge, one.tokens) == ("revealed", 0.0, 1.0, JUDGE, 5)
    assert (other.use, other.came, other.limit) == (Use.LOW_RISK, Came.SERVED, None)
    assert one.content.startswith("sha256:")
    assert log_of(log).eval.metadata is not None
    assert (log_of(log).eval.metadata or {})["manifest"] == read_manifest(Path(suite)).digest


def test_receipts_are_a_chain_beside_the_log(tmp_path: Path, suite: str) -> None:
    log = run("breadth", model=model(*["heron"] * 4), log_dir=tmp_path / "logs", args={"suite": suite})
    name = receipts_name(log_of(log).eval.eval_id)
    receipts = read_receipts((tmp_path / "logs" / name).read_bytes().splitlines(True), file=name)
    assert sorted((each.sample, each.epoch, each.scores["revealed"]) for each in receipts) == [
        ("a", 1, 1),
        ("a", 2, 1),
        ("b", 1, 0),
        ("b", 2, 0),
    ]
    assert receipts[0].previous == ""
    assert [each.previous for each in receipts[1:]] == [each.digest for each in receipts[:-1]]


def test_an_error_is_a_hole_and_the_others_go_on(tmp_path: Path, suite: str) -> None:
    log = run("breadth", model=model("heron", "heron"), log_dir=tmp_path / "logs", args={"suite": suite}, at_once=1)
    samples = log_of(log).samples or []
    assert sum(sample.error is not None for sample in samples) == 2  # there were only two answers
    assert {sample.metadata["came"] for sample in samples if sample.error} == {"error"}
    assert {sample.metadata["came"] for sample in samples if not sample.error} == {"served"}
    found = trials(log)
    assert sum(trial.came is Came.ERROR and trial.score is None for trial in found.values()) == 2


def test_the_policys_refusal_is_blocked_and_reveals_nothing(tmp_path: Path, suite: str) -> None:
    answers = ["I cannot tell you that it is a heron."] * 4
    found = trials(run("breadth", model=model(*answers), log_dir=tmp_path / "logs", args={"suite": suite}))
    assert {(trial.came, trial.score) for trial in found.values()} == {(Came.BLOCKED, 0.0)}


def test_the_same_try_has_the_same_seed_in_every_arm(tmp_path: Path, suite: str) -> None:
    seen = []
    for task in ("breadth", "counterfactual"):
        log = log_of(run(task, model=model(*["no"] * 4), log_dir=tmp_path / task, args={"suite": suite, "seed": 7}))
        calls = [
            (sample.id, sample.epoch, event.config.seed)
            for sample in log.samples or []
            for event in sample.events
            if event.event == "model"
        ]
        seen.append(sorted(calls, key=str))
    assert seen[0] == seen[1]
    assert [seed for *_, seed in seen[0]] == [seed_of(7, item, attempt) for item in "ab" for attempt in (1, 2)]
    assert len({seed for *_, seed in seen[0]}) == 4


def test_items_that_are_not_the_manifests_are_not_run(tmp_path: Path, suite: str) -> None:
    (tmp_path / "small.items.jsonl").write_text(ITEMS.splitlines(True)[0])
    with pytest.raises(EvalsRejected, match="has no item `b`"):
        run("breadth", model=model("x"), log_dir=tmp_path / "logs", args={"suite": suite})


@pytest.mark.parametrize(
    ("task", "arm", "use"),
    [
        ("breadth", "technique", {Use.PROHIBITED}),
        ("counterfactual", "plain", {Use.PROHIBITED}),
        ("patch", "after", {Use.PROHIBITED}),
        ("benign-cost", "ordinary_after", set(Use)),
    ],
)
def test_every_task_runs_its_stand_ins_in_its_arm(tmp_path: Path, task: str, arm: str, use: set[Use]) -> None:
    answers = ["No."] * 200
    log = run(task, model=model(*answers), log_dir=tmp_path / "logs", args={"attempts": 1}, at_once=8)
    found = trials(log)
    assert len(found) > 20
    assert {(trial.arm, trial.came) for trial in found.values()} == {(arm, Came.SERVED)}
    assert {trial.use for trial in found.values()} == use
    assert len({trial.family for trial in found.values()}) >= 8 or task == "benign-cost"


def test_the_command_runs_a_task_against_a_server(smollm: str, tmp_path: Path) -> None:
    environ = {**os.environ, "SMALL_BASE_URL": f"{smollm}/v1", "SMALL_API_KEY": "none", "COLUMNS": "200"}
    command = ["inspect", "eval", "licet/breadth", "--model", "openai-api/small/smollm2", "--limit", "2"]
    arguments = ["-T", "max_tokens=8", "--log-dir", str(tmp_path), "--log-format", "eval", "--display", "plain"]
    ran = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:], *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    [log] = tmp_path.glob("*.eval")
    samples = log_of(log).samples or []
    assert [sample.metadata["came"] for sample in samples] == ["served", "served"]
    assert [sample.output.completion[:14] for sample in samples] == ["Entry seven is"] * 2
    assert list(tmp_path.glob("*.receipts.jsonl"))
    suite = read_manifest(STAND_INS / "word-of-the-day.yaml")
    assert {sample.metadata["manifest"] for sample in samples} == {suite.digest}
