"""Who is asking: the facts of some callers reach the gate by whoever knows them, and can be taken back by them.

A register's credential in a wallet, a sign-in at an identity provider, an organisation that pushes its members, and two
officers who saw a card: each by its own protocol, over HTTP, at the office that runs beside the gate.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import httpx
import msgspec

from licet.adapters.secret import read_secret
from licet.adapters.store import open_store
from licet.app.demo.identity_provider import OidcProvider
from licet.app.demo.issuer import Issuer
from licet.app.demo.officers import Officers
from licet.app.demo.scenario import ScenarioRejectedError
from licet.app.demo.visitor import PageUnexpected, Visitor
from licet.app.demo.wallet import Wallet
from licet.core.facts import Value
from licet.services.identity.carriers.invitation import LASTS, Invitation, seal_invitation
from licet.wire.people import Person
from licet.wire.values import to_json

FILE = "carriers.yaml"
PERSON = "https://civic.example/credentials/person"
"""The type of the register's credentials, as `trust.yaml` has it."""

CLIENT = "licet-office"
SECRET_ENV = "DEMO_PROVIDER_SECRET"  # noqa: S105 - the name of a variable
SCIM_SECONDS = 20.0


class CarriedBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one caller's facts come, which, and what else the papers say that nobody here keeps."""

    by: Literal["presentation", "sign-in", "push", "officers"]
    facts: tuple[str, ...]
    papers: dict[str, str] = {}
    evidence: str = ""


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `carriers.yaml`: how facts come, by caller, and when they are taken back and brought again.

    `model` is the one that is asked for then.
    """

    taken_back: datetime
    model: str
    carriers: dict[str, CarriedBy]


def read_asking(scenario: Path) -> Asking | None:
    """How callers' facts come in a scenario; None where all come by a file. Raises `ScenarioRejectedError`."""
    file = scenario / FILE
    if not file.is_file():
        return None
    try:
        return msgspec.yaml.decode(file.read_bytes(), type=Asking)
    except (OSError, msgspec.MsgspecError) as error:
        raise ScenarioRejectedError(f"{file}: {error}") from error


@dataclass(slots=True)
class Carriers:
    """Those who know something of the callers, and the callers' own wallets and accounts.

    `known` are the facts that come this way, by caller, `besides` what the operator's file says of everybody;
    `subjects` are the names that the callers have here.
    """

    office: str
    state: Path
    officers: Officers
    issuer: Issuer
    provider: OidcProvider | None
    ways: Mapping[str, CarriedBy]
    known: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    besides: dict[str, Person] = field(default_factory=dict)
    push_token: str = ""
    subjects: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)

    def deliver(self, caller: str, at: datetime) -> None:
        """Have a caller's facts come by the way that they come by. `at` is the instant by the gate's clock."""
        match self.ways[caller].by:
            case "presentation":
                self.present(caller, at)
            case "sign-in":
                self.sign_in(caller, at)
            case "push":
                self.push(caller, at)
            case "officers":
                values = {name: to_json(each) for name, each in self.known[caller].items()}
                self.officers.attest(self.subjects[caller], values, self.ways[caller].evidence, at)

    def present(self, caller: str, at: datetime) -> None:
        """Get a credential in a new wallet, and show what it says of the facts; the rest of it stays there."""
        wallet = Wallet(lambda: datetime.now(UTC))
        claims = {name: to_json(each) for name, each in self.known[caller].items()}
        papers = self.ways[caller].papers
        self.credentials[caller] = wallet.receive(lambda key: self.issuer.issue(PERSON, key, {**claims, **papers}))
        with Visitor(self.office) as visitor:
            visitor.go(f"/verify/{self.invitation(caller, at)}").send("wallet")
            told = wallet.answer(visitor.link('openid4vp:[^"]+'))
            if told.redirect is None:
                raise PageUnexpected(f"the office did not take the presentation: {told.status} {told.body}")
            visitor.go(told.redirect)

    def revoke(self, caller: str) -> None:
        """The register takes the credential back, and says so in its status list."""
        self.issuer.revoke(self.credentials[caller])

    def sign_in(self, caller: str, at: datetime) -> None:
        """Sign in at the organisation's provider, which says of the account what it is asked."""
        assert self.provider is not None
        claims = {name: to_json(each) for name, each in self.known[caller].items()}
        self.provider.set(accounts={caller: {**claims, **self.ways[caller].papers}}, login=caller)
        with Visitor(self.office) as visitor:
            visitor.go(f"/sign-in/{self.invitation(caller, at)}").follow('/sign-in[^"]*start=[^"]*')

    def sign_out(self, caller: str) -> None:
        """The provider tells its clients that the account's session is over."""
        assert self.provider is not None
        self.provider.log_out(CLIENT, caller)

    def push(self, caller: str, at: datetime) -> None:
        """The organisation says that the caller is a member; by that it becomes a subject."""
        (attester,) = {str(each) for each in self.known[caller].values()}
        if not self.push_token:
            self.push_token = self.officers.let_push(attester, at)
        papers = dict(self.ways[caller].papers)
        phone, name = papers.pop("phone"), papers.pop("displayName")
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            **papers,
            "displayName": name,
            "phoneNumbers": [{"value": phone}],
            "active": True,
        }
        self.members[caller] = str(self._scim("POST", "/scim/v2/Users", user)["id"])
        store = open_store(self.state, at)
        try:
            member = store.member(attester, self.members[caller])
            assert member is not None
            self.subjects[caller] = member.subject
        finally:
            store.close()

    def set_active(self, caller: str, active: bool) -> None:
        """The organisation says that the caller is no longer, or again, a member."""
        change = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": active}],
        }
        self._scim("PATCH", f"/scim/v2/Users/{self.members[caller]}", change)

    def invitation(self, caller: str, at: datetime) -> str:
        """What lets a caller verify exactly their facts, as the gate's refusals have it."""
        facts = tuple(self.ways[caller].facts)
        return seal_invitation(self._secret, Invitation(self.subjects[caller], facts, at + LASTS), secrets.token_bytes)

    @property
    def _secret(self) -> bytes:
        return read_secret(self.state)

    def _scim(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.push_token}", "content-type": "application/scim+json"}
        with httpx.Client(base_url=self.office, trust_env=False, timeout=SCIM_SECONDS) as client:
            answer = client.request(method, path, json=dict(body), headers=headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found
