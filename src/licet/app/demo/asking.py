"""Who is asking, in the middle of the play: facts are taken back by those who carried them, and brought again.

At each step it is measured how long it takes until the caller is decided by it. Afterwards everybody has what they had,
and every file that was written is searched for what their papers said.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import openai

from licet.app.demo.callers import Answer, Client, ask, stream
from licet.app.demo.carriers import Asking, Carriers

PATIENCE = 5.0
"""Seconds after which it is given up that a change takes effect."""

STREAMING = 0.6
"""Seconds until an answer that is streamed is well under way."""

GOAL = 1.0
"""Seconds within which a fact that was taken back counts no more."""


class Scene(NamedTuple):
    """Something that happened to one caller, what came of it, after how many seconds, and whether that is right."""

    caller: str
    what: str
    became: str
    seconds: float
    right: bool


class Search(NamedTuple):
    """What was looked for, in how many bytes of how many files, and in which of them something was found."""

    words: int
    files: int
    size: int
    found: tuple[str, ...]


class Asked(NamedTuple):
    """All of it."""

    scenes: tuple[Scene, ...]
    search: Search | None = None

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is not as it has to be."""
        late = [f"{each.caller}, {each.what}: {each.became} after {each.seconds:.2f} s" for each in self.scenes]
        wrong = [text for text, each in zip(late, self.scenes, strict=True) if not each.right]
        return (*wrong, *(f"a word of somebody's papers is in {name}" for name in (self.search or NONE).found))


NONE = Search(0, 0, 0, ())


async def taken_back(
    carriers: Carriers, clients: Mapping[str, Client], asking: Asking, at: datetime
) -> tuple[Scene, ...]:
    """Each carrier takes its word back and gives it again, while the caller asks."""
    scenes: list[Scene] = []
    for caller, way in carriers.ways.items():
        if way.by == "presentation":
            scenes += await _revoked(carriers, clients[caller], caller, asking, at)
        elif way.by == "push":
            scenes += await _pushed_out(carriers, clients[caller], caller)
        elif way.by == "sign-in":
            scenes += await _signed_out(carriers, clients[caller], caller, at)
    return tuple(scenes)


async def _revoked(carriers: Carriers, client: Client, caller: str, asking: Asking, at: datetime) -> list[Scene]:
    """A credential is revoked while its holder reads an answer; then they get another one and show it."""
    assert isinstance(client, openai.AsyncOpenAI)
    reading = asyncio.create_task(stream(client, asking.model))
    await asyncio.sleep(STREAMING)
    start = time.monotonic()
    await asyncio.to_thread(carriers.revoke, caller)
    ended = await asyncio.wait_for(reading, PATIENCE * 4)
    cut = Scene(
        caller,
        "the register revokes the credential while an answer streams",
        "cut" if ended.how == "cut" else ended.how,
        time.monotonic() - start,
        ended.how == "cut" and time.monotonic() - start <= GOAL,
    )
    another = await _until(client, asking.model, lambda each: each.outcome == "substitute", time.monotonic())
    start = time.monotonic()
    await asyncio.to_thread(carriers.present, caller, at)
    again = await _until(client, asking.model, lambda each: each.served == asking.model, start)
    return [
        cut,
        Scene(caller, "and asks again", _became(another.answer), another.seconds, another.right),
        Scene(caller, "shows a new credential from the wallet", _became(again.answer), again.seconds, again.right),
    ]


async def _pushed_out(carriers: Carriers, client: Client, caller: str) -> list[Scene]:
    """A member is said to have left, and then to be back."""
    model = "mythos-5"
    start = time.monotonic()
    await asyncio.to_thread(carriers.set_active, caller, False)
    out = await _until(client, model, lambda each: each.status == 401, start)
    start = time.monotonic()
    await asyncio.to_thread(carriers.set_active, caller, True)
    back = await _until(client, model, lambda each: each.served == model, start)
    return [
        Scene(caller, "the hospital pushes: no longer a member", _became(out.answer), out.seconds, out.right),
        Scene(caller, "the hospital pushes: a member again", _became(back.answer), back.seconds, back.right),
    ]


async def _signed_out(carriers: Carriers, client: Client, caller: str, at: datetime) -> list[Scene]:
    """An account's session ends at its provider, and its owner signs in anew."""
    model = "mythos-5"
    start = time.monotonic()
    await asyncio.to_thread(carriers.sign_out, caller)
    out = await _until(client, model, lambda each: each.outcome == "refuse", start)
    start = time.monotonic()
    await asyncio.to_thread(carriers.sign_in, caller, at)
    back = await _until(client, model, lambda each: each.served == model, start)
    return [
        Scene(caller, "the provider ends the session", _became(out.answer), out.seconds, out.right),
        Scene(caller, "signs in there anew", _became(back.answer), back.seconds, back.right),
    ]


class _Waited(NamedTuple):
    answer: Answer
    seconds: float
    right: bool


async def _until(client: Client, model: str, wanted: Callable[[Answer], bool], start: float) -> _Waited:
    """Ask until it is as wanted; how long that took, from `start` to the question that was answered so."""
    while True:
        asked = time.monotonic()
        answer = await ask(client, model)
        seconds = asked - start
        if wanted(answer):
            return _Waited(answer, seconds, seconds <= GOAL)
        if seconds > PATIENCE:
            return _Waited(answer, seconds, right=False)
        await asyncio.sleep(0.05)


def _became(answer: Answer) -> str:
    if answer.outcome == "substitute":
        return f"gets {answer.served}"
    if answer.outcome == "serve":
        return "served"
    return f"refused ({answer.status})"


Scenes = Callable[[datetime], Awaitable[tuple[Scene, ...]]]
"""Plays the scenes at an instant."""


def searched(folder: Path, carriers: Carriers) -> Search:
    """Look in everything that the installation wrote for what the papers of its callers said."""
    words = {word for way in carriers.ways.values() for word in way.papers.values()}
    forms = [form for word in sorted(words) for form in spellings(word)]
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.is_symlink()]
    found, size = [], 0
    for each in files:
        content = each.read_bytes()
        size += len(content)
        if each.suffix == ".gz":
            content += gzip.decompress(content)
        if any(form in content.lower() for form in forms):
            found.append(str(each.relative_to(folder)))
    return Search(len(words), len(files), size, tuple(found))


def spellings(word: str) -> Iterator[bytes]:
    """The ways in which a word may stand in a file, in lower case."""
    plain = word.encode()
    yield plain.lower()
    yield plain.hex().encode()
    yield quote(word, safe="").lower().encode()
    for shift in range(3):  # base64 has three spellings, by what comes before; the ends depend on the neighbours
        text = base64.b64encode(b"\0" * shift + plain)
        yield text[4:-4].lower()
