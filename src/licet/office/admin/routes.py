"""The addresses under `/admin/v1`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licet.core.errors import LicetError
from licet.core.roles import Officer
from licet.office.admin.checking import check
from licet.office.admin.endpoints import ENDPOINTS, PREFIX, Do, Endpoint, Read
from licet.office.admin.openapi import document
from licet.office.admin.parts import SESSION_SECONDS, AdminParts
from licet.office.admin.refusing import refused
from licet.office.admin.signing_in import begin, cookies, new_challenge, session_name, whoever
from licet.office.problems import Problem
from licet.office.requests import read_json, read_query
from licet.wire.canonical import canonical

LARGEST = 32 << 20
"""Bytes of a body: documents with their lists, or a file of subjects."""

Handler = Callable[[Request], Awaitable[Response]]


def routes(parts: AdminParts) -> list[BaseRoute]:
    """The addresses; each answers with JSON, or with problem details."""

    async def openapi(_: Request) -> Response:
        return answered(document())

    async def challenge(request: Request) -> Response:
        slowly(parts, request)
        return answered(new_challenge(parts))

    async def sign_in(request: Request) -> Response:
        slowly(parts, request)
        body = await read_json(request)
        check(body, "SigningIn")
        name, officer = await begin(parts, *(str(body[each]) for each in ("challenge", "key", "signature")))
        return answered(session_tree(name, officer), 201)

    async def sign_out(request: Request) -> Response:
        response = Response(status_code=204)
        parts.sessions.end(session_name(parts, request))
        cookies(parts).clear(response)
        return response

    return [
        Route(f"{PREFIX}/openapi.json", openapi, methods=["GET"]),
        Route(f"{PREFIX}/session/challenges", challenge, methods=["POST"]),
        Route(f"{PREFIX}/session", sign_in, methods=["POST"]),
        Route(f"{PREFIX}/session", sign_out, methods=["DELETE"]),
        *(Route(f"{PREFIX}{each.path}", _handler(parts, each), methods=[each.method]) for each in ENDPOINTS),
    ]


def session_tree(name: str, officer: Officer) -> dict[str, Any]:
    """What whoever signed in is told."""
    return {"token": name, "officer": officer.name, "roles": sorted(officer.roles), "seconds": SESSION_SECONDS}


def answered(tree: dict[str, Any], status: int = 200) -> Response:
    """A reply as JSON."""
    return Response(canonical(tree), status, media_type="application/json")


def slowly(parts: AdminParts, request: Request) -> None:
    """Signing in is tried less often than anything else."""
    wait = parts.sign_in_rate.take(request.client.host if request.client else "")
    if wait:
        message = "you try to sign in more often than one address may; wait, and try again"
        raise Problem(429, "too_many_requests", message, headers={"retry-after": str(int(wait) + 1)})


def _handler(parts: AdminParts, endpoint: Endpoint) -> Handler:
    async def handle(request: Request) -> Response:
        officer = await whoever(parts, request, endpoint.deed)
        query = read_query(request)
        unknown = query.keys() - (endpoint.query or {}).keys()
        if unknown:
            raise Problem(400, "malformed_query", f"this address takes {', '.join(endpoint.query or {}) or 'no query'}")
        asked = {**query, **request.path_params}
        try:
            if endpoint.takes is None:
                tree = await asyncio.to_thread(cast(Read, endpoint.run), parts, officer, asked)
            else:
                body = await read_json(request, LARGEST)
                check(body, endpoint.takes)
                tree = await asyncio.to_thread(cast(Do, endpoint.run), parts, officer, asked, body)
        except Problem:
            raise
        except LicetError as error:
            raise refused(error) from None
        return answered(tree, endpoint.status)

    return handle
