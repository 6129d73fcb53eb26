"""Server-sent events of an answer, whole, with the texts that a caller reads in each (WHATWG HTML, section 9.2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from licet.wire.strict_json import StrictJsonError, decode, members
from licet.wire.text_keys import QUIET
from licet.wire.texts import Unreadable, lanes

LARGEST_EVENT = 1_048_576
"""Bytes of an event that has not ended, at most."""

Lane = tuple[object, ...]


class NotJudgeable(Exception):
    """Bytes of a stream of which nobody can say what a caller reads in them."""


class Event(NamedTuple):
    """One event, the blank line behind it included, and its texts, each with what it continues."""

    raw: bytes
    texts: tuple[tuple[Lane, str], ...]


class Events:
    """Takes a stream's bytes as they come and gives its events as they end."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that end in this chunk. Raises `NotJudgeable`."""
        held = self._held
        held += chunk
        start = 0
        for match in _boundary.finditer(held, max(self._looked - 3, 0)):
            if match.end() == len(held) and match[0].endswith(b"\r"):
                break  # a line feed that belongs to it may follow
            yield event(bytes(held[start : match.end()]))
            start = match.end()
        del held[:start]
        self._looked = len(held)
        if len(held) > LARGEST_EVENT:
            raise NotJudgeable("an event without an end")

    def rest(self) -> Event | None:
        """What the stream ended with, after its last event. Raises `NotJudgeable`."""
        raw = bytes(self._held)
        self._held.clear()
        return event(raw) if raw else None


def event(raw: bytes) -> Event:
    """One event. Raises `NotJudgeable` where its data is neither JSON nor `[DONE]`."""
    try:
        return Event(raw, tuple(_texts(decode(raw))))
    except (StrictJsonError, Unreadable) as error:
        raise NotJudgeable(type(error).__name__) from None


def _texts(text: str) -> Iterator[tuple[Lane, str]]:
    data = []
    for line in _line_end.split(text):
        name, colon, value = line.partition(":")
        if colon and name == "data":
            data.append(value.removeprefix(" "))
        elif not (name in ("event", "id", "retry") and QUIET.fullmatch(value.strip())):
            yield ("line",), line  # a comment, or a field that clients skip: somebody can read it all the same
    joined = "\n".join(data)
    if data and joined.strip() != "[DONE]":
        yield from lanes({member.key: member.value for member in members(joined)})


_boundary = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n|\r\n\n")
_line_end = re.compile(r"\r\n|\n|\r")
