"""What an order came to: how it was put in force, what was decided under it, and what the record holds of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from licet.core.definitions import Definition
from licet.core.instruments import Instrument, Order
from licet.core.rulebook import Span


class Counts(NamedTuple):
    """Decisions by their outcome."""

    served: int = 0
    substituted: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.served + self.substituted + self.refused

    @property
    def withheld(self) -> int:
        """Those in which the model that was asked for did not serve."""
        return self.substituted + self.refused


@dataclass(frozen=True, slots=True)
class Act:
    """One enactment: who put documents in force, when and on what ground.

    With two officers `actor` proposed it, at `proposed`, and `approved_by` approved it. `rests_on`: the instruments on
    which the proof rests that it only narrows access. `findings`: what its review found, in sentences, as it was kept.
    """

    epoch: int
    at: datetime
    actor: str
    ground: str
    rulebook: str
    approved_by: str | None = None
    proposal: str | None = None
    proposed: datetime | None = None
    rests_on: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """An instrument, the time over which it is in force, and the enactment that put it there."""

    instrument: Instrument
    span: Span
    act: Act


@dataclass(frozen=True, slots=True)
class Relief:
    """A licence that relieves the order for `models`, and how often it did: `decisions` served by it, of `subjects`."""

    licence: Placed
    models: tuple[str, ...]
    decisions: int
    subjects: int


class Hour(NamedTuple):
    """The hour from `at` on: requests for the order's models, and those of them whose decision names the order."""

    at: datetime
    asked: Counts
    by_order: Counts


class OfModel(NamedTuple):
    """One model that the order covers: requests for it, those whose decision names the order, and what served instead.

    `instead`: which other model, and how often, by this order.
    """

    model: str
    asked: Counts
    by_order: Counts
    instead: tuple[tuple[str, int], ...]


class First(NamedTuple):
    """A first decision: the request, its instant, who made it, and what was asked for and served.

    `since_effect`: seconds from the instant at which the order took effect; `since_enactment`: from its enactment, None
    where that is dated by another clock.
    """

    request: str
    at: datetime
    worker: str
    requested: str
    served: str | None
    since_effect: float
    since_enactment: float | None


class Bin(NamedTuple):
    """So many that took `least` seconds or more and less than `below` (None: without a limit)."""

    least: float
    below: float | None
    number: int


@dataclass(frozen=True, slots=True)
class Cuts:
    """Answers that were cut by the order. Seconds are from what made it so to the `end` record of the answer.

    That is the newest of the boundaries and enactments since the decision on it. `unmeasured`: there was none, so what
    is known of the caller had changed. `half`, `most` (90 %), `nearly_all` (99 %) and `last`: after how many seconds so
    many of the measured ones had ended; None if there is none.
    """

    count: int = 0
    unmeasured: int = 0
    half: float | None = None
    most: float | None = None
    nearly_all: float | None = None
    last: float | None = None
    bins: tuple[Bin, ...] = ()
    models: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spared:
    """Answers of the order's models that were open as it took effect and were not cut.

    `ended`: by how they ended, more than the grace after it took effect; `no_end`: those without an `end` record.
    """

    ended: tuple[tuple[str, int], ...] = ()
    no_end: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.no_end + sum(number for _, number in self.ended)


