"""A classifier that is a chat model: the policy is the system message, what is judged the user's message.

So gpt-oss-safeguard, Llama Guard and ShieldGemma are served by common servers. Three kinds of answers are understood,
and nothing else: a number from 0 to 1; `safe` or `unsafe`, alone or as the first line; a JSON object with `violation`
(0, 1, `true` or `false`), or with `score`. A model that reasons does so in a field of its own; what it says counts.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from licet.core.safeguards import Side, Stage
from licet.gate.classifiers.asking import Asking, asking, unique
from licet.gate.ports import ClassifierFailed
from licet.gate.upstream import Upstreams

PATH = "/v1/chat/completions"
TOKENS = 1_024
"""The longest answer, reasoning included."""

AT_ONCE = 4
"""Texts of one request that are asked about side by side."""

_NUMBER = re.compile(r"0(?:\.[0-9]{1,12})?|1(?:\.0{1,12})?|\.[0-9]{1,12}")
_WORDS = {"safe": 0.0, "unsafe": 1.0}


class Chat:
    """The highest of what the model says of each text."""

    def __init__(self, asking: Asking, stage: Stage) -> None:
        self._asking = asking
        self._model = stage.model
        self._policy = stage.policy

    async def score(self, texts: Sequence[str], side: Side) -> float:  # noqa: ARG002 - the policy says what is meant
        """See the port."""
        worst = 0.0
        for start in range(0, len(texts), AT_ONCE):
            worst = max(worst, *await self._all(texts[start : start + AT_ONCE]))
        return worst

    async def _all(self, texts: Sequence[str]) -> list[float]:
        """The score of each; where one fails, the others are given up."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._one(text)) for text in texts]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _one(self, text: str) -> float:
        messages = [{"role": "system", "content": self._policy}, {"role": "user", "content": text}]
        question = {"model": self._model, "messages": messages, "temperature": 0, "max_tokens": TOKENS}
        answer = await self._asking.ask(question)
        try:
            choice = answer["choices"][0]
            said, ended = choice["message"]["content"], choice.get("finish_reason")
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ClassifierFailed("its answer is not a chat completion") from None
        if ended not in ("stop", None) or not isinstance(said, str):
            raise ClassifierFailed("it did not finish its answer")
        return understood(said)

    def close(self) -> None:
        """See the port."""


def understood(said: str) -> float:
    """What a model's answer means. Raises `ClassifierFailed` for anything that is not one of the three kinds."""
    said = said.strip()
    if _NUMBER.fullmatch(said):
        return float(said)
    first = said.partition("\n")[0].strip().casefold()
    if first in _WORDS:
        return _WORDS[first]
    if said.startswith("{"):
        return _violation(said)
    raise ClassifierFailed("its answer is none of a number, `safe`, `unsafe`, or a JSON object with `violation`")


def _violation(said: str) -> float:
    try:
        tree: Any = json.loads(said, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise ClassifierFailed("its answer begins like JSON and is none") from None
    found = [tree[name] for name in ("violation", "score") if name in tree]
    if len(found) != 1 or not isinstance(found[0], int | float) or not 0 <= found[0] <= 1:
        raise ClassifierFailed("its answer has neither `violation` nor `score`, or both, or not from 0 to 1")
    return float(found[0])


def chat(upstreams: Upstreams, stage: Stage, environ: Mapping[str, str]) -> Chat:
    """The classifier of a stage. Raises `ClassifierFailed`."""
    return Chat(asking(upstreams, stage, PATH, "authorization: Bearer {}", environ), stage)
