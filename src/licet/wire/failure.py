"""A refusal or a failure before it has the shape of any API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Failure(NamedTuple):
    """Why there is no answer: HTTP `status`, a `code` for programs, a `message` for a person.

    `param` names the member of the body it is about; `licet` is the machine-readable part of a refusal by the
    rulebook; `headers` go on the answer (`link`, `retry-after`).
    """

    status: int
    code: str
    message: str
    param: str | None = None
    licet: Mapping[str, object] | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
