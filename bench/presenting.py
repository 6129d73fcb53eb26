"""What a wallet's whole response costs the office, in CPU time: `python -m bench.presenting [responses] [--memory]`.

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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from joserfc.jwk import ECKey

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
from licet.services.identity.invitation import Invitation

TYPE = "https://issuer.test/person"


class Good:
    """A status list in memory on which every credential holds."""

    def check(self, _trust: object, _uri: str, positions: object, _now: datetime) -> dict[int, Status]:
        """See the port."""
        return dict.fromkeys(positions, Status.VALID)  # type: ignore[call-overload,no-any-return]


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


async def post(app: object, path: str, body: bytes) -> int:
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

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            found.append(int(str(message["status"])))

    await app(scope, receive, send)  # type: ignore[operator]
    return found[0]


def measure(count: int, home: Path, *, memory: bool) -> None:
    """Print CPU time a response."""
    clock = SystemClock()
    store = MemoryStore() if memory else create_store(home, clock.now())
    private, chain = verifier_key(home, "http://127.0.0.1:8090", clock.now())
    verifier = Verifier(ECKey.import_key(private), chain)
    fact = Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "meaning", "source")
    transactions = Transactions(secrets.token_bytes, monotonic)
    with Issuer(clock.now) as issuer:
        keys = key_set_of([issuer.jwk])
        trust = trusting(issuer.url)
        parts = WalletParts(
            verifier,
            transactions,
            store,
            secrets.token_bytes(32),
            lambda *_: keys,
            Good(),
            clock,
            "http://127.0.0.1:8090",
        )
        app = office(routes(parts), Manner("http://127.0.0.1:8090", Rate(1e9, 10**9, monotonic), print))
        query = query_for(["us_citizen"], [trust], {"us_citizen": fact})
        assert query is not None
        now = clock.now()
        invitation = Invitation("anna", ("us_citizen",), now + timedelta(minutes=30))
        ready = []
        for _ in range(count):
            key = ECKey.generate_key("P-256")
            credential = issuer.issue(
                TYPE, key.as_dict(private=False), {"us_citizen": True, "family_name": "X", "n": 1}
            )
            name, begun = transactions.begin("browser", invitation, query, encrypted=False, now=now)
            text = sd_jwt.present(
                credential, {"us_citizen"}, key, audience=verifier.client_id, nonce=begun.nonce, at=int(now.timestamp())
            )
            body = urlencode({"vp_token": json.dumps({"c1": [text]}), "state": begun.state}).encode()
            ready.append((RESPONSE + name, body, text, begun.nonce))

    start = time.process_time()
    for _, _, text, nonce in ready:
        read_presentation(text, [trust], lambda *_: keys, audience=verifier.client_id, nonce=nonce, now=now)
    alone = (time.process_time() - start) / count

    async def all_of_them() -> float:
        begin = time.process_time()
        for path, body, _, _ in ready:
            assert await post(app, path, body) == 200
        return (time.process_time() - begin) / count

    whole = asyncio.run(all_of_them())
    where = "in memory" if memory else "SQLite, durable"
    print(f"{count} responses, store {where}: {whole * 1e6:.0f} µs of CPU each, {1 / whole:.0f}/s on one core")
    print(f"of that reading the presentation: {alone * 1e6:.0f} µs; the office adds {(whole - alone) * 1e6:.0f} µs")


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:] if each.isdecimal()]
    with tempfile.TemporaryDirectory() as folder:
        measure(numbers[0] if numbers else 1000, Path(folder), memory="--memory" in sys.argv)
