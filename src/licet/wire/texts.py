"""Every text in a request or an answer of the two APIs, so that a classifier reads what a model or a caller would.

Everything is text unless this module knows that it is none: a member that an API gains tomorrow is read. What is no
text at all (images, sounds, files, tokens, what is enciphered) is named, for nobody can judge it. `spec/safeguards.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from licet.wire.text_keys import (
    CONTENT,
    FETCHES,
    KNOWN_KEYS,
    LANES,
    NO_TEXT,
    NO_TEXT_ANSWERS,
    OWN_TOOLS,
    OWN_TOOLS_BEGIN,
    PROSE,
    QUIET,
    QUIET_ANSWER,
    QUIET_VALUES,
    READABLE,
    SEALED,
    TOOL_KEYS,
)

Tree = Any
ESCAPED_AT_MOST = 4
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_escape = re.compile(r"""\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))""")


class Texts(NamedTuple):
    """The texts of a body. `groups` are those that a model reads without a break between them, in their order.

    `unreadable` is the place of the first thing that is no text, or None. `prose` are the groups of conversations
    without names, identifiers and members that an upstream may skip: what is left when it does.
    """

    groups: tuple[tuple[str, ...], ...]
    unreadable: str | None = None
    prose: tuple[tuple[str, ...], ...] = ()


class Unreadable(Exception):
    """Something that is no text; its place is the message."""


def request_texts(body: Mapping[str, Tree]) -> Texts:
    """The texts of a request's body, whichever endpoint it goes to."""
    groups: list[tuple[str, ...]] = []
    prose: list[tuple[str, ...]] = []
    try:
        for key, value in body.items():
            if key == "model":
                continue
            _check_top(key, value)
            if key not in KNOWN_KEYS:
                groups.append((key,))
            groups += _grouped(key, value) if key in ("messages", "input") else _one(_walk(value, key, key))
            prose += _prose(key, value)
    except Unreadable as found:
        return Texts(tuple(groups), str(found))
    return Texts(tuple(groups), None, tuple(prose))


def answer_texts(tree: Tree) -> Texts:
    """The texts of a whole answer."""
    try:
        return Texts(tuple(_one(text for _, text in lanes(tree))))
    except Unreadable as found:
        return Texts((), str(found))


def lanes(tree: Tree) -> Iterator[tuple[tuple[object, ...], str]]:
    """The texts of an answer, or of one event of a stream, each with its lane: what continues what over the events.

    Raises `Unreadable`.
    """
    head: tuple[object, ...] = ()
    if isinstance(tree, dict):
        head = tuple(tree[key] for key in LANES if isinstance(tree.get(key), int))
    yield from _answer_walk(tree, head, "")


# requests


def _one(found: Iterable[str]) -> list[tuple[str, ...]]:
    group = tuple(found)
    return [group] if group else []


def _grouped(key: str, value: Tree) -> Iterator[tuple[str, ...]]:
    """The messages of a conversation: those of one role that follow each other are read as one."""
    if not isinstance(value, list):
        yield from _one(_walk(value, key, key))
        return
    role: object = None
    group: list[str] = []
    for index, item in enumerate(value):
        now = _role(item)
        if now != role and group:
            yield tuple(group)
            group = []
        role = now
        _check_item(item, f"{key}[{index}]")
        group += _walk(item, f"{key}[{index}]", key)
    yield from _one(group)


def _prose(key: str, value: Tree) -> Iterator[tuple[str, ...]]:
    """The same for what alone is certainly read: without whatever stands between, nothing keeps it apart."""
    for _, items in groupby(value if isinstance(value, list) else [value], _role):
        yield from _one(text for item in items for text in _said(item, key))


def _said(value: Tree, key: str) -> Iterator[str]:
    if isinstance(value, str) and key in PROSE:
        yield value
    for name, item in value.items() if isinstance(value, dict) else ():
        if name in PROSE:
            yield from _said(item, name)
    for item in value if isinstance(value, list) else ():
        yield from _said(item, key)


def _role(item: Tree) -> object:
    return str(item.get("role", item.get("type"))) if isinstance(item, dict) else None


