"""The column of a diagram: blocks, one a state, and in each the events that can happen there, with their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from licet.core.cases.procedure import NEW, EventRule, Procedure
from licet.core.cases.procedure import State as StateRule
from licet.pages.diagram.wording import causes, effects, lines

WIDTH = 360
"""The column's width, in user units; text is set for it."""

INSIDE = WIDTH - 32
HEAD, LABEL, SMALL = 15.0, 13.5, 11.5
"""Sizes of text: of a state, of an event, of what is said of it."""

HEAD_STEP, LABEL_STEP, SMALL_STEP = 19, 17, 14.5
PAD, GAP, BETWEEN = 9, 9, 22
SEVERAL, STAYING = 4, 2
"""An event that can happen in so many states is drawn once, in a block of its own; one that leads nowhere sooner."""


class Place(Enum):
    """What a block is."""

    START = "start"
    STATE = "state"
    SEVERAL = "several"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Row:
    """An event in a block: its lines, where it begins, and where an arrow leaves it (None: it stays)."""

    event: EventRule
    label: tuple[str, ...]
    small: tuple[str, ...]
    top: float
    target: str | None

    @property
    def height(self) -> float:
        return len(self.label) * LABEL_STEP + len(self.small) * SMALL_STEP

    @property
    def middle(self) -> float:
        """Where its arrow leaves: at the height of its first line."""
        return self.top + LABEL_STEP / 2


@dataclass(frozen=True, slots=True)
class Block:
    """A state, with what can happen in it."""

    name: str
    place: Place
    head: tuple[str, ...]
    small: tuple[str, ...]
    top: float
    rows: tuple[Row, ...]

    @property
    def head_height(self) -> float:
        """The height of the box that arrows lead to."""
        return 2 * PAD + len(self.head) * HEAD_STEP + len(self.small) * SMALL_STEP

    @property
    def bottom(self) -> float:
        last = self.rows[-1] if self.rows else None
        return last.top + last.height + PAD if last else self.top + self.head_height

    @property
    def middle(self) -> float:
        """Where arrows arrive."""
        return self.top + self.head_height / 2


def column(procedure: Procedure, top: float) -> tuple[Block, ...]:
    """The blocks of a procedure, from above: the start, its states in order, what can happen in several, its ends."""
    found: list[Block] = []
    open_ = [state for state in procedure.states.values() if not state.final]
    final = [state for state in procedure.states.values() if state.final]
    wanted: list[tuple[str, Place, str, str, list[EventRule]]] = [
        (NEW, Place.START, "A case begins", "", list(procedure.opening)),
        *((state.name, Place.STATE, state.title, "", _of(procedure, state.name)) for state in open_),
    ]
    shared = list(_shared(procedure))
    if shared:
        wanted.append(("", Place.SEVERAL, "In several states", "", shared))
    wanted += [(state.name, Place.FINAL, state.title, _outcome(state), _of(procedure, state.name)) for state in final]
    for name, place, title, small, events in wanted:
        block = _block(procedure, (name, place, title, small), events, top)
        found.append(block)
        top = block.bottom + BETWEEN
    return tuple(found)


def _outcome(state: StateRule) -> str:
    return f"the case ends: {state.outcome}"


def _of(procedure: Procedure, state: str) -> list[EventRule]:
    events = (event for event in procedure.events.values() if state in event.froms)
    return [event for event in events if not _is_shared(event)]


def _is_shared(event: EventRule) -> bool:
    return len(event.froms - {NEW}) >= (SEVERAL if event.to else STAYING)


def _shared(procedure: Procedure) -> Iterator[EventRule]:
    return (event for event in procedure.events.values() if _is_shared(event))


def _block(procedure: Procedure, what: tuple[str, Place, str, str], events: list[EventRule], top: float) -> Block:
    name, place, title, small = what
    empty = Block(name, place, lines(title, HEAD, INSIDE), lines(small, SMALL, INSIDE) if small else (), top, ())
    rows: list[Row] = []
    below = top + empty.head_height + PAD
    for event in events:
        row = _row(procedure, event, below, shared=place is Place.SEVERAL)
        rows.append(row)
        below = row.top + row.height + GAP
    return Block(name, place, empty.head, empty.small, top, tuple(rows))


def _row(procedure: Procedure, event: EventRule, top: float, *, shared: bool) -> Row:
    label = event.title + (f" → {procedure.states[event.to].title}" if event.to else "")
    said = [causes(procedure, event), *effects(procedure, event)]
    if shared:
        said.insert(0, "in: " + _states(procedure, event))
    small = tuple(line for each in said for line in lines(each, SMALL, INSIDE - 12))
    return Row(event, lines(label, LABEL, INSIDE - 12), small, top, event.to)


def _states(procedure: Procedure, event: EventRule) -> str:
    """In which states, by what says it shortest."""
    open_ = [state for state in procedure.states.values() if not state.final]
    without = [state.title for state in open_ if state.name not in event.froms]
    if not any(procedure.states[name].final for name in event.froms - {NEW}):
        if not without:
            return "every state in which the case is open"
        if len(without) <= 3:
            return f"every open state but {', '.join(without)}"
    return ", ".join(state.title for state in procedure.states.values() if state.name in event.froms)
