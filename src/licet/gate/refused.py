"""The one way out of a request that is not carried: raise, and the edge answers in the shape of the API."""

from __future__ import annotations

from licet.wire.failure import Failure


class Refused(Exception):
    """The request ends with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def refuse(status: int, code: str, message: str, param: str | None = None) -> Refused:
    """A refusal without anything from the rulebook."""
    return Refused(Failure(status, code, message, param))


def unavailable(code: str, message: str, retry_after: int = 1) -> Refused:
    """A refusal that may be over soon: 503 with `Retry-After` in seconds."""
    return Refused(Failure(503, code, message, headers=((b"retry-after", str(retry_after).encode()),)))
