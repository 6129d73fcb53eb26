"""What points at a case: who appeals it, which case decides it again, what concerns it, its parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from licet.cases.law import LawMissing
from licet.cases.links import linked
from licet.core.cases.case import Case, Link
from licet.core.cases.procedure import Topic
from licet.services.cases.laws import Law
from licet.services.cases.looking import is_remitted, look
from licet.services.cases.ports import CaseRow
from licet.services.cases.refusal import CaseMissing
from licet.services.ports import Store

FEW = 20
"""Cases that are named of those which are linked to one by one relation: a queue has many thousand parts."""

FOLLOWS, APPEALS = "follows", "appeals"
SAID = {
    "appeals": "appealed by",
    "concerns": "concerned by",
    "part of": "has the part",
    "follows": "followed by",
    "licensed by": "licenses",
    "ordered by": "orders",
}
"""Each relation, read from its target."""
AGAIN = "decided again in"


class Pointing(NamedTuple):
    """A case that is linked to another, or to the appeal that sent that back: what is said of it there.

    `target` is what it is linked to: the case itself, or that appeal.
    """

    said: str
    relation: str
    target: str
    row: CaseRow

    @property
    def link(self) -> Link:
        """What the case that points says."""
        return Link(self.relation, self.target)


class Backlinks(NamedTuple):
    """What points at a case: by each relation the first of them, and how many there are."""

    first: tuple[Pointing, ...] = ()
    totals: tuple[tuple[str, int], ...] = ()

    def left_out(self, relation: str, case: str) -> int:
        """How many more are linked to a case by a relation than are named."""
        named = sum((each.relation, each.target) == (relation, case) for each in self.first)
        return dict(self.totals).get(relation, 0) - named


def backlinks(store: Store, law: Law, case: Case, now: datetime) -> Backlinks:
    """What points at a case, in the order in which that was opened."""
    totals = store.link_counts(case.id)
    first = [
        Pointing(AGAIN if name == FOLLOWS and is_remitted(case) else SAID.get(name, f"{name}, from"), *each)
        for name in totals
        for each in store.linked_to([case.id], relation=name, limit=FEW)
    ]
    appeals = [each.row.case for each in first if each.relation == APPEALS]
    again = tuple(_again(store, law, appeals, now))
    return Backlinks((*first, *again), tuple(totals.items()))


def _again(store: Store, law: Law, appeals: Collection[str], now: datetime) -> Iterator[Pointing]:
    """The cases that decide again what appeals sent back."""
    followed = store.linked_to(appeals, relation=FOLLOWS, limit=FEW) if appeals else ()
    remitted = {each: _remitted(store, law, each, now) is not None for each in {one.target for one in followed}}
    return (Pointing(AGAIN, *each) for each in followed if remitted[each.target])


def _remitted(store: Store, law: Law, appeal: str, now: datetime) -> Case | None:
    """An appeal, if it sent something back; None too where this Licet cannot read it."""
    try:
        found = look(store, law, appeal, now)
    except (CaseMissing, LawMissing):
        return None
    return found if is_remitted(found) else None


def is_taken_up(store: Store, case: Case) -> bool:
    """Whether nobody has to open a case anew for it: it is no appeal that sent something back, or a case follows it."""
    return not is_remitted(case) or FOLLOWS in store.link_counts(case.id)


def sent_back(store: Store, law: Law, case: Case, now: datetime) -> Case | None:
    """What an appeal is about; None where it is no case, or none that is still there."""
    for each in linked(case, APPEALS):
        found = store.case(each)
        if found is not None and found.erased is None:
            return look(store, law, each, now)
    return None


def untaken(
    store: Store, law: Law, parties: Collection[str], procedure: str, now: datetime
) -> tuple[tuple[str, Case], ...]:
    """The appeals of parties that sent back what was decided under a procedure (its name without version), and that no
    case follows: each with its party.
    """
    only = next(iter(parties)) if len(parties) == 1 else None
    closed = store.case_rows(topic=Topic.APPEAL.value, is_open=False, party=only) if parties else ()
    rows = [each for each in closed if each.party in parties]
    followed = {each.target for each in store.linked_to([each.case for each in rows], relation=FOLLOWS)}
    found = []
    for row in rows:
        appeal = None if row.case in followed else _remitted(store, law, row.case, now)
        original = None if appeal is None else sent_back(store, law, appeal, now)
        if appeal is not None and original is not None and original.procedure.name.partition("@")[0] == procedure:
            found.append((row.party, appeal))
    return tuple(found)
