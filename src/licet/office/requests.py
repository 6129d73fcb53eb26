"""Reading requests strictly: bounded bodies, one meaning each. What two readers could read differently is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from licet.office.problems import Problem
from licet.wire.strict_json import StrictJsonError, decode, members

LARGEST_BODY = 65_536
"""Bytes, unless a part of the office needs more."""

BODY_SECONDS = 10.0
"""How long a body may take to arrive."""

MOST_FIELDS = 64
FORM = "application/x-www-form-urlencoded"


async def read_body(request: Request, most: int = LARGEST_BODY) -> bytes:
    """The whole body. Raises `Problem`: 400, 408, 413, or 415 for one with a content coding."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "content_encoding", "bodies are read as they are; send it without a content coding")
    length = request.headers.get("content-length")
    if length is not None and length.isdecimal() and int(length) > most:
        raise _too_long(most)
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                content += part
                if len(content) > most:
                    raise _too_long(most)
    except TimeoutError:
        raise Problem(408, "body_timeout", "the body did not arrive in time; send it again") from None
    except ClientDisconnect:
        raise Problem(400, "body_incomplete", "the body did not arrive whole; send it again") from None
    return bytes(content)


async def read_form(request: Request, most: int = LARGEST_BODY) -> dict[str, str]:
    """The fields of a form, each once. Raises `Problem`."""
    _check_type(request, FORM)
    try:
        text = (await read_body(request, most)).decode("ascii")
    except UnicodeDecodeError:
        raise Problem(400, "malformed_form", "the form is not encoded as a form; send it as a browser does") from None
    return fields(text, "form")


async def read_json(
    request: Request, most: int = LARGEST_BODY, types: Iterable[str] = ("application/json",)
) -> dict[str, object]:
    """The members of the JSON object that the body is. Raises `Problem`."""
    _check_type(request, *types)
    content = await read_body(request, most)
    try:
        return {each.key: each.value for each in members(decode(content))}
    except StrictJsonError as error:
        raise Problem(400, "malformed_json", _plain(error)) from None


def read_query(request: Request) -> dict[str, str]:
    """The parameters of the address, each once. Raises `Problem`."""
    try:
        text = request.scope["query_string"].decode("ascii")
    except UnicodeDecodeError:
        raise Problem(400, "malformed_query", "the address has letters that no address has; copy it again") from None
    return fields(text, "query")


def fields(text: str, where: str) -> dict[str, str]:
    """The pairs of a form or a query, in UTF-8, none of them twice. Raises `Problem`."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=64)
    except (ValueError, UnicodeDecodeError):
        message = f"the {where} cannot be read; send at most {MOST_FIELDS} fields, each `name=value`, in UTF-8"
        raise Problem(400, f"malformed_{where}", message) from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, f"malformed_{where}", f"the {where} has a field twice; send each once")
    return found


def _check_type(request: Request, *types: str) -> None:
    """One of these media types, in UTF-8 where it says."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() not in types or charset not in ("", "charset=utf-8"):
        raise Problem(415, "media_type", f"send {' or '.join(f'`{each}`' for each in types)}, in UTF-8")


def _too_long(most: int) -> Problem:
    return Problem(413, "body_too_long", f"the body is longer than {most} bytes; send less")


def _plain(error: StrictJsonError) -> str:
    """The place of the mistake without what stands there: it may be somebody's."""
    at = "" if error.at is None else f" at character {error.at}"
    return f"the body is not one JSON object that every parser reads alike{at}; check keys, quotes and numbers"
