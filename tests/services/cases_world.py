"""A small procedure, and officers who work on cases of it, on a real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.services.acts_world import NOW, Ministry, ministry

from licet.adapters.calendars import Holidays
from licet.core.cases.case import Case, Link
from licet.core.cases.entry import Exhibit
from licet.services.acts.administering import Done
from licet.services.acts.carried import NOTHING, Carried
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase, NewEntry, acting_fields, opening_fields
from licet.services.cases.firing import Fired, fire
from licet.services.cases.laws import Law, law_of
from licet.services.cases.looking import look
from licet.services.cases.ports import Casework
from licet.services.ports import Store

PERMIT = """\
procedure: permit@1
title: Permit
topic: application
as_of: 2026-06-01
sources: [a test]
zone: America/New_York
calendar: us_federal@2026
retention: {limit: 5 years, source: a test}
fields:
  title: {kind: line, meaning: what it is called}
  contact: {kind: line, class: personal, meaning: whom to write to}
  verdict: {kind: text, meaning: what is decided}
roles:
  applicant: {title: the applicant, party: true}
  clerk: {title: the clerk, held: [officer]}
  judge: {title: the judge, held: [officer, approver]}
states:
  filed: {title: Filed}
  heard: {title: Heard}
  granted: {title: Granted, final: true, outcome: granted}
  refused: {title: Refused, final: true, outcome: refused}
events:
  file:
    title: File it
    from: [new]
    to: filed
    by: [applicant]
    needs: [title]
    takes: [contact]
    starts: [hearing, whole]
    tells: [applicant, clerk]
  hear: {title: Hear it, from: [filed], to: heard, by: [clerk], meets: [hearing], tells: [applicant], late: true}
  grant:
    title: Grant it
    from: [heard]
    to: granted
    by: [judge]
    needs: [verdict]
    second: true
    unlike: [hear]
    meets: [whole]
    tells: [applicant]
  refuse: {title: Refuse it, from: [heard], to: refused, by: [judge], needs: [verdict], exhibits: 1, meets: [whole]}
  lapse: {title: It is granted by silence, from: [filed, heard], to: granted, by: [clock], tells: [applicant]}
clocks:
  hearing: {title: Hear it, owner: clerk, limit: 72 h, source: a test}
  whole: {title: Decide, owner: judge, limit: 30 d, source: a test, event: lapse}
"""


@dataclass
class Court:
    """Officers who work on cases: ann (officer), ben (approver), cid (viewer), dora (both)."""

    ministry: Ministry
    casework: Casework
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.ministry.store

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.ministry.at

    @now.setter
    def now(self, at: datetime) -> None:
        self.ministry.at = at

    @cached_property
    def law(self) -> Law:
        """The law of cases."""
        return law_of(self.store, self.casework.calendars, self.now)

    def new(self, title: str = "Fable", party: str = "acme", **more: Any) -> NewCase:
        """A case that is to be opened."""
        fields = {"title": title, **more.pop("fields", {})}
        return NewCase(self.law.procedure("permit").digest, "file", "applicant", fields, party, **more)

    def open(self, *new: NewCase, by: str = "ann", carried: Carried = NOTHING) -> Done:
        """Open cases."""
        act = self.ministry.act(What.OPEN_CASES, by, **opening_fields(new or (self.new(),)))
        return self.ministry.submit(act, carried)

    def act(self, *entries: NewEntry, by: str = "ann", carried: Carried = NOTHING) -> Done:
        """Make entries."""
        return self.ministry.submit(self.ministry.act(What.CASE, by, **acting_fields(entries)), carried)

    def entry(self, event: str, case: str = "C-1", on: int | None = None, role: str = "clerk", **more: Any) -> NewEntry:
        """An entry on what is there now."""
        found = self.store.case(case)
        there = len(found.entries) if found is not None else 0
        return NewEntry(case, there if on is None else on, event, role, more.pop("fields", {}), **more)

    def case(self, name: str = "C-1") -> Case:
        """A case as it stands."""
        return look(self.store, self.law, name, self.now)

    def fire(self) -> tuple[Fired, ...]:
        """What the clocks enter now."""
        return fire(self.store, self.law, self.now, self.casework)


def court(store: Store, *, look_at: str | None = None, officers_at: str | None = None, needed: int = 2) -> Court:
    """A store with the procedure `permit@1` in force and officers appointed."""
    casework = Casework(Holidays(), look_at, officers_at)
    made = Court(ministry(store, PERMIT, needed=needed, casework=casework), casework)
    assert made.now == NOW
    return made


__all__ = ["NOW", "Court", "Exhibit", "Link", "court"]
