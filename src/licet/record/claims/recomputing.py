"""Deciding again, with the reference interpreter, what the gate decided: once for each class of equal facts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import NamedTuple

from licet.core.decision import Decision, Request, decide
from licet.core.delegation import Party, decide_for_both
from licet.core.facts import About, Fact, Facts, Kind, Value
from licet.core.guarded import decide_guarded
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.core.safeguards import Side
from licet.record.claims.claim import Whom
from licet.record.claims.instants import BEGINNING, END, earlier
from licet.record.claims.screening import flagged, why_not_said, why_unheard
from licet.record.sealed.facts import SubjectLeaf, changes, facts_at
from licet.record.sealed.journal_records import Decided, Said
from licet.record.sealed.screened import Screened

STREAM = "stream"
"""The fact about a request that says whether its answer was asked for as a stream."""

IP_COUNTRY = "ip_country"
"""The fact about a request that says from which country the connection seemed to come, where a rulebook has it."""

NONE: frozenset[str] = frozenset()

NOBODY = SubjectLeaf("nobody", None, None, ())
"""Who asks where no key was recognised."""


class Person:
    """A subject's facts over time: between two of `changes` they are constant. `state` numbers those stretches."""

    __slots__ = ("changes", "classes", "leaf", "spells")

    def __init__(self, leaf: SubjectLeaf) -> None:
        self.leaf = leaf
        self.changes = changes(leaf)
        self.classes: dict[tuple[int, int, bool, str | None], int] = {}
        self.spells: dict[tuple[bool, str | None], list[tuple[datetime, datetime]]] = {}

    def states(self, at: datetime, grace: timedelta) -> range:
        """The stretches that a decision at `at` may have gone by: the one then, and those within `grace` before."""
        if not self.changes:
            return range(1)
        last = bisect_right(self.changes, at)
        return range(bisect_right(self.changes, earlier(at, grace), 0, last), last + 1)

    def facts(self, declared: Mapping[str, Fact], state: int, record: Decided) -> dict[str, Value]:
        """A value for every declared fact of a request of this subject like the recorded one, in one stretch."""
        facts = facts_at(self.leaf, declared, self.changes[state - 1] if state else BEGINNING)
        return facts | observed(declared, record)

    def spells_of(self, whom: Whom, declared: Mapping[str, Fact], record: Decided) -> list[tuple[datetime, datetime]]:
        """When they were among `whom`, with such a request, as `[start, end)`, in order; those that touch are one."""
        key = (record.stream, record.country)
        known = self.spells.get(key)
        if known is not None:
            return known
        edges = [BEGINNING, *self.changes, END]
        found: list[tuple[datetime, datetime]] = []
        for state in range(len(self.changes) + 1):
            if whom.holds(self.facts(declared, state, record)):
                start = found.pop()[0] if found and found[-1][1] == edges[state] else edges[state]
                found.append((start, edges[state + 1]))
        self.spells[key] = found
        return found


def observed(declared: Mapping[str, Fact], record: Decided) -> dict[str, Value]:
    """What the gate saw of a request, of the facts that a rulebook declares."""
    found: dict[str, Value] = {STREAM: record.stream} if STREAM in declared else {}
    fact = declared.get(IP_COUNTRY)
    ours = fact is not None and fact.about is About.REQUEST and fact.kind is Kind.COUNTRY and not fact.values
    return found | {IP_COUNTRY: record.country} if ours and record.country is not None else found


