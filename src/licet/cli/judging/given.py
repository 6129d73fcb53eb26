"""What `licet judge` is given: documents, logs, labels, earlier judgements; and what it writes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from licet.cli.command import Session
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.services.judging.asking import JudgingRefused
from licet.services.judging.words import Standing
from licet.wire.canonical import digest
from licet.wire.judgement.kept import JudgementRejected, Kept, read
from licet.wire.trials.labels import Validation, read_labels
from licet.wire.trials.naming import AS_SAID
from licet.wire.trials.reading import Reading

Function = TypeVar("Function", bound=Callable[..., Any])

FILE = click.Path(dir_okay=False, path_type=Path)
LOGS = click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=click.Path(path_type=Path))

SEED = 0
"""The seed that is drawn from unless another is named: always the same, so that nobody looks for a better one."""

EXITS = {
    Standing.SAFE: Exit.OK,
    Standing.UNSAFE: Exit.NO,
    Standing.UNSETTLED: Exit.UNSETTLED,
    Standing.INSUFFICIENT: Exit.INSUFFICIENT,
}
"""What scripts are told of a verdict."""

BUDGET = ("tokens", "hours", "tries", "scaffolds")


class Labels(NamedTuple):
    """What a file of labels comes to, by judge, and the digest of its bytes; nothing and empty without one."""

    validations: Mapping[str, Validation]
    digest: str


def trials_of(session: Session, logs: Sequence[Path]) -> Reading:
    """The trials of logs, in files and folders. Raises `Misnamed`, `TrialsRejected`, `ExtraMissing`."""
    for path in logs:
        if not path.exists():
            raise Misnamed(f"there is no `{path}`")
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        return session.world.trials(tuple(logs), AS_SAID, None, report)


def labels_of(path: Path | None) -> Labels:
    """The labels in a file. Raises `Misnamed`, `TrialsRejected`, `SheetRejected`."""
    if path is None:
        return Labels({}, "")
    content = content_of(path)
    return Labels(read_labels(content.splitlines(keepends=True), file=str(path)), digest(content))


def judgement_of(path: Path) -> Kept:
    """The judgement in a file. Raises `Misnamed`, `JudgementRejected` with the file's name."""
    try:
        return read(content_of(path))
    except JudgementRejected as error:
        raise JudgementRejected(f"{path}: {error}") from error


def content_of(path: Path) -> bytes:
    """A file's bytes. Raises `Misnamed`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error


def spent_of(parts: Sequence[str]) -> dict[str, float]:
    """`hours=41.5`, several times. Raises `click.UsageError`."""
    spent: dict[str, float] = {}
    for part in parts:
        what, _, amount = part.partition("=")
        try:
            spent[what] = float(amount)
        except ValueError:
            spent[what] = -1.0
        if what not in BUDGET or not 0 <= spent[what] < float("inf"):
            raise click.UsageError(
                f"`{part}` is no part of a budget: write one of {', '.join(BUDGET)}, as in `hours=41.5`"
            )
    return spent


def write(path: Path, content: bytes | str) -> None:
    """Write a result. Raises `Misnamed`."""
    try:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error


def draft_options(document: Path | None, name: str | None, issuer: str | None, supersedes: Sequence[str]) -> None:
    """Raises `JudgingRefused` where a document was asked for and something of it is missing, or the other way round."""
    if document is not None and (name is None or issuer is None):
        raise JudgingRefused("a document is issued by somebody under a name: add `--name NAME` and `--issuer TEXT`")
    if document is None and (name is not None or issuer is not None or supersedes):
        raise JudgingRefused(
            "`--name`, `--issuer` and `--supersedes` are of a document: say where it goes with `--document FILE.yaml`"
        )
