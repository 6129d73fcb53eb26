"""Refusals in the form of SCIM (RFC 7644, section 3.12). None quotes what was pushed, but for names of attributes."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from scim2_models import Error, SCIMException
from starlette.responses import Response

from licet.core.errors import LicetError
from licet.services.identity.organisations.member_words import MemberRefused, Why
from licet.wire.canonical import canonical

MEDIA_TYPE = "application/scim+json"
NAME = re.compile(r"[A-Za-z$][A-Za-z0-9_$-]{0,60}")


class ScimRefused(LicetError):
    """An answer that is a refusal. `kind` is a `scimType` (RFC 7644, table 9), where there is one for it."""

    def __init__(
        self, status: int, message: str, kind: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.headers = headers or {}


STATUS = {
    Why.NO_SUCH_MEMBER: (404, None),
    Why.TAKEN: (409, "uniqueness"),
    Why.CHANGED_MEANWHILE: (412, None),
    Why.VALUE: (400, "invalidValue"),
}

SAID = {
    "invalidPath": "is no attribute of a User",
    "mutability": "is not for you to change",
    "invalidSyntax": "is no attribute of a User, or stands where none can",
    "noTarget": "needs a path that selects something",
    "invalidValue": "has a value that its schema does not allow, or has none where it needs one",
    "invalidFilter": "cannot be filtered so",
}


def refused(error: ScimRefused | MemberRefused) -> Response:
    """The answer that says so."""
    if isinstance(error, MemberRefused):
        status, kind = STATUS[error.why]
        return refused(ScimRefused(status, str(error), kind))
    tree = Error(status=error.status, scim_type=error.kind, detail=str(error)).model_dump()
    return Response(canonical(tree), error.status, error.headers, MEDIA_TYPE)


def from_validation(error: ValidationError) -> ScimRefused:
    """What is wrong with a body, without its values."""
    first: Any = error.errors(include_input=False, include_url=False, include_context=True)[0]
    kind = str(Error.from_validation_error(first).scim_type or "invalidSyntax")
    place = ".".join(str(each) for each in first["loc"] if isinstance(each, int) or NAME.fullmatch(each))
    where = f"`{place}`" if place else "the body, or an attribute that it names,"
    return ScimRefused(400, f"{where} {SAID.get(kind, 'cannot be read')}", kind)


def from_scim(error: SCIMException) -> ScimRefused:
    """The same for a path or a filter."""
    kind = error.scim_type or "invalidSyntax"
    return ScimRefused(error.status, f"an attribute that was named {SAID.get(kind, 'cannot be read')}", kind)
