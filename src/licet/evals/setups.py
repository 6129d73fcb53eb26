"""Setups and techniques: what goes before a request, and what is made of it. `spec/evals.md` has the files.

A setup is the policy as the model has it: a system message, and turns that show how it is meant. A technique rewrites
the request, or begins the answer for the model. Both may name `{request}` and what an item says of itself (`about`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from licet.evals.files import OneDocument, spelled
from licet.evals.rejected import EvalsRejected

PLACE = re.compile(r"\{([a-z_]+)\}")
REQUEST = "{request}"


class Voice(StrEnum):
    """Who speaks in a conversation."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation, perhaps with places to be filled."""

    voice: Voice
    text: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What goes before each request. An answer that begins with one of `refusals` is the model's own refusal."""

    name: str
    turns: tuple[Turn, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Technique:
    """What is made of a request: turns `before` it, the text of the `user`, and how the answer `begins`."""

    name: str
    user: str = REQUEST
    begins: str = ""
    before: tuple[Turn, ...] = ()


NO_SETUP = Setup("none")
PLAIN = Technique("plain")


def read_setup(path: Path) -> Setup:
    """A setup from its file. Raises `EvalsRejected`."""
    document = OneDocument(path, ("setup", "title", "messages", "refusals"))
    return Setup(document.text("setup"), _turns(document, "messages"), document.texts("refusals"))


def read_technique(path: Path) -> Technique:
    """A technique from its file. Raises `EvalsRejected`."""
    document = OneDocument(path, ("technique", "title", "before", "user", "begins"))
    before = _turns(document, "before")
    return Technique(document.text("technique"), document.text("user", REQUEST), document.text("begins", ""), before)


def conversation(setup: Setup, technique: Technique, request: str, about: Mapping[str, str]) -> tuple[Turn, ...]:
    """What is sent for one item. Raises `EvalsRejected` where a text names something that the item does not say."""
    said = {**about, "request": request}
    asked = [*setup.turns, *technique.before, Turn(Voice.USER, technique.user)]
    begun = [Turn(Voice.ASSISTANT, technique.begins)] if technique.begins else []
    return tuple(Turn(turn.voice, filled(turn.text, said)) for turn in (*asked, *begun))


def filled(text: str, said: Mapping[str, str]) -> str:
    """A text with its places filled; other braces stay as they are."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in said:
            raise EvalsRejected(f"a text names `{{{name}}}`, and the item says only {spelled(said)}")
        return said[name]

    return PLACE.sub(value, text)


def _turns(document: OneDocument, key: str) -> tuple[Turn, ...]:
    value = document.tree.get(key, [])
    if not isinstance(value, list):
        document.wrong((key,), f"`{key}` must be a list of messages, each as in `user: What is the word?`")
    turns = []
    for number, each in enumerate(value):
        if not isinstance(each, dict) or len(each) != 1 or not set(each) <= {voice.value for voice in Voice}:
            document.wrong((key, number), "a message is `system`, `user` or `assistant` with its text")
        [(voice, text)] = each.items()
        if not isinstance(text, str):
            document.wrong((key, number, voice), "a message must be a text")
        turns.append(Turn(Voice(voice), text))
    return tuple(turns)
