"""Signing in to be somebody here, of whom nothing is attested: an officer, by the account that is theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licet.credentials.id_token import IdToken
from licet.credentials.refusal import CredentialRefused
from licet.office.asking import asking
from licet.office.problems import Problem
from licet.office.requests import read_query
from licet.office.sign_in.identifying import Identifying
from licet.office.sign_in.relying_party import Answered, Completed, RelyingParty
from licet.services.identity.carriers.admission import KeysUnavailable

PROVIDER = "provider"

SignedIn = Callable[[Request, IdToken], Awaitable[Response]]
"""What to do for whoever signed in: `issuer` and `subject` are who they are (`services.identity.marks.mark`, which is
what `core.roles.Account` keeps). Its answer is what the browser sees; it may raise `Problem`."""


def sign_in_route(path: str, relying_party: RelyingParty, identifying: Identifying, signed_in: SignedIn) -> BaseRoute:
    """`GET path?provider=<issuer>`: off to a provider; `signed_in` is called when the browser comes back from it."""
    completed = identified(identifying, signed_in)

    async def begin(request: Request) -> Response:
        return await relying_party.begin(read_query(request).get(PROVIDER, ""), completed)

    return Route(path, begin, methods=["GET"])


def identified(identifying: Identifying, signed_in: SignedIn) -> Completed:
    """A completion that reads who signed in. A token that is not in order is refused with 403."""

    async def completed(request: Request, answered: Answered) -> Response:
        try:
            token = await asking(identifying.id_token, answered)
        except CredentialRefused as error:
            raise Problem(403, "token_refused", str(error)) from None
        except KeysUnavailable as error:
            raise Problem(502, "provider_failed", str(error)) from None
        return await signed_in(request, token)

    return completed
