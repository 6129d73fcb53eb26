"""What tests of signing in share: a browser without scripts, and an office that is a client of a real provider."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from tests.office.conftest import Running
from tests.oidc_provider.running import OidcProvider, office_client

from licet.core.facts import Value
from licet.services.stored import SubjectRecord

CLIENT = "licet-office"
SECRET_ENV = "TEST_PROVIDER_SECRET"
LINK = re.compile(r'href="(/sign-in[^"]*start=[^"]*)"')

FACTS = "  staff: {claim: staff}\n  org: {claim: org}\n"


class Reached(Protocol):
    """Whatever has an address."""

    url: str


class Browser:
    """Follows what it is told by hand, so that a test can step in between. It remembers cookies."""

    def __init__(self, office: Reached) -> None:
        self.office = office
        self.http = httpx.Client(trust_env=False, timeout=20, headers={"accept": "text/html"})

    def get(self, url: str) -> httpx.Response:
        """One page; redirects are not followed."""
        return self.http.get(self.office.url + url if url.startswith("/") else url)

    def begin(self, path: str) -> httpx.Response:
        """The page from which a sign-in begins, and the first link of it."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        found = LINK.search(page.text)
        assert found is not None, page.text
        return self.get(html.unescape(found[1]))

    def follow(self, answer: httpx.Response) -> str:
        """Follow redirects until one leads back to the office; that address."""
        while answer.is_redirect:
            address = str(answer.next_request.url) if answer.next_request is not None else ""
            if urlsplit(address).path == "/sign-in/callback":
                return address
            answer = self.get(address)
        raise AssertionError(f"it ended at {answer.url} with {answer.status_code}: {answer.text}")

    def sign_in(self, path: str) -> httpx.Response:
        """The whole way; what the office says in the end."""
        return self.get(self.follow(self.begin(path)))

    def close(self) -> None:
        """Forget all."""
        self.http.close()


class Signing:
    """An office, a provider of which it is a client, and a trust document that believes it."""

    def __init__(self, office: Running, folder: Path, *, public: bool = False, **options: Any) -> None:
        self.office = office
        self.secret = secrets.token_urlsafe(32)
        client = office_client(office.url, CLIENT)
        client |= {"token_endpoint_auth_method": "none"} if public else {"client_secret": self.secret}
        client |= options.pop("client", {})
        self.provider = OidcProvider(folder, [client], **options)
        self.issuer = self.provider.issuer
        secret_env = "" if public else f", secret_env: {SECRET_ENV}"
        scopes = f", scopes: [{', '.join(['openid', *options.get('scopes', ())])}]"
        self.setting = f"{{issuer: '{self.issuer}', client_id: {CLIENT}, title: Acme{secret_env}{scopes}}}"
        office.write(office=f"  providers: [{self.setting}]\n")
        office.environ[SECRET_ENV] = self.secret
        self.browsers: list[Browser] = []
        self.caller, self.account, self._number = "caller-0", "alice-0", 0

    def fresh(self, claims: dict[str, Any]) -> Signing:
        """A caller of whom nothing is known, and an account with these claims that is signed in at the provider."""
        self._number += 1
        self.caller, self.account = f"caller-{self._number}", f"alice-{self._number}"
        self.office.subject(self.caller)
        self.provider.set(accounts={self.account: claims, f"bob-{self._number}": {"staff": False}}, tamper=None)
        self.provider.set(login=self.account)
        return self

    @property
    def other_account(self) -> str:
        """Another account, of somebody who is no staff."""
        return f"bob-{self._number}"

    def invited(self, *facts: str) -> str:
        """Where the caller signs in for these facts."""
        return f"/sign-in/{self.office.invitation(self.caller, *(facts or ('staff', 'org')))}"

    def known(self) -> dict[str, Value]:
        """What is known of the caller."""
        return self.office.facts(self.caller)

    def record(self) -> SubjectRecord:
        """The caller as the store has it."""
        found = self.office.store.subject(self.caller)
        assert found is not None
        return found

    def trust(self, name: str = "acme", facts: str = FACTS, *more: str) -> str:
        """A trust document about the provider."""
        lines = [
            f"trust: {name}",
            "issued: 2026-01-01T00:00:00Z",
            "from: 2026-01-01T00:00:00Z",
            f"attester: {self.issuer}",
            "carriers: [oidc]",
            f"audience: [{CLIENT}]",
            "algorithms: [ES256]",
            "keys: {discovery: true}",
            "level: substantial",
            "lasts: 12h",
            *more,
            f"facts:\n{facts}",
            "---",
            "",
        ]
        return "\n".join(lines)

    def browser(self) -> Browser:
        """A new browser."""
        self.browsers.append(Browser(self.office))
        return self.browsers[-1]

    def close(self) -> None:
        """End the provider."""
        for each in self.browsers:
            each.close()
        self.provider.stop()


MakeSigning = Callable[..., Signing]
