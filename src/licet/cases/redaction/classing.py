"""Of which class a part of a case is: a field, a name, a part of a decision, what a deadline would give away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from licet.cases.redaction.redacting import Redacting
from licet.cases.withholding import DECISION
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import Procedure, Secrecy

NAMED: Final = re.compile(r"[a-z][a-z0-9_]*")


def party_class(work: Redacting, entry: Entry) -> Secrecy:
    """Organisations are public, persons are not: a name is an organisation's where a public field has it, or an entry
    says so.
    """
    given = work.classes.party(entry)
    if given is not None:
        return given
    return Secrecy.PUBLIC if entry.party in work.named else Secrecy.PERSONAL


def class_of(work: Redacting, entry: Entry, name: str) -> Secrecy:
    """The class of a field; who takes a party's place is named where a party of that name would be."""
    secrecy = work.classes.of(entry, name)
    named = entry.event == BuiltIn.SUCCEED and name == "name" and entry.fields[name] in work.named
    return Secrecy.PUBLIC if named and work.classes.by(entry, name) is None else secrecy


def part_class(work: Redacting, entry: Entry, part: str) -> Secrecy:
    """The class of a part of a decision; that of the whole, where the whole is withheld."""
    whole = work.classes.of(entry, DECISION)
    return whole if whole is not Secrecy.PUBLIC else work.classes.of(entry, f"{DECISION}.{part}")


def clock_class(work: Redacting, clock: str, started_by: int) -> Secrecy | None:
    """The class of what a deadline would give away: which limit held, or when something began that is withheld."""
    if work.open_:
        return None
    found = [each for each in work.classes.procedures if clock in each.clocks]
    if not found:
        return Secrecy.DELIBERATION
    duties = [each.duty for each in found if each.duty is not None]
    if duties:
        started = next((each.entry.event for each in work.case.entries if each.entry.number == started_by), "")
        return _class_of_names(work, _chosen_by(found, clock).union(*(each.begins.get(started, ()) for each in duties)))
    if clock not in work.clocks:
        work.clocks[clock] = _class_of_names(work, _chosen_by(found, clock))
    return work.clocks[clock]


def _chosen_by(procedures: Iterable[Procedure], clock: str) -> set[str]:
    """The fields that choose a limit of a clock; it may have ended under any of these procedures."""
    limits = chain.from_iterable(each.clocks[clock].limits for each in procedures)
    return {name for each in limits if each.when is not None for name in NAMED.findall(each.text)}


def _class_of_names(work: Redacting, names: set[str]) -> Secrecy | None:
    """The class of the first of these fields that is not public, by the procedures or in an entry of this case."""
    for name in sorted(names):
        for procedure in work.classes.procedures:
            rule = procedure.fields.get(name)
            if rule is not None and rule.secrecy is not Secrecy.PUBLIC:
                return rule.secrecy
        for placed in work.case.entries:
            if name in placed.entry.fields:
                secrecy = work.classes.of(placed.entry, name)
                if secrecy is not Secrecy.PUBLIC:
                    return secrecy
    return None
