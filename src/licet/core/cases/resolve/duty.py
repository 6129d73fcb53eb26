"""A duty to report incidents from the draft of its procedure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from licet.core.cases.checking import Checking
from licet.core.cases.duty import Duty, DutyTest, Standing
from licet.core.cases.procedure import FieldKind, FieldRule, Topic


def duty_from(checking: Checking, fields: Mapping[str, FieldRule]) -> Duty | None:
    """The duty that a procedure is, or None; its conditions, events and fields are checked."""
    topic, tree = checking.tree["topic"], checking.tree.get("duty")
    if topic == Topic.DUTY.value and tree is None:
        checking.report(("topic",), f"a procedure of topic `{topic}` needs `duty`: when it applies, and to whom")
    if tree is None:
        return None
    if topic != Topic.DUTY.value:
        checking.report(("duty",), f"`duty` is for procedures of topic `{Topic.DUTY.value}`", at_key=True)
    _check(checking, fields)
    return Duty(
        jurisdiction=tree["jurisdiction"],
        to=tree["to"],
        standing=Standing(tree["standing"]),
        since=date.fromisoformat(tree["since"]) if "since" in tree else None,
        standing_note=tree.get("note", ""),
        tests=tuple(_test(checking, name, fields) for name in sorted(tree["tests"])),
        reports={event: tuple(each) for event, each in sorted(tree["reports"].items())},
        begins={event: tuple(each) for event, each in sorted(tree.get("begins", {}).items())},
    )


def _test(checking: Checking, name: str, fields: Mapping[str, FieldRule]) -> DutyTest:
    tree = checking.tree["duty"]["tests"][name]
    condition = checking.condition(("duty", "tests", name, "if"), fields)
    return DutyTest(name, tree["title"], condition, tree["if"], tree["source"])


def _check(checking: Checking, fields: Mapping[str, FieldRule]) -> None:
    events = checking.tree["events"]
    for key in ("reports", "begins"):
        for event, given in checking.tree["duty"].get(key, {}).items():
            path = ("duty", key, event)
            checking.known(path, event, events, "event", at_key=True)
            checking.all_known(path, given, fields, "field")
            for place, name in enumerate(given):
                if key == "begins" and name in fields and fields[name].kind is not FieldKind.INSTANT:
                    checking.report((*path, place), f"`{name}` is no instant, but a {fields[name].kind.value}")
            if key == "begins" and event in events and not events[event].get("starts"):
                checking.report(path, f"`{event}` starts no clock, so nothing begins by it", at_key=True)
