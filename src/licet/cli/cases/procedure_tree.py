"""Procedures and criteria as JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from licet.cli.cases.case_tree import event_tree
from licet.cli.terminal.trees import Tree
from licet.core.cases.clock import ClockRule
from licet.core.cases.criteria import Criteria
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import CaseRole, EventRule, Procedure, State


def row_tree(procedure: Procedure, *, shipped: bool) -> Tree:
    """A procedure in a list."""
    return {
        "name": procedure.name,
        "title": procedure.title,
        "topic": procedure.topic.value,
        "as_of": procedure.as_of.isoformat(),
        "sources": list(procedure.sources),
        "shipped": shipped,
        "digest": procedure.digest,
    }


def procedure_tree(procedure: Procedure, *, shipped: bool) -> Tree:
    """All of a procedure."""
    return {
        **row_tree(procedure, shipped=shipped),
        "zone": procedure.zone,
        "calendar": procedure.calendar,
        "criteria": list(procedure.criteria),
        "appeals": procedure.appeals,
        "form": procedure.form,
        "retention": {
            "limit": limit_text(procedure.retention.limit),
            "source": procedure.retention.source,
        },
        "roles": [role_tree(each) for each in procedure.roles.values()],
        "states": [state_tree(each) for each in procedure.states.values()],
        "events": [possible_tree(each) for each in procedure.events.values()],
        "clocks": [clock_tree(each) for each in procedure.clocks.values()],
    }


def role_tree(role: CaseRole) -> Tree:
    """A role of a procedure, and who may hold it."""
    return {
        "role": role.name,
        "title": role.title,
        "party": role.party,
        "held": sorted(role.held),
        "several": role.several,
        "named_by": role.named_by,
    }


def state_tree(state: State) -> Tree:
    """A state of a procedure."""
    return {
        "state": state.name,
        "title": state.title,
        "meaning": state.meaning,
        "final": state.final,
        "outcome": state.outcome,
    }


def possible_tree(rule: EventRule) -> Tree:
    """An event of a procedure: what it is, from where it can happen, by whom, and what it does to clocks."""
    return {
        **event_tree(rule),
        "from": sorted(rule.froms),
        "by": sorted(rule.by),
        "unlike": sorted(rule.unlike),
        "starts": list(rule.starts),
        "stops": list(rule.stops),
        "meets": list(rule.meets),
        "tolls": [list(one) for one in rule.tolls],
        "resumes": [list(one) for one in rule.resumes],
        "once": rule.once,
        "if": {state: guard.text for state, guard in rule.guards.items()},
    }


def clock_tree(clock: ClockRule) -> Tree:
    """A clock of a procedure."""
    return {
        "clock": clock.name,
        "title": clock.title,
        "owner": clock.owner,
        "limits": [{"limit": limit_text(each.limit), "when": each.text or None} for each in clock.limits],
        "zone": clock.zone,
        "first_day": clock.first_day,
        "roll": clock.roll.value,
        "tolls": [
            {
                "reason": each.reason,
                "title": each.title,
                "cap": each.cap and limit_text(each.cap),
                "source": each.source,
            }
            for each in clock.tolls.values()
        ],
        "expiry": clock.expiry.value,
        "event": clock.event,
        "repeats": clock.repeats,
        "appealable": clock.appealable,
        "source": clock.source,
    }


def criteria_tree(criteria: Criteria) -> Tree:
    """A catalogue of criteria."""
    return {
        "name": criteria.name,
        "title": criteria.title,
        "sources": list(criteria.sources),
        "as_of": criteria.as_of.isoformat(),
        "digest": criteria.digest,
        "criteria": [
            {
                "id": each.id,
                "title": each.title,
                "statement": each.statement,
                "evidence": list(each.evidence),
                "decisive": each.decisive,
                "source": each.source,
            }
            for each in criteria.criteria.values()
        ],
    }
