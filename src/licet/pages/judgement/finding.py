"""What evidence says of a reported way around safeguards, on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.core.evidence.judgement import Baseline, FindingJudgement
from licet.pages.blocks import Block, Figure, Section, Text, table
from licet.pages.judgement.grade import grade_section
from licet.pages.judgement.rates import Differing, Rated, difference_blocks, prose, rate_blocks
from licet.pages.judgement.standing import ROLES
from licet.pages.number import written
from licet.pages.words import Amount, Code, Word
from licet.services.judging.figures import compared, counted, percent, rated, signed, spanned
from licet.services.judging.words import STANDINGS, levels_of

ABOUT = "Judgement of a finding"

REACHES = {
    "margin": "it intrudes into the margin of safety only",
    "narrow": "it gets narrow harmful answers",
    "broad": "it gets broad harmful answers",
    "universal": "it works wherever it was tried",
}


def figures(judgement: FindingJudgement) -> Iterable[Figure]:
    """The strip at the top."""
    low, high = levels_of(judgement.grade)
    levels = f"{int(low)}" if low is high else f"{int(low)} to {int(high)}"
    role = ROLES[STANDINGS[judgement.reproduced]]
    yield Figure(f"CJS-{levels}", f"severity, {low.word if low is high else f'{low.word} to {high.word}'}", role)
    yield Figure(percent(judgement.rate.value), "of the tries work", role)
    if judgement.breadth.hits is not None:
        yield Figure(
            counted(judgement.breadth).replace(" of ", "/"), f"families, {spanned(judgement.breadth.interval)}"
        )
    if judgement.gain is not None:
        yield Figure(signed(judgement.gain.difference.value), "points over the best public model")


def sections(judgement: FindingJudgement) -> Iterable[Section]:
    """Whether it works, how far it reaches, what it gains, how severe that is."""
    yield Section("works", "Does it work?", tuple(works(judgement)))
    yield Section("breadth", "How far does it reach?", tuple(reaches(judgement)))
    yield Section("gain", "What does it gain over what is public?", tuple(gains(judgement)))
    yield grade_section(judgement)


def works(judgement: FindingJudgement) -> Iterable[Block]:
    """The rate of the technique beside those of the other arms on the same items."""
    role = ROLES[STANDINGS[judgement.reproduced]]
    rows = [Rated("with the technique", judgement.rate, role, judgement.reproduced.value)]
    if judgement.observed is not None and judgement.observed != judgement.rate:
        rows.append(Rated("with it, as counted", judgement.observed))
    if judgement.plain is not None:
        rows.append(Rated("the same model without it", judgement.plain))
    rows += [Rated(f"{each.model} ({each.arm})", each.rate) for each in judgement.baselines]
    if judgement.unguarded is not None:
        rows.append(Rated("the model without safeguards", judgement.unguarded))
    yield from rate_blocks("rates", "How often the same items succeed, by arm", "share of tries that succeed", rows)


def reaches(judgement: FindingJudgement) -> Iterable[Block]:
    """The class, the breadth, and how often it works in each family."""
    said = [f"It worked in {rated(judgement.breadth)} of the families that were tried."]
    if judgement.reach is None:
        said.append("Its class is not shown.")
    else:
        by = f", by the test `{judgement.universal}`" if judgement.universal else ""
        said.append(f"Its class is `{judgement.reach.value}`{by}: {REACHES[judgement.reach.value]}.")
    yield Text(tuple(said))
    rows = [Rated(each.family, each.rate) for each in judgement.families]
    yield from rate_blocks("families", "How often it works, by family", "share of tries that work", rows)


def gains(judgement: FindingJudgement) -> Iterable[Block]:
    """The gain over each public model, and over the best of them, corrected for having looked for it."""
    if not judgement.baselines:
        yield Text(("No public model was tried on the same items, so no gain can be told.",))
        return
    dated = f" as of {written(judgement.baseline_date)}" if judgement.baseline_date else ""
    yield prose(
        f"The set of public models is `{judgement.baseline_set}`{dated}. Each was asked the same items without any"
        " way around safeguards. The gain over the best of them is corrected for having looked for the best. No"
        " significant difference is not the same as none: that needs an interval within the stated margin.",
    )
    rows = differing(judgement.baselines)
    if judgement.gain is not None:
        rows.append(Differing("over the best of them", judgement.gain))
    yield from difference_blocks("gains", "Gain over public models", "percentage points", "no gain", rows)
    if judgement.frozen is not None:
        date = written(judgement.frozen.baseline_date)
        gain = f" {compared(judgement.frozen.gain)}" if judgement.frozen.gain else " not known"
        yield Text((f"Against the public models as they were at {date}, the gain is{gain}.",))
        frozen = [
            (Code(each.arm), each.model, Amount(percent(each.rate.value)), Amount(compared(each.gain)))
            for each in judgement.frozen.baselines
        ]
        yield frozen_table(date, frozen)


def frozen_table(date: str, rows: Sequence[tuple[Word, ...]]) -> Block:
    """The public models of the date that does not move."""
    return table("frozen", f"Public models as of {date}", ["Arm", "Model", "#Rate", "#Gain over it"], rows)


def differing(baselines: Sequence[Baseline]) -> list[Differing]:
    """The technique less each public model."""
    return [Differing(f"over {each.model} ({each.arm})", each.gain) for each in baselines]
