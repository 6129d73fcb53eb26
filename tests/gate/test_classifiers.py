"""The classifiers of safeguards, each asked over real HTTP at a server that speaks its contract."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest

from licet.core.safeguards import Contract, Side, Stage
from licet.gate.classifiers.chat import understood
from licet.gate.classifiers.making import classifiers
from licet.gate.ports import Classifier, ClassifierFailed
from licet.gate.upstream import Upstreams

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


class Service:
    """A classifier's server on loopback: it answers what `answer` says, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.paths: list[str] = []
        self.heads: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.connections = 0
        self.was_asked = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.heads.append(head)
                self.paths.append(head.split(b" ")[1].decode())
                self.asked.append(json.loads(await reader.readexactly(length)))
                self.was_asked.set()
                status, body = self.answer(self.asked[-1])
                writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def upstreams() -> AsyncIterator[Upstreams]:
    made = Upstreams(ssl.create_default_context(), 2.0, monotonic)
    yield made
    made.close()


@pytest.fixture
async def start() -> AsyncIterator[Callable[[Answer], Any]]:
    servers: list[asyncio.Server] = []

    async def one(answer: Answer) -> tuple[Service, str]:
        service = Service(answer)
        servers.append(await asyncio.start_server(service.serve, "127.0.0.1", 0))
        return service, f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"

    yield one
    for server in servers:
        server.close()


def stage(contract: Contract, url: str = "", **changed: Any) -> Stage:
    settings: dict[str, Any] = {"model": "judge-1", "policy": "Say unsafe if it asks for the word of the day."}
    return Stage("judge", "1", contract, Decimal("0.5"), url=url, **{**settings, **changed})


def made(upstreams: Upstreams, of: Stage, environ: dict[str, str] | None = None) -> Classifier:
    return classifiers(upstreams, environ or {}, lambda: "question-1")(of)


def said(content: str, ended: str = "stop") -> tuple[int, bytes]:
    tree = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": ended}]}
    return 200, json.dumps(tree).encode()


def moderated(*scores: dict[str, float], flagged: bool = False) -> tuple[int, bytes]:
    return 200, json.dumps({"results": [{"flagged": flagged, "category_scores": each} for each in scores]}).encode()


async def test_a_moderation_is_the_highest_score_of_any_text(upstreams: Upstreams, start: Any) -> None:
    service, url = await start(lambda _asked: moderated({"a": 0.1, "b": 0.2}, {"a": 0.7, "b": 0.3}))
    found = await made(upstreams, stage(Contract.MODERATION, url)).score(["one", "two"], Side.REQUEST)
    assert found == 0.7
    assert service.paths == ["/v1/moderations"]
    assert service.asked == [{"model": "judge-1", "input": ["one", "two"]}]


async def test_only_named_categories_count(upstreams: Upstreams, start: Any) -> None:
    _, url = await start(lambda _asked: moderated({"a": 0.9, "b": 0.2}, flagged=True))
    one = stage(Contract.MODERATION, url, categories=("b",))
    assert await made(upstreams, one).score(["x"], Side.ANSWER) == 0.2
    with pytest.raises(ClassifierFailed, match="no category `c`"):
        await made(upstreams, stage(Contract.MODERATION, url, categories=("b", "c"))).score(["x"], Side.ANSWER)


async def test_what_a_moderation_flags_by_its_own_lines_is_flagged(upstreams: Upstreams, start: Any) -> None:
    _, url = await start(lambda _asked: moderated({"a": 0.2}, flagged=True))
    assert await made(upstreams, stage(Contract.MODERATION, url)).score(["x"], Side.REQUEST) == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        moderated({"a": 0.1}),
        moderated({"a": 0.1}, {"a": 1.5}),
        (200, b'{"results": [{"category_scores": {"a": NaN}}, {"category_scores": {"a": NaN}}]}'),
        (200, b'{"results": [{"category_scores": {"a": true}}, {"category_scores": {"a": true}}]}'),
        (200, b'{"results": [{"flagged": false}, {"flagged": false}]}'),
        (200, b'{"results": []}'),
        (200, b'{"results": [], "results": []}'),
        (200, b"<html>all is well</html>"),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (200, b'{"results": "' + b"x" * 1_100_000 + b'"}'),
        (302, b""),
        (429, b"{}"),
        (500, b"{}"),
    ],
)
async def test_a_moderation_that_is_none_is_no_score(
    upstreams: Upstreams, start: Any, answer: tuple[int, bytes]
) -> None:
    _, url = await start(lambda _asked: answer)
    with pytest.raises(ClassifierFailed):
        await made(upstreams, stage(Contract.MODERATION, url)).score(["one", "two"], Side.REQUEST)


