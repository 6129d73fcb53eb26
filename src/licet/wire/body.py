"""A request's body as the gate reads it: which models it names, and where, so that the upstream reads the same.

Pure: bytes in, a frozen value out, or an error with its place. `strict_json` refuses what is not read alike by every
parser; this module refuses names that only some parsers take for a name that the gate decides on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from json import dumps
from typing import NamedTuple
from unicodedata import normalize

from licet.core.errors import LicetError
from licet.wire.strict_json import Member, StrictJsonError, decode, members


class BodyError(LicetError):
    """A body that is refused: `code` for programs, `param` names the member it is about."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param


class NestedModel(NamedTuple):
    """A model that is named inside the body, with its place (`tools[0].model`)."""

    place: str
    name: str


class ParsedBody(NamedTuple):
    """What the gate decides on; `[start, end)` are the bytes of the model's value, its quotes included."""

    model: str
    start: int
    end: int
    stream: bool
    nested: tuple[NestedModel, ...]


class Uncarried:
    """Members that an endpoint does not carry, each with the reason."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        self.folds = DECIDED | {folded(key) for key in reasons}


def parse(data: bytes, uncarried: Uncarried) -> ParsedBody:
    """Read a body. Raises `BodyError`, for members that are `uncarried` among the rest."""
    try:
        text = decode(data)
        found = members(text)
    except StrictJsonError as error:
        raise BodyError("invalid_body", str(error)) from None
    by_key = {member.key: member for member in found}
    _check_keys(by_key, uncarried)
    model = _model(by_key.get("model"))
    start, end = _byte_span(text, len(data), model)
    nested = tuple(_nested(by_key)) if _suspicious(text) else ()
    assert isinstance(model.value, str)
    return ParsedBody(model.value, start, end, _stream(by_key.get("stream")), nested)


def with_model(data: bytes, body: ParsedBody, name: str) -> bytes:
    """The same bytes but for the model's value, which becomes `name` in its plain spelling."""
    spelled = _spelled(name)
    if data[body.start : body.end] == spelled:
        return data
    return b"".join((data[: body.start], spelled, data[body.end :]))


@lru_cache(maxsize=1024)
def _spelled(name: str) -> bytes:
    """A catalogue's name as JSON."""
    return dumps(name, ensure_ascii=False).encode("utf-8")


def folded(key: str) -> str:
    """What lenient readers may take a key for: case, compatibility forms, separators and invisible marks ignored."""
    plain = normalize("NFKC", key).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _check_keys(by_key: Mapping[str, Member], uncarried: Uncarried) -> None:
    for key, member in by_key.items():
        if key in PLAIN:
            continue
        reason = uncarried.reasons.get(key)
        if reason is None:
            if (_fold(key) if len(key) <= 64 else folded(key)) in uncarried.folds:
                raise BodyError("ambiguous_parameter", f"key `{key}` could be read as one that is decided on", key)
        elif member.value is not None and member.value is not False:
            raise BodyError("unsupported_parameter", f"`{key}` is not carried: {reason}", key)


def _model(member: Member | None) -> Member:
    if member is None:
        raise BodyError("missing_model", "`model` is missing", "model")
    if not isinstance(member.value, str) or not member.value:
        raise BodyError("invalid_model", "`model` is not a string, or it is empty", "model")
    return member


def _stream(member: Member | None) -> bool:
    if member is None or member.value is None:
        return False
    if not isinstance(member.value, bool):
        raise BodyError("invalid_stream", "`stream` is neither `true` nor `false`", "stream")
    return member.value


def _byte_span(text: str, size: int, member: Member) -> tuple[int, int]:
    if len(text) == size:
        return member.start, member.end
    start = len(text[: member.start].encode("utf-8"))
    return start, start + len(text[member.start : member.end].encode("utf-8"))


def _suspicious(text: str) -> bool:
    """Whether some key below the top may name a model or another's state; false spares the walk."""
    lowered = text.lower()
    likely = lowered.count('model":') > 1 or any(mark in lowered for mark in _MARKS)
    if likely and len(_nested_key.findall(lowered)) > 1:
        return True
    return not text.isascii() or ("\\" in text and _escaped_key.search(text) is not None)


