"""Checks of a proposal that need no proof: they look at the documents, and at the subjects that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from licet.core.attestations import Confirmed
from licet.core.catalogue import Model
from licet.core.change import NARROWING, effect_of
from licet.core.facts import Value
from licet.core.instruments import Instrument, Licence, Lift, Operation, Order, Provision, Streams
from licet.core.rulebook import Rulebook, Span, spans_of
from licet.core.spans import hold_at
from licet.core.trust import Trust
from licet.engines.points import compile_points
from licet.services.findings import Check, Finding, Severity
from licet.services.identity.carriers.verifiable import where_verified
from licet.services.rulebooks import Proposal
from licet.services.stored import SubjectRecord
from licet.services.subjects import SUBJECT_FACT, expected, facts_at

STREAM_FACT = "stream"
"""The fact about a request that the gate observes; a preview asks without."""

MOST_COUNTED = 50_000
"""Subjects that are looked at, at most."""

MOST_SECONDS = 1.0
"""How long they are looked at, at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """A proposal as a step from one rulebook to another, from `now` on."""

    before: Rulebook
    after: Rulebook
    now: datetime
    new: tuple[Instrument, ...]
    touched: tuple[str, ...]

    def lasts(self, instrument: Instrument) -> bool:
        """Whether an instrument of the rulebook after is in force at some instant from now on."""
        span = self.after.spans[instrument.name]
        return not span.is_empty and (span.end is None or span.end > self.now)

    def stretches(self, model: str) -> Iterator[tuple[datetime, datetime | None]]:
        """The times from now on over which both rulebooks are constant and say different things of a model."""
        edges = {each for law in (self.before, self.after) for each in law.boundaries if each > self.now}
        starts = [self.now, *sorted(edges)]
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            if speaking(self.before, model, start) != speaking(self.after, model, start):
                yield start, end


def step(proposal: Proposal, now: datetime) -> Step:
    """What a proposal changes from now on: its new instruments, and the models about which anything changes."""
    before, after = proposal.before, proposal.rulebook
    digests = {each.digest for each in proposal.written}
    new = tuple(each for each in after.instruments if each.digest in digests)
    models = sorted(before.catalogue.models.keys() | after.catalogue.models.keys())
    touched = tuple(name for name in models if lasting(before, name, now) != lasting(after, name, now))
    return Step(before, after, now, new, touched)


def lasting(rulebook: Rulebook, model: str, now: datetime) -> frozenset[tuple[str, str, Span]] | None:
    """The provisions about a model that are in force at some instant from now on; None if there is no such model."""
    found = rulebook.catalogue.models.get(model)
    if found is None:
        return None
    return frozenset(
        (each.name, each.digest, clipped)
        for each in about(rulebook, found)
        for span in rulebook.in_force_for(each, found)
        if (clipped := from_on(span, now)) is not None
    )


def from_on(span: Span, now: datetime) -> Span | None:
    """The part of a span that is still to come; None if there is none."""
    start = max(span.start, now)
    return None if span.end is not None and span.end <= start else Span(start, span.end)


def speaking(rulebook: Rulebook, model: str, at: datetime) -> frozenset[str] | None:
    """The digests of the provisions about a model that are in force at an instant."""
    found = rulebook.catalogue.models.get(model)
    if found is None:
        return None
    return frozenset(each.digest for each in about(rulebook, found) if hold_at(rulebook.in_force_for(each, found), at))


def about(rulebook: Rulebook, model: Model) -> Iterator[Provision]:
    """The provisions that speak of a model, for whatever operation."""
    for each in rulebook.instruments:
        if isinstance(each, Provision) and any(each.covers(model, operation) for operation in Operation):
            yield each


def models_changed(proposal: Proposal) -> Iterator[Finding]:
    """Documents of models: who answers under which name is no matter of permission, so no proof covers it."""
    names = sorted({each.name for each in proposal.written if each.kind == "model"})
    if names:
        sentence = (
            f"{', '.join(names)}: what a model's document says (upstream, fallback, family, aliases) can widen access"
        )
        yield Finding(Check.MODELS, Severity.WARNING, sentence, ())


