"""Events of a procedure from its draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from licet.core.cases.checking import Checking
from licet.core.cases.procedure import CLOCK, NEW, Deciding, EventRule, FieldRule, Guard, Need, Topic
from licet.core.errors import Path


def events_from(checking: Checking, order: Iterable[str], fields: Mapping[str, FieldRule]) -> dict[str, EventRule]:
    """Events by name; every state, role, field, clock, reason and event that they name is checked."""
    deciding = _events_of_others(checking)
    return {name: _event(checking, name, fields, deciding) for name in order}


def _events_of_others(checking: Checking) -> frozenset[str]:
    """Of an appeal: the events of the procedures whose decisions are appealed by it."""
    if checking.tree["topic"] != Topic.APPEAL.value:
        return frozenset()
    appealed = [draft for draft in checking.work.of("procedure") if draft.tree.get("appeals") == checking.draft.name]
    return frozenset(event for draft in appealed for event in draft.tree["events"])


def _event(checking: Checking, name: str, fields: Mapping[str, FieldRule], others: frozenset[str]) -> EventRule:
    tree, path = checking.tree["events"][name], ("events", name)
    _check(checking, path, tree, others)
    return EventRule(
        name=name,
        title=tree["title"],
        meaning=tree.get("meaning", ""),
        froms=frozenset(tree["from"]),
        to=tree.get("to"),
        by=frozenset(tree["by"]),
        needs=_needs(checking, path, tree, fields),
        exhibits=tree["exhibits"],
        second=tree["second"],
        decides=Deciding(tree["decides"]) if "decides" in tree else None,
        unlike=frozenset(tree.get("unlike", ())),
        starts=tuple(tree.get("starts", ())),
        stops=tuple(tree.get("stops", ())),
        meets=tuple(tree.get("meets", ())),
        tolls=tuple(sorted(tree.get("tolls", {}).items())),
        resumes=tuple(sorted(tree.get("resumes", {}).items())),
        tells=frozenset(tree.get("tells", ())),
        late=tree["late"],
        once=tree["once"],
        source=tree.get("source", ""),
        guards=_guards(checking, path, tree, fields),
    )


def _guards(
    checking: Checking, path: Path, tree: Mapping[str, Any], fields: Mapping[str, FieldRule]
) -> dict[str, Guard]:
    """What must hold of the case, by state: states from which the event can happen, and fields that there are."""
    found: dict[str, Guard] = {}
    for state, text in sorted(tree.get("if", {}).items()):
        place = (*path, "if", state)
        checking.known(place, state, tree["from"], "state of its `from`", at_key=True)
        if state == NEW:
            checking.report(place, "before the first event nothing is known of a case", at_key=True)
        found[state] = Guard(checking.condition(place, fields), text)
    return found


def _check(checking: Checking, path: Path, tree: Mapping[str, Any], others: frozenset[str]) -> None:
    law = checking.tree
    clocks = law.get("clocks", {})
    checking.all_known((*path, "from"), tree["from"], {NEW, *law["states"]}, "state")
    checking.known((*path, "to"), tree.get("to"), law["states"], "state")
    checking.all_known((*path, "by"), tree["by"], {CLOCK, *law["roles"]}, "role")
    checking.all_known((*path, "tells"), tree.get("tells", ()), law["roles"], "role")
    checking.all_known((*path, "unlike"), tree.get("unlike", ()), {*law["events"], *others}, "event")
    for key in ("starts", "stops", "meets"):
        checking.all_known((*path, key), tree.get(key, ()), clocks, "clock")
    for key in ("tolls", "resumes"):
        for clock, reason in tree.get(key, {}).items():
            checking.known((*path, key, clock), clock, clocks, "clock", at_key=True)
            if clock in clocks:
                reasons = clocks[clock].get("tolls", {})
                checking.known((*path, key, clock), reason, reasons, f"reason of `{clock}`")


def _needs(checking: Checking, path: Path, tree: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> dict[str, Need]:
    """The fields that an event takes, in the order in which it names them."""
    found: dict[str, Need] = {}
    for key in ("needs", "takes"):
        checking.all_known((*path, key), tree.get(key, ()), fields, "field")
        for place, name in enumerate(tree.get(key, ())):
            if name in found:
                checking.report((*path, key, place), f"`{name}` is in `needs` already; it is one or the other")
            elif name in fields:
                found[name] = Need(fields[name], required=key == "needs")
    return found
