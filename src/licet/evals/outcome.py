"""What came of a request, as its caller saw it: served, by a fallback, blocked. Everything else is an error.

A Licet gate says it in headers (`licet-requested-model`, `licet-served-model`) and in refusals (451 by the rulebook,
403 by a safeguard). Of other servers, the name of the model in the answer says it, and a content filter's refusal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from licet.core.evidence.trial import Came

REQUESTED, SERVED = "licet-requested-model", "licet-served-model"
LEGAL = 451
BLOCKING = frozenset(
    {"flagged_by_safeguard", "content_filter", "content_policy_violation", "unavailable_for_legal_reasons"}
)
"""Codes of errors by which servers say that a request was refused for what it asks."""

VERSIONED = re.compile(r"[-@:](?:\d{4}-?\d{2}-?\d{2}|latest|\d{3,})\Z")
"""What servers put behind a model's name for the version that it stands for."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said, without the answer: status, headers (names in lower case), model, the error's code."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    code: str = ""
    filtered: bool = False


def came_of(response: Response, asked: str, same: Collection[str] = ()) -> Came:
    """What came of a request for the model `asked`. `same` are other names by which a server calls that model."""
    if response.filtered or response.status == LEGAL or (response.status >= 400 and response.code in BLOCKING):
        return Came.BLOCKED
    if not 200 <= response.status < 300:
        return Came.ERROR
    return Came.FALLBACK if another_served(response, asked, same) else Came.SERVED


def another_served(response: Response, asked: str, same: Collection[str]) -> bool:
    """Whether another model answered: by the gate's headers, where they are there, otherwise by the answer's model."""
    requested, served = response.headers.get(REQUESTED), response.headers.get(SERVED)
    if requested is not None and served is not None:
        return served != requested
    return bool(response.model) and response.model not in {asked, *same} and not is_version(response.model, asked)


def is_version(model: str, asked: str) -> bool:
    """Whether a name is that of a dated version of the model that was asked for."""
    return model.startswith(asked) and VERSIONED.fullmatch(model.removeprefix(asked)) is not None
