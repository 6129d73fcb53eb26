"""When what releases require is met, model by model: the arithmetic of evidence over time. `spec/evidence.md`.

Each requirement becomes the set of instants at which it is met. What there is no evidence of is never met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, assert_never

from licet.core.catalogue import Model
from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.evidence.judgement import Held, Reached
from licet.core.instruments import Instrument, Release
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement, Safeguarded
from licet.core.safeguards import Safeguard
from licet.core.spans import ALWAYS, NEVER, Span, Spans, common, earlier, later_by, outside, reached, union, without

E = TypeVar("E", bound=Evidence)


class Meeting:
    """The evidence of a rulebook, and when what its releases require of it is met for each of some models.

    `spans`: when each instrument is in force, by name, whatever it requires.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        spans: Mapping[str, Span],
        safeguards: Mapping[str, Safeguard],
        models: Iterable[Model],
    ) -> None:
        self.spans = spans
        self._safeguards = safeguards
        self._releases: dict[str, Release] = {}
        self._assessments: dict[str, list[Assessment]] = {}
        self._findings: list[Finding] = []
        self._patches: dict[str, list[Patch]] = {}
        for each in instruments:
            match each:
                case Release():
                    self._releases[each.name] = each
                case Assessment():
                    self._assessments.setdefault(each.threshold, []).append(each)
                case Finding():
                    self._findings.append(each)
                case Patch():
                    for name in each.patches:
                        self._patches.setdefault(name, []).append(each)
                case _:
                    pass
        self._times: dict[tuple[Requirement, str], Spans] = {}
        self._permits: dict[tuple[str, str], Spans] = {}
        # all at once, so that whoever asks later, from whatever thread, only reads
        for model in models:
            for release in self._releases.values():
                if release.is_about(model):
                    self._permitting(release, model)

    def permits(self, release: Release, model: Model) -> Spans:
        """When a release is in force for a model: within its own time, while all that it requires is met."""
        return self._permits.get((release.name, model.name), NEVER)

    def _permitting(self, release: Release, model: Model) -> Spans:
        key = release.name, model.name
        if key not in self._permits:
            self._permits[key] = NEVER  # a head start that waits for itself never begins
            spans = union([self.spans[release.name]])
            for requirement in release.requires:
                spans = common(spans, self.times(requirement, model))
            self._permits[key] = spans
        return self._permits[key]

    def times(self, requirement: Requirement, model: Model) -> Spans:
        """When a requirement is met for a model."""
        key = requirement, model.name
        if key not in self._times:
            self._times[key] = self._met(requirement, model)
        return self._times[key]

    def _met(self, requirement: Requirement, model: Model) -> Spans:
        match requirement:
            case Assessed():
                return self._assessed(requirement, model)
            case FindingsAtMost():
                above = self.findings_above(requirement, model)
                return outside(union(span for each in above for span in self.open(each, model)))
            case HeadStart():
                begins = reached(self.served(requirement, model), requirement.lasts)
                return NEVER if begins is None else (Span(begins, None),)
            case Safeguarded(name):
                return ALWAYS if name in self._safeguards and self._safeguards[name].stands_before(model) else NEVER
            case _ as unreachable:
                assert_never(unreachable)

    def _assessed(self, requirement: Assessed, model: Model) -> Spans:
        """While each issuer that is named (or anybody, if none is) has spoken, not too long ago, and none against."""
        known = self.assessments(requirement, model)
        agreed = [each for each in known if each.verdict in requirement.verdicts]
        spoken = [[each for each in agreed if each.issuer == issuer] for issuer in requirement.by] or [agreed]
        met = ALWAYS
        for word in spoken:
            met = common(met, union(self.counts(requirement, each) for each in word))
        return without(met, union(self.spans[each.name] for each in known if contradicts(requirement, each)))

    def counts(self, requirement: Assessed, assessment: Assessment) -> Span:
        """The time over which an assessment is in force and not older than the requirement lets it be."""
        span = self.spans[assessment.name]
        if requirement.within is None:
            return span
        return Span(span.start, earlier(span.end, later_by(assessment.assessed, requirement.within)))

    def assessments(self, requirement: Assessed, model: Model) -> list[Assessment]:
        """The assessments of a requirement's threshold that are about a model, ever."""
        return list(about(self._assessments.get(requirement.threshold, ()), model))

    def findings_above(self, requirement: FindingsAtMost, model: Model) -> list[Finding]:
        """The findings about a model that are above a requirement's level, by the worst of their range, ever."""
        return [each for each in about(self._findings, model) if max(each.levels) > requirement.level]

    def open(self, finding: Finding, model: Model) -> Spans:
        """When a finding is in force, and no patch that holds closes it for a model."""
        patches = about(self._patches.get(finding.name, ()), model)
        closed = union(self.spans[each.name] for each in patches if each.verdict is Held.HOLDS)
        return without(union([self.spans[finding.name]]), closed)

    def served(self, requirement: HeadStart, model: Model) -> Spans:
        """When the release that a head start is counted by was in force for a model; never, if there is none."""
        release = self._releases.get(requirement.release)
        if release is None or not release.is_about(model):
            return NEVER
        return self._permitting(release, model)


def contradicts(requirement: Assessed, assessment: Assessment) -> bool:
    """Whether an assessment, while it is in force, keeps a requirement from being met, however old it is.

    Another verdict than those asked for, by one whose word is asked for (anybody, if none is named); `reached` by
    anybody.
    """
    if assessment.verdict in requirement.verdicts:
        return False
    return assessment.verdict is Reached.REACHED or not requirement.by or assessment.issuer in requirement.by


def about(evidence: Iterable[E], model: Model) -> Iterator[E]:
    """The evidence that speaks of a model."""
    return (each for each in evidence if each.is_about(model))
