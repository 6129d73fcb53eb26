"""What an office tells of one subject, and why, as plain JSON each way. No mark of an issuer is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from licet.core.attestations import Standing
from licet.services.acts import replies
from licet.services.acts.replies import instant_from
from licet.services.acts.spelling import Tree
from licet.services.identity.knowing import Knowledge, Said, Told
from licet.services.identity.ports import Hit, Member
from licet.services.stored import Confirmation
from licet.wire.values import from_json, to_json

MEMBER = ("id", "attester", "subject", "active")
HIT = ("subject", "list", "candidate", "outcome", "reason", "actor")


def knowledge_tree(known: Knowledge) -> Tree:
    """Everything that is kept about a subject."""
    return {
        "subject": known.subject,
        "kind": known.kind,
        "at": known.at.isoformat(),
        "suspended": known.suspended,
        "facts": [_told_tree(each) for each in known.facts],
        "silent": list(known.silent),
        "issuers": list(known.issuers),
        "keys": [replies.key_tree(each) for each in known.keys],
        "acts_for_it": [replies.key_tree(each) for each in known.acts_for_it],
        "members": [
            {**{name: getattr(each, name) for name in MEMBER}, "changed_at": each.changed_at.isoformat()}
            for each in known.members
        ],
        "dispositions": [
            {**{name: getattr(each, name) for name in HIT}, "at": each.at.isoformat()} for each in known.dispositions
        ],
        "pseudonyms": list(known.names),
    }


def knowledge_from(tree: Mapping[str, Any]) -> Knowledge:
    """The reverse; members without marks and versions."""
    subject, texts = msgspec.convert(tree["subject"], str), tuple[str, ...]
    return Knowledge(
        subject,
        msgspec.convert(tree["kind"], str),
        instant_from(tree["at"]),
        msgspec.convert(tree["suspended"], str | None),
        tuple(_told_from(subject, each) for each in tree["facts"]),
        msgspec.convert(tree["silent"], texts),
        msgspec.convert(tree["issuers"], texts),
        tuple(map(replies.key_from, tree["keys"])),
        tuple(map(replies.key_from, tree["acts_for_it"])),
        tuple(map(_member_from, tree["members"])),
        tuple(map(hit_from, tree["dispositions"])),
        msgspec.convert(tree["pseudonyms"], texts),
    )


def _told_tree(told: Told) -> Tree:
    return {"name": told.name, "value": to_json(told.value), "said": [_said_tree(each) for each in told.said]}


def _told_from(subject: str, tree: Mapping[str, Any]) -> Told:
    said = tuple(_said_from(subject, each) for each in tree["said"])
    return Told(msgspec.convert(tree["name"], str), from_json(tree["value"]), said)


def _said_tree(said: Said) -> Tree:
    read = said.read
    return {
        "attestation": replies.attestation_tree(said.attestation),
        "standing": said.standing.value,
        "since": said.since.isoformat(),
        "trusted_by": list(said.trusted_by),
        "read": read and {"uri": read.uri, "since": read.since.isoformat(), "until": read.until.isoformat()},
    }


def _said_from(subject: str, tree: Mapping[str, Any]) -> Said:
    read = tree["read"]
    return Said(
        replies.attestation_from(subject, tree["attestation"]),
        Standing(tree["standing"]),
        instant_from(tree["since"]),
        msgspec.convert(tree["trusted_by"], tuple[str, ...]),
        None
        if read is None
        else Confirmation(str(read["uri"]), instant_from(read["since"]), instant_from(read["until"])),
    )


def _member_from(tree: Mapping[str, Any]) -> Member:
    id_, attester, subject = (msgspec.convert(tree[name], str) for name in MEMBER[:3])
    active = msgspec.convert(tree["active"], bool)
    return Member(id_, attester, subject, b"", None, active, instant_from(tree["changed_at"]), 0)


def hit_from(tree: Mapping[str, Any]) -> Hit:
    """What somebody decided about a candidate, from JSON."""
    subject, list_, candidate, outcome, reason, actor = (msgspec.convert(tree[name], str) for name in HIT)
    return Hit(subject, list_, candidate, outcome, reason, actor, instant_from(tree["at"]))
