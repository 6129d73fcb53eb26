"""What a wallet's whole response costs the office, in CPU time.

Requests are begun and presentations made beforehand. Then each response goes through the office as it stands (limits,
headers, form, protocol, credential, status list, binding), without sockets, on one core. Reading the same presentations
alone is measured beside it, so that the difference is the office's own.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from joserfc.jwk import ECKey
from starlette.types import ASGIApp, Message

from bench.figures import table
from licet.adapters.clock import SystemClock, monotonic
from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.adapters.verifier_key import verifier_key
from licet.app.demo import sd_jwt
from licet.app.demo.issuer import Issuer
from licet.core.facts import About, Fact, Kind
from licet.core.trust import Keys, Trust, Trusted
from licet.credentials.key_set import key_set_of
from licet.credentials.presentation import read_presentation
from licet.credentials.status_list import Status
from licet.office.application import Manner, office
from licet.office.oid4vp.query import query_for
from licet.office.oid4vp.request import Verifier
from licet.office.oid4vp.routes import RESPONSE, WalletParts, routes
from licet.office.oid4vp.transaction import Transactions
from licet.office.rate import Rate
from licet.services.identity.carriers.invitation import Invitation
from licet.services.ports import Store

ORIGIN = "http://127.0.0.1:8090"
TYPE = "https://issuer.test/person"
RESPONSES = 1_000
US_CITIZEN = Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "meaning", "source")
Say = Callable[[str], None]


class Good:
    """A status list in memory on which every credential holds."""

    def check(self, _trust: object, _uri: str, positions: Iterable[int], _now: datetime) -> dict[int, Status]:
        """See the port."""
        return dict.fromkeys(positions, Status.VALID)


def trusting(issuer: str) -> Trust:
    """A document that believes an issuer one fact."""
    now = datetime.now(UTC)
    return Trust(
        name="people",
        digest="sha256:0",
        issued=now,
        from_=now,
        attester=issuer,
        carriers=frozenset(("sd-jwt-vc",)),
        facts={"us_citizen": Trusted("us_citizen", None, frozenset(), "substantial")},
        types=(TYPE,),
        algorithms=("ES256",),
        keys=Keys(),
    )


async def post(app: ASGIApp, path: str, body: bytes) -> int:
    """One response of a wallet, as the server hands it over; the status."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "headers": [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    found: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(int(str(message["status"])))

    await app(scope, receive, send)
    return found[0]


class Sent(NamedTuple):
    """A response as a wallet sends it, and what was presented in it."""

    path: str
    body: bytes
    text: str
    nonce: str


class Cost(NamedTuple):
    """Seconds of CPU for one response: through the office, and to read the presentation alone."""

    whole: float
    reading: float


class Wallets:
    """An office over a store, an issuer that it believes, and the wallets that answer it."""

    def __init__(self, issuer: Issuer, store: Store, home: Path) -> None:
        clock = SystemClock()
        private, chain = verifier_key(home, ORIGIN, clock.now())
        self._issuer = issuer
        self._keys = key_set_of([issuer.jwk])
        self._trusts = [trusting(issuer.url)]
        self._now = clock.now()
        self._transactions = Transactions(secrets.token_bytes, monotonic)
        self._verifier = Verifier(ECKey.import_key(private), chain)
        parts = WalletParts(
            self._verifier,
            self._transactions,
            store,
            secrets.token_bytes(32),
            lambda *_: self._keys,
            Good(),
            clock,
            ORIGIN,
        )
        self._app = office(routes(parts), Manner(ORIGIN, Rate(1e9, 10**9, monotonic), print))

    def response(self) -> Sent:
        """Begin a request, and answer it as a wallet of its own."""
        query = query_for(["us_citizen"], self._trusts, {"us_citizen": US_CITIZEN})
        assert query is not None
        key = ECKey.generate_key("P-256")
        invitation = Invitation("anna", ("us_citizen",), self._now + timedelta(minutes=30))
        name, begun = self._transactions.begin("browser", invitation, query, encrypted=False, now=self._now)
        text = sd_jwt.present(
            self._issuer.issue(TYPE, key.as_dict(private=False), {"us_citizen": True, "family_name": "X", "n": 1}),
            {"us_citizen"},
            key,
            audience=self._verifier.client_id,
            nonce=begun.nonce,
            at=int(self._now.timestamp()),
        )
        body = urlencode({"vp_token": json.dumps({"c1": [text]}), "state": begun.state}).encode()
        return Sent(RESPONSE + name, body, text, begun.nonce)

    def read(self, sent: Sent) -> None:
        """Read what was presented, and no more."""
        audience = self._verifier.client_id
        read_presentation(
            sent.text, self._trusts, lambda *_: self._keys, audience=audience, nonce=sent.nonce, now=self._now
        )

    async def send(self, responses: Iterable[Sent]) -> None:
        """Hand every response to the office, one after the other."""
        for each in responses:
            assert await post(self._app, each.path, each.body) == 200


def run(say: Say) -> str:
    """Measure; the section for the results."""
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "in memory": cost(MemoryStore(), Path(folder), say),
            "SQLite, durable": cost(create_store(Path(folder), SystemClock().now()), Path(folder), say),
        }
    return section(found)


def cost(store: Store, home: Path, say: Say) -> Cost:
    """What a response costs an office over this store."""
    with Issuer(SystemClock().now) as issuer:
        wallets = Wallets(issuer, store, home)
        responses = [wallets.response() for _ in range(RESPONSES)]
        begin = time.process_time()
        for each in responses:
            wallets.read(each)
        reading = (time.process_time() - begin) / RESPONSES
        begin = time.process_time()
        asyncio.run(wallets.send(responses))
        whole = (time.process_time() - begin) / RESPONSES
    store.close()
    say(f"presenting  {type(store).__name__:11} {whole * 1e6:.0f} µs a response, {reading * 1e6:.0f} µs of it reading")
    return Cost(whole, reading)


def section(found: Mapping[str, Cost]) -> str:
    rows = [
        (where, f"{each.whole * 1e6:,.0f} µs", f"{each.reading * 1e6:,.0f} µs", f"{1 / each.whole:,.0f}/s")
        for where, each in found.items()
    ]
    return f"""## Presenting

CPU of one process for the whole response of a wallet, without sockets: limits, headers, form, protocol, credential
(SD-JWT VC, one claim disclosed, with key binding), status, attestation. {RESPONSES:,} responses, each of a wallet
of its own. Beside it, reading the same presentation alone.

{table(("store", "a response", "reading it", "on one core"), rows)}
"""


if __name__ == "__main__":
    print(run(lambda line: print(line, file=sys.stderr)))