class Interpreter:
    """One rulebook, which decides again. What it decided it remembers by all that its decision depends on."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._epoch = rulebook.epoch
        self._facts: list[Facts] = []
        self._classes: dict[tuple[Value, ...], int] = {}
        self._expected: dict[tuple[int, Classes, str, str, bool, frozenset[str]], Expected] = {}
        self._judged: dict[tuple[object, ...], str | None] = {}
        self._screened: dict[tuple[tuple[Screened, ...], str | None], str | None] = {}

    def why_not(self, record: Decided, person: Person, grace: timedelta, beside: Person | None = None) -> str | None:
        """Why a record is not what this rulebook decides, or None if it is. `beside` is the other one, of two.

        `ELSEWHERE`: a refusal beside it. `LATE_FACTS`: it is so only by facts that had changed within the grace before.
        """
        classes: tuple[Classes, ...] = tuple((each,) for each in self._classes_of(person, record, grace))
        if beside is not None:
            classes = tuple(product((each for (each,) in classes), self._classes_of(beside, record, grace)))
        unscreened = self._why_not_screened(record)
        if unscreened is not None:
            return unscreened
        interval = bisect_right(self.rulebook.boundaries, record.at)
        flags = flagged(record.safeguards, self.rulebook) if record.safeguards else NONE
        key = (interval, classes, record.operation, record.requested, record.said, flags)
        try:
            return self._judged[key]
        except KeyError:
            why = self._compared(interval, classes, record, flags)
            few = record.operation in _OPERATIONS and record.requested in self.rulebook.catalogue.models
            if few and why in (None, ELSEWHERE, LATE_FACTS):  # a journal can say anything: only what is so is few
                self._judged[key] = why
            return why

    def _why_not_screened(self, record: Decided) -> str | None:
        """Why safeguards cannot have said what is recorded, or should have been asked; None if neither is so."""
        if not record.safeguards and not self.rulebook.safeguards:
            return None
        key = (record.safeguards, record.served)
        if key not in self._screened:
            if len(self._screened) >= EXPECTED_LIMIT:
                self._screened.clear()
            self._screened[key] = why_not_said(record.safeguards, Side.REQUEST, self.rulebook) or why_unheard(
                record.safeguards, record.served, self.rulebook
            )
        return self._screened[key]

    def _classes_of(self, person: Person, record: Decided, grace: timedelta) -> list[int]:
        return [self._class(person, state, record) for state in person.states(record.at, grace)]

    def _class(self, person: Person, state: int, record: Decided) -> int:
        key = (self._epoch, state, record.stream, record.country)
        found = person.classes.get(key)
        if found is None:
            facts = person.facts(self.rulebook.facts, state, record)
            # in the order of the declarations, each of which has values of one type: so `True` never meets 1
            found = self._classes.setdefault(tuple(facts.values()), len(self._classes))
            if found == len(self._facts):
                self._facts.append(facts)
            person.classes[key] = found
        return found

    def _compared(
        self, interval: int, classes: tuple[Classes, ...], record: Decided, flags: frozenset[str]
    ) -> str | None:
        said = record.said
        refused = said.outcome == "refuse" and said.served is None
        if record.requested in self.rulebook.catalogue.models:
            # refused: the caller may have asked for this model or nothing, or the key does not reach the other
            ways = (True, False) if refused else (True,)
            expected = [self._decided(interval, each, record, way, flags) for way in ways for each in classes]
            if any(said in each.own for each in expected):  # the last of the classes is the one then
                now = [self._decided(interval, classes[-1], record, way, flags) for way in ways]
                return None if any(said in each.own for each in now) else LATE_FACTS
            others = " or ".join(dict.fromkeys(_of(*each) for each in expected))
            told = f"recorded was {_told(said)}, recomputed is {others}"
        else:
            told = f"recorded was {_told(said)}, but there is no model `{record.requested[:80]}`"
        return ELSEWHERE if refused and not said.instruments and not said.unknown else told

    def _decided(
        self, interval: int, classes: Classes, record: Decided, substitution: bool, flags: frozenset[str]
    ) -> Expected:
        key = (interval, classes, record.operation, record.requested, substitution, flags)
        found = self._expected.get(key)
        if found is None:
            if len(self._expected) >= EXPECTED_LIMIT:  # a journal can name any operation
                self._expected.clear()
            found = self._expected[key] = self._expect(classes, record, substitution, flags)
        return found

    def _expect(self, classes: Classes, record: Decided, substitution: bool, flags: frozenset[str]) -> Expected:
        """What may be said of one or of two. The journal does not say which of two acts for the other: it is the
        subject's decision if it is so either way.
        """
        chain = (record.requested, *self.rulebook.catalogue.models[record.requested].fallback)
        if len(classes) == 1:
            decision, _ = decide_guarded(
                lambda name, substitute: (self._alone(classes[0], record, name, substitute), None),
                chain,
                flags,
                substitution,
            )
            return Expected((_said(decision),), _said(decision))
        own: list[Said] = []
        for subject in Party:
            facts = dict(zip((subject, *(each for each in Party if each is not subject)), classes, strict=True))

            def alone(party: Party, model: str, substitute: bool, facts: dict[Party, int] = facts) -> Decision:
                return self._alone(facts[party], record, model, substitute)

            decision, whose = decide_guarded(partial(decide_for_both, alone), chain, flags, substitution)
            own += [_said(decision)] if whose is subject else []
        return Expected(tuple(own), _said(decision))

    def _alone(self, facts: int, record: Decided, model: str, substitution: bool) -> Decision:
        return decide(self.rulebook, Request(self._facts[facts], model, record.operation, record.at, substitution))


Classes = tuple[int, ...]
"""The class of the facts of who is decided on; or of two, the other one's second."""


class Expected(NamedTuple):
    """What a rulebook decides: what may be recorded as the subject's own decision, and what it comes to for all."""

    own: tuple[Said, ...]
    all: Said


def _said(decision: Decision) -> Said:
    return Said(decision.outcome.value, decision.served, decision.instruments, decision.unknown)


def _of(own: tuple[Said, ...], together: Said) -> str:
    return _told(together) if together in own else f"{_told(together)}, as the other party's"


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
