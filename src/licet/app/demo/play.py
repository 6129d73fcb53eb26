"""Play a scenario: at each date, everybody asks for everything; and while an order takes effect, two are streaming."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import openai

from licet.app.demo.callers import Answer, Client, Ended, ask, stream
from licet.app.demo.compare import day
from licet.app.demo.scenario import Place, Scenario

GoTo = Callable[[datetime], None]
"""Lets it be an instant: sets the gate's clock, which runs on by itself from then on, and enacts what was issued."""

Tell = Callable[[str, int], None]
"""Hears what is going on, and how many answers have come since it heard last."""

STREAM_SECONDS = 45.0
"""When a stream that has not ended is given up."""


Seen = tuple[dict[Place, Answer], dict[str, Ended]]
"""What the callers saw: an answer for each cell, and how each stream ended."""


class Between(NamedTuple):
    """What else happens at an instant, in words, and how it is played."""

    at: datetime
    what: str
    play: Callable[[datetime], Awaitable[None]]


async def play(
    scenario: Scenario, clients: Mapping[str, Client], go_to: GoTo, tell: Tell, between: Between | None = None
) -> Seen:
    """Go through the scenario in the order of time."""
    answers: dict[Place, Answer] = {}
    ends: dict[str, Ended] = {}
    steps = [(each.at, number) for number, each in enumerate(scenario.instants)]
    steps += [(between.at, -2)] if between is not None else []
    for at, number in sorted([*steps, (scenario.streams.at, -1)]):
        await asyncio.to_thread(go_to, at)
        if between is not None and number == -2:
            tell(f"{day(at)} {at:%H:%M}, {between.what}", 0)
            await between.play(at)
        elif number < 0:
            tell(f"{day(at)} {at:%H:%M:%S}, two streams are open as the order takes effect", 0)
            ends = await streams(scenario, clients, tell)
        else:
            tell(f"{day(at)} {at:%H:%M}, {scenario.instants[number].event}: everybody asks for everything", 0)
            answers |= await round_of(scenario, clients, number, tell)
    return answers, ends


async def round_of(scenario: Scenario, clients: Mapping[str, Client], instant: int, tell: Tell) -> dict[Place, Answer]:
    """One instant: the callers beside each other, each asking one model after the other."""
    answers: dict[Place, Answer] = {}

    async def caller(name: str) -> None:
        for model in scenario.models:
            answers[Place(model, name, instant)] = await ask(clients[name], model)
            tell("", 1)

    async with asyncio.TaskGroup() as group:
        for name in scenario.callers:
            group.create_task(caller(name))
    return answers


async def streams(scenario: Scenario, clients: Mapping[str, Client], tell: Tell) -> dict[str, Ended]:
    """The streams, each read to its end."""

    async def one(name: str) -> Ended:
        client = clients[name]
        if not isinstance(client, openai.AsyncOpenAI):
            return Ended("fail", (), "", 0, "only callers with the openai client stream here")
        try:
            async with asyncio.timeout(STREAM_SECONDS):
                ended = await stream(client, scenario.streams.model)
        except TimeoutError:
            ended = Ended("fail", (), "", 0, f"the stream had not ended after {STREAM_SECONDS:.0f} s")
        tell("", 1)
        return ended

    names = list(scenario.streams.ends)
    return dict(zip(names, await asyncio.gather(*(one(name) for name in names)), strict=True))


def steps_of(scenario: Scenario) -> int:
    """How many answers there are to wait for."""
    return len(scenario.instants) * len(scenario.models) * len(scenario.callers) + len(scenario.streams.ends)
