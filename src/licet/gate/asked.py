"""A request that was admitted and read: what is decided about."""

from __future__ import annotations

from typing import NamedTuple

from licet.gate.arrival import Arrival, Scope
from licet.gate.callers import Caller
from licet.gate.endpoints import Endpoint
from licet.gate.refused import refuse
from licet.wire.body import BodyError, ParsedBody, parse


class Asked(NamedTuple):
    """A request that was admitted and read."""

    endpoint: Endpoint
    arrival: Arrival
    scope: Scope
    data: bytes
    body: ParsedBody
    caller: Caller
    country: str | None


def parsed(data: bytes, endpoint: Endpoint) -> ParsedBody:
    """A request's body. Raises `Refused` with 400, in the words of the endpoint's API, for one that cannot be read."""
    try:
        return parse(data, endpoint.uncarried)
    except BodyError as error:
        raise refuse(400, error.code, str(error), error.param) from None
