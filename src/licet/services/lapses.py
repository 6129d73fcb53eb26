"""When releases stop permitting by themselves, and when they permit again; and what has to be looked at before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licet.core.catalogue import Model
from licet.core.evidence.instruments import Evidence
from licet.core.instruments import Instrument, Release
from licet.core.requirements import Requirement, worded
from licet.core.rulebook import Rulebook
from licet.core.spans import hold_at
from licet.core.withheld import withheld
from licet.services.withholding import listing, named, stands_against


@dataclass(frozen=True, slots=True)
class Turn:
    """A release that stops permitting some models at an instant, or permits them (`opens`), because of these
    requirements of it, although its own time neither begins nor ends. `why` are sentences' parts, one for each.
    """

    at: datetime
    release: str
    models: tuple[str, ...]
    opens: bool
    because: tuple[Requirement, ...]
    why: tuple[str, ...]

    @property
    def short(self) -> str:
        """What happens, as a part of a sentence."""
        does = "permits" if self.opens else "no longer permits"
        return f"{self.release} {does} {listing(self.models)}"

    @property
    def words(self) -> str:
        """What happens and why, as a part of a sentence."""
        return f"{self.short} ({'; '.join(self.why)})"


def turns_at(rulebook: Rulebook, at: datetime) -> tuple[Turn, ...]:
    """What turns by itself at an instant."""
    return tuple(each for each in turns(rulebook) if each.at == at)


def turns_after(rulebook: Rulebook, now: datetime) -> tuple[Turn, ...]:
    """Everything that turns by itself after an instant, the soonest first."""
    return tuple(each for each in turns(rulebook) if each.at > now)


def turns(rulebook: Rulebook) -> tuple[Turn, ...]:
    """Everything that ever turns by itself, the soonest first."""
    found: dict[tuple[datetime, str, bool, tuple[Requirement, ...], tuple[str, ...]], list[str]] = {}
    for release in rulebook.conditional:
        own = rulebook.spans[release.name]
        for model in rulebook.covered(release):
            for span in rulebook.in_force_for(release, model):
                for at, opens in ((span.start, True), (span.end, False)):
                    if at is not None and at not in (own.start, own.end):
                        because, why = reasons(rulebook, release, model, at, opens=opens)
                        found.setdefault((at, release.name, opens, because, why), []).append(model.name)
    all_of_them = (
        Turn(at, release, tuple(models), opens, because, why)
        for (at, release, opens, because, why), models in found.items()
    )
    return tuple(sorted(all_of_them, key=lambda each: (each.at, each.opens, each.release, each.models)))


def reasons(
    rulebook: Rulebook, release: Release, model: Model, at: datetime, *, opens: bool
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """The requirements that are met from an instant on, or no longer met, with words for each."""
    if opens:
        times = ((each, rulebook.meeting.times(each, model)) for each in release.requires)
        because = tuple(each for each, spans in times if any(span.start == at for span in spans))
        return because, tuple(f"it requires {worded(each)}, which is met" for each in because)
    unmet = withheld(rulebook.meeting, release, model, at)
    words = tuple(f"it requires {worded(each.requirement)}, but {stands_against(each)}" for each in unmet)
    return tuple(each.requirement for each in unmet), words


class Kind(StrEnum):
    """What an officer is warned of."""

    LAPSES = "lapses"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that an officer has to see to before an instant: a release that lapses then, or a date of review."""

    at: datetime
    kind: Kind
    release: str
    models: tuple[str, ...]
    sentence: str


def warnings(rulebook: Rulebook, now: datetime) -> tuple[Warned, ...]:
    """The releases that will stop permitting because of what they require, and the reviews that are due for those
    and the evidence that they rest on, the soonest first. A review that is overdue is among them.
    """
    found = [
        Warned(each.at, Kind.LAPSES, each.release, each.models, each.words)
        for each in turns_after(rulebook, now)
        if not each.opens
    ]
    return tuple(sorted([*found, *reviews(rulebook, now)], key=lambda each: (each.at, each.kind, each.release)))


def reviews(rulebook: Rulebook, now: datetime) -> Iterator[Warned]:
    """The dates of review of the releases in force that require something, and of the evidence about their models."""
    for release in rulebook.conditional:
        if not rulebook.spans[release.name].holds_at(now):
            continue
        models = [each for each in rulebook.covered(release) if hold_at(rulebook.in_force_for(release, each), now)]
        names = tuple(each.name for each in models)
        for each in (release, *resting_on(rulebook, models, now)):
            if each.review_by is not None and models:
                due = "is due" if each.review_by > now else "was due"
                sentence = f"{release.name} permits {listing(names)}: a review of {named((each.name,))} {due}"
                yield Warned(each.review_by, Kind.REVIEW, release.name, names, sentence)


def resting_on(rulebook: Rulebook, models: list[Model], now: datetime) -> Iterator[Instrument]:
    """The evidence in force about some models."""
    for each in rulebook.in_force(now):
        if isinstance(each, Evidence) and any(map(each.is_about, models)):
            yield each
