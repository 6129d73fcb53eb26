"""Credentials: what the first look at a token costs, and how many presentations one core reads in a second."""

from __future__ import annotations

import json
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from time import process_time
from typing import Any, NamedTuple
from zlib import compress

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from bench.figures import goal, goals, table
from licet.core.trust import Trust, Trusted
from licet.credentials.access_token import read_access_token
from licet.credentials.key_set import KeySet, key_set_of
from licet.credentials.presentation import read_presentation
from licet.credentials.status_list import check_status, read_status_list

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, US, TYPE = "https://id.example", "https://gate.example", "https://id.example/vct/person"
LIST, NONCE = "https://id.example/status/1", "n-0S6_WzA2Mj"
STATUSES = 1_000_000
ALGORITHMS = ("ES256", "EdDSA", "RS256", "PS256")
REGISTRY = jws.JWSRegistry(algorithms=list(ALGORITHMS))
TOKENS, PRESENTATIONS = 2_000, 3_000
Say = Callable[[str], None]
Jwk = ECKey | OKPKey | RSAKey


class Measured(NamedTuple):
    """Microseconds of CPU: for each algorithm with our reader and with joserfc's signature alone; a presentation."""

    tokens: dict[str, tuple[float, float]]
    presentation: float
    look_up: float
    list_ms: float


def run(say: Say) -> str:
    """Measure; the section for the results."""
    return section(measure(say))


def measure(say: Say) -> Measured:
    tokens = {algorithm: token_costs(algorithm, say) for algorithm in ALGORITHMS}
    presentation, look_up, list_ms = presentation_costs()
    say(f"credentials  presentation {presentation:.0f} µs  status {look_up:.2f} µs  list {list_ms:.1f} ms")
    return Measured(tokens, presentation, look_up, list_ms)


def token_costs(algorithm: str, say: Say) -> tuple[float, float]:
    """Microseconds to read an access token, and for joserfc to check the signature of the same one."""
    key = new_key(algorithm)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": US,
        "client_id": "app",
        "jti": "j1",
        "scope": "model:m",
    }
    claims |= {"iat": AT - 10, "exp": AT + 600, "us_citizen": True, "nationalities": ["US"]}
    token = signed(key, {"alg": algorithm, "typ": "at+jwt", "kid": "k1"}, claims)
    trusts, keys = [trust()], keys_of(key)
    ours = cost(lambda: read_access_token(token, trusts, keys, NOW), TOKENS)
    theirs = cost(lambda: jws.deserialize_compact(token, key, registry=REGISTRY), TOKENS)
    say(f"credentials  access token {algorithm:6} {ours:4.0f} µs  (joserfc's signature alone {theirs:.0f} µs)")
    return ours, theirs


def presentation_costs() -> tuple[float, float, float]:
    """Microseconds of a presentation with its status, of the status alone; milliseconds to read the list."""
    issuer, holder = new_key("ES256"), new_key("ES256")
    token, keys, trusts = presentation(issuer, holder), keys_of(issuer), [trust()]
    listed = status_list(issuer)
    found = read_status_list(listed, trusts[0], keys, uri=LIST, now=NOW)

    def read() -> None:
        presented = read_presentation(token, trusts, keys, audience=US, nonce=NONCE, now=NOW)
        assert presented.status is not None
        check_status(presented.status, found)

    whole = cost(read, PRESENTATIONS)
    look_up = cost(lambda: found.at(999_999), 100_000)
    return whole, look_up, cost(lambda: read_status_list(listed, trusts[0], keys, uri=LIST, now=NOW), 20) / 1000


