"""What happened in a case, as the public version says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.cases.redaction.classing import class_of, clock_class, part_class, party_class
from licet.cases.redaction.linking import target_of
from licet.cases.redaction.owing import obligation_tree
from licet.cases.redaction.redacting import Redacting, Tree, is_withheld
from licet.cases.secrets import strings
from licet.cases.withholding import DECISION
from licet.core.cases.case import Placed
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import CLOCK, Secrecy


def entry_tree(work: Redacting, placed: Placed) -> Tree:
    """An entry: when, what, in which role, by officers as numbers; each field, or that it is withheld."""
    entry = placed.entry
    at = entry.at.isoformat()
    tree: Tree = {
        "number": entry.number,
        "event": entry.event,
        "title": placed.title or entry.event,
        "role": entry.role,
        "officer": None if entry.actor == CLOCK else work.officer(entry.actor),
        "second": None if entry.second is None else work.officer(entry.second),
        "at": at,
        "happened": at if _is_same(entry.happened, entry.at) else entry.happened.isoformat(),
        "before": placed.before,
        "after": placed.after,
        "exhibits": len(entry.exhibits),
        "fields": {name: _said(work, _field(work, entry, name)) for name in sorted(entry.fields)},
    }
    if entry.party is not None:
        secrecy = party_class(work, entry)
        shown = entry.party if secrecy is Secrecy.PUBLIC else work.withheld(secrecy, work.classes.by(entry, "party"))
        tree["party"] = _said(work, shown)
    if entry.clock is not None:
        tree["clock"] = {"clock": entry.clock.clock, "started_by": entry.clock.started_by}
    if entry.late is not None:
        tree["late"] = entry.late if work.open_ else work.withheld(Secrecy.DELIBERATION)
    if placed.overtaken:
        tree["overtaken"] = True
    if placed.backdated:
        tree["backdated"] = True
    if placed.shifts:
        tree["shifts"] = [_shift(work, each) for each in placed.shifts]
    return tree


def _said(work: Redacting, value: Any) -> Any:
    """The same, noted for what it repeats."""
    if type(value) is str:
        work.texts.add(value)
    elif not is_withheld(value):
        work.texts.update(strings(value))
    return value


def _is_same(one: datetime, other: datetime) -> bool:
    """Whether two instants are one, and written with the same offset."""
    return one.tzinfo is other.tzinfo and one == other


def _shift(work: Redacting, shift: Any) -> Tree:
    """What a late entry moved; not from when to when, where that would say something that is withheld."""
    hidden = clock_class(work, shift.clock, shift.started_by)
    if hidden is not None:
        return {"clock": shift.clock, "moved": work.withheld(hidden)}
    return {"clock": shift.clock, "before": shift.before, "after": shift.after}


def _field(work: Redacting, entry: Entry, name: str) -> Any:
    value = entry.fields[name]
    secrecy = class_of(work, entry, name)
    if secrecy is not Secrecy.PUBLIC:
        return work.withheld(secrecy, work.classes.by(entry, name))
    if name == DECISION and isinstance(value, Mapping):
        return {part: _part(work, entry, part, value[part]) for part in sorted(value)}
    if entry.event == BuiltIn.LINK and name == "target":
        return target_of(work, value)
    if entry.event in (BuiltIn.DISCHARGE, BuiltIn.BREACH) and name == "obligation":
        return next((obligation_tree(work, each)["id"] for each in work.case.obligations if each.id == value), value)
    return value


def _part(work: Redacting, entry: Entry, part: str, value: Any) -> Any:
    secrecy = part_class(work, entry, part)
    if secrecy is not Secrecy.PUBLIC:
        return work.withheld(secrecy, work.classes.by(entry, f"{DECISION}.{part}"))
    if part == "judged" and isinstance(value, list):
        return [_judged(work, each) for each in value]
    return value


def _judged(work: Redacting, judged: Mapping[str, Any]) -> Tree:
    """A verdict with its reasons; of its evidence what is public anyway, and that there is more."""
    evidence = list(judged.get("evidence", ()))
    shown: list[Any] = [each for each in evidence if work.open_ or each in work.known]
    if len(shown) < len(evidence):
        shown.append(work.withheld(Secrecy.COMMERCIAL))
    tree = {key: value for key, value in judged.items() if key != "evidence"}
    return tree | ({"evidence": shown} if shown else {})
