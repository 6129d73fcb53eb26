"""An office for verification with real wallets and issuers over HTTP on loopback, on a store in memory."""

from __future__ import annotations

import asyncio
import html
import re
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from tests.pages.reading import Reading, headings, named_by_others, read, tables

from licet.adapters.clock import monotonic
from licet.adapters.listening import listening, served, url_of
from licet.adapters.status_lists import HttpStatusLists
from licet.adapters.store_memory import MemoryStore
from licet.adapters.workers import LocalWorkers
from licet.app.demo.issuer import Issuer
from licet.app.demo.wallet import Told, Wallet
from licet.app.office.verifying import verify_routes
from licet.core.attestations import Attestation
from licet.core.facts import Value
from licet.core.trust import Trust
from licet.credentials.key_set import KeySet, key_set_of
from licet.office.application import Manner, office
from licet.office.law import Law
from licet.office.rate import Rate
from licet.services.enact import enact
from licet.services.identity.carriers.invitation import Invitation, seal_invitation
from licet.services.identity.carriers.statuses import Statuses, StatusWorld
from licet.services.stored import Ground, StoredDocument, Warrant
from licet.services.subjects import facts_at
from licet.wire.documents import SourceFile, read_files

PERSON = "https://issuer.test/person"
WORK = "https://issuer.test/work"
NAME, NUMBER = "Wilhelmina Pfeffernuss", "L01X00T47"
"""What the papers say of the holder, and nobody here may keep."""


class Hands:
    """A clock that can be set ahead."""

    ahead = timedelta()

    def now(self) -> datetime:
        """The instant."""
        return datetime.now(UTC) + self.ahead


class Verifying:
    """One installation, an issuer that it trusts, and everything in between."""

    def __init__(self, home: Path, *, encrypted: bool = False) -> None:
        self.clock = Hands()
        self.secret = secrets.token_bytes(32)
        self.slowly: Callable[[], KeySet] | None = None
        self.store = MemoryStore()
        self.issuer = Issuer(self.clock.now).__enter__()
        self.stranger = Issuer(self.clock.now).__enter__()
        self.documents: list[StoredDocument] = []
        self.enact(trust("people", self.issuer.url, PERSON, us_citizen="us_citizen", lpr="residency.lpr"))
        self.enact(trust("work", self.issuer.url, WORK, org="employer.id", us_citizen="citizen"))
        self.listener = listening("127.0.0.1", 0, 64)
        self.url = url_of(self.listener)
        self.law = Law(self.store)
        workers = LocalWorkers(home / "workers")
        self.log: list[tuple[str, dict[str, object]]] = []
        lists = HttpStatusLists(home)
        world = StatusWorld(
            store=self.store,
            workers=workers,
            lists=lists,
            keys=self.keys,
            clock=self.clock,
            trusts=lambda at: self.law.rulebook().trusts(at),
            stopwatch=monotonic,
            tell=lambda text, **more: self.log.append((text, more)),
        )
        routes = verify_routes(
            home,
            self.secret,
            self.store,
            workers,
            self.law.rulebook,
            self.keys,
            Statuses(world, every=60.0),
            clock=self.clock,
            wall=self.clock,
            public_url=self.url,
            sign_in=lambda trust, invitation: None,
            random_bytes=secrets.token_bytes,
            link="openid4vp://",
            encrypted=encrypted,
        )
        manner = Manner(self.url, Rate(10_000, 10_000, monotonic), lambda text, **more: self.log.append((text, more)))
        self._server = served(office(routes, manner), 64, 1)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self.listener.dup()]))

    def close(self) -> None:
        """End all; nothing may have failed without being foreseen."""
        self._server.should_exit = True
        self._thread.join(20)
        self.listener.close()
        self.issuer.__exit__()
        self.stranger.__exit__()
        assert not [each for each in self.log if each[0] == "office failed"]

    def keys(self, trust: Trust, _: str | None) -> KeySet:
        """The issuer's keys, without fetching, unless a test says otherwise."""
        if self.slowly is not None:
            return self.slowly()
        return key_set_of([self.issuer.jwk if trust.attester == self.issuer.url else self.stranger.jwk])

    def enact(self, text: str) -> None:
        """Put documents in force."""
        reading = read_files([SourceFile("test.yaml", text.encode(), lambda _: None)], before=self.documents)
        new = [StoredDocument(each.kind, each.name, each.digest, each.canonical) for each in reading.written]
        epoch = len(self.store.enactments())
        self.documents += new
        enact(
            self.store,
            LocalWorkers(Path("/nowhere")),
            new,
            [],
            rulebook=reading.rulebook(epoch + 1).digest,
            expected_epoch=epoch,
            warrant=Warrant(Ground.TWO_OFFICERS, approved_by="another"),
            actor="test",
            now=datetime.now(UTC),
            stopwatch=time.monotonic,
        )

    def invite(self, subject: str, *facts: str, minutes: float = 30) -> str:
        """The path of an invitation for a subject, which is made if it is not there."""
        now = self.clock.now()
        self.store.add_subject(subject, "person", actor="test", at=now)
        invitation = Invitation(subject, facts, now + timedelta(minutes=minutes))
        return f"/verify/{seal_invitation(self.secret, invitation, secrets.token_bytes)}"

    def wallet(self, issuer: Issuer | None = None, vct: str = PERSON, **claims: Any) -> Wallet:
        """A wallet with one credential; without claims, of a US citizen."""
        made = Wallet(self.clock.now)
        papers = {"family_name": NAME, "document_number": NUMBER}
        said = claims or {"us_citizen": True}
        made.receive(lambda jwk: (issuer or self.issuer).issue(vct, jwk, {**papers, **said}))
        return made

    def browser(self) -> Browser:
        """A browser of its own, with its own cookies."""
        return Browser(self.url)

    def facts(self, subject: str) -> dict[str, Value]:
        """What is known of a subject now."""
        now, record, rulebook = self.clock.now(), self.store.subject(subject), self.law.rulebook()
        assert record is not None
        return facts_at(record, rulebook.facts, rulebook.trusts(now), self.store.confirmed(), now)

    def attested(self, subject: str) -> tuple[Attestation, ...]:
        """What was attested of a subject."""
        record = self.store.subject(subject)
        return record.attestations if record is not None else ()


