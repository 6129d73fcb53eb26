"""`licet verify`: check the public record, and claims about it, without trusting who keeps it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from licet.cli.command import Session, command
from licet.cli.kinds import DURATION, WRITTEN
from licet.cli.record.verify_blocks import blocks_of, tree_of
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.core.annex import AnnexRejectedError
from licet.core.errors import ConditionRejectedError
from licet.core.properties import Certainty
from licet.record.claim import EnforcementClaim, NotAClaim
from licet.record.enforcement import check_claim
from licet.record.entries import Enacted, JournalSegment, WithheldInstrument, WithheldList
from licet.record.log_check import LogVerdict, check_checkpoint, check_consistent, check_log
from licet.record.notes import NOTE_LIMIT
from licet.record.opening import SIZE_LIMIT as OPENING_LIMIT
from licet.record.opening import Opening, read_opening
from licet.record.policy import SIZE_LIMIT as POLICY_LIMIT
from licet.record.policy import Policy, read_policy
from licet.record.proof import SIZE_LIMIT as PROOF_LIMIT
from licet.record.proof import verify_proof
from licet.record.refusal import Malformed, RecordRefused
from licet.record.spelling import shown
from licet.services.record import verifying
from licet.services.record.verifying import Verification

FILE = click.Path(dir_okay=False, path_type=Path)
LIST_LIMIT = 64_000_000
"""The longest list that a claim may use, in bytes."""


@licet.group()
def verify() -> None:
    """Is the public record what its keeper says? Needs nothing but the record and a policy.

    PLACE is the folder or the URL of a log; the policy says whose signatures are believed (`spec/record.md`). The exit
    code is 0 if it verifies, and 1 if it does not or if it is not shown.
    """


POLICY = click.option("--policy", required=True, type=FILE, help="Which log is believed, and which witnesses.")
HTML = click.option("--html", type=FILE, help="Also write the verdict as a page.")
FOLLOW = click.option("--follow-hand-over", is_flag=True, help="Believe a key to which the policy's handed over.")
LOG = click.option("--log", "place", required=True, metavar="PLACE", help="The folder or URL of the log.")
PROCESSES = click.option("--processes", type=click.IntRange(1, 64), help="How many read at once. [default: one a core]")


@command(verify, "checkpoint", examples=("licet verify checkpoint record/checkpoint --policy policy.txt",))
@click.argument("file", type=FILE)
@POLICY
@HTML
def verify_checkpoint(session: Session, file: Path, policy: Path, html: Path | None) -> Reply:
    """Is this checkpoint signed by a log that the policy believes, and by enough witnesses?"""
    again = _again("checkpoint", file, "--policy", policy)
    verdict = check_checkpoint(_policy(policy), _read(file, NOTE_LIMIT), now=_seconds(session))
    return _reply(session, verifying.of_checkpoint(verdict, again), html)


@command(
    verify,
    "consistency",
    examples=("licet verify consistency may.checkpoint june.checkpoint --log record --policy policy.txt",),
)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@LOG
@POLICY
@HTML
def verify_consistency(session: Session, old: Path, new: Path, place: str, policy: Path, html: Path | None) -> Reply:
    """Did the log only grow from the checkpoint OLD to the checkpoint NEW?"""
    again = _again("consistency", old, new, "--log", place, "--policy", policy)
    older, newer = _read(old, NOTE_LIMIT), _read(new, NOTE_LIMIT)
    tiles = session.world.open_log(place).tiles
    verdict = check_consistent(tiles, _policy(policy), older, newer, now=_seconds(session))
    return _reply(session, verifying.of_consistency(verdict, again), html)


@command(verify, "proof", examples=("licet verify proof decision.proof --policy policy.txt --html verdict.html",))
@click.argument("file", type=FILE)
@POLICY
@HTML
def verify_proof_(session: Session, file: Path, policy: Path, html: Path | None) -> Reply:
    """Does this file prove a decision? See `licet prove-decision`. Works offline."""
    again = _again("proof", file, "--policy", policy)
    try:
        proven = verify_proof(_read(file, PROOF_LIMIT), _policy(policy))
    except RecordRefused as error:
        claimed = f"`{file}` proves a decision"
        return _reply(session, verifying.of_refusal("proof", claimed, error.place, error.why, again), html)
    return _reply(session, verifying.of_proof(proven, again), html)


@command(
    verify,
    "log",
    examples=(
        "licet verify log record --policy policy.txt",
        "licet verify log https://record.example/ --policy policy.txt --since may.checkpoint --json",
    ),
)
@click.argument("place")
@POLICY
@click.option("--since", type=FILE, help="A checkpoint that you hold: the log must be a continuation of it.")
@FOLLOW
@PROCESSES
@HTML
def verify_log(
    session: Session,
    place: str,
    policy: Path,
    since: Path | None,
    follow_hand_over: bool,
    processes: int | None,
    html: Path | None,
) -> Reply:
    """Is the whole log in order: every byte of it, every entry, and what entries say of each other?"""
    more = [*(("--since", since) if since else ()), *(("--follow-hand-over",) if follow_hand_over else ())]
    again = _again("log", place, "--policy", policy, *more)
    held = None if since is None else _read(since, NOTE_LIMIT)
    verdict = _log(session, place, _policy(policy), since=held, follow=follow_hand_over, processes=processes)
    return _reply(session, verifying.of_log(verdict, place, again), html)


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
        )
    asked = ["claim", "--log", place, "--disclosure", disclosure, "--policy", policy, "--whom", whom]
    asked += [word for model in models for word in ("--model", model)]
    asked += [word for use in uses for word in ("--uses", use)]
    asked += ["--from", since.isoformat(), "--until", until.isoformat(), "--certainty", certainty]
    again = (_again("log", place, "--policy", policy), _again(*asked))
    log = _log(session, place, _policy(policy), follow=follow_hand_over, processes=1, keep=True)
    if not log.accepted:
        return _reply(session, verifying.of_claim_without_log(str(claim), log, again), html)
    total = sum(entry.records for _, entry in log.entries if isinstance(entry, JournalSegment)) or 1
    with _said(), reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        tell = _counting(lambda read: report("deciding again", min(read / total, 1.0)))
        verdict = check_claim(claim, log.entries, _opener(disclosure), _openings(openings), tell)
    return _reply(session, verifying.of_claim(log, verdict, again), html)


@command(
    verify,
    "opening",
    examples=("licet verify opening order.opening --log record --policy policy.txt",),
)
@click.argument("file", type=FILE)
@click.option("--log", "place", metavar="PLACE", help="Also look for the commitment in this log.")
@click.option("--policy", type=FILE, help="With --log: which log is believed, and which witnesses.")
@HTML
def verify_opening(session: Session, file: Path, place: str | None, policy: Path | None, html: Path | None) -> Reply:
    """Does this file open a commitment: was this what was withheld, or sealed?"""
    if (place is None) is not (policy is None):
        raise click.UsageError("--log and --policy go together")
    where = [] if place is None else ["--log", place, "--policy", policy]
    again = _again("opening", file, *where)
    claimed = f"`{file}` opens a commitment"
    try:
        opened = read_opening(_read(file, OPENING_LIMIT))
    except RecordRefused as error:
        return _reply(session, verifying.of_refusal("opening", claimed, error.place, error.why, again), html)
    if place is None or policy is None:
        return _reply(session, verifying.of_opening(opened, None, False, again), html)
    log = _log(session, place, _policy(policy), processes=1, keep=True)
    if not log.accepted:
        found = log.findings[0] if log.findings else ("checkpoint", "; ".join(log.reasons))
        return _reply(session, verifying.of_refusal("opening", claimed, *found, again), html)
    return _reply(session, verifying.of_opening(opened, _holder(log, opened), True, again), html)


@contextmanager
def _said() -> Iterator[None]:
    """A claim that says nothing is an error of whoever wrote it."""
    try:
        yield
    except (NotAClaim, ConditionRejectedError, AnnexRejectedError) as error:
        raise Misnamed(str(error)) from error


def _log(
    session: Session,
    place: str,
    policy: Policy,
    *,
    since: bytes | None = None,
    follow: bool = False,
    processes: int | None = None,
    keep: bool = False,
) -> LogVerdict:
    """The verdict on the log at a place. Raises `LicetError` where it cannot be reached."""
    try:
        checkpoint = session.world.open_log(place).checkpoint()
    except RecordRefused as error:
        return LogVerdict(False, (str(error),))
    remote = "://" in place
    many = 1 if remote else processes or len(os.sched_getaffinity(0))
    size = _size(checkpoint)
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        return check_log(
            session.world.open_log(place).tiles,
            checkpoint,
            policy,
            since=since,
            now=_seconds(session),
            follow_hand_over=follow,
            processes=many,
            keep=keep,
            report=_counting(lambda read: report("reading the log", min(read / size, 1.0))),
        )


def _size(checkpoint: bytes) -> int:
    """How many entries a checkpoint speaks of, as far as the progress bar needs to know."""
    second = checkpoint.split(b"\n", 2)[1:2]
    return int(second[0]) or 1 if second and second[0].isdigit() and len(second[0]) < 20 else 1


def _counting(tell: Callable[[int], None]) -> Callable[[int], None]:
    """What is told how many more, and tells how many in all."""
    total = 0

    def more(count: int) -> None:
        nonlocal total
        total += count
        tell(total)

    return more


def _reply(session: Session, verification: Verification, html: Path | None) -> Reply:
    exit_ = Exit.OK if verification.good else Exit.NO
    tree, blocks = tree_of(verification), blocks_of(verification)
    if html is None:
        return Reply(tree, blocks, exit_)
    text = session.world.verdict_page(verification)
    try:
        html.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{html}`: {error.strerror}") from error
    return Reply({**tree, "html": str(html)}, [*blocks, Line(f"the verdict is in {html}", Tone.QUIET)], exit_)


def _again(*words: object) -> str:
    return shlex.join(["licet", "verify", *map(str, words)])


def _seconds(session: Session) -> int:
    return int(session.world.now().timestamp())


def _policy(path: Path) -> Policy:
    try:
        return read_policy(_read(path, POLICY_LIMIT), str(path))
    except Malformed as error:
        raise Misnamed(str(error)) from error


def _read(path: Path, limit: int) -> bytes:
    """A file, or so much of it that it is too long."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error


