"""Drill: an order for named subjects only, for a limited time, that Licet writes itself and that ends by itself.

It can touch nobody who is not named: by its form (`plan`, `order_of`), and because that is looked at before it is
enacted (`check_drill`), in what the reference interpreter says of everybody else who is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from licet.core.attestations import Confirmed
from licet.core.conditions import OneOf
from licet.core.decision import Decision, Request, decide
from licet.core.drill import Checked
from licet.core.errors import LicetError
from licet.core.facts import About, Fact, Facts, Kind, Value
from licet.core.grammar import quoted
from licet.core.instruments import Operation, Order, Streams
from licet.core.proof import Answer, Proof
from licet.core.properties import Certainty, Claim, Property
from licet.core.rulebook import Rulebook
from licet.engines.signature import Signatures
from licet.services.ports import Store
from licet.services.proving import ProverOf
from licet.services.rulebooks import Proposal
from licet.services.stored import SubjectRecord
from licet.services.subjects import SUBJECT_FACT, facts_at, next_change, next_trust_boundary

PREFIX = "drill-"
LONGEST = timedelta(hours=24)
MOST_SUBJECTS = 50
STREAM = "stream"


class DrillRefused(LicetError):
    """A drill that may not be enacted; the message says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A drill before it is enacted. `models` are names of the catalogue; it is in force over `[begins, ends)`."""

    name: str
    models: tuple[str, ...]
    subjects: tuple[str, ...]
    streams: Streams
    reasons: str
    issuer: str
    begins: datetime
    ends: datetime

    @property
    def title(self) -> str:
        """What people read first."""
        return f"Drill: {', '.join(self.models)} for {len(self.subjects)} named until {self.ends.isoformat()}"

    @property
    def condition(self) -> str:
        """Whom it forbids: definitely false of everybody who is not named."""
        return f"{SUBJECT_FACT} in {{{', '.join(quoted(name) for name in self.subjects)}}}"

    @property
    def text(self) -> str:
        """The order in YAML."""
        lines = [
            f"order: {self.name}",
            f"title: {json.dumps(self.title)}",
            f"issuer: {json.dumps(self.issuer)}",
            f"issued: {self.begins.isoformat()}",
            f"from: {self.begins.isoformat()}",
            f"until: {self.ends.isoformat()}",
            f"models: {json.dumps(list(self.models))}",
            f"forbids: {json.dumps(self.condition)}",
            f"streams: {self.streams.value}",
            f"reasons: {json.dumps(self.reasons)}",
        ]
        return "\n".join(lines) + "\n"


def plan(
    rulebook: Rulebook,
    store: Store,
    *,
    models: Iterable[str],
    subjects: Iterable[str],
    length: timedelta,
    streams: Streams,
    reasons: str | None,
    actor: str,
    now: datetime,
) -> Plan:
    """The order that a drill would be. Raises `DrillRefused` for anybody or anything that is not there, or too much."""
    named = tuple(sorted(set(subjects)))
    covered = tuple(sorted({_model(rulebook, name) for name in models}))
    if not covered:
        raise DrillRefused("a drill is about at least one model; name it with `--model`")
    if not named or len(named) > MOST_SUBJECTS:
        raise DrillRefused(f"a drill names from 1 to {MOST_SUBJECTS} subjects, each with `--subject`; not {len(named)}")
    if not timedelta(seconds=1) <= length <= LONGEST:
        hours = LONGEST // timedelta(hours=1)
        raise DrillRefused(f"a drill lasts from 1 second to {hours} hours, not {length.total_seconds():g} seconds")
    there = store.kinds(named)
    for name in named:
        if name not in there:
            raise DrillRefused(f"there is no subject `{name[:200]}`; `licet subjects list` names them")
    _check_fact(rulebook.facts.get(SUBJECT_FACT))
    because = "This is a drill; nobody but those it names is touched, and it ends by itself." + (
        f" {reasons}" if reasons else ""
    )
    return Plan(_free_name(rulebook, now), covered, named, streams, because, actor, now, now + length)


def _model(rulebook: Rulebook, name: str) -> str:
    model = rulebook.catalogue.resolve(name)
    if model is None:
        known = ", ".join(sorted(rulebook.catalogue.models)) or "none"
        raise DrillRefused(f"there is no model `{name[:200]}`; there are {known}")
    return model.name


def _check_fact(fact: Fact | None) -> None:
    """A rulebook without the fact gets it with the drill, as it comes with Licet."""
    if fact is not None and (fact.about is not About.REQUEST or fact.kind is not Kind.STRING or fact.values):
        raise DrillRefused(f"this rulebook declares a fact `{SUBJECT_FACT}` of its own, so no order can name subjects")


def _free_name(rulebook: Rulebook, at: datetime) -> str:
    taken = {each.name for each in rulebook.instruments}
    numbered = (f"{PREFIX}{at:%Y-%m-%d}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)


def order_of(proposal: Proposal, drill: Plan) -> Order:
    """The order of a drill as it was read back, which must be what was planned and nothing else.

    Raises `DrillRefused`.
    """
    own, _ = proposal.told_apart()
    if [(each.kind, each.name) for each in own] != [("order", drill.name)] or proposal.subjects:
        raise DrillRefused("a drill enacts its own order and nothing else")
    order = proposal.rulebook.instrument(drill.name)
    if not isinstance(order, Order) or drilled(order) != frozenset(drill.subjects):
        raise DrillRefused("the drill's order does not read back as one about the subjects that it names")
    if (order.models, order.families, order.operations) != (drill.models, (), (Operation.USE,)):
        raise DrillRefused("the drill's order does not read back as one about the models that it names")
    if (order.from_, order.until, order.supersedes) != (drill.begins, drill.ends, ()):
        raise DrillRefused("the drill's order does not read back as one for that time")
    return order


def drilled(order: Order) -> frozenset[str] | None:
    """The subjects that a drill names; None if the order is no drill."""
    match order.condition:
        case OneOf(fact, choices) if fact == SUBJECT_FACT and order.name.startswith(PREFIX) and order.until:
            return frozenset(str(each) for each in choices)
        case _:
            return None


def check_drill(
    before: Rulebook,
    after: Rulebook,
    order: Order,
    records: Iterable[SubjectRecord],
    confirmed: Confirmed,
    prover: ProverOf | None,
) -> Checked:
    """Compare what everybody else who is known is served without and with a drill, over all of its time.

    Every subject is reduced to the facts that matter (`engines.signature`); each class of equal facts is decided once
    by the reference interpreter, for every model, as a stream and not, with and without substitutes, at each instant
    at which something changes. With a prover, the same is proved for everybody who could ever ask. Raises
    `DrillRefused` if anybody who is not named is decided otherwise.
    """
    named = drilled(order) or frozenset()
    classes, others = _classes(before, after, order, (each for each in records if each.id not in named), confirmed)
    decisions = 0
    for facts in classes:
        for request in _requests(before, after, order, facts):
            decisions += 1
            if _differ(decide(before, request), decide(after, request)):
                raise DrillRefused(
                    f"`{facts[SUBJECT_FACT]}` is not named, and would be decided otherwise on `{request.model}`"
                    f" at {request.at.isoformat()}; nothing was enacted"
                )
    checked = Checked(others, len(classes), decisions)
    return checked if prover is None else _proved(checked, prover(before, after).prove(property_of(after, order)))


def _differ(was: Decision, becomes: Decision) -> bool:
    return (was.served, was.instruments, was.unknown) != (becomes.served, becomes.instruments, becomes.unknown)


def _classes(
    before: Rulebook, after: Rulebook, order: Order, records: Iterable[SubjectRecord], confirmed: Confirmed
) -> tuple[list[Facts], int]:
    """One member of each class of equal facts, and how many subjects there are."""
    signatures = Signatures(after), Signatures(before)
    found: dict[tuple[int, ...], Facts] = {}
    others = 0
    for record in records:
        others += 1
        for at in _turns(record, order, after, confirmed):
            # `stream` is set later; nothing is asked of it here
            facts: dict[str, Value] = {
                **facts_at(record, after.facts, after.trusts(at), confirmed, at),
                SUBJECT_FACT: record.id,
            }
            found.setdefault(tuple(each.of(facts) for each in signatures), facts)
    return list(found.values()), others


def _turns(record: SubjectRecord, order: Order, after: Rulebook, confirmed: Confirmed) -> Iterator[datetime]:
    """The drill's beginning, and every instant during it at which a fact of somebody may begin or cease to count."""
    at: datetime | None = order.from_
    while at is not None and (order.until is None or at < order.until):
        yield at
        ends = (next_change(record, after.trusts(at), confirmed, at), next_trust_boundary(after, at))
        at = min((end for end in ends if end is not None), default=None)


