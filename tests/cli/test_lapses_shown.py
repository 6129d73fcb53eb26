"""On the command line: who is warned that a release will lapse, whom that touches, and why a model is withheld."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Command

DIGEST = "sha256:" + "0" * 64
SINCE = (datetime.now(UTC) - timedelta(days=10)).isoformat(timespec="seconds")
LAPSES = (datetime.now(UTC) + timedelta(days=20)).isoformat(timespec="seconds")
JUDGED = f"issued: {SINCE}\nfrom: {SINCE}\nassessed: {SINCE}\nmodels: [guarded]\njudgement: {DIGEST}\n"
RULEBOOK = f"""\
model: guarded
family: guarded
apis: [openai]
upstream: {{url: http://127.0.0.1:9}}
---
threshold: word@1
framework: an example
source: clause 1
capability: tells the word
metric: success
scale: [0, 1]
success_at: 1
lines: {{red: 0.2}}
suites: {{words: "{DIGEST}"}}
---
release: with-evidence
issued: {SINCE}
from: {SINCE}
models: [guarded]
to: true
requires: [{{threshold: word@1, within: 30d}}, {{findings_at_most: low}}]
---
assessment: spoken
threshold: word@1
verdict: not reached
review_by: {LAPSES}
{JUDGED}"""
FINDING = f"finding: way-around\nlevels: [low, high]\n{JUDGED}"


def written(name: str, text: str) -> Path:
    Path(name).write_text(text)
    return Path(name)


def test_the_officer_is_warned_counts_whom_it_touches_and_is_told_why(by_two: Command, installed: Command) -> None:
    assert by_two("enact", written("evidence.yaml", RULEBOOK)).code == 0
    seen = installed("status", "--json").tree
    assert [(each["kind"], each["models"]) for each in seen["warnings"]] == [
        ("lapses", ["guarded"]),
        ("review", ["guarded"]),
    ]
    assert datetime.fromisoformat(seen["warnings"][0]["at"]) == datetime.fromisoformat(SINCE) + timedelta(days=30)
    assert seen["withheld"] == []
    assert "with-evidence no longer permits guarded" in installed("status").out
    assert seen["next"]["turns"][0]["permits"] is False
    finding = written("finding.yaml", FINDING)
    foreseen = installed("preview", finding, "--json").tree
    (row,) = (each for each in foreseen["rows"] if each["model"] == "guarded")
    assert (row["effect"], row["by"], row["subjects"]) == ("loses", ["with-evidence"], 1)
    said = installed("enact", finding, "--yes")
    assert said.code == 0, "one officer is enough for a finding that only narrows"
    assert "with-evidence no longer permits guarded" in said.out
    decided = installed("decide", "-s", "first", "-m", "guarded", "--json")
    assert decided.code == 1
    assert [each["against"] for each in decided.tree["requirements"]] == [["way-around"]]
    assert "`way-around` is open" in installed("explain", "-s", "first", "-m", "guarded").out
    assert [each["release"] for each in installed("status", "--json").tree["withheld"]] == ["with-evidence"]
    shown = installed("status").out
    assert "way-around" in shown, "a finding that is open shows, whether or not it withholds something"
    assert "low to high: guarded" in shown