def presentation(issuer: Jwk, holder: Jwk) -> str:
    """A credential of 10 claims, all hidden, of which one is disclosed; with key binding."""
    hidden = [b64(json.dumps([b64(bytes([n] * 16)), name, True]).encode()) for n, name in enumerate(CLAIMS)]
    claims: dict[str, Any] = {"iss": ISSUER, "vct": TYPE, "iat": AT - 86_400, "exp": AT + 86_400, "_sd_alg": "sha-256"}
    claims |= {"cnf": {"jwk": holder.as_dict(private=False)}, "_sd": [hashed(each) for each in hidden]}
    claims |= {"status": {"status_list": {"idx": 999_999, "uri": LIST}}}
    presented = f"{signed(issuer, {'alg': 'ES256', 'typ': 'dc+sd-jwt', 'kid': 'k1'}, claims)}~{hidden[0]}~"
    binding = {"nonce": NONCE, "aud": US, "iat": AT - 5, "sd_hash": hashed(presented)}
    return presented + signed(holder, {"alg": "ES256", "typ": "kb+jwt"}, binding)


CLAIMS = ("us_citizen", "given_name", "family_name", "birthdate", "sex", "address", "number", "place", "email", "phone")


def status_list(issuer: Jwk) -> str:
    """A list of a million statuses of one bit, of which one in a hundred is revoked."""
    content = bytearray(STATUSES // 8)
    for position in Random(1).sample(range(STATUSES - 1), STATUSES // 100):
        content[position // 8] |= 1 << position % 8
    claims = {"sub": LIST, "iat": AT - 60, "ttl": 300, "status_list": {"bits": 1, "lst": b64(compress(bytes(content)))}}
    return signed(issuer, {"alg": "ES256", "typ": "statuslist+jwt", "kid": "k1"}, claims)


def new_key(algorithm: str) -> Jwk:
    parameters: Any = {"kid": "k1"}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", parameters)
    return RSAKey.generate_key(2048, parameters)


def signed(key: Jwk, header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, registry=REGISTRY)


def keys_of(key: Jwk) -> Callable[[Trust, str | None], KeySet]:
    found = key_set_of([key.as_dict(private=False)])
    return lambda _trust, _kid: found


def trust() -> Trust:
    facts = {"us_citizen": "us_citizen", "citizenships": "nationalities"}
    return Trust(
        name="trust-id",
        digest="",
        issued=NOW,
        from_=NOW,
        attester=ISSUER,
        carriers=frozenset(("jwt", "sd-jwt-vc")),
        facts={name: Trusted(claim, None, frozenset(), "high") for name, claim in facts.items()},
        audience=(US,),
        types=(TYPE,),
        algorithms=ALGORITHMS,
    )


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def hashed(text: str) -> str:
    return b64(sha256(text.encode()).digest())


def cost(work: Callable[[], object], times: int) -> float:
    """Microseconds of this process's CPU for one time: the best of five fifths."""
    work()
    found = []
    for _ in range(5):
        begin = process_time()
        for _ in range(times // 5):
            work()
        found.append((process_time() - begin) / (times // 5))
    return min(found) * 1e6


def section(found: Measured) -> str:
    rows = [(name, f"{ours:.0f} µs", f"{theirs:.0f} µs") for name, (ours, theirs) in found.tokens.items()]
    slowest = max(found.tokens[name][0] for name in ("ES256", "EdDSA", "RS256"))
    rate = 1e6 / found.presentation
    wanted = [
        goal("first verification of a token", "<= 250 µs", f"{slowest:.0f} µs", slowest <= 250),
        goal("presentations on one core", ">= 1,500/s", f"{rate:,.0f}/s", rate >= 1_500),
    ]
    return f"""## Credentials

CPU of one process for an access token (RFC 9068) that was never seen before, with a key set that was: form, signature,
every claim, facts. Beside it, what joserfc takes for the signature of the same token alone.

{table(("access token", "read", "joserfc, signature alone"), rows)}

A presentation (SD-JWT VC of 10 hidden claims, one disclosed; ES256 by issuer and holder) with the look-up of its status
in a list of {STATUSES:,} that was read takes {found.presentation:.0f} µs, the look-up {found.look_up:.2f} µs of it.
Reading such a list takes {found.list_ms:.1f} ms.

{goals(wanted)}
"""


if __name__ == "__main__":
    print(run(lambda line: print(line, file=sys.stderr)))
