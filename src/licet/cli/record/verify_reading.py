"""What the commands of `licet verify` share: their options, files and logs as they are read, the reply."""

from __future__ import annotations

import errno
import os
import shlex
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click

from licet.cli.command import Session
from licet.cli.record.verify_blocks import blocks_of, tree_of
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.record.log.check import LogVerdict, check_log
from licet.record.refusal import Malformed, RecordRefused
from licet.record.signed.policy import SIZE_LIMIT as POLICY_LIMIT
from licet.record.signed.policy import Policy, read_policy
from licet.services.record.verifying import Verification

FILE = click.Path(dir_okay=False, path_type=Path)


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


def checked_log(
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
            now=seconds_now(session),
            follow_hand_over=follow,
            processes=many,
            keep=keep,
            report=counting(lambda read: report("reading the log", min(read / size, 1.0))),
        )


def _size(checkpoint: bytes) -> int:
    """How many entries a checkpoint speaks of, as far as the progress bar needs to know."""
    second = checkpoint.split(b"\n", 2)[1:2]
    return int(second[0]) or 1 if second and second[0].isdigit() and len(second[0]) < 20 else 1


def counting(tell: Callable[[int], None]) -> Callable[[int], None]:
    """What is told how many more, and tells how many in all."""
    total = 0

    def more(count: int) -> None:
        nonlocal total
        total += count
        tell(total)

    return more


def replied(session: Session, verification: Verification, html: Path | None) -> Reply:
    """The verdict in all its forms, and the exit code. Raises `Misnamed` for a page that cannot be written."""
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


def command_line(*words: object) -> str:
    """The command that verifies the same again."""
    return shlex.join(["licet", "verify", *map(str, words)])


def seconds_now(session: Session) -> int:
    """Now, in seconds since 1970."""
    return int(session.world.now().timestamp())


def policy_in(path: Path) -> Policy:
    """The policy in a file. Raises `Misnamed` for what is none."""
    try:
        return read_policy(content_of(path, POLICY_LIMIT), str(path))
    except Malformed as error:
        raise Misnamed(str(error)) from error


def regular(path: Path) -> BinaryIO:
    """A file of a folder that somebody handed over, opened. Raises `OSError`; also for what is no file.

    A pipe in there must not hang us, and a device not feed us.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a file")
    return os.fdopen(descriptor, "rb")


def content_of(path: Path, limit: int) -> bytes:
    """A file, or so much of it that it is too long. Raises `Misnamed`."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
