"""Whatever is presented: it is accepted as it was made, or refused with a reason; nothing else happens."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.credentials.issuing import (
    ISSUER,
    LIST,
    NONCE,
    NOW,
    TYPE,
    US,
    access_claims,
    access_token,
    b64,
    credential_claims,
    digest,
    header,
    id_token,
    issued,
    json64,
    keys_of,
    new_key,
    present,
    raw,
    sign,
    status_token,
    trust,
)

from licet.credentials.access_token import read_access_token
from licet.credentials.id_token import read_id_token
from licet.credentials.key_set import read_key_set
from licet.credentials.presentation import read_presentation
from licet.credentials.refusal import CredentialRefused
from licet.credentials.status_list import read_status_list

KEY, HOLDER = new_key(), new_key(kid=None)
CREDENTIAL, SHOWN = issued(KEY, HOLDER, {"us_citizen": True, "nationalities": ["US"]})
KEYS, TRUST = keys_of(KEY), trust()

READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "access token": (access_token(KEY), lambda text: read_access_token(text, [TRUST], KEYS, NOW)),
    "ID token": (
        id_token(KEY),
        lambda text: read_id_token(text, TRUST, KEYS, client_id="our-client", nonce=NONCE, now=NOW),
    ),
    "presentation": (
        present(CREDENTIAL, SHOWN.values(), HOLDER),
        lambda text: read_presentation(text, [TRUST], KEYS, audience=US, nonce=NONCE, now=NOW),
    ),
    "status list": (
        status_token(KEY, [0, 1]),
        lambda text: read_status_list(text, TRUST, KEYS, uri=LIST, now=NOW),
    ),
}
EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LETTERS = st.sampled_from('ABab019-_.~=+/{}"\\ \né\ud800\0')


@st.composite
def mutations(draw: st.DrawFn, good: str) -> str:
    """A text that is not `good`: letters changed, left out, put in; pieces moved or repeated."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 1, 1, 2, 40))))
        piece = draw(st.one_of(st.just(""), st.text(LETTERS, max_size=4), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.parametrize("name", READERS)
@EXAMPLES
@given(data=st.data())
def test_a_changed_token_is_never_accepted(name: str, data: st.DataObject) -> None:
    good, read = READERS[name]
    text = data.draw(mutations(good))
    if text != good:
        with pytest.raises(CredentialRefused):
            read(text)


@pytest.mark.parametrize("name", READERS)
@EXAMPLES
@given(text=st.text(LETTERS | st.characters(), max_size=200))
def test_a_text_that_is_no_token_is_refused(name: str, text: str) -> None:
    with pytest.raises(CredentialRefused):
        READERS[name][1](text)


NAMES = [
    *("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "act", "nonce"),
    *("azp", "cnf", "vct", "status", "_sd", "_sd_alg", "...", "us_citizen", "nationalities", "org", "verified_claims"),
    *(
        "verification",
        "claims",
        "trust_framework",
        "assurance_level",
        "known",
        "complete",
        "jwk",
        "kty",
        "crv",
        "x",
        "y",
    ),
    *("status_list", "idx", "uri", "bits", "lst", "ttl", "sd_hash", "keys", "kid", "alg", "use"),
    *("n", "e"),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        (ISSUER, US, TYPE, LIST, NONCE, "sha-256", "US", "AQAB", "EC", "P-256", "RSA", "OKP", digest("x"))
    )
    | st.text(max_size=5)
)
TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
CLAIMS = st.dictionaries(st.sampled_from(NAMES), TREES, max_size=4)


def survives(read: Callable[[str], object], text: str) -> None:
    """It is read, or refused."""
    try:
        read(text)
    except CredentialRefused as refused:
        assert refused.__context__ is None


@EXAMPLES
@given(claims=CLAIMS)
def test_whatever_an_issuer_signs_is_read_or_refused(claims: dict[str, Any]) -> None:
    for typ, whole in (("at+jwt", access_claims(**claims)), ("statuslist+jwt", claims)):
        token = sign(KEY, header(KEY, typ), whole)
        survives(READERS["access token" if typ == "at+jwt" else "status list"][1], token)
    survives(READERS["ID token"][1], sign(KEY, header(KEY, "JWT"), {**access_claims(aud="our-client"), **claims}))
    credential = sign(KEY, header(KEY, "dc+sd-jwt"), {**credential_claims(HOLDER), **claims})
    survives(READERS["presentation"][1], present(credential, [], HOLDER))


@EXAMPLES
@given(listed=st.lists(st.tuples(st.booleans(), TREES), max_size=4), claims=CLAIMS)
def test_whatever_is_disclosed_is_read_or_refused(listed: list[tuple[bool, Any]], claims: dict[str, Any]) -> None:
    disclosures = [json64(tree if odd else ["salt", "org", tree]) for odd, tree in listed]
    refer = {name: value for name, value in claims.items() if name not in ("_sd", "_sd_alg")}
    credential = raw(KEY, HOLDER, [digest(each) for each in disclosures], **refer)
    survives(READERS["presentation"][1], present(credential, disclosures, HOLDER))


@EXAMPLES
@given(claims=CLAIMS)
def test_whatever_a_holder_signs_is_read_or_refused(claims: dict[str, Any]) -> None:
    token = present(CREDENTIAL, [SHOWN["us_citizen"]], HOLDER)
    without = token[: token.rindex("~") + 1]
    survives(READERS["presentation"][1], without + sign(HOLDER, {"alg": "ES256", "typ": "kb+jwt"}, claims))


@EXAMPLES
@given(keys=st.lists(st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=6) | TREES, max_size=3))
def test_whatever_is_published_as_keys_is_read_or_refused(keys: list[Any]) -> None:
    survives(lambda text: read_key_set(text.encode()), json.dumps({"keys": keys}))


@EXAMPLES
@given(header_tree=st.dictionaries(st.sampled_from([*NAMES, "typ", "crit", "jku", "b64"]), TREES, max_size=3))
def test_whatever_a_header_says_is_read_or_refused(header_tree: dict[str, Any]) -> None:
    rest = access_token(KEY).split(".", 1)[1]
    survives(READERS["access token"][1], f"{json64({'alg': 'ES256', 'typ': 'at+jwt', **header_tree})}.{rest}")


@EXAMPLES
@given(packed=st.binary(max_size=60), bits=st.sampled_from((1, 2, 4, 8)), whole=st.booleans(), at=st.integers())
def test_whatever_a_list_holds_is_read_or_refused(packed: bytes, bits: int, whole: bool, at: int) -> None:
    lst = b64(zlib.compress(packed) if whole else packed)
    token = status_token(KEY, [], status_list={"bits": bits, "lst": lst})
    survives(lambda text: read_status_list(text, TRUST, KEYS, uri=LIST, now=NOW).at(at), token)
