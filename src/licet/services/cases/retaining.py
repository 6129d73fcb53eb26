"""How long cases are kept, what keeps them longer, and their destruction: an act of two officers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from licet.cases.clocks.limits import after
from licet.cases.links import linked
from licet.core.cases.case import Case
from licet.core.cases.decision import Kept
from licet.core.cases.procedure import Topic
from licet.core.errors import LicetError
from licet.services.acts.carried import Doing, Told
from licet.services.acts.refusal import ActRefused
from licet.services.cases.entering import seat_of
from licet.services.cases.laws import Law
from licet.services.cases.looking import is_remitted, look, standing
from licet.services.cases.ports import CaseRow
from licet.services.ports import Store

OVER = frozenset((Kept.DISCHARGED, Kept.ENDED))
"""Obligations to which nobody is held any more."""


def kept_until(law: Law, case: Case) -> datetime:
    """Until when a case is kept: so long after its latest event as its procedure says."""
    procedure = case.procedure
    table = law.engine.table(procedure)
    return after(case.updated, procedure.retention.limit, zone=procedure.zone, table=table)


def why_kept(law: Law, case: Case, now: datetime) -> tuple[str, ...]:
    """Everything for which a case must not be destroyed now; nothing if it may be."""
    return tuple(_reasons(law, case, now))


def looked_back_at(store: Store, law: Law, now: datetime) -> dict[str, CaseRow]:
    """The cases that an open one goes back to, each with that one: without them nobody could tell who decided.

    An open appeal goes back to what it appeals; an open case that takes up what an appeal remitted to both; and so on.
    """
    appeals = store.case_rows(topic=Topic.APPEAL.value)
    following = store.linked_to([each.case for each in appeals], relation="follows") if appeals else ()
    found: dict[str, CaseRow] = {}
    for row in dict.fromkeys((*appeals, *(each.row for each in following))):
        if not row.final:
            found |= dict.fromkeys(_back(store, law, row.case, now), row)
    return found


def _back(store: Store, law: Law, name: str, now: datetime) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        kept = store.case(ahead.pop())
        if kept is None or kept.erased is not None:
            continue
        case = standing(law, kept, now)
        followed = (each for each in linked(case, "follows") if _is_remitted(store, law, each, now))
        new = {*linked(case, "appeals"), *followed} - found
        found |= new
        ahead += new
    return found


def _is_remitted(store: Store, law: Law, name: str, now: datetime) -> bool:
    kept = store.case(name)
    return kept is not None and kept.erased is None and is_remitted(standing(law, kept, now))


def _reasons(law: Law, case: Case, now: datetime) -> Iterator[str]:
    for name, why in case.holds.items():
        yield f"the legal hold `{name}` is on it ({why}): `release hold` ends it, by two officers"
    if not case.state.final:
        yield f"it is open, in `{case.state.name}`"
    owed = [each.id for each in case.obligations if each.kept not in OVER]
    if owed:
        yield f"of its obligations {', '.join(f'`{each}`' for each in owed)} are owed"
    until = kept_until(law, case)
    if now < until:
        limit = f"{case.procedure.retention.limit.count} {case.procedure.retention.limit.base}"
        yield f"it is kept until {until.astimezone(UTC).isoformat()}: {limit} after its latest event"


def destroyable(store: Store, law: Law, now: datetime) -> tuple[str, ...]:
    """The cases that may be destroyed now, in the order in which they were opened."""
    final = store.case_rows(is_open=False)
    kept = (found for each in final if (found := store.case(each.case)) is not None and found.erased is None)
    needed = looked_back_at(store, law, now)
    return tuple(each.id for each in kept if each.id not in needed and not why_kept(law, standing(law, each, now), now))


def destroy_cases(doing: Doing) -> Told:
    """The effect of `destroy cases`: numbers, events and instants stay. `left` are acts that speak of other cases too.

    Raises `ActRefused` with every case that must be kept, and why; then none is destroyed.
    """
    law = seat_of(doing).law
    refused = []
    needed = looked_back_at(doing.store, law, doing.now)
    for name in doing["cases"]:
        if name in needed:
            again = "appealed" if needed[name].topic == Topic.APPEAL else "decided again"
            refused.append(f"`{name}`: what was decided in it is {again} in `{needed[name].case}`, which is open")
        try:
            refused += [f"`{name}`: {why}" for why in why_kept(law, look(doing.store, law, name, doing.now), doing.now)]
        except LicetError as error:
            refused.append(f"`{name}`: {error}")
    if refused:
        raise ActRefused("\n".join(refused))
    left = {act for name in doing["cases"] for act in doing.store.erase_case(name, actor=doing.names, at=doing.now)}
    return {"destroyed": list(doing["cases"]), "left": sorted(left)}
