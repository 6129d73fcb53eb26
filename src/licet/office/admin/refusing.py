"""Errors of the verbs as problem details: one table of classes, statuses and codes."""

from __future__ import annotations

from licet.cases.fields.read import FieldsRejected
from licet.cases.law import LawMissing
from licet.core.cases.calendar import BeyondCalendar, CalendarUnusable
from licet.core.errors import LicetError
from licet.office.problems import Problem
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.approval import ApprovalRefused
from licet.services.cases.refusal import CaseMissing
from licet.services.identity.forgetting import ForgettingRefused
from licet.services.identity.organisations.clients import ClientRefused
from licet.services.keys import KeyRefused
from licet.services.ports import StoreConflict, StoreUnavailable
from licet.services.subjects import SubjectRefused
from licet.wire.documents import DocumentsRejectedError
from licet.wire.sheet import SheetRejected

REFUSALS: tuple[tuple[type[LicetError], int, str], ...] = (
    (NotPermitted, 403, "not_permitted"),
    (SignatureRefused, 403, "signature_refused"),
    (ActRefused, 422, "act_refused"),
    (ApprovalRefused, 409, "approval_refused"),
    (StoreConflict, 409, "conflict"),
    (KeyRefused, 422, "key_refused"),
    (ClientRefused, 422, "client_refused"),
    (ForgettingRefused, 422, "forgetting_refused"),
    (SubjectRefused, 422, "subject_refused"),
    (DocumentsRejectedError, 422, "documents_rejected"),
    (SheetRejected, 422, "sheet_rejected"),
    (CaseMissing, 404, "not_found"),
    (LawMissing, 422, "law_missing"),
    (CalendarUnusable, 422, "calendar_unusable"),
    (BeyondCalendar, 422, "calendar_unusable"),
    (FieldsRejected, 422, "act_refused"),
    (StoreUnavailable, 503, "store_unavailable"),
)
"""The first class that fits counts. The codes are those of the command line (`spec/cli.md`)."""


def refused(error: LicetError) -> Problem:
    """The problem that an error is. One that nobody listed is told without its words."""
    for kind, status, code in REFUSALS:
        if isinstance(error, kind):
            said = str(error) if status != 503 else "the store cannot be used now; try again"
            return Problem(status, code, said, headers={"retry-after": "5"} if status == 503 else None)
    return Problem(500, "failed", "this could not be done because of a fault of ours; try again later")
