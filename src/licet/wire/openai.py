"""The OpenAI API's shapes: errors, errors inside a stream, listings. Source: platform.openai.com/docs/api-reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from licet.wire.failure import Failure

_encode = msgspec.json.encode

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    429: "rate_limit_error",
    431: "invalid_request_error",
    451: "unavailable_for_legal_reasons",
}


def error_object(failure: Failure) -> dict[str, object]:
    """The value of `error`."""
    error: dict[str, object] = {
        "message": failure.message,
        "type": _TYPES.get(failure.status, "api_error"),
        "param": failure.param,
        "code": failure.code,
    }
    if failure.licet:
        error["licet"] = failure.licet
    return error


def error_body(failure: Failure) -> bytes:
    """The body of an answer with status `failure.status`."""
    return _encode({"error": error_object(failure)})


def chunk_event(failure: Failure) -> bytes:
    """The event that ends a stream of chat completions; the official client raises on `error` in any event's data."""
    return b"data: " + error_body(failure) + b"\n\n"


def responses_event(failure: Failure) -> bytes:
    """The event that ends a stream of the Responses API.

    The API documents `type`, `code`, `message`, `param` beside each other; the official client raises on `error`.
    """
    event = {
        "type": "error",
        "code": failure.code,
        "message": failure.message,
        "param": failure.param,
        "error": error_object(failure),
    }
    return b"event: error\ndata: " + _encode(event) + b"\n\n"


def model_object(name: str, created: int, licet: Mapping[str, object] | None) -> dict[str, object]:
    """One model of a listing; `created` in seconds since 1970."""
    model: dict[str, object] = {"id": name, "object": "model", "created": created, "owned_by": "licet"}
    if licet:
        model["licet"] = licet
    return model


def listing_body(models: Sequence[Mapping[str, object]]) -> bytes:
    """The body of `GET /v1/models`."""
    return _encode({"object": "list", "data": models})
