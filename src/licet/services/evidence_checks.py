"""What a proposal does through evidence: releases that lapse, that permit again, or that wait; and who decides on it.

Evidence permits nobody anything by itself, and no proof about permission sees what a later release will require of it,
nor what later evidence will meet. So two officers decide on it, and on a release that waits for it; except on a finding
that is only added: that can never let anybody in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from licet.core.catalogue import Model
from licet.core.evidence.instruments import Assessment
from licet.core.evidence.instruments import Finding as FindingDocument
from licet.core.instruments import Lift, Release
from licet.core.requirements import worded
from licet.core.rulebook import Rulebook, Span
from licet.core.spans import NEVER, Spans, common, without
from licet.core.withheld import Withheld, withheld
from licet.services.checks import Step
from licet.services.findings import Check, Finding, Severity
from licet.services.rulebooks import Proposal
from licet.services.withholding import listing, stands_against, what_would_meet

CAN_WIDEN = frozenset(("threshold", "assessment", "patch"))
"""Kinds of documents that can let somebody in, now or later."""


def decided_by_two(proposal: Proposal) -> Iterator[Finding]:
    """Evidence that can let somebody in, now or by what a later release requires: two officers decide on it."""
    for each in proposal.written:
        document = proposal.rulebook.instrument(each.name)
        is_new = document is not None and document.digest == each.digest
        if each.kind in CAN_WIDEN:
            what = f"{each.name}: a release may rest on this {each.kind}, now or later"
        elif each.kind == "finding" and is_new and isinstance(document, FindingDocument) and document.supersedes:
            what = f"{each.name} takes the place of {listing(document.supersedes)}"
            left = _left_out(proposal.rulebook, document)
            what += f", and {listing(left)} no longer has that finding against it" if left else ""
        elif (
            each.kind == "release" and is_new and isinstance(document, Release) and _waits(proposal.rulebook, document)
        ):
            what = f"{each.name} permits more as soon as what it requires is met"
        elif each.kind == "lift" and is_new and (ended := _lifted(proposal.rulebook, document)):
            what = f"{each.name} ends {listing(ended)}, which may stand against a release"
        else:
            continue
        yield Finding(Check.EVIDENCE, Severity.WARNING, f"{what}, so two officers decide on it", (each.name,))


def _left_out(rulebook: Rulebook, finding: FindingDocument) -> tuple[str, ...]:
    """The models of findings that it supersedes which it is not about itself: no finding takes that one's place."""
    earlier = [rulebook.instrument(name) for name in finding.supersedes]
    return tuple(
        model.name
        for model in rulebook.catalogue.models.values()
        if not finding.is_about(model)
        and any(isinstance(each, FindingDocument) and each.is_about(model) for each in earlier)
    )


def _waits(rulebook: Rulebook, release: Release) -> bool:
    """Whether a release is withheld over some of its time: evidence that comes later may let somebody in by it."""
    span = rulebook.spans[release.name]
    return bool(release.requires) and any(
        without((span,), rulebook.in_force_for(release, model)) for model in rulebook.covered(release)
    )


def _lifted(rulebook: Rulebook, lift: object) -> tuple[str, ...]:
    """The findings and assessments that a lift ends; a patch less can only narrow."""
    names = lift.ends if isinstance(lift, Lift) else ()
    return tuple(name for name in names if isinstance(rulebook.instrument(name), FindingDocument | Assessment))


def lapsing(step: Step) -> Iterator[Finding]:
    """Releases that stop permitting models which they would have permitted, because of what they require."""
    found: dict[tuple[str, datetime, str], list[str]] = {}
    for release, model in conditional(step):
        lost = _from_on(without(before(step, release, model), step.after.in_force_for(release, model)), step)
        lost = common(lost, (step.after.spans[release.name],))
        if lost:
            unmet = withheld(step.after.meeting, release, model, lost[0].start)
            found.setdefault((release.name, lost[0].start, reasons(unmet)), []).append(model.name)
    for (name, at, why), models in found.items():
        sentence = f"{name} no longer permits {listing(models)} from {at.isoformat()} on: {why}"
        yield Finding(Check.LAPSES, Severity.WARNING, sentence, (name,))


def reopening(step: Step) -> Iterator[Finding]:
    """Releases that were there, and permit models which they would not have permitted."""
    found: dict[tuple[str, datetime], list[str]] = {}
    for release, model in conditional(step):
        if step.before.instrument(release.name) is not None:
            won = _from_on(without(step.after.in_force_for(release, model), before(step, release, model)), step)
            if won:
                found.setdefault((release.name, won[0].start), []).append(model.name)
    for (name, at), models in found.items():
        sentence = f"{name} permits {listing(models)} from {at.isoformat()} on: what it requires is met then"
        yield Finding(Check.REOPENS, Severity.WARNING, sentence, (name,))


def waiting(step: Step) -> Iterator[Finding]:
    """New releases that permit nobody some of their models when their time begins, because of what they require."""
    found: dict[tuple[str, str], list[str]] = {}
    for release, model in conditional(step):
        if step.before.instrument(release.name) is None and step.lasts(release):
            at = max(step.now, step.after.spans[release.name].start)
            unmet = withheld(step.after.meeting, release, model, at)
            if unmet:
                found.setdefault((release.name, f"{reasons(unmet)}. {what_would_meet(unmet[0])}"), []).append(
                    model.name
                )
    for (name, why), models in found.items():
        sentence = f"{name} does not permit {listing(models)} yet: {why}"
        yield Finding(Check.WITHHELD, Severity.WARNING, sentence, (name,))


def conditional(step: Step) -> Iterator[tuple[Release, Model]]:
    """The releases of the rulebook after that require something, each with the models that it is about."""
    return ((release, model) for release in step.after.conditional for model in step.after.covered(release))


def before(step: Step, release: Release, model: Model) -> Spans:
    """When the rulebook before had a release in force for a model; never, if it had one of the two not."""
    earlier, known = step.before.instrument(release.name), step.before.catalogue.models.get(model.name)
    if not isinstance(earlier, Release) or known is None or not earlier.is_about(known):
        return NEVER
    return step.before.in_force_for(earlier, known)


def _from_on(spans: Spans, step: Step) -> Spans:
    return common(spans, (Span(step.now, None),))


def reasons(unmet: tuple[Withheld, ...]) -> str:
    """Why a release does not permit a model, in words."""
    return "; ".join(f"it requires {worded(each.requirement)}, but {stands_against(each)}" for each in unmet)
