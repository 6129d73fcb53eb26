"""The addresses under `/scim/v2` (RFC 7644). Every one of them is for the holder of a client's token."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licet.core.attestations import Carrier
from licet.office.problems import Problem
from licet.office.requests import read_json, read_query
from licet.office.scim import discovery
from licet.office.scim.listing import Asked, asked, listed, page, searched
from licet.office.scim.patching import read_patch
from licet.office.scim.refusing import MEDIA_TYPE, ScimRefused, refused
from licet.office.scim.shapes import Sent, etag, read_user, shown
from licet.services.identity.organisations import clients, members
from licet.services.identity.organisations.member_words import MemberRefused, Membership
from licet.services.identity.ports import Client, Member
from licet.services.ports import StoreUnavailable
from licet.wire.canonical import canonical

SCIM = "/scim/v2"
LARGEST_BODY = 262_144
TYPES = ("application/scim+json", "application/json")
REALM = {"www-authenticate": 'Bearer realm="scim"'}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VERSION = re.compile(r'(?:W/)?"([1-9][0-9]{0,17})"')

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ScimParts:
    """What the SCIM server needs."""

    membership: Membership
    public_url: str

    @property
    def base(self) -> str:
        """Its address."""
        return f"{self.public_url.rstrip('/')}{SCIM}"


Handler = Callable[["ScimParts", Client, Request], Awaitable[Response]]


def routes(parts: ScimParts) -> list[BaseRoute]:
    """All of them; what is not there is refused in the form of SCIM too."""
    table: tuple[tuple[str, dict[str, Handler]], ...] = (
        ("/ServiceProviderConfig", {"GET": _config}),
        ("/ResourceTypes", {"GET": _resource_types}),
        ("/ResourceTypes/{name}", {"GET": _resource_types}),
        ("/Schemas", {"GET": _schemas}),
        ("/Schemas/{name}", {"GET": _schemas}),
        ("/Users", {"GET": _list, "POST": _create}),
        ("/.search", {"POST": _search}),
        ("/Users/.search", {"POST": _search}),
        ("/Users/{id}", {"GET": _get, "PUT": _replace, "PATCH": _patch, "DELETE": _delete}),
        ("/{path:path}", {}),
    )
    return [Route(SCIM + path, _endpoint(parts, handlers), methods=list(METHODS)) for path, handlers in table]


def _endpoint(parts: ScimParts, handlers: dict[str, Handler]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            client = await run_in_threadpool(partial(_client, parts, request))
            if not handlers:
                raise ScimRefused(404, "there is nothing at this address")
            handler = handlers.get("GET" if request.method == "HEAD" else request.method)
            if handler is None:
                raise ScimRefused(405, "this address takes other methods", headers={"allow": ", ".join(handlers)})
            return await handler(parts, client, request)
        except Problem as problem:
            kind = "invalidSyntax" if problem.code in ("malformed_json", "media_type") else None
            return refused(ScimRefused(problem.status, str(problem), kind, problem.headers))
        except (ScimRefused, MemberRefused) as error:
            return refused(error)
        except StoreUnavailable:
            return refused(ScimRefused(503, "this cannot be done now; try again", headers={"retry-after": "5"}))

    return answer


def _client(parts: ScimParts, request: Request) -> Client:
    """Whose token it is. Raises `ScimRefused`: 401, the same for every token that is not in force."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    world = parts.membership
    client = clients.known(world.store, world.secret, token) if scheme.lower() == "bearer" else None
    if client is None or len(request.headers.getlist("authorization")) != 1:
        message = "this needs the token of a client that is not revoked, in `Authorization: Bearer`"
        raise ScimRefused(401, message, headers=REALM)
    return client


