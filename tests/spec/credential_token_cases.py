"""Cases of `vectors/credentials/`: access tokens, ID tokens and key sets. `None` is what is accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.credentials.issuing import (
    AT,
    ISSUER,
    US,
    Jwk,
    access_claims,
    access_token,
    b64,
    header,
    json64,
    new_key,
    public,
    sign,
)

from licet.credentials.refusal import Reason


class Case(NamedTuple):
    """A case: what it is, why it is answered so, how it is refused (None: it is not), its input."""

    name: str
    why: str
    reason: Reason | None
    token: str
    given: dict[str, Any]


def case(name: str, why: str, reason: Reason | None, token: str, **given: Any) -> Case:
    return Case(name, why, reason, token, given)


class Issuers(NamedTuple):
    """Keys: the issuer's, of each algorithm, one that is short; and those of another issuer and of a stranger."""

    es256: Jwk
    es384: Jwk
    ed25519: Jwk
    rsa: Jwk
    short: Jwk
    other: Jwk
    stranger: Jwk


def new_issuers() -> Issuers:
    return Issuers(
        new_key(kid="es256"),
        new_key("P-384", "es384"),
        new_key("Ed25519", "ed25519"),
        new_key("RSA", "rsa"),
        new_key("RSA1024", "short"),
        new_key(kid="other"),
        new_key(kid="es256"),
    )


OTHER = "https://other.example"
SCIM_ONLY = "https://scim.example"


def trusts() -> list[dict[str, Any]]:
    """The trust documents of every case that says nothing else."""
    facts = {
        "us_citizen": {"claim": "us_citizen", "level": "high"},
        "citizenships": {"claim": "nationalities", "level": "high"},
        "org": {"claim": "org", "only": ["acme", "globex"], "level": "low"},
    }
    common = {
        "audience": [US],
        "types": ["https://id.example/vct/person"],
        "algorithms": ["ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256"],
        "framework": "",
    }
    signed = ["jwt", "oidc", "sd-jwt-vc"]
    return [
        {"attester": ISSUER, "carriers": signed, "facts": facts, **common},
        {"attester": OTHER, "carriers": signed, "facts": {"staff": {"value": True, "level": "low"}}, **common},
        {"attester": SCIM_ONLY, "carriers": ["scim"], "facts": facts, **common},
    ]


def keys(of: Issuers) -> dict[str, list[dict[str, Any]]]:
    """The JWK sets of the issuers."""
    issuer = [public(key) for key in (of.es256, of.es384, of.ed25519, of.rsa, of.short)]
    return {ISSUER: issuer, OTHER: [public(of.other)], SCIM_ONLY: issuer}


def verified(claims: dict[str, Any], framework: str = "eidas", **verification: Any) -> dict[str, Any]:
    return {"verification": {"trust_framework": framework, **verification}, "claims": claims}


def access_tokens(of: Issuers) -> Iterator[Case]:
    """RFC 9068."""
    for name, key, algorithm in (
        ("ES256", of.es256, "ES256"),
        ("ES384", of.es384, "ES384"),
        ("EdDSA", of.ed25519, "EdDSA"),
        ("Ed25519", of.ed25519, "Ed25519"),
        ("RS256", of.rsa, "RS256"),
        ("PS256", of.rsa, "PS256"),
    ):
        yield case(f"signed with {name}", "The trust document allows it.", None, access_token(key, algorithm))
    yield from _accepted(of.es256)
    yield from _claims_refused(of.es256)
    yield from _signatures_refused(of)
    yield from spelling_refused(of.es256, "at+jwt", access_claims())


