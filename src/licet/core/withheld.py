"""What withholds a model: the requirement of a release that is not met, since when, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from licet.core.catalogue import Model
from licet.core.instruments import Release
from licet.core.meeting import Meeting, contradicts
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement
from licet.core.spans import Span, Spans, hold_at


@dataclass(frozen=True, slots=True)
class Withheld:
    """A release in force that does not permit a model, because this requirement of it is not met.

    `since` is when that began, `until` when it is met by itself (None: never, as things are). `against` are the
    instruments that stand against it: assessments that say otherwise, findings that are open, the release that a head
    start is counted by. `stale` are assessments that are too old, `missing` the issuers who have not spoken. `so_far`
    is how much of a head start there was.
    """

    release: str
    model: str
    requirement: Requirement
    since: datetime
    until: datetime | None = None
    against: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    so_far: timedelta | None = None


def withheld(meeting: Meeting, release: Release, model: Model, at: datetime) -> tuple[Withheld, ...]:
    """Every requirement of a release in force that is not met for a model at an instant, in the order it has them."""
    found = []
    for requirement in release.requires:
        times = meeting.times(requirement, model)
        if not hold_at(times, at):
            since = max((span.end for span in times if span.end is not None and span.end <= at), default=release.from_)
            until = min((span.start for span in times if span.start > at), default=None)
            plain = Withheld(release.name, model.name, requirement, max(since, release.from_), until)
            found.append(_reasoned(meeting, plain, model, at))
    return tuple(found)


def _reasoned(meeting: Meeting, plain: Withheld, model: Model, at: datetime) -> Withheld:
    match plain.requirement:
        case Assessed() as requirement:
            return _unassessed(meeting, plain, requirement, model, at)
        case FindingsAtMost() as requirement:
            above = meeting.findings_above(requirement, model)
            return replace(plain, against=tuple(each.name for each in above if hold_at(meeting.open(each, model), at)))
        case HeadStart() as requirement:
            so_far = lasted(meeting.served(requirement, model), at)
            return replace(plain, against=(requirement.release,), so_far=so_far)
        case _:
            return plain


def _unassessed(meeting: Meeting, plain: Withheld, requirement: Assessed, model: Model, at: datetime) -> Withheld:
    now = [each for each in meeting.assessments(requirement, model) if meeting.spans[each.name].holds_at(at)]
    agreed = [each for each in now if each.verdict in requirement.verdicts]
    fresh = [each for each in agreed if meeting.counts(requirement, each).holds_at(at)]
    return replace(
        plain,
        against=tuple(each.name for each in now if contradicts(requirement, each)),
        stale=tuple(each.name for each in agreed if each not in fresh),
        missing=tuple(issuer for issuer in requirement.by if not any(each.issuer == issuer for each in fresh)),
    )


def lasted(spans: Spans, at: datetime) -> timedelta:
    """How much time lies in some spans up to an instant."""
    until = [Span(each.start, at if each.end is None else min(each.end, at)) for each in spans]
    return sum(((each.end - each.start) for each in until if each.end and not each.is_empty), timedelta())
