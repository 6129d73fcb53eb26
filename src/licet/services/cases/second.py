"""Which acts on cases need a second officer: those of which one event does, by its procedure or by its nature."""

from __future__ import annotations

from licet.core.cases.entry import BuiltIn
from licet.services.acts.content import Act
from licet.services.acts.what import What
from licet.services.cases.asked import cases_from, entries_from
from licet.services.cases.laws import Law
from licet.services.cases.looking import look
from licet.services.ports import Store

OF_TWO = frozenset((BuiltIn.MOVE.value, BuiltIn.RELEASE.value))
"""What can happen in every case, and takes two: another version of the procedure, and the end of a legal hold."""


def needs_second(store: Store, law: Law, act: Act) -> bool:
    """Whether an act has an event of which a second officer must agree. Raises `CaseMissing`, `LawMissing`."""
    if act.what is What.OPEN_CASES:
        events = [(law.under(each.procedure), each.event) for each in cases_from(act.fields["cases"])]
    else:
        entries = entries_from(act.fields["entries"])
        procedures = {each.case: look(store, law, each.case, act.at).procedure for each in entries}
        events = [(procedures[each.case], each.event) for each in entries]
    return any(
        event in OF_TWO or ((rule := procedure.events.get(event)) is not None and rule.second)
        for procedure, event in events
    )