def _accepted(key: Jwk) -> Iterator[Case]:
    def token(**changes: Any) -> str:
        return access_token(key, **changes)

    yield case(
        "no kid", "Each key that fits is tried.", None, sign(key, {"alg": "ES256", "typ": "at+jwt"}, access_claims())
    )
    full = {"alg": "ES256", "typ": "application/AT+JWT", "kid": "es256"}
    yield case("the whole media type", "RFC 7515, section 4.1.9.", None, sign(key, full, access_claims()))
    chain = {**header(key, "at+jwt"), "x5c": ["MIIB"], "x5t": "abc"}
    yield case(
        "a certificate chain",
        "It is passed over: the keys are the issuer's set.",
        None,
        sign(key, chain, access_claims()),
    )
    yield case("one of several audiences", "RFC 7519, section 4.1.3.", None, token(aud=["https://x.example", US]))
    yield case("just expired", "60 seconds of skew.", None, token(exp=AT - 59))
    yield case("just to come", "60 seconds of skew.", None, token(iat=AT + 59, nbf=AT + 59))
    yield case("fraction of a second", "RFC 7519, section 2: a NumericDate may have one.", None, token(iat=AT - 0.5))
    yield case("scopes", "RFC 9068, section 2.2.3.", None, token(scope="model:m family:f"))
    yield case(
        "acting", "RFC 8693, section 4.1: the outermost acts.", None, token(act={"sub": "agent", "act": {"sub": "a0"}})
    )
    yield case(
        "no facts",
        "Who asks is known even where nothing is said of them.",
        None,
        token(us_citizen=None, nationalities=None),
    )
    yield case("a value that is not believed", "It withdraws what was said before.", None, token(org="initech"))
    yield case("null", "A claim without a value says nothing.", None, access_with_null(key))
    ida = verified({"nationalities": ["US", "FR"]}, assurance_level="substantial")
    yield case(
        "verified claims",
        "They come before others, at their own level where it is lower.",
        None,
        token(verified_claims=ida),
    )
    odd = verified({"nationalities": ["US"]}, assurance_level="gold")
    yield case("a level in no table", "It is below all others.", None, token(verified_claims=[odd]))
    complete = {"known": ["US"], "complete": True}
    yield case("a complete set", "An issuer may say that there are no others.", None, token(nationalities=complete))


def access_with_null(key: Jwk) -> str:
    return sign(key, header(key, "at+jwt"), {**access_claims(), "nationalities": None})


def _claims_refused(key: Jwk) -> Iterator[Case]:
    def token(**changes: Any) -> str:
        return access_token(key, **changes)

    for name in ("iss", "sub", "aud", "client_id", "exp", "iat", "jti"):
        yield case(f"no {name}", "RFC 9068, section 2.2.", Reason.MISSING_CLAIM, token(**{name: None}))
    yield case("expired", "Past the skew.", Reason.EXPIRED, token(exp=AT - 60))
    yield case("issued later", "Past the skew.", Reason.NOT_YET_VALID, token(iat=AT + 61))
    yield case("valid later", "Past the skew.", Reason.NOT_YET_VALID, token(nbf=AT + 61))
    for name, value in (("text", "1"), ("true", True), ("negative", -1), ("past 9999", 10**15), ("a list", [AT])):
        yield case(f"exp is {name}", "RFC 7519, section 2.", Reason.TIME, token(exp=value))
    yield case("iat is text", "RFC 7519, section 2.", Reason.TIME, token(iat="now"))
    yield case("nbf is text", "RFC 7519, section 2.", Reason.TIME, token(nbf="now"))
    yield case("another audience", "RFC 9068, section 4.", Reason.AUDIENCE, token(aud="https://x.example"))
    yield case("part of an audience", "It is compared as a whole.", Reason.AUDIENCE, token(aud=US + "/"))
    yield case("audience is an object", "RFC 7519, section 4.1.3.", Reason.MISSING_CLAIM, token(aud={"a": US}))
    yield case("sub is a number", "RFC 7519, section 4.1.2.", Reason.MISSING_CLAIM, token(sub=1))
    yield case("scope is a list", "RFC 8693, section 4.2.", Reason.MISSING_CLAIM, token(scope=["a"]))
    yield case("scope with two spaces", "RFC 6749, section 3.3.", Reason.MISSING_CLAIM, token(scope="a  b"))
    for name, act in (
        ("text", "agent"),
        ("without sub", {"act": {"sub": "a"}}),
        ("of another issuer", {"sub": "a", "iss": OTHER}),
        ("five deep", {"sub": "a", "act": {"sub": "b", "act": {"sub": "c", "act": {"sub": "d", "act": {"sub": "e"}}}}}),
        ("null", {"sub": "a", "act": "b"}),
    ):
        yield case(f"act {name}", "RFC 8693, section 4.1.", Reason.ACTOR, token(act=act))
    yield case("a fraction for a fact", "No fact has one.", Reason.CLAIM_VALUE, token(us_citizen=0.5))
    yield case("an object for a fact", "No fact has one.", Reason.CLAIM_VALUE, token(us_citizen={"a": 1}))
    yield case("a member twice", "A set has each member once.", Reason.CLAIM_VALUE, token(nationalities=["US", "US"]))
    yield case(
        "verified claims without framework",
        "OpenID Identity Assurance.",
        Reason.CLAIM_VALUE,
        token(verified_claims={"claims": {}}),
    )
    two = [verified({"us_citizen": True}), verified({"us_citizen": False})]
    yield case(
        "verified twice, and otherwise",
        "Which of the two holds is unknown.",
        Reason.CONTRADICTORY,
        token(verified_claims=two),
    )
    yield case(
        "issuer that is not trusted",
        "No trust document names it.",
        Reason.ISSUER_NOT_TRUSTED,
        token(iss="https://evil.example"),
    )
    yield case(
        "issuer with a slash more", "It is compared as a whole.", Reason.ISSUER_NOT_TRUSTED, token(iss=ISSUER + "/")
    )
    yield case(
        "issuer trusted by another carrier",
        "It is believed by SCIM only.",
        Reason.CARRIER_NOT_TRUSTED,
        token(iss=SCIM_ONLY),
    )


