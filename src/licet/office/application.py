"""The office as one ASGI application: routes of its parts; bounded, with one form of headers and of refusals."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from licet.office.peers import Peers
from licet.office.problems import Problem, told
from licet.office.rate import Rate
from licet.office.security import common
from licet.services.ports import StoreUnavailable

HEALTH = "/healthz"
LOGOUT = "/sign-in/logout"
UNLIMITED = frozenset((HEALTH, LOGOUT))
"""Whoever watches us asks often; and a provider ends many sessions at once, of which none may be lost."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the office behaves as a whole. `public_url` is its address for people; `tell` writes a line of the log.

    `is_well` says whether it can do its work. `peers` tells whose address a request came from, also to the parts.
    """

    public_url: str
    rate: Rate
    tell: Callable[..., None]
    is_well: Callable[[], bool] = lambda: True
    peers: Peers = field(default_factory=Peers)


def office(routes: Sequence[BaseRoute], manner: Manner) -> ASGIApp:
    """The application of these routes, and of `/healthz`."""

    def health(_: Request) -> Response:
        return Response(b"ok\n") if manner.is_well() else Response(b"unwell\n", 503)

    router = Router([Route(HEALTH, health), *routes], redirect_slashes=False)
    handlers = {HTTPException: _http, Problem: _problem, StoreUnavailable: _store}
    return _Guarded(ExceptionMiddleware(router, handlers), manner)


class _Guarded:
    """Limits how often one address asks, adds the common headers, and turns what nobody foresaw into a plain 500."""

    def __init__(self, app: ASGIApp, manner: Manner) -> None:
        self._app = app
        self._manner = manner
        self._headers = common(manner.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False
        scope["app"] = self  # by which starlette's router raises, rather than answers 404 and 405 in its own words

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in self._headers if each[0] not in own)]
            await send(message)

        try:
            await self._admit(scope)(scope, receive, sending)
        except Exception as error:  # the last resort: its words may hold what somebody sent, and stay here
            self._manner.tell("office failed", level="error", kind=type(error).__name__, place=_place(error))
            if not begun:
                problem = Problem(500, "failed", "this could not be done because of a fault of ours; try again later")
                await told(Request(scope), problem)(scope, receive, sending)

    def _admit(self, scope: Scope) -> ASGIApp:
        """The application, or the refusal of an address that asks too often."""
        if scope["path"] in UNLIMITED:
            return self._app
        address = self._manner.peers.of(scope)
        scope["client"] = (address, 0)
        wait = self._manner.rate.take(address)
        if not wait:
            return self._app
        message = "you ask more often than one address may; wait, and ask again"
        problem = Problem(429, "too_many_requests", message, headers={"retry-after": str(ceil(wait))})
        return told(Request(scope), problem)


def _place(error: BaseException) -> str:
    """Where an error arose: file and line, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "nowhere"


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "there is nothing at this address; check it", 405: "this address takes other methods"}
    message = words.get(error.status_code, "this cannot be done so")
    codes = {404: "not_found", 405: "method_not_allowed"}
    problem = Problem(error.status_code, codes.get(error.status_code, "refused"), message, headers=error.headers)
    return told(request, problem)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return told(request, error)


def _store(request: Request, _: Exception) -> Response:
    problem = Problem(503, "store_unavailable", "this cannot be done now; try again", headers={"retry-after": "5"})
    return told(request, problem)
