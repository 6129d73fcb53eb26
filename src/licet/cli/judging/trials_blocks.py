"""Trials for people: what is there, what is missing, what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, short
from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.trial import Came
from licet.services.trials import ArmCount, Checked
from licet.wire.trials.labels import Validation
from licet.wire.trials.reading import Reading

SHOWN = 10
"""So many differences are shown."""


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
            cell(source.retries or None),
            cell(source.status, Tone.GOOD if source.status == "success" else Tone.BAD),
            cell(source.made, Tone.QUIET),
        ]
        for source in reading.sources
    ]
    return Grid(rows, ("source", "format", "digest", "trials", "retries", "status", "made by"))


def _arms(reading: Reading, counts: Sequence[ArmCount]) -> Grid:
    names = {source.digest: PurePath(source.file).name for source in reading.sources}
    rows = [
        [
            cell(names.get(each.source, "")),
            cell(each.arm, Tone.STRONG),
            cell(f"{each.trials:,}"),
            *(_number(number, Tone.BAD if came is Came.ERROR else Tone.PLAIN) for came, number in each.came),
            _number(each.unscored, Tone.WARN),
            _number(each.limits, Tone.WARN),
            _number(each.invalid, Tone.WARN),
        ]
        for each in counts
    ]
    columns = ("source", "arm", "trials", *(came.value for came in Came), "unscored", "at a limit", "invalid")
    return Grid(rows, columns)


def _number(number: int, tone: Tone) -> Line:
    return Line(f"{number:,}" if number else "-", tone if number else Tone.QUIET)


def hole_lines(holes: Iterable[Hole]) -> list[Block]:
    """Holes, each in a line; what was changed is worse than what is missing."""
    return [Line(f"{hole.gap}: {hole.said}", Tone.BAD if hole.gap is Gap.LOG_CHANGED else Tone.WARN) for hole in holes]


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
