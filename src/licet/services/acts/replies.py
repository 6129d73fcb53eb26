"""What an office tells of the governance state, as plain JSON each way: for its API, and for who reads it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.services.acts.administering import Done
from licet.services.acts.carried import Carried
from licet.services.acts.spelling import Tree, act_from, act_tree, from_text, to_text
from licet.services.announce import Announcement
from licet.services.enact import EnactReport
from licet.services.stored import Enactment, Event, KeyRecord, StoredDocument, StoredList, StoredProposal, SubjectRecord
from licet.wire.values import from_json, to_json


def done_tree(done: Done) -> Tree:
    """What an act came to."""
    return {
        "act": act_tree(done.act),
        "result": done.result,
        "proposal": done.proposal,
        "told": None if done.told is None else msgspec.to_builtins(done.told),
    }


def done_from(tree: Mapping[str, Any]) -> Done:
    """The reverse."""
    return Done(act_from(tree["act"]), tree["result"], _told_from(tree["told"]), tree["proposal"])


def _told_from(tree: Mapping[str, Any] | None) -> Announcement | EnactReport | None:
    if tree is None:
        return None
    return msgspec.convert(tree, EnactReport) if "enactment" in tree else msgspec.convert(tree, Announcement)


def carried_tree(carried: Carried) -> Tree:
    """What comes with an act."""
    return {
        "documents": [document_tree(each) for each in carried.documents],
        "lists": [{"digest": each.digest, "content": to_text(each.content)} for each in carried.lists],
        "file": None if carried.file is None else to_text(carried.file),
        "summary": dict(carried.summary),
        "exhibits": [{"digest": each.digest, "content": to_text(each.content)} for each in carried.exhibits],
    }


def carried_from(tree: Mapping[str, Any]) -> Carried:
    """The reverse. Raises `ValueError` for base64url that is none."""
    return Carried(
        tuple(document_from(each) for each in tree["documents"]),
        tuple(StoredList(each["digest"], from_text(each["content"])) for each in tree["lists"]),
        None if tree["file"] is None else from_text(tree["file"]),
        tree["summary"],
        tuple(StoredList(each["digest"], from_text(each["content"])) for each in tree.get("exhibits", ())),
    )


def document_tree(document: StoredDocument) -> Tree:
    """A document in its canonical form, as text."""
    return {
        "kind": document.kind,
        "name": document.name,
        "digest": document.digest,
        "canonical": document.canonical.decode(),
    }


def document_from(tree: Mapping[str, Any]) -> StoredDocument:
    """The reverse."""
    return StoredDocument(tree["kind"], tree["name"], tree["digest"], tree["canonical"].encode())


def enactment_tree(enactment: Enactment) -> Tree:
    """An enactment."""
    tree: Tree = msgspec.to_builtins(enactment)
    return tree


def enactment_from(tree: Mapping[str, Any]) -> Enactment:
    """The reverse."""
    return msgspec.convert(tree, Enactment)


def proposal_tree(proposal: StoredProposal) -> Tree:
    """A proposal; its summary is JSON in text."""
    tree: Tree = msgspec.to_builtins(proposal)
    return {**tree, "summary": proposal.summary.decode()}


def proposal_from(tree: Mapping[str, Any]) -> StoredProposal:
    """The reverse."""
    return msgspec.convert({**tree, "summary": tree["summary"].encode()}, StoredProposal, builtin_types=(bytes,))


def key_tree(key: KeyRecord) -> Tree:
    """An API key without its secret."""
    tree: Tree = msgspec.to_builtins(key)
    return tree


def key_from(tree: Mapping[str, Any]) -> KeyRecord:
    """The reverse."""
    return msgspec.convert(tree, KeyRecord)


def event_tree(event: Event) -> Tree:
    """An event; its body is JSON in text."""
    tree: Tree = msgspec.to_builtins(event)
    return {**tree, "body": event.body.decode()}


def subject_tree(record: SubjectRecord) -> Tree:
    """A subject, with the newest attestations of each speaker."""
    return {
        "id": record.id,
        "kind": record.kind,
        "suspended": record.suspended,
        "attestations": [attestation_tree(each) for each in record.attestations],
    }


def subject_from(tree: Mapping[str, Any]) -> SubjectRecord:
    """The reverse."""
    found = tuple(attestation_from(tree["id"], each) for each in tree["attestations"])
    return SubjectRecord(tree["id"], tree["kind"], found, tree["suspended"])


def instant_from(text: str) -> datetime:
    """An instant with its offset, in UTC. Raises `ValueError`."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found.astimezone(UTC)


def attestation_tree(each: Attestation) -> Tree:
    """What one speaker said of one fact."""
    return {
        "fact": each.fact,
        "value": to_json(each.value),
        "attested_by": each.attested_by,
        "how": each.how,
        "level": each.level,
        "framework": each.framework,
        "carrier": each.carrier.value,
        "at": each.at.isoformat(),
        "until": None if each.until is None else each.until.isoformat(),
        "digest": each.digest,
        "status": None if each.status is None else {"uri": each.status.uri, "position": each.status.position},
    }


def attestation_from(subject: str, tree: Mapping[str, Any]) -> Attestation:
    """The reverse. Raises `ValueError` and what a missing member raises."""
    return Attestation(
        subject,
        tree["fact"],
        from_json(tree["value"]),
        tree["attested_by"],
        tree["how"],
        tree["level"],
        instant_from(tree["at"]),
        None if tree["until"] is None else instant_from(tree["until"]),
        tree["framework"],
        Carrier(tree["carrier"]),
        tree["digest"],
        None if tree["status"] is None else StatusReference(tree["status"]["uri"], tree["status"]["position"]),
    )


def trees(each: Sequence[Tree], name: str) -> Tree:
    """A list under its name: no reply is a bare list."""
    return {name: list(each)}
