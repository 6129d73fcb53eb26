"""Beliefs: what a proposal changes about whose word counts, which no proof about permission sees.

Who is trusted for longer, or anew, may come in by it: that needs two officers. Who is trusted no longer can only lose,
because a doubt outlives the trust (`losing_trust_never_widens`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from licet.core.attestations import Attestation, Confirmed, Standing, weigh
from licet.core.rulebook import Rulebook, Span
from licet.core.trust import Trust
from licet.services.checks import MOST_COUNTED, MOST_SECONDS, People, Step, counted, first_turn, from_on
from licet.services.findings import Check, Finding, Severity
from licet.services.rulebooks import Proposal
from licet.services.stored import SubjectRecord
from licet.services.subjects import expected

COUNTED_AFTER = (
    "subjects are counted by what is known of them under the draft, before it and after: what a change of"
    " trust itself takes is found by the review"
)
"""What there is to know beside the counts of a proposal that changes whose word counts."""


def believed_anew(step: Step) -> Iterator[Finding]:
    """Trust documents that are in force at some instant from now on at which they would not have been."""
    before = _trusting(step.before, step.now)
    for name, (trust, span) in _trusting(step.after, step.now).items():
        if name not in before or not _within(span, before[name][1]):
            facts = ", ".join(sorted(trust.facts))
            sentence = (
                f"{name}: {trust.attester} is believed about {facts}; whose word counts is in no proof about"
                " permission, so two officers decide on it"
            )
            yield Finding(Check.TRUST, Severity.WARNING, sentence, (name,))


def higher_levels(proposal: Proposal) -> Iterator[Finding]:
    """New facts that count only from a level on: how good evidence must be is decided by two officers."""
    known = proposal.before.facts
    for name in sorted(proposal.rulebook.facts.keys() - known.keys()):
        level = proposal.rulebook.facts[name].level
        if level is not None:
            sentence = f"{name} counts from the level `{level}` on; how good evidence must be is for two officers"
            yield Finding(Check.TRUST, Severity.WARNING, sentence)


def believed_no_longer(step: Step) -> Iterator[Finding]:
    """Trust documents that end earlier than they would have."""
    after = _trusting(step.after, step.now)
    for name, (trust, span) in _trusting(step.before, step.now).items():
        if name not in after or not _within(span, after[name][1]):
            sentence = (
                f"{name}: {trust.attester} is believed for less long; what only it attested becomes unknown, and losing"
                " trust widens nothing"
            )
            yield Finding(Check.TRUST_ENDS, Severity.NOTE, sentence, (name,))


def words_that_turn(step: Step, people: People, stopwatch: Callable[[], float]) -> Iterator[Finding]:
    """How many subjects have attestations that begin or cease to count, by fact, when the trust first differs."""
    at = first_turn(step)
    if at is None or not people.total:
        return
    turned = Turned(step.before, step.after, expected(people.confirmed, step.now, at), at)
    deadline, seen = stopwatch() + MOST_SECONDS, 0
    for record in people.records():
        if seen >= MOST_COUNTED or (seen % 256 == 0 and stopwatch() > deadline):
            break
        turned.look(record)
        seen += 1
    said = [f"{verb} for {_by_fact(number)}" for verb, number in turned.told if number.total()]
    what = "; ".join(said) or "nothing that was attested of anybody begins or ceases to count"
    about = tuple(sorted(_trusting(step.before, step.now).keys() ^ _trusting(step.after, step.now).keys()))
    sentence = f"at {at.isoformat()} {what}{counted(seen, people.total)}"
    yield Finding(Check.TRUST_COUNTS, Severity.NOTE, sentence, about)


class Turned:
    """Counts subjects by fact: of whom an attestation begins or ceases to count, and whose value becomes (un)known."""

    def __init__(self, before: Rulebook, after: Rulebook, confirmed: Confirmed, at: datetime) -> None:
        self.begins: Counter[str] = Counter()
        self.ceases: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self._laws = [(each.facts, each.trusts(at)) for each in (before, after)]
        self._confirmed = confirmed
        self._at = at

    @property
    def told(self) -> tuple[tuple[str, Counter[str]], ...]:
        """Each number with its verb."""
        return (
            ("an attestation begins to count", self.begins),
            ("an attestation ceases to count", self.ceases),
            ("another value is known, or none any more,", self.values),
        )

    def look(self, record: SubjectRecord) -> None:
        """Count one subject."""
        was, becomes = (
            weigh(record.attestations, facts, trusts, self._confirmed, self._at) for facts, trusts in self._laws
        )
        for fact in was:
            old, new = _count(was[fact][1]), _count(becomes[fact][1])
            self.begins[fact] += not new <= old
            self.ceases[fact] += not old <= new
            self.values[fact] += was[fact][0] != becomes[fact][0]


class _Trusting(NamedTuple):
    """A trust document, and the part of its time that is still to come."""

    trust: Trust
    span: Span


def _trusting(rulebook: Rulebook, now: datetime) -> dict[str, _Trusting]:
    spans = ((each, from_on(rulebook.spans[each.name], now)) for each in rulebook.instruments)
    return {each.name: _Trusting(each, span) for each, span in spans if isinstance(each, Trust) and span is not None}


def _within(span: Span, other: Span) -> bool:
    return other.start <= span.start and (other.end is None or (span.end is not None and span.end <= other.end))


def _count(weighed: Sequence[tuple[Attestation, Standing]]) -> frozenset[str]:
    """The speakers whose word counts or would, if nobody contradicted."""
    return frozenset(each.speaker for each, standing in weighed if standing in _BELIEVED)


_BELIEVED = (Standing.COUNTS, Standing.CONTRADICTED)


def _by_fact(numbers: Counter[str]) -> str:
    found = [(name, number) for name, number in sorted(numbers.items()) if number]
    return ", ".join(f"{number:,} of {name}" for name, number in found)
