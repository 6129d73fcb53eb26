"""A 401 with its challenge (RFC 6750)."""

from __future__ import annotations

import re

from licet.wire.failure import Failure

_UNSAFE = re.compile(r"[^ !#-\[\]-~]")
"""What no `error_description` has (RFC 6750, section 3)."""


def unauthorised(message: str, *, code: str = "invalid_api_key", error: str | None = "invalid_token") -> Failure:
    """A 401 with its challenge (RFC 6750, section 3); without `error` where nothing was presented."""
    told = _UNSAFE.sub("'", message)
    challenge = "Bearer" if error is None else f'Bearer error="{error}", error_description="{told}"'
    return Failure(401, code, message, headers=((b"www-authenticate", challenge.encode("ascii")),))
