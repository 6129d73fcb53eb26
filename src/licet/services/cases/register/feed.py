"""What the feed of the register says: decisions and procedures, each by a name that it keeps."""

from __future__ import annotations

from datetime import UTC, datetime

from licet.core.cases.register.in_force import InForce
from licet.core.cases.register.lists import FeedDecision
from licet.core.cases.register.places import FEED, INDEX, case_place, procedure_place
from licet.core.cases.register.register import Register
from licet.wire.atom import Feed, FeedEntry, Tagging, tagging

TITLE = "Decisions and procedures"
AUTHOR = "Licet, for the keeper of the register"
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without an entry was changed."""


def feed_of(register: Register, base_url: str, since: str) -> Feed:
    """The feed, the newest first. `since`: a day on which the address was the keeper's. Raises `FeedRefused`."""
    tags = tagging(base_url, since)
    base = base_url.rstrip("/") + "/"
    found = [
        *(decision(each, base, tags) for each in register.decisions),
        *(procedure(each, base, tags) for each in register.procedures),
    ]
    ordered = tuple(sorted(found, key=lambda each: (each.updated, each.id), reverse=True))
    updated = ordered[0].updated if ordered else NOTHING_YET
    return Feed(tags.uri("register"), base + FEED, base + INDEX, TITLE, AUTHOR, updated, ordered)


def decision(made: FeedDecision, base: str, tags: Tagging) -> FeedEntry:
    """A decision. Its summary is there where it is public."""
    summary = made.summary if made.summary is not None else "What it says is withheld; the page says why."
    return FeedEntry(
        id=tags.uri("register", made.case, str(made.number)),
        url=f"{base}{case_place(made.case)}#decision-{made.number}",
        title=f"{made.case}, {made.procedure_title}: {made.title}",
        updated=made.at,
        category=made.kind,
        summary=summary,
    )


def procedure(each: InForce, base: str, tags: Tagging) -> FeedEntry:
    """A procedure: it never changes, so it was updated when it came into force, or when its sources were read."""
    of = each.procedure
    read = datetime(of.as_of.year, of.as_of.month, of.as_of.day, tzinfo=UTC)
    return FeedEntry(
        id=tags.uri("register", "procedure", of.name),
        url=base + procedure_place(of.name),
        title=f"Procedure: {of.title} ({of.name})",
        updated=each.since or read,
        category="procedure",
        summary=f"{len(of.states)} states, {len(of.events)} events, {len(of.clocks)} clocks. Digest {of.digest}.",
    )
