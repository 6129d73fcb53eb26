"""Drafts of calendars become calendars. Nothing in them refers to another document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from licet.core.cases.calendar import Calendar, Override
from licet.core.cases.shape.calendar import WEEKDAYS
from licet.core.shape import Draft


def calendar_from(draft: Draft, digest_of: Callable[[Draft], str]) -> Calendar:
    """One calendar."""
    tree = draft.tree
    return Calendar(
        name=draft.name,
        title=tree["title"],
        country=tree["country"],
        subdivision=tree.get("subdivision"),
        categories=tuple(tree["categories"]),
        weekend=frozenset(WEEKDAYS.index(each) for each in tree["weekend"]),
        overrides=tuple(
            Override(date.fromisoformat(each["day"]), each["holiday"], each["why"], each["source"])
            for each in tree.get("overrides", ())
        ),
        source=tuple(tree["sources"]),
        as_of=date.fromisoformat(tree["as_of"]),
        digest=digest_of(draft),
    )
