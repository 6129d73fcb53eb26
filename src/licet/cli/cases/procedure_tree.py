"""Procedures and criteria as JSON, in the form that `spec/cli.md` promises."""

from __future__ import annotations

from licet.cli.cases.case_tree import event_tree
from licet.cli.terminal.trees import Tree
from licet.core.cases.clock import ClockRule
from licet.core.cases.criteria import Criteria
from licet.core.cases.limit_text import limit_text
from licet.core.cases.procedure import Procedure


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
        "roles": [
            {
                "role": each.name,
                "title": each.title,
                "party": each.party,
                "held": sorted(each.held),
                "several": each.several,
                "named_by": each.named_by,
            }
            for each in procedure.roles.values()
        ],
        "states": [
            {
                "state": each.name,
                "title": each.title,
                "meaning": each.meaning,
                "final": each.final,
                "outcome": each.outcome,
            }
            for each in procedure.states.values()
        ],
        "events": [
            {
                **event_tree(each),
                "from": sorted(each.froms),
                "by": sorted(each.by),
                "unlike": sorted(each.unlike),
                "starts": list(each.starts),
                "stops": list(each.stops),
                "meets": list(each.meets),
                "tolls": [list(one) for one in each.tolls],
                "resumes": [list(one) for one in each.resumes],
                "once": each.once,
                "if": {state: guard.text for state, guard in each.guards.items()},
            }
            for each in procedure.events.values()
        ],
        "clocks": [clock_tree(each) for each in procedure.clocks.values()],
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
