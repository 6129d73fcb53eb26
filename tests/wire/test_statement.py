"""Statements in envelopes: as securesystemslib verifies them, as the specifications spell them, or refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from licet.wire.canonical import digest
from licet.wire.statement import Signed, StatementRejected, Subject, envelope, opened, pae, sign, statement

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cases" / "statements.json").read_text())
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PAYLOAD = statement([Subject("C-17, entry 12", digest(b"x"))], {"case": "C-17", "kind": "grant"})
SEALED = envelope(PAYLOAD, [sign(PAYLOAD, "k", PRIVATE.sign)])


def theirs(public: bytes, name: str = "k") -> SSlibKey:
    return SSlibKey(name, "ed25519", "ed25519", {"public": public.hex()})


def test_others_verify_it() -> None:
    found = Envelope.from_dict(json.loads(SEALED))
    assert found.payload == PAYLOAD
    assert found.pae() == pae(PAYLOAD)
    assert list(found.verify([theirs(PUBLIC)], 1)) == ["k"]
    other = Ed25519PrivateKey.from_private_bytes(b"1" * 32).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    with pytest.raises(VerificationError):
        found.verify([theirs(other)], 1)


def test_what_others_sign_is_read() -> None:
    made = Envelope(PAYLOAD, "application/vnd.in-toto+json", {})
    signature = PRIVATE.sign(made.pae())
    content = envelope(PAYLOAD, [Signed("other", b"0" * 64), Signed("k", signature)])
    assert opened(content, {"k": PUBLIC}) == json.loads(PAYLOAD)


def test_it_is_a_statement_as_in_toto_has_them() -> None:
    tree = json.loads(PAYLOAD)
    assert tree["_type"] == "https://in-toto.io/Statement/v1"
    assert tree["predicateType"] == "urn:licet:decision:1"
    assert tree["subject"] == [{"name": "C-17, entry 12", "digest": {"sha256": digest(b"x").removeprefix("sha256:")}}]
    assert rfc8785.dumps(tree) == PAYLOAD
    with pytest.raises(ValueError, match="about something"):
        statement([], {})


def test_the_encoding_is_that_of_the_specification() -> None:
    assert (
        pae(b"hello world", "http://example.com/HelloWorld")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def changed(**members: Any) -> bytes:
    return json.dumps(json.loads(SEALED) | members).encode()


SIGNATURE = json.loads(SEALED)["signatures"][0]
OTHER = base64.b64encode(json.dumps(json.loads(PAYLOAD) | {"predicateType": "other"}).encode()).decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON that reads in one way only"),
        (SEALED.replace(b'{"payload"', b'{"payload":"","payload"'), "not JSON that reads in one way only"),
        (changed(more=1), "it is no envelope of a statement"),
        (changed(payloadType="text/plain"), "it is no envelope of a statement"),
        (changed(payload="e30"), "not base64"),
        (changed(payload=json.loads(SEALED)["payload"][:-4] + "AAAA"), "none of these keys signed it"),
        (changed(payload=OTHER), "none of these keys signed it"),
        (changed(signatures=[]), "none of these keys signed it"),
        (changed(signatures=[SIGNATURE | {"keyid": "z"}]), "none of these keys signed it"),
        (changed(signatures=[SIGNATURE | {"sig": base64.b64encode(b"0" * 64).decode()}]), "none of these keys"),
        (changed(signatures=[SIGNATURE | {"more": 1}]), "other members than `keyid` and `sig`"),
        (changed(signatures=[7]), "other members than `keyid` and `sig`"),
        (changed(signatures=[{"sig": SIGNATURE["sig"]}]), "none of these keys signed it"),
        (changed(signatures=7), "it is no envelope of a statement"),
        (changed(payload=7), "not base64"),
    ],
)
def test_what_is_not_to_be_believed(content: bytes, words: str) -> None:
    with pytest.raises(StatementRejected, match=words):
        opened(content, {"k": PUBLIC})


def test_a_signed_statement_of_another_kind_is_no_decision() -> None:
    payload = json.dumps(json.loads(PAYLOAD) | {"predicateType": "other"}).encode()
    with pytest.raises(StatementRejected, match="it is no decision"):
        opened(envelope(payload, [sign(payload, "k", PRIVATE.sign)]), {"k": PUBLIC})


def test_what_is_signed_and_no_statement_of_in_toto_is_no_decision() -> None:
    payload = json.dumps(json.loads(PAYLOAD) | {"_type": "https://in-toto.io/Statement/v0.1"}).encode()
    with pytest.raises(StatementRejected, match="it is no decision"):
        opened(envelope(payload, [sign(payload, "k", PRIVATE.sign)]), {"k": PUBLIC})


def test_bytes_that_are_no_key_sign_nothing() -> None:
    with pytest.raises(StatementRejected, match="none of these keys signed it"):
        opened(SEALED, {"k": PUBLIC[:31]})


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda each: each["name"])
def test_vectors(case: dict[str, Any]) -> None:
    content, keys = case["envelope"].encode(), {name: bytes.fromhex(key) for name, key in case["keys"].items()}
    if "refused" in case["expect"]:
        with pytest.raises(StatementRejected):
            opened(content, keys)
    else:
        assert opened(content, keys) == case["expect"]["statement"]
