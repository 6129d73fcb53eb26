"""Safeguards between the gate and a model: what they flag goes to a fallback or to nobody, and nothing falls open."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from tests.gate.classifying import SECRET, ClassifierServer
from tests.gate.conftest import SETTINGS, UpstreamServer
from tests.gate.conftest import World as GateWorld

from licet.core.decision import Outcome
from licet.services.rulebooks import in_force
from licet.wire.journal import DecisionRecord, Led

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"
HIDDEN = ["what is ", SECRET, "?"]


def safeguard(port: int, models: str, name: str = "word", *more: str) -> str:
    """A safeguard with one stage by the moderation contract."""
    lines = [
        f"safeguard: {name}",
        "title: The word of the day",
        f"models: [{models}]",
        "cascade:",
        (
            "  - {classifier: words, version: '1', contract: openai-moderation, flags_at: 0.9, seconds: 0.4,"
            f" url: 'http://127.0.0.1:{port}'}}"
        ),
        "reasons: It is to be guessed.",
        "appeal: https://appeal.test/word",
        *more,
        "---",
        "",
    ]
    return "\n".join(lines)


def cascade(port: int, other: int, models: str) -> str:
    """Two stages: the second is asked where the first is in doubt."""
    return "\n".join(
        [
            "safeguard: twice",
            f"models: [{models}]",
            "on: [request]",
            "cascade:",
            (
                "  - {classifier: cheap, version: '1', contract: openai-moderation, flags_at: 0.9, clears_below: 0.2,"
                f" url: 'http://127.0.0.1:{port}'}}"
            ),
            (
                "  - {classifier: dear, version: '2', contract: openai-moderation, flags_at: 0.4,"
                f" url: 'http://127.0.0.1:{other}'}}"
            ),
            "---",
            "",
        ]
    )


@pytest.fixture(scope="module")
def classifier() -> ClassifierServer:
    server = ClassifierServer()
    server.start()
    return server


@pytest.fixture(scope="module")
def dear() -> ClassifierServer:
    server = ClassifierServer()
    server.start()
    return server


@pytest.fixture(scope="module")
def guarded_world(
    tmp_path_factory: pytest.TempPathFactory,
    upstream: UpstreamServer,
    classifier: ClassifierServer,
    dear: ClassifierServer,
) -> Iterator[GateWorld]:
    """`guarded` falls back to `alike`, which the same safeguard guards, then to `plain`; `alone` to nothing."""
    world = GateWorld(tmp_path_factory.mktemp("guarded"), upstream, 1, SETTINGS.replace("20000", "3000000"))
    text = world.model("guarded", "json", "fallback: [alike, plain]", "aliases: [an-alias]")
    text += world.model("alike", "json")
    text += world.model("plain", "json-plain") + world.model("alone", "json") + world.model("doubted", "json")
    text += world.model("json", "json") + world.model("third", "json-third")
    text += world.model("both", "json", "fallback: [alike, third]") + world.order("no-both", "both", "not us_citizen")
    text += world.model("kept", "json", "fallback: [plain]") + world.order("no-plain", "plain", "not us_citizen")
    text += safeguard(classifier.port, "guarded, alike, alone, kept, json") + cascade(
        classifier.port, dear.port, "doubted"
    )
    world.enact(text)
    world.start()
    yield world
    world.close()


@pytest.fixture(autouse=True)
def well(classifier: ClassifierServer, dear: ClassifierServer) -> Iterator[None]:
    classifier.manner = dear.manner = "score"
    yield
    classifier.manner = dear.manner = "score"


@pytest.fixture(scope="module")
def key(guarded_world: World) -> str:
    return str(guarded_world.key("sam", us_citizen=True))


def said(text: str, model: str = "guarded") -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}]}


def decision(world: World, headers: dict[str, str]) -> DecisionRecord:
    """The record of an answer; and it is there: no answer without a record."""
    found: dict[str, DecisionRecord] = {each.id: each for each in world.journal()[0]}
    return found[headers["licet-decision"]]


def check_world(world: World) -> None:
    """What holds after every scenario: each record was decided under the rulebook in force, and names no text; whatever
    served cleared every safeguard before it, and each safeguard has the classifiers that it names.
    """
    rulebook = in_force(world.store)
    for record in world.journal()[0]:
        if record.served is not None:
            model = rulebook.catalogue.models[record.served]
            for each in rulebook.safeguards.values():
                if each.stands_before(model) and "request" in each.sides:
                    last = [one.led for one in record.safeguards if one.safeguard == each.name]
                    assert last and last[-1] is Led.CLEARED, record
        for one in record.safeguards:
            stages = {stage.classifier for stage in rulebook.safeguards[one.safeguard].cascade}
            assert one.classifier in stages
    for path in (world.state / "journal").glob("*.journal"):
        assert SECRET.encode() not in path.read_bytes()
    assert SECRET not in Path(world.log.name).read_text()


def test_a_flagged_request_is_answered_by_the_fallback_and_the_caller_is_told(guarded_world: World, key: str) -> None:
    world = guarded_world
    status, headers, body = world.post(CHAT, said(SECRET), key)
    assert status == 200 and json.loads(body)["model"] == "json-plain"
    assert headers["licet-requested-model"] == "guarded" and headers["licet-served-model"] == "plain"
    assert headers["licet-safeguard"] == "word" and "licet-instrument" not in headers
    record = decision(world, headers)
    assert (record.outcome, record.served, record.instruments) == (Outcome.SUBSTITUTE, "plain", ("open-plain",))
    [one] = record.safeguards
    assert (one.safeguard, one.classifier, one.version, one.threshold) == ("word", "words", "1", "0.9")
    assert (one.led, one.score) == (Led.FLAGGED, "0.97")
    check_world(world)


def test_what_is_cleared_is_served_and_that_is_recorded(guarded_world: World, key: str) -> None:
    status, headers, body = guarded_world.post(CHAT, said("good morning"), key)
    assert status == 200 and headers["licet-served-model"] == "guarded" and "licet-safeguard" not in headers
    assert json.loads(body)["choices"][0]["message"]["content"] == "hello"
    record = decision(guarded_world, headers)
    assert [(each.led, each.score) for each in record.safeguards] == [(Led.CLEARED, "0.02")]
    guarded_world.wait_for(lambda: any(end.id == record.id for end in guarded_world.journal()[1]))
    [end] = [end for end in guarded_world.journal()[1] if end.id == record.id]
    assert end.how == "done" and [each.led for each in end.heard] == [Led.CLEARED]
    check_world(guarded_world)


def test_a_model_without_a_safeguard_is_not_classified(
    guarded_world: World, key: str, classifier: ClassifierServer
) -> None:
    classifier.manner = "hang"
    before = len(classifier.seen)
    status, headers, _ = guarded_world.post(CHAT, said(SECRET, "plain"), key)
    assert status == 200 and decision(guarded_world, headers).safeguards == ()
    assert len(classifier.seen) == before


@pytest.mark.parametrize(("model", "wish"), [("alone", ""), ("guarded", "none")])
def test_without_a_fallback_or_the_wish_for_one_it_is_refused(
    guarded_world: World, key: str, model: str, wish: str
) -> None:
    status, headers, body = guarded_world.post(CHAT, said(SECRET, model), key, licet_substitution=wish)
    error = json.loads(body)["error"]
    assert (status, error["type"], error["code"]) == (403, "permission_error", "flagged_by_safeguard")
    assert headers["licet-safeguard"] == "word" and "licet-served-model" not in headers
    assert 'rel="blocked-by"' in headers["link"] and "<https://appeal.test/word>" in headers["link"]
    for part in ("`word`", "The word of the day", "It is to be guessed", "https://appeal.test/word"):
        assert part in error["message"]
    assert error["licet"]["safeguards"][0]["led"] == "flagged"
    assert "0.9" not in body.decode() and "words" not in body.decode()
    record = decision(guarded_world, headers)
    assert (record.outcome, record.served, record.instruments) == (Outcome.REFUSE, None, ())
    check_world(guarded_world)


def test_the_fallback_is_decided_for_the_same_caller(guarded_world: World) -> None:
    other = guarded_world.key("foreign", us_citizen=False)
    status, headers, body = guarded_world.post(CHAT, said(SECRET), other)
    assert status == 403 and "No other model may answer" in json.loads(body)["error"]["message"]
    assert decision(guarded_world, headers).served is None
    scoped = guarded_world.key("narrow", ("model:guarded",), us_citizen=True)
    status, _, body = guarded_world.post(CHAT, said(SECRET), scoped)
    assert status == 403 and "scopes" in json.loads(body)["error"]["message"]
    check_world(guarded_world)


def test_an_order_and_a_safeguard_are_both_named(guarded_world: World) -> None:
    """An order forbids what was asked for, a safeguard flags what would serve instead: the next one serves."""
    other = guarded_world.key("outside", us_citizen=False)
    _, headers, body = guarded_world.post(CHAT, said(SECRET, "both"), other)
    assert headers["licet-served-model"] == "third" and json.loads(body)["model"] == "json-third"
    assert (headers["licet-instrument"], headers["licet-safeguard"]) == ("no-both", "word")
    assert decision(guarded_world, headers).instruments == ("no-both", "open-third")
    _, headers, _ = guarded_world.post(CHAT, said("good morning", "both"), other)
    assert headers["licet-served-model"] == "alike" and "licet-safeguard" not in headers
    check_world(guarded_world)


def test_an_alias_is_guarded_as_its_model(guarded_world: World, key: str) -> None:
    _, headers, _ = guarded_world.post(CHAT, said(SECRET, "an-alias"), key)
    assert headers["licet-served-model"] == "plain" and headers["licet-safeguard"] == "word"


@pytest.mark.parametrize("manner", ["hang", "html", "nan", "over", "none", "redirect", "500", "close", "half"])
def test_a_classifier_that_cannot_judge_counts_as_flagged(
    guarded_world: World, key: str, classifier: ClassifierServer, manner: str
) -> None:
    classifier.manner = manner
    status, headers, _ = guarded_world.post(CHAT, said("good morning"), key)
    assert status == 200 and headers["licet-served-model"] == "plain" and headers["licet-safeguard"] == "word"
    [one] = decision(guarded_world, headers).safeguards
    assert (one.led, one.score) == (Led.NOT_JUDGED, None)
    assert one.why == ("slow" if manner == "hang" else "away")
    status, headers, body = guarded_world.post(CHAT, said("good morning", "alone"), key)
    assert status == 403 and "could not judge this request" in json.loads(body)["error"]["message"]
    check_world(guarded_world)


async def test_a_classifier_that_hangs_holds_up_nobody_else(
    guarded_world: World, key: str, classifier: ClassifierServer
) -> None:
    classifier.manner = "hang"
    waiting = [asyncio.create_task(asyncio.to_thread(guarded_world.post, CHAT, said("a", "alone"), key)) for _ in "abc"]
    await asyncio.sleep(0.05)
    status, _, _ = await asyncio.to_thread(guarded_world.post, CHAT, said("b", "plain"), key)
    assert status == 200 and not any(task.done() for task in waiting)
    assert [found[0] for found in await asyncio.gather(*waiting)] == [403] * 3


def test_a_classifier_that_hangs_does_not_take_every_place_of_the_gate(
    make_world: MakeWorld, classifier: ClassifierServer
) -> None:
    """100 requests at once are allowed, so that 50 may wait for classifiers: more are told to come again."""
    world = make_world(1, SETTINGS)
    slow = safeguard(classifier.port, "m").replace("seconds: 0.4", "seconds: 20")
    world.enact(world.model("m", "json") + world.model("free", "json") + slow)
    world.start()
    key, classifier.manner = world.key("jean"), "wait"
    with ThreadPoolExecutor(105) as pool:
        waiting = [pool.submit(world.post, CHAT, said("hi", "m"), key) for _ in range(105)]
        world.wait_for(lambda: sum(each.done() for each in waiting) == 55)
        free, _, _ = world.post(CHAT, said("hi", "free"), key)
        classifier.manner = "score"
        statuses = [each.result()[0] for each in waiting]
    assert (free, statuses.count(503), statuses.count(200)) == (200, 55, 50)


def test_a_cascade_asks_the_dear_one_only_in_doubt(
    guarded_world: World, key: str, classifier: ClassifierServer, dear: ClassifierServer
) -> None:
    asked = len(dear.seen)
    _, headers, _ = guarded_world.post(CHAT, said("good morning", "doubted"), key)
    assert [each.led for each in decision(guarded_world, headers).safeguards] == [Led.CLEARED]
    assert len(dear.seen) == asked
    status, headers, _ = guarded_world.post(CHAT, said("in the course of the day", "doubted"), key)
    found = [(each.classifier, each.led, each.score) for each in decision(guarded_world, headers).safeguards]
    assert found == [("cheap", Led.ASKED_ON, "0.50"), ("dear", Led.FLAGGED, "0.50")] and status == 403
    check_world(guarded_world)


def parts(*texts: str, kind: str = "text") -> list[dict[str, str]]:
    return [{"type": kind, "text": text} for text in texts]


def arguments(text: str) -> dict[str, Any]:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": text}}
    return {"role": "assistant", "tool_calls": [call]}


SPLIT = ["what is the wo", "rd of t", "he day?"]
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "system": (CHAT, {"messages": [{"role": "system", "content": SECRET}, {"role": "user", "content": "hi"}]}),
    "parts": (CHAT, {"messages": [{"role": "user", "content": parts(*SPLIT)}]}),
    "messages": (CHAT, {"messages": [{"role": "user", "content": part} for part in SPLIT]}),
    "words apart": (CHAT, {"messages": [{"role": "user", "content": parts("the word of", " the day")}]}),
    "tool result": (CHAT, {"messages": [{"role": "tool", "tool_call_id": "a", "content": SECRET}]}),
    "tool arguments": (
        CHAT,
        {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [
                        {
                            "id": "a",
                            "type": "function",
                            "function": {"name": "f", "arguments": '{"q": "the\\u0020word of the\\u0020day"}'},
                        }
                    ],
                }
            ]
        },
    ),
    "tool schema": (
        CHAT,
        {
            "messages": [],
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "f", "parameters": {"properties": {SECRET: {"type": "null"}}}},
                }
            ],
        },
    ),
    "unknown key": (CHAT, {"messages": [], "a_new_parameter": {"deep": [SECRET]}}),
    "key": (CHAT, {"messages": [], SECRET: True}),
    "name": (CHAT, {"messages": [{"role": "user", "name": SECRET, "content": "hi"}]}),
    "role": (CHAT, {"messages": [{"role": SECRET, "content": "hi"}]}),
    "many messages": (CHAT, {"messages": [{"role": "user", "content": letter} for letter in "a" * 9_000 + SECRET]}),
    "long": (CHAT, {"messages": [{"role": "user", "content": "a " * 200_000 + SECRET}]}),
    "parts with what an upstream skips between": (
        CHAT,
        {"messages": [{"role": "user", "content": [{**part, "id": "x", "zz": "y"} for part in parts(*SPLIT)]}]},
    ),
    "messages with names between": (
        CHAT,
        {"messages": [{"role": "user", "content": part, "name": "me"} for part in SPLIT]},
    ),
    "escapes in arguments that are no JSON": (CHAT, {"messages": [arguments('{"q": "the\\u0020word of the day",')]}),
    "escapes in arguments with a key twice": (
        CHAT,
        {"messages": [arguments('{"q": "\\u0074he word of the day", "q": 1}')]},
    ),
    "escapes in arguments that are deep": (
        CHAT,
        {"messages": [arguments('{"q": ' + "[" * 990 + "]" * 990 + ', "p": "\\u0074he word of the day"}')]},
    ),
    "escapes of escapes": (CHAT, {"messages": [arguments('{"q": "{\\"p\\": \\"\\\\u0074he word of the day\\"}"}')]}),
    "completions": ("/v1/completions", {"prompt": ["hi", SECRET]}),
    "suffix": ("/v1/completions", {"prompt": "hi", "suffix": SECRET}),
    "embeddings": ("/v1/embeddings", {"input": [SECRET]}),
    "responses": ("/v1/responses", {"input": SECRET}),
    "responses instructions": ("/v1/responses", {"input": "hi", "instructions": SECRET}),
    "responses items": ("/v1/responses", {"input": [{"role": "user", "content": parts(SECRET, kind="input_text")}]}),
    "responses outputs": (
        "/v1/responses",
        {"input": [{"type": "function_call_output", "call_id": "a", "output": SECRET}]},
    ),
    "anthropic system": (MESSAGES, {"system": parts(*SPLIT), "messages": [], "max_tokens": 9}),
    "anthropic tool result": (
        MESSAGES,
        {
            "max_tokens": 9,
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "a", "content": parts("see", SECRET)}],
                }
            ],
        },
    ),
    "anthropic tools": (
        MESSAGES,
        {"max_tokens": 9, "messages": [], "tools": [{"name": "t", "description": SECRET, "input_schema": {}}]},
    ),
    "anthropic document": (
        MESSAGES,
        {
            "max_tokens": 9,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": SECRET}}
                    ],
                }
            ],
        },
    ),
    "count_tokens": ("/v1/messages/count_tokens", {"messages": [{"role": "user", "content": SECRET}]}),
}


@pytest.mark.parametrize("place", PLACES)
def test_text_is_read_wherever_a_caller_can_put_it(guarded_world: World, key: str, place: str) -> None:
    path, rest = PLACES[place]
    _, headers, _ = guarded_world.post(path, {"model": "guarded", **rest}, key)
    assert headers.get("licet-served-model") == "plain"
    assert [each.led for each in decision(guarded_world, headers).safeguards] == [Led.FLAGGED]


BASE64 = base64.b64encode(SECRET.encode()).decode()
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}

UNREADABLE: dict[str, tuple[str, dict[str, Any]]] = {
    "image": (CHAT, {"messages": [{"role": "user", "content": [IMAGE]}]}),
    "sound": (
        CHAT,
        {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "A"}}]}]},
    ),
    "earlier sound": (CHAT, {"messages": [{"role": "assistant", "audio": {"id": "a"}}]}),
    "a part of an unknown kind": (CHAT, {"messages": [{"role": "user", "content": [{"type": "scent", "text": "a"}]}]}),
    "tokens": ("/v1/completions", {"prompt": [[1, 2, 3]]}),
    "tokens by another name": ("/v1/completions", {"prompt": "hi", "prompt_token_ids": [1, 2, 3]}),
    "embeddings of a prompt": ("/v1/completions", {"prompt": "hi", "prompt_embeds": BASE64}),
    "images beside the text": (CHAT, {"messages": [{"role": "user", "content": "hi", "images": [BASE64]}]}),
    "embedded tokens": ("/v1/embeddings", {"input": [1, 2, 3]}),
    "input file": (
        "/v1/responses",
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_data": BASE64}]}]},
    ),
    "enciphered": ("/v1/responses", {"input": [{"type": "reasoning", "encrypted_content": BASE64}]}),
    "search": ("/v1/responses", {"input": "hi", "tools": [{"type": "web_search"}]}),
    "search options": (CHAT, {"messages": [], "web_search_options": {"a": 1}}),
    "search of another API": (CHAT, {"messages": [], "tools": [{"google_search": {}}]}),
    "search in a tool of the caller's": (CHAT, {"messages": [], "tools": [{"name": "f", "googleSearch": {}}]}),
    "tools that are no list": (CHAT, {"messages": [], "tools": {"0": {"type": "web_search"}}}),
    "live search": (CHAT, {"messages": [], "search_parameters": {"mode": "on"}}),
    "mcp": (MESSAGES, {"messages": [], "mcp_servers": [{"type": "url", "url": "https://mcp.test/"}]}),
    "image in a tool result": (
        MESSAGES,
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "a",
                            "content": [{"type": "image", "source": {"type": "base64", "data": "A"}}],
                        }
                    ],
                }
            ]
        },
    ),
    "pdf": (
        MESSAGES,
        {"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "base64", "data": "A"}}]}]},
    ),
    "very long": (CHAT, {"messages": [{"role": "user", "content": "a" * 1_000_001}]}),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_no_classifier_can_read_could_not_be_judged(guarded_world: World, key: str, what: str) -> None:
    path, rest = UNREADABLE[what]
    _, headers, _ = guarded_world.post(path, {"model": "guarded", **rest}, key)
    [one] = decision(guarded_world, headers).safeguards
    assert one.led is Led.NOT_JUDGED and one.why == ("too long" if what == "very long" else "unreadable")
    assert headers["licet-served-model"] == "plain"


def test_a_text_that_is_no_unicode_is_refused_before(guarded_world: World, key: str) -> None:
    body = b'{"model": "guarded", "messages": [{"role": "user", "content": "\\ud800"}]}'
    assert guarded_world.post(CHAT, body, key)[0] == 400
    assert guarded_world.post(CHAT, body.replace(b"\\ud800", b"\xff"), key)[0] == 400


def test_a_model_that_is_named_inside_is_guarded_too(guarded_world: World, key: str) -> None:
    body = {"model": "plain", "input": "hi", "tools": [{"type": "function", "name": "f", "model": "json"}], "x": SECRET}
    status, headers, _ = guarded_world.post("/v1/responses", body, key)
    record = decision(guarded_world, headers)
    assert status == 403 and record.requested == "json" and record.outcome is Outcome.REFUSE


def test_the_official_clients_see_a_refusal_of_their_api(guarded_world: World, key: str) -> None:
    client = openai.OpenAI(api_key=key, base_url=guarded_world.url + "/v1", max_retries=0)
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.chat.completions.create(model="alone", messages=[{"role": "user", "content": SECRET}])
    assert refused.value.code == "flagged_by_safeguard" and "`word`" in refused.value.message
    claude = anthropic.Anthropic(api_key=key, base_url=guarded_world.url, max_retries=0)
    with pytest.raises(anthropic.PermissionDeniedError) as denied:
        claude.messages.create(model="alone", max_tokens=9, messages=[{"role": "user", "content": SECRET}])
    assert denied.value.body["error"]["type"] == "permission_error"  # type: ignore[index]
    answer = client.chat.completions.create(model="guarded", messages=[{"role": "user", "content": SECRET}])
    assert answer.model == "json-plain" and answer.choices[0].message.content == "hello"


async def test_what_changes_while_a_classifier_thinks_counts(
    make_world: MakeWorld, classifier: ClassifierServer
) -> None:
    """An order, a revoked fact and a stricter safeguard that come meanwhile: the request is decided as it is then."""
    world = make_world()
    world.enact(world.model("m", "json") + safeguard(classifier.port, "m").replace("seconds: 0.4", "seconds: 20"))
    world.start()
    keys = [world.key("jean", us_citizen=False), world.key("sam", us_citizen=True)]

    async def asked(key: str, change: Callable[[], object]) -> tuple[int, dict[str, str], bytes]:
        classifier.manner = "wait"
        before = len(classifier.seen)
        task = asyncio.create_task(asyncio.to_thread(world.post, CHAT, said("good morning", "m"), key))
        await asyncio.to_thread(world.wait_for, lambda: len(classifier.seen) > before)
        await asyncio.to_thread(change)
        assert not task.done()
        classifier.manner = "score"
        answer: tuple[int, dict[str, str], bytes] = await task
        return answer

    status, headers, _ = await asked(keys[0], lambda: world.enact(world.order("late", "m", "not us_citizen")))
    assert (status, headers["licet-instrument"]) == (451, "late")
    record = decision(world, headers)
    assert record.epoch == 2 and [each.led for each in record.safeguards] == [Led.CLEARED]
    status, _, _ = await asked(keys[1], lambda: world.attest("sam", us_citizen=False))
    assert status == 451
    world.attest("sam", us_citizen=True)
    stricter = safeguard(classifier.port, "m").replace("flags_at: 0.9", "flags_at: 0.01")
    status, headers, _ = await asked(keys[1], lambda: world.enact(stricter))
    assert status == 403
    assert [each.threshold for each in decision(world, headers).safeguards] == ["0.01"]


async def test_nobody_is_asked_for_a_caller_who_left(make_world: MakeWorld, classifier: ClassifierServer) -> None:
    world = make_world()
    world.enact(world.model("m", "json") + safeguard(classifier.port, "m").replace("seconds: 0.4", "seconds: 20"))
    world.start()
    key, upstream_seen, before = world.key("jean"), len(world.upstream.seen), len(classifier.seen)
    classifier.manner = "wait"
    body = json.dumps(said("hi", "m")).encode()
    _, writer = await asyncio.open_connection("127.0.0.1", world.port)
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    await asyncio.to_thread(world.wait_for, lambda: len(classifier.seen) > before)
    writer.close()
    await asyncio.sleep(0.1)
    classifier.manner = "score"
    assert world.post(CHAT, said("hi", "m"), key)[0] == 200
    assert len(world.upstream.seen) == upstream_seen + 1 and len(world.journal()[0]) == 1


def test_metrics_and_status_know_the_safeguards(guarded_world: World, key: str) -> None:
    guarded_world.post(CHAT, said(SECRET), key)
    _, _, body = guarded_world.get("/metrics", None)
    assert b'licet_safeguards_total{led="flagged",safeguard="word",side="request"}' in body
    [status] = guarded_world.workers.status(timeout=2)
    assert status["safeguards"] == ["twice", "word"]
