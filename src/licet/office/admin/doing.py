"""What officers do over HTTP: hand in what they signed, approve, withdraw, and have made what only we can make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.core.roles import Deed, Officer
from licet.office.admin.parts import AdminParts
from licet.office.problems import Problem
from licet.services.acts.carried import Carried
from licet.services.acts.content import read
from licet.services.acts.persons import check_role, check_signed_by
from licet.services.acts.ports import Signature
from licet.services.acts.replies import carried_from, done_tree
from licet.services.acts.spelling import signature_from
from licet.services.keys import checked_scopes

Body = Mapping[str, Any]
Tree = dict[str, Any]
TIMEOUT = 5.0
"""Seconds to wait for gate processes."""


def submit(parts: AdminParts, officer: Officer, _: Mapping[str, str], body: Body) -> Tree:
    """Hand in an act. Only the officer who is signed in hands in their own."""
    content = body["content"].encode()
    check_signed_by(officer, read(content).actor)
    signature = _signature(body)
    done = parts.administration.submit(content, signature, _carried(body), timeout=TIMEOUT)
    return done_tree(done)


def approve(parts: AdminParts, officer: Officer, asked: Mapping[str, str], body: Body) -> Tree:
    """Agree to what another officer proposed."""
    signature = _signature(body)
    done = parts.administration.approve(asked["id"], officer.name, signature, _carried(body), timeout=TIMEOUT)
    return done_tree(done)


def withdraw(parts: AdminParts, officer: Officer, asked: Mapping[str, str], body: Body) -> Tree:
    """Take back what waits."""
    signature = _signature(body)
    return done_tree(parts.administration.withdraw(asked["id"], officer.name, body["reason"], signature))


def new_key(parts: AdminParts, officer: Officer, _: Mapping[str, str], body: Body) -> Tree:
    """The text of a new API key, which counts once the act with these fields is done. It is told this once."""
    check_role(officer, Deed.MAKE_KEY)
    expires = None if body["expires_at"] is None else datetime.fromisoformat(body["expires_at"])
    scopes = checked_scopes(body["scopes"])
    issued = parts.administration.issue_key(body["subject"], scopes, expires, body["acts_for"])
    return {"fields": issued.fields, "text": issued.text}


def new_client(parts: AdminParts, officer: Officer, _: Mapping[str, str], body: Body) -> Tree:
    """The token of an organisation, which counts once the act with these fields is done. It is told this once."""
    check_role(officer, Deed.MAKE_KEY)
    issued = parts.administration.issue_client(body["attester"])
    return {"fields": issued.fields, "text": issued.text}


def new_account(parts: AdminParts, officer: Officer, _: Mapping[str, str], body: Body) -> Tree:
    """What is kept of an account at an identity provider, for an appointment; the name itself is not."""
    check_role(officer, Deed.APPOINT)
    made = parts.administration.account(body["issuer"], body["name"])
    return {"issuer": made.issuer, "mark": made.mark.hex()}


def _carried(body: Body) -> Carried:
    try:
        return carried_from(body["carried"])
    except ValueError:
        raise _malformed("carried") from None


def _signature(body: Body) -> Signature | None:
    try:
        return signature_from(body["signature"])
    except ValueError:
        raise _malformed("signature") from None


def _malformed(what: str) -> Problem:
    return Problem(400, "malformed_json", f"`{what}` is not base64url without padding")
