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
from licet.services.cases.ports import DuePlace, place_of

Asked = Mapping[str, str]
Tree = dict[str, Any]
PAGE = 1_000
"""Most cases, or things that are due, of one reply."""
FEW = 20
"""Cases that one case names which are linked to it by one relation; `/links` has all."""


def cases(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """Cases in the order in which they were opened, up to a thousand past `after`."""
    limit = _whole("limit", asked, PAGE)
    found = parts.store.case_rows(
        **_those(asked), party=asked.get("party"), cases=_named(asked), after=asked.get("after"), limit=limit
    )
    following = found[-1].case if len(found) == limit else None
    return {"cases": replies.trees(found), "next": following}


def counts(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """How many cases are where."""
    found = parts.store.case_counts(**_those(asked))
    return {"counts": [replies.count_tree(each) for each in found], "total": sum(each.cases for each in found)}


def _those(asked: Asked) -> Tree:
    """Which cases are asked for, as the store takes it."""
    named = {name: asked.get(name) for name in ("topic", "state", "parent")}
    overdue = _instant("overdue", asked) if "overdue" in asked else None
    return {**named, "is_open": _truth("open", asked), "overdue": overdue}


def case(parts: AdminParts, officer: Officer, asked: Asked) -> Tree:
    """One case with all its entries, and how it stands for whoever asks."""
    found = parts.store.case(asked["id"])
    if found is None:
        raise Problem(404, "not_found", "there is no such case")
    tree = {**replies.stored_tree(found), "linked_from": _linked_from(parts, found.id)}
    if found.erased is not None:
        return {**tree, "standing": None}
    now, law = _law(parts)
    stands = looking.standing(law, found, now)
    other = looking.appealed_if_there(parts.store, law, stands, now)
    return {**tree, "standing": replies.standing_tree(stands, officer, other)}


def links(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """How many cases are linked to something, by relation; and those that are by one, in the order in which they were
    opened, past `after`.
    """
    if "target" not in asked:
        raise Problem(400, "malformed_query", "`target` is what cases are linked to")
    limit = _whole("limit", asked, PAGE)
    target, relation, after = asked["target"], asked.get("relation"), asked.get("after")
    found = () if relation is None else parts.store.linked_to([target], relation=relation, after=after, limit=limit)
    return {
        "links": [replies.linked_tree(each) for each in found],
        "next": found[-1].row.case if len(found) == limit else None,
        "counts": dict(parts.store.link_counts(target)),
    }


def _linked_from(parts: AdminParts, case: str) -> list[Tree]:
    """By each relation how many cases are linked to one, and the first of them."""
    return [
        {
            "relation": relation,
            "total": total,
            "cases": [each.row.case for each in parts.store.linked_to([case], relation=relation, limit=FEW)],
        }
        for relation, total in parts.store.link_counts(case).items()
    ]


def clocks(parts: AdminParts, _: Officer, asked: Asked) -> Tree:
    """What is due, soonest first, up to a thousand past `after`: what is overdue comes before everything."""
    now, limit = parts.administration.now(), _whole("limit", asked, PAGE)
    until = _instant("until", asked) if "until" in asked else None
    those: Tree = {"owner": asked.get("owner"), "cases": _named(asked)}
    late = now if until is None else min(now, until)
    found = parts.store.due_rows(until=until, **those, fires=_truth("fires", asked), after=_place(asked), limit=limit)
    return {
        "now": now.isoformat(),
        "due": [replies.due_tree(each, now) for each in found],
        "next": replies.place_text(place_of(found[-1])) if len(found) == limit else None,
        "total": parts.store.due_count(until=until, **those),
        "overdue": parts.store.due_count(until=late, **those),
    }


def _named(asked: Asked) -> list[str] | None:
    return asked["cases"].split(",") if "cases" in asked else None


def _place(asked: Asked) -> DuePlace | None:
    try:
        return replies.place_from(asked["after"]) if "after" in asked else None
    except (ValueError, OverflowError):
        raise Problem(400, "malformed_query", "`after` is the `next` of the page before") from None


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


def _truth(name: str, asked: Asked) -> bool | None:
    found = {None: None, "true": True, "false": False}.get(asked.get(name), "")
    if not isinstance(found, bool | None):
        raise Problem(400, "malformed_query", f"`{name}` is `true` or `false`")
    return found


def _instant(name: str, asked: Asked) -> datetime:
    try:
        return instant_from(asked[name])
    except (ValueError, OverflowError):
        raise Problem(400, "malformed_query", f"`{name}` is an instant with its offset from UTC") from None


def _whole(name: str, asked: Asked, most: int) -> int:
    text = asked.get(name, str(most))
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= most:
        raise Problem(400, "malformed_query", f"`{name}` is a whole number from 1 to {most}")
    return int(text)
