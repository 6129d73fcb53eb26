"""Trials for people: what is there, what is missing, what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, short
from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.estimate import Interval
from licet.core.evidence.trial import Came, Source
from licet.services.trials import ArmCount, Checked, Look
from licet.wire.trials.labels import Validation
from licet.wire.trials.reading import Reading

SHOWN = 10
"""So many differences are shown."""

TONES = {
    Came.ERROR.value: Tone.BAD,
    "unscored": Tone.WARN,
    "at a limit": Tone.WARN,
    "invalid": Tone.WARN,
}
"""Of the columns that are not as they should be."""


def reading_blocks(reading: Reading, counts: Sequence[ArmCount]) -> list[Block]:
    """Sources, arms and holes."""
    suites = sorted({trial.suite for trial in reading.trials})
    metrics = sorted({(trial.metric, trial.low, trial.high) for trial in reading.trials})
    judges = sorted({trial.judge for trial in reading.trials if trial.judge})
    blocks: list[Block] = [_sources(reading), Line(), _arms(reading, counts), Line()]
    scales = [f"{metric} ({low:g} to {high:g})" for metric, low, high in metrics]
    blocks.append(
        Line(
            f"suite {listed(suites) or '-'}; metric {listed(scales) or '-'}; judge {listed(judges) or '-'}", Tone.QUIET
        )
    )
    return [*blocks, *hole_lines(reading.holes)]


def _sources(reading: Reading) -> Grid:
    rows = [
        [
            cell(PurePath(source.file).name, Tone.STRONG),
            cell(source.format),
            cell(short(source.digest)),
            cell(f"{source.trials:,}"),
            cell(_status(source), Tone.GOOD if source.status == "success" else Tone.BAD),
            cell(source.made, Tone.QUIET),
        ]
        for source in reading.sources
    ]
    return Grid(rows, ("source", "format", "digest", "trials", "status", "made by"))


def _status(source: Source) -> str:
    return source.status + (f", {source.retries} retried" if source.retries else "")


def _arms(reading: Reading, counts: Sequence[ArmCount]) -> Grid:
    """Arms with what came of their trials; what came of none has no column, so that a narrow terminal has room."""
    names = {source.digest: PurePath(source.file).name for source in reading.sources}
    told = [{"trials": each.trials, **_outcomes(each)} for each in counts]
    columns = [name for name in told[0] if any(each[name] for each in told)] if told else []
    rows = [
        [
            *([cell(names.get(each.source, ""))] if len(names) > 1 else []),
            cell(each.arm, Tone.STRONG),
            *(_number(numbers[name], TONES.get(name, Tone.PLAIN)) for name in columns),
        ]
        for each, numbers in zip(counts, told, strict=True)
    ]
    return Grid(rows, (*(("source",) if len(names) > 1 else ()), "arm", *columns))


def _outcomes(each: ArmCount) -> dict[str, int]:
    came = {outcome.value: number for outcome, number in each.came}
    return {**came, "unscored": each.unscored, "at a limit": each.limits, "invalid": each.invalid}


def _number(number: int, tone: Tone) -> Line:
    return Line(f"{number:,}" if number else "-", tone if number else Tone.QUIET)


def hole_lines(holes: Iterable[Hole]) -> list[Block]:
    """Holes, each in a line; what was changed is worse than what is missing."""
    return [Line(f"{hole.gap}: {hole.said}", Tone.BAD if hole.gap is Gap.LOG_CHANGED else Tone.WARN) for hole in holes]


def look_blocks(looks: Sequence[Look]) -> list[Block]:
    """How often it happened so far; two intervals, for whoever looks once and for whoever looks again and again."""
    if not looks:
        return []
    rows = [
        [
            cell(each.suite),
            cell(each.arm, Tone.STRONG),
            cell(each.model),
            cell(f"{each.hits:,} of {each.tries:,}"),
            cell(_span(each.once)),
            cell(_span(each.always)),
        ]
        for each in looks
    ]
    said = "as of independent trials, to be looked at; verdicts go by `licet judge`"
    return [
        Line(),
        Grid(rows, ("suite", "arm", "model", "so far", "looked at once", "at any look")),
        Line(said, Tone.QUIET),
    ]


def _span(interval: Interval | None) -> str:
    return "-" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"


def check_blocks(found: Checked) -> list[Block]:
    """What a check came to."""
    blocks: list[Block] = [*hole_lines(found.holes)]
    if found.differences:
        rows = [
            [cell(each.item, Tone.STRONG), cell(each.arm), cell(each.attempt), cell(listed(each.fields), Tone.BAD)]
            for each in found.differences[:SHOWN]
        ]
        blocks.append(Grid(rows, ("item", "arm", "try", "differs in")))
    if len(found.differences) > SHOWN:
        blocks.append(Line(f"and {count(len(found.differences) - SHOWN, 'trial')} more", Tone.QUIET))
    said = f"{count(found.trials, 'trial')}: "
    if found.same:
        return [*blocks, Line(f"{said}all as the logs give them", Tone.GOOD)]
    return [*blocks, Line(f"{said}not what the logs give, or something was changed", Tone.BAD)]


def label_blocks(found: Mapping[str, Validation]) -> list[Block]:
    """Judges and their counts."""
    rows = [[cell(judge, Tone.STRONG), _rate(each.positives), _rate(each.negatives)] for judge, each in found.items()]
    return [Grid(rows, ("judge", "sensitivity", "specificity"))]


def _rate(counts: tuple[int, int]) -> Line:
    hits, all_ = counts
    return Line(f"{hits / all_:.3f} ({hits} of {all_})" if all_ else "not measured", Tone.PLAIN if all_ else Tone.WARN)
