"""The heads of a server's answers, which Inspect's providers keep to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from inspect_ai.model import Model


class Head(NamedTuple):
    """The status of an answer, and its headers with their names in lower case."""

    status: int
    headers: Mapping[str, str]


_heads: ContextVar[list[Head] | None] = ContextVar("licet_heads", default=None)


@contextmanager
def hearing(model: Model) -> Iterator[list[Head]]:
    """The heads of all answers that come while it lasts, to requests that are made in it; the last is the newest.

    Empty for providers that have no HTTP client of the OpenAI library (`mockllm`).
    """
    listen_to(model)
    heads: list[Head] = []
    token = _heads.set(heads)
    try:
        yield heads
    finally:
        _heads.reset(token)


def listen_to(model: Model) -> None:
    """Have the provider's HTTP client tell of each answer; once a client."""
    client: Any = getattr(getattr(model.api, "client", None), "_client", None)
    hooks = getattr(client, "event_hooks", None)
    if client is not None and hooks is not None and heard not in hooks["response"]:
        client.event_hooks = {**hooks, "response": [*hooks["response"], heard]}


async def heard(response: Any) -> None:
    """An answer's head came."""
    heads = _heads.get()
    if heads is not None:
        heads.append(Head(response.status_code, {name.lower(): value for name, value in response.headers.items()}))
