"""What an office refuses, as the error that the same refusal is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.core.errors import LicetError
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.approval import ApprovalRefused
from licet.services.identity.forgetting import ForgettingRefused
from licet.services.identity.organisations.clients import ClientRefused
from licet.services.keys import KeyRefused
from licet.services.office import OfficeUnusable
from licet.services.ports import StoreConflict, StoreUnavailable
from licet.services.subjects import SubjectRefused
from licet.wire.documents import DocumentsRejectedError

LONGEST = 20_000
"""Characters of a message that are shown."""

CLASSES: Mapping[str, type[LicetError]] = {
    "not_permitted": NotPermitted,
    "signature_refused": SignatureRefused,
    "act_refused": ActRefused,
    "approval_refused": ApprovalRefused,
    "conflict": StoreConflict,
    "key_refused": KeyRefused,
    "client_refused": ClientRefused,
    "subject_refused": SubjectRefused,
    "forgetting_refused": ForgettingRefused,
    "store_unavailable": StoreUnavailable,
    "not_signed_in": SignatureRefused,
}
"""The errors that the codes of problem details stand for, so that the command ends as it would here."""


class Absent(OfficeUnusable):
    """There is nothing at this address."""


def error_of(url: str, status: int, tree: Mapping[str, Any]) -> LicetError:
    """The error that problem details stand for. What they say is shown without what steers a terminal."""
    said, code = _harmless(str(tree.get("detail", ""))), str(tree.get("code", ""))
    if code == "documents_rejected":
        return DocumentsRejectedError(said.splitlines())
    if code in CLASSES:
        return CLASSES[code](said)
    kind = Absent if (status, code) == (404, "not_found") else OfficeUnusable
    return kind(f"the office `{url}` answered {status}: {said or 'nothing'}")


def _harmless(text: str) -> str:
    return "".join(each if each.isprintable() or each == "\n" else "�" for each in text[:LONGEST])
