"""The fold: what entries amount to, put one after the other in their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from licet.cases.built_in import BUILT_IN
from licet.cases.decision.decision import DECISION
from licet.cases.folding.broken import Broken
from licet.cases.folding.made import SUPERSEDING, Made, decided, end_all, promises
from licet.cases.folding.run import Run
from licet.cases.guards import unmet
from licet.cases.law import CaseLaw
from licet.cases.links import links_in
from licet.cases.order import in_order, is_backdated
from licet.core.cases.case import Decided, Link, Placed
from licet.core.cases.clock import Running
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.procedure import NEW, EventRule, Procedure

OPENING: Final = 1
"""The number of the entry that opens a case."""


class Fold:
    """A case while its entries are put one after the other; what is public in it is what they came to so far."""

    __slots__ = (
        "decisions",
        "done",
        "fields",
        "holds",
        "law",
        "links",
        "parties",
        "placed",
        "procedure",
        "promised",
        "runs",
        "state",
        "table",
    )

    def __init__(self, law: CaseLaw, procedure: Procedure) -> None:
        self.law = law
        self.procedure = procedure
        self.table = law.table(procedure)
        self.state = NEW
        self.fields: dict[str, Any] = {}
        self.parties: dict[str, str] = {}
        self.holds: dict[str, str] = {}
        self.links: list[Link] = []
        self.runs: list[Run] = []
        self.done: set[str] = set()
        self.decisions: list[Decided] = []
        self.promised: list[Made] = []
        self.placed: list[Placed] = []

    def place(self, entry: Entry) -> None:
        """Put the next entry. Raises `Broken` if it cannot be there, `DecisionRejected`, `LawMissing`."""
        if not self.placed and entry.number != OPENING:
            raise self._broken(entry, "it happened before the case was opened")
        if entry.clock is not None:
            self._place_clock(entry)
            return
        before = self.state
        rule = self.procedure.events.get(entry.event)
        if rule is None:
            built_in = BUILT_IN.get(entry.event)
            if built_in is None or before == NEW or entry.event == BuiltIn.RAN_OUT:
                raise self._broken(entry, f"`{self.procedure.name}` has no event `{entry.event}`")
            self._built_in(entry)
            title = built_in.title
        else:
            self._check(rule, entry)
            self._happen(rule, entry)
            title = rule.title
        self.placed.append(Placed(entry, before, self.state, False, is_backdated(entry), (), title))

    def _broken(self, entry: Entry, says: str, *, once: bool = False) -> Broken:
        return Broken(entry, says, self.procedure, self.state, once=once)

    def _check(self, rule: EventRule, entry: Entry) -> None:
        if self.state not in rule.froms:
            raise self._broken(entry, f"`{rule.name}` is not possible in the state `{self.state}`")
        if rule.once and rule.name in self.done:
            raise self._broken(entry, f"`{rule.name}` can happen once, and did", once=True)
        kept = unmet(rule, self.state, self.fields)
        if kept is not None:
            raise self._broken(entry, kept)

    def _happen(self, rule: EventRule, entry: Entry) -> None:
        """The effects of an event, in their order: fields, decision, state, clocks."""
        was_final = self.is_final
        self.done.add(rule.name)
        self.state = rule.to or self.state
        if entry.party is not None:
            self.parties[entry.role] = entry.party
        if entry.fields:
            self._learn(rule, entry)
        if rule.decides is not None and DECISION in entry.fields:
            self._decide(rule, entry)
        self._clocks(rule, entry)
        if self.is_final and not was_final:
            self._stop_all(entry)

    @property
    def is_final(self) -> bool:
        """Whether nothing is pending any more."""
        found = self.procedure.states.get(self.state)
        return found is not None and found.final

    @property
    def _end(self) -> tuple[bool, str | None]:
        """Whether it ended, and how: a move changes neither."""
        found = self.procedure.states[self.state]
        return found.final, found.outcome

    def _learn(self, rule: EventRule, entry: Entry) -> None:
        self.fields.update(entry.fields)
        self.fields.pop(DECISION, None)
        self.links += [each for each in links_in(rule, entry.fields) if each not in self.links]
        for run in self.runs:
            if run.is_conditional:
                run.learn(self.fields, entry.happened)

    def _decide(self, rule: EventRule, entry: Entry) -> None:
        assert rule.decides is not None
        made = decided(entry, rule.decides)
        if rule.decides in SUPERSEDING:
            end_all(self.promised, entry.happened)
        self.decisions.append(made)
        self.promised += promises(made, entry.happened)

    def _clocks(self, rule: EventRule, entry: Entry) -> None:
        """What an event does to clocks, in this order: meets, stops, resumes, tolls, starts."""
        at = entry.happened
        starts: list[str] = []
        for run in self._open(*rule.meets):
            run.end(at, Running.MET)
            if run.rule.repeats and not self.is_final:
                starts.append(run.rule.name)
        for run in self._open(*rule.stops):
            run.end(at, Running.STOPPED)
        for clock, reason in rule.resumes:
            for run in self._open(clock):
                run.resume(reason, at)
        for clock, reason in rule.tolls:
            for run in self._open(clock):
                run.toll(reason, at)
        for clock in dict.fromkeys((*starts, *rule.starts)):
            self._start(clock, entry)

    def _open(self, *clocks: str) -> list[Run]:
        """The runs of these clocks that nothing ended."""
        return [each for each in self.runs if each.ended is None and each.rule.name in clocks] if clocks else []

    def _start(self, clock: str, entry: Entry) -> None:
        """Start a clock. A run of it that still is open is stopped: a clock runs once at a time."""
        for run in self._open(clock):
            run.end(entry.happened, Running.STOPPED)
        self.runs.append(Run(self.procedure.clocks[clock], self.table, entry.happened, entry.number, self.fields))

    def _place_clock(self, entry: Entry) -> None:
        """An entry of the clock: it has its effect where the clock had run out, and none where it had not."""
        before, run = self.state, self._running_out(entry)
        rule = self.procedure.events.get(entry.event)
        title = (rule or BUILT_IN[BuiltIn.RAN_OUT]).title
        if run is None or (rule is None and entry.event != BuiltIn.RAN_OUT):
            self.placed.append(Placed(entry, before, before, overtaken=True, title=title))
            return
        run.fired = True
        if rule is not None:
            run.end(entry.happened, Running.MISSED)
            self._happen(rule, entry)
        if run.rule.repeats and not self.is_final and run.ended is None:
            self.runs.append(Run(run.rule, run.table, entry.happened, entry.number, self.fields))
        self.placed.append(Placed(entry, before, self.state, title=title))

    def _running_out(self, entry: Entry) -> Run | None:
        """The run that an entry of the clock is about, if it ran out then and the event is possible."""
        assert entry.clock is not None
        for run in self.runs:
            if run.started_by == entry.clock.started_by and run.rule.name == entry.clock.clock:
                if run.ended is not None or run.fired or not run.ran_out(entry.happened):
                    return None
                rule = self.procedure.events.get(entry.event)
                if rule is not None and (self.state not in rule.froms or (rule.once and rule.name in self.done)):
                    return None
                return run
        return None

    def _built_in(self, entry: Entry) -> None:
        fields = entry.fields
        match BuiltIn(entry.event):
            case BuiltIn.LINK:
                link = Link(str(fields["relation"]), str(fields["target"]))
                self.links += [] if link in self.links else [link]
            case BuiltIn.MOVE:
                self._move(entry)
            case BuiltIn.HOLD:
                self.holds[str(fields["name"])] = str(fields["why"])
            case BuiltIn.RELEASE:
                self.holds.pop(str(fields["name"]), None)
            case BuiltIn.DISCHARGE:
                made = self._promise(entry)
                made.discharged.append(entry.happened)
                made.breached = None
            case BuiltIn.BREACH:
                made = self._promise(entry)
                made.breached = made.breached or entry.happened
            case BuiltIn.SUCCEED:
                self.parties[str(fields["role"])] = str(fields["name"])
            case BuiltIn.NOTE | BuiltIn.WITHHOLD | BuiltIn.RAN_OUT:
                pass

    def _promise(self, entry: Entry) -> Made:
        name = entry.fields["obligation"]
        for each in self.promised:
            if each.id == name and each.ended is None:
                return each
        known = ", ".join(f"`{each.id}`" for each in self.promised if each.ended is None) or "none"
        raise self._broken(entry, f"there is no obligation `{name}` then; there are: {known}")

    def _move(self, entry: Entry) -> None:
        """Go on under another version: clocks that it has by the same name go on from their start."""
        to = self.law.procedure(str(entry.fields["procedure"]))
        state = str(entry.fields["state"])
        if to.topic is not self.procedure.topic:
            raise self._broken(
                entry, f"`{to.name}` is about {to.topic.value}, this case about {self.procedure.topic.value}"
            )
        if to.name.partition("@")[0] != self.procedure.name.partition("@")[0]:
            raise self._broken(entry, f"`{to.name}` is no version of `{self.procedure.name}`: open a case under it")
        if state not in to.states:
            known = ", ".join(f"`{each}`" for each in to.states)
            raise self._broken(entry, f"`{to.name}` has no state `{state}`; it has {known}")
        if (to.states[state].final, to.states[state].outcome) != self._end:
            raise self._broken(entry, f"`{state}` of `{to.name}` ends otherwise than `{self.state}`: events decide")
        table = self.law.table(to)
        for run in self.runs:
            if run.ended is None:
                self._move_run(run, to, entry)
                run.table, run.limited = table, entry.happened
        self.procedure, self.table, self.state = to, table, state
        if self.is_final:
            self._stop_all(entry)

    def _stop_all(self, entry: Entry) -> None:
        for run in self.runs:
            if run.ended is None:
                run.end(entry.happened, Running.STOPPED)

    def _move_run(self, run: Run, to: Procedure, entry: Entry) -> None:
        rule = to.clocks.get(run.rule.name)
        if rule is None:
            run.end(entry.happened, Running.STOPPED)
            return
        strange = sorted({toll.reason for toll in run.tolls} - set(rule.tolls))
        if strange:
            says = f"time of the clock `{rule.name}` did not count for `{strange[0]}`, which `{to.name}` does not know"
            raise self._broken(entry, says)
        run.rule = rule
        run.is_conditional = any(choice.when is not None for choice in rule.limits)
        run.learn(self.fields, entry.happened)


def fold(law: CaseLaw, procedure: Procedure, entries: Iterable[Entry]) -> Fold:
    """What entries amount to. Raises `Broken` at the first that cannot be where it is, `LawMissing`."""
    found = Fold(law, procedure)
    for entry in in_order(entries):
        found.place(entry)
    return found
