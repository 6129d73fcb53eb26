"""The governance state as an office tells it: what can be read of `services.ports.Store`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NoReturn
from urllib.parse import quote

import msgspec

from licet.adapters.admin_client.cases import RemoteCases
from licet.adapters.admin_client.refusals import Absent
from licet.adapters.admin_client.wire import Wire
from licet.services.acts import gate_replies, replies
from licet.services.acts.knowledge_reply import hit_from
from licet.services.acts.spelling import from_text
from licet.services.identity.ports import Client, Hit, StatusUse
from licet.services.office import OfficeUnusable
from licet.services.stored import Enactment, KeyRecord, StoredDocument, StoredProposal, SubjectRecord
from licet.wire.canonical import digest as digest_of
from licet.wire.documents import rulebook_from


class RemoteStore(RemoteCases):
    """What officers, auditors and administrators read of a store. Everything else raises `OfficeUnusable`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lists: dict[str, bytes] = {}

    def __getattr__(self, name: str) -> NoReturn:
        raise OfficeUnusable(f"an office does not do this over HTTP (`{name}`): run it where the installation is")

    def enactments(self) -> tuple[Enactment, ...]:
        """See the port."""
        return self._wire.get("/enactments", lambda tree: tuple(map(replies.enactment_from, tree["enactments"])))

    def acknowledgements(self, epoch: int) -> tuple[tuple[str, datetime], ...]:
        """See the port."""
        return self._wire.get(f"/enactments/{epoch}/acknowledgements", gate_replies.acknowledged_from)

    def documents(self, epoch: int | None = None) -> tuple[StoredDocument, ...]:
        """See the port."""
        query = {} if epoch is None else {"epoch": str(epoch)}
        return self._wire.get("/documents", self._enacted, **query)

    def _enacted(self, tree: Any) -> tuple[StoredDocument, ...]:
        """Documents that read as a rulebook: what an office made up may have the digest that it says."""
        found = _documents(tree)
        rulebook_from(found, self.list_content, 1)
        return found

    def list_content(self, digest: str) -> bytes | None:
        """See the port."""
        if digest not in self._lists:
            self._lists[digest] = self._wire.get(f"/lists/{quote(digest)}", lambda tree: _list(digest, tree))
        return self._lists[digest]

    def proposals(self) -> tuple[StoredProposal, ...]:
        """See the port."""
        return self._wire.get("/proposals", lambda tree: tuple(map(replies.proposal_from, tree["proposals"])))

    def proposed(self, proposal: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        return self._wire.get(f"/proposals/{quote(proposal, safe='')}", _documents)

    def subject(self, subject: str) -> SubjectRecord | None:
        """See the port."""
        try:
            return self._wire.get(f"/subjects/{quote(subject, safe='')}", lambda tree: _named(subject, tree))
        except Absent:
            return None

    def kinds(self, subjects: Sequence[str]) -> dict[str, str]:
        """See the port."""
        found = {name: self.subject(name) for name in subjects}
        return {name: record.kind for name, record in found.items() if record is not None}

    def subjects(self) -> Iterator[SubjectRecord]:
        """See the port."""
        after: str | None = ""
        while after is not None:
            query = {"after": after} if after else {}
            page, after = self._wire.get("/subjects", _page_after(after), **query)
            yield from page

    def subject_count(self) -> int:
        """See the port."""
        return self._wire.get("/status", lambda tree: msgspec.convert(tree["subjects"], int))

    def confirmed(self) -> Mapping[str, datetime]:
        """See the port."""
        return {uri: until for uri, until, _ in self._status_lists()}

    def status_uses(self) -> Iterator[StatusUse]:
        """Every status list in use. Whose attestations refer to it is not told."""
        return (StatusUse(uri, ()) for uri, _, used in self._status_lists() if used)

    def _status_lists(self) -> tuple[tuple[str, datetime, bool], ...]:
        return self._wire.get("/status-lists", gate_replies.status_lists_from)

    def clients(self) -> tuple[Client, ...]:
        """See the port."""
        return self._wire.get("/scim-clients", lambda tree: msgspec.convert(tree["clients"], tuple[Client, ...]))

    def member_counts(self) -> Mapping[str, int]:
        """How many members each organisation has pushed."""
        return self._wire.get(
            "/scim-clients",
            lambda tree: {str(each["attester"]): msgspec.convert(each["members"], int) for each in tree["clients"]},
        )

    def dispositions(self, subject: str | None = None) -> tuple[Hit, ...]:
        """See the port."""
        query = {} if subject is None else {"subject": subject}
        return self._wire.get("/dispositions", lambda tree: tuple(map(hit_from, tree["dispositions"])), **query)

    def keys(self) -> tuple[KeyRecord, ...]:
        """See the port."""
        return self._wire.get("/keys", lambda tree: tuple(map(replies.key_from, tree["keys"])))

    def kept_procedures(self) -> tuple[str, ...]:
        """See the port."""
        return self._wire.get("/kept-law", lambda tree: msgspec.convert(tree["procedures"], tuple[str, ...]))

    def kept_law(self, procedure: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        try:
            return self._wire.get(f"/kept-law/{quote(procedure)}", _documents)
        except Absent:
            return ()

    def exhibit(self, digest: str) -> bytes | None:
        """See the port."""
        try:
            return self._wire.get(f"/exhibits/{quote(digest)}", lambda tree: _list(digest, tree))
        except Absent:
            return None

    def close(self) -> None:
        """See the port."""


def _documents(tree: Any) -> tuple[StoredDocument, ...]:
    found = tuple(map(replies.document_from, tree["documents"]))
    if any(digest_of(each.canonical) != each.digest or not _is_object(each.canonical) for each in found):
        raise ValueError
    return found


def _is_object(content: bytes) -> bool:
    return isinstance(json.loads(content), dict)


def _list(digest: str, tree: Any) -> bytes:
    content = from_text(tree["content"])
    if digest_of(content) != digest:
        raise ValueError
    return content


def _named(subject: str, tree: Any) -> SubjectRecord:
    found = replies.subject_from(tree)
    if found.id != subject:
        raise ValueError
    return found


def _page_after(after: str) -> Any:
    """Reads a page of subjects that grow: so there is an end to them."""

    def read(tree: Any) -> tuple[tuple[SubjectRecord, ...], str | None]:
        found = tuple(map(replies.subject_from, tree["subjects"]))
        if any(one >= other for one, other in pairwise([after, *(each.id for each in found)])):
            raise ValueError
        following = tree["next"]
        if following is not None and (not found or following != found[-1].id):
            raise ValueError
        return found, following

    return read
