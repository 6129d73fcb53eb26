"""Procedures from their drafts: every reference is checked, and then whether the whole makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from licet.core.cases.calendar import Calendar
from licet.core.cases.checking import Checking
from licet.core.cases.criteria import Criteria
from licet.core.cases.fields import CaseForm
from licet.core.cases.limit_text import read_limit
from licet.core.cases.order import clocks_in_order, events_in_order, states_in_order
from licet.core.cases.procedure import CaseRole, FieldKind, FieldRule, Procedure, Retention, State, Topic
from licet.core.cases.resolve.calendar import calendar_from
from licet.core.cases.resolve.clocks import clocks_from
from licet.core.cases.resolve.duty import duty_from
from licet.core.cases.resolve.events import events_from
from licet.core.cases.resolve.fields import criteria_from, fields_from, form_from
from licet.core.cases.soundness import unsound
from licet.core.resolving import Resolving
from licet.core.roles import Role
from licet.core.shape import Draft

NAMING = frozenset((FieldKind.LINE, FieldKind.ORGANISATION, FieldKind.SUBJECT))
"""The kinds of fields that name one party."""


@dataclass(frozen=True, slots=True)
class CaseDocuments:
    """The documents of procedure, by name and version. They decide nothing about access."""

    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    forms: Mapping[str, CaseForm] = field(default_factory=dict)
    criteria: Mapping[str, Criteria] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


def case_documents(work: Resolving) -> CaseDocuments:
    """All documents of procedure among the drafts; procedures with problems are left out."""
    forms = {draft.name: form_from(draft, work.digest_of) for draft in work.of("form")}
    procedures = (procedure_from(work, draft, forms) for draft in work.of("procedure"))
    return CaseDocuments(
        calendars={draft.name: calendar_from(draft, work.digest_of) for draft in work.of("calendar")},
        forms=forms,
        criteria={draft.name: criteria_from(draft, work.digest_of) for draft in work.of("criteria")},
        procedures={each.name: each for each in procedures if each is not None},
    )


def procedure_from(work: Resolving, draft: Draft, forms: Mapping[str, CaseForm]) -> Procedure | None:
    """One procedure, or None where something is wrong with it, which is reported."""
    before = len(work.problems)
    checking = Checking(work, draft)
    _check_documents(checking)
    if len(work.problems) != before:
        return None  # without its form, each field that it names would be reported, too
    fields = _fields(checking, forms)
    _check_names(checking, fields)
    procedure = _read(checking, fields)
    if len(work.problems) == before:
        for each in unsound(procedure):
            checking.report(each.path, each.message, at_key=each.at_key)
    return procedure if len(work.problems) == before else None


def _read(checking: Checking, fields: Mapping[str, FieldRule]) -> Procedure:
    draft, tree = checking.draft, checking.tree
    states = states_in_order(tree["states"], tree["events"])
    events = events_in_order(tree["events"], states)
    clocks = clocks_in_order(tree.get("clocks", {}), tree["events"], events)
    return Procedure(
        name=draft.name,
        title=tree["title"],
        topic=Topic(tree["topic"]),
        sources=tuple(tree["sources"]),
        as_of=date.fromisoformat(tree["as_of"]),
        zone=tree["zone"],
        calendar=tree["calendar"],
        roles={name: role_from(name, tree["roles"][name]) for name in sorted(tree["roles"])},
        states={name: state_from(name, tree["states"][name]) for name in states},
        events=events_from(checking, events, fields),
        clocks=clocks_from(checking, clocks, fields),
        fields=fields,
        criteria=tuple(tree.get("criteria", ())),
        retention=Retention(read_limit(tree["retention"]["limit"]), tree["retention"]["source"]),
        digest=checking.work.digest_of(draft),
        form=tree.get("form"),
        duty=duty_from(checking, fields),
        appeals=tree.get("appeals"),
    )


def _check_documents(checking: Checking) -> None:
    """The calendar, the form, the catalogues and the procedure for appeals that it names are there."""
    drafts, tree = checking.work.drafts, checking.tree
    checking.known(("calendar",), tree["calendar"], drafts.get("calendar", {}), "calendar")
    checking.known(("form",), tree.get("form"), drafts.get("form", {}), "form")
    checking.all_known(("criteria",), tree.get("criteria", ()), drafts.get("criteria", {}), "catalogue of criteria")
    procedures = drafts.get("procedure", {})
    appeals = [name for name, draft in procedures.items() if draft.tree["topic"] == Topic.APPEAL.value]
    checking.known(("appeals",), tree.get("appeals"), appeals, "procedure of topic `appeal`")


def _check_names(checking: Checking, fields: Mapping[str, FieldRule]) -> None:
    """The fields that name parties are there, and hold a name each."""
    naming = {name: rule for name, rule in fields.items() if rule.kind in NAMING}
    for name, role in checking.tree["roles"].items():
        checking.known(("roles", name, "named_by"), role.get("named_by"), naming, "field that names somebody")


def _fields(checking: Checking, forms: Mapping[str, CaseForm]) -> dict[str, FieldRule]:
    """The fields of the form and its own, together."""
    form = forms.get(checking.tree.get("form", ""))
    shared = dict(form.fields) if form else {}
    own = fields_from(checking.tree.get("fields", {}))
    for name in own.keys() & shared.keys():
        message = f"`{name}` is a field of the form `{checking.tree['form']}` already; choose another name"
        checking.report(("fields", name), message, at_key=True)
    return {**shared, **own}


def role_from(name: str, tree: Mapping[str, Any]) -> CaseRole:
    """One role of a case from its canonical form."""
    return CaseRole(
        name=name,
        title=tree["title"],
        party=tree.get("party", False),
        held=frozenset(Role(each) for each in tree.get("held", ())),
        several=tree.get("several", False),
        named_by=tree.get("named_by"),
    )


def state_from(name: str, tree: Mapping[str, Any]) -> State:
    """One state from its canonical form."""
    return State(name, tree["title"], tree.get("meaning", ""), tree["final"], tree.get("outcome"))
