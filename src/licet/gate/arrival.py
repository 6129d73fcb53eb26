"""A request's head: which headers count, which go on to the upstream, and which are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from licet.gate.refused import Refused, refuse
from licet.gate.unauthorised import unauthorised
from licet.wire.apikey_header import KeyHeaderError, read_key

Scope = Mapping[str, Any]

FORWARDED = frozenset((b"accept", b"anthropic-version", b"anthropic-beta", b"openai-beta", b"traceparent"))
"""Sent on as they came. No others: not the caller's key, no cookie, no organisation, no idempotency key (upstream,
all callers share one account, and an idempotency key of one would fetch the answer of another)."""

_READ = frozenset(
    (
        b"authorization",
        b"x-api-key",
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"licet-substitution",
        b"transfer-encoding",
    )
)
_OVERRIDES = frozenset((b"x-http-method-override", b"x-http-method", b"x-method-override", b"x-original-url"))
_REPEATABLE = frozenset((b"accept", b"anthropic-beta"))
_JSON = frozenset((b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"))


class Arrival(NamedTuple):
    """What the gate takes from a request's head."""

    key: str
    forwarded: bytes
    substitution: bool
    length: int | None


def caller_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The API key. Raises `Refused` with 401."""
    authorization: list[bytes] = []
    x_api_key: list[bytes] = []
    for name, value in headers:
        if name == b"authorization":
            authorization.append(value)
        elif name == b"x-api-key":
            x_api_key.append(value)
    if len(authorization) > 1 or len(x_api_key) > 1:
        raise Refused(unauthorised("an API key occurs twice: send one", error="invalid_request"))
    try:
        return read_key(authorization, x_api_key)
    except KeyHeaderError as error:
        wrong = "invalid_request" if authorization or x_api_key else None
        raise Refused(unauthorised(str(error), error=wrong)) from None


def read_arrival(scope: Scope) -> Arrival:
    """The head of a POST that names a model in its body. Raises `Refused`."""
    if scope["query_string"] not in (b"", b"beta=true"):
        raise refuse(400, "unsupported_query", "query strings are not carried: name the model in the body alone")
    forwarded: list[bytes] = []
    seen: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in FORWARDED:
            _once(name, seen)
            seen[name] = value
            forwarded += (name, b": ", value, b"\r\n")
        elif name in _READ:
            _once(name, seen)
            seen[name] = value
        elif name in _OVERRIDES:
            raise refuse(
                400, "unsupported_header", f"`{name.decode('latin-1')}` is not carried: send the method itself"
            )
    _check_media(seen)
    return Arrival(caller_key(seen.items()), b"".join(forwarded), _substitution(seen), _length(seen))


def _once(name: bytes, seen: Mapping[bytes, bytes]) -> None:
    if name in seen and name not in _REPEATABLE:
        if name in (b"authorization", b"x-api-key"):
            message = f"`{name.decode()}` occurs twice: send one API key"
            raise Refused(unauthorised(message, error="invalid_request"))
        raise refuse(400, "repeated_header", f"header `{name.decode('latin-1')}` occurs twice")


def _check_media(seen: Mapping[bytes, bytes]) -> None:
    media = seen.get(b"content-type", b"")
    if media not in _JSON and media.strip().lower() not in _JSON:
        found = media.decode("latin-1")[:100]
        raise refuse(415, "unsupported_media_type", f"content type `{found}` is not carried: send application/json")
    coding = seen.get(b"content-encoding", b"identity")
    if coding.lower() != b"identity":
        found = coding.decode("latin-1")[:100]
        raise refuse(415, "unsupported_encoding", f"content encoding `{found}` is not carried: send the body as it is")
    transfer = seen.get(b"transfer-encoding", b"chunked")
    if transfer.lower() != b"chunked":
        found = transfer.decode("latin-1")[:100]
        raise refuse(
            415, "unsupported_encoding", f"transfer encoding `{found}` is not carried: send it chunked or plain"
        )


def _substitution(seen: Mapping[bytes, bytes]) -> bool:
    wish = seen.get(b"licet-substitution")
    if wish is None:
        return True
    if wish == b"none":
        return False
    found = wish.decode("latin-1")[:100]
    raise refuse(400, "invalid_header", f"`licet-substitution: {found}` is not known: leave it out, or send `none`")


def _length(seen: Mapping[bytes, bytes]) -> int | None:
    length = seen.get(b"content-length")
    if length is None:
        return None
    if not length.isdigit() or len(length) > 15:
        raise refuse(400, "invalid_header", "`content-length` is not a number")
    return int(length)
