"""What a caller costs the gate: a key or a token that is known, and one that is met for the first time."""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from ipaddress import ip_network
from pathlib import Path
from time import process_time_ns
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from bench.figures import goal, goals, table
from licet.adapters.key_sets import KeySets
from licet.adapters.secret import create_secret
from licet.adapters.store import SqlStore, create_store
from licet.core.attestations import Attestation
from licet.core.rulebook import Rulebook
from licet.credentials.access_token import read_access_token
from licet.engines.points import compile_points
from licet.gate.callers import Caller, Callers, Presented
from licet.gate.circumstances import Circumstances
from licet.gate.tokens import Tokens
from licet.services import keys
from licet.services.admit import admit
from licet.services.identity.carriers.admission import Admitting, admit_token
from licet.services.keys import pseudonym
from licet.wire.documents import SourceFile, read_files

CALLERS = 2_000
ROUNDS = 20
ISSUER, US = "https://id.bench.test", "https://gate.bench.test"
KNOWN_GOAL, FIRST_GOAL = 15.0, 250.0
"""Microseconds of CPU time."""


class Made(NamedTuple):
    """A store, the law, and what callers present."""

    store: SqlStore
    secret: bytes
    law: Rulebook
    now: datetime
    keys: list[str]
    tokens: list[str]
    rsa: list[str]


class Cost(NamedTuple):
    """Microseconds of CPU time for each, the middle of several rounds."""

    what: str
    each: float


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    with made() as world:
        costs = asyncio.run(measured(world, say))
    for cost in costs:
        say(f"{cost.what:60s} {cost.each:8.2f} us")
    return section(costs)


async def measured(world: Made, say: Callable[[str], None]) -> list[Cost]:
    """All of it, in one loop."""
    callers = callers_of(world)
    costs = [checking(world, world.tokens, "a token's signature and claims (ES256)")]
    costs.append(checking(world, world.rsa, "a token's signature and claims (RS256)"))
    say("first time")
    costs.append(
        await first(world, callers, world.tokens, "a token of somebody new: checked, bound, attested (SQLite)")
    )
    callers.forget_all()
    costs.append(await first(world, callers, world.tokens, "a token of somebody known: checked, facts looked up"))
    costs.append(await first(world, callers, world.keys, "a key: looked up"))
    say("known")
    costs.append(known(world, callers, world.keys, "a key that is known"))
    costs.append(known(world, callers, world.tokens, "a token that is known"))
    costs += circumstances(world)
    return costs


def checking(world: Made, tokens: list[str], what: str) -> Cost:
    """Reading tokens alone."""
    sets, trusts = KeySets(lambda: 0.0), world.law.trusts(world.now)
    return middle(what, tokens, lambda token: read_access_token(token, trusts, sets.keys, world.now), rounds=3)


async def first(world: Made, callers: Callers, asked: list[str], what: str) -> Cost:
    """Looking up each of these, none of which is known. There is one round: afterwards they are."""
    begun = process_time_ns()
    for text in asked:
        presented = callers.known(text, world.now)
        assert isinstance(presented, Presented)
        found = await callers.look_up(presented, lambda: world.law, world.now)
        assert isinstance(found, Caller), found
    return Cost(what, (process_time_ns() - begun) / 1e3 / len(asked))


def known(world: Made, callers: Callers, asked: list[str], what: str) -> Cost:
    """What each request of somebody pays: the caller, and their facts as a vector."""
    points = compile_points(world.law, world.now)

    def one(text: str) -> None:
        found = callers.known(text, world.now)
        assert isinstance(found, Caller)
        found.vectors(points, world.law, False)

    return middle(what, asked, one)


def circumstances(world: Made) -> list[Cost]:
    """The country, by the peer's address and behind a proxy; the vector of each country is there already."""

    def country(address: Any) -> str:
        return "DE" if str(address).endswith("1") else "US"

    direct, behind = Circumstances(country), Circumstances(country, [ip_network("10.0.0.0/8")])
    other = [(b"host", b"gate"), (b"content-type", b"application/json"), (b"user-agent", b"bench"), (b"accept", b"*/*")]
    addresses = [f"8.8.{number % 100}.{number % 250}" for number in range(CALLERS)]
    peers = [{"client": (address, 1), "headers": other} for address in addresses]
    said = [
        {"client": ("10.0.0.1", 1), "headers": [*other, (b"x-forwarded-for", address.encode())]}
        for address in addresses
    ]
    return [
        middle("the country of a peer", peers, lambda scope: direct.country(scope, world.law)),
        middle("the country behind a trusted proxy", said, lambda scope: behind.country(scope, world.law)),
    ]


