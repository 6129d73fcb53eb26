"""What wallets ask of us: the signed request, and to take what they show. Nobody else comes here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licet.core.errors import LicetError
from licet.credentials.trusting import Keys
from licet.office.asking import asking
from licet.office.oid4vp.request import MEDIA_TYPE, Asking, Verifier, request_object
from licet.office.oid4vp.response import Declined, OtherRequest, ResponseRefused, read_response
from licet.office.oid4vp.transaction import Stage, Transaction, Transactions
from licet.office.problems import Problem
from licet.office.requests import read_form
from licet.services.identity.carriers.attesting import People
from licet.services.identity.carriers.presenting import Shown, Statuses, check_free, read_shown
from licet.services.ports import Clock, StoreUnavailable
from licet.wire.canonical import canonical

REQUEST = "/oid4vp/request/"
RESPONSE = "/oid4vp/response/"
RETURNED = "/verify/returned"
"""Where a wallet sends the person when it has answered."""

LARGEST_RESPONSE = 262_144
"""Bytes: a few presentations of 64 KiB."""

LONGEST_NONCE = 512


@dataclass(frozen=True, slots=True)
class WalletParts:
    """What answering wallets needs. `secret` is the installation's; `link` begins the addresses that open a wallet.

    `wall` is the time that wallets and issuers go by.
    """

    verifier: Verifier
    transactions: Transactions
    store: People
    secret: bytes
    keys: Keys
    statuses: Statuses
    wall: Clock
    public_url: str
    link: str = "openid4vp://"


def wallet_link(parts: WalletParts, name: str) -> str:
    """The address that opens a wallet with one request (section 5.7), to be followed or carried to another device."""
    query = {
        "client_id": parts.verifier.client_id,
        "request_uri": f"{parts.public_url}{REQUEST}{name}",
        "request_uri_method": "post",
    }
    return f"{parts.link}?{urlencode(query)}"


def routes(parts: WalletParts) -> list[BaseRoute]:
    """The addresses that wallets ask."""
    wallets = _Wallets(parts)
    return [
        Route(REQUEST + "{name}", wallets.ask, methods=["GET", "POST"]),
        Route(RESPONSE + "{name}", wallets.take, methods=["POST"]),
    ]


class _Wallets:
    def __init__(self, parts: WalletParts) -> None:
        self._parts = parts

    async def ask(self, request: Request) -> Response:
        """The signed request, as often as it is fetched: one tap too many does no harm."""
        given = await read_form(request) if request.method == "POST" else {}
        nonce = given.get("wallet_nonce")
        if nonce is not None and (len(nonce) > LONGEST_NONCE or not nonce.isascii() or not nonce.isprintable()):
            raise Problem(400, "wallet_nonce", f"`wallet_nonce` is at most {LONGEST_NONCE} printable characters")
        transaction = self._waiting(request)
        asking = Asking(
            transaction.query.tree,
            f"{self._parts.public_url}{RESPONSE}{request.path_params['name']}",
            transaction.nonce,
            transaction.state,
            transaction.until,
            None if transaction.encryption is None else transaction.encryption.as_dict(private=False),
        )
        text = request_object(self._parts.verifier, asking, self._parts.wall.now(), nonce)
        return Response(text, media_type=MEDIA_TYPE)

    async def take(self, request: Request) -> Response:
        """What a wallet shows, once. The wallet is told where its person goes on, whatever it answered."""
        fields = await read_form(request, LARGEST_RESPONSE)
        transaction = self._waiting(request)
        try:
            answer = read_response(fields, transaction)
        except OtherRequest as error:
            raise Problem(400, "invalid_response", str(error)) from None
        except ResponseRefused as error:
            raise _refused(transaction, error) from None
        if isinstance(answer, Declined):
            transaction.ends(Stage.DECLINED, answer.why)
        else:
            await self._read(transaction, answer)
        self._parts.transactions.answered(transaction)
        redirect = f"{self._parts.public_url}{RETURNED}?{urlencode({'response_code': transaction.response_code})}"
        return Response(canonical({"redirect_uri": redirect}), media_type="application/json")

    def _waiting(self, request: Request) -> Transaction:
        """The request that a wallet was sent to, if it still waits. Raises `Problem`."""
        found = self._parts.transactions.asked(request.path_params["name"])
        if found is None or found.until <= self._parts.wall.now():
            raise Problem(404, "request_ended", "there is no such request, or it has ended; begin again")
        if found.stage is not Stage.WAITING:
            raise Problem(409, "request_answered", "this request was answered already; begin again")
        return found

    async def _read(self, transaction: Transaction, texts: Mapping[str, str]) -> None:
        """Read what was shown, in a thread. Whatever goes wrong, the request is answered by it."""
        transaction.stage = Stage.READING
        try:
            shown = await asking(self._shown, transaction, texts)
        except StoreUnavailable:
            transaction.ends(Stage.REFUSED, "what your wallet showed could not be taken just now; begin again")
            raise
        except LicetError as error:
            raise _refused(transaction, error) from None
        except BaseException:
            transaction.ends(Stage.REFUSED, "what your wallet showed could not be read; begin again")
            raise
        if transaction.stage is not Stage.READING:  # the browser began anew meanwhile
            raise Problem(409, "request_ended", f"{transaction.why}; answer that one")
        transaction.stage, transaction.shown = Stage.SHOWN, shown

    def _shown(self, transaction: Transaction, texts: Mapping[str, str]) -> tuple[Shown, ...]:
        parts, now = self._parts, self._parts.wall.now()
        found = []
        for name, text in texts.items():
            wanted = transaction.query.of(name)
            assert wanted is not None
            shown = read_shown(
                text,
                wanted.trust,
                wanted.facts,
                parts.keys,
                parts.statuses,
                audience=parts.verifier.client_id,
                nonce=transaction.nonce,
                now=now,
            )
            check_free(parts.store, parts.secret, shown, transaction.invitation.subject)
            found.append(shown)
        return tuple(found)


def _refused(transaction: Transaction, error: LicetError) -> Problem:
    transaction.ends(Stage.REFUSED, str(error))
    return Problem(400, "presentation_refused", str(error))
