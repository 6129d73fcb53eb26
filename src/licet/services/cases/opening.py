"""Opening cases, each by an event that begins its procedure: as an officer's act, several at once or none."""

from __future__ import annotations

from licet.cases.admit import admit
from licet.cases.built_in import OFFICER
from licet.core.cases.case import Case, Link
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.errors import LicetError
from licet.services.acts.carried import Doing, Told
from licet.services.acts.refusal import ActRefused
from licet.services.cases import mailing
from licet.services.cases.asked import NewCase, cases_from, named
from licet.services.cases.entering import Seat, check_exhibits, fields_of, seat_of
from licet.services.cases.indexing import due_of, links_of, row_of
from licet.services.cases.keeping import to_keep
from licet.services.cases.looking import look
from licet.services.cases.ports import Opened, Opening

BLIND_BYTES = 32
NAMELESS = ""
"""The store names a case when it opens it."""


def open_cases(doing: Doing) -> Told:
    """The effect of `open cases`: the names of the cases, in the order in which they were asked for.

    Raises `ActRefused` with every case that cannot be opened, by its place in the list; then none is.
    """
    seat = seat_of(doing)
    opened, refused = [], []
    for position, new in enumerate(cases_from(doing["cases"]), start=1):
        try:
            opened.append(_opened(doing, seat, new))
        except LicetError as error:
            refused.append(f"case {position}{_of(new)}: {error}")
    if refused:
        raise ActRefused("\n".join(refused))
    files = named(doing.act.fields, doing.carried.exhibits)
    law = to_keep(doing.store, seat.casework, (each.opening.procedure for each in opened))
    names = doing.store.open_cases(opened, files, actor=doing.act.actor, at=doing.now, law=law)
    return {"cases": list(names)}


def _of(new: NewCase) -> str:
    return f" ({new.party})" if new.party else ""


def _opened(doing: Doing, seat: Seat, new: NewCase) -> Opened:
    law = seat.law
    procedure = law.under(new.procedure)
    check_exhibits(doing, new.exhibits)
    first = Entry(
        1,
        new.event,
        new.role,
        doing.act.actor,
        doing.now,
        new.happened or doing.now,
        fields_of(procedure, new.event, new.fields),
        party=new.party,
        second=doing.approver,
        exhibits=new.exhibits,
        late=new.late,
        act=doing.made,
    )
    target = next((each.target for each in new.links if each.relation == "appeals"), None)
    other = None if target is None else look(doing.store, law, target, doing.now)
    entries: list[Entry] = []
    case = _admitted(seat, new.procedure, entries, first, doing, other)
    for number, link in enumerate(new.links, start=2):
        case = _admitted(seat, new.procedure, entries, _link(doing, number, link), doing, other)
    opening = Opening(new.procedure, entries[0], doing.random_bytes(BLIND_BYTES))
    letters = mailing.letters(case, entries, seat.casework)
    return Opened(opening, row_of(case), due_of(case), letters, tuple(entries[1:]), links_of(case))


def _admitted(seat: Seat, procedure: str, entries: list[Entry], new: Entry, doing: Doing, other: Case | None) -> Case:
    case = admit(
        seat.law.engine,
        NAMELESS,
        procedure,
        tuple(entries),
        new,
        officer=seat.officer.roles,
        now=doing.now,
        appealed=other,
        proposed=doing.made is None,
    )
    entries.append(new)
    return case


def _link(doing: Doing, number: int, link: Link) -> Entry:
    """What the case is linked to is entered by the officer, whoever it is that the case was opened for."""
    fields = {"relation": link.relation, "target": link.target}
    who, now = doing.act.actor, doing.now
    return Entry(number, BuiltIn.LINK.value, OFFICER, who, now, now, fields, second=doing.approver, act=doing.made)