def _requests(before: Rulebook, after: Rulebook, order: Order, facts: Facts) -> Iterator[Request]:
    instants = {order.from_, *(each for book in (before, after) for each in book.boundaries if each > order.from_)}
    upcoming = sorted(each for each in instants if order.until is None or each <= order.until)
    streams = (False, True) if STREAM in facts else (None,)
    for model, at, stream, substitution in product(before.catalogue.models, upcoming, streams, (True, False)):
        given = facts if stream is None else {**facts, STREAM: stream}
        yield Request(given, model, Operation.USE.value, at, substitution)


def property_of(after: Rulebook, order: Order) -> Property:
    """What is claimed of a drill: it changes nothing but for those it names, on its models and those that fall back
    to one of them.
    """
    reached = [
        model.name
        for model in after.catalogue.models.values()
        if model.name in order.models or set(model.fallback) & set(order.models)
    ]
    return Property(
        name=f"only-{order.name}",
        claim=Claim.CHANGES_ONLY,
        whom=order.condition,
        text=order.text,
        certainty=Certainty.POSSIBLE,
        title="The drill touches nobody who is not named",
        models=tuple(sorted(reached)),
        from_=order.from_,
    )


def _proved(checked: Checked, proof: Proof) -> Checked:
    if proof.answer is Answer.REFUTED:
        raise DrillRefused(f"the drill was proved to touch somebody who is not named: {proof.because}")
    proved = proof.answer is Answer.PROVED
    return Checked(checked.subjects, checked.classes, checked.decisions, proved, proof.rests_on, proof.assumptions)
