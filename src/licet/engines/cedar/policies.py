"""Cedar: the rulebook as policies, schema and entities that others can read and run, with the same decisions.

A release is a permit, an order a forbid, a licence an `unless` of each order that it relieves. Each has its time as
instants of the context, so one export holds for all time. A policy names the models that it covers one by one, and
not by their family through the entities: so a forbid still forbids when somebody asks without our entities. See
`spec/cedar.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from licet.core.conditions import definitions
from licet.core.errors import LicetError
from licet.core.evidence.instruments import Evidence
from licet.core.instruments import Licence, Lift, Mandate, Operation, Order, Provision, Release
from licet.core.requirements import worded
from licet.core.rulebook import Rulebook, Span
from licet.core.spans import Spans, common
from licet.core.trust import Trust
from licet.engines.cedar.schema import (
    Entity,
    attributes,
    comment,
    context,
    entities_of,
    guarded,
    instant_name,
    microseconds,
    principal,
    schema_of,
    subject_entity,
)
from licet.engines.cedar.text import (
    Expression,
    Joined,
    definitely,
    depth,
    entity,
    joined,
    laid_out,
    listed,
    possibly,
    quoted,
)

__all__ = ["GUARD", "CedarExport", "CedarRefused", "cedar_export", "context", "principal", "subject_entity"]

GUARD = "licet:complete"
"""The policy that forbids whoever lacks an attribute; no instrument can have this name."""

DEEPEST = 300
"""Levels of an expression, at most. Cedar 4.12 was seen to crash on brackets between 1,200 and 1,600 levels deep."""


class CedarRefused(LicetError):
    """A rulebook that Cedar cannot be trusted to read; the message says which instrument, and why."""


@dataclass(frozen=True, slots=True)
class CedarExport:
    """A rulebook for Cedar: policies and schema as text, the models and operations as entities (plain JSON).

    It holds over `[start, end)`: before and from the end on it permits nothing. None: without bound.
    """

    policies: str
    schema: str
    entities: list[Entity]
    start: datetime | None
    end: datetime | None


def cedar_export(rulebook: Rulebook, at: datetime | None = None) -> CedarExport:
    """A rulebook for Cedar, for all time; or for the interval around `at` over which it is constant.

    Raises `CedarRefused` for a condition that is nested too deeply.
    """
    over = Span(*rulebook.interval(at)) if at is not None else None
    text = Policies(rulebook, over)
    start, end = (over.start, over.end) if over else (None, None)
    return CedarExport("\n".join(text.lines()), schema_of(rulebook.facts), entities_of(rulebook), start, end)


class Policies:
    """The policies of a rulebook, over some interval or for all time."""

    def __init__(self, rulebook: Rulebook, over: Span | None) -> None:
        self._rulebook = rulebook
        self._spans = rulebook.spans
        self._over = over
        self._attributes = attributes(rulebook.facts)
        self._instant = f"context.{instant_name(rulebook.facts)}"
        self._licences = [each for each in rulebook.instruments if isinstance(each, Licence) and self._applies(each)]

    def lines(self) -> Iterator[str]:
        """The whole text: what it is, the guard, and each instrument by name."""
        yield from self._head()
        for each in self._rulebook.instruments:
            match each:
                case Release() | Order() if self._applies(each):
                    yield from self._policy(each)
                case _:
                    yield f"// {kind(each)} {each.name}: {self._why_not(each)}\n"

    def _head(self) -> Iterator[str]:
        book = self._rulebook
        yield f"// The rulebook {book.digest}, epoch {book.epoch}, {self._when()}."
        yield "// README.md says how to ask, how everything is written here, and what Cedar cannot say."
        yield f"// {self._instant} is in microseconds since 1970-01-01T00:00:00Z.\n"
        for name in sorted({use.definition for each in self._provisions() for use in definitions(each.condition)}):
            found = book.definitions[name]
            yield f"// definition {name} ({comment(found.source)}):\n//   {comment(found.text)}\n"
        yield "// Whoever asks without all attributes is refused, because Cedar skips a policy that misses one."
        yield f"@id({quoted(GUARD)})\nforbid (principal, action, resource)"
        yield f"unless {{\n  {laid_out(joined('&&', guarded(book.facts)), 2)}\n}};\n"

    def _provisions(self) -> list[Provision]:
        return [each for each in self._rulebook.instruments if isinstance(each, Provision) and self._applies(each)]

    def _when(self) -> str:
        if self._over is None:
            return "for all time"
        return f"{lasting(self._over)}; it permits nothing at any other time"

    def _policy(self, provision: Release | Order) -> Iterator[str]:
        """One policy, with what its document says as annotations."""
        relief = self._relief(provision)
        yield f"// {kind(provision)} {provision.name}: in force {lasting(self._spans[provision.name])}"
        yield from (
            f"// relieved by licence {each.name}: in force {lasting(self._spans[each.name])}" for each in relief
        )
        yield from (f"@{name}({quoted(text)})" for name, text in self._annotations(provision, relief) if text)
        yield f"{'forbid' if isinstance(provision, Order) else 'permit'} ("
        yield f"  principal is Subject,\n  {scope(provision.operations)},\n  resource\n)"
        if isinstance(provision, Release) and provision.requires:
            yield self._clause("when", provision, self._while_met(provision))
        else:
            yield self._clause("when", provision, self._covered(provision))
            yield self._clause("when", provision, self._during(provision))
        sense = possibly if isinstance(provision, Order) else definitely
        condition = sense(provision.condition, self._attributes)
        if not relief:
            yield self._clause("when", provision, condition) + ";\n"
            return
        yield self._clause("when", provision, condition)
        yield self._clause("unless", provision, joined("||", [self._relieving(each) for each in relief])) + ";\n"

    def _relief(self, provision: Provision) -> list[Licence]:
        if not isinstance(provision, Order):
            return []
        return [each for each in self._licences if provision.name in each.relieves]

    def _relieving(self, licence: Licence) -> Expression:
        """Whether a licence relieves whoever asks: its own models, operations, time and condition."""
        condition = definitely(licence.condition, self._attributes)
        return Joined("&&", (self._covered(licence), scope(licence.operations), self._during(licence), condition))

    def _annotations(self, provision: Provision, relief: Sequence[Licence]) -> Iterator[tuple[str, str]]:
        span = self._spans[provision.name]
        yield "id", provision.name
        yield "kind", kind(provision)
        yield "title", provision.title
        yield "issuer", provision.issuer
        yield "authority", "; ".join(provision.authority)
        yield "families", ", ".join(provision.families)
        yield "condition", provision.text
        yield "definitions", ", ".join(dict.fromkeys(each.definition for each in definitions(provision.condition)))
        yield "from", span.start.isoformat()
        yield "until", span.end.isoformat() if span.end else ""
        yield "streams", provision.streams.value if isinstance(provision, Order) else ""
        yield "requires", "; ".join(map(worded, provision.requires)) if isinstance(provision, Release) else ""
        yield "relieved_by", ", ".join(each.name for each in relief)
        yield "digest", provision.digest

    def _clause(self, word: str, provision: Provision, expression: Expression) -> str:
        if depth(expression) > DEEPEST:
            raise CedarRefused(
                f"the condition of `{provision.name}`, or of a licence that relieves it, is {depth(expression)} levels"
                f" deep in Cedar, where policies are skipped if they are too deep; at most {DEEPEST} are exported: use"
                " fewer definitions inside each other"
            )
        return f"{word} {{\n  {laid_out(expression, 2)}\n}}"

    def _models(self, provision: Provision) -> list[str]:
        """The models of the catalogue that a provision covers, by name or through their family."""
        models = self._rulebook.catalogue.models
        return sorted(each.name for each in models.values() if provision.covers(each, provision.operations[0]))

    def _covered(self, provision: Provision) -> Expression:
        return among(self._models(provision))

    def _while_met(self, release: Release) -> Expression:
        """The models of a release that requires something, each with the time over which all of that is met."""
        alike: dict[Spans, list[str]] = {}
        for name in self._models(release):
            alike.setdefault(self._times(release, name), []).append(name)
        parts = [
            Joined("&&", (among(names), joined("||", [self._in(span) for span in spans])))
            for spans, names in sorted(alike.items(), key=lambda each: each[1])
            if spans
        ]
        return joined("||", parts)

    def _times(self, release: Release, model: str) -> Spans:
        spans = self._rulebook.in_force_for(release, self._rulebook.catalogue.models[model])
        return spans if self._over is None else common(spans, (self._over,))

    def _during(self, provision: Provision) -> Expression:
        return self._in(self._span(provision))

    def _in(self, span: Span) -> Expression:
        begun = f"{self._instant} >= {microseconds(span.start)}"
        return begun if span.end is None else Joined("&&", (begun, f"{self._instant} < {microseconds(span.end)}"))

    def _span(self, provision: Provision) -> Span:
        """When a provision is in force, as far as this text is about it."""
        span = self._spans[provision.name]
        if self._over is None:
            return span
        ends = [end for end in (span.end, self._over.end) if end is not None]
        return Span(max(span.start, self._over.start), min(ends, default=None))

    def _applies(self, provision: Provision) -> bool:
        if isinstance(provision, Release) and provision.requires:
            return any(self._times(provision, name) for name in self._models(provision))
        return not self._span(provision).is_empty and bool(self._models(provision))

    def _why_not(self, instrument: object) -> str:
        """Why an instrument has no policy of its own."""
        match instrument:
            case Lift():
                return "it ends others, and their time says so"
            case Mandate():
                return "it decides nothing"
            case Trust():
                return "it decides nothing: it says whose word about facts counts"
            case Evidence():
                return "it decides nothing: it says what is known of models, which releases require"
            case Release() if instrument.requires and not self._span(instrument).is_empty and self._models(instrument):
                return "what it requires is not met" + ("" if self._over is None else " then")
            case Licence() if self._applies(instrument):
                return "in the orders that it relieves"
            case Provision() if not self._models(instrument):
                return "it covers no model"
            case _:
                return "never in force" if self._over is None else "not in force then"


def among(models: Sequence[str]) -> str:
    """That the resource is one of some models."""
    return f"resource in {listed(entity('Model', name) for name in models)}"


def kind(instrument: object) -> str:
    """`order`, `release` ..."""
    return type(instrument).__name__.lower()


def scope(operations: Sequence[Operation]) -> str:
    """The operations, as a constraint on the action or as an expression."""
    names = [entity("Action", each.value) for each in operations]
    return f"action == {names[0]}" if len(names) == 1 else f"action in {listed(names)}"


def lasting(span: Span) -> str:
    """From when until when."""
    start = f"from {span.start.isoformat()}"
    return start if span.end is None else f"{start} until {span.end.isoformat()}"
