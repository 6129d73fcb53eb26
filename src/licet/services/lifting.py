"""A lift as a document that people can read, written for those who lift from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from licet.core.errors import LicetError
from licet.core.instruments import Lift
from licet.core.rulebook import Rulebook


class LiftRefused(LicetError):
    """A lift that would end nothing, or what does not exist."""


def check_lift(rulebook: Rulebook, ends: Iterable[str], from_: datetime) -> None:
    """Raises `LiftRefused` unless each name is an instrument that has not ended by then."""
    liftable = sorted(each.name for each in rulebook.instruments if not isinstance(each, Lift))
    for name in ends:
        if name in rulebook.safeguards:
            raise LiftRefused(
                f"`{name}` is a safeguard, which no lift ends: enact a safeguard of that name without `models` and"
                " `families`, and it stands before nothing"
            )
        if name not in liftable:
            raise LiftRefused(f"there is no instrument `{name}` to lift; there are {', '.join(liftable) or 'none'}")
        end = rulebook.spans[name].end
        if end is not None and end <= from_:
            raise LiftRefused(f"`{name}` ends at {end.isoformat()} already, before {from_.isoformat()}")


def lift_name(rulebook: Rulebook, ends: tuple[str, ...], issued: datetime) -> str:
    """A free name that says what is lifted and when: `lift-us-doc-2026-06-12-20260630`."""
    stem = f"lift-{ends[0]}"[:150] + f"-{issued:%Y%m%d}"
    taken = {each.name for each in rulebook.instruments}
    return next(name for number in range(1, len(taken) + 2) if (name := _numbered(stem, number)) not in taken)


def lift_text(
    name: str, ends: tuple[str, ...], *, issuer: str, issued: datetime, from_: datetime, reasons: str | None
) -> str:
    """The document in YAML."""
    lines = [
        f"lift: {name}",
        f"issuer: {_quoted(issuer)}",
        f"issued: {issued.isoformat()}",
        f"from: {from_.isoformat()}",
        f"ends: [{', '.join(ends)}]",
    ]
    if reasons:
        lines.append(f"reasons: {_quoted(reasons)}")
    return "\n".join(lines) + "\n"


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"


def _quoted(text: str) -> str:
    return json.dumps(text)
