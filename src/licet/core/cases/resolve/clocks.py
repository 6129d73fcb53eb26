"""Clocks of a procedure from its draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from licet.core.cases.checking import Checking
from licet.core.cases.clock import Choice, ClockRule, Expiry, Roll, Toll
from licet.core.cases.limit_text import read_limit
from licet.core.cases.procedure import FieldRule
from licet.core.errors import Path


def clocks_from(checking: Checking, order: Iterable[str], fields: Mapping[str, FieldRule]) -> dict[str, ClockRule]:
    """Clocks by name; their owners and events are checked, and the conditions of their limits."""
    return {name: _clock(checking, name, fields) for name in order}


def _clock(checking: Checking, name: str, fields: Mapping[str, FieldRule]) -> ClockRule:
    tree, path = checking.tree["clocks"][name], ("clocks", name)
    checking.known((*path, "owner"), tree["owner"], checking.tree["roles"], "role")
    event = tree.get("event")
    checking.known((*path, "event"), event, checking.tree["events"], "event")
    return ClockRule(
        name=name,
        title=tree["title"],
        owner=tree["owner"],
        limits=_limits(checking, (*path, "limit"), tree["limit"], fields),
        zone=tree.get("zone", checking.tree["zone"]),
        first_day=tree["first_day"],
        end_of_day=time.fromisoformat(tree["end_of_day"]),
        roll=Roll(tree["roll"]),
        tolls={reason: toll_from(reason, each) for reason, each in sorted(tree.get("tolls", {}).items())},
        expiry=Expiry.EVENT if event else Expiry.BREACH,
        event=event,
        repeats=tree["repeats"],
        warns=read_limit(tree["warns"]) if "warns" in tree else None,
        appealable=tree["appealable"],
        source=tree["source"],
    )


def _limits(
    checking: Checking, path: Path, tree: str | list[Mapping[str, str]], fields: Mapping[str, FieldRule]
) -> tuple[Choice, ...]:
    if isinstance(tree, str):
        return (Choice(read_limit(tree), None, ""),)
    return tuple(
        Choice(
            read_limit(each["limit"]),
            checking.condition((*path, place, "if"), fields) if "if" in each else None,
            each.get("if", ""),
        )
        for place, each in enumerate(tree)
    )


def toll_from(reason: str, tree: Mapping[str, Any]) -> Toll:
    """One reason for which time does not count, from its canonical form."""
    return Toll(reason, tree["title"], read_limit(tree["cap"]) if "cap" in tree else None, tree["source"])