def streams_spared(step: Step) -> Iterator[Finding]:
    """Open answers that would have been ended and now run on, by an order with `streams: finish`.

    Orders that are only added end more and spare nothing. Whatever else is changed together with such an order may
    make a stream outlive an end that it would have met; that is not looked into further.
    """
    if all(isinstance(each, Order) and not each.supersedes for each in step.new):
        return
    models = [step.after.catalogue.models[name] for name in step.touched if name in step.after.catalogue.models]
    sparing = [
        each.name
        for each in step.after.instruments
        if isinstance(each, Order)
        and each.streams is Streams.FINISH
        and step.lasts(each)
        and any(each in set(about(step.after, model)) for model in models)
    ]
    if sparing:
        sentence = f"{', '.join(sparing)}: answers that are under way may run on that would have been ended before"
        yield Finding(Check.STREAMS, Severity.WARNING, sentence, tuple(sparing))


def without_end(step: Step) -> Iterator[Finding]:
    """New orders that nothing ends and nobody has to look at again."""
    for each in step.new:
        if isinstance(each, Order) and each.review_by is None and step.after.spans[each.name].end is None:
            sentence = f"{each.name} has neither an end (`until`) nor a date of review (`review_by`)"
            yield Finding(Check.NO_END, Severity.NOTE, sentence, (each.name,))


def never_in_force(step: Step) -> Iterator[Finding]:
    """New instruments that are over, or never begin; and lifts that end nothing."""
    for each in step.new:
        if isinstance(each, Lift):
            others = [other for other in step.after.instruments if other is not each]
            if spans_of(others) == {name: span for name, span in step.after.spans.items() if name != each.name}:
                sentence = f"{each.name} ends nothing: {', '.join(each.ends)} would end no later without it"
                yield Finding(Check.NO_EFFECT, Severity.WARNING, sentence, (each.name,))
        elif not step.lasts(each):
            yield Finding(Check.NO_EFFECT, Severity.WARNING, f"{each.name} is never in force from now on", (each.name,))


def without_order(step: Step) -> Iterator[Finding]:
    """New licences that relieve no order which is in force when they are, of a model that they cover."""
    for each in step.new:
        if isinstance(each, Licence) and step.lasts(each) and not relieved(step, each):
            sentence = f"{each.name} relieves nothing: none of {', '.join(each.relieves)} is in force together with it"
            yield Finding(Check.NO_RELIEF, Severity.WARNING, sentence, (each.name,))


def relieved(step: Step, licence: Licence) -> tuple[str, ...]:
    """The orders that a licence can relieve: in force together with it, of a model and operation that both cover."""
    found = []
    for name in licence.relieves:
        order = step.after.instrument(name)
        if isinstance(order, Order) and together(step, licence, order) and shares(step.after, licence, order):
            found.append(name)
    return tuple(found)


def together(step: Step, one: Instrument, other: Instrument) -> bool:
    """Whether both are in force at some instant from now on."""
    spans = [from_on(step.after.spans[each.name], step.now) for each in (one, other)]
    if spans[0] is None or spans[1] is None:
        return False
    start = max(spans[0].start, spans[1].start)
    return all(span is not None and (span.end is None or start < span.end) for span in spans)


def shares(rulebook: Rulebook, one: Provision, other: Provision) -> bool:
    """Whether both speak of the same model and operation."""
    return any(
        one.covers(model, operation) and other.covers(model, operation)
        for model in rulebook.catalogue.models.values()
        for operation in Operation
    )


@dataclass(frozen=True, slots=True)
class People:
    """The subjects of a store: how many, each with what was attested about it, and which status lists were read."""

    total: int
    records: Callable[[], Iterable[SubjectRecord]]
    confirmed: Confirmed