def _answer(tree: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(canonical(tree), status, headers or {}, MEDIA_TYPE)


def _user(parts: ScimParts, member: Member, sent: Sent, wanted: Asked, status: int = 200) -> Response:
    tree = wanted.narrowed(shown(member, sent, parts.base))
    headers = {"etag": etag(member), "location": f"{parts.base}/Users/{member.id}"}
    return _answer(tree, status, headers)


async def _config(parts: ScimParts, _client: Client, _request: Request) -> Response:
    return _answer(discovery.config(parts.base))


async def _resource_types(parts: ScimParts, _client: Client, request: Request) -> Response:
    return _described(discovery.resource_types(parts.base), request)


async def _schemas(parts: ScimParts, _client: Client, request: Request) -> Response:
    return _described(discovery.schemas(parts.base), request)


def _described(found: list[dict[str, Any]], request: Request) -> Response:
    """All of them, or the one that the address names. A filter is refused (RFC 7644, section 4)."""
    if "filter" in read_query(request):
        raise ScimRefused(403, "this cannot be filtered")
    name = request.path_params.get("name")
    if name is None:
        return _answer(listed(found, len(found), 1))
    one = next((each for each in found if each["id"] == name), None)
    if one is None:
        raise ScimRefused(404, "there is nothing at this address")
    return _answer(one)


async def _list(parts: ScimParts, client: Client, request: Request) -> Response:
    return await _page(parts, client, asked(read_query(request)))


async def _search(parts: ScimParts, client: Client, request: Request) -> Response:
    return await _page(parts, client, searched(await _body(request)))


async def _page(parts: ScimParts, client: Client, wanted: Asked) -> Response:
    found, total, sent = await run_in_threadpool(partial(page, parts.membership, client, wanted))
    shown_ = [wanted.narrowed(shown(each, sent, parts.base)) for each in found]
    return _answer(listed(shown_, total, wanted.start))


async def _create(parts: ScimParts, client: Client, request: Request) -> Response:
    wanted = asked(read_query(request))
    pushed, sent = read_user(await _body(request))
    member = await run_in_threadpool(partial(members.add, parts.membership, client, pushed))
    return _user(parts, member, sent, wanted, 201)


async def _get(parts: ScimParts, client: Client, request: Request) -> Response:
    wanted = asked(read_query(request))
    member = await run_in_threadpool(partial(members.found, parts.membership, client, request.path_params["id"]))
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or etag(member) in (each.strip() for each in known.split(","))):
        return Response(b"", 304, {"etag": etag(member)})
    return _user(parts, member, Sent(), wanted)


async def _replace(parts: ScimParts, client: Client, request: Request) -> Response:
    wanted, seen = asked(read_query(request)), _seen(request)
    tree = await _body(request)
    id_ = request.path_params["id"]
    if tree.get("id", id_) != id_:
        raise ScimRefused(400, "`id` is not for you to change", "mutability")
    pushed, sent = read_user(tree)
    member = await run_in_threadpool(partial(members.change, parts.membership, client, id_, pushed, seen))
    return _user(parts, member, sent, wanted)


async def _patch(parts: ScimParts, client: Client, request: Request) -> Response:
    wanted, seen = asked(read_query(request)), _seen(request)
    tree, id_ = await _body(request), request.path_params["id"]

    def changed() -> tuple[Member, Sent]:
        members.found(parts.membership, client, id_)
        pushed, sent = read_patch(tree, _read_as_facts(parts, client))
        return members.change(parts.membership, client, id_, pushed, seen), sent

    member, sent = await run_in_threadpool(changed)
    return _user(parts, member, sent, wanted)


async def _delete(parts: ScimParts, client: Client, request: Request) -> Response:
    seen, id_ = _seen(request), request.path_params["id"]
    await run_in_threadpool(partial(members.remove, parts.membership, client, id_, seen))
    return Response(b"", 204)


async def _body(request: Request) -> dict[str, Any]:
    return await read_json(request, LARGEST_BODY, TYPES)


def _seen(request: Request) -> int | None:
    """The version on which a change insists (RFC 7644, section 3.14). Raises `ScimRefused`."""
    said = request.headers.get("if-match", "*").strip()
    if said == "*":
        return None
    found = VERSION.fullmatch(said)
    if found is None:
        raise ScimRefused(412, "`If-Match` names no version of a member; read it again")
    return int(found[1])


def _read_as_facts(parts: ScimParts, client: Client) -> frozenset[str]:
    """The claims that trust documents in force read of this organisation's members."""
    world = parts.membership
    return frozenset(
        trusted.claim
        for trust in world.rulebook().trusts(world.now())
        if trust.attester == client.attester and Carrier.SCIM in trust.carriers
        for trusted in trust.facts.values()
        if trusted.claim is not None
    )
