"""An installation behind the administration API of its office: read over HTTP, changed by acts that are signed here.

Nothing that the office says is signed unseen: the command line makes the content of an act itself, from what it read.
The office can still show something else than what is so; who does not trust it reads the public record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from licet.core.errors import LicetError
from licet.core.roles import Account, Officer
from licet.services.acts import replies
from licet.services.acts.administering import Done, Issued
from licet.services.acts.effects import Carried
from licet.services.acts.ports import Signature, StoredAct
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.acts.signing import SIGN_IN
from licet.services.acts.signing_in import sign_in_digest
from licet.services.acts.spelling import act_from, from_text, officer_from, signature_tree, to_text
from licet.services.approval import ApprovalRefused
from licet.services.keys import KeyRefused
from licet.services.office import OfficeUnusable
from licet.services.ports import (
    Enactment,
    KeyRecord,
    StoreConflict,
    StoredDocument,
    StoredProposal,
    StoreUnavailable,
    SubjectRecord,
)
from licet.services.subjects import SubjectRefused
from licet.wire.canonical import canonical
from licet.wire.documents import DocumentsRejectedError

if TYPE_CHECKING:
    from licet.adapters.officer_key import OfficerSigner

API = "/admin/v1"
SECONDS = 180.0
LARGEST = 256 << 20
"""Bytes of the largest reply."""

CLASSES: Mapping[str, type[LicetError]] = {
    "not_permitted": NotPermitted,
    "signature_refused": SignatureRefused,
    "act_refused": ActRefused,
    "approval_refused": ApprovalRefused,
    "conflict": StoreConflict,
    "key_refused": KeyRefused,
    "subject_refused": SubjectRefused,
    "store_unavailable": StoreUnavailable,
    "not_signed_in": SignatureRefused,
}
"""The errors that the codes of problem details stand for, so that the command ends as it would here."""


def open_office(url: str, signer: OfficerSigner) -> RemoteInstallation:
    """The installation of an office. Nobody is asked before something is needed. Raises `OfficeUnusable`."""
    return RemoteInstallation(Wire(url, signer))


class Wire:
    """Requests to one office, by one officer."""

    def __init__(self, url: str, signer: OfficerSigner) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.path.strip("/"):
            raise OfficeUnusable(f"`{url}` is not the address of an office, as in `https://office.example`")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise OfficeUnusable(f"`{url}` is not encrypted: an office elsewhere is reached by `https://`")
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._signer = signer
        self._token: str | None = None
        self._connection = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(
            parts.netloc, timeout=SECONDS
        )

    def get(self, path: str, **query: str) -> Any:
        """What is at an address."""
        return self._signed_in("GET", path + (f"?{urlencode(query)}" if query else ""), None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What is answered to a body."""
        return self._signed_in("POST", path, body)

    def close(self) -> None:
        """End the session, and the connection."""
        if self._token is not None:
            with suppress(LicetError):  # it ends by itself
                self._ask("DELETE", "/session", None)
        self._token = None
        self._connection.close()

    def _signed_in(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        if self._token is None:
            asked = self._ask("POST", "/session/challenges", {})["challenge"]
            signature = self._signer.sign(sign_in_digest(str(asked), self.url), SIGN_IN)
            begun = {"challenge": asked, "key": signature.key, "signature": to_text(signature.content)}
            self._token = str(self._ask("POST", "/session", begun)["token"])
        return self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"accept": "application/json"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        content = None
        if body is not None:
            content = canonical(dict(body))
            headers["content-type"] = "application/json"
        try:
            self._connection.request(method, API + path, content, headers)
            response = self._connection.getresponse()
            said = response.read(LARGEST + 1)
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise OfficeUnusable(
                f"the office `{self.url}` cannot be reached: {error or type(error).__name__}"
            ) from error
        return self._read(response, said)

    def _read(self, response: HTTPResponse, said: bytes) -> Any:
        if response.status == 204:
            return {}
        try:
            tree = json.loads(said)
        except ValueError:
            tree = None
        if not isinstance(tree, dict) or len(said) > LARGEST:
            raise OfficeUnusable(f"`{self.url}` answered {response.status} and no JSON: is it an office of Licet?")
        if response.status >= 300:
            _refuse(self.url, response.status, tree)
        return tree


def _refuse(url: str, status: int, tree: Mapping[str, Any]) -> NoReturn:
    said, code = str(tree.get("detail", "")), str(tree.get("code", ""))
    if code == "documents_rejected":
        raise DocumentsRejectedError(said.splitlines())
    kind = CLASSES.get(code)
    if kind is not None:
        raise kind(said)
    raise OfficeUnusable(f"the office `{url}` answered {status}: {said or 'nothing'}")


class RemoteStore:
    """What can be read of `services.ports.Store` at an office. Everything else raises `OfficeUnusable`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lists: dict[str, bytes | None] = {}

    def __getattr__(self, name: str) -> NoReturn:
        raise OfficeUnusable(f"an office does not do this over HTTP (`{name}`): run it where the installation is")

    def enactments(self) -> tuple[Enactment, ...]:
        """See the port."""
        return tuple(map(replies.enactment_from, self._wire.get("/enactments")["enactments"]))

    def documents(self, epoch: int | None = None) -> tuple[StoredDocument, ...]:
        """See the port."""
        query = {} if epoch is None else {"epoch": str(epoch)}
        return tuple(map(replies.document_from, self._wire.get("/documents", **query)["documents"]))

    def list_content(self, digest: str) -> bytes | None:
        """See the port."""
        if digest not in self._lists:
            self._lists[digest] = from_text(self._wire.get(f"/lists/{quote(digest)}")["content"])
        return self._lists[digest]

    def proposals(self) -> tuple[StoredProposal, ...]:
        """See the port."""
        return tuple(map(replies.proposal_from, self._wire.get("/proposals")["proposals"]))

    def proposed(self, proposal: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        return tuple(map(replies.document_from, self._wire.get(f"/proposals/{quote(proposal)}")["documents"]))

    def subject(self, subject: str) -> SubjectRecord | None:
        """See the port."""
        try:
            return replies.subject_from(self._wire.get(f"/subjects/{quote(subject, safe='')}"))
        except OfficeUnusable as error:
            if " 404: " in str(error):
                return None
            raise

    def subjects(self) -> Iterator[SubjectRecord]:
        """See the port."""
        after: str | None = ""
        while after is not None:
            page = self._wire.get("/subjects", **({"after": after} if after else {}))
            yield from map(replies.subject_from, page["subjects"])
            after = page["next"]

    def subject_count(self) -> int:
        """See the port."""
        return int(self._wire.get("/status")["subjects"])

    def keys(self) -> tuple[KeyRecord, ...]:
        """See the port."""
        return tuple(map(replies.key_from, self._wire.get("/keys")["keys"]))

    def close(self) -> None:
        """See the port."""


class RemoteAdministration:
    """`services.acts.administering.Administration` at an office."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @cached_property
    def _status(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._wire.get("/status")
        return found

    @property
    def needed(self) -> int:
        """See the port."""
        return int(self._status["needed"])

    @property
    def installation(self) -> str:
        """See the port."""
        return str(self._status["installation"])

    def now(self) -> datetime:
        """See the port."""
        return datetime.fromisoformat(self._wire.get("/status")["now"])

    def officers(self) -> tuple[Officer, ...]:
        """See the port."""
        return tuple(map(officer_from, self._wire.get("/officers")["officers"]))

    def acts(self) -> tuple[StoredAct, ...]:
        """See the port; those that this officer may see."""
        return tuple(map(act_from, self._wire.get("/acts")["acts"]))

    def act(self, name: str) -> StoredAct:
        """See the port."""
        return act_from(self._wire.get(f"/acts/{quote(name, safe='')}"))

    def issue_key(
        self, subject: str, scopes: Iterable[str], expires_at: datetime | None, acts_for: str | None
    ) -> Issued:
        """See the port."""
        body = {
            "subject": subject,
            "scopes": list(scopes),
            "expires_at": None if expires_at is None else expires_at.isoformat(),
            "acts_for": acts_for,
        }
        return msgspec.convert(self._wire.post("/keys/drafts", body), Issued)

    def account(self, issuer: str, name: str) -> Account:
        """See the port."""
        tree = self._wire.post("/accounts/drafts", {"issuer": issuer, "name": name})
        return Account(tree["issuer"], bytes.fromhex(tree["mark"]))

    def found(self, officers: Iterable[Officer], *, actor: str) -> Done:  # noqa: ARG002
        """See the port."""
        raise OfficeUnusable("the first officers are appointed where the installation is, without `--admin`")

    def submit(self, content: bytes, signature: Signature | None, carried: Carried, *, timeout: float) -> Done:  # noqa: ARG002
        """See the port; the office has its own patience."""
        body = {
            "content": content.decode(),
            "signature": signature_tree(signature),
            "carried": replies.carried_tree(carried),
        }
        return replies.done_from(self._wire.post("/acts", body))

    def approve(
        self,
        name: str,
        actor: str,  # noqa: ARG002 - whoever is signed in
        signature: Signature | None,
        carried: Carried,
        *,
        timeout: float,  # noqa: ARG002
    ) -> Done:
        """See the port."""
        body = {"signature": signature_tree(signature), "carried": replies.carried_tree(carried)}
        return replies.done_from(self._wire.post(f"/acts/{quote(name, safe='')}/approval", body))

    def withdraw(self, name: str, actor: str, reason: str, signature: Signature | None) -> Done:  # noqa: ARG002
        """See the port."""
        body = {"signature": signature_tree(signature), "reason": reason}
        return replies.done_from(self._wire.post(f"/acts/{quote(name, safe='')}/withdrawal", body))


class RemoteInstallation:
    """What can be done of `licet.cli.world.Installation` at an office. Everything else raises `OfficeUnusable`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.url = wire.url
        self.store = RemoteStore(wire)
        self.administration = RemoteAdministration(wire)

    def __getattr__(self, name: str) -> NoReturn:
        raise OfficeUnusable(f"an office does not do this over HTTP (`{name}`): run it where the installation is")

    @property
    def officers(self) -> int:
        """See the port."""
        return self.administration.needed

    def now(self) -> datetime:
        """See the port."""
        return self.administration.now()

    def close(self) -> None:
        """Sign out."""
        self._wire.close()
