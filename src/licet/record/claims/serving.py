"""Answers: from their decision to their end, and whether somebody was served while they may not have been."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from licet.record.claims.claim import EnforcementClaim
from licet.record.claims.instants import END, later


class Answer(NamedTuple):
    """An answer by one of the claim's models, to somebody who was at some time among those whom it is about.

    Not `known`: nobody is known by their pseudonym, so they may have been.
    """

    place: str
    id: str
    served: str
    began: datetime
    spells: list[tuple[datetime, datetime]]
    known: bool = True


def why_served(claim: EnforcementClaim, answer: Answer, ended: datetime) -> str | None:
    """Why an answer that ended (at the latest) at `ended` breaks the claim, or None.

    Somebody counts as among those whom the claim is about from `grace` after a change of their facts on; an answer that
    began before the claim's time counts from `grace` after its beginning on.
    """
    began, grace = answer.began, claim.grace
    first = later(claim.since, grace) if began < claim.since else began
    for start, end in answer.spells:
        since = first if start.year == 1 else max(first, later(start, grace))
        if since == began:  # the decision itself
            if began < end and began <= claim.until:
                return f"`{answer.served}` was served to one of whom `{claim.whom}` holds"
        elif since < min(ended, end, claim.until):
            told = "and was still being served" if ended is not END else "and may have been served"
            return (
                f"`{answer.served}` was served from {_told(began)} {told} at {_told(since)} to one of whom "
                f"`{claim.whom}` holds"
            )
    return None


def _told(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat() + "Z"
