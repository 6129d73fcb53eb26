"""`licet trials`: what people see of logs, and whether what was judged is what the logs give."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Said

    Command = Callable[..., Said]

INSPECT = Path(__file__).parents[1] / "adapters" / "trials_samples"
OTHERS = Path(__file__).parents[1] / "wire" / "trials_samples"


def test_logs_are_shown_by_source_and_arm(licet: Command) -> None:
    said = licet("trials", "read", INSPECT)
    assert said.code == 0, said.err
    assert "technique.eval  inspect  sha256:" in said.out
    assert "suite words; metric word_said (0 to 1); judge word_said" in said.out
    assert "was run with `limit` 2" in said.out
    tree = licet("trials", "read", INSPECT, "--json").tree
    assert tree["trials"] == 18
    arms = {(each["arm"], each["trials"], each["blocked"], each["error"], each["limits"]) for each in tree["arms"]}
    assert arms == {
        ("technique", 2, 0, 0, 0),
        ("plain", 4, 1, 0, 0),
        ("technique", 8, 2, 0, 0),
        ("technique", 4, 0, 1, 3),
    }
    assert {each["gap"] for each in tree["holes"]} == {"log did not end well"}
    assert tree["sources"][0]["intended"] == ["plain-1", "reversed-1"]


def test_what_is_written_is_what_the_logs_give_until_somebody_touches_either(licet: Command, here: Path) -> None:
    log = here / "plain.json"
    log.write_bytes((INSPECT / "plain.json").read_bytes())
    assert licet("trials", "read", log, "--suite", "s", "-o", "t.jsonl").code == 0
    checked = licet("trials", "check", "t.jsonl", log, "--suite", "s", "--json")
    assert (checked.code, checked.tree["same"], checked.tree["holes"]) == (0, True, [])
    assert "4 trials: all as the logs give them" in licet("trials", "check", "t.jsonl", log, "--suite", "s").out

    kept = (here / "t.jsonl").read_text()
    (here / "t.jsonl").write_text(kept.replace('"score":1.0', '"score":0.0'))
    checked = licet("trials", "check", "t.jsonl", log, "--suite", "s", "--json")
    assert (checked.code, checked.tree["same"]) == (1, False)
    assert checked.tree["differences"] == [{"item": "reversed-1", "arm": "plain", "attempt": 1, "fields": ["score"]}]
    assert "its last line is about other bytes" in checked.tree["holes"][0]["said"]
    assert "log changed after it was made" in licet("trials", "read", "t.jsonl").out

    (here / "t.jsonl").write_text(
        kept.replace('"status":"success"', '"status":"success "').replace("inspect_ai 0", "inspect_ai 1")
    )
    checked = licet("trials", "check", "t.jsonl", log, "--suite", "s", "--json")
    assert (checked.code, checked.tree["differences"]) == (1, [])

    (here / "t.jsonl").write_text(kept)
    tree = json.loads(log.read_text())
    tree["samples"][1]["scores"]["word_said"]["value"] = 0.5
    log.write_text(json.dumps(tree))
    said = licet("trials", "check", "t.jsonl", log, "--suite", "s")
    assert said.code == 1
    assert "no log has the digest of" in said.out
    assert "its samples give" in said.out


def test_a_log_that_is_not_among_the_sources_is_told(licet: Command, here: Path) -> None:
    assert licet("trials", "read", INSPECT / "plain.json", "-o", "t.jsonl").code == 0
    said = licet("trials", "check", "t.jsonl", INSPECT / "plain.json", INSPECT / "limited.eval")
    assert said.code == 1
    assert "is not a log that the trials were read from" in said.out
    assert "only in the log" in said.out


def test_garak_and_promptfoo_together(licet: Command, here: Path) -> None:
    said = licet("trials", "read", OTHERS, "--higher", "worse", "--arm", "plain", "-o", "t.jsonl", "--json")
    assert said.code == 0, said.err
    assert [each["format"] for each in said.tree["sources"]] == ["garak", "promptfoo"]
    assert [each["arm"] for each in said.tree["arms"]] == ["plain", "plain"]
    again = licet("trials", "read", "t.jsonl", "--json").tree
    assert again["trials"] == 28
    assert {each["via"] for each in again["sources"]} == {again["sources"][0]["via"]} != {None}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("none.eval",), 2, "there is no `none.eval`"),
        ((OTHERS / "promptfoo.json",), 3, "say which with `--higher`"),
        ((OTHERS / "README.md",), 3, "its format is none that is known"),
        ((INSPECT / "plain.json", "--format", "garak"), 3, "no line of a garak report"),
        ((INSPECT / "plain.json", "-o", INSPECT / "plain.json"), 2, "is a log that is read; name another file"),
        ((INSPECT / "plain.json", "-o", "no/where.jsonl"), 2, "cannot write `no/where.jsonl`: no such file"),
        ((INSPECT / "plain.json", "--scale", "0", "0.5"), 3, "is not on its scale from 0 to 0.5"),
        ((), 2, "LOG"),
    ],
)
def test_errors_say_what_to_do(licet: Command, arguments: tuple[object, ...], code: int, said: str) -> None:
    answer = licet("trials", "read", *arguments)
    assert answer.code == code
    assert said.lower() in answer.err.lower()
    assert answer.out == ""
    assert licet("trials", "read", *arguments, "--json").tree["error"]["exit"] == code


def test_labels_validate_judges(licet: Command, here: Path) -> None:
    (here / "labels.csv").write_text("judge,item,said,truth\nregex/1,a,yes,yes\nregex/1,b,no,yes\nregex/1,c,no,no\n")
    assert licet("trials", "labels", "labels.csv", "--json").tree == {
        "judges": [{"judge": "regex/1", "positives": [1, 2], "negatives": [1, 1]}]
    }
    assert "0.500 (1 of 2)" in licet("trials", "labels", "labels.csv").out
    assert licet("trials", "labels", "none.csv").code == 2
    (here / "labels.csv").write_text("item\n")
    assert licet("trials", "labels", "labels.csv").code == 3


def test_without_the_extra_it_says_how_to_install_it(licet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("licet.adapters.trials.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)
    said = licet("trials", "read", INSPECT / "plain.json")
    assert (said.code, said.out) == (4, "")
    assert "pip install 'licet[evals]'" in said.err
    assert licet("trials", "read", OTHERS / "garak.report.jsonl").code == 0


def test_rates_are_looked_at_while_a_suite_runs(licet: Command, here: Path) -> None:
    came = [("served", 1.0), ("served", 0.0), ("blocked", None), ("fallback", 1.0), ("error", None), ("served", None)]
    rows = [
        {"suite": "s", "item": f"i{n}", "arm": "a", "model": "m", "came": outcome, "score": score}
        for n, (outcome, score) in enumerate(came)
    ]
    rows += [
        {"suite": "s", "item": f"n{n}", "arm": "none", "model": "m", "came": "served", "score": 0.0} for n in range(59)
    ]
    rows += [{"suite": "s", "item": "x", "arm": "lost", "model": "m", "came": "error", "score": None}]
    lines = [{"trials": "licet-trials/1"}, *rows]
    (here / "t.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    said = licet("trials", "read", "t.jsonl", "--success-at", "0.5", "--json").tree["rates"]
    assert [(each["arm"], each["hits"], each["tries"]) for each in said] == [
        ("a", 1, 4),
        ("none", 0, 59),
        ("lost", 0, 0),
    ]
    some, none, lost = said
    assert some["once"] == pytest.approx([0.0456, 0.6994], abs=1e-4)
    assert some["estimand"] == "these items"
    assert none["once"][1] == pytest.approx(0.0611, abs=1e-4)
    assert none["always"][1] > none["once"][1]
    assert (lost["once"], lost["always"]) == (None, None)
    shown = licet("trials", "read", "t.jsonl", "--success-at", "0.5").out
    assert "0 of 59" in shown
    assert "verdicts go by `licet judge`" in shown
    assert licet("trials", "read", "t.jsonl", "--json").tree["rates"] is None
