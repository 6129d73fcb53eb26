"""The instruments that a decision writes: a grant and a variation write a licence, a suspension writes a lift.

What comes out are documents as trees, to be put in force by `licet enact`, by two officers as ever. A denial writes
none: it says what would change it. That the orders and models exist is found out where they are enacted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from licet.cases.decision.reading import filled, spelled_instant
from licet.core.cases.decision import Decision, Ending, Promise, Promised, Terms
from licet.core.cases.limit_text import limit_text

LONGEST_TITLE = 200
"""Characters of a title; a summary may be longer."""


def documents(decision: Decision, *, issuer: str, issued: datetime, source: str) -> tuple[dict[str, Any], ...]:
    """The instruments that a decision writes, each a document's tree; none for most decisions.

    `issuer` is who decided, `issued` when, `source` where it can be read: the case and the number of the entry. A lift
    comes last, so that a licence that takes the place of another is there before that ends.
    """
    about = {"issuer": issuer, "issued": issued.isoformat(), "source": source}
    written = []
    if decision.terms is not None:
        written.append(licence(decision, decision.terms, about))
    if decision.ending is not None:
        written.append(lift(decision, decision.ending, about))
    return tuple(written)


def licence(decision: Decision, terms: Terms, about: dict[str, str]) -> dict[str, Any]:
    """The licence: its holders as a condition, and in `reasons` why it was granted and on which conditions."""
    return filled(
        {
            "licence": terms.licence,
            **_common(decision, about, terms.since),
            "until": spelled_instant(terms.until),
            "review_by": spelled_instant(terms.review_by),
            "supersedes": list(terms.supersedes),
            "relieves": list(terms.relieves),
            "models": list(terms.models),
            "families": list(terms.families),
            "operations": list(terms.operations),
            "uses": dict(terms.uses),
            "to": terms.to,
        }
    )


def lift(decision: Decision, ending: Ending, about: dict[str, str]) -> dict[str, Any]:
    """The lift: what it ends, from when, and why."""
    return {"lift": ending.lift, **filled({**_common(decision, about, ending.since), "ends": list(ending.ends)})}


def _common(decision: Decision, about: dict[str, str], since: datetime) -> dict[str, Any]:
    title = " ".join(decision.summary.split())
    return {
        "title": title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…",
        "issuer": about["issuer"],
        "authority": list(decision.basis),
        "issued": about["issued"],
        "from": since.isoformat(),
        "reasons": reasons(decision),
        "appeal": decision.appeal,
        "source": about["source"],
    }


def reasons(decision: Decision) -> str:
    """Why, on which conditions, and what would change it: what an instrument carries of its decision, in words."""
    parts = [decision.considerations]
    for kind, heading in ((Promised.CONDITION, "Conditions"), (Promised.UNDERTAKING, "Undertakings")):
        made = [_promise(each) for each in decision.promises if each.kind is kind]
        if made:
            parts.append("\n".join((f"{heading}:", *made)))
    parts.append(f"What would change this: {decision.reconsideration}")
    parts.append(f"Decided by: {decision.official}")
    return "\n\n".join(parts)


def _promise(promise: Promise) -> str:
    due = [
        f"by {promise.by.isoformat()}" if promise.by else "",
        f"within {limit_text(promise.within)}" if promise.within else "",
        f"every {limit_text(promise.every)}" if promise.every else "",
    ]
    when = ", then ".join(each for each in due if each)
    cure = f"; a breach is to be put right within {limit_text(promise.cure)}" if promise.cure else ""
    return f"- {promise.id} ({promise.owner}, {when}): {promise.text}{cure}"
