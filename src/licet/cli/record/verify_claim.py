"""`licet verify claim`: an enforcement claim, from a log and a disclosure."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from licet.cli.command import Session, command
from licet.cli.kinds import DURATION, WRITTEN
from licet.cli.record.verify_reading import (
    FOLLOW,
    HTML,
    LOG,
    POLICY,
    checked_log,
    command_line,
    content_of,
    counting,
    policy_in,
    regular,
    replied,
    verify,
)
from licet.cli.terminal.blocks import Reply
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.progress import reported
from licet.core.annex import AnnexRejectedError
from licet.core.errors import ConditionRejectedError
from licet.core.instruments import Operation
from licet.core.properties import Certainty
from licet.record.claims.claim import EnforcementClaim, NotAClaim
from licet.record.claims.enforcement import check_claim
from licet.record.log.entries import JournalSegment
from licet.record.log.opening import SIZE_LIMIT as OPENING_LIMIT
from licet.record.log.opening import Opening, read_opening
from licet.record.refusal import RecordRefused
from licet.record.spelling import shown
from licet.services.record import verifying

LIST_LIMIT = 64_000_000
"""The longest list that a claim may use, in bytes."""


@command(
    verify,
    "claim",
    examples=(
        "licet verify claim --log record --disclosure disclosed --policy policy.txt --model fable-5 \\",
        "    --whom foreign_person --uses foreign_person=foreign_person@15cfr772.1 \\",
        "    --from 2026-06-12T22:51:00Z --until 2026-06-26T00:00:00Z --html verdict.html",
    ),
)
@LOG
@click.option(
    "--disclosure",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that `licet record disclose` made.",
)
@POLICY
@click.option("--model", "-m", "models", multiple=True, required=True, metavar="NAME", help="What was not served.")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    type=click.Choice([each.value for each in Operation]),
    help="What for; every operation, if not given. Several add up.",
)
@click.option("--whom", required=True, metavar="CONDITION", help="To whom: a condition, as instruments have them.")
@click.option("--from", "since", required=True, type=WRITTEN, help="The first instant that it is about.")
@click.option("--until", required=True, type=WRITTEN, help="The last instant that it is about.")
@click.option(
    "--certainty",
    type=click.Choice([each.value for each in Certainty]),
    default=Certainty.DEFINITE.value,
    show_default=True,
    help="How much must be known of them.",
)
@click.option("--uses", multiple=True, metavar="NAME=TARGET", help="What a name in --whom stands for; several add up.")
@click.option(
    "--grace", type=DURATION, default="1s", show_default=True, help="How long a changed fact takes to the gate."
)
@click.option(
    "--openings", multiple=True, type=click.Path(path_type=Path), help="Openings of what is withheld: files or folders."
)
@FOLLOW
@HTML
def verify_claim(
    session: Session,
    place: str,
    disclosure: Path,
    policy: Path,
    models: tuple[str, ...],
    operations: tuple[str, ...],
    whom: str,
    since: datetime,
    until: datetime,
    certainty: str,
    uses: tuple[str, ...],
    grace: timedelta,
    openings: tuple[Path, ...],
    follow_hand_over: bool,
    html: Path | None,
) -> Reply:
    """Was nobody of whom CONDITION holds served the model, between these instants?

    Every decision of the disclosed segments is made again by the reference interpreter, under the rulebook that the log
    had then, from the facts that were opened. What is missing makes the claim not shown; what contradicts it is named.
    """
    with _said():
        claim = EnforcementClaim(
            models=models,
            whom=whom,
            since=since,
            until=until,
            certainty=Certainty(certainty),
            uses=dict(_target(each) for each in uses),
            grace=grace,
            operations=tuple(Operation(each) for each in operations) or tuple(Operation),
        )
    asked = ["claim", "--log", place, "--disclosure", disclosure, "--policy", policy, "--whom", whom]
    asked += [word for model in models for word in ("--model", model)]
    asked += [word for each in operations for word in ("--operation", each)]
    asked += [word for use in uses for word in ("--uses", use)]
    asked += ["--from", since.isoformat(), "--until", until.isoformat(), "--certainty", certainty]
    asked += ["--grace", f"{grace.total_seconds():.0f}s"]
    asked += [word for each in openings for word in ("--openings", each)]
    followed = ["--follow-hand-over"] * follow_hand_over
    again = (command_line("log", place, "--policy", policy, *followed), command_line(*asked, *followed))
    log = checked_log(session, place, policy_in(policy), follow=follow_hand_over, processes=1, keep=True)
    if not log.accepted:
        return replied(session, verifying.of_claim_without_log(str(claim), log, again), html)
    total = sum(entry.records for _, entry in log.entries if isinstance(entry, JournalSegment)) or 1
    with _said(), reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        tell = counting(lambda read: report("deciding again", min(read / total, 1.0)))
        verdict = check_claim(claim, log.entries, _opener(disclosure), _openings(openings), tell)
    return replied(session, verifying.of_claim(log, verdict, again), html)


@contextmanager
def _said() -> Iterator[None]:
    """A claim that says nothing is an error of whoever wrote it."""
    try:
        yield
    except (NotAClaim, ConditionRejectedError, AnnexRejectedError) as error:
        raise Misnamed(str(error)) from error


def _opener(folder: Path) -> Callable[[str], BinaryIO]:
    if not folder.is_dir():
        raise Misnamed(f"there is no folder `{folder}`; `licet record disclose` makes one")

    def opened(name: str) -> BinaryIO:
        if "/" in name:  # a log can call a segment anything
            raise FileNotFoundError(errno.ENOENT, "a disclosure has no such file")
        return regular(folder / name)

    return opened


def _openings(paths: Sequence[Path]) -> dict[str, Opening]:
    """The openings in files and folders, by commitment. Raises `Misnamed` for what is none."""
    found: dict[str, Opening] = {}
    for file, inside in ((file, path.is_dir()) for path in paths for file in _files(path)):
        try:
            opened = read_opening(_inside(file) if inside else content_of(file, OPENING_LIMIT), str(file))
        except RecordRefused as error:
            raise Misnamed(str(error)) from error
        found[opened.commitment] = opened
    return found


def _files(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir()) if path.is_dir() else [path]
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error


def _inside(file: Path) -> bytes:
    """What is in a folder of openings; there may be other things than files in it."""
    try:
        with regular(file) as opened:
            return opened.read(OPENING_LIMIT + 1)
    except OSError as error:
        raise Misnamed(f"cannot read `{file}`: {error.strerror}") from error


def _target(use: str) -> tuple[str, str | bytes]:
    """One of `--uses`: a definition by its whole name, or a list by its file."""
    local, equals, target = use.partition("=")
    if not equals:
        raise click.UsageError(
            f"{shown(use)} is no name with what it stands for; write NAME=DEFINITION@VERSION or NAME=FILE"
        )
    return local, target if "@" in target else content_of(Path(target), LIST_LIMIT)
