"""`licet trials`: trials from the logs of evaluations, and whether a log is still the one that was judged."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from licet.cli.command import Session, command
from licet.cli.judging.trials_blocks import check_blocks, label_blocks, look_blocks, reading_blocks
from licet.cli.judging.trials_tree import check_tree, label_tree, look_tree, reading_tree
from licet.cli.root import trials
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.core.evidence.trial import Use
from licet.services.trials import checked, counted
from licet.wire.trials.labels import read_labels
from licet.wire.trials.naming import Higher, Naming
from licet.wire.trials.plain_writing import write_plain
from licet.wire.trials.reading import Reading
from licet.wire.trials.recognise import Format

Function = TypeVar("Function", bound=Callable[..., Any])
LOGS = click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=click.Path(path_type=Path))


def naming_options(function: Function) -> Function:
    """The options that say what a log does not say: `spec/trials.md`, section Mapping."""
    options = (
        click.option("--format", "named", type=click.Choice([each.value for each in Format]), help="The logs' format."),
        click.option("--suite", default="", help="The suite that the items belong to."),
        click.option("--arm", default="", help="What was run: the technique, the model without it, a baseline ..."),
        click.option("--model", default="", help="The model that was asked."),
        click.option("--judge", default="", help="Who scored, with its version."),
        click.option("--metric", default="", help="The score to take, where a log has several."),
        click.option("--scale", type=(float, float), help="The lowest and the highest score of the metric."),
        click.option(
            "--higher",
            type=click.Choice([each.value for each in Higher]),
            help="Whether a higher score is worse (more of what should be prevented) or better.",
        ),
        click.option("--item-key", default="", help="The key of a sample's metadata that names the item."),
        click.option("--family-key", default="family", show_default=True, help="The key that names the family."),
        click.option("--use-key", default="use", show_default=True, help="The key that names the class of use."),
        click.option("--arm-key", default="arm", show_default=True, help="The key that names the arm."),
        click.option(
            "--use",
            type=click.Choice([each.value for each in Use]),
            default=Use.PROHIBITED.value,
            show_default=True,
            help="The class of use of items that name none.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command(
    trials,
    "read",
    examples=(
        "licet trials read logs/",
        "licet trials read logs/after.eval --arm technique -o trials.jsonl",
        "licet trials read garak.report.jsonl --suite probes --arm plain --json",
        "licet trials read results.json --higher better --arm plain",
        "licet trials read logs/ --success-at 0.5",
    ),
)
@LOGS
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the trials to this file.")
@click.option("--success-at", type=float, help="Also show how often a score of so much was reached so far.")
@naming_options
def read(
    session: Session, /, logs: tuple[Path, ...], out: Path | None, success_at: float | None, **options: Any
) -> Reply:
    """Read trials from logs, and say what is there, what is missing, and what was changed.

    LOG is a log of Inspect (.eval or JSON), a report of garak, results of promptfoo, a file of trials, or a folder of
    them. No prompt and no answer is taken from them.
    """
    if out is not None and any(out.exists() and log.exists() and out.samefile(log) for log in logs):
        raise Misnamed(f"`{out}` is a log that is read; name another file to write")
    reading = _read(session, logs, options)
    counts = counted(reading.trials)
    looks = None if success_at is None else session.world.looks(reading.trials, success_at)
    blocks = [*reading_blocks(reading, counts), *look_blocks(looks or ())]
    if out is not None:
        _write(out, write_plain(reading))
        blocks.append(Line(f"written: {out}", Tone.GOOD))
    return Reply({**reading_tree(reading, counts, out), "rates": look_tree(looks)}, blocks)


@command(
    trials,
    "check",
    examples=(
        "licet trials check trials.jsonl logs/after.eval",
        "licet trials check trials.jsonl logs/ --arm technique --json",
    ),
)
@click.argument("kept", metavar="TRIALS", type=click.Path(path_type=Path))
@LOGS
@naming_options
def check(session: Session, /, kept: Path, logs: tuple[Path, ...], **options: Any) -> Reply:
    """Are these trials what these logs give? Both are read again, digests and trials compared.

    TRIALS is a file that `licet trials read -o` wrote. Options are those with which it was written.
    """
    lines = _read(session, (kept,), {**options, "named": Format.LINES.value})
    found = checked(lines, _read(session, logs, options))
    return Reply(check_tree(found), check_blocks(found), Exit.OK if found.same else Exit.NO)


@command(
    trials,
    "labels",
    examples=("licet trials labels labels.csv", "licet trials labels labels.jsonl --json"),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def labels(session: Session, file: Path) -> Reply:  # noqa: ARG001 - every command gets it
    """How good is a judge, by answers that people labelled?

    FILE has the columns judge, item, said and truth: CSV, or the same as JSON lines.
    """
    try:
        with file.open("rb") as lines:
            found = read_labels(lines, file=str(file))
    except OSError as error:
        raise Misnamed(f"cannot read `{file}`: {error.strerror}") from error
    return Reply(label_tree(found), label_blocks(found))


def _read(session: Session, logs: tuple[Path, ...], options: dict[str, Any]) -> Reading:
    given = dict(options)
    named = given.pop("named")
    higher, use = given.pop("higher"), given.pop("use")
    naming = Naming(**given, higher=None if higher is None else Higher(higher), use=Use(use))
    for path in logs:
        if not path.exists():
            raise Misnamed(f"there is no `{path}`")
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        return session.world.trials(logs, naming, None if named is None else Format(named), report)


def _write(out: Path, blocks: Iterable[bytes]) -> None:
    """All of it or nothing: a file that is half written would be a file of fewer trials."""
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Misnamed(f"cannot write `{out}`: {error.strerror}") from error
