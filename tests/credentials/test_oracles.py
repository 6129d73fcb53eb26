"""Our readers held to other people's: joserfc for signatures and keys, `sd-jwt` for disclosures."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import import_key
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]
from tests.credentials.issuing import (
    NONCE,
    NOW,
    US,
    access_claims,
    b64,
    header,
    issued,
    keys_of,
    new_key,
    present,
    public,
    sign,
    trust,
)

from licet.credentials.base64url import decoded
from licet.credentials.disclosures import disclosed
from licet.credentials.key_set import key_set_of
from licet.credentials.presentation import read_presentation
from licet.credentials.refusal import CredentialRefused, Reason
from licet.credentials.signed import check_signature, read_signed

VECTORS = Path(__file__).parents[2] / "vectors" / "credentials"
KINDS = [
    ("P-256", "ES256"),
    ("P-384", "ES384"),
    ("P-521", "ES512"),
    ("Ed25519", "EdDSA"),
    ("Ed25519", "Ed25519"),
    ("RSA", "RS256"),
    ("RSA", "PS256"),
    ("RSA", "PS384"),
    ("RSA", "PS512"),
]
REGISTRY = jws.JWSRegistry(algorithms=[algorithm for _, algorithm in KINDS])


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_signatures_are_judged_as_joserfc_judges_them(kind: str, algorithm: str) -> None:
    key = new_key(kind)
    ours, theirs = key_set_of([public(key)]), import_key(public(key))
    good = sign(key, header(key, "at+jwt", algorithm), access_claims())
    signed, signature = good.rsplit(".", 1)
    content = bytearray(decoded(signature, ""))
    variants = [bytes(content), bytes(content[:-1]), bytes(content) + b"\0", bytes(len(content)), b""]
    flipped = (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(0, len(content), 7))
    variants += map(bytes, flipped)
    for variant in variants:
        token = f"{signed}.{b64(variant)}"
        assert _accepts(token, ours) == _joserfc_accepts(token, theirs), variant.hex()
    assert _accepts(good, ours)


def _accepts(token: str, keys: Any) -> bool:
    try:
        check_signature(read_signed(token, "it", frozenset(("at+jwt",))), keys)
    except CredentialRefused as refused:
        assert refused.reason is Reason.SIGNATURE
        return False
    return True


def _joserfc_accepts(token: str, key: Any) -> bool:
    try:
        jws.deserialize_compact(token, key, registry=REGISTRY)
    except (BadSignatureError, ValueError):
        return False
    return True


@pytest.mark.parametrize(("kind", "_algorithm"), KINDS)
def test_thumbprints_are_those_of_joserfc(kind: str, _algorithm: str) -> None:
    key = new_key(kind)
    assert key_set_of([public(key)]).keys[0].thumbprint == key.thumbprint()


HIDDEN: dict[str, Any] = {"us_citizen": True, "nationalities": ["US"], "a": {"b": [1, None]}, "c": "ü"}


@pytest.mark.parametrize("shown", [names for size in range(5) for names in combinations(HIDDEN, size)])
def test_disclosures_become_the_claims_that_the_reference_implementation_makes(shown: tuple[str, ...]) -> None:
    issuer, holder = new_key(), new_key(kid=None)
    credential, by_name = issued(issuer, holder, HIDDEN)
    listed = [by_name[name] for name in shown]
    presented = present(credential, listed, holder)
    theirs = SDJWTVerifier(presented, lambda *_: JWK(**public(issuer)), US, NONCE).get_verified_payload()
    ours = disclosed(json.loads(decoded(credential.split(".")[1], "")), listed, "it")
    assert ours == {name: value for name, value in theirs.items() if name != "_sd_alg"}
    assert {name: ours[name] for name in shown} == {name: HIDDEN[name] for name in shown}


def test_what_is_accepted_the_reference_implementation_accepts_too() -> None:
    tree = json.loads((VECTORS / "presentations.json").read_text())
    keys = {key["kid"]: key for listed in tree["keys"].values() for key in listed}
    compared = 0
    for case in tree["cases"]:
        if "refused" not in case["expect"]:
            head = json.loads(decoded(case["token"].split(".")[0], ""))
            key = JWK(**keys[head["kid"]])
            if _binding_algorithm(case["token"]) == "ES256":
                theirs = SDJWTVerifier(case["token"], lambda *_, key=key: key, case["audience"], case["nonce"])
                assert theirs.get_verified_payload()["vct"]
                compared += 1
    assert compared > 5


def _binding_algorithm(token: str) -> Any:
    return json.loads(decoded(token.rsplit("~", 1)[1].split(".", 1)[0], ""))["alg"]


def test_what_the_reference_implementation_lets_through_is_refused() -> None:
    """An expired credential, and a disclosure that nothing refers to (sd-jwt 0.10.4)."""
    issuer, holder = new_key(), new_key(kid=None)
    credential, by_name = issued(issuer, holder, HIDDEN, exp=1)
    expired = present(credential, [by_name["us_citizen"]], holder)
    credential, by_name = issued(issuer, holder, HIDDEN)
    stray = issued(issuer, holder, HIDDEN)[1]["us_citizen"]
    added = present(credential, [by_name["us_citizen"], stray], holder)
    for token, reason in ((expired, Reason.EXPIRED), (added, Reason.DISCLOSURE_DANGLING)):
        SDJWTVerifier(token, lambda *_: JWK(**public(issuer)), US, NONCE)
        with pytest.raises(CredentialRefused) as refused:
            read_presentation(token, [trust()], keys_of(issuer), audience=US, nonce=NONCE, now=NOW)
        assert refused.value.reason is reason
