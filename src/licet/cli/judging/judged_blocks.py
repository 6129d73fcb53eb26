"""A judgement on a terminal: the verdict and why, what is missing, then the figures and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.cli.judging.judged_figures import MOST, TONES, figures
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, pairs, short
from licet.core.evidence.coverage import Coverage
from licet.core.evidence.judgement import (
    AnyJudgement,
)
from licet.core.evidence.trial import Source
from licet.services.judging.figures import (
    counted,
    percent,
)
from licet.services.judging.words import (
    headline,
    next_words,
    standing_of,
)
from licet.wire.judgement.kept import Kept, digest_of


def blocks_of(kept: Kept) -> list[Block]:
    """Everything, the verdict first."""
    judgement = kept.judgement
    return [
        Line(headline(judgement), TONES[standing_of(judgement)]),
        *reasons(judgement),
        *holes(judgement),
        *(Line(f"next: {next_words(judgement.next)}", Tone.STRONG) for _ in [0] if judgement.next is not None),
        *figures(judgement),
        *coverage(judgement.coverage),
        *scored(judgement),
        *(Line(f"stays open: {each}", Tone.QUIET) for each in judgement.indicators),
        *sources(judgement.sources),
        pairs(
            ("as of", judgement.at.isoformat()),
            ("seed", str(kept.seed)),
            ("judgement", digest_of(kept)),
        ),
    ]


def reasons(judgement: AnyJudgement) -> Iterable[Block]:
    """The sentences that lead to the verdict, but for what is missing, which is said by itself."""
    missing = [each.said for each in judgement.coverage.holes]
    for each in judgement.why:
        if not any(said in each for said in missing):
            yield Line(f"- {each}")


def holes(judgement: AnyJudgement) -> Iterable[Block]:
    """What is missing, each by its name."""
    found = judgement.coverage.holes
    for each in found[:MOST]:
        yield Line(f"missing: {each.said} ({each.gap.value})", Tone.WARN)
    if len(found) > MOST:
        yield Line(f"missing: and {len(found) - MOST} more things; `--json` has all", Tone.WARN)


def coverage(found: Coverage) -> Iterable[Block]:
    """Trials by arm; the budget; what would have been found."""
    titles = (
        "arm",
        "intended",
        "run",
        "scored",
        "served",
        "fallback",
        "blocked",
        "errors",
        "limits",
        "again",
        "invalid",
    )
    yield Grid(
        [
            tuple(
                cell(each)
                for each in (
                    arm.arm, arm.intended, arm.run, arm.scored, arm.served, arm.fallback, arm.blocked, arm.errors,
                    arm.limits, arm.retries, arm.invalidated,
                )
            )
            for arm in found.arms
        ],
        titles,
    )  # fmt: skip
    if found.budget:
        said = ", ".join(f"{each.what} {shown(each.spent)} of {each.declared:,g}" for each in found.budget)
        yield Line(f"budget spent: {said}")
    if found.detectable is not None:
        yield Line(f"a true rate of {percent(found.detectable)} or more would have been found (95 %)", Tone.QUIET)


def shown(spent: float | None) -> str:
    """What was spent."""
    return "nobody said how much" if spent is None else f"{spent:,g}"


def scored(judgement: AnyJudgement) -> Iterable[Block]:
    """How good the judge is."""
    judge = judgement.judge
    if judge is None:
        yield Line("who scored was not validated with labels: rates are as they were counted", Tone.QUIET)
        return
    found = f"finds {percent(judge.sensitivity.value)} ({counted(judge.sensitivity)})"
    cleared = f"clears {percent(judge.specificity.value)} ({counted(judge.specificity)})"
    yield Line(f"judge {judge.judge}: {found}, {cleared}; rates are corrected for it", Tone.QUIET)


def sources(found: Sequence[Source]) -> Iterable[Block]:
    """The files, by digest."""
    if not found:
        return
    rows = [
        (cell(each.file), cell(each.format), cell(f"{each.trials:,}"), cell(each.status), cell(short(each.digest)))
        for each in found
    ]
    yield Grid(rows, (count(len(found), "source"), "format", "trials", "ended", "digest"))