def _signatures_refused(of: Issuers) -> Iterator[Case]:
    claims, key = access_claims(), of.es256
    yield case(
        "a stranger's key of the same name", "It is not the issuer's.", Reason.SIGNATURE, access_token(of.stranger)
    )
    yield case("another issuer's key", "Each issuer has its own keys.", Reason.UNKNOWN_KEY, access_token(of.other))
    spoken_for = access_claims(iss=OTHER)
    yield case(
        "in another issuer's name",
        "Each issuer has its own keys.",
        Reason.UNKNOWN_KEY,
        sign(key, header(key, "at+jwt"), spoken_for),
    )
    yield case("a short key", "RFC 7518, section 3.3.", Reason.WEAK_KEY, access_token(of.short, "RS256"))
    none = json64({"alg": "none", "typ": "at+jwt"})
    yield case("alg none", "RFC 8725, section 3.2.", Reason.ALGORITHM, f"{none}.{json64(claims)}.")
    for name in ("None", "HS256", "ES256K", "RS1"):
        head = json64({"alg": name, "typ": "at+jwt", "kid": "es256"})
        yield case(
            f"alg {name}", "It is in no trust document.", Reason.ALGORITHM, f"{head}.{json64(claims)}.{b64(bytes(64))}"
        )
    head = json64({"alg": "ES384", "typ": "at+jwt", "kid": "es256"})
    signature = access_token(key).rsplit(".", 1)[1]
    yield case("alg swapped", "The key is for another one.", Reason.UNKNOWN_KEY, f"{head}.{json64(claims)}.{signature}")
    yield case(
        "ES512 is not allowed here",
        "The trust document pins the others.",
        Reason.ALGORITHM,
        sign(new_key("P-521"), header(key, "at+jwt", "ES512"), claims),
    )
    parts = access_token(key).split(".")
    yield case(
        "other claims, same signature",
        "They are signed.",
        Reason.SIGNATURE,
        f"{parts[0]}.{json64({**claims, 'sub': 'x'})}.{parts[2]}",
    )
    yield case("no signature", "It is empty.", Reason.SIGNATURE, f"{parts[0]}.{parts[1]}.")
    yield case(
        "signature of zeros", "r and s are from 1 on.", Reason.SIGNATURE, f"{parts[0]}.{parts[1]}.{b64(bytes(64))}"
    )
    yield case(
        "signature in ASN.1",
        "JOSE has both numbers, each 32 bytes.",
        Reason.SIGNATURE,
        f"{parts[0]}.{parts[1]}.{b64(b'0' * 70)}",
    )


