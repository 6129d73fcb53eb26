"""What an entry of the log says, in a line: for people who follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from licet.record.log.entries import (
    Correction,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    KeyHandOver,
    WithheldInstrument,
)
from licet.record.log.entry_spelling import read_entry
from licet.record.refusal import Malformed
from licet.record.spelling import json_object
from licet.record.tree.verified import LoggedEntry

UNREADABLE = "unreadable"
"""The type of news about an entry that is none."""

_TOLD = ("issuer", "authority", "models", "families", "from", "until", "relieves", "lifts", "supersedes", "ends")
"""The fields of a document that a summary has, in this order."""


@dataclass(frozen=True, slots=True)
class News:
    """One entry that people want to hear of.

    `at` is its own instant, if it has one; `seen` is when a monitor first read it.
    """

    entry: int
    type: str
    title: str
    summary: str
    at: datetime | None
    seen: datetime


def news_of(logged: LoggedEntry, seen: datetime) -> tuple[str, News | None]:
    """The type of an entry, and the news that it makes; None for what comes every hour (acknowledgements, segments)."""
    try:
        entry = read_entry(logged.content)
    except Malformed as error:
        title = f"entry {logged.at} is not one that this version of licet knows"
        return UNREADABLE, News(logged.at, UNREADABLE, title, str(error), None, seen)
    told = _told(entry)
    if told is None:
        return entry.TYPE, None
    title, summary, at = told
    return entry.TYPE, News(logged.at, entry.TYPE, title, summary, at, seen)


def _told(entry: Entry) -> tuple[str, str, datetime | None] | None:
    """Title, summary and instant."""
    match entry:
        case Instrument():
            tree = json_object(entry.document, "document")
            title = tree.get("title")
            named = f"{entry.kind} {entry.name}" + (f": {title}" if isinstance(title, str) else "")
            return named, _summary(tree, entry.digest), _instant(tree)
        case WithheldInstrument():
            tree = json_object(entry.public, "public")
            named = f"{entry.kind} {entry.name or '(its name is withheld)'}, in part withheld"
            why = f"withheld: {', '.join(entry.withheld)}; {entry.reason} ({entry.authority})"
            return named, _summary(tree, why), _instant(tree)
        case Enacted():
            count = len(entry.documents)
            by = ", ".join(f"{each.role} {each.pseudonym}" for each in entry.by) or "not recorded"
            summary = (
                f"{count} document{'s' * (count != 1)}; ground: {entry.ground}; by: {by}; rulebook {entry.rulebook}"
            )
            return f"epoch {entry.epoch} was enacted", summary, entry.at
        case Correction():
            return f"entry {entry.entry} is corrected", entry.why, entry.at
        case Deletion():
            title = f"segment {entry.segment} was deleted"
            return title, f"{entry.records} records (entry {entry.entry}); {entry.rule}", entry.at
        case KeyHandOver():
            title = f"the log's key changes to {entry.new.id.hex()}"
            summary = f"{entry.why}; whoever accepts that adds this line to their policy: log {entry.new}"
            return title, summary, entry.at
        case _:
            return None


def _summary(tree: Mapping[str, Any], last: str) -> str:
    parts = [f"{name}: {_listed(tree[name])}" for name in _TOLD if name in tree]
    return "; ".join([*parts, last])


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _instant(tree: Mapping[str, Any]) -> datetime | None:
    """When a document was issued. What of a withheld one is public is not checked by anybody, so it may be anything."""
    try:
        issued = datetime.fromisoformat(str(tree.get("issued")))
    except ValueError:
        return None
    return issued if issued.utcoffset() is not None else None
