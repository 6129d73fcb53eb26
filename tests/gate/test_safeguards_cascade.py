"""A cascade by itself: whatever a classifier does, there is a verdict, in time, and nothing falls open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from licet.core.safeguards import Contract, Safeguard, Side, Stage
from licet.gate.ports import Classifier, ClassifierFailed
from licet.gate.safeguard.cascade import Cascades, no_classifier, no_log
from licet.gate.safeguard.events import LARGEST_EVENT, Events, NotJudgeable
from licet.gate.safeguard.passages import LONGEST, answer_readings, request_readings
from licet.wire.journal import Led, Screened, Unjudged
from licet.wire.strict_json import StrictJsonError

SECRET = "the word of the day"


class Scripted:
    """Scores what it is told to; it is asked nothing over a network."""

    def __init__(self, score: Callable[[], Any]) -> None:
        self._score = score

    async def score(self, texts: Sequence[str], side: Side) -> float:
        """See the port."""
        found = self._score()
        return await found if asyncio.iscoroutine(found) else found  # type: ignore[no-any-return]

    def close(self) -> None:
        """See the port."""


def safeguard(*, stages: int = 1, seconds: str = "2") -> Safeguard:
    cascade = tuple(
        Stage(
            f"c{number}",
            "1",
            Contract.EMBEDDED,
            Decimal("0.9"),
            None if number == stages - 1 else Decimal("0.2"),
            seconds=Decimal(seconds),
        )
        for number in range(stages)
    )
    return Safeguard("s", "", ("m",), (), (Side.REQUEST, Side.ANSWER), cascade, "", "", "sha256:s")


async def judged(score: Callable[[], Any], **about: Any) -> tuple[bool, tuple[Screened, ...]]:
    cascades = Cascades(lambda _: Scripted(score), no_log)
    found = await cascades.judge(safeguard(**about), ("a",), Side.REQUEST)
    return found.flags, found.said


@pytest.mark.parametrize(
    ("score", "led"),
    [(0, Led.CLEARED), (0.8999, Led.CLEARED), (0.9, Led.FLAGGED), (1, Led.FLAGGED), (1.0, Led.FLAGGED)],
)
async def test_a_score_leads_where_its_stage_says(score: float, led: Led) -> None:
    flags, said = await judged(lambda: score)
    assert (flags, [each.led for each in said]) == (led is Led.FLAGGED, [led])


@pytest.mark.parametrize(
    "score", [float("nan"), float("inf"), -0.01, 1.01, "0.1", None, True, False, [0.1], {}, 10**400, 1j, Decimal(0)]
)
async def test_what_is_no_score_counts_as_flagged(score: Any) -> None:
    flags, [said] = await judged(lambda: score)
    assert flags and (said.led, said.why, said.score) == (Led.NOT_JUDGED, Unjudged.NONSENSE, None)


async def raised(error: BaseException) -> float:
    raise error


@pytest.mark.parametrize(
    "error", [ClassifierFailed("away"), OSError("x"), ValueError(SECRET), asyncio.CancelledError(), MemoryError()]
)
async def test_whatever_a_classifier_raises_counts_as_flagged_and_no_text_is_logged(error: BaseException) -> None:
    lines: list[object] = []
    cascades = Cascades(lambda _: Scripted(lambda: raised(error)), lambda *each, **more: lines.append((each, more)))
    found = await cascades.judge(safeguard(), (SECRET,), Side.REQUEST)
    assert found.flags and [(each.led, each.why) for each in found.said] == [(Led.NOT_JUDGED, Unjudged.AWAY)]
    assert len(lines) == 1 and SECRET not in str(lines)


async def test_one_that_cannot_be_cancelled_is_not_waited_for() -> None:
    over = asyncio.Event()

    async def deaf() -> float:
        while not over.is_set():
            try:
                await asyncio.wait_for(over.wait(), 30)
            except asyncio.CancelledError:
                continue
        return 0.0

    flags, [said] = await judged(deaf, seconds="0.02")
    assert flags and said.why is Unjudged.SLOW
    over.set()
    await asyncio.sleep(0)


async def test_one_that_cannot_be_made_counts_as_flagged() -> None:
    found = await Cascades(no_classifier, no_log).judge(safeguard(), ("a",), Side.ANSWER)
    assert found.flags and found.could_not_judge


async def test_the_cascade_ends_where_it_is_settled() -> None:
    scores = iter((0.5, 0.5, 0.1))
    flags, said = await judged(lambda: next(scores), stages=3)
    assert not flags and [each.led for each in said] == [Led.ASKED_ON, Led.ASKED_ON, Led.CLEARED]
    flags, said = await judged(lambda: float("nan"), stages=3)
    assert flags and len(said) == 1


async def test_each_classifier_is_made_once_and_closed() -> None:
    made: list[str] = []

    def make(stage: Stage) -> Classifier:
        made.append(stage.classifier)
        return Scripted(lambda: 0.5)

    cascades = Cascades(make, no_log)
    await cascades.judge_all((safeguard(stages=2), safeguard(stages=2)), ("a",), Side.REQUEST)
    assert sorted(made) == ["c0", "c1"]
    cascades.close()
    await cascades.judge(safeguard(), ("a",), Side.REQUEST)
    assert len(made) == 3


def test_readings_have_every_text_apart_and_together() -> None:
    body = b'{"model": "m", "messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, "c"]}'
    assert request_readings(body) == ("a\nb\nc", "ab\nc")
    assert request_readings(b'{"model": "m", "input": "x"}') == ("x",)
    assert request_readings(b'{"model": "m", "input": "' + b"x" * (LONGEST + 1) + b'"}') is Unjudged.TOO_LONG
    assert request_readings(b'{"model": "m"}') == ("",)
    with pytest.raises(StrictJsonError):
        request_readings(b"[]")
    for body in (b"", b"[]", b"{", b'{"a": 1} x', b"\xff", b'{"a": "\\ud800"}', b"[" * 10_000):
        assert answer_readings(body) is Unjudged.UNREADABLE
    tool = b'{"content": [{"type": "tool_use", "id": "t", "name": "f", "input": {"a_key": "b"}}]}'
    assert answer_readings(tool) == ("f\na_key\nb", "fa_keyb")


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_over_whatever_pieces(end: bytes, size: int) -> None:
    """However the bytes are broken, they all come out, in events that each end where the stream has their end."""
    raw = [b'data: {"delta": "a%d"}' % number + end for number in range(5)]
    joined, events = b"".join(raw), Events()
    found = [each for at in range(0, len(joined), size) for each in events.feed(joined[at : at + size])]
    rest = events.rest()
    found += [] if rest is None else [rest]
    assert b"".join(each.raw for each in found) == joined
    assert [text for each in found for _, text in each.texts if text.strip()] == [f"a{number}" for number in range(5)]


@pytest.mark.parametrize(
    "raw",
    [
        b"data: x\n\n",
        b'data: {"a": "b"}\ndata: {"a": "b"}\n\n',
        b"data: \xff\n\n",
        b'data: {"a": "\\ud800"}\n\n',
        b"\xef\xbb\xbfdata: {}\n\n",
        b'data: {"type": "response.image_generation_call.partial_image", "partial_image_b64": "AA"}\n\n',
        b"data: " + b"x" * (LARGEST_EVENT + 1),
    ],
)
def test_events_of_which_nobody_knows_what_a_caller_reads(raw: bytes) -> None:
    with pytest.raises(NotJudgeable):
        list(Events().feed(raw))
