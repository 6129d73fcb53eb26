"""What the stores write and read: values, the bodies of events, digests. One spelling, whatever keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from functools import lru_cache

import msgspec

from licet.core.attestations import Attestation
from licet.core.facts import Value
from licet.services.ports import StoreConflict, StoreUnavailable
from licet.services.stored import Ground, KeyRecord, StoredDocument, StoredList, StoredProposal, SubjectRecord, Warrant
from licet.wire.canonical import digest
from licet.wire.values import ValueFormError, from_json, to_json

PROPOSED = "proposed"
WITHDRAWN = "withdrawn"
APPROVED = "approved"
ENACTED = "enacted"
ACKNOWLEDGED = "acknowledged"
SUBJECT_ADDED = "subject added"
ATTESTED = "attested"
KEY_ADDED = "key added"
KEY_REVOKED = "key revoked"


def body(**content: object) -> bytes:
    """The body of an event: JSON with sorted keys, which for these contents is canonical (RFC 8785)."""
    return msgspec.json.encode(content, order="sorted")


@lru_cache(maxsize=4096, typed=True)
def value_text(value: Value) -> str:
    """A fact's value as canonical JSON."""
    return msgspec.json.encode(to_json(value), order="sorted").decode()


@lru_cache(maxsize=4096)
def value_from(text: str) -> Value:
    """The value that `value_text` wrote; `StoreUnavailable` if it is something else."""
    try:
        return from_json(msgspec.json.decode(text))
    except (ValueFormError, msgspec.DecodeError) as error:
        raise StoreUnavailable(f"a fact's value in the store is damaged ({error}): restore a backup") from error


def names_text(names: Sequence[str]) -> str:
    """Names (a key's scopes, instruments) as JSON."""
    return msgspec.json.encode(names).decode()


def scopes_from(text: str) -> tuple[str, ...]:
    """The scopes that `names_text` wrote. A damaged text must not read as no scopes, which would reach everything."""
    try:
        return msgspec.json.decode(text, type=tuple[str, ...])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreUnavailable(f"the scopes of a key in the store are damaged ({error}): restore a backup") from error


def key_body(key: KeyRecord) -> bytes:
    """What the event of a new key says. Not for whom it acts: an erasure of that person must not miss a name."""
    return body(scopes=key.scopes, expires_at=key.expires_at and key.expires_at.isoformat())


def by_subject(attestations: Iterable[Attestation]) -> Iterator[tuple[str, tuple[Attestation, ...]]]:
    """Attestations as events: one a subject, and one more each time that a fact of it comes up again."""
    groups: list[tuple[str, dict[str, Attestation]]] = []
    newest: dict[str, dict[str, Attestation]] = {}
    for attestation in attestations:
        group = newest.get(attestation.subject)
        if group is None or attestation.fact in group:
            group = newest[attestation.subject] = {}
            groups.append((attestation.subject, group))
        group[attestation.fact] = attestation
    return ((subject, tuple(group.values())) for subject, group in groups)


def added_body(kind: str, group: Sequence[Attestation]) -> bytes:
    """What the event of a new subject says."""
    return body(kind=kind, facts=[attestation.fact for attestation in group])


def attested_body(group: Sequence[Attestation]) -> bytes:
    """What the event of new attestations says; the attestations themselves have rows of their own."""
    return body(facts=[attestation.fact for attestation in group])


def ground_from(text: str, names: str) -> tuple[Ground, tuple[str, ...]]:
    """On what an enactment stands, and the instruments on which that rests, as its warrant has them."""
    try:
        return Ground(text), msgspec.json.decode(names, type=tuple[str, ...])
    except (ValueError, msgspec.DecodeError) as error:
        raise StoreUnavailable(f"a warrant in the store is damaged ({error}): restore a backup") from error


def enactment_body(
    epoch: int, documents: Sequence[str], lists: Sequence[StoredList], rulebook: str, warrant: Warrant
) -> bytes:
    """What the event of an enactment says."""
    return body(
        epoch=epoch,
        documents=documents,
        lists=[content.digest for content in lists],
        rulebook=rulebook,
        ground=warrant.ground,
        rests_on=warrant.rests_on,
        approved_by=warrant.approved_by,
        proposal=warrant.proposal,
        findings=warrant.findings,
    )


def proposal_body(proposal: StoredProposal) -> bytes:
    """What the event of a proposal says."""
    return body(
        documents=proposal.documents,
        lists=proposal.lists,
        epoch=proposal.epoch,
        rulebook=proposal.rulebook,
        summary=digest(proposal.summary),
    )


def named(proposal: StoredProposal) -> str:
    """The name that a proposal has by its content: who proposed what, when, on which epoch, and its review."""
    at = proposal.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = body(actor=proposal.actor, at=at, proposal=digest(proposal_body(proposal)))
    return "p-" + digest(content).removeprefix("sha256:")[:PROPOSAL_DIGITS]


PROPOSAL_DIGITS = 16
"""64 bits: nobody finds another content under the name that two officers told each other."""


def check_proposal(proposal: StoredProposal) -> StoredProposal:
    """The same; raises `StoreUnavailable` if its content is not what its name says."""
    try:
        genuine = named(proposal) == proposal.id
    except TypeError:  # text where bytes were
        genuine = False
    if not genuine:
        raise StoreUnavailable(
            f"the proposal `{proposal.id}` in the store is not what was proposed under this name: it was changed or is"
            " damaged; restore a backup of the state directory"
        )
    return proposal


def check_open(proposal: StoredProposal | None, name: str) -> None:
    """Raises `StoreConflict` unless a proposal is there and waits."""
    if proposal is None:
        raise StoreConflict(f"there is no proposal `{name}`")
    if proposal.enacted is not None:
        raise StoreConflict(f"`{name}` was approved already, as epoch {proposal.enacted}")
    if proposal.withdrawn is not None:
        raise StoreConflict(f"`{name}` was withdrawn by {proposal.withdrawn.actor}: {proposal.withdrawn.reason}")


def check_digests(documents: Iterable[StoredDocument], lists: Iterable[StoredList]) -> None:
    """Raises `ValueError` for a document or a list that does not have the digest that it says."""
    for document in documents:
        if digest(document.canonical) != document.digest:
            raise ValueError(f"the {document.kind} `{document.name}` does not have the digest `{document.digest}`")
    for content in lists:
        if digest(content.content) != content.digest:
            raise ValueError(f"a list does not have the digest `{content.digest}`")


def check_stored(documents: Iterable[StoredDocument], lists: Iterable[StoredList]) -> None:
    """Raises `StoreUnavailable` for what no longer has the digest that it was stored under."""
    try:
        check_digests(documents, lists)
    except (ValueError, TypeError) as error:
        raise StoreUnavailable(f"the store is damaged ({error}): restore a backup of the state directory") from error


def check_epoch(last: int, expected: int) -> None:
    """Raises `StoreConflict` unless the last epoch is the one that the writer has seen."""
    if last != expected:
        raise StoreConflict(f"epoch {last} is in force, not {expected}: somebody else enacted; look again, then retry")


def no_such_epoch(epoch: int) -> StoreConflict:
    """The error for an epoch that was never enacted."""
    return StoreConflict(f"there is no epoch {epoch}")


def no_such_subject(name: str) -> StoreConflict:
    """The error for a subject that nobody added."""
    return StoreConflict(f"`{name}` is not a subject; add it first")


def other_kind(record: SubjectRecord, kind: str) -> StoreConflict:
    """The error for a subject that is there with another kind."""
    return StoreConflict(f"`{record.id}` is there as a {kind} and cannot become a {record.kind}; use another name")
