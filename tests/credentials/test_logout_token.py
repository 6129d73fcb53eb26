"""Logout tokens: only the provider's own word, meant for us, counts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.credentials.issuing import AT, ISSUER, NOW, SECRET_SUBJECT, b64, json64, new_key, public, sign, trust

from licet.core.trust import Trust
from licet.credentials.key_set import KeySet, key_set_of
from licet.credentials.logout_token import EVENT, LogoutToken, read_logout_token
from licet.credentials.refusal import CredentialRefused, Reason

KEY = new_key()
OTHER = new_key()
CLIENT = "licet"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT,
    "iat": AT,
    "exp": AT + 120,
    "jti": "bWJq",
    "sub": SECRET_SUBJECT,
    "events": {EVENT: {}},
}
HEADER = {"alg": "ES256", "kid": "k1", "typ": "logout+jwt"}


def keys(_: Trust, __: str | None) -> KeySet:
    return key_set_of([public(KEY)])


def read(text: str) -> LogoutToken:
    return read_logout_token(text, (trust(),), keys, clients={ISSUER: CLIENT}, now=NOW)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


@pytest.mark.parametrize("header", [HEADER, {"alg": "ES256", "kid": "k1"}, HEADER | {"typ": "JWT"}])
def test_a_token_in_order_is_read(header: dict[str, Any]) -> None:
    found = read(sign(KEY, header, CLAIMS))
    assert (found.issuer, found.subject, found.id) == (ISSUER, SECRET_SUBJECT, "bWJq")
    assert SECRET_SUBJECT not in repr(found)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (CLAIMS | {"iss": "https://other.example"}, Reason.ISSUER_NOT_TRUSTED),
        (CLAIMS | {"aud": "another"}, Reason.AUDIENCE),
        (CLAIMS | {"aud": [CLIENT, "another"]}, Reason.AUDIENCE),
        (CLAIMS | {"exp": AT - 60}, Reason.EXPIRED),
        (CLAIMS | {"iat": AT + 61}, Reason.NOT_YET_VALID),
        (CLAIMS | {"nonce": "n"}, Reason.TOKEN_TYPE),
        (CLAIMS | {"events": {}}, Reason.TOKEN_TYPE),
        (CLAIMS | {"events": {EVENT: True}}, Reason.TOKEN_TYPE),
        (CLAIMS | {"events": [EVENT]}, Reason.TOKEN_TYPE),
        (without("events"), Reason.TOKEN_TYPE),
        (without("sub") | {"sid": "s"}, Reason.MISSING_CLAIM),
        (without("jti"), Reason.MISSING_CLAIM),
        (without("exp"), Reason.MISSING_CLAIM),
        (without("iat"), Reason.MISSING_CLAIM),
        (without("aud"), Reason.MISSING_CLAIM),
    ],
    ids=str,
)
def test_one_that_is_not_is_refused(claims: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(CredentialRefused) as caught:
        read(sign(KEY, HEADER, claims))
    assert caught.value.reason is reason
    assert SECRET_SUBJECT not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{json64({'alg': 'none'})}.{json64(CLAIMS)}.", Reason.ALGORITHM),
        (sign(OTHER, HEADER, CLAIMS), Reason.SIGNATURE),
        (sign(KEY, HEADER | {"typ": "at+jwt"}, CLAIMS), Reason.TOKEN_TYPE),
        (f"{json64(HEADER)}.{json64(CLAIMS)}.{b64(b'0' * 64)}", Reason.SIGNATURE),
        ("", Reason.MALFORMED),
    ],
)
def test_one_that_nobody_signed_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(CredentialRefused) as caught:
        read(text)
    assert caught.value.reason is reason
