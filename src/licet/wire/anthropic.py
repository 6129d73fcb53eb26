"""The Anthropic API's shapes: errors, errors inside a stream, listings. Source: docs.anthropic.com/en/api."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from licet.wire.failure import Failure

_encode = msgspec.json.encode

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    415: "invalid_request_error",
    429: "rate_limit_error",
    431: "invalid_request_error",
    451: "permission_error",
    503: "overloaded_error",
    504: "timeout_error",
}


def error_tree(failure: Failure) -> dict[str, object]:
    """The body of an answer, and the data of an event, that reports an error."""
    error: dict[str, object] = {
        "type": _TYPES.get(failure.status, "api_error"),
        "message": failure.message,
        "code": failure.code,
    }
    if failure.licet:
        error["licet"] = failure.licet
    return {"type": "error", "error": error}


def error_body(failure: Failure) -> bytes:
    """The body of an answer with status `failure.status`."""
    return _encode(error_tree(failure))


def stream_event(failure: Failure) -> bytes:
    """The event that ends a stream; the official client raises on events of this name."""
    return b"event: error\ndata: " + error_body(failure) + b"\n\n"


def model_object(name: str, title: str, created: str, licet: Mapping[str, object] | None) -> dict[str, object]:
    """One model of a listing; `created` in RFC 3339."""
    model: dict[str, object] = {"type": "model", "id": name, "display_name": title or name, "created_at": created}
    if licet:
        model["licet"] = licet
    return model


def listing_body(models: Sequence[Mapping[str, object]]) -> bytes:
    """The body of `GET /v1/models` for callers with `anthropic-version`."""
    first = models[0]["id"] if models else None
    last = models[-1]["id"] if models else None
    return _encode({"data": models, "has_more": False, "first_id": first, "last_id": last})