def trust(name: str, attester: str, vct: str, **claims: str) -> str:
    """A trust document for credentials of one type, each fact with its claim."""
    facts = "".join(f"  {fact}: {{claim: {claim}}}\n" for fact, claim in claims.items())
    return (
        f"trust: {name}\ntitle: The {name} register\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        f"attester: {attester}\ncarriers: [sd-jwt-vc]\ntypes: ['{vct}']\nalgorithms: [ES256]\nlevel: substantial\n"
        f"framework: test-framework\nlasts: 90d\nkeys: {{url: '{attester}/jwks'}}\nfacts:\n{facts}"
    )


class Browser:
    """Somebody's browser: pages without scripts, forms that are sent as they stand."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=20, trust_env=False, headers={"accept": "text/html"})
        self.page = self.address = ""
        self.status = 0

    def go(self, address: str) -> Browser:
        """Follow an address, and where it leads."""
        return self._took(self.client.get(address, follow_redirects=True))

    def send(self, form: str, **fields: str | None) -> Browser:
        """Send a form of the page. `fields` are filled in; None unticks."""
        found = re.search(rf'<form method="post" action="([^"]+)" id="{form}".*?</form>', self.page, re.DOTALL)
        assert found, f"no form {form} on the page"
        inputs = re.findall(r"<input ([^>]+)>", found[0])
        named = [dict(re.findall(r'([a-z]+)="([^"]*)"', each)) for each in inputs]
        values: dict[str, str | None] = {
            each["name"]: html.unescape(each.get("value", ""))
            for each, text in zip(named, inputs, strict=True)
            if each["type"] != "checkbox" or " checked" in text
        }
        values.update(fields)
        sent = {name: value for name, value in values.items() if value is not None}
        headers = {"origin": str(self.client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
        return self._took(self.client.post(html.unescape(found[1]), data=sent, headers=headers, follow_redirects=True))

    @property
    def link(self) -> str:
        """The address for a wallet that the page shows."""
        found = re.search(r'href="([^"]+\?client_id=[^"]+)"', self.page)
        assert found, "no address for a wallet on the page"
        return html.unescape(found[1])

    @property
    def code(self) -> str:
        """The code that the page shows."""
        found = re.search(r'id="code">.*?<code>([^<]+)</code>', self.page, re.DOTALL)
        assert found, "no code on the page"
        return found[1]

    @property
    def text(self) -> str:
        """What the page says."""
        body = self.page.partition("<body>")[2]
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))

    def _took(self, answer: httpx.Response) -> Browser:
        self.page, self.status, self.address = answer.text, answer.status_code, str(answer.url)
        return self


def request_name(link: str) -> str:
    """The last part of the address of a request."""
    return parse_qs(urlsplit(link).query)["request_uri"][0].rpartition("/")[2]


def check_page(page: str) -> Reading:
    """What has to hold of every page of the office: as of others, and forms that say what they are and go to us."""
    reading = read(page)
    ids = [value for each in reading.elements if (value := each.attributes.get("id")) is not None]
    assert len(ids) == len(set(ids))
    named_by_others(reading, set(ids))
    headings(reading)
    tables(reading)
    assert not reading.all("script", "iframe", "object", "embed", "link", "base", "img")
    (language,) = reading.all("html")
    assert language.attributes["lang"] == "en-GB"
    labels = {each.attributes["for"] for each in reading.all("label")}
    for each in reading.all("input"):
        assert each.attributes["type"] == "hidden" or each.attributes["id"] in labels
    assert all((each.attributes["action"] or "").startswith("/verify/") for each in reading.all("form"))
    assert all("legend" not in each.path or each.text.strip() for each in reading.elements)
    (policy,) = [each for each in reading.all("meta") if each.attributes.get("http-equiv")]
    assert ("form-action 'self'" in (policy.attributes["content"] or "")) == bool(reading.all("form"))
    return reading


def why(told: Told) -> str:
    """Why a wallet was refused."""
    assert told.status >= 400
    return str(told.body["detail"])
