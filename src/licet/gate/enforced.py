"""The rulebook that this worker enforces now, and how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from licet.core.catalogue import Model
from licet.core.rulebook import Rulebook
from licet.gate.endpoints import Endpoint
from licet.gate.ports import Points, Timeline
from licet.gate.safeguard.standing import Standing
from licet.gate.upstream import Address, address


class Route:
    """How a model's requests on an endpoint begin: where to, and the head up to the headers that differ."""

    __slots__ = ("head", "to")

    def __init__(self, to: Address, head: bytes) -> None:
        self.to = to
        self.head = head


class CredentialMissing(Exception):
    """The environment has no credential for an upstream."""


class Enforced:
    """A rulebook with everything that is worked out from it once. A swap replaces the whole object.

    `seq` is the store's newest event that it takes account of.
    """

    def __init__(self, timeline: Timeline, seq: int, environ: Mapping[str, str]) -> None:
        self.timeline = timeline
        self.rulebook: Rulebook = timeline.rulebook
        self.seq = seq
        self.standing = Standing(timeline.rulebook)
        self._environ = environ
        self._routes: dict[tuple[str, str, bytes], Route] = {}

    def points(self, now: datetime) -> Points:
        """What is compiled for this instant."""
        return self.timeline.at(now)

    def route(self, model: Model, endpoint: Endpoint, query: bytes) -> Route:
        """The way to a model's upstream. Raises `CredentialMissing`."""
        known = self._routes.get((model.name, endpoint.path, query))
        if known is None:
            known = self._routes[model.name, endpoint.path, query] = self._new_route(model, endpoint, query)
        return known

    def _new_route(self, model: Model, endpoint: Endpoint, query: bytes) -> Route:
        to = address(model.upstream.url)
        path = to.prefix + endpoint.path + ("?" + query.decode("ascii") if query else "")
        lines = [f"POST {path} HTTP/1.1", f"host: {to.authority}", *self._credential(model, endpoint)]
        lines += ["content-type: application/json", "accept-encoding: identity", "user-agent: licet", ""]
        return Route(to, "\r\n".join(lines).encode("ascii"))

    def _credential(self, model: Model, endpoint: Endpoint) -> list[str]:
        variable = model.upstream.key_env
        if variable is None:
            return []
        secret = self._environ.get(variable, "")
        if not secret or not secret.isascii() or not secret.isprintable():
            raise CredentialMissing(f"the credential for the upstream of `{model.name}` is not configured")
        return [f"x-api-key: {secret}" if endpoint.api == "anthropic" else f"authorization: Bearer {secret}"]
