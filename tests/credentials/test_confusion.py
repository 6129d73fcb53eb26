"""One token for another: claims that would do for every reader are read as what their type says, and no more."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.credentials.issuing import (
    AT,
    ISSUER,
    LIST,
    NONCE,
    NOW,
    TYPE,
    US,
    Jwk,
    b64,
    digest,
    header,
    keys_of,
    new_key,
    public,
    sign,
    trust,
)

from licet.credentials.access_token import read_access_token
from licet.credentials.id_token import read_id_token
from licet.credentials.logout_token import EVENT, read_logout_token
from licet.credentials.presentation import read_presentation
from licet.credentials.refusal import CredentialRefused
from licet.credentials.status_list import read_status_list

KEY = new_key()
TRUST = trust(carriers=frozenset(("jwt", "oidc", "sd-jwt-vc")), audience=(US,), types=(TYPE,))
KEYS = keys_of(KEY)


def everything(key: Jwk, typ: str | None, **changes: Any) -> str:
    """A token with all claims that any reader asks for."""
    claims = {
        "iss": ISSUER,
        "sub": LIST,
        "aud": US,
        "client_id": US,
        "azp": US,
        "iat": AT,
        "exp": AT + 300,
        "jti": "j",
        "nonce": NONCE,
        "events": {EVENT: {}},
        "vct": TYPE,
        "cnf": {"jwk": public(key)},
        "sd_hash": digest(""),
        "status_list": {"bits": 1, "lst": b64(zlib.compress(bytes(1)))},
        "us_citizen": True,
        "response_type": "vp_token",
        **changes,
    }
    head = {name: each for name, each in header(key, typ or "").items() if name != "typ" or typ is not None}
    return sign(key, head, {name: each for name, each in claims.items() if each is not None})


def presented(text: str) -> object:
    """The same as a credential, with a key binding by its holder."""
    binding = {"iat": AT, "aud": US, "nonce": NONCE, "sd_hash": digest(f"{text}~")}
    whole = f"{text}~{sign(KEY, header(KEY, 'kb+jwt'), binding)}"
    return read_presentation(whole, (TRUST,), KEYS, audience=US, nonce=NONCE, now=NOW)


READERS: dict[str, Callable[[str], object]] = {
    "access token": lambda text: read_access_token(text, (TRUST,), KEYS, NOW),
    "ID token": lambda text: read_id_token(text, TRUST, KEYS, client_id=US, nonce=NONCE, now=NOW),
    "logout token": lambda text: read_logout_token(text, (TRUST,), KEYS, clients={ISSUER: US}, now=NOW),
    "status list": lambda text: read_status_list(text, TRUST, KEYS, uri=LIST, now=NOW),
    "credential": presented,
}


def read_by(text: str) -> set[str]:
    """Which readers take it."""
    found = set()
    for name, read in READERS.items():
        try:
            read(text)
        except CredentialRefused:
            continue
        found.add(name)
    return found


@pytest.mark.parametrize(
    ("typ", "with_nonce", "without"),
    [
        ("at+jwt", {"access token"}, {"access token"}),
        ("application/AT+JWT", {"access token"}, {"access token"}),
        (None, {"ID token"}, {"logout token"}),
        ("JWT", {"ID token"}, {"logout token"}),
        ("logout+jwt", set(), {"logout token"}),
        ("statuslist+jwt", {"status list"}, {"status list"}),
        ("dc+sd-jwt", {"credential"}, {"credential"}),
        ("kb+jwt", set(), set()),
        ("oauth-authz-req+jwt", set(), set()),
        ("vc+sd-jwt", set(), set()),
        ("at+jwt ", set(), set()),
        ("application/application/at+jwt", set(), set()),
        ("\uff41t+jwt", set(), set()),
        ("", set(), set()),
    ],
)
def test_a_token_is_of_one_kind(typ: str | None, with_nonce: set[str], without: set[str]) -> None:
    assert read_by(everything(KEY, typ)) == with_nonce
    assert read_by(everything(KEY, typ, nonce=None)) == without


@pytest.mark.parametrize(
    "issuer",
    [f"{ISSUER}/", ISSUER.upper(), ISSUER.replace("id.", "ID."), f"{ISSUER}\0", f" {ISSUER}", f"{ISSUER}:443",
     ISSUER.replace("i", "\u0456"), ISSUER.replace("e", "e\u200b"), [ISSUER], None],
    ids=repr,
)  # fmt: skip
def test_an_issuer_is_its_name_to_the_letter(issuer: Any) -> None:
    for typ in ("at+jwt", "JWT", "dc+sd-jwt", "logout+jwt"):
        nonce = None if typ == "logout+jwt" else NONCE
        assert read_by(everything(KEY, typ, nonce=nonce)), "it is the name alone"
        assert read_by(everything(KEY, typ, nonce=nonce, iss=issuer)) == set()


@pytest.mark.parametrize(
    "audience", [f"{US}/", US.upper(), f"{US}\0", [f"{US}/"], [], [US, 7], {US: True}, None], ids=repr
)
def test_an_audience_is_ours_to_the_letter(audience: Any) -> None:
    for typ in ("at+jwt", "JWT", "logout+jwt"):
        nonce = None if typ == "logout+jwt" else NONCE
        assert read_by(everything(KEY, typ, nonce=nonce, aud=audience)) == set()


def test_two_issuers_that_name_their_keys_alike_are_two() -> None:
    other = new_key(kid="k1")
    theirs = trust(attester="https://other.example", carriers=TRUST.carriers, audience=(US,), types=(TYPE,))
    by_issuer = {ISSUER: KEYS, theirs.attester: keys_of(other)}
    text = everything(other, "at+jwt")
    with pytest.raises(CredentialRefused, match="signature"):
        read_access_token(text, (TRUST, theirs), lambda trust, kid: by_issuer[trust.attester](trust, kid), NOW)
    own = everything(other, "at+jwt", iss=theirs.attester)
    found = read_access_token(own, (TRUST, theirs), lambda trust, kid: by_issuer[trust.attester](trust, kid), NOW)
    assert (found.issuer, found.believed) == (theirs.attester, (theirs,))
    assert found.scopes == ()
