"""Answers that safeguards read before their callers do: whole, or a stream in windows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import anthropic
import openai
import pytest
from tests.gate.classifying import SECRET, ClassifierServer
from tests.gate.conftest import SETTINGS
from tests.gate.conftest import World as GateWorld
from tests.gate.speaking import WAIT, SpeakingServer, chunk, messages, responses, tool_chunk, whole
from tests.gate.test_safeguards import CHAT, MESSAGES, check_world, safeguard

from licet.gate.safeguard.answering import CONTEXT, WINDOW
from licet.wire.journal import EndRecord, Led

World = Any
RESPONSES = "/v1/responses"
EVENTS = "text/event-stream"
DONE = b"data: [DONE]\n\n"
WORDS = [f"word {number:03} of a long answer, " for number in range(60)]
LONG = "".join(WORDS)


def said(*texts: str) -> list[bytes]:
    return [*(chunk(text) for text in texts), DONE]


def halves(events: list[bytes]) -> list[bytes]:
    """The same bytes, broken in the middle of every event."""
    joined = b"".join(events)
    cuts = [0, *range(37, len(joined), 61), len(joined)]
    return [joined[start:end] for start, end in pairwise(cuts)]


STREAMS: dict[str, list[bytes]] = {
    "clear": said(*WORDS),
    "at-once": said("what is ", SECRET, "?"),
    "late": said(*WORDS, "now: ", SECRET, " and more"),
    "late-messages": messages(*WORDS, "now: ", SECRET, " and more"),
    "late-responses": responses(*WORDS, "now: ", SECRET, " and more"),
    "split": said(*WORDS, *SECRET, " and more"),
    "broken": halves(said(*WORDS, *SECRET, " and more")),
    "over-windows": said("a" * (WINDOW - 8) + SECRET[:8], SECRET[8:] + " and more"),
    "choices": [*(chunk(letter, which) for letter in SECRET for which in (0, 1)), DONE],
    "tool": [*(tool_chunk(part) for part in ('{"q": "the w', "ord of t", 'he day"}')), DONE],
    "escaped": [*(tool_chunk(part) for part in ('{"q": "\\u00', "74he word o\\u0066 t", 'he day"}')), DONE],
    "comment": [chunk("hi"), b": " + SECRET.encode() + b"\n\n", DONE],
    "field": [chunk("hi"), b"id: " + SECRET.encode() + b"\ndata: [DONE]\n\n"],
    "garbage": [chunk("hi"), b"data: {not json\n\n", DONE],
    "twice": [chunk("hi"), b'data: {"a": "x", "a": "y"}\n\n', DONE],
    "unended": [chunk("hi"), chunk(SECRET).rstrip()],
    "image": [chunk("hi"), b'data: {"type": "x", "b64_json": "AAAA"}\n\n'],
    "held": [*said(*WORDS)[:30], WAIT, *said(*WORDS)[30:]],
}
WHOLE = {
    "whole": [whole("hello")],
    "flagged": [whole("it is " + SECRET)],
    "pieces": [whole("it is " + SECRET)[:60], whole("it is " + SECRET)[60:]],
    "html": [b"<html>" + SECRET.encode()],
    "empty": [b" "],
    "two": [b'{"a": "b"} {"c": "d"}'],
}


@pytest.fixture(scope="module")
def classifier() -> ClassifierServer:
    server = ClassifierServer()
    server.start()
    return server


@pytest.fixture(scope="module")
def speaking() -> SpeakingServer:
    server = SpeakingServer(
        STREAMS | WHOLE | {"zipped": [b"\x1f\x8b"], "broken-down": WHOLE["html"]}, dict.fromkeys(STREAMS, EVENTS)
    )
    server.status["broken-down"] = 500
    server.more["zipped"] = "content-encoding: gzip\r\n"
    server.start()
    return server


@pytest.fixture(scope="module")
def answering(
    tmp_path_factory: pytest.TempPathFactory, speaking: SpeakingServer, classifier: ClassifierServer
) -> Iterator[GateWorld]:
    world = GateWorld(tmp_path_factory.mktemp("answering"), speaking, 1, SETTINGS)  # type: ignore[arg-type]
    names = [*STREAMS, *WHOLE, "zipped", "broken-down"]
    world.enact("".join(world.model(name, name) for name in names) + safeguard(classifier.port, ", ".join(names)))
    world.start()
    yield world
    speaking.held = False
    world.close()


@pytest.fixture(autouse=True)
def well(classifier: ClassifierServer, speaking: SpeakingServer) -> Iterator[None]:
    classifier.manner, speaking.held = "score", True
    yield
    classifier.manner = "score"


@pytest.fixture(scope="module")
def key(answering: World) -> str:
    return str(answering.key("sam"))


def ask(world: World, key: str, model: str, path: str = CHAT) -> tuple[int, dict[str, str], bytes]:
    body = {"model": model, "stream": model in STREAMS, "messages": [{"role": "user", "content": "hi"}], "input": "hi"}
    answer: tuple[int, dict[str, str], bytes] = world.post(path, body, key)
    return answer


def end_of(world: World, headers: dict[str, str]) -> EndRecord:
    """How an answer ended, once the journal has it."""
    found: list[EndRecord] = []

    def there() -> bool:
        found[:] = [end for end in world.journal()[1] if end.id == headers["licet-decision"]]
        return bool(found)

    world.wait_for(there)
    return found[0]


def test_a_clear_stream_arrives_byte_for_byte(answering: World, key: str) -> None:
    status, headers, body = ask(answering, key, "clear")
    assert status == 200 and body == b"".join(STREAMS["clear"])
    end = end_of(answering, headers)
    assert end.how == "done" and [each.led for each in end.heard] == [Led.CLEARED]
    assert end.bytes == len(body)
    check_world(answering)


@pytest.mark.parametrize(
    ("model", "path"),
    [("late", CHAT), ("late-messages", MESSAGES), ("late-responses", RESPONSES), ("split", CHAT), ("broken", CHAT)],
)
def test_a_stream_is_cut_before_what_is_flagged_leaves(answering: World, key: str, model: str, path: str) -> None:
    status, headers, body = ask(answering, key, model, path)
    assert status == 200 and b"word 010" in body and b"and more" not in body
    assert SECRET.encode() not in body and b"now: " not in body
    assert b"flagged_by_safeguard" in body and b"`word`" in body
    *events, last, nothing = body.split(b"\n\n")
    assert nothing == b"" and b"error" in last
    assert b"".join(STREAMS[model]).startswith(b"\n\n".join(events))
    passed = sum(len(word) for word in WORDS if word.encode() in body)
    assert len(LONG) - passed <= WINDOW + len(WORDS[0])
    end = end_of(answering, headers)
    assert end.how == "cut" and end.instruments == ()
    assert [(each.safeguard, each.led, each.score) for each in end.heard] == [("word", Led.FLAGGED, "0.97")]
    check_world(answering)


def test_what_stands_in_two_windows_is_judged_together(answering: World, key: str) -> None:
    assert len(SECRET) <= CONTEXT
    _, _, body = ask(answering, key, "over-windows")
    assert b"and more" not in body and b"flagged_by_safeguard" in body


@pytest.mark.parametrize(
    ("model", "led"),
    [
        ("at-once", "flagged"),
        ("choices", "flagged"),
        ("tool", "flagged"),
        ("escaped", "flagged"),
        ("comment", "flagged"),
        ("field", "flagged"),
        ("unended", "flagged"),
        ("garbage", "could not be judged"),
        ("twice", "could not be judged"),
        ("image", "could not be judged"),
    ],
)
def test_a_stream_whose_beginning_is_flagged_never_begins(answering: World, key: str, model: str, led: str) -> None:
    status, headers, body = ask(answering, key, model)
    error = json.loads(body)["error"]
    assert status == 403 and error["code"] == "flagged_by_safeguard"
    assert [each["led"] for each in error["licet"]["safeguards"]] == [led]
    assert headers["licet-safeguard"] == "word" and "licet-served-model" not in headers
    end = end_of(answering, headers)
    assert (end.how, end.bytes, end.heard[0].led) == ("cut", 0, led)


@pytest.mark.parametrize("model", WHOLE)
def test_a_whole_answer_is_read_before_its_first_byte_leaves(answering: World, key: str, model: str) -> None:
    status, headers, body = ask(answering, key, model)
    end = end_of(answering, headers)
    if model == "whole":
        assert (status, body, end.how) == (200, WHOLE["whole"][0], "done")
        return
    assert status == 403 and SECRET.encode() not in body and (end.how, end.bytes) == ("cut", 0)
    led = Led.FLAGGED if model in ("flagged", "pieces") else Led.NOT_JUDGED
    assert [each.led for each in end.heard] == [led]
    check_world(answering)


def test_an_upstreams_error_that_nobody_can_read_is_its_failure(answering: World, key: str) -> None:
    """No word of it leaves, and a client may try again."""
    status, headers, body = ask(answering, key, "broken-down")
    assert status == 502 and SECRET.encode() not in body and b"it answered 500" in body
    assert end_of(answering, headers).how == "upstream-error"


def test_an_answer_in_another_encoding_is_not_passed_on(answering: World, key: str) -> None:
    status, _, body = ask(answering, key, "zipped")
    assert status == 502 and b"content encoding" in body


async def test_a_classifier_that_is_away_in_the_middle_ends_the_stream(
    answering: World, key: str, classifier: ClassifierServer, speaking: SpeakingServer
) -> None:
    before = len(classifier.seen)
    task = asyncio.create_task(asyncio.to_thread(ask, answering, key, "held"))
    await asyncio.to_thread(answering.wait_for, lambda: len(classifier.seen) > before + 1)
    classifier.manner = "html"
    speaking.held = False
    _, headers, body = await task
    assert b"word 010" in body and b"could not judge this answer" in body and b"word 059" not in body
    assert end_of(answering, headers).heard[0].led is Led.NOT_JUDGED


async def test_an_order_ends_a_stream_that_is_being_read(
    make_world: Callable[..., World], classifier: ClassifierServer, speaking: SpeakingServer
) -> None:
    world = make_world()
    world.upstream = speaking
    world.enact(world.model("held", "held") + safeguard(classifier.port, "held"))
    world.start()
    key = world.key("jean", us_citizen=False)
    before = len(classifier.seen)
    task = asyncio.create_task(asyncio.to_thread(ask, world, key, "held"))
    await asyncio.to_thread(world.wait_for, lambda: len(classifier.seen) > before + 1)
    await asyncio.to_thread(world.enact, world.order("cut", "held", "not us_citizen"))
    _, headers, body = await task
    assert b"no longer permitted" in body and b"flagged" not in body
    end = end_of(world, headers)
    assert end.how == "cut" and end.instruments == ("cut",)
    assert [each.led for each in end.heard] == [Led.CLEARED]


async def test_a_safeguard_reaches_every_worker_and_new_requests(
    make_world: Callable[..., World], classifier: ClassifierServer, speaking: SpeakingServer
) -> None:
    world = make_world(workers=2)
    world.upstream = speaking
    world.enact(world.model("held", "held") + world.model("flagged", "flagged"))
    world.start()
    key = world.key("jean")
    assert ask(world, key, "flagged")[0] == 200
    task = asyncio.create_task(asyncio.to_thread(ask, world, key, "held"))
    await asyncio.to_thread(world.wait_for, lambda: len(world.journal()[0]) == 2)
    report = await asyncio.to_thread(world.enact, safeguard(classifier.port, "held, flagged"))
    assert len(report.acks) == 2 and sum(ack.cut for ack in report.acks) == 0
    for _ in range(6):
        assert (await asyncio.to_thread(ask, world, key, "flagged"))[0] == 403
    speaking.held = False
    status, headers, body = await task
    assert status == 200 and body == b"".join(each for each in STREAMS["held"] if each != WAIT)
    assert not end_of(world, headers).heard
    await asyncio.to_thread(world.enact, safeguard(classifier.port, "held", "word", "on: [answer]"))
    assert (await asyncio.to_thread(ask, world, key, "flagged"))[0] == 200


def test_official_clients_see_a_stream_that_ends_with_an_error(answering: World, key: str) -> None:
    gpt = openai.OpenAI(api_key=key, base_url=answering.url + "/v1", max_retries=0)
    heard: list[str] = []
    with pytest.raises(openai.APIError) as cut:
        events = gpt.chat.completions.create(model="late", stream=True, messages=[{"role": "user", "content": "hi"}])
        heard.extend(event.choices[0].delta.content or "" for event in events)
    assert "".join(heard) == LONG[: len("".join(heard))] and len(heard) > 10
    assert cut.value.code == "flagged_by_safeguard"
    claude = anthropic.Anthropic(api_key=key, base_url=answering.url, max_retries=0)
    heard = []
    with (
        pytest.raises(anthropic.APIStatusError, match="flagged_by_safeguard"),
        claude.messages.stream(
            model="late-messages", max_tokens=9, messages=[{"role": "user", "content": "hi"}]
        ) as stream,
    ):
        heard.extend(stream.text_stream)
    assert "".join(heard) == LONG[: len("".join(heard))] and len(heard) > 10
