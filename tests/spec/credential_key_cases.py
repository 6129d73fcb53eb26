"""Cases of `vectors/credentials/`: ID tokens and key sets. `None` is what is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.credentials.issuing import (
    AT,
    NONCE,
    access_claims,
    access_token,
    b64,
    header,
    id_token,
    json64,
    public,
    sign,
)
from tests.spec.credential_token_cases import OTHER, Case, Issuers, access_tokens, case

from licet.credentials.refusal import Reason


def id_tokens(of: Issuers) -> Iterator[Case]:
    """OpenID Connect Core 1.0, sections 2 and 3.1.3.7."""
    key, us = of.es256, {"client_id": "our-client", "nonce": NONCE}

    def a(name: str, why: str, reason: Reason | None, **changes: Any) -> Case:
        return case(name, why, reason, id_token(key, **changes), **us)

    yield a("a sign-in", "It is in order.", None)
    yield case("with its type", "`JWT` says no more.", None, sign(key, header(key, "JWT"), id_claims()), **us)
    yield a("azp is us", "Section 2.", None, azp="our-client")
    plain = {"alg": "ES256", "kid": "es256"}
    listed = sign(key, plain, {**id_claims(), "aud": ["our-client"]})
    yield case("audience as a list", "Section 2.", None, listed, **us)
    for name, changes in (
        ("another audience", {"aud": "x"}),
        ("one audience more", {"aud": ["our-client", "x"]}),
        ("another azp", {"azp": "x"}),
    ):
        token = sign(key, plain, {**id_claims(), **changes})
        yield case(name, "Section 3.1.3.7, items 3 to 5.", Reason.AUDIENCE, token, **us)
    yield case(
        "another nonce",
        "Section 3.1.3.7, item 11.",
        Reason.NONCE,
        id_token(key),
        client_id="our-client",
        nonce="n-other",
    )
    yield case(
        "nonce is a number",
        "We always send a text.",
        Reason.MISSING_CLAIM,
        sign(key, plain, {**id_claims(), "nonce": 1}),
        **us,
    )
    yield a("expired", "Past the skew.", Reason.EXPIRED, exp=AT - 61)
    yield a("issued later", "Past the skew.", Reason.NOT_YET_VALID, iat=AT + 61)
    yield case("an access token instead", "RFC 8725, section 3.11.", Reason.TOKEN_TYPE, access_token(key), **us)
    yield case(
        "a logout token instead",
        "RFC 8725, section 3.11.",
        Reason.TOKEN_TYPE,
        sign(key, header(key, "logout+jwt"), id_claims()),
        **us,
    )
    yield a("another issuer", "It is not the one that was asked.", Reason.ISSUER_NOT_TRUSTED, iss=OTHER)
    yield case("a stranger's key", "It is not the issuer's.", Reason.SIGNATURE, id_token(of.stranger), **us)
    none = json64({"alg": "none"})
    yield case("alg none", "RFC 8725, section 3.2.", Reason.ALGORITHM, f"{none}.{json64(id_claims())}.", **us)


def id_claims() -> dict[str, Any]:
    return {**access_claims(client_id=None, jti=None), "aud": "our-client", "nonce": NONCE}


def key_sets(of: Issuers) -> Iterator[Case]:
    """RFC 7517; each `token` is the text of a set."""
    good = public(of.es256)

    def a(name: str, why: str, reason: Reason | None, *listed: Any) -> Case:
        return case(name, why, reason, json.dumps({"keys": listed}))

    yield a("of every kind", "These verify.", None, *(public(key) for key in of[:4]))
    yield a("empty", "An issuer may have none for now.", None)
    yield a(
        "kinds and uses that are unknown",
        "They are passed over: RFC 7517, section 5.",
        None,
        good,
        {"kty": "new"},
        {**good, "use": "enc"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
    )
    yield a("a private key", "It was published by mistake.", Reason.PRIVATE_KEY, of.es256.as_dict(private=True))
    yield a("a symmetric key", "It must never be public.", Reason.PRIVATE_KEY, {"kty": "oct", "k": "AAAA"})
    yield a("not on its curve", "It verifies nothing.", Reason.KEY_SET, {**good, "y": good["x"]})
    yield a("a short coordinate", "RFC 7518, section 6.2.1.2.", Reason.KEY_SET, {**good, "x": b64(b"\1" * 31)})
    yield a("padding", "There is one spelling, or thumbprints differ.", Reason.ENCODING, {**good, "x": good["x"] + "="})
    yield a("no coordinate", "RFC 7518, section 6.2.1.", Reason.KEY_SET, {"kty": "EC", "crv": "P-256", "x": good["x"]})
    yield a(
        "zeros before a modulus",
        "RFC 7518, section 6.3.1.1.",
        Reason.KEY_SET,
        {"kty": "RSA", "e": "AQAB", "n": b64(bytes(1) + b"\xff" * 256)},
    )
    yield a(
        "a modulus past 8192 bits",
        "One signature would cost milliseconds.",
        Reason.KEY_SET,
        {"kty": "RSA", "e": "AQAB", "n": b64(b"\xff" * 1025)},
    )
    yield a("an even exponent", "It is no RSA key.", Reason.KEY_SET, {"kty": "RSA", "e": "Ag", "n": b64(b"\xff" * 256)})
    yield a(
        "31 bytes of Ed25519",
        "RFC 8032, section 5.1.5.",
        Reason.KEY_SET,
        {"kty": "OKP", "crv": "Ed25519", "x": b64(b"\1" * 31)},
    )
    yield a("a name that is a number", "RFC 7517, section 4.5.", Reason.KEY_SET, {**good, "kid": 1})
    yield a("no kty", "RFC 7517, section 4.1.", Reason.KEY_SET, {"crv": "P-256"})
    yield a("a text instead of a key", "Section 5.1.", Reason.KEY_SET, "key")
    yield a("65 keys", "It is not read.", Reason.KEY_SET, *([good] * 65))
    yield case("no keys", "RFC 7517, section 5.1.", Reason.KEY_SET, "{}")
    yield case("a key twice", "Parsers take the first or the last.", Reason.DUPLICATE_KEY, '{"keys":[],"keys":[]}')
    yield case("not JSON", "It is a page that says so.", Reason.MALFORMED, "<html>")
    yield case("larger than 256 KiB", "It is not read.", Reason.TOO_LARGE, '{"keys":[]}', spaces=262_144)


MAKERS: dict[str, Callable[[Issuers], Iterator[Case]]] = {
    "access-tokens": access_tokens,
    "id-tokens": id_tokens,
    "key-sets": key_sets,
}
