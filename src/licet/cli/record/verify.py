"""`licet verify`: check the public record, and claims about it, without trusting who keeps it."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.record import verify_claim  # noqa: F401 - it adds its command
from licet.cli.record.verify_reading import (
    FILE,
    FOLLOW,
    HTML,
    LOG,
    POLICY,
    PROCESSES,
    checked_log,
    command_line,
    content_of,
    policy_in,
    replied,
    seconds_now,
    verify,
)
from licet.cli.terminal.blocks import Reply
from licet.record.log.check import LogVerdict, check_checkpoint, check_consistent
from licet.record.log.entries import Enacted, WithheldInstrument, WithheldList
from licet.record.log.opening import SIZE_LIMIT as OPENING_LIMIT
from licet.record.log.opening import Opening, read_opening
from licet.record.refusal import RecordRefused
from licet.record.sealed.proof import SIZE_LIMIT as PROOF_LIMIT
from licet.record.sealed.proof import verify_proof
from licet.record.signed.notes import NOTE_LIMIT
from licet.services.record import verifying


@command(verify, "checkpoint", examples=("licet verify checkpoint record/checkpoint --policy policy.txt",))
@click.argument("file", type=FILE)
@POLICY
@HTML
def verify_checkpoint(session: Session, file: Path, policy: Path, html: Path | None) -> Reply:
    """Is this checkpoint signed by a log that the policy believes, and by enough witnesses?"""
    again = command_line("checkpoint", file, "--policy", policy)
    verdict = check_checkpoint(policy_in(policy), content_of(file, NOTE_LIMIT), now=seconds_now(session))
    return replied(session, verifying.of_checkpoint(verdict, again), html)


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
    again = command_line("consistency", old, new, "--log", place, "--policy", policy)
    older, newer = content_of(old, NOTE_LIMIT), content_of(new, NOTE_LIMIT)
    tiles = session.world.open_log(place).tiles
    verdict = check_consistent(tiles, policy_in(policy), older, newer, now=seconds_now(session))
    return replied(session, verifying.of_consistency(verdict, again), html)


@command(verify, "proof", examples=("licet verify proof decision.proof --policy policy.txt --html verdict.html",))
@click.argument("file", type=FILE)
@POLICY
@HTML
def verify_proof_(session: Session, file: Path, policy: Path, html: Path | None) -> Reply:
    """Does this file prove a decision? See `licet prove-decision`. Works offline."""
    again = command_line("proof", file, "--policy", policy)
    try:
        proven = verify_proof(content_of(file, PROOF_LIMIT), policy_in(policy), now=seconds_now(session))
    except RecordRefused as error:
        claimed = f"`{file}` proves a decision"
        return replied(session, verifying.of_refusal("proof", claimed, error.place, error.why, again), html)
    return replied(session, verifying.of_proof(proven, again), html)


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
    again = command_line("log", place, "--policy", policy, *more)
    held = None if since is None else content_of(since, NOTE_LIMIT)
    verdict = checked_log(session, place, policy_in(policy), since=held, follow=follow_hand_over, processes=processes)
    return replied(session, verifying.of_log(verdict, place, again), html)


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
    again = command_line("opening", file, *where)
    claimed = f"`{file}` opens a commitment"
    try:
        opened = read_opening(content_of(file, OPENING_LIMIT))
    except RecordRefused as error:
        return replied(session, verifying.of_refusal("opening", claimed, error.place, error.why, again), html)
    if place is None or policy is None:
        return replied(session, verifying.of_opening(opened, None, False, again), html)
    log = checked_log(session, place, policy_in(policy), processes=1, keep=True)
    if not log.accepted:
        found = log.findings[0] if log.findings else ("checkpoint", "; ".join(log.reasons))
        return replied(session, verifying.of_refusal("opening", claimed, *found, again), html)
    return replied(session, verifying.of_opening(opened, _holder(log, opened), True, again), html)


def _holder(log: LogVerdict, opening: Opening) -> int | None:
    """The entry that holds a commitment, as one to what the opening says that it is of."""
    for at, entry in log.entries:
        match entry:
            case WithheldInstrument(commitment=held) | WithheldList(commitment=held):
                of = "document"
            case Enacted(rulebook=held):
                of = "rulebook"
            case _:
                continue
        if (held, of) == (opening.commitment, opening.of):
            return at
    return None
