"""Clients: organisations that push their members, each by a token that is made once and shown once."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime

from licet.core.errors import LicetError
from licet.services.identity.ports import Client
from licet.services.keys import keyed_hash
from licet.services.ports import Store

FORM = re.compile(r"licet-scim_([a-z2-7]{8})_[a-z2-7]{32}", re.ASCII)
"""A token: its client's ID, and 160 random bits."""

LONGEST_NAME = 500


class ClientRefused(LicetError):
    """A client that cannot be made or revoked as asked; the message says why and what is allowed."""


def issue(attester: str, *, actor: str, now: datetime, random_bytes: Callable[[int], bytes]) -> tuple[Client, str]:
    """A new client for an attester, and its token, which nobody can tell again later. Raises `ClientRefused`."""
    if not 0 < len(attester) <= LONGEST_NAME or not attester.isprintable() or attester.strip() != attester:
        raise ClientRefused(
            f"an attester is a name of up to {LONGEST_NAME} letters, as in `attester:` of a trust document"
        )
    id_ = _letters(random_bytes(5))
    return Client(id_, attester, now, actor), f"licet-scim_{id_}_{_letters(random_bytes(20))}"


def create(
    store: Store,
    attester: str,
    *,
    actor: str,
    now: datetime,
    secret: bytes,
    random_bytes: Callable[[int], bytes],
) -> tuple[Client, str]:
    """Issue a client and keep the keyed hash of its token."""
    client, token = issue(attester, actor=actor, now=now, random_bytes=random_bytes)
    store.add_client(client, keyed_hash(secret, token))
    return client, token


def revoke(store: Store, client: str, *, actor: str, now: datetime, reason: str) -> str:
    """End a client for good, by its ID or its token; its ID. Raises `ClientRefused` if there is none, or no longer."""
    id_ = parse(client) or client
    if store.revoke_client(id_, actor=actor, at=now, reason=reason):
        return id_
    if any(each.id == id_ for each in store.clients()):
        raise ClientRefused(f"the client `{id_}` is revoked already")
    raise ClientRefused(f"there is no client `{id_}`; `licet scim list` names them")


def parse(token: str) -> str | None:
    """The client's ID in a token, or None for what has not the form of one."""
    found = FORM.fullmatch(token)
    return found[1] if found else None


def known(store: Store, secret: bytes, token: str) -> Client | None:
    """The client that has this token and was not revoked. Raises `StoreUnavailable`."""
    client = store.client_by_hash(keyed_hash(secret, token)) if parse(token) is not None else None
    return client if client is not None and client.revoked_at is None else None


def _letters(content: bytes) -> str:
    return base64.b32encode(content).decode().lower()