class Doubt(NamedTuple):
    """Decisions, and subjects, that the order touched where these facts were unknown, of which one may change it."""

    facts: tuple[str, ...]
    decisions: int
    subjects: int


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom the order touched: subjects (pseudonyms) of whom at least one request it did not let be served.

    `in_doubt`: those of whom each such decision left a fact unknown that may change it. `nobody`: decisions that name
    no subject. `doubts`: by the unknown facts; a subject counts in each group that it was in.
    """

    subjects: int = 0
    substituted: int = 0
    refused: int = 0
    in_doubt: int = 0
    nobody: int = 0
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """One gate process, and how it came to enforce the order.

    `acknowledged` is when it said so (None: it did not), `seconds` how long after the enactment. `first`: its first
    decision under the order's epoch or a later one, within the order's time. `before`: decisions for the order's models
    that it made after the order had taken effect and still under an older epoch, and `lag`: seconds to the last of
    them. `late`: those of them that it made after it had acknowledged; there must be none.
    """

    worker: str
    acknowledged: datetime | None
    seconds: float | None
    first: datetime | None
    before: int
    lag: float | None
    late: int


class Breach(NamedTuple):
    """One record that is not as it has to be: where it is, and what is wrong."""

    file: str
    request: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the records themselves show somebody served whom the order forbids.

    `looked_at`: decisions under the order about its models. `count`: breaches; `breaches` has the first of them.
    """

    looked_at: int = 0
    count: int = 0
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """What was read: files (sealed segments among them), records, and damage (`file, offset: why`).

    `first` and `last` are the instants of the earliest and latest decision in it. `torn`: ends that were cut short.
    `open`: files without their last record, which are still written or whose worker has died. `missing`: segments that
    the record commits to, that overlap the order's time, and that are neither here nor in the journal; `deleted`: those
    that are not, because they were deleted, as the record says.
    """

    files: int = 0
    segments: int = 0
    records: int = 0
    first: datetime | None = None
    last: datetime | None = None
    damaged: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One entry of the log that is about the order: its index, its type, and what it says in short."""

    at: int
    type: str
    about: str


@dataclass(frozen=True, slots=True)
class Logged:
    """What the log holds about the order, under its newest checkpoint.

    `note` is the checkpoint with its signatures; `signers` who they say they are by (not verified here). `absent`: what
    should be in the log and is not. `covered`: from the earliest to the latest record that
    segments over the order's time have; None if there is no such segment.
    """

    origin: str
    size: int
    root: str
    note: str
    signers: tuple[str, ...]
    entries: tuple[Entry, ...]
    absent: tuple[str, ...]
    covered: Span | None = None


class Command(NamedTuple):
    """A command that verifies a claim, and what it shows. `about` names the part of the report that it is for.

    `anybody`: it needs no more than the published log and what was disclosed; otherwise it needs the operator's state.
    """

    about: str
    shows: str
    line: str
    anybody: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one order at an instant (`at`).

    `canonical` is the document as it was enacted, in its one spelling; `sentences` the same in words. `since` and
    `until` are the time `[since, until)` whose decisions are counted, within the order's own (`order.span`).
    `effect`: when it took effect, its first instant or its enactment, whichever came later. `other_clock`: the
    enactment is dated after decisions that were made under it, so they were not made by the same clock, and seconds
    from the enactment mean nothing. `before` and `after` are the requests for the same models in the day before it
    took effect and in the day after its end (None: there is no end yet). `outlived`: decisions that name it although
    it had ended. `flagged`: requests, of those counted in `asked`, that safeguards flagged or could not judge: what
    they came to is no order's doing. `logged` is None where there is no log, or it cannot be read (`log_trouble`:
    why). `cannot`: what this report cannot show.
    """

    order: Placed
    text: Order
    canonical: str
    sentences: tuple[str, ...]
    definitions: tuple[Definition, ...]
    models: tuple[str, ...]
    ended_by: tuple[Placed, ...]
    reliefs: tuple[Relief, ...]
    properties: tuple[tuple[str, str], ...]
    at: datetime
    since: datetime
    until: datetime
    effect: datetime
    other_clock: bool
    asked: Counts
    by_order: Counts
    hours: tuple[Hour, ...]
    of_models: tuple[OfModel, ...]
    before: Counts
    after: Counts | None
    outlived: int
    first_withheld: First | None
    first_refused: First | None
    cuts: Cuts
    spared: Spared
    touched: Touched
    workers: tuple[Worker, ...]
    check: Check
    journal: Journal
    logged: Logged | None
    log_trouble: str = ""
    commands: tuple[Command, ...] = ()
    cannot: tuple[str, ...] = ()
    flagged: int = 0

    @property
    def name(self) -> str:
        """The order's."""
        return self.text.name

    @property
    def in_force(self) -> bool:
        """Whether it is in force when the report is made."""
        return self.order.span.holds_at(self.at)

    @property
    def ahead(self) -> bool:
        """Whether it is yet to take effect when the report is made."""
        return self.at < self.effect

    @property
    def undecided(self) -> bool:
        """Whether nothing at all was asked of its models while it was in force."""
        return not self.asked.total

    @property
    def silent(self) -> tuple[str, ...]:
        """Workers that decided about its models after it took effect, and never under it, as far as anything shows."""
        return tuple(each.worker for each in self.workers if each.acknowledged is None and each.first is None)

    @property
    def failures(self) -> tuple[str, ...]:
        """What is not as it has to be, in sentences; empty if nothing was found."""
        found = []
        if self.check.count:
            found.append(f"{self.check.count:,} records are not as they have to be under the order")
        late = sum(each.late for each in self.workers)
        if late:
            found.append(f"{late:,} decisions under an older epoch were made after their worker had acknowledged")
        found += [f"nothing shows that worker {each} ever enforced it" for each in self.silent]
        return tuple(found)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing, so that the figures may be too low; in sentences."""
        found = [f"the journal cannot be read at {each}" for each in self.journal.damaged]
        found += [f"segment {each} is in the log, and neither it nor its file is here" for each in self.journal.missing]
        found += [f"segment {each} was deleted, as the log says" for each in self.journal.deleted]
        if self.log_trouble:
            found.append(f"the log cannot be read: {self.log_trouble}")
        if self.logged:
            found += [f"not in the log: {each}" for each in self.logged.absent]
        return tuple(found)