def spelling_refused(key: Jwk, typ: str, claims: dict[str, Any]) -> Iterator[Case]:
    """What no token of any type may be."""
    head = header(key, typ)
    good = sign(key, head, claims)
    parts = good.split(".")

    def headed(**more: Any) -> str:
        return sign(key, {k: v for k, v in {**head, **more}.items() if v is not None}, claims)

    yield case("another type", "RFC 8725, section 3.11.", Reason.TOKEN_TYPE, headed(typ="other+jwt"))
    yield case(
        "type is a list", "RFC 7515, section 4.1.9.", Reason.TOKEN_TYPE, raw_header(good, {**head, "typ": [typ]})
    )
    for name, value in (
        ("jku", "https://evil.example/k"),
        ("x5u", "https://evil.example/c"),
        ("jwk", public(new_key())),
    ):
        yield case(
            f"{name} in the header",
            "RFC 8725, section 3.10.",
            Reason.KEY_IN_HEADER,
            raw_header(good, {**head, name: value}),
        )
    yield case("crit", "RFC 7515, section 4.1.11.", Reason.CRITICAL, raw_header(good, {**head, "crit": ["exp"]}))
    yield case("b64", "RFC 7797.", Reason.CRITICAL, raw_header(good, {**head, "b64": False}))
    yield case("no alg", "RFC 7515, section 4.1.1.", Reason.MALFORMED, raw_header(good, {"typ": typ}))
    yield case("kid is a number", "RFC 7515, section 4.1.4.", Reason.MALFORMED, raw_header(good, {**head, "kid": 1}))
    yield case(
        "a key that the issuer has not", "It may be old, or somebody else's.", Reason.UNKNOWN_KEY, headed(kid="k-none")
    )
    yield case("empty", "Nothing is there.", Reason.MALFORMED, "")
    yield case("two parts", "RFC 7515, section 3.1.", Reason.MALFORMED, ".".join(parts[:2]))
    yield case("five parts", "What is encrypted is not read.", Reason.MALFORMED, ".".join([*parts, "a", "b"]))
    yield case("a letter that is not ASCII", "RFC 7515, section 3.1.", Reason.MALFORMED, good + "é")
    yield case("a space at the end", "There is one spelling.", Reason.ENCODING, good + " ")
    yield case("a line's end", "There is one spelling.", Reason.ENCODING, good + "\n")
    yield case("padding", "RFC 7515, section 2.", Reason.ENCODING, f"{parts[0]}.{parts[1]}.{parts[2]}==")
    yield case(
        "plus and slash",
        "The alphabet is that of RFC 4648, section 5.",
        Reason.ENCODING,
        f"{parts[0]}.{parts[1]}.+/{parts[2][2:]}",
    )
    yield case(
        "bits past the end",
        "RFC 4648, section 3.5.",
        Reason.ENCODING,
        f"{parts[0]}.{parts[1]}.{parts[2][:-1]}{_next(parts[2][-1])}",
    )
    yield case(
        "one letter too many", "No bytes have this length.", Reason.ENCODING, f"{parts[0]}.{parts[1]}.{parts[2]}AAA"
    )
    yield case(
        "larger than 16 Ki", "It is not read.", Reason.TOO_LARGE, sign(key, head, {**claims, "filler": "x" * 16_384})
    )
    yield from _json_refused(key, head, json.dumps(claims))


def _json_refused(key: Jwk, head: dict[str, Any], text: str) -> Iterator[Case]:
    def with_more(more: str) -> str:
        return sign(key, head, f"{text[:-1]},{more}}}".encode())

    yield case(
        "a key twice",
        "Parsers take the first or the last.",
        Reason.DUPLICATE_KEY,
        with_more('"iss":"https://evil.example"'),
    )
    yield case("a key twice, once escaped", "It is the same key.", Reason.DUPLICATE_KEY, with_more('"\\u0069ss":"x"'))
    yield case(
        "a key twice, deep inside",
        "Parsers take the first or the last.",
        Reason.DUPLICATE_KEY,
        with_more('"a":[{"b":1,"b":2}]'),
    )
    deep = "[" * 21 + "]" * 21
    yield case("nested deeply", "20 are enough.", Reason.TOO_DEEP, with_more(f'"a":{deep}'))
    yield case(
        "nested beyond all stacks",
        "It is refused before it is read.",
        Reason.TOO_DEEP,
        with_more('"a":' + "[" * 5000 + "]" * 5000),
    )
    yield case("a huge number", "Past 64 bits, parsers round.", Reason.NUMBER, with_more('"a":' + "9" * 30))
    yield case("a number of 10,000 digits", "It costs time to read.", Reason.NUMBER, with_more('"a":' + "9" * 10_000))
    yield case("an infinite number", "No double holds it.", Reason.NUMBER, with_more('"a":1e999'))
    yield case("NaN", "RFC 8259 has none.", Reason.MALFORMED, with_more('"a":NaN'))
    yield case("half of a surrogate pair", "No UTF-8 has it.", Reason.MALFORMED, with_more('"a":"\\ud800"'))
    yield case("not UTF-8", "RFC 8259, section 8.1.", Reason.MALFORMED, sign(key, head, b'{"iss":"\xff"}'))
    yield case(
        "a byte order mark",
        "RFC 8259, section 8.1.",
        Reason.MALFORMED,
        sign(key, head, b"\xef\xbb\xbf" + text.encode()),
    )
    yield case(
        "text after the object", "There is one value.", Reason.MALFORMED, sign(key, head, f"{text}{text}".encode())
    )
    yield case("claims are a list", "RFC 7519, section 3.", Reason.MALFORMED, sign(key, head, b"[]"))


def raw_header(good: str, head: dict[str, Any]) -> str:
    """A token with another header: whatever it is signed with, the header is looked at before."""
    return f"{json64(head)}.{good.split('.', 1)[1]}"


def _next(letter: str) -> str:
    """The letter whose last bits, which no byte has, differ."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(letter) ^ 1]
