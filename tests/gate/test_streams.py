"""Orders that take effect while answers are under way: exactly those they cover end, at once, with a reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anthropic
import openai

from licet.wire.journal import EndRecord

World = Any
MakeWorld = Callable[..., World]
SECOND = timedelta(seconds=1)
PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/messages")


class Heard:
    """How many clients have received the first part of what they asked for."""

    def __init__(self) -> None:
        self._count = 0
        self._more = asyncio.Event()

    def one(self) -> None:
        self._count += 1
        self._more.set()

    async def all(self, count: int) -> None:
        """Wait until so many have."""
        async with asyncio.timeout(60):
            while self._count < count:
                self._more.clear()
                await self._more.wait()


async def stream(world: World, key: str, model: str, path: str, heard: Heard) -> bytes:
    """All bytes of a streamed answer after its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    body = json.dumps({"model": model, "stream": True}).encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    assert head.startswith(b"HTTP/1.1 200"), head
    first = await asyncio.wait_for(reader.readuntil(b"data: "), 60)
    heard.one()
    answer = first + await asyncio.wait_for(reader.read(-1), 60)
    writer.close()
    return unchunked(answer)


def unchunked(body: bytes) -> bytes:
    """Without the chunks' sizes."""
    found = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        found, body = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return found


async def ends_of(world: World, count: int) -> list[EndRecord]:
    """The ends of so many answers, once the journal has them: they are written in company, a little later."""
    await asyncio.to_thread(world.wait_for, lambda: len(world.journal()[1]) >= count)
    found: list[EndRecord] = world.journal()[1]
    assert len(found) == len({end.id for end in found}) == count
    return found


async def test_an_order_ends_exactly_the_streams_that_it_covers(make_world: MakeWorld) -> None:
    """200 streams over 3 models, 3 APIs and 4 kinds of subject, on 2 workers; an order covers 50.

    No upstream says anything more until those 50 have ended: nothing but the order ends them.
    """
    world = make_world(workers=2)
    world.enact("".join(world.model(f"m{number}", "held-20") for number in range(3)))
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
    heard = Heard()
    tasks = [asyncio.create_task(stream(world, key, model, PATHS[index % 3], heard)) for key, model, index in plan]
    await heard.all(200)
    report = await asyncio.to_thread(world.enact, world.order("cut", "m0", "not us_citizen and not lpr"))
    assert len(report.acks) == 2 and sum(ack.cut for ack in report.acks) == 50
    cut = await asyncio.gather(*tasks[:50])
    assert not any(task.done() for task in tasks[50:])
    world.upstream.held = False
    whole: dict[str, bytes] = {}
    for (_, model, index), body in zip(plan[50:], await asyncio.gather(*tasks[50:]), strict=True):
        assert whole.setdefault(PATHS[index % 3], body) == body and b"error" not in body, model
    for (_, _, index), body in zip(plan[:50], cut, strict=True):
        assert b"no longer permitted" in body
        events = body.split(b"\n\n")
        assert events[-1] == b"" and b"`cut`" in events[-2]
        assert whole[PATHS[index % 3]].startswith(b"\n\n".join(events[:-2]) + b"\n\n")
    ends = await ends_of(world, 200)
    assert sorted(end.how for end in ends).count("cut") == 50
    assert all(end.instruments == ("cut",) for end in ends if end.how == "cut")


async def test_official_clients_raise_when_their_stream_is_cut(make_world: MakeWorld) -> None:
    world = make_world()
    world.enact(world.model("m", "held-20") + world.model("hang", "hang"))
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
    world.enact(world.model("m", "held-20"))
    world.start()
    key, heard = world.key("jean", us_citizen=False), Heard()
    task = asyncio.create_task(stream(world, key, "m", PATHS[0], heard))
    await heard.all(1)
    await asyncio.to_thread(world.enact, world.order("gentle", "m", "not us_citizen", "streams: finish"))
    assert (await asyncio.to_thread(world.post, PATHS[0], {"model": "m"}, key))[0] == 451
    world.upstream.held = False
    assert (await task).endswith(b"data: [DONE]\n\n")


async def test_an_open_event_is_closed_before_the_error(make_world: MakeWorld) -> None:
    """The upstream writes events in two parts; an error never begins inside one."""
    world = make_world()
    world.enact(world.model("m", "split-1000"))
    world.start()
    key, heard = world.key("jean", us_citizen=False), Heard()
    tasks = [asyncio.create_task(stream(world, key, "m", PATHS[0], heard)) for _ in range(5)]
    await heard.all(5)
    await asyncio.sleep(0.11)
    await asyncio.to_thread(world.enact, world.order("cut", "m", "not us_citizen"))
    for body in await asyncio.gather(*tasks):
        events = body.split(b"\n\n")
        assert [json.loads(event.removeprefix(b"data: ")) for event in events[:-1]][-1]["error"]["licet"]["cut"] is True


async def test_whatever_ends_a_permission_ends_its_stream_and_no_other(make_world: MakeWorld) -> None:
    """A revoked key, a new fact, an order's own instant, a fact that expires, a release's end: all by themselves.

    The gate goes by a scenario's clock, which is set to a second before each instant in its turn.
    """
    world = make_world(settings="clock: scenario\n")
    hour, now = timedelta(hours=1), datetime.now(UTC)
    instants = {"boundary": now + hour, "expired": now + 2 * hour, "until": now + 3 * hour}
    names = ("revoked", "attested", *instants, "other")
    text = "".join(world.model(name, "held-20") for name in names)
    text += world.order("now", "revoked, attested, expired", "not us_citizen")
    text += world.order("later", "boundary", "not lpr", since=instants["boundary"].isoformat())
    until = f"models: [until]\nuntil: {instants['until'].isoformat()}\n"
    world.enact(text.replace("models: [until]\n", until, 1))
    keys = {name: world.key(name, us_citizen=True) for name in names}
    world.attest("expired", until=instants["expired"], us_citizen=True)
    world.start()
    heard = Heard()
    open_ = {name: asyncio.create_task(stream(world, keys[name], name, PATHS[0], heard)) for name in names}
    await heard.all(len(names))
    for count, name in enumerate(names[:-1], 1):
        if name == "revoked":
            assert world.store.revoke_key(keys[name].split("_")[1], actor="test", at=now, reason="lost")
            await asyncio.to_thread(world.workers.push, timeout=5)
        elif name == "attested":
            await asyncio.to_thread(world.attest, name, us_citizen=False)
        else:
            (ack,) = await asyncio.to_thread(world.workers.set_clock, instants[name] - SECOND, timeout=5)
            assert ack.cut == 0
        assert b'"error"' in (await open_.pop(name)).split(b"\n\n")[-2]
        end = (await ends_of(world, count))[-1]
        assert end.how == "cut" and end.at >= instants.get(name, now)
        assert not any(task.done() for task in open_.values())
    world.upstream.held = False
    assert (await open_["other"]).endswith(b"data: [DONE]\n\n")
