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
from licet.services.cases.looking import look, standing
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


def open_appeals(store: Store, law: Law, now: datetime) -> dict[str, str]:
    """The cases that an open appeal is about, each with that appeal: without them nobody could tell who decided."""
    found: dict[str, str] = {}
    for row in store.case_rows(topic=Topic.APPEAL.value, is_open=True):
        kept = store.case(row.case)
        if kept is not None and kept.erased is None:
            found |= dict.fromkeys(linked(standing(law, kept, now), "appeals"), row.case)
    return found


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
    appealed = open_appeals(store, law, now)
    return tuple(
        each.id for each in kept if each.id not in appealed and not why_kept(law, standing(law, each, now), now)
    )


def destroy_cases(doing: Doing) -> Told:
    """The effect of `destroy cases`: numbers, events and instants stay. `left` are acts that speak of other cases too.

    Raises `ActRefused` with every case that must be kept, and why; then none is destroyed.
    """
    law = seat_of(doing).law
    refused = []
    appealed = open_appeals(doing.store, law, doing.now)
    for name in doing["cases"]:
        if name in appealed:
            refused.append(f"`{name}`: what was decided in it is appealed in `{appealed[name]}`, which is open")
        try:
            refused += [f"`{name}`: {why}" for why in why_kept(law, look(doing.store, law, name, doing.now), doing.now)]
        except LicetError as error:
            refused.append(f"`{name}`: {error}")
    if refused:
        raise ActRefused("\n".join(refused))
    left = {act for name in doing["cases"] for act in doing.store.erase_case(name, actor=doing.names, at=doing.now)}
    return {"destroyed": list(doing["cases"]), "left": sorted(left)}
