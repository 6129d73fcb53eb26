"""A decision as an in-toto statement in a DSSE envelope, so that other people's tools verify who signed it.

Statement: in-toto Attestation Framework, Statement v1. Envelope: DSSE v1.0.2, signed with Ed25519 (RFC 8032) over the
pre-authentication encoding. `spec/statements.md`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from licet.core.errors import LicetError
from licet.wire import strict_json
from licet.wire.canonical import canonical

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "urn:licet:decision:1"
"""What is said of the subjects: that they are a decision, its case, and what it wrote."""

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
ENVELOPE: Final = ("payload", "payloadType", "signatures")


class StatementRejected(LicetError):
    """An envelope or a statement that is not to be believed; it says why."""


class Subject(NamedTuple):
    """Something that a statement is about: its name and its digest (`sha256:...`)."""

    name: str
    digest: str


class Signed(NamedTuple):
    """A signature, and what names the key that made it: as officers' keys are named."""

    key: str
    signature: bytes


def statement(subjects: Sequence[Subject], predicate: Mapping[str, Any]) -> bytes:
    """The statement as it is signed: RFC 8785 JSON. Raises `ValueError` without a subject: it would say nothing."""
    if not subjects:
        raise ValueError("a statement is about something")
    return canonical(
        {
            "_type": STATEMENT,
            "subject": [
                {"name": each.name, "digest": {"sha256": each.digest.removeprefix("sha256:")}} for each in subjects
            ],
            "predicateType": PREDICATE,
            "predicate": dict(predicate),
        }
    )


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """What is signed: the type and the payload, each with its length in front (DSSE, protocol)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def envelope(payload: bytes, signatures: Sequence[Signed]) -> bytes:
    """The statement in its envelope, as a file."""
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": each.key, "sig": base64.b64encode(each.signature).decode()} for each in signatures
            ],
        }
    )


def opened(content: bytes, keys: Mapping[str, bytes]) -> dict[str, Any]:
    """The statement in an envelope that one of these keys signed (by its name: 32 bytes).

    The name in the envelope only says which key to try: what counts is the signature. Raises `StatementRejected`.
    """
    tree = _members(content, "the envelope")
    if set(tree) != set(ENVELOPE) or tree["payloadType"] != PAYLOAD_TYPE or not isinstance(tree["signatures"], list):
        raise StatementRejected(f"it is no envelope of a statement: it has `{'`, `'.join(ENVELOPE)}` and their types")
    payload = _bytes(tree["payload"])
    if not any(_verifies(each, payload, keys) for each in tree["signatures"]):
        raise StatementRejected("none of these keys signed it; ask for the officer's key (`licet officers list`)")
    found = _members(payload, "the statement")
    if found.get("_type") != STATEMENT or found.get("predicateType") != PREDICATE:
        raise StatementRejected(
            f"it is no decision: its predicate is `{found.get('predicateType')}`, not `{PREDICATE}`"
        )
    return found


def sign(payload: bytes, key: str, signing: Callable[[bytes], bytes]) -> Signed:
    """A signature over a statement by a key that is called so."""
    return Signed(key, signing(pae(payload)))


def _verifies(signature: Any, payload: bytes, keys: Mapping[str, bytes]) -> bool:
    if not isinstance(signature, dict) or not {"sig"} <= set(signature) <= {"sig", "keyid"}:
        raise StatementRejected("a signature of it has other members than `keyid` and `sig`")
    public = keys.get(signature.get("keyid", ""))
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(_bytes(signature["sig"]), pae(payload))
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: Any) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise StatementRejected("a part of the envelope is not base64") from error
    if base64.b64encode(found).decode() != text:
        raise StatementRejected("a part of the envelope is not base64 in its one spelling")
    return found


def _members(content: bytes, what: str) -> dict[str, Any]:
    try:
        return {each.key: each.value for each in strict_json.members(strict_json.decode(content))}
    except strict_json.StrictJsonError as error:
        raise StatementRejected(f"{what} is not JSON that reads in one way only: {error}") from error