def _nested(by_key: Mapping[str, Member]) -> Iterator[NestedModel]:
    for key, member in by_key.items():
        if key != "metadata" and isinstance(member.value, dict | list):
            yield from _walk(member.value, key, key)


def _walk(value: object, place: str, parent: str) -> Iterator[NestedModel]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _walk(item, f"{place}[{index}]", parent)
    elif isinstance(value, dict):
        if value.get("type") in REFUSED_TYPES:
            raise BodyError("unsupported_parameter", f"`{place}` is not carried: {FOREIGN_STATE}", place)
        for key, item in value.items():
            if not _is_data(key, parent, value):
                yield from _entry(key, item, f"{place}.{key}")


def _entry(key: str, item: object, place: str) -> Iterator[NestedModel]:
    fold = folded(key)
    if fold in REFUSED_NESTED or (fold == "container" and isinstance(item, str)):
        if item:
            raise BodyError("unsupported_parameter", f"`{place}` is not carried: {FOREIGN_STATE}", place)
    elif fold.endswith(("model", "models", "modelid", "modelname")) or fold == "fallbacks":
        yield from _names(item, place, key)
    elif isinstance(item, dict | list):
        yield from _walk(item, place, key)


def _names(item: object, place: str, key: str) -> Iterator[NestedModel]:
    if key.isascii() and key.islower():
        if item is None:
            return
        names = item if isinstance(item, list) else [item]
        if all(isinstance(name, str) for name in names):
            yield from (NestedModel(place, str(name)) for name in names)
            return
    raise BodyError("ambiguous_parameter", f"`{place}` may name a model, in a form that is not decided on", place)


def _is_data(key: str, parent: str, siblings: Mapping[str, object]) -> bool:
    """Whether a key holds a JSON Schema or a tool's arguments: data in which `model` is no model of ours."""
    if key in ("input_schema", "output_schema"):
        return parent == "tools"
    if key == "schema":
        return parent in ("json_schema", "format", "output_format") or siblings.get("type") == "json_schema"
    if key == "parameters":
        return parent in ("function", "functions") or siblings.get("type") == "function"
    if key == "input":
        return siblings.get("type") in ("tool_use", "server_tool_use", "mcp_tool_use")
    return False


FOREIGN_STATE = "state that is kept upstream is shared there by all callers, and may be another subject's"

PLAIN = frozenset(
    [
        "model",
        "stream",
        "messages",
        "max_tokens",
        "temperature",
        "top_p",
        "input",
        "metadata",
        "system",
        "tools",
        "tool_choice",
        "stop",
        "n",
        "user",
    ]
)
"""Usual keys that need no second look (`prompt` does: it means different things on different endpoints)."""

DECIDED = frozenset({"model", "stream", "models", "modelid", "modelname", "fallback", "fallbacks"})
"""Folded keys that only their exact spelling may use."""

REFUSED_NESTED = frozenset(
    {"fileid", "fileids", "vectorstoreid", "vectorstoreids", "previousresponseid", "containerid", "memoryid"}
)
REFUSED_TYPES = frozenset({"item_reference", "container_upload"})

_MARKS = (
    *('model" ', 'model"\t', 'model"\r', 'model"\n', 'models"', "modelname", "model_name", 'id"', 'ids"'),
    *('fallbacks"', 'container"', "item_reference", "container_upload"),
)
"""What a key below the top that matters has in it, in lower case, quick to look for."""

_nested_key = re.compile(
    r'model(?:s|_?ids?|_?names?)?"\s*:|fallbacks"\s*:|ids?"\s*:|container"\s*:\s*"|"item_reference"|"container_upload"'
)
_escaped_key = re.compile(r'"(?=[^"\\]*\\)[^"\\]*(?:\\.[^"\\]*)*"\s*:', re.DOTALL)
_fold = lru_cache(maxsize=4096)(folded)