def _walk(value: Tree, place: str, key: str, *, data: bool = False) -> Iterator[str]:
    """The texts of a part of a request; in `data` (a schema, a tool's arguments) no key means anything."""
    if isinstance(value, str):
        yield from _string(value, key, data=data)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if key in CONTENT and not data:
                _check_item(item, f"{place}[{index}]")
            yield from _walk(item, f"{place}[{index}]", key, data=data)
    elif isinstance(value, dict):
        if not data:
            _check_object(value, place, key)
        for name, item in value.items():
            if data or name not in KNOWN_KEYS:
                yield name
            yield from _walk(item, f"{place}.{name}", name, data=data or _is_data(name, value))


def _string(value: str, key: str, *, data: bool) -> Iterator[str]:
    if data or value not in QUIET_VALUES.get(key, ()):
        yield value


def unescaped(text: str) -> str:
    """A text without the escapes of JSON that stand in it, however often it was escaped.

    So the arguments of tools are read as whoever parses them reads them; also where they are cut, or no JSON.
    """
    for _ in range(ESCAPED_AT_MOST):
        before, text = text, _escape.sub(_letter, text)
        if text == before:
            break
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _letter(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])


def _is_data(key: str, siblings: Mapping[str, Tree]) -> bool:
    if key == "input":
        return siblings.get("type") in ("tool_use", "server_tool_use", "mcp_tool_use")
    return key in ("parameters", "input_schema", "schema", "metadata")


def _check_top(key: str, value: Tree) -> None:
    if isinstance(value, list) and (key in ("prompt", "input") or key not in KNOWN_KEYS) and _has_tokens(value):
        raise Unreadable(key)
    if key in NO_TEXT and value:
        raise Unreadable(key)
    if key in FETCHES and value:
        raise Unreadable(key)
    if key == "tools":
        for index, tool in enumerate(value if isinstance(value, list) else [value]):
            if tool is not None and not _is_own_tool(tool):
                raise Unreadable(f"tools[{index}]")


def _is_own_tool(tool: Tree) -> bool:
    """Whether the caller runs it. One without a known type, or with unknown members, some upstream takes for its own"""
    if not isinstance(tool, dict):
        return False
    kind = tool.get("type", "custom")
    if not isinstance(kind, str):
        return False
    if kind in ("custom", "function"):
        return tool.keys() <= TOOL_KEYS and bool(tool.keys() & {"name", "function", "custom"})
    return kind in OWN_TOOLS or kind.startswith(OWN_TOOLS_BEGIN)


def _has_tokens(value: list[Tree]) -> bool:
    return any(isinstance(each, int | float) or (isinstance(each, list) and _has_tokens(each)) for each in value)


def _check_item(item: Tree, place: str) -> None:
    """A part of a message, or an item of a conversation: known to be text, or nobody can say what a model sees in it"""
    if isinstance(item, dict) and "type" in item and item["type"] not in READABLE:
        raise Unreadable(place)


def _check_object(value: Mapping[str, Tree], place: str, key: str) -> None:
    if value.keys() & NO_TEXT and any(value.get(name) for name in NO_TEXT):
        raise Unreadable(place)
    if key == "source" and value.get("type") not in ("text", "content"):
        raise Unreadable(place)
    if "role" in value and value.get("audio"):
        raise Unreadable(place)


# answers


Found = Iterator[tuple[tuple[object, ...], str]]


def _answer_walk(value: Tree, lane: tuple[object, ...], key: str) -> Found:
    if isinstance(value, str):
        if value and not (key in QUIET_ANSWER and QUIET.fullmatch(value)):
            yield lane, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            number = item.get("index") if isinstance(item, dict) else None
            yield from _answer_walk(item, (*lane, number if isinstance(number, int) else index), key)
    elif isinstance(value, dict):
        yield from _answer_object(value, lane)


def _answer_object(value: Mapping[str, Tree], lane: tuple[object, ...]) -> Found:
    kind = value.get("type")
    if kind in NO_TEXT_ANSWERS or any(value.get(name) for name in ("b64_json", "audio", "partial_image_b64")):
        raise Unreadable(str(kind))
    for name, item in value.items() if kind != "redacted_thinking" else ():
        if name not in SEALED:
            if name not in KNOWN_KEYS and not QUIET.fullmatch(name):
                yield lane, name
            if name == "input" and isinstance(item, dict):  # what a model gives a tool: it wrote the keys, too
                yield from (((*lane, name), text) for text in _walk(item, "", name, data=True))
            else:
                yield from _answer_walk(item, (*lane, name), name)
