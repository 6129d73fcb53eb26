"""A case as JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.cases.decision.decision import decision_tree
from licet.cli.cases.case_blocks import lines_of
from licet.cli.cases.deadlines import deadline_tree
from licet.cli.cases.obligations import obligation_tree
from licet.cli.cases.timeline import placed_tree
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.case import Case, Possible
from licet.core.cases.procedure import EventRule, Need


def case_tree(case: Case, able: Sequence[Possible], now: datetime) -> Tree:
    """Everything there is to know of a case."""
    return {
        "case": case.id,
        "number": case.number,
        "procedure": case.procedure.name,
        "procedure_digest": case.procedure.digest,
        "topic": case.procedure.topic.value,
        "state": case.state.name,
        "final": case.state.final,
        "outcome": case.state.outcome,
        "opened": instant(case.opened),
        "updated": instant(case.updated),
        "as_of": instant(now),
        "parties": dict(case.parties),
        "fields": dict(case.fields),
        "links": [{"relation": each.relation, "target": each.target} for each in case.links],
        "holds": dict(case.holds),
        "entries": [placed_tree(each) for each in case.entries],
        "deadlines": [deadline_tree(each, now) for each in case.deadlines],
        "obligations": [obligation_tree(each) for each in case.obligations],
        "decisions": [{"entry": each.number, **decision_tree(each.decision)} for each in case.decisions],
        "possible": [possible_tree(case, each) for each in able],
    }


def possible_tree(case: Case, possible: Possible) -> Tree:
    """An event that can happen now, with command lines that cause it."""
    return {
        **event_tree(possible.event),
        "roles": list(possible.roles),
        "not_yet": possible.not_yet,
        "commands": lines_of(case, possible),
    }


def event_tree(rule: EventRule) -> Tree:
    """An event of a procedure, and what it needs."""
    return {
        "event": rule.name,
        "title": rule.title,
        "meaning": rule.meaning,
        "to": rule.to,
        "needs": [need_tree(each) for each in rule.needs.values()],
        "exhibits": rule.exhibits,
        "second": rule.second,
        "decides": rule.decides and rule.decides.value,
        "late": rule.late,
        "source": rule.source,
    }


def need_tree(need: Need) -> Tree:
    """A field that an event takes."""
    return {
        "field": need.field.name,
        "kind": need.field.kind.value,
        "required": need.required,
        "meaning": need.field.meaning,
        "class": need.field.secrecy.value,
        "values": list(need.field.values),
    }
