"""The order of what a procedure consists of: the same for the same document, however it was written.

The canonical form of a document does not keep the order of its keys, so the order follows from what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from licet.core.cases.procedure import NEW

DIGITS = re.compile(r"([0-9]+)")


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key by which `FA-2` comes before `FA-10`."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in DIGITS.split(name) if part)


def states_in_order(states: Mapping[str, Any], events: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Each after all that lead to it (where they lead to each other, as they are met); final ones last.

    Those that no case reaches come at the very end.
    """
    leads: dict[str, list[str]] = {}
    for name in sorted(events):
        for state in events[name]["from"]:
            leads.setdefault(state, []).append(events[name].get("to", state))
    done: dict[str, None] = {}
    open_: list[tuple[str, list[str]]] = [(NEW, list(leads.get(NEW, ())))]
    seen = {NEW}
    while open_:
        here, rest = open_[-1]
        if not rest:
            done[here] = None
            open_.pop()
        elif (state := rest.pop()) in states and state not in seen:
            seen.add(state)
            open_.append((state, list(leads.get(state, ()))))
    found = [each for each in reversed(done) if each != NEW]
    found += [each for each in sorted(states) if each not in done]
    return sorted(found, key=lambda each: bool(states[each]["final"]))


def events_in_order(events: Mapping[str, Mapping[str, Any]], states: Iterable[str]) -> list[str]:
    """By the first state in which they can happen; those that change it first."""
    place = {state: number for number, state in enumerate((NEW, *states))}

    def key(name: str) -> tuple[int, bool, int, str]:
        event = events[name]
        first = min((place.get(each, len(place)) for each in event["from"]), default=0)
        return first, "to" not in event, place.get(event.get("to", NEW), 0), name

    return sorted(events, key=key)


def clocks_in_order(
    clocks: Mapping[str, Any], events: Mapping[str, Mapping[str, Any]], order: Iterable[str]
) -> list[str]:
    """By the first event that starts them."""
    starting: dict[str, int] = {}
    for number, name in enumerate(order):
        for clock in events[name].get("starts", ()):
            starting.setdefault(clock, number)
    return sorted(clocks, key=lambda each: (starting.get(each, len(events)), each))
