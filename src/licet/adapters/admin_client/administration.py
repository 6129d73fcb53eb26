"""Acts at an office: handed in, approved and taken back with signatures that are made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

import msgspec

from licet.adapters.admin_client.wire import Wire
from licet.core.roles import Account, Officer
from licet.services.acts import replies
from licet.services.acts.administering import Done, Issued
from licet.services.acts.carried import Carried
from licet.services.acts.ports import Signature, StoredAct
from licet.services.acts.spelling import act_from, officer_from, signature_tree
from licet.services.office import OfficeUnusable


class RemoteAdministration:
    """`services.acts.administering.Administration` at an office."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @cached_property
    def _status(self) -> Mapping[str, Any]:
        return self._wire.get("/status", lambda tree: {name: tree[name] for name in ("needed", "installation")})

    @property
    def needed(self) -> int:
        """See the port."""
        return 1 if self._status["needed"] == 1 else 2

    @property
    def installation(self) -> str:
        """See the port."""
        return str(self._status["installation"])

    def now(self) -> datetime:
        """See the port."""
        return self._wire.get("/status", lambda tree: replies.instant_from(tree["now"]))

    def officers(self) -> tuple[Officer, ...]:
        """See the port."""
        return self._wire.get("/officers", lambda tree: tuple(map(officer_from, tree["officers"])))

    def acts(self) -> tuple[StoredAct, ...]:
        """See the port; those that this officer may see."""
        return self._wire.get("/acts", lambda tree: tuple(map(act_from, tree["acts"])))

    def act(self, name: str) -> StoredAct:
        """See the port."""
        return self._wire.get(f"/acts/{quote(name, safe='')}", act_from)

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
        return self._wire.post("/keys/drafts", body, _issued)

    def issue_client(self, attester: str) -> Issued:
        """See the port."""
        return self._wire.post("/scim-clients/drafts", {"attester": attester}, _issued)

    def account(self, issuer: str, name: str) -> Account:
        """See the port."""
        body = {"issuer": issuer, "name": name}
        return self._wire.post("/accounts/drafts", body, lambda tree: _account(issuer, tree))

    def found(self, officers: Iterable[Officer], *, actor: str) -> Done:  # noqa: ARG002 - not over HTTP
        """See the port."""
        raise OfficeUnusable("the first officers are appointed where the installation is, without `--admin`")

    def submit(self, content: bytes, signature: Signature | None, carried: Carried, *, timeout: float) -> Done:  # noqa: ARG002 - its own
        """See the port; the office has its own patience."""
        body = {
            "content": content.decode(),
            "signature": signature_tree(signature),
            "carried": replies.carried_tree(carried),
        }
        return self._wire.post("/acts", body, replies.done_from)

    def approve(
        self,
        name: str,
        actor: str,  # noqa: ARG002 - whoever is signed in
        signature: Signature | None,
        carried: Carried,
        *,
        timeout: float,  # noqa: ARG002 - the office has its own patience
    ) -> Done:
        """See the port."""
        body = {"signature": signature_tree(signature), "carried": replies.carried_tree(carried)}
        return self._wire.post(f"/acts/{quote(name, safe='')}/approval", body, replies.done_from)

    def withdraw(self, name: str, actor: str, reason: str, signature: Signature | None) -> Done:  # noqa: ARG002 - as above
        """See the port."""
        body = {"signature": signature_tree(signature), "reason": reason}
        return self._wire.post(f"/acts/{quote(name, safe='')}/withdrawal", body, replies.done_from)


def _issued(tree: Any) -> Issued:
    return msgspec.convert(tree, Issued)


def _account(issuer: str, tree: Any) -> Account:
    mark = bytes.fromhex(tree["mark"])
    if tree["issuer"] != issuer or len(mark) != 32:
        raise ValueError
    return Account(issuer, mark)
