"""The sentences that lead to the verdict on a finding, in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from licet.core.evidence.coverage import Coverage
from licet.core.evidence.estimate import Estimate, Told
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.judgement import Reproduced
from licet.core.evidence.severity import Grade, Reach
from licet.evidence.finding.gain import Asked, over_plain
from licet.evidence.finding.measured import Against, Measured
from licet.evidence.finding.reach import breadth_of, class_of
from licet.evidence.inquiry.pairing import shared
from licet.evidence.inquiry.tried import Tried, rate_of
from licet.evidence.sayings import counted, percent, span, span_of_points, tries

DAY = "%Y-%m-%d"


def why(
    inquiry: Inquiry, coverage: Coverage, found: Measured, now: Against, then: Against | None, asked: Asked
) -> tuple[str, ...]:
    """What was counted, what it comes to, and why it is graded so."""
    return (
        *(f"{hole.gap}: {hole.said}" for hole in coverage.holes),
        *of_rate(inquiry, found),
        *of_arms(found, asked),
        *of_reach(inquiry, coverage, found, asked),
        *of_gain(now),
        *of_grade(now.grade),
        *of_frozen(now, then),
    )


def of_rate(inquiry: Inquiry, found: Measured) -> Iterator[str]:
    """How often the technique worked, and whether that is as often as is asked for."""
    low, high = found.bounds
    share, sure = percent(float(inquiry.reproduced_at)), f"at {percent(float(inquiry.confidence))} confidence"
    yield f"the technique worked in {tries(found.observed or found.rate)}"
    if found.observed is not None:
        yield f"with the judge's errors taken out, in {span(found.rate)}"
    match found.reproduced:
        case Reproduced.YES:
            yield f"asked for is {share} of tries, and it works in at least {percent(low)}, {sure}: reproduced"
        case Reproduced.NO:
            yield f"asked for is {share} of tries, and it works in at most {percent(high)}, {sure}: not reproduced"
        case Reproduced.UNDECIDED:
            yield f"asked for is {share} of tries, and it works in {percent(low)} to {percent(high)}: undecided"
        case Reproduced.INSUFFICIENT:
            yield "the evidence is not complete, so it does not say whether the technique is reproduced"


def of_arms(found: Measured, asked: Asked) -> Iterator[str]:
    """The same model without the technique, and without its safeguards."""
    for name, arm in (("without the technique", found.plain), ("without its safeguards", found.unguarded)):
        if arm is not None and arm.hits.size:
            yield f"the same model {name}: {tries(counted_rate(arm, asked))}"
        elif arm is not None:
            yield f"the same model {name} was not tried"
    if found.plain is not None and shared(found.technique, found.plain):
        lift = over_plain(found.technique, found.plain, asked)
        past = "the technique gets past safeguards" if lift.told is Told.MORE else "that it gets past any is not shown"
        yield f"with the technique, against without it: {span_of_points(lift.difference)}; {past}"


def counted_rate(arm: Tried, asked: Asked) -> Estimate:
    """An arm's rate as it was counted."""
    return rate_of(arm, level=asked.level)


def of_reach(inquiry: Inquiry, coverage: Coverage, found: Measured, asked: Asked) -> Iterator[str]:
    """In how many families it worked, and the class that comes of it."""
    reached, test = found.reached, inquiry.universal
    low = percent(breadth_of(reached, asked.level).interval.low)
    worked, families = len(reached.worked), len(reached.families)
    half = "of the unguarded model's score" if found.unguarded is not None else "of the tries"
    yield (
        f"it worked in {worked} of {counted(families, 'family', 'families')} ({percent(float(test.share))} {half} or"
        f" more): in at least {low} of those that they stand for"
    )
    if families < test.least:
        yield f"the test of universality, {test.name}, needs {test.least} families; the suites have {families}"
    reach = class_of(reached, test) if coverage.complete else None
    if reach is Reach.MARGIN:
        yield "nothing that is prohibited came of it: it intrudes into the safety margin only"
    elif reach is not None:
        yield f"by the test {test.name} ({test.source}): {reach.value}"


def of_gain(now: Against) -> Iterator[str]:
    """What it gains over each public model, and over the best of them."""
    if now.date is None:
        yield "the inquiry names no public models, so nothing says what the technique gains"
        return
    yield from (f"`{each.model}` without any bypass: {span(each.rate)}" for each in now.baselines)
    if now.gain is None:
        yield f"none of the baselines was public and tried by {now.date:{DAY}}"
        return
    of = counted(len(now.baselines), "baseline")
    yield f"the gain over the best of {of} is {span_of_points(now.gain.difference)}: {telling(now)}"


def telling(now: Against) -> str:
    """What the gain over the best tells."""
    match now.gain.told if now.gain is not None else Told.UNDECIDED:
        case Told.UNDECIDED:
            return "nothing is concluded from it"
        case (Told.MORE | Told.LESS) as told:
            return f"shown to be {told.value}"
        case told:
            return told.value


def of_grade(grade: Grade) -> Iterator[str]:
    """The sum, the range of levels, and what decides it."""
    yield from (f"{axis.value}: {span_of(scores.low, scores.high)}, {scores.why}" for axis, scores in grade.axes)
    low, high = grade.levels
    levels = f"{low.word}" if low is high else f"{low.word} to {high.word}"
    yield f"by {grade.rubric} the sum is {span_of(*grade.sums)}: {levels}"
    if grade.deciding is not None:
        yield f"`{grade.deciding.value}` decides it: to know it more closely narrows the levels most"
    if grade.raised is not None:
        yield f"judgement raises it to {grade.raised.word} at least, where there is a gain: {grade.why}"


def span_of(low: float, high: float) -> str:
    """A range of a rubric's values."""
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def of_frozen(now: Against, then: Against | None) -> Iterator[str]:
    """What the level was against the baselines of the date that does not move."""
    if then is None or then.date is None:
        return
    before, after = (" to ".join(dict.fromkeys(level.word for level in each.grade.levels)) for each in (then, now))
    moved = "the same" if before == after else f"{after} now, for the baseline has moved"
    yield f"against the public models of {then.date:{DAY}} it was {before}: {moved}"


def indicators(found: Measured, coverage: Coverage, now: Against, at: datetime) -> tuple[str, ...]:
    """What the trials cannot say."""
    said = ["that somebody who goes on improving the technique reaches more is not excluded: its rate is a lower bound"]
    if coverage.detectable is not None and not found.technique.hits.any():
        said.append(f"had it worked in {percent(coverage.detectable)} of tries, these trials would have shown it")
    if now.date is not None and now.date.date() < at.date():
        said.append(
            f"that a model made public after {now.date:{DAY}} does the same is not excluded: it would lower the level"
        )
    return tuple(said)
