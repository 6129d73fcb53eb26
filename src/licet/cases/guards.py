"""What must hold of a case for an event to happen in a state: what is not known to hold keeps it from happening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.cases.clocks.choosing import holds
from licet.cases.decision.decision import DECISION
from licet.cases.fields.known import values
from licet.core.cases.case import Case, Placed
from licet.core.cases.procedure import EventRule
from licet.core.truth import Truth


def unmet(rule: EventRule, state: str, fields: Mapping[str, Any]) -> str | None:
    """Why an event cannot happen in a state, by the fields that a case has before it; None where nothing keeps it."""
    guard = rule.guards.get(state)
    if guard is None:
        return None
    found = holds(guard.when, values(fields))
    if found is Truth.TRUE:
        return None
    known = "is not so" if found is Truth.FALSE else "is not known"
    return f"`{rule.name}` is possible in the state `{state}` only if {guard.text}, which {known}"


def known_before(case: Case, placed: Placed) -> dict[str, Any]:
    """The fields that a case had before one of its entries, without decisions."""
    found: dict[str, Any] = {}
    for each in case.entries:
        if each is placed:
            break
        if each.entry.event in case.procedure.events and not each.overtaken:
            found |= {name: value for name, value in each.entry.fields.items() if name != DECISION}
    return found
