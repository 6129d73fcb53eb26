"""A case as it is kept becomes one as it is shown: derived once, redacted once. What was destroyed stays a number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from licet.cases.derive import EntriesBroken, derive
from licet.cases.redaction.public import public
from licet.core.cases.case import Case, Placed
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.grounds import Ground
from licet.core.cases.procedure import Procedure, Secrecy, State
from licet.core.cases.register.shown import ShownCase
from licet.services.cases.laws import Law
from licet.services.cases.ports import StoredCase
from licet.services.cases.register.showing import shown
from licet.wire.entries import case_tree, digest_of

UNTOLD: Final = State("destroyed", "Not told any more", "", final=True, outcome=None)
"""Where a case is of which nothing tells it: nothing is destroyed before its case is final."""

EMPTY: Final = frozenset(each.value for each in BuiltIn if each is not BuiltIn.RAN_OUT)
"""What says nothing without its fields, and changes no state."""


@dataclass(frozen=True, slots=True)
class Sight:
    """By what cases are seen: the law, the grounds of each class, digests that are public anyway, and the instant."""

    law: Law
    grounds: Mapping[Secrecy, Ground]
    known: Collection[str]
    now: datetime


def seen(sight: Sight, stored: StoredCase) -> tuple[Case, ShownCase]:
    """A case, derived, and as the public sees it. Raises `LawMissing`, `EntriesBroken`, `BeyondCalendar`."""
    sight.law.under(stored.procedure)
    if stored.erased is not None:
        case = _destroyed(sight, stored)
        return case, replace(_shown(sight, case, whole=None, earlier=()), erased=stored.erased)
    case = derive(sight.law.engine, stored.id, stored.procedure, stored.entries, sight.now)
    return case, _shown(sight, case, whole=_whole(stored), earlier=tuple(_earlier(sight, stored)))


def _shown(sight: Sight, case: Case, *, whole: str | None, earlier: tuple[Procedure, ...]) -> ShownCase:
    tree = public(case, sight.grounds, whole=whole or "", earlier=earlier, known=sight.known)
    return shown(case, tree | {"whole": whole}, sight.law.every_criteria, sight.now)


def _whole(stored: StoredCase) -> str:
    return digest_of(case_tree(stored.id, stored.procedure, stored.entries), stored.blind)


def _earlier(sight: Sight, stored: StoredCase) -> Iterator[Procedure]:
    """The procedures that it went under: what was given in confidence under one stays so."""
    moves = [str(each.fields.get("procedure")) for each in stored.entries if each.event == BuiltIn.MOVE]
    if moves:
        yield from (sight.law.by_digest[each] for each in (stored.procedure, *moves) if each in sight.law.by_digest)


def _destroyed(sight: Sight, stored: StoredCase) -> Case:
    """What is left of a case whose content was destroyed: events and instants, and what follows from them alone.

    Its conditions held when its entries were made, and the fields that they are over are gone: nobody asks again.
    """
    procedure = _unconditional(sight.law.under(stored.procedure))
    engine = sight.law.engine
    law = replace(engine, procedures={**engine.procedures, stored.procedure: procedure})
    bare = tuple(_bare(each) for each in stored.entries)
    kept = tuple(each for each in bare if each.event not in EMPTY)
    try:
        return derive(law, stored.id, stored.procedure, kept, sight.now)
    except EntriesBroken:
        return _listed(procedure, stored.id, bare)


def _unconditional(procedure: Procedure) -> Procedure:
    """A procedure in which nothing is possible only if."""
    return replace(procedure, events={name: replace(each, guards={}) for name, each in procedure.events.items()})


def _bare(entry: Entry) -> Entry:
    """An entry without anything that would be somebody's, should any of it still be there."""
    return replace(entry, actor="", fields={}, party=None, second=None, exhibits=(), late=None, act=None)


def _listed(procedure: Procedure, name: str, entries: tuple[Entry, ...]) -> Case:
    """A case of which not even the states follow any more: it went under a version that is not known from it."""
    placed = tuple(Placed(each, "", "", title=each.event) for each in entries)
    at = [each.entry.at for each in placed]
    return Case(name, procedure, UNTOLD, min(at), max(at), placed, (), (), (), (), {}, {}, {})
