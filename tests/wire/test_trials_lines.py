"""Licet's own lines of trials: read strictly, written to what is read again, and never silently something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.trial import Came, Source, Trial, Use
from licet.wire.trials.plain import read_plain
from licet.wire.trials.plain_form import LINE_LIMIT
from licet.wire.trials.plain_writing import write_plain
from licet.wire.trials.reading import Reading
from licet.wire.trials.refusal import MOST_PROBLEMS, TrialsRejected

HEAD = b'{"trials":"licet-trials/1"}\n'
GIVEN = {"suite": "words", "item": "plain-1", "arm": "plain", "came": "served", "score": 0.5}


def line(**more: Any) -> bytes:
    return json.dumps({**GIVEN, **more}).encode() + b"\n"


def read(content: bytes, *, block: int = 1 << 20) -> Reading:
    blocks = (content[at : at + block] for at in range(0, len(content), block))
    return read_plain(blocks, file="t.jsonl")


def refused(content: bytes) -> str:
    with pytest.raises(TrialsRejected) as caught:
        read(content)
    return str(caught.value)


def test_a_file_without_sources_is_its_own() -> None:
    content = HEAD + line() + line(attempt=2, came="blocked", score=None)
    reading = read(content)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert reading.sources == (Source("t.jsonl", digest, "lines", 2),)
    assert reading.trials == [
        Trial(suite="words", item="plain-1", arm="plain", came=Came.SERVED, score=0.5, source=digest),
        Trial(suite="words", item="plain-1", arm="plain", came=Came.BLOCKED, score=None, attempt=2, source=digest),
    ]
    assert reading.holes == ()


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    digests = draw(
        st.lists(st.sampled_from([f"sha256:{n:064x}" for n in range(4)]), min_size=1, max_size=3, unique=True)
    )
    scales = {name: draw(st.sampled_from([(0.0, 1.0), (0.0, 5.0), (-1.5, 2.0)])) for name in ("a", "b")}
    trials = []
    for _ in range(draw(st.integers(0, 20))):
        metric = draw(st.sampled_from(["a", "b"]))
        low, high = scales[metric]
        trials.append(
            Trial(
                suite=draw(names),
                item=draw(names),
                arm=draw(names),
                came=draw(st.sampled_from(Came)),
                score=draw(st.none() | st.floats(low, high)),
                family=draw(st.just("") | names),
                use=draw(st.sampled_from(Use)),
                attempt=draw(st.integers(1, 2**53)),
                model=draw(names),
                metric=metric,
                low=low,
                high=high,
                judge=draw(names),
                limit=draw(st.none() | st.sampled_from(["tokens", "time"])),
                tokens=draw(st.none() | st.integers(0, 10**9)),
                seconds=draw(st.none() | st.floats(0, 1e6)),
                invalid=draw(st.none() | names),
                content=draw(st.sampled_from(["", f"sha256:{5:064x}"])),
                source=draw(st.sampled_from(digests)),
            )
        )
    sources = tuple(
        Source(
            draw(names),
            digest,
            "inspect",
            sum(each.source == digest for each in trials),
            intended=draw(st.none() | st.frozensets(names, max_size=3)),
            budget=(("tokens", 5.0),),
            retries=draw(st.integers(0, 5)),
        )
        for digest in digests
    )
    return Reading(sources, trials, (Hole(Gap.ERRORS, "two errors", "plain", ("x", "y"), 2),))


def via(reading: Reading, content: bytes) -> tuple[Source, ...]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return tuple(
        Source(each.file, each.digest, each.format, each.trials, each.intended, each.budget, each.retries, via=digest)
        for each in reading.sources
    )


@settings(max_examples=80, deadline=None)
@given(readings(), st.integers(1, 200))
def test_what_is_written_is_read_to_the_same(reading: Reading, block: int) -> None:
    content = b"".join(write_plain(reading))
    again = read(content, block=block)
    assert list(again.trials) == list(reading.trials)
    assert again.holes == reading.holes
    assert again.sources == via(reading, content)


@settings(max_examples=60, deadline=None)
@given(readings(), st.data())
def test_no_byte_can_change_unseen(reading: Reading, data: st.DataObject) -> None:
    content = b"".join(write_plain(reading))
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    changed = content[:at] + bytes([other]) + content[at + 1 :]
    try:
        again = read(changed)
    except TrialsRejected:
        return
    assert any(hole.gap is Gap.LOG_CHANGED for hole in again.holes)


@settings(max_examples=40, deadline=None)
@given(readings(), st.data())
def test_no_end_can_be_cut_off_unseen(reading: Reading, data: st.DataObject) -> None:
    content = b"".join(write_plain(reading))
    with pytest.raises(TrialsRejected):
        read(content[: data.draw(st.integers(0, len(content) - 1))])


WRONG: list[tuple[bytes, str]] = [
    (line(frob=1), "`frob`"),
    (line(score=1.5), "the score 1.5 of `success` is not on its scale from 0 to 1"),
    (line(score="1"), "expected `float | null`, got `str`"),
    (line(score=True), "got `bool`"),
    (line(came="fine"), "invalid enum value 'fine'"),
    (line(use="harmless"), "invalid enum value 'harmless'"),
    (line(attempt=0), "`int` >= 1"),
    (line(attempt=1.5), "got `float`"),
    (line(item=""), "length >= 1"),
    (line(item="x" * 301), "length <= 300"),
    (line(tokens=-1), "`int` >= 0"),
    (line(seconds=-0.1), "`float` >= 0"),
    (line(low=1.0, high=0.0, metric="m"), "the scale of `m` goes from 1 to 0"),
    (line(source="sha256:" + "0" * 64), "names a source that the first line does not"),
    (line(source="md5:1"), "matching regex"),
    (line().replace(b"0.5", b"NaN"), "malformed"),
    (line().replace(b"0.5", b"1e999"), "out of range"),
    (line().replace(b"0.5", b"-0.0001"), "is not on its scale"),
    (line()[:-2] + b',"score":1}\n', "a key is there twice"),
    (line()[:-2] + b',"score" :1}\n', "a key is there twice"),
    (line()[:-2] + b',"item"\t:"x"}\n', "a key is there twice"),
    (b"\n", "input data was truncated"),
    (b"[1]\n", "expected `object`, got `array`"),
    (b"[" * 9000 + b"\n", "expected `object`, got `array`"),
    (b'{"suite":' + b'{"a":' * 3000 + b"\n", "expected `str`, got `object`"),
    (b'{"suite":"' + b"x" * (LINE_LIMIT + 1) + b'"}\n', "longer than"),
    (line(item="\x1b[2J"), "not printable"),
    (line().replace(b"plain-1", b"\xff\xfe"), "utf-8"),
    (line().replace(b"\n", b""), "cut short"),
    ("\ufeff".encode() + line(), "malformed"),
]


@pytest.mark.parametrize(("bad", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_said_with_its_line(bad: bytes, said: str) -> None:
    text = refused(HEAD + line() + bad)
    assert said.lower() in text.lower()
    place = "t.jsonl:" if "not printable" in said else "t.jsonl:3: "
    assert all(each.startswith(place) for each in text.splitlines())


def test_all_problems_are_told_and_none_of_the_rest_is_lost() -> None:
    many = b"".join(line(score=2) for _ in range(MOST_PROBLEMS + 7))
    text = refused(HEAD + line(frob=1) + line() + many)
    assert text.splitlines()[0].startswith("t.jsonl:2: ")
    assert text.splitlines()[1].startswith("t.jsonl:4: ")
    assert text.splitlines()[-1] == "and 8 more"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (line(), "the first line is no head"),
        (HEAD.replace(b"/1", b"/2"), "this reads `licet-trials/1`"),
        (HEAD[:-1], "cut short"),
        (b"\xef\xbb\xbf" + HEAD, "the first line is no head"),
        (HEAD.decode().encode("utf-16"), "the first line is no head"),
        (b'{"trials":"licet-trials/1","sources":[],"more":1}\n', "`more`"),
    ],
)
def test_a_first_line_that_is_none(content: bytes, said: str) -> None:
    assert said in refused(content)


def test_a_line_that_never_ends_is_not_kept_in_memory() -> None:
    def endless() -> Iterator[bytes]:
        yield HEAD
        for _ in range(100):
            yield b"x" * 10_000
        raise AssertionError("read on")

    with pytest.raises(TrialsRejected, match="the line is too long"):
        read_plain(endless(), file="t.jsonl")


def test_one_metric_has_one_scale_and_both_are_named() -> None:
    text = refused(HEAD + line(metric="strongreject") + line(metric="strongreject", high=5, score=4))
    assert "`strongreject` has two scales: from 0 to 1 and from 0 to 5" in text


def test_names_are_kept_once() -> None:
    trials = read(HEAD + line() + line(attempt=2)).trials
    assert trials[0].item is trials[1].item
    assert trials[0].score is trials[1].score


def test_lines_of_others_may_have_spaces_and_defaults_written_out() -> None:
    spread = (
        b' { "suite" : "words" , "item": "plain-1", "arm" : "plain","came":"served","score":5e-1,"low":0,"high":1 } \n'
    )
    reading = read(HEAD + spread)
    source = reading.sources[0].digest
    assert reading.trials == [
        Trial(suite="words", item="plain-1", arm="plain", came=Came.SERVED, score=0.5, source=source)
    ]


def test_a_trial_that_moved_to_another_source_is_counted() -> None:
    digests = [f"sha256:{n:064x}" for n in range(2)]
    sources = tuple(Source(f"{n}.eval", digest, "inspect", 1) for n, digest in enumerate(digests))
    trials = [
        Trial(suite="s", item="i", arm="a", attempt=n + 1, came=Came.SERVED, score=1.0, source=digests[1])
        for n in range(2)
    ]
    holes = read(b"".join(write_plain(Reading(sources, trials)))).holes
    assert [hole.said for hole in holes] == [
        "`0.eval` gave 1 trials; there are 0 of it",
        "`1.eval` gave 1 trials; there are 2 of it",
    ]