def middle(what: str, asked: list[Any], one: Callable[[Any], object], rounds: int = ROUNDS) -> Cost:
    """The median of several rounds over all of these; the first round warms up."""
    found = []
    for _ in range(rounds + 1):
        begun = process_time_ns()
        for each in asked:
            one(each)
        found.append((process_time_ns() - begun) / 1e3 / len(asked))
    return Cost(what, sorted(found[1:])[rounds // 2])


def callers_of(world: Made) -> Callers:
    """The gate's callers over this store. What the gate does in threads is done at once: it is the same work."""

    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    admitting = Admitting(world.store, world.secret, secrets.token_bytes, lambda: None)
    load: Callable[[Callable[[], None]], Awaitable[None]] = at_once
    tokens = Tokens(partial(admit_token, admitting), KeySets(lambda: 0.0), at_once, load)
    return Callers(partial(admit, world.store), at_once, world.secret, partial(pseudonym, world.secret), tokens)


@contextmanager
def made() -> Iterator[Made]:
    """A store with subjects and keys, a law that trusts an issuer, and tokens of other people."""
    now = datetime.now(UTC).replace(microsecond=0)
    curve = ECKey.import_key(ec.generate_private_key(ec.SECP256R1()), {"kid": "ec"})
    modulus = RSAKey.import_key(rsa.generate_private_key(65_537, 2048), {"kid": "rsa"})
    law = read_files([SourceFile("law.yaml", law_text(curve, modulus).encode(), lambda _: None)]).rulebook(1)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        store = create_store(state, now)
        secret = create_secret(state, secrets.token_bytes)
        issued = [key_of(store, number, secret, now) for number in range(CALLERS)]
        tokens = [token_of(curve, "ES256", number, now) for number in range(CALLERS)]
        yield Made(store, secret, law, now, issued, tokens, [token_of(modulus, "RS256", n, now) for n in range(200)])
        store.close()


def key_of(store: SqlStore, number: int, secret: bytes, now: datetime) -> str:
    subject = f"person-{number}"
    store.add_subject(subject, "person", actor="bench", at=now)
    store.attest([Attestation(subject, "us_citizen", True, "bench", "seen", "high", now)], actor="bench", at=now)
    made_key = keys.create(store, subject, actor="bench", now=now, pepper=secret, random_bytes=secrets.token_bytes)
    return made_key[1]


def token_of(key: ECKey | RSAKey, algorithm: str, number: int, now: datetime) -> str:
    at = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "sub": blake2b(f"{algorithm}-{number}".encode(), digest_size=16).hexdigest(),
        "aud": US,
        "client_id": "a-client-of-ordinary-length",
        "iat": at - 5,
        "exp": at + 3600,
        "jti": blake2b(f"{number}".encode(), digest_size=16).hexdigest(),
        "scope": "openid profile models",
        "us_citizen": True,
        "nationalities": ["US"],
        "org": "acme.example",
        "name": "A Name Of Ordinary Length",
        "email": "somebody@acme.example",
    }
    head = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid}
    return jws.serialize_compact(head, json.dumps(claims).encode(), key, algorithms=[algorithm])


def law_text(*issuers: ECKey | RSAKey) -> str:
    pinned = json.dumps([dict(key.as_dict(private=False)) for key in issuers])
    return (
        "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'https://m.bench.test'}\n---\n"
        "order: o\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\nmodels: [m]\n"
        "forbids: not us_citizen or ip_country == 'IR'\n---\n"
        f"trust: t\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\nattester: {ISSUER}\ncarriers: [jwt]\n"
        f"audience: ['{US}']\nalgorithms: [ES256, RS256]\nlevel: high\nkeys: {{pinned: {pinned}}}\n"
        "facts: {us_citizen: {claim: us_citizen}, citizenships: {claim: nationalities}, org: {claim: org}}\n"
    )


def section(costs: list[Cost]) -> str:
    """Markdown."""
    by_name = {cost.what: cost.each for cost in costs}
    slowest = max(by_name["a key that is known"], by_name["a token that is known"])
    checked = by_name["a token's signature and claims (ES256)"]
    return "\n\n".join(
        (
            "## Who is asking, at the gate",
            f"CPU time of one thread, {CALLERS:,} callers, tokens of {3} facts with pinned keys.",
            table(("what", "µs"), [(cost.what, f"{cost.each:.1f}") for cost in costs]),
            goals(
                (
                    goal(
                        "a key or a token that is known",
                        f"{KNOWN_GOAL:.0f} µs",
                        f"{slowest:.1f} µs",
                        slowest <= KNOWN_GOAL,
                    ),
                    goal("first check of a token", f"{FIRST_GOAL:.0f} µs", f"{checked:.0f} µs", checked <= FIRST_GOAL),
                )
            ),
        )
    )