def locked_out(step: Step, people: People, stopwatch: Callable[[], float]) -> Iterator[Finding]:
    """Subjects who lose a model and would get it back if a fact that is unknown of them became known.

    At the first instant at which the rulebooks differ, or other trust documents are in force. At most `MOST_COUNTED`
    are looked at, for `MOST_SECONDS`.
    """
    turn = first_turn(step)
    starts = [start for model in step.touched for start, _ in step.stretches(model)]
    starts += [turn] if turn is not None else []
    if not starts or not people.total:
        return
    at = min(starts)
    missing = _Missing(step, expected(people.confirmed, step.now, at), at)
    deadline, seen = stopwatch() + MOST_SECONDS, 0
    for record in people.records():
        if seen >= MOST_COUNTED or (seen % 256 == 0 and stopwatch() > deadline):
            break
        missing.look(record)
        seen += 1
    if missing.subjects:
        facts = ", ".join(f"{name} ({number:,})" for name, number in missing.facts.most_common())
        verb = ("subject", "loses") if missing.subjects == 1 else ("subjects", "lose")
        who = f"{missing.subjects:,} {verb[0]} {verb[1]} a model"
        sentence = f"{who} at {at.isoformat()} because a fact is unknown: {facts}{counted(seen, people.total)}"
        sentence += f"; {where_verified(missing.facts, step.after, at)}"
        yield Finding(Check.UNKNOWN_FACTS, Severity.WARNING, sentence)
    elif seen < people.total:
        sentence = f"nobody was found who loses a model because a fact is unknown{counted(seen, people.total)}"
        yield Finding(Check.UNKNOWN_FACTS, Severity.NOTE, sentence)


def counted(seen: int, total: int) -> str:
    """That not everybody was looked at, and what looks at everybody; nothing where everybody was."""
    if seen >= total:
        return ""
    return f" (only the first {seen:,} of {total:,} subjects were looked at; `licet review` looks at all)"


def first_turn(step: Step) -> datetime | None:
    """The first instant from now on at which other trust documents are in force before and after; None if none is."""
    edges = {each for law in (step.before, step.after) for each in law.boundaries if each > step.now}
    for at in (step.now, *sorted(edges)):
        if _trusted(step.before, at) != _trusted(step.after, at):
            return at
    return None


def _trusted(rulebook: Rulebook, at: datetime) -> list[str]:
    return [each.digest for each in rulebook.trusts(at)]


class _Missing:
    """Counts subjects, and the facts that are missing of them."""

    def __init__(self, step: Step, confirmed: Confirmed, at: datetime) -> None:
        self.subjects = 0
        self.facts: Counter[str] = Counter()
        self._at = at
        self._declared = step.after.facts
        self._trusts = step.before.trusts(at), step.after.trusts(at)
        self._turned = _trusted(step.before, at) != _trusted(step.after, at)
        self._confirmed = confirmed
        self._laws = compile_points(step.before, at), compile_points(step.after, at)
        models = step.before.catalogue.models.keys() & step.after.catalogue.models.keys()
        self._models = [name for name in (sorted(models) if self._turned else step.touched) if name in models]

    def look(self, record: SubjectRecord) -> None:
        """Count one subject, if it loses something that a fact could give back."""
        before, after = self._laws
        becoming = self._facts(record, self._trusts[1])
        having = self._facts(record, self._trusts[0]) if self._turned else becoming
        old, new = before.vector(having), after.vector(becoming)
        unknown: set[str] = set()
        for model in self._models:
            if not after.decide(new, model, Operation.USE.value, self._at, substitution=False).unknown:
                continue  # it is allowed, or no fact can help
            was = before.decide(old, model, Operation.USE.value, self._at)
            becomes = after.decide(new, model, Operation.USE.value, self._at)
            if effect_of(model, was.served, becomes.served) in NARROWING:
                unknown.update(becomes.unknown)
        if unknown:
            self.subjects += 1
            self.facts.update(unknown)

    def _facts(self, record: SubjectRecord, trusts: Sequence[Trust]) -> dict[str, Value]:
        observed: dict[str, Value] = {SUBJECT_FACT: record.id, STREAM_FACT: False}
        facts = dict(facts_at(record, self._declared, trusts, self._confirmed, self._at))
        return facts | {name: value for name, value in observed.items() if name in self._declared}
