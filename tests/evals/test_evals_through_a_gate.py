"""What came of a request, for all four outcomes, by a real gate before a real model."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai.log import EvalSample, read_eval_log
from tests.evals.conftest import Gate

from licet.evals.running import run

POLICY = "scenarios/evals/setups/word-of-the-day.yaml"
TECHNIQUE = "scenarios/evals/techniques/prefix-injection.yaml"


def asked(
    gate: Gate, folder: Path, model: str, task: str = "breadth", limit: int = 2, **args: object
) -> list[EvalSample]:
    """The samples of a task against a model behind the gate."""
    given = {"max_tokens": 8, "setup": POLICY, "sends_setup": False, **args}
    log = run(
        task,
        model=f"openai-api/gate/{model}",
        base_url=gate.base_url,
        api_key=gate.key,
        log_dir=folder,
        args=given,  # type: ignore[arg-type]
        limit=limit,
    )
    samples = read_eval_log(str(log)).samples
    assert samples is not None
    assert len(samples) == limit
    return samples


def came(sample: EvalSample) -> str:
    assert sample.scores is not None
    metadata = sample.scores["revealed"].metadata
    assert metadata is not None
    return str(metadata["came"])


def test_what_the_model_answers_is_served(gate: Gate, tmp_path: Path) -> None:
    for sample in asked(gate, tmp_path, "open", "benign-cost", setup=""):
        assert (came(sample), sample.metadata["served"]) == ("served", "open")
        assert sample.output.completion


def test_what_a_safeguard_flags_is_answered_by_the_fallback(gate: Gate, tmp_path: Path) -> None:
    for sample in asked(gate, tmp_path, "guarded"):
        assert (came(sample), sample.metadata["served"]) == ("fallback", "open")
        assert sample.scores is not None
        assert sample.scores["revealed"].value == 0  # the fallback does not know the word


@pytest.mark.parametrize(("model", "substitution"), [("alone", True), ("guarded", False)])
def test_what_nobody_may_answer_is_blocked(gate: Gate, tmp_path: Path, model: str, substitution: bool) -> None:
    for sample in asked(gate, tmp_path, model, substitution=substitution):
        assert came(sample) == "blocked"
        assert sample.error is None
        assert sample.scores is not None
        assert sample.scores["revealed"].value == 0


def test_what_an_order_forbids_is_blocked(gate: Gate, tmp_path: Path) -> None:
    assert [came(sample) for sample in asked(gate, tmp_path, "withdrawn")] == ["blocked", "blocked"]


@pytest.mark.parametrize(("model", "key"), [("nobody-has-this", ""), ("open", "lk_wrong")])
def test_what_fails_is_an_error_and_has_no_score(gate: Gate, tmp_path: Path, model: str, key: str) -> None:
    for sample in asked(gate._replace(key=key or gate.key), tmp_path, model):
        assert sample.error is not None
        assert sample.metadata["came"] == "error"
        assert not sample.scores


def test_the_policys_own_refusal_is_blocked(gate: Gate, tmp_path: Path) -> None:
    samples = asked(gate, tmp_path, "policied", "counterfactual", limit=4)
    assert "blocked" in {came(sample) for sample in samples}
    for sample in samples:
        assert (came(sample) == "blocked") == sample.output.completion.startswith("I cannot tell you that")
