"""What officers see of cases over HTTP: lists, one with all that it says, what is due, the procedures. Each blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.core.roles import Officer
from licet.office.admin.parts import AdminParts
from licet.office.problems import Problem
from licet.services.acts.replies import document_tree, instant_from
from licet.services.acts.spelling import to_text
from licet.services.cases import looking, replies
from licet.services.cases.laws import Law, law_of

Asked = Mapping[str, str]
Tree = dict[str, Any]
PAGE = 1_000
"""Most cases of one reply."""
MOST_DUE = 100_000


def cases(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Cases in the order in which they were opened, up to a thousand past `after`."""
    is_open = {None: None, "true": True, "false": False}.get(asked.get("open"), "")
    if is_open == "":
        raise Problem(400, "malformed_query", "`open` is `true` or `false`")
    named = {name: asked.get(name) for name in ("topic", "state", "parent", "after")}
    limit = _whole("limit", asked, PAGE)
    found = parts.store.case_rows(**named, is_open=is_open, limit=limit)  # type: ignore[arg-type]
    following = found[-1].case if len(found) == limit else None
    return {"cases": replies.trees(found), "next": following}


def case(parts: AdminParts, officer: Officer, asked: Asked) -> Tree:
    """One case with all its entries, and how it stands for whoever asks."""
    found = parts.store.case(asked["id"])
    if found is None:
        raise Problem(404, "not_found", "there is no such case")
    tree = replies.stored_tree(found)
    if found.erased is not None:
        return {**tree, "standing": None}
    now, law = _law(parts)
    stands = looking.standing(law, found, now)
    other = looking.appealed(parts.store, law, stands, now)
    return {**tree, "standing": replies.standing_tree(stands, officer, other)}


def clocks(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """What is due, soonest first: what is overdue comes before everything."""
    now = parts.administration.now()
    try:
        until = instant_from(asked["until"]) if "until" in asked else None
    except (ValueError, OverflowError):
        raise Problem(400, "malformed_query", "`until` is an instant with its offset from UTC") from None
    found = parts.store.due_rows(until=until, limit=_whole("limit", asked, MOST_DUE))
    return {"now": now.isoformat(), "due": [replies.due_tree(each, now) for each in found]}


def procedures(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """The procedures in force."""
    return {"procedures": replies.procedures_tree(_law(parts)[1])}


def kept_procedures(parts: AdminParts, _: Officer, __: Asked) -> Tree:
    """The digests of the procedures of which the law is kept for cases that began under them."""
    return {"procedures": list(parts.store.kept_procedures())}


def kept_law(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """A procedure that cases began under, and everything that it refers to."""
    found = parts.store.kept_law(asked["digest"])
    if not found:
        raise Problem(404, "not_found", "no law is kept of a procedure with this digest")
    return {"documents": [document_tree(each) for each in found]}


def exhibit(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """The bytes of an exhibit."""
    found = parts.store.exhibit(asked["digest"])
    if found is None:
        raise Problem(404, "not_found", "there is no exhibit with this digest")
    return {"digest": asked["digest"], "content": to_text(found)}


def _law(parts: AdminParts) -> tuple[datetime, Law]:
    now, casework = parts.administration.now(), parts.administration.casework
    if casework is None:
        raise Problem(404, "not_found", "cases are not worked on here")
    return now, law_of(parts.store, casework.calendars, now)


def _whole(name: str, asked: Asked, most: int) -> int:
    text = asked.get(name, str(most))
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= most:
        raise Problem(400, "malformed_query", f"`{name}` is a whole number from 1 to {most}")
    return int(text)
