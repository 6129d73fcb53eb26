"""Officers, acts and what became of them as plain JSON, for contents, the administration API and `--json`."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.core.roles import Account, KeyKind, Officer, OfficerKey, Role
from licet.services.acts.ports import Settlement, Signature, StoredAct
from licet.wire.canonical import digest

Tree = dict[str, Any]


def to_text(content: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """The reverse. Raises `ValueError` unless it is exactly that spelling."""
    content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(content) != text:
        raise ValueError("not base64url without padding")
    return content


def officer_tree(officer: Officer) -> Tree:
    """An officer, as contents and the API have it."""
    return {
        "name": officer.name,
        "roles": sorted(officer.roles),
        "keys": [{"id": key.id, "kind": key.kind.value, "public": to_text(key.public)} for key in officer.keys],
        "accounts": [{"issuer": account.issuer, "mark": account.mark.hex()} for account in officer.accounts],
    }


def officer_from(tree: Mapping[str, Any]) -> Officer:
    """The reverse, of what is in order."""
    return Officer(
        tree["name"],
        frozenset(Role(each) for each in tree["roles"]),
        tuple(OfficerKey(each["id"], KeyKind(each["kind"]), from_text(each["public"])) for each in tree["keys"]),
        tuple(Account(each["issuer"], bytes.fromhex(each["mark"])) for each in tree["accounts"]),
    )


def signature_tree(signature: Signature | None) -> Tree | None:
    """A signature, or null."""
    return None if signature is None else {"key": signature.key, "content": to_text(signature.content)}


def signature_from(tree: Mapping[str, Any] | None) -> Signature | None:
    """The reverse."""
    return None if tree is None else Signature(tree["key"], from_text(tree["content"]))


def act_tree(act: StoredAct) -> Tree:
    """An act with its content, as text (that is what is signed) and read; erased where whom it was about was."""
    settled = act.settlement
    return {
        "id": act.id,
        "kind": act.kind,
        "state": state_of(act),
        "actor": act.actor,
        "at": act.at.isoformat(),
        "subject": act.subject,
        "alone": act.alone,
        "digest": digest(act.content) if act.content else None,
        "content": act.content.decode(),
        "says": json.loads(act.content) if act.content else None,
        "signature": signature_tree(act.signature),
        "settlement": None
        if settled is None
        else {
            "outcome": settled.outcome,
            "actor": settled.actor,
            "at": settled.at.isoformat(),
            "reason": settled.reason,
            "signature": signature_tree(settled.signature),
        },
    }


def act_from(tree: Mapping[str, Any]) -> StoredAct:
    """The reverse."""
    settled = tree["settlement"]
    return StoredAct(
        tree["id"],
        tree["kind"],
        tree["content"].encode(),
        tree["actor"],
        datetime.fromisoformat(tree["at"]),
        tree["subject"],
        signature_from(tree["signature"]),
        tree["alone"],
        settled
        and Settlement(
            settled["outcome"],
            settled["actor"],
            datetime.fromisoformat(settled["at"]),
            settled["reason"],
            signature_from(settled["signature"]),
        ),
    )


def state_of(act: StoredAct) -> str:
    """`open`, `done`, or what settled it."""
    if act.settlement is not None:
        return act.settlement.outcome
    return "done" if act.alone else "open"
