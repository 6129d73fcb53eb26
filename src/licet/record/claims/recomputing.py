"""Deciding again, with the reference interpreter, what the gate decided: once for each class of equal facts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta

from licet.core.decision import Request, decide
from licet.core.facts import Fact, Facts, Value
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.record.claims.claim import Whom
from licet.record.claims.instants import BEGINNING, END, earlier
from licet.record.sealed.facts import SubjectLeaf, changes, facts_at
from licet.record.sealed.journal_records import Decided, Said

STREAM = "stream"
"""The fact about a request that says whether its answer was asked for as a stream."""

NOBODY = SubjectLeaf("nobody", None, None, ())
"""Who asks where no key was recognised."""


class Person:
    """A subject's facts over time: between two of `changes` they are constant. `state` numbers those stretches."""

    __slots__ = ("changes", "classes", "leaf", "spells")

    def __init__(self, leaf: SubjectLeaf) -> None:
        self.leaf = leaf
        self.changes = changes(leaf)
        self.classes: dict[tuple[int, int, bool], int] = {}
        self.spells: dict[bool, list[tuple[datetime, datetime]]] = {}

    def states(self, at: datetime, grace: timedelta) -> range:
        """The stretches that a decision at `at` may have gone by: the one then, and those within `grace` before."""
        if not self.changes:
            return range(1)
        last = bisect_right(self.changes, at)
        return range(bisect_right(self.changes, earlier(at, grace), 0, last), last + 1)

    def facts(self, declared: Mapping[str, Fact], state: int, stream: bool) -> dict[str, Value]:
        """A value for every declared fact of a request of this subject, in one stretch."""
        facts = facts_at(self.leaf, declared, self.changes[state - 1] if state else BEGINNING)
        return {**facts, STREAM: stream} if STREAM in facts else facts

    def spells_of(self, whom: Whom, declared: Mapping[str, Fact], stream: bool) -> list[tuple[datetime, datetime]]:
        """When they were among `whom`, as `[start, end)`, in order; stretches that touch are one."""
        known = self.spells.get(stream)
        if known is not None:
            return known
        edges = [BEGINNING, *self.changes, END]
        found: list[tuple[datetime, datetime]] = []
        for state in range(len(self.changes) + 1):
            if whom.holds(self.facts(declared, state, stream)):
                start = found.pop()[0] if found and found[-1][1] == edges[state] else edges[state]
                found.append((start, edges[state + 1]))
        self.spells[stream] = found
        return found


class Interpreter:
    """One rulebook, which decides again. What it decided it remembers by all that its decision depends on."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._epoch = rulebook.epoch
        self._facts: list[Facts] = []
        self._classes: dict[tuple[Value, ...], int] = {}
        self._expected: dict[tuple[int, int, str, str, bool], Said] = {}
        self._judged: dict[tuple[object, ...], str | None] = {}

    def why_not(self, record: Decided, person: Person, grace: timedelta) -> str | None:
        """Why a record is not what this rulebook decides, or None if it is.

        `ELSEWHERE`: a refusal beside it. `LATE_FACTS`: it is so only by facts that had changed within the grace before.
        """
        states = person.states(record.at, grace)
        classes = tuple([self._class(person, state, record.stream) for state in states])
        interval = bisect_right(self.rulebook.boundaries, record.at)
        key = (interval, classes, record.operation, record.requested, record.said)
        try:
            return self._judged[key]
        except KeyError:
            why = self._compared(interval, classes, record)
            few = record.operation in _OPERATIONS and record.requested in self.rulebook.catalogue.models
            if few and why in (None, ELSEWHERE, LATE_FACTS):  # a journal can say anything: only what is so is few
                self._judged[key] = why
            return why

    def _class(self, person: Person, state: int, stream: bool) -> int:
        key = (self._epoch, state, stream)
        found = person.classes.get(key)
        if found is None:
            facts = person.facts(self.rulebook.facts, state, stream)
            # in the order of the declarations, each of which has values of one type: so `True` never meets 1
            found = self._classes.setdefault(tuple(facts.values()), len(self._classes))
            if found == len(self._facts):
                self._facts.append(facts)
            person.classes[key] = found
        return found

    def _compared(self, interval: int, classes: tuple[int, ...], record: Decided) -> str | None:
        said = record.said
        refused = said.outcome == "refuse" and said.served is None
        if record.requested in self.rulebook.catalogue.models:
            expected = [self._decided(interval, each, record, True) for each in classes]
            if refused:  # the caller may have asked for this model or nothing, or the key does not reach the other
                expected += [self._decided(interval, each, record, False) for each in classes]
            if said in expected:  # the last of the classes is the one then
                then = self._decided(interval, classes[-1], record, True)
                now = (then, self._decided(interval, classes[-1], record, False)) if refused else (then,)
                return None if said in now else LATE_FACTS
            told = f"recorded was {_told(said)}, recomputed is {' or '.join(dict.fromkeys(map(_told, expected)))}"
        else:
            told = f"recorded was {_told(said)}, but there is no model `{record.requested[:80]}`"
        return ELSEWHERE if refused and not said.instruments and not said.unknown else told

    def _decided(self, interval: int, facts: int, record: Decided, substitution: bool) -> Said:
        key = (interval, facts, record.operation, record.requested, substitution)
        found = self._expected.get(key)
        if found is None:
            if len(self._expected) >= EXPECTED_LIMIT:  # a journal can name any operation
                self._expected.clear()
            request = Request(self._facts[facts], record.requested, record.operation, record.at, substitution)
            decision = decide(self.rulebook, request)
            found = Said(decision.outcome.value, decision.served, decision.instruments, decision.unknown)
            self._expected[key] = found
        return found


_OPERATIONS = frozenset(each.value for each in Operation)

EXPECTED_LIMIT = 10_000
"""How many decisions of a rulebook are remembered."""

ELSEWHERE = "elsewhere"
"""A request that was refused for a reason that no rulebook holds, such as a key that does not reach the model."""

LATE_FACTS = "late facts"
"""A decision that goes by facts which had changed, but not for longer than the grace."""


def _told(said: Said) -> str:
    by = f" by {', '.join(f'`{each}`' for each in said.instruments)}" if said.instruments else ""
    unknown = f", not knowing {', '.join(f'`{each}`' for each in said.unknown)}" if said.unknown else ""
    model = f" `{said.served}`" if said.served is not None else ""
    return f"{said.outcome}{model}{by}{unknown}"
