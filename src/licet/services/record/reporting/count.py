"""Counting what the journal says about one order, while its records go past once, whatever their number.

Kept are counts, one small number for each subject that the order touched, and the answers that are open.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from licet.core.decision import Outcome
from licet.core.report import Breach, First
from licet.wire.journal import ClosedRecord, Damage, DecisionRecord, EndRecord, Entry, OpenedRecord

GRACE = timedelta(seconds=1)
"""How long after an order took effect an open answer may still end by itself without being called spared."""

DAY = timedelta(days=1)

SKEW = timedelta(seconds=5)
"""How much earlier than its enactment a decision under an order may be dated by a clock that is still the same."""

MOST_BREACHES = 100
"""Breaches that are kept; all are counted."""

SUBSTITUTED, REFUSED, CERTAIN, FIRST_DOUBT = 1, 2, 4, 8
"""What is kept of a subject: bits; from `FIRST_DOUBT` on, one for each group of unknown facts."""

PLACE = {Outcome.SERVE: 0, Outcome.SUBSTITUTE: 1, Outcome.REFUSE: 2}
"""Where an outcome is counted."""

FOREVER = datetime.max.replace(tzinfo=UTC)

Scope = frozenset[tuple[str, str]]
"""Models with operations."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for.

    `name` and `epoch` are the order's; it covers `scope`, over `[start, end)`; `enacted` is when; decisions are counted
    in `[since, until)`. `licences`: what each licence that relieves it covers, and over which time. `digests`: the
    rulebook of each epoch. `acknowledged`: when each worker had taken over `epoch`. `turns`: every instant at which the
    rulebook changes, in order; `epochs`: every enactment, in order. `everybody`: it forbids whoever asks.
    """

    name: str
    epoch: int
    scope: Scope
    start: datetime
    end: datetime
    enacted: datetime
    since: datetime
    until: datetime
    licences: Mapping[str, tuple[Scope, datetime, datetime]]
    digests: Mapping[int, str]
    acknowledged: Mapping[str, datetime]
    turns: tuple[datetime, ...]
    epochs: tuple[tuple[int, datetime], ...]
    everybody: bool

    @property
    def effect(self) -> datetime:
        """When it takes effect: at its first instant, or when it is enacted, if that is later."""
        return max(self.start, self.enacted)


class Opened(NamedTuple):
    """An answer that is open: when it was decided, under which epoch, and which model gives it."""

    at: datetime
    epoch: int
    model: str


class Open:
    """How answers ended that were open as the order took effect: `ended` by their end, more than the grace after it."""

    def __init__(self, effect: datetime) -> None:
        self.effect = effect
        self.ended: Counter[str] = Counter()
        self.before = [0, 0, 0]


@dataclass(slots=True)
class OneWorker:
    """What is counted of a worker; see `core.report.Worker`."""

    first: datetime | None = None
    before: int = 0
    last_before: datetime | None = None
    late: int = 0


@dataclass(slots=True)
class Tally:
    """Everything that is counted. Feed it with `take`; read its fields afterwards."""

    question: Question
    read: set[str] = field(default_factory=set)
    records: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None
    earliest_under: datetime | None = None
    damaged: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    asked: list[int] = field(default_factory=lambda: [0, 0, 0])
    by_order: list[int] = field(default_factory=lambda: [0, 0, 0])
    after: list[int] = field(default_factory=lambda: [0, 0, 0])
    outlived: int = 0
    flagged: int = 0
    hours: dict[int, list[int]] = field(default_factory=dict)
    models: dict[str, list[int]] = field(default_factory=dict)
    instead: Counter[tuple[str, str]] = field(default_factory=Counter)
    subjects: dict[str, int] = field(default_factory=dict)
    nobody: int = 0
    doubts: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    relieved: Counter[str] = field(default_factory=Counter)
    relieved_subjects: dict[str, set[str]] = field(default_factory=dict)
    withheld: tuple[DecisionRecord, str] | None = None
    refused: tuple[DecisionRecord, str] | None = None
    cut_seconds: array[float] = field(default_factory=lambda: array("d"))
    cut_models: Counter[str] = field(default_factory=Counter)
    cut_unmeasured: int = 0
    looked_at: int = 0
    breached: int = 0
    breaches: list[Breach] = field(default_factory=list)
    workers: dict[str, OneWorker] = field(default_factory=dict)
    open: dict[str, Opened] = field(default_factory=dict)
    ends: tuple[Open, Open] = field(init=False)
    _file: str = ""
    _worker: str = ""
    _closed: bool = True
    _covered: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._covered = frozenset(model for model, _ in self.question.scope)
        # which of the two counts is known only at the end: see `other_clock`
        self.ends = Open(self.question.effect), Open(self.question.start)

    @property
    def other_clock(self) -> bool:
        """Whether the order's enactment is dated after decisions that were made under it."""
        return self.earliest_under is not None and self.earliest_under < self.question.enacted - SKEW

    @property
    def of_open(self) -> Open:
        """What is counted from the instant at which the order took effect, by the clock of the decisions."""
        return self.ends[self.other_clock]

    def take(self, records: Iterable[tuple[str, Entry | Damage]]) -> Tally:
        """Count everything, file by file in the order of their beginnings; itself."""
        decision, end = self._decision, self._end
        for file, each in records:
            if file != self._file:
                self._next(file)
            kind = type(each)
            if kind is DecisionRecord:
                self.records += 1
                decision(each)  # type: ignore[arg-type]
            elif kind is EndRecord:
                self.records += 1
                end(each)  # type: ignore[arg-type]
            else:
                self._rest(each)
        self._next("")
        return self

    def _next(self, file: str) -> None:
        """Another file begins. A file's name says which worker wrote it, until its first record does."""
        if self._file and not self._closed:
            self.unclosed.append(self._file)
        self._file, self._closed = file, False
        self._worker = file.partition("-")[2].rsplit(".", 1)[0] or file
        if file:
            self.read.add(file)

    def _rest(self, each: Entry | Damage) -> None:
        if isinstance(each, Damage):
            places = self.torn if each.torn else self.damaged
            places.append(f"{self._file}, offset {each.offset}: {each.why}")
        elif isinstance(each, OpenedRecord):
            self.records += 1
            self._worker = each.worker
        elif isinstance(each, ClosedRecord):
            self.records += 1
            self._closed = True

    def _decision(self, each: DecisionRecord) -> None:
        at = each.at
        if self.earliest is None or at < self.earliest:
            self.earliest = at
        if self.latest is None or at > self.latest:
            self.latest = at
        named = self.question.name in each.instruments
        served = each.served
        if served in self._covered:
            self.open[each.id] = Opened(at, each.epoch, served)
        elif not named and each.requested not in self._covered:
            return
        if (each.requested, each.operation) in self.question.scope:
            self._about(each, at, named)
        elif named or (served, each.operation) in self.question.scope:
            self._judge(each, at, named)

    def _about(self, each: DecisionRecord, at: datetime, named: bool) -> None:
        """A request for a model of the order."""
        question, place = self.question, PLACE[each.outcome]
        if each.epoch < question.epoch or at < question.start:
            self._not_yet(at, place)
        elif at >= question.end:
            self.after[place] += at < question.end + DAY
        else:
            worker = self.workers.get(self._worker)
            if worker is None:
                worker = self.workers[self._worker] = OneWorker()
            if worker.first is None or at < worker.first:
                worker.first = at
            if self.earliest_under is None or at < self.earliest_under:
                self.earliest_under = at
            if question.since <= at < question.until:
                self._count(each, at, named, place)
        self._judge(each, at, named)

    def _not_yet(self, at: datetime, place: int) -> None:
        """A decision before the order began, or before it had reached its worker."""
        for one in self.ends:
            one.before[place] += one.effect - DAY <= at < one.effect
        if self.question.effect <= at < self.question.end:
            worker = self.workers.setdefault(self._worker, OneWorker())
            worker.before += 1
            if worker.last_before is None or at > worker.last_before:
                worker.last_before = at
            acknowledged = self.question.acknowledged.get(self._worker)
            worker.late += acknowledged is not None and at > acknowledged

    def _count(self, each: DecisionRecord, at: datetime, named: bool, place: int) -> None:
        """A decision under the order, in the time that is reported."""
        self.asked[place] += 1
        self.flagged += each.is_flagged if each.safeguards else 0
        hour = int(at.timestamp()) // 3600
        of_hour = self.hours.get(hour)
        if of_hour is None:
            of_hour = self.hours[hour] = [0, 0, 0, 0, 0, 0]
        of_model = self.models.get(each.requested)
        if of_model is None:
            of_model = self.models[each.requested] = [0, 0, 0, 0, 0, 0]
        of_hour[place] += 1
        of_model[place] += 1
        if named:
            of_hour[place + 3] += 1
            of_model[place + 3] += 1
            self.by_order[place] += 1
            self._by_order(each)

    def _by_order(self, each: DecisionRecord) -> None:
        """A decision that the order determined: by a licence it did not withhold the model, or it did."""
        licences = [name for name in each.instruments if name in self.question.licences]
        asked = each.requested, each.operation
        if any(asked in self.question.licences[name][0] for name in licences):
            for name in licences:
                self.relieved[name] += 1
                if each.subject is not None:
                    self.relieved_subjects.setdefault(name, set()).add(each.subject)
            return
        if each.outcome is Outcome.SERVE:
            return  # a breach, which `_judge` finds
        self._touch(each)
        if self.withheld is None or each.at < self.withheld[0].at:
            self.withheld = each, self._worker
        if each.served is None and (self.refused is None or each.at < self.refused[0].at):
            self.refused = each, self._worker
        if each.served is not None:
            self.instead[each.requested, each.served] += 1

    def _touch(self, each: DecisionRecord) -> None:
        """Somebody did not get what they asked for."""
        bit = CERTAIN
        if each.unknown:
            doubt = self.doubts.get(each.unknown)
            if doubt is None:
                doubt = self.doubts[each.unknown] = [FIRST_DOUBT << len(self.doubts), 0]
            bit = doubt[0]
            doubt[1] += 1
        if each.subject is None:
            self.nobody += 1
            return
        bit |= REFUSED if each.served is None else SUBSTITUTED
        self.subjects[each.subject] = self.subjects.get(each.subject, 0) | bit

    def _judge(self, each: DecisionRecord, at: datetime, named: bool) -> None:
        """Whether the record by itself shows that the order was not obeyed."""
        question = self.question
        if not question.since <= at < question.until:
            self.outlived += named and at >= question.end
            if named and at < question.start:
                self._breach(each, "it names the order before the order began")
            return
        if each.epoch < question.epoch:
            if named:
                self._breach(each, f"it names the order under epoch {each.epoch}, before it was enacted")
            return
        self.looked_at += 1
        enacted = question.digests.get(each.epoch)
        if enacted != each.rulebook:
            what = "no enactment has this epoch" if enacted is None else "another rulebook was enacted as this epoch"
            self._breach(each, f"epoch {each.epoch}, rulebook {each.rulebook[:19]}: {what}")
        if each.served is None or (each.served, each.operation) not in question.scope:
            return
        if not named:
            if question.everybody:
                self._breach(each, f"{each.served} was served, and the order forbids it to everybody")
        elif not any(self._relieves(name, each, at) for name in each.instruments):
            self._breach(each, f"{each.served} was served, the order applies, and no licence in force relieves it")

    def _relieves(self, name: str, each: DecisionRecord, at: datetime) -> bool:
        """Whether this instrument is a licence that lets the model be served which the order forbids."""
        scope, start, end = self.question.licences.get(name, (frozenset(), FOREVER, FOREVER))
        return (each.served, each.operation) in scope and start <= at < end

    def _breach(self, each: DecisionRecord, why: str) -> None:
        self.breached += 1
        if len(self.breaches) < MOST_BREACHES:
            self.breaches.append(Breach(self._file, each.id, each.at, why))

    def _end(self, each: EndRecord) -> None:
        began = self.open.pop(each.id, None)
        if each.how == "cut" and self.question.name in each.instruments:
            if self.question.since <= each.at:
                self._cut(each, began)
        elif began is not None:
            for one in self.ends:
                if self._was_open(began, one.effect) and one.effect + GRACE < each.at:
                    one.ended[each.how] += 1

    def _was_open(self, began: Opened, effect: datetime) -> bool:
        """Whether an answer had been begun before the order took effect."""
        return began.at < effect and (began.epoch < self.question.epoch or began.at < self.question.start)

    def _cut(self, each: EndRecord, began: Opened | None) -> None:
        """An answer that the order ended, and how long after what made it so."""
        self.cut_models[began.model if began else "not known"] += 1
        cause = self._cause(each.at, began)
        if cause is None:
            self.cut_unmeasured += 1
        else:
            self.cut_seconds.append((each.at - cause).total_seconds())

    def _cause(self, at: datetime, began: Opened | None) -> datetime | None:
        """The newest boundary since the answer began, or enactment past the epoch under which it was decided."""
        if began is None:
            return max((each for each in (self.question.start, self.question.enacted) if each <= at), default=None)
        turns = (each for each in self.question.turns if began.at < each <= at)
        enacted = (when for epoch, when in self.question.epochs if epoch > began.epoch and when <= at)
        return max((*turns, *enacted), default=None)

    def never_ended(self) -> int:
        """Answers that were open when the order took effect, and of whose end there is no record."""
        effect = self.of_open.effect
        return sum(self._was_open(each, effect) for each in self.open.values())

    def first(self, found: tuple[DecisionRecord, str] | None) -> First | None:
        """A first decision, with the seconds until it."""
        if found is None:
            return None
        each, worker = found
        since = (each.at - self.of_open.effect).total_seconds()
        enacted = None if self.other_clock else (each.at - self.question.enacted).total_seconds()
        return First(each.id, each.at, worker, each.requested, each.served, since, enacted)
