"""Whatever a wallet posts is an answer or a refusal in words, and never a fault of ours."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey, OKPKey

from licet.core.trust import Trust, Trusted
from licet.office.oid4vp.query import Query, Wanted
from licet.office.oid4vp.response import Declined, ResponseRefused, read_response
from licet.office.oid4vp.transaction import LETTERS, Stage, Transaction
from licet.services.identity.carriers.invitation import Invitation

NOW = datetime(2026, 7, 1, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES", "kid": "1"})
TRUST = Trust(
    name="people",
    digest="sha256:0",
    issued=NOW,
    from_=NOW,
    attester="https://issuer.test",
    carriers=frozenset(("sd-jwt-vc",)),
    facts={"us_citizen": Trusted("us_citizen", None, frozenset(), "high")},
)
QUERY = Query((Wanted("c1", TRUST, ("us_citizen",)),), {})
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["c1", "c2", ""]), inner, max_size=3),
    max_leaves=8,
)
GOOD = {"vp_token": {"c1": ["a~b"]}, "state": "state"}
SECRET = "Wilhelmina"


def waiting(key: ECKey | None = None) -> Transaction:
    """A request that waits for its wallet."""
    return Transaction("visit", Invitation("anna", ("us_citizen",), NOW), QUERY, "nonce", "state", NOW, key)


@given(st.dictionaries(st.sampled_from(["vp_token", "state", "error", "response", "x"]), st.text(max_size=40)))
def test_any_form(fields: dict[str, str]) -> None:
    for key in (None, KEY):
        with suppress(ResponseRefused):
            found = read_response(fields, waiting(key))
            assert isinstance(found, Declined) and fields["state"] == "state"


@given(TREES)
def test_any_token(tree: Any) -> None:
    try:
        found = read_response({"vp_token": json.dumps(tree), "state": "state"}, waiting())
    except ResponseRefused:
        assert not (isinstance(tree, dict) and tree.keys() == {"c1"} and is_one_text(tree["c1"]))
    else:
        assert isinstance(found, dict) and found.keys() == {"c1"} and tree == {"c1": [found["c1"]]}


def is_one_text(tree: Any) -> bool:
    """Whether it is a list of one text."""
    return isinstance(tree, list) and len(tree) == 1 and isinstance(tree[0], str)


@given(TREES, st.sampled_from(["A128GCM", "A256GCM"]))
def test_any_token_that_is_encrypted(tree: Any, encryption: str) -> None:
    text = sealed({"vp_token": tree, "state": "state"}, enc=encryption)
    with suppress(ResponseRefused):
        assert read_response({"response": text}, waiting(KEY)) == {"c1": tree["c1"][0]}


def sealed(tree: Any, key: Any = KEY, **header: Any) -> str:
    """A response as a wallet encrypts it."""
    full = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "1", **header}
    return jwe.encrypt_compact(full, json.dumps(tree), key)


def altered(**header: Any) -> str:
    """A good response with another header."""
    head, rest = sealed(GOOD).split(".", 1)
    found = json.loads(_decoded(head))
    found.update(header)
    found = {name: value for name, value in found.items() if value is not None}
    return f"{urlsafe_b64encode(json.dumps(found).encode()).decode().rstrip('=')}.{rest}"


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


POINT = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}


@pytest.mark.parametrize(
    "header",
    [
        {"epk": None},
        {"epk": "x"},
        {"epk": {}},
        {"epk": []},
        {"epk": POINT},
        {"epk": {**POINT, "x": 7}},
        {"epk": {**POINT, "crv": "P-384"}},
        {"epk": {"kty": "oct", "k": "AAAA"}},
        {"epk": OKPKey.generate_key("X25519").as_dict(private=False)},
        {"alg": "dir"},
        {"alg": "ECDH-ES+A128KW"},
        {"alg": "RSA1_5"},
        {"alg": 7},
        {"alg": None},
        {"enc": "A128CBC-HS256"},
        {"enc": None},
        {"zip": "DEF"},
        {"crit": ["x"], "x": 1},
        {"crit": "x"},
        {"apu": 7},
        {"apu": "%%%"},
        {"kid": SECRET},
        {"kid": {}},
    ],
)
def test_headers_that_no_honest_wallet_sends(header: dict[str, Any]) -> None:
    with pytest.raises(ResponseRefused) as raised:
        read_response({"response": altered(**header)}, waiting(KEY))
    assert SECRET not in str(raised.value)


@given(st.text(alphabet='abcABC.-_09{}"', max_size=60))
def test_any_text_that_should_be_encrypted(text: str) -> None:
    with pytest.raises(ResponseRefused):
        read_response({"response": text}, waiting(KEY))


def test_an_honest_response_is_read() -> None:
    assert read_response({"response": sealed(GOOD)}, waiting(KEY)) == {"c1": "a~b"}


@given(st.text(max_size=20))
def test_any_code(text: str) -> None:
    asked = waiting()
    asked.stage, asked.code = Stage.SHOWN, "7K3F9QXB"
    spelled = text.upper().replace("-", "").replace(" ", "").replace("O", "0").replace("I", "1").replace("L", "1")
    assert asked.is_code(text) is (spelled == "7K3F9QXB")


@given(st.text(alphabet=LETTERS, min_size=8, max_size=8))
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    asked = waiting()
    asked.stage, asked.code = Stage.SHOWN, code
    assert asked.is_code(f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l"))


def test_a_response_that_unpacks_to_very_much() -> None:
    tree = {"vp_token": {"c1": ["a" * 20_000_000]}, "state": "state"}
    text = sealed(tree, zip="DEF")
    assert len(text) < 65_536
    with pytest.raises(ResponseRefused):
        read_response({"response": text}, waiting(KEY))