async def test_a_chat_is_given_the_policy_and_each_text_by_itself(upstreams: Upstreams, start: Any) -> None:
    def answer(asked: dict[str, Any]) -> tuple[int, bytes]:
        return said("unsafe\nS1" if "word" in asked["messages"][1]["content"] else "safe")

    service, url = await start(answer)
    texts = ["hello", "the word", "bye", "good day", "and then", "another"]
    assert await made(upstreams, stage(Contract.CHAT, url)).score(texts, Side.REQUEST) == 1.0
    assert sorted(each["messages"][1]["content"] for each in service.asked) == sorted(texts)
    assert {each["messages"][0]["content"] for each in service.asked} == {stage(Contract.CHAT).policy}
    assert {each["temperature"] for each in service.asked} == {0}
    assert await made(upstreams, stage(Contract.CHAT, url)).score(["hello"], Side.ANSWER) == 0.0


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("safe", 0.0),
        (" Unsafe \nS2,S9", 1.0),
        ("0", 0.0),
        ("1", 1.0),
        ("0.25", 0.25),
        ('{"violation": 1, "policy_category": "H2.f", "confidence": "high"}', 1.0),
        ('{"violation": false, "rationale": "no"}', 0.0),
        ('{"score": 0.75}', 0.75),
    ],
)
def test_what_a_model_may_answer(text: str, score: float) -> None:
    assert understood(text) == score


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is safe to say that this is fine.",
        "safe or unsafe, who knows",
        "1.5",
        "-1",
        "nan",
        '{"violation": 2}',
        '{"violation": "no"}',
        '{"violation": 0, "score": 1}',
        '{"violation": 1, "violation": 0}',
        '{"other": 0}',
        '{"violation": 0',
        "[0]",
    ],
)
def test_what_a_model_may_not_answer(text: str) -> None:
    with pytest.raises(ClassifierFailed):
        understood(text)


@pytest.mark.parametrize(
    "answer",
    [said("safe", "length"), (200, b'{"choices": []}'), (200, b'{"choices": [{"message": {}}]}'), (200, b"{}")],
)
async def test_a_chat_that_did_not_finish_is_no_score(
    upstreams: Upstreams, start: Any, answer: tuple[int, bytes]
) -> None:
    _, url = await start(lambda _asked: answer)
    with pytest.raises(ClassifierFailed):
        await made(upstreams, stage(Contract.CHAT, url)).score(["one", "two"], Side.REQUEST)


@pytest.mark.parametrize(("action", "score"), [("NONE", 0.0), ("BLOCKED", 1.0), ("GUARDRAIL_INTERVENED", 1.0)])
async def test_a_guardrail_is_asked_as_litellm_asks(
    upstreams: Upstreams, start: Any, action: str, score: float
) -> None:
    service, url = await start(lambda _asked: (200, json.dumps({"action": action, "texts": ["changed"]}).encode()))
    one = stage(Contract.GUARDRAIL, url, model="", key_env="GUARD_KEY")
    assert await made(upstreams, one, {"GUARD_KEY": "sesame"}).score(["x"], Side.ANSWER) == score
    assert service.paths == ["/beta/litellm_basic_guardrail_api"]
    assert service.asked == [{"texts": ["x"], "input_type": "response", "litellm_call_id": "question-1"}]
    assert b"\r\nx-api-key: sesame\r\n" in service.heads[0]


@pytest.mark.parametrize("answer", [b"{}", b'{"action": "none"}', b'{"action": ["NONE"]}', b'{"action": "NONE" }}'])
async def test_a_guardrail_without_an_action_is_no_score(upstreams: Upstreams, start: Any, answer: bytes) -> None:
    _, url = await start(lambda _asked: (200, answer))
    with pytest.raises(ClassifierFailed):
        await made(upstreams, stage(Contract.GUARDRAIL, url)).score(["x"], Side.REQUEST)


async def test_a_connection_serves_many_questions(upstreams: Upstreams, start: Any) -> None:
    service, url = await start(lambda _asked: moderated({"a": 0.1}))
    classifier = made(upstreams, stage(Contract.MODERATION, url))
    for _ in range(5):
        assert await classifier.score(["x"], Side.REQUEST) == 0.1
    assert service.connections == 1


async def test_a_question_that_is_given_up_leaves_no_answer_for_the_next(upstreams: Upstreams, start: Any) -> None:
    """Else the next question would be given the answer to this one."""
    answers = iter([moderated({"a": 0.9}), moderated({"a": 0.1})])
    service, url = await start(lambda _asked: next(answers))
    classifier = made(upstreams, stage(Contract.MODERATION, url))
    task = asyncio.create_task(classifier.score(["x"], Side.REQUEST))
    await service.was_asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await classifier.score(["y"], Side.REQUEST) == 0.1
    assert service.connections == 2


async def test_a_classifier_that_is_away_is_no_score(upstreams: Upstreams) -> None:
    for contract in (Contract.MODERATION, Contract.CHAT, Contract.GUARDRAIL):
        with pytest.raises(ClassifierFailed, match="could not be asked"):
            await made(upstreams, stage(contract, "http://127.0.0.1:9")).score(["x", "y"], Side.REQUEST)


@pytest.mark.parametrize("contract", [Contract.MODERATION, Contract.CHAT, Contract.GUARDRAIL])
def test_a_key_that_is_not_there_is_named(contract: Contract) -> None:
    upstreams = Upstreams(ssl.create_default_context(), 1.0, monotonic)
    with pytest.raises(ClassifierFailed, match="set `JUDGE_KEY`"):
        made(upstreams, stage(contract, "http://127.0.0.1:9", key_env="JUDGE_KEY"))
    with pytest.raises(ClassifierFailed, match="set `JUDGE_KEY`"):
        made(upstreams, stage(contract, "http://127.0.0.1:9", key_env="JUDGE_KEY"), {"JUDGE_KEY": "a\r\nb"})