def _opener(folder: Path) -> Callable[[str], BinaryIO]:
    if not folder.is_dir():
        raise Misnamed(f"there is no folder `{folder}`; `licet record disclose` makes one")
    return lambda name: (folder / name).open("rb")


def _openings(paths: Sequence[Path]) -> dict[str, Opening]:
    """The openings in files and folders, by commitment. Raises `Misnamed` for what is none."""
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    found: dict[str, Opening] = {}
    for file in files:
        try:
            opened = read_opening(_read(file, OPENING_LIMIT), str(file))
        except RecordRefused as error:
            raise Misnamed(str(error)) from error
        found[opened.commitment] = opened
    return found


def _target(use: str) -> tuple[str, str | bytes]:
    """One of `--uses`: a definition by its whole name, or a list by its file."""
    local, equals, target = use.partition("=")
    if not equals:
        raise click.UsageError(
            f"{shown(use)} is no name with what it stands for; write NAME=DEFINITION@VERSION or NAME=FILE"
        )
    return local, target if "@" in target else _read(Path(target), LIST_LIMIT)


def _holder(log: LogVerdict, opening: Opening) -> int | None:
    """The entry that holds a commitment."""
    for at, entry in log.entries:
        match entry:
            case WithheldInstrument(commitment=held) | WithheldList(commitment=held) | Enacted(rulebook=held):
                if held == opening.commitment:
                    return at
    return None
