"""From the judgement of a threshold to assessment results that others' tools read. `spec/oscal.md`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from licet.core.evidence.judgement import LineJudged, Reached, ThresholdJudgement
from licet.services.judging.advisory_notes import prose
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.figures import how, percent, stated
from licet.services.judging.words import headline, next_words, sentence
from licet.wire.judgement.kept import Kept, digest_of
from licet.wire.oscal import (
    Evidence,
    Finding,
    Identifiers,
    Objective,
    Observation,
    Property,
    Reason,
    Resource,
    Results,
    Risk,
    State,
    token,
)

REASONS = {
    Reached.NOT_REACHED: Reason.PASS,
    Reached.REACHED: Reason.FAIL,
    Reached.CANNOT_RULE_OUT: Reason.OTHER,
    Reached.INSUFFICIENT: Reason.OTHER,
}
"""Why an objective is said to be satisfied or not. Only what was shown to be so passes."""

WORST: Final = (Reached.NOT_REACHED, Reached.CANNOT_RULE_OUT, Reached.INSUFFICIENT, Reached.REACHED)
"""What several lines of evidence come to: the last of these that one of them says."""


def results_of(kept: Kept, party: str = "") -> Results:
    """The assessment results of a threshold. `party` is who assessed. Raises `JudgingRefused` for anything else."""
    judged = kept.judgement
    if not isinstance(judged, ThresholdJudgement):
        raise JudgingRefused("assessment results are about a threshold; a finding has an advisory")
    if party and not (party.isprintable() and party.strip()):
        raise JudgingRefused(f"`{party}` is no name of who assessed: write one line of text")
    digest = digest_of(kept)
    new = Identifiers(digest)
    control = token(judged.subject)
    resources = tuple(_resources(judged, digest, new))
    observations = tuple(_observations(judged, new))
    lines = list(dict.fromkeys(each.line for each in judged.lines))
    findings = tuple(_finding(judged, line, control, new) for line in lines)
    whole = Objective(control, f"{judged.model} reaches no line of the threshold {judged.subject}")
    return Results(
        id=new("assessment-results"),
        result=new("result"),
        title=headline(judged),
        description=prose((sentence(judged), *judged.why)),
        at=judged.at,
        digest=digest,
        plan=new("resource", judged.threshold_digest),
        control=control,
        control_prose=f"the threshold {judged.subject}",
        model=judged.model,
        model_id=new("model"),
        party=party,
        party_id=new("party"),
        objectives=(whole, *(_objective(judged, line, control) for line in lines)),
        observations=observations,
        risks=tuple(_risks(judged, new)),
        findings=(_whole(judged, whole, new), *findings),
        resources=resources,
        properties=(Property("verdict", judged.verdict.value), Property("judgement", digest)),
        remarks="" if judged.next is None else f"the cheapest next measurement: {next_words(judged.next)}",
    )


def _resources(judged: ThresholdJudgement, digest: str, new: Identifiers) -> Iterable[Resource]:
    given = [
        (judged.threshold_digest, f"the threshold {judged.subject}", "what was to be assessed: lines, suites, budget"),
        (digest, "the judgement", "what was found, with everything that it takes to judge again"),
        *((pinned, f"the suite {name}", "which items are run, and how often") for name, pinned in judged.suites),
    ]
    once: dict[str, Resource] = {}
    for each, title, description in given:
        once.setdefault(each, Resource(new("resource", each), title, description, each))
    for source in judged.sources:
        made = f", by {source.made}" if source.made else ""
        description = f"{source.trials:,} trials ({source.format}{made}); it ended with {source.status}"
        once.setdefault(
            source.digest,
            Resource(new("resource", source.digest), source.file, description, source.digest, source.file),
        )
    return once.values()


def _evidence(judged: ThresholdJudgement, new: Identifiers) -> tuple[Evidence, ...]:
    digests = dict.fromkeys(each.digest for each in judged.sources)
    names = {each.digest: each.file for each in judged.sources}
    return tuple(Evidence(new("resource", each), f"trials in {names[each]}, {each}") for each in digests)


def _observations(judged: ThresholdJudgement, new: Identifiers) -> Iterable[Observation]:
    evidence = _evidence(judged, new)
    for at, line in enumerate(judged.lines):
        yield Observation(_seen(at, new), _line_title(line), _line_said(line), evidence, tuple(_figures(line)))
    yield Observation(new("coverage"), "what the evidence covers", _covered(judged), evidence)
    if judged.families:
        families = "\n".join(f"{each.family}: {stated(each.rate)}" for each in judged.families)
        yield Observation(new("families"), "rates by family of items", families, evidence)
    if judged.judge is not None:
        judge = judged.judge
        said = f"sensitivity {stated(judge.sensitivity)}, specificity {stated(judge.specificity)}"
        yield Observation(new("judge"), f"how good who scored is: {judge.judge}", said)


def _line_title(line: LineJudged) -> str:
    where = "".join(f", {what} {name}" for what, name in (("suite", line.suite), ("arm", line.arm)) if name)
    return f"the {line.line} line at {percent(line.at)}{where}: {line.reached.value}"


def _line_said(line: LineJudged) -> str:
    said = f"the rate of items solved: {stated(line.rate)} ({how(line.rate.interval)})"
    return said if line.observed == line.rate else f"{said}\nas counted: {stated(line.observed)}"


def _figures(line: LineJudged) -> Iterable[Property]:
    interval = line.rate.interval
    yield Property("verdict", line.reached.value)
    for name, value in (
        ("line-at", line.at), ("rate", line.rate.value), ("lowest", interval.low), ("highest", interval.high),
        ("confidence", interval.level),
    ):  # fmt: skip
        yield Property(name, repr(float(value)))
    yield Property("trials", str(line.rate.n))
    yield Property("method", f"{interval.method}, {interval.sides.value}")
    yield Property("estimand", line.rate.estimand.value)
    if line.suite:
        yield Property("suite", line.suite)
    if line.arm:
        yield Property("arm", line.arm)


def _covered(judged: ThresholdJudgement) -> str:
    coverage = judged.coverage
    lines = [f"missing ({each.gap.value}): {each.said}" for each in coverage.holes] or ["nothing is missing"]
    if coverage.detectable is not None:
        lines.append(f"the smallest true rate that would have been found: {percent(coverage.detectable)}")
    for part in coverage.budget:
        spent = "unknown" if part.spent is None else f"{part.spent:g}"
        lines.append(f"budget of {part.what}: declared {part.declared:g}, spent {spent}")
    return "\n".join((*lines, *judged.indicators))


def _objective(judged: ThresholdJudgement, line: str, control: str) -> Objective:
    at = next(each.at for each in judged.lines if each.line == line)
    prose = f"the rate at which {judged.model} solves items is under the {line} line of {judged.subject}, {percent(at)}"
    return Objective(f"{control}_{token(line)}", prose)


def _seen(at: int, new: Identifiers) -> UUID:
    return new("line", str(at))


def _said_of(judged: ThresholdJudgement, line: str) -> tuple[Reached, tuple[int, ...]]:
    """The worst that the evidence says of a line, and which of it that is."""
    said = [(at, each.reached) for at, each in enumerate(judged.lines) if each.line == line]
    return max((reached for _, reached in said), key=WORST.index), tuple(at for at, _ in said)


def _finding(judged: ThresholdJudgement, line: str, control: str, new: Identifiers) -> Finding:
    worst, seen = _said_of(judged, line)
    # A rate under a line shows nothing while the whole is not shown: evidence has holes, or a lower line is near.
    said = judged.verdict if worst is Reached.NOT_REACHED else worst
    return Finding(
        id=new("finding", line),
        title=f"the {line} line of {judged.subject} on {judged.model}: {said.value}",
        description="\n".join(_line_said(judged.lines[at]) for at in seen),
        objective=_objective(judged, line, control),
        state=State.SATISFIED if said is Reached.NOT_REACHED else State.NOT_SATISFIED,
        reason=REASONS[worst] if said is worst else Reason.OTHER,
        remarks=f"{worst.value} by itself; of the whole: {judged.verdict.value}",
        observations=(*(_seen(at, new) for at in seen), new("coverage")),
        risks=(new("risk", line),) if worst is Reached.REACHED else (),
    )


def _whole(judged: ThresholdJudgement, objective: Objective, new: Identifiers) -> Finding:
    verdict = judged.verdict
    seen = (*(_seen(at, new) for at in range(len(judged.lines))), new("coverage"))
    reached = dict.fromkeys(each.line for each in judged.lines if each.reached is Reached.REACHED)
    return Finding(
        id=new("finding"),
        title=headline(judged),
        description=prose((sentence(judged), *judged.why)),
        objective=objective,
        state=State.SATISFIED if verdict is Reached.NOT_REACHED else State.NOT_SATISFIED,
        reason=REASONS[verdict],
        remarks=verdict.value,
        observations=seen,
        risks=tuple(new("risk", line) for line in reached),
    )


def _risks(judged: ThresholdJudgement, new: Identifiers) -> Iterable[Risk]:
    for line in dict.fromkeys(each.line for each in judged.lines):
        worst, seen = _said_of(judged, line)
        if worst is Reached.REACHED:
            yield Risk(
                new("risk", line),
                f"{judged.model} reaches the {line} line of {judged.subject}",
                "\n".join(_line_said(judged.lines[at]) for at in seen),
                f"{judged.model} can do what the {line} line of {judged.subject} stands for; what was measured is a"
                " lower bound",
                tuple(_seen(at, new) for at in seen),
            )
