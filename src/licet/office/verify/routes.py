"""The addresses under `/verify`: from an invitation to what is kept. `spec/verify-yourself.md`.

What a wallet showed is kept only when the browser that began comes for it: by the address to which the wallet sends its
own device, or by a code that a person carries from there. So nobody verifies somebody else by passing a request on.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licet.core.errors import LicetError
from licet.core.trust import Trust
from licet.office.cookies import Cookies
from licet.office.oid4vp.query import query_for, vouching
from licet.office.oid4vp.routes import RETURNED, wallet_link
from licet.office.oid4vp.transaction import Stage, Transaction, spaced
from licet.office.problems import Problem
from licet.office.requests import read_form, read_query
from licet.office.security import check_origin, html
from licet.office.sessions import Sessions
from licet.office.verify.opening import VERIFY, Opened, VerifyParts, keep, known, open_, path_of
from licet.office.verify.visit import SECONDS, Visit
from licet.pages import verify as pages
from licet.pages.form import Way
from licet.services.ports import StoreUnavailable

COOKIE = "licet-verify"
PURPOSE = "verify"
TOKEN = "token"  # noqa: S105 - the name of a field


def routes(parts: VerifyParts) -> list[BaseRoute]:
    """The addresses for people."""
    people = _People(parts)
    return [
        Route(RETURNED, people.returned, methods=["GET"]),
        Route(VERIFY + "{invitation}", people.begin, methods=["GET"]),
        Route(VERIFY + "{invitation}/wallet", people.ask, methods=["POST"]),
        Route(VERIFY + "{invitation}/wallet", people.wait, methods=["GET"]),
        Route(VERIFY + "{invitation}/code", people.enter, methods=["POST"]),
        Route(VERIFY + "{invitation}/kept", people.kept, methods=["GET"]),
    ]


class _People:
    def __init__(self, parts: VerifyParts) -> None:
        self._parts = parts
        self._visits: Sessions[Visit] = Sessions(parts.random_bytes, parts.monotonic, seconds=SECONDS)
        secure = parts.wallets.public_url.startswith("https:")
        self._cookie = Cookies(COOKIE, secure=secure, seconds=int(SECONDS))

    async def begin(self, request: Request) -> Response:
        """What is asked, and who can vouch for it. From here on the browser is known by a session."""
        found = await asyncio.to_thread(open_, self._parts, request.path_params["invitation"])
        name, visit = self._visit(request, found.text)
        if name is None or visit is None:
            name, visit = self._begin(found)
        if not found.unknown:
            return self._cookied(html(pages.over_page("Nothing is missing any more", NOTHING_MISSING, None)), name)
        why = visit.transaction.why if visit.transaction is not None else ""
        asking = pages.Asking(f"{found.path}/wallet", ((TOKEN, self._parts.tokens.make(name, PURPOSE)),))
        sign_ins = tuple(each for trust in found.trusts if (each := self._sign_in(found, trust)) is not None)
        page = pages.start_page(
            found.unknown, self._wallets(found), sign_ins, asking, until=found.invitation.until, why=why
        )
        return self._cookied(html(page), name)

    async def ask(self, request: Request) -> Response:
        """A fresh request to a wallet, for the facts that were ticked."""
        found = await asyncio.to_thread(open_, self._parts, request.path_params["invitation"])
        name, visit, form = await self._form(request, found.text)
        ticked = tuple(each for each in found.unknown if form.get(pages.fact_field(each.name)) == "yes")
        query = query_for([each.name for each in ticked], found.trusts, {each.name: each for each in ticked})
        if query is None:
            raise Problem(400, "nothing_ticked", "nothing was chosen that a credential could show; go back and choose")
        wallets = self._parts.wallets
        asked, transaction = wallets.transactions.begin(
            name, found.invitation, query, encrypted=self._parts.encrypted, now=wallets.wall.now()
        )
        if visit.transaction is not None:
            visit.transaction.ends(Stage.REFUSED, "another request took its place")
        self._visits.put(name, replace(visit, name=asked, transaction=transaction))
        return RedirectResponse(f"{found.path}/wallet", 303)

    async def wait(self, request: Request) -> Response:
        """The address for the wallet, and where to enter a code."""
        found = await asyncio.to_thread(open_, self._parts, request.path_params["invitation"])
        name, visit = self._visit(request, found.text)
        if name is None or visit is None or visit.transaction is None or visit.name is None:
            return RedirectResponse(found.path, 303)
        transaction = visit.transaction
        if transaction.stage is Stage.KEPT:
            return RedirectResponse(f"{found.path}/kept", 303)
        if transaction.stage in (Stage.DECLINED, Stage.REFUSED):
            return html(pages.over_page("It did not work", transaction.why, _back(found.text)))
        return self._asked(found, name, visit.name, transaction)

    async def returned(self, request: Request) -> Response:
        """Where a wallet sends the browser of its own device. In the browser that began, what it showed is kept."""
        transaction = self._parts.wallets.transactions.by_response_code(read_query(request).get("response_code", ""))
        if transaction is None:
            raise Problem(404, "code_ended", "this address has ended; begin again where you began")
        name = self._cookie.read(request)
        visit = self._visits.get(name)
        if name is not None and visit is not None and visit.transaction is transaction:
            return await self._end(name, visit, transaction)
        if transaction.stage is Stage.SHOWN:
            return html(pages.code_page(spaced(transaction.code)))
        why = transaction.why or "this was answered already"
        return html(pages.over_page("It did not work", why, None))

    async def enter(self, request: Request) -> Response:
        """The code that another device showed."""
        found = await asyncio.to_thread(open_, self._parts, request.path_params["invitation"])
        name, visit, form = await self._form(request, found.text)
        transaction = visit.transaction
        if transaction is None or visit.name is None:
            raise Problem(409, "nothing_asked", "no wallet was asked here; begin again")
        if transaction.is_code(form.get("code", "")):
            return await self._end(name, visit, transaction)
        if transaction.stage in (Stage.DECLINED, Stage.REFUSED):
            return html(pages.over_page("It did not work", transaction.why, _back(found.text)), 403)
        return self._asked(found, name, visit.name, transaction, WRONG_CODE[transaction.stage], 403)

    async def kept(self, request: Request) -> Response:
        """Exactly what is now kept, for the browser in which it was."""
        text = request.path_params["invitation"]
        _, visit = self._visit(request, text)
        if visit is None or not visit.kept:
            return RedirectResponse(path_of(text), 303)
        found = await asyncio.to_thread(known, self._parts, visit.invitation, visit.kept, visit.dropped)
        return html(pages.kept_page(found, _back(text, "Verify that, too")))

    def _asked(
        self, found: Opened, session: str, name: str, transaction: Transaction, failed: str = "", status: int = 200
    ) -> Response:
        """The page of a request that waits for a wallet, or for the browser to come. `failed`: a code that was none."""
        hidden = ((TOKEN, self._parts.tokens.make(session, PURPOSE)),)
        wanted = {fact for each in transaction.query.wanted for fact in each.facts}
        facts = tuple(each for each in found.unknown if each.name in wanted)
        page = pages.wallet_page(
            facts,
            {each.trust.attester for each in transaction.query.wanted},
            wallet_link(self._parts.wallets, name),
            pages.code_form(f"{found.path}/code", hidden),
            pages.again_form(f"{found.path}/wallet", hidden, facts),
            until=transaction.until,
            state=STATES[transaction.stage],
            failed=failed,
        )
        return html(page, status)

    async def _end(self, name: str, visit: Visit, transaction: Transaction) -> Response:
        """The browser that began came for it: what was shown is attested, once."""
        self._parts.wallets.transactions.end(transaction)
        way = _back(visit.text)
        if transaction.stage is not Stage.SHOWN:
            return html(pages.over_page("It did not work", transaction.why or "this was answered already", way))
        shown = transaction.shown
        transaction.ends(Stage.KEPT, "")
        try:
            kept = await asyncio.to_thread(keep, self._parts, transaction.invitation, shown)
        except StoreUnavailable:
            transaction.ends(Stage.REFUSED, "what your wallet showed could not be kept just now; begin again")
            raise
        except LicetError as error:
            transaction.ends(Stage.REFUSED, str(error))
            return html(pages.over_page("It did not work", str(error), way), 403)
        dropped = tuple(sorted({claim for each in shown for claim in each.dropped}))
        self._visits.put(name, replace(visit, name=None, transaction=None, kept=visit.kept | kept, dropped=dropped))
        return RedirectResponse(f"{path_of(visit.text)}/kept", 303)

    def _wallets(self, found: Opened) -> tuple[pages.Vouching, ...]:
        declared = {each.name: each for each in found.unknown}
        return tuple(
            pages.Vouching(each.trust, each.facts) for each in vouching(list(declared), found.trusts, declared)
        )

    def _sign_in(self, found: Opened, trust: Trust) -> pages.Vouching | None:
        names = tuple(each.name for each in found.unknown if each.name in trust.facts)
        way = self._parts.sign_in(trust, found.text) if names else None
        return None if way is None else pages.Vouching(trust, names, *way)

    def _begin(self, found: Opened) -> tuple[str, Visit]:
        visit = Visit(found.text, found.invitation)
        return self._visits.begin(visit), visit

    def _visit(self, request: Request, text: str) -> tuple[str | None, Visit | None]:
        """The browser's session, if it has one for this invitation."""
        name = self._cookie.read(request)
        visit = self._visits.get(name)
        return (name, visit) if visit is not None and visit.text == text else (None, None)

    async def _form(self, request: Request, text: str) -> tuple[str, Visit, dict[str, str]]:
        """A form from our own page, in the session that got it. Raises `Problem`."""
        check_origin(request, self._parts.wallets.public_url)
        form = await read_form(request)
        name, visit = self._visit(request, text)
        if name is None or visit is None or not self._parts.tokens.check(name, PURPOSE, form.get(TOKEN, "")):
            raise Problem(403, "foreign_form", "this form is not of your session, or it has ended; begin again")
        return name, visit, form

    def _cookied(self, response: Response, name: str) -> Response:
        self._cookie.set(response, name)
        return response


STATES = {
    Stage.WAITING: "Your wallet has not answered yet.",
    Stage.READING: "Your wallet has answered; what it showed is being read.",
    Stage.SHOWN: "Your wallet has answered; come back from it, or enter the code that it shows.",
    Stage.KEPT: "It is kept.",
}

WRONG_CODE = {
    Stage.WAITING: "No wallet has answered this request yet, so it has no code: show the credential first.",
    Stage.READING: "What your wallet showed is being read: enter the code again.",
    Stage.SHOWN: "This is not the code of your request: enter it again, as the other device shows it.",
    Stage.KEPT: "This code was used already.",
}

NOTHING_MISSING = "all that was asked is known by now; send your request again"


def _back(text: str, words: str = "Begin again") -> Way:
    return Way(path_of(text), words)
