"""Inspect's logs, from Inspect itself (`trials_samples/`): what they give, and every way of editing them that shows."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import ProvenanceData, edit_score, invalidate_samples, read_eval_log, write_eval_log
from inspect_ai.scorer import ScoreEdit

from licet.adapters.trials import weighing
from licet.adapters.trials.files import read_trials
from licet.adapters.trials.inspect_log import read_inspect
from licet.core.evidence.coverage import Gap
from licet.core.evidence.trial import Came, Use
from licet.wire.trials.naming import AS_SAID, Higher, Naming
from licet.wire.trials.reading import Reading
from licet.wire.trials.receipts import digest_of, receipt, receipts_name
from licet.wire.trials.recognise import Format
from licet.wire.trials.refusal import TrialsRejected

HERE = Path(__file__).parent / "trials_samples"
ZSTD = 93


def read(*paths: Path, naming: Naming = AS_SAID, named: Format | None = None) -> Reading:
    return read_trials(paths, naming, lambda _what, _part: None, inspect=read_inspect, named=named)


def refused(*paths: Path, naming: Naming = AS_SAID, named: Format | None = None) -> str:
    with pytest.raises(TrialsRejected) as caught:
        read(*paths, naming=naming, named=named)
    return str(caught.value)


def said(reading: Reading) -> str:
    assert all(hole.gap in (Gap.LOG_CHANGED, Gap.LOG_INCOMPLETE) for hole in reading.holes)
    return "\n".join(f"{hole.gap.name}: {hole.said}" for hole in reading.holes)


def test_a_log_gives_one_trial_a_sample_and_epoch() -> None:
    reading = read(HERE / "technique.eval")
    (source,) = reading.sources
    assert source.intended == frozenset({"plain-1", "reversed-1", "reversed-2", "benign-1"})
    assert (source.trials, source.status, source.made) == (8, "success", "inspect_ai 0.3.285")
    assert dict(source.budget) == {"epochs": 2}
    assert reading.holes == ()
    found = {(t.item, t.attempt): (t.family, t.use, t.arm, t.came, t.score, t.tokens) for t in reading.trials}
    assert len(found) == 8
    assert found["reversed-1", 2] == ("reversal", Use.PROHIBITED, "technique", Came.SERVED, 1.0, 7)
    assert found["reversed-2", 1] == ("reversal", Use.PROHIBITED, "technique", Came.BLOCKED, 0.0, 7)
    assert found["benign-1", 1] == ("everyday", Use.BENIGN, "technique", Came.SERVED, 0.0, 7)
    assert {(t.suite, t.metric, t.judge, t.model) for t in reading.trials} == {
        ("words", "word_said", "word_said", "mockllm/model")
    }


def test_a_log_as_json_gives_the_same() -> None:
    reading = read(HERE / "plain.json")
    assert reading.holes == ()
    assert {(t.arm, t.item, t.score) for t in reading.trials} == {
        ("plain", "plain-1", 0.0),
        ("plain", "reversed-1", 1.0),
        ("plain", "reversed-2", 0.0),
        ("plain", "benign-1", 0.0),
    }


def test_a_log_with_a_limit_says_so() -> None:
    assert "LOG_INCOMPLETE" in said(read(HERE / "limited.eval"))
    assert "was run with `limit` 2" in said(read(HERE / "limited.eval"))


def test_errors_limits_and_retries_are_kept() -> None:
    reading = read(HERE / "troubled.eval")
    assert reading.sources[0].retries == 3
    assert dict(reading.sources[0].budget)["token_limit"] == 6
    found = {t.item: (t.came, t.score, t.limit, t.metric) for t in reading.trials}
    assert found["reversed-2"] == (Came.ERROR, None, None, "word_said")
    assert found["reversed-1"] == (Came.SERVED, 0.0, "tokens", "word_said")


def test_a_folder_is_all_its_logs(tmp_path: Path) -> None:
    reading = read(HERE)
    assert [Path(source.file).name for source in reading.sources] == [
        "limited.eval",
        "plain.json",
        "technique.eval",
        "troubled.eval",
    ]
    assert len(reading.trials) == 18
    assert "holds no log" in refused(tmp_path)
    assert "has the same bytes as" in refused(HERE / "plain.json", HERE / "plain.json")


def test_what_the_log_does_not_say_can_be_said() -> None:
    naming = Naming(
        suite="s", arm="a", model="m", judge="j/1", higher=Higher.BETTER, scale=(0, 2), family_key="", use=Use.BENIGN
    )
    trials = read(HERE / "plain.json", naming=naming).trials
    assert {(t.suite, t.arm, t.model, t.judge, t.low, t.high) for t in trials} == {("s", "a", "m", "j/1", 0, 2)}
    assert {t.item: t.score for t in trials}["reversed-1"] == 1.0
    assert {t.item: t.score for t in trials}["plain-1"] == 2.0
    assert "is not on its scale from 0 to 0.5" in refused(HERE / "plain.json", naming=Naming(scale=(0, 0.5)))
    assert "`word_said`; name one with `--metric`" in refused(HERE / "plain.json", naming=Naming(metric="other"))
    assert "the item is no name but nothing" in refused(HERE / "plain.json", naming=Naming(item_key="other"))


def test_one_metric_with_two_scales_is_refused(tmp_path: Path) -> None:
    tree = json.loads((HERE / "plain.json").read_text())
    for sample in tree["samples"]:
        sample["scores"]["word_said"]["metadata"] |= {"low": 0, "high": 5}
    other = tmp_path / "other.json"
    other.write_text(json.dumps(tree))
    text = refused(HERE / "technique.eval", other)
    assert "`word_said` has two scales: from 0 to 1 and from 0 to 5" in text


# how a score can be edited


def edited_json(tmp_path: Path, change: Callable[[Any], object]) -> Path:
    tree = json.loads((HERE / "plain.json").read_text())
    change(tree)
    path = tmp_path / "plain.json"
    path.write_text(json.dumps(tree))
    return path


def set_score(tree: Any, item: str, value: object) -> None:
    for sample in tree["samples"]:
        if sample["id"] == item:
            sample["scores"]["word_said"]["value"] = value


def test_an_edited_score_is_caught_by_the_logs_own_results(tmp_path: Path) -> None:
    reading = read(edited_json(tmp_path, lambda tree: set_score(tree, "reversed-1", 0.0)))
    assert "LOG_CHANGED" in said(reading)
    assert "says that the mean of `word_said` is 0.25; its samples give 0" in said(reading)


def rewritten(tmp_path: Path, changes: dict[str, Callable[[Any], Any] | None]) -> Path:
    """The log with some of its members changed, or left out."""
    path = tmp_path / "technique.eval"
    with zipfile.ZipFile(HERE / "technique.eval") as old, zipfile.ZipFile(path, "w", compression=ZSTD) as new:
        for name in old.namelist():
            content = old.read(name)
            if name in changes:
                change = changes[name]
                if change is None:
                    continue
                tree = json.loads(content)
                content = json.dumps(change(tree)).encode()
            new.writestr(name, content)
    return path


def value(new: float) -> Callable[[Any], Any]:
    def change(tree: Any) -> Any:
        tree["scores"]["word_said"]["value"] = new
        return tree

    return change


def test_two_edits_that_leave_the_mean_are_caught_by_the_reduced_scores(tmp_path: Path) -> None:
    def swapped(summaries: Any) -> Any:
        for each in summaries:
            if each["id"] in ("plain-1", "reversed-1"):
                each["scores"]["word_said"]["value"] = float(each["id"] == "plain-1")
        return summaries

    changes: dict[str, Callable[[Any], Any] | None] = {"summaries.json": swapped}
    for epoch in (1, 2):
        changes[f"samples/plain-1_epoch_{epoch}.json"] = value(1.0)
        changes[f"samples/reversed-1_epoch_{epoch}.json"] = value(0.0)
    text = said(read(rewritten(tmp_path, changes)))
    assert "2 samples scored otherwise than the log's reduced scores say: `plain-1`, `reversed-1`" in text


def test_an_edited_sample_is_caught_by_the_summaries(tmp_path: Path) -> None:
    text = said(read(rewritten(tmp_path, {"samples/plain-1_epoch_2.json": value(1.0)})))
    assert "1 sample scored otherwise than the log's own summary says: `plain-1`" in text


def test_a_sample_that_was_taken_out_is_caught(tmp_path: Path) -> None:
    def without(summaries: Any) -> Any:
        return [each for each in summaries if (each["id"], each["epoch"]) != ("reversed-1", 2)]

    gone = "samples/reversed-1_epoch_2.json"
    assert "Inspect cannot read this log" in refused(rewritten(tmp_path, {gone: None}))
    text = said(read(rewritten(tmp_path, {gone: None, "summaries.json": without})))
    assert "was to run 8 samples and holds 7" in text
    text = said(read(rewritten(tmp_path, {"summaries.json": without})))
    assert "holds 8 samples, of which its summaries name 7" in text


def test_edits_through_inspect_itself_are_in_its_history(tmp_path: Path) -> None:
    log = read_eval_log(str(HERE / "technique.eval"))
    by = ProvenanceData(author="mallory", reason="it was wrong")
    edit_score(log, "reversed-1", "word_said", ScoreEdit(value=0.0, provenance=by), epoch=1)
    log = invalidate_samples(log, [log.samples[0].uuid or ""] if log.samples else [], by)
    path = tmp_path / "edited.eval"
    write_eval_log(log, str(path))
    reading = read(path)
    assert "1 sample whose score was edited by mallory: `reversed-1`" in said(reading)
    assert [t.invalid for t in reading.trials if t.invalid] == ["mallory: it was wrong"]


def receipts(path: Path, *, told: dict[str, float]) -> None:
    log = read_eval_log(str(path))
    lines: list[bytes] = []
    for sample in log.samples or []:
        scores: dict[str, object] = {name: each.value for name, each in (sample.scores or {}).items()}
        if str(sample.id) in told:
            scores["word_said"] = told[str(sample.id)]
        lines.append(
            receipt(
                log=log.eval.eval_id,
                sample=sample.id,
                epoch=sample.epoch,
                uuid=sample.uuid,
                scores=scores,
                error=False,
                at="2026-11-21T22:00:00Z",
                previous=digest_of(lines[-1]) if lines else "",
            )
        )
    (path.parent / receipts_name(log.eval.eval_id)).write_bytes(b"".join(lines))


def test_an_edit_that_agrees_with_itself_is_caught_by_receipts(tmp_path: Path) -> None:
    path = tmp_path / "plain.json"
    path.write_bytes((HERE / "plain.json").read_bytes())
    receipts(path, told={})
    assert read(tmp_path).holes == ()
    receipts(path, told={"reversed-2": 1.0})
    assert "1 sample scored otherwise than when it ran: `reversed-2`" in said(read(tmp_path))


def test_a_log_that_did_not_end_well_is_incomplete(tmp_path: Path) -> None:
    def cancelled(tree: Any) -> None:
        tree["status"] = "cancelled"
        tree["samples"].pop()

    text = said(read(edited_json(tmp_path, cancelled)))
    assert "its status is `cancelled`" in text
    assert "was to run 4 samples and holds 3" in text


# hostile files


def eval_file(path: Path, members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression=compression) as log:
        for name, content in members.items():
            log.writestr(name, content)
    return path


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, ZSTD])
def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: int) -> None:
    monkeypatch.setattr(weighing, "LARGEST_MEMBER", 1 << 20)
    path = eval_file(tmp_path / "x.eval", {"header.json": b"0" * (1 << 21)}, compression=compression)
    assert "`header.json` unpacks to more than 1 MiB" in refused(path)
    monkeypatch.setattr(weighing, "LARGEST_LOG", 1 << 20)
    monkeypatch.setattr(weighing, "LARGEST_MEMBER", 1 << 20)
    path = eval_file(tmp_path / "y.eval", {f"{n}.json": b"0" * 700_000 for n in range(3)}, compression=compression)
    assert "unpacks to more than 0 GiB" in refused(path)


def test_a_member_that_is_larger_than_the_directory_says(tmp_path: Path) -> None:
    path = eval_file(tmp_path / "x.eval", {"header.json": b"0" * 5000})
    content = path.read_bytes()
    path.write_bytes(content.replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    assert "is 5000 bytes, and the log's directory says 50" in refused(path)


def test_too_many_members_and_two_of_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.eval"
    with zipfile.ZipFile(path, "w") as log, pytest.warns(UserWarning):
        log.writestr("header.json", b"{}")
        log.writestr("header.json", b"{ }")
    assert "two members `header.json`" in refused(path)
    monkeypatch.setattr(weighing, "MOST_MEMBERS", 1)
    assert "has 2 members" in refused(path)


def test_a_log_that_is_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = (HERE / "technique.eval").read_bytes()
    for part in (5, 500, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        path = tmp_path / "cut.eval"
        path.write_bytes(whole[:part])
        assert "this is no whole `.eval` file" in refused(path)


def test_flipped_bytes_never_pass_unseen(tmp_path: Path) -> None:
    whole = (HERE / "limited.eval").read_bytes()
    before = read(HERE / "limited.eval")
    path = tmp_path / "flipped.eval"
    for at in range(7, len(whole), 397):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        try:
            reading = read(path)
        except TrialsRejected:
            continue
        assert [(t.item, t.score) for t in reading.trials] == [(t.item, t.score) for t in before.trials]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"not json",
        b'{"version": 2, "status": "success"',
        b'{"version": 2, "status": "success", "eval": ' + b"[" * 50_000,
        b'{"version": 2, "status": "success", "eval": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        '{"version": 2, "status": "success"}'.encode("utf-16"),
        b'{"version": 99, "status": "success", "eval": {}}',
    ],
    ids=["empty", "nothing", "text", "cut", "deep", "deep whole", "utf-16", "version"],
)
def test_json_that_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert "Inspect cannot read this log" in refused(path, named=Format.INSPECT)


def test_names_and_places_that_are_none(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "none.eval")
    (tmp_path / "x.txt").write_text("hello")
    assert "its format is none that is known; name it with `--format`" in refused(tmp_path / "x.txt")
    chained = tmp_path / "a::b.json"
    chained.write_bytes((HERE / "plain.json").read_bytes())
    assert "a path with `::` cannot be read" in refused(chained)


def test_scores_that_are_none_are_named(tmp_path: Path) -> None:
    for score, text in (
        ("perhaps", "a score is text and no number"),
        ([1, 0], "a score is a list"),
        ({"a": 1}, "a score is nothing"),
        (7, "the score 7 of `word_said` is not on its scale from 0 to 1"),
    ):
        path = edited_json(tmp_path, lambda tree, score=score: set_score(tree, "plain-1", score))  # type: ignore[misc]
        assert f"sample `plain-1`, epoch 1: {text}" in refused(path)


def test_a_log_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.json"
    path.write_bytes((HERE / "plain.json").read_bytes())

    def report(_what: str, _part: float) -> None:
        with path.open("ab") as file:
            file.write(b"\n")

    with pytest.raises(TrialsRejected, match="changed while it was read"):
        read_trials([path], AS_SAID, report, inspect=read_inspect)


def test_a_task_of_ours_says_its_metric_even_where_nothing_was_scored(tmp_path: Path) -> None:
    def failed(tree: Any) -> None:
        tree["eval"]["metadata"] = {"licet": "licet-evals/1", "metric": "revealed", "judge": "licet/revealed@1"}
        for sample in tree["samples"]:
            sample["scores"] = {}

    trials = read(edited_json(tmp_path, failed)).trials
    assert {(t.metric, t.judge, t.score) for t in trials} == {("revealed", "licet/revealed@1", None)}


def test_a_sample_that_was_made_an_error_is_caught(tmp_path: Path) -> None:
    def failed(tree: Any) -> None:
        tree["samples"][0]["error"] = {"message": "away", "traceback": "", "traceback_ansi": ""}

    reading = read(edited_json(tmp_path, failed))
    assert [t.came for t in reading.trials].count(Came.ERROR) == 1
    assert "says that 4 samples were completed; 3 were" in said(reading)


def test_a_member_that_is_packed_otherwise(tmp_path: Path) -> None:
    path = eval_file(tmp_path / "x.eval", {"header.json": b"{}" * 100}, compression=zipfile.ZIP_BZIP2)
    assert "is packed in a way (method 12) of no log" in refused(path)
