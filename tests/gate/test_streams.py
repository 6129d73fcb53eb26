"""Orders that take effect while answers are under way: exactly those they cover end, at once, with a reason."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anthropic
import openai
import pytest

World = Any
MakeWorld = Callable[..., World]
PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")


async def stream(world: World, key: str, model: str, path: str) -> tuple[bytes, float]:
    """All bytes of a streamed answer after its head, and when it ended (monotonic)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    body = json.dumps({"model": model, "stream": True}).encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    answer = await asyncio.wait_for(reader.read(-1), 30)
    ended = time.monotonic()
    writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    return unchunked(rest), ended


def unchunked(body: bytes) -> bytes:
    """Without the chunks' sizes."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        found, body = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return found


async def test_an_order_ends_exactly_the_streams_that_it_covers(make_world: MakeWorld) -> None:
    """200 streams over 3 models, 3 APIs and 4 kinds of subject, on 2 workers; an order covers 50."""
    world = make_world(workers=2)
    length = 70  # 2.1 s
    world.enact("".join(world.model(f"m{number}", f"stream-{length}") for number in range(3)))
    world.start()
    kinds: list[dict[str, Any]] = [
        {"us_citizen": True},
        {"us_citizen": False, "lpr": True},
        {"us_citizen": False, "lpr": False},
        {},
    ]
    keys = [world.key(f"s{index}", **facts) for index, facts in enumerate(kinds)]
    plan = [(keys[2], "m0", index) for index in range(30)] + [(keys[3], "m0", index) for index in range(20)]
    plan += [(keys[0], "m0", index) for index in range(30)] + [(keys[1], "m0", index) for index in range(30)]
    plan += [(keys[2], "m1", index) for index in range(30)] + [(keys[3], "m2", index) for index in range(60)]
    tasks = [asyncio.create_task(stream(world, key, model, PATHS[index % 3])) for key, model, index in plan]
    await asyncio.to_thread(
        world.wait_for, lambda: sum(status["open"] for status in world.workers.status(timeout=2)) == 200
    )
    await asyncio.sleep(0.3)
    start = time.monotonic()
    report = await asyncio.to_thread(world.enact, world.order("cut", "m0", "not us_citizen and not lpr"))
    results = await asyncio.gather(*tasks)
    assert len(report.acks) == 2 and sum(ack.cut for ack in report.acks) == 50
    whole: dict[str, bytes] = {}
    for (_, model, index), (body, ended) in zip(plan[50:], results[50:], strict=True):
        assert ended - start > 0.5
        assert whole.setdefault(PATHS[index % 3], body) == body and b"error" not in body, model
    for (_, _, index), (body, ended) in zip(plan[:50], results[:50], strict=True):
        assert ended - start < 0.25, f"ended after {ended - start:.3f} s"
        _kept, _, _event = body.rpartition(
            b"\n\n" if PATHS[index % 3] == "/v1/chat/completions" else b"\n\nevent: error\n"
        )[0:3]
        assert b"no longer permitted" in body
        events = body.split(b"\n\n")
        assert events[-1] == b"" and b"`cut`" in events[-2]
        assert whole[PATHS[index % 3]].startswith(b"\n\n".join(events[:-2]) + b"\n\n")
    ends = {end.id: end for end in world.journal()[1]}
    assert sorted(end.how for end in ends.values()).count("cut") == 50
    assert all(end.instruments == ("cut",) for end in ends.values() if end.how == "cut")


async def test_official_clients_raise_when_their_stream_is_cut(make_world: MakeWorld) -> None:
    world = make_world()
    world.enact(world.model("m", "stream-60") + world.model("hang", "hang"))
    world.start()
    key = world.key("jean", us_citizen=False)
    gpt = openai.AsyncOpenAI(api_key=key, base_url=world.url + "/v1", max_retries=0)
    claude = anthropic.AsyncAnthropic(api_key=key, base_url=world.url, max_retries=0)

    async def chat() -> None:
        async for _ in await gpt.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "x"}], stream=True
        ):
            pass

    async def responses() -> None:
        async for _ in await gpt.responses.create(model="m", input="x", stream=True):
            pass

    async def messages() -> None:
        async for _ in await claude.messages.create(
            model="m", max_tokens=9, messages=[{"role": "user", "content": "x"}], stream=True
        ):
            pass

    async def waiting() -> None:
        await gpt.chat.completions.create(model="hang", messages=[{"role": "user", "content": "x"}])

    tasks = [asyncio.create_task(each()) for each in (chat, responses, messages, waiting)]
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 4)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(world.enact, world.order("cut", "m, hang", "not us_citizen"))
    raised = await asyncio.gather(*tasks, return_exceptions=True)
    for error, kind in zip(
        raised, (openai.APIError, openai.APIError, anthropic.APIError, openai.APIStatusError), strict=True
    ):
        assert isinstance(error, kind), error
        assert "no longer permitted" in str(error) and "`cut`" in str(error)
    assert isinstance(raised[3], openai.APIStatusError) and raised[3].status_code == 451


async def test_streams_may_finish_where_the_order_says_so(make_world: MakeWorld) -> None:
    world = make_world()
    world.enact(world.model("m", "stream-25"))
    world.start()
    key = world.key("jean", us_citizen=False)
    task = asyncio.create_task(stream(world, key, "m", PATHS[0]))
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 1)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(world.enact, world.order("gentle", "m", "not us_citizen", "streams: finish"))
    assert world.post(PATHS[0], {"model": "m"}, key)[0] == 451
    body, _ = await task
    assert body.endswith(b"data: [DONE]\n\n")


async def test_an_open_event_is_closed_before_the_error(make_world: MakeWorld) -> None:
    """The upstream writes events in two parts; an error never begins inside one."""
    world = make_world()
    world.enact(world.model("m", "split-60"))
    world.start()
    key = world.key("jean", us_citizen=False)
    tasks = [asyncio.create_task(stream(world, key, "m", PATHS[0])) for _ in range(5)]
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 5)
    await asyncio.sleep(0.31)
    await asyncio.to_thread(world.enact, world.order("cut", "m", "not us_citizen"))
    for body, _ in await asyncio.gather(*tasks):
        events = body.split(b"\n\n")
        assert [json.loads(event.removeprefix(b"data: ")) for event in events[:-1]][-1]["error"]["licet"]["cut"] is True


@pytest.mark.parametrize("how", ["boundary", "revoked", "attested", "expired", "until"])
async def test_whatever_ends_a_permission_ends_the_stream(make_world: MakeWorld, how: str) -> None:
    """An order's own instant, a revoked key, a new fact, a fact that expires, a release's end: all by themselves."""
    world = make_world()
    soon = datetime.now(UTC) + timedelta(seconds=3.5)
    text = world.model("m", "stream-250") + world.model("other", "stream-250")
    if how == "boundary":
        text += world.order("later", "m", "not lpr", since=soon.isoformat())
    elif how == "until":
        text = text.replace("models: [m]\n", f"models: [m]\nuntil: {soon.isoformat()}\n", 1)
    else:
        text += world.order("now", "m", "not us_citizen")
    world.enact(text)
    key = world.key("jean", us_citizen=True)
    if how == "expired":
        world.attest("jean", until=soon, us_citizen=True)
    world.start()
    other = asyncio.create_task(stream(world, world.key("ann", us_citizen=True), "other", PATHS[0]))
    task = asyncio.create_task(stream(world, key, "m", PATHS[0]))
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 2)
    await asyncio.sleep(0.4)
    if how == "revoked":
        assert world.store.revoke_key(key.split("_")[1], actor="test", at=datetime.now(UTC), reason="lost")
        await asyncio.to_thread(world.workers.push, timeout=5)
    elif how == "attested":
        await asyncio.to_thread(world.attest, "jean", us_citizen=False)
    body, _ = await task
    delay = (datetime.now(UTC) - soon).total_seconds()
    assert b'"error"' in body.split(b"\n\n")[-2]
    if how in ("boundary", "expired", "until"):
        assert -0.1 < delay < 0.5, delay
    assert not other.done()
    other.cancel()
