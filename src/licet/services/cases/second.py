"""Which acts on cases need a second officer: those of which one event does, by its procedure or by its nature."""

from __future__ import annotations

from licet.cases.built_in import rule_of
from licet.services.acts.content import Act
from licet.services.acts.what import What
from licet.services.cases.asked import cases_from, entries_from
from licet.services.cases.laws import Law
from licet.services.cases.looking import standing
from licet.services.ports import Store


def needs_second(store: Store, law: Law, act: Act) -> bool:
    """Whether an act has an event of which a second officer must agree; what is not there needs nobody, and is refused
    when the act takes effect. Raises `LawMissing`.
    """
    if act.what is What.OPEN_CASES:
        events = [(law.under(each.procedure), each.event) for each in cases_from(act.fields["cases"])]
    else:
        entries = entries_from(act.fields["entries"])
        found = {name: store.case(name) for name in dict.fromkeys(each.case for each in entries)}
        procedures = {
            name: standing(law, each, act.at).procedure
            for name, each in found.items()
            if each is not None and each.erased is None
        }
        events = [(procedures[each.case], each.event) for each in entries if each.case in procedures]
    rules = (rule_of(procedure, event) for procedure, event in events)
    return any(rule is not None and rule.second for rule in rules)
