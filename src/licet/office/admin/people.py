"""The pages of officers under `/admin/`, and what their script asks for: passkeys to sign in, approve, register."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licet.core.errors import LicetError
from licet.core.roles import Deed, KeyKind, Officer, may
from licet.credentials.id_token import IdToken
from licet.office.admin.checking import check
from licet.office.admin.documents import documents_of
from licet.office.admin.parts import AdminParts, PasskeyDesk, SignedIn
from licet.office.admin.reading import may_see
from licet.office.admin.refusing import refused
from licet.office.admin.routes import answered, session_tree, slowly
from licet.office.admin.signing_in import PURPOSE, begin, cookies, new_challenge, session_name, stranger, take, whoever
from licet.office.problems import Problem
from licet.office.requests import read_form, read_json
from licet.office.security import check_origin
from licet.office.sessions import unguessable
from licet.office.sign_in.accounts import identified
from licet.office.sign_in.identifying import Identifying
from licet.office.sign_in.relying_party import RelyingParty
from licet.pages import officers as pages
from licet.pages.look import STYLE, policy
from licet.services.acts.content import Act, read_kept, withdrawal_digest
from licet.services.acts.inviting import invited, register
from licet.services.acts.persons import check_other_person
from licet.services.acts.ports import StoredAct
from licet.services.acts.refusal import ActRefused, NotPermitted
from licet.services.acts.signing import challenge_of
from licet.services.acts.spelling import from_text, state_of
from licet.services.acts.what import What
from licet.services.acts.words import headline, lines
from licet.services.identity.marks import mark

START = "officer sign-in"
SCRIPT = files("licet.office.admin").joinpath("passkey.js").read_bytes()


@dataclass(frozen=True, slots=True)
class PeopleParts:
    """What the pages need beside the administration: the providers at which officers sign in."""

    admin: AdminParts
    relying_party: RelyingParty
    identifying: Identifying


def people_routes(parts: PeopleParts) -> list[BaseRoute]:
    """The addresses."""
    desk = _Desk(parts)
    return [
        Route("/admin", to_home, methods=["GET"]),
        Route("/admin/", desk.home, methods=["GET"]),
        Route("/admin/passkey.js", desk.script, methods=["GET"]),
        Route("/admin/register", desk.invitation, methods=["GET"]),
        Route("/admin/acts/{id}", desk.act, methods=["GET"]),
        Route("/admin/sign-in", desk.provider, methods=["POST"]),
        Route("/admin/passkey/challenge", desk.challenge, methods=["POST"]),
        Route("/admin/passkey/session", desk.session, methods=["POST"]),
        Route("/admin/passkey/acts/{id}", desk.to_approve, methods=["POST"]),
        Route("/admin/passkey/acts/{id}/withdrawal", desk.to_withdraw, methods=["POST"]),
        Route("/admin/passkey/invitation", desk.to_register, methods=["POST"]),
        Route("/admin/passkey/key", desk.registered, methods=["POST"]),
    ]


async def to_home(_: Request) -> Response:
    """The address as people type it."""
    return RedirectResponse("/admin/", 308)


class _Desk:
    def __init__(self, parts: PeopleParts) -> None:
        self._admin = parts.admin
        self._relying_party = parts.relying_party
        self._identifying = parts.identifying
        self._cookies = cookies(parts.admin)

    async def script(self, _: Request) -> Response:
        """The one script."""
        return Response(SCRIPT, media_type="text/javascript")

    async def home(self, request: Request) -> Response:
        """What waits, for an officer; for everybody else, where to sign in."""
        try:
            officer = await whoever(self._admin, request, Deed.SEE)
        except Problem as problem:
            if problem.status != 401:
                raise
            return self._sign_in(request)
        found = await asyncio.to_thread(self._admin.store.acts)
        waiting = [
            pages.Waits(each.id, headline(act), each.actor, each.at.isoformat(timespec="seconds"))
            for each in found
            if each.is_open and (act := read_kept(each.content)) is not None and _sees(officer, act)
        ]
        return _html(pages.waiting_page(officer.name, sorted(officer.roles), waiting, self._token(request)))

    def _sign_in(self, request: Request) -> Response:
        name = self._cookies.read(request) or unguessable(self._admin.random_bytes)
        providers = [(each.title or each.issuer, each.issuer) for each in self._relying_party.providers.values()]
        response = _html(pages.sign_in_page(providers, self._admin.tokens.make(name, START)))
        self._cookies.set(response, name)
        return response

    async def act(self, request: Request) -> Response:
        """One act in words, with the button that signs it."""
        officer = await whoever(self._admin, request, Deed.SEE)
        stored, act = await asyncio.to_thread(self._found, request.path_params["id"], officer)
        settled = None if stored.is_open else state_of(stored)
        why_not = await asyncio.to_thread(self._why_not, officer, act)
        page = pages.act_page(
            stored.id,
            headline(act),
            lines(act),
            token=self._token(request),
            settled=settled,
            why_not=why_not,
            documents=await asyncio.to_thread(documents_of, self._admin.store, stored, act),
            withdraws=may(officer.roles, Deed.WITHDRAW) and _has_passkey(officer),
        )
        return _html(page)

    def _found(self, name: str, officer: Officer) -> tuple[StoredAct, Act]:
        try:
            stored = self._admin.administration.act(name)
        except LicetError:
            raise Problem(404, "not_found", "there is no such act") from None
        act = read_kept(stored.content)
        if act is None:
            raise Problem(404, "not_found", "what this act said was erased with whom it was about")
        if not _sees(officer, act):
            raise Problem(403, "not_permitted", f"this says what is known of somebody: it needs `{Deed.SEE_FACTS}`")
        return stored, act

    def _why_not(self, officer: Officer, act: Act) -> str | None:
        if not may(officer.roles, Deed.APPROVE):
            return "You have not the role to approve it."
        if act.what is What.IMPORT:
            return "Who approves this has to have the very same file: use `licet approve --file`."
        if not _has_passkey(officer):
            return "You have no passkey here: sign it with `licet approve`."
        try:
            check_other_person(self._admin.store.officer(act.actor), act.actor, officer)
        except NotPermitted as error:
            return f"{str(error)[:1].upper()}{str(error)[1:]}."
        return None

    async def challenge(self, request: Request) -> Response:
        """What a browser is asked, to sign in with any passkey of this office."""
        slowly(self._admin, request)
        check_origin(request, self._admin.public_url)
        made = new_challenge(self._admin)
        options = self._passkeys.asked_to_sign(challenge_of(made["challenge"]), ())
        return answered({**made, "options": options})

    async def session(self, request: Request) -> Response:
        """A session for whoever signed with a passkey, in a cookie."""
        slowly(self._admin, request)
        check_origin(request, self._admin.public_url)
        body = await read_json(request)
        check(body, "SigningIn")
        name, officer = await begin(self._admin, *(str(body[each]) for each in ("challenge", "key", "signature")))
        tree = session_tree(name, officer)
        del tree["token"]
        response = answered(tree, 201)
        self._cookies.set(response, name)
        return response

    async def to_approve(self, request: Request) -> Response:
        """What a browser is asked, to approve an act: the challenge is the act's digest."""
        officer = await whoever(self._admin, request, Deed.APPROVE)
        _, act = await asyncio.to_thread(self._found, request.path_params["id"], officer)
        return answered({"options": self._passkeys.asked_to_sign(challenge_of(act.digest), officer.keys)})

    async def to_withdraw(self, request: Request) -> Response:
        """What a browser is asked, to take an act back: the challenge is the digest of that, with the reason."""
        officer = await whoever(self._admin, request, Deed.WITHDRAW)
        body = await _texts(request, "reason")
        stored, act = await asyncio.to_thread(self._found, request.path_params["id"], officer)
        signed = withdrawal_digest(stored.id, act.digest, officer.name, body["reason"])
        return answered({"options": self._passkeys.asked_to_sign(challenge_of(signed), officer.keys)})

    async def invitation(self, _: Request) -> Response:
        """Where an invitation leads. Its token comes later, from the script: it is in no log."""
        return _html(pages.register_page())

    async def to_register(self, request: Request) -> Response:
        """What a browser is asked, to make a passkey for whoever has an invitation."""
        slowly(self._admin, request)
        check_origin(request, self._admin.public_url)
        body = await _texts(request, "invitation")
        act = await asyncio.to_thread(self._invited, body["invitation"])
        made = new_challenge(self._admin)
        user = self._admin.random_bytes(32)  # says nothing of the officer, and takes no other passkey's place
        options = self._passkeys.asked_to_register(challenge_of(made["challenge"]), act.fields["name"], user)
        return answered({**made, "options": options})

    async def registered(self, request: Request) -> Response:
        """A passkey for whoever has an invitation, which is used by that."""
        slowly(self._admin, request)
        check_origin(request, self._admin.public_url)
        body = await _texts(request, "invitation", "challenge", "credential")
        if not take(self._admin, body["challenge"]):
            raise stranger("the challenge is not ours, was used, or has ended: load the page again")
        officer = await asyncio.to_thread(self._register, body)
        return answered({"officer": officer.name, "roles": sorted(officer.roles)}, 201)

    def _register(self, body: dict[str, str]) -> Officer:
        administration = self._admin.administration
        try:
            credential = from_text(body["credential"])
            key = self._passkeys.registered(credential, challenge_of(body["challenge"]))
            now = administration.now()
            return register(
                self._admin.store,
                body["invitation"],
                key,
                installation=administration.installation,
                now=now,
                needed=administration.needed,
                random_bytes=self._admin.random_bytes,
            )
        except ValueError:
            raise Problem(400, "malformed_json", "the passkey is not base64url without padding") from None
        except LicetError as error:
            raise refused(error) from None

    def _invited(self, token: str) -> Act:
        try:
            return invited(self._admin.store, token, self._admin.administration.now())
        except ActRefused as error:
            raise refused(error) from None

    async def provider(self, request: Request) -> Response:
        """Off to an identity provider, for whoever comes from our own page."""
        slowly(self._admin, request)
        check_origin(request, self._admin.public_url)
        form = await read_form(request)
        if not self._admin.tokens.check(self._cookies.read(request), START, form.get("token", "")):
            raise Problem(403, "forged", "this did not come from a page of ours; load the page again")
        completed = identified(self._identifying, self._came)
        return await self._relying_party.begin(form.get("provider", ""), completed)

    async def _came(self, _: Request, token: IdToken) -> Response:
        """Whoever comes back is an officer, if that account is one's. What they do, they sign all the same."""
        issuer, known = token.issuer, mark(self._admin.secret, token.issuer, token.subject)
        for each in await asyncio.to_thread(self._admin.store.officers):
            if each.roles and any((a.issuer, a.mark) == (issuer, known) for a in each.accounts):
                name = self._admin.sessions.begin(SignedIn(each.name, None, issuer, known))
                response = RedirectResponse(pages.HOME, 303)
                self._cookies.set(response, name)
                return response
        raise Problem(403, "not_permitted", "this account is no officer's; an administrator appoints officers")

    @property
    def _passkeys(self) -> PasskeyDesk:
        return self._admin.passkeys

    def _token(self, request: Request) -> str:
        return self._admin.tokens.make(session_name(self._admin, request) or "", PURPOSE)


def _sees(officer: Officer, act: Act) -> bool:
    return may_see(officer, act.what)


def _has_passkey(officer: Officer) -> bool:
    return any(key.kind is KeyKind.PASSKEY for key in officer.keys)


def _html(page: str) -> Response:
    allowed = policy(STYLE, sends=True, runs=True) + "; frame-ancestors 'none'"
    return Response(page, 200, {"content-security-policy": allowed}, "text/html")


async def _texts(request: Request, *names: str) -> dict[str, str]:
    body = await read_json(request)
    if body.keys() != set(names) or not all(isinstance(each, str) for each in body.values()):
        raise Problem(
            422, "malformed_body", f"the body has exactly {', '.join(f'`{each}`' for each in names)}, as texts"
        )
    return {name: str(body[name]) for name in names}
