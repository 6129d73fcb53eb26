"""The log's key, and how it hands over to another: `spec/record-publish.md` has the order of the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from licet.core.errors import LicetError
from licet.record.log.entries import KeyHandOver, hand_over
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import NoteKey, Signer
from licet.record.signed.notes import verified
from licet.record.signed.policy import Policy
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import Log
from licet.services.record.publishing.publish import GrowingLog

MARK = b'"type":"key-hand-over"'


class RotationRefused(LicetError):
    """The key cannot be handed over as asked; the message says why."""


class LogKeys(Protocol):
    """Where the log's key is kept, and the one that is to take over. Each raises `LogUnavailable`."""

    def current(self) -> Signer:
        """The key that signs now."""

    def following(self) -> Signer | None:
        """The key that is to take over, if there is one."""

    def prepare(self) -> Signer:
        """That key, made durably where there is none."""

    def take_over(self) -> None:
        """Put that key in the place of the current one, durably and at once."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A hand-over: from which key to which, the index of its entry, and the first checkpoint that the new key signed.

    `entry` is None where the entry had been appended before and only the rest was left to do.
    """

    old: NoteKey | None
    new: NoteKey
    entry: int | None
    checkpoint: bytes


def policy_line(key: NoteKey, url: str | None = None) -> str:
    """The line of a policy file that believes this log."""
    return f"log {key}" + (f" {url}" if url else "")


def rotate(
    keys: LogKeys,
    log_of: Callable[[Signer], GrowingLog],
    now: datetime,
    why: str,
    policy: Policy | None = None,
) -> Rotation:
    """Hand the log over to the key that follows (made now, where none was prepared).

    Wherever it dies, running it again goes on: the following key is durable before anything says so; the entry is
    appended once, under the old key; then the keys are swapped in one step; then the checkpoint is signed anew.
    Raises what the log and the keys raise, `RotationRefused` without a reason, or where the installation's own policy
    does not believe the following key yet: nobody else would then, either.
    """
    if not why.strip():
        raise RotationRefused("a hand-over needs a reason, which is published: give one with `--why`")
    old = keys.current()
    log = log_of(old)
    last = log.checkpoint()
    if not _signed_by(last, old.key):  # only the last step is left: the current key is the new one already
        return Rotation(None, old.key, None, log.publish())
    log.publish()
    new = keys.prepare()
    if policy is not None and all(each.key != new.key for each in policy.logs):
        raise RotationRefused(
            f"the policy of this installation does not believe the next key yet: add the line `{policy_line(new.key)}` "
            "to it, tell witnesses and verifiers to do the same, then run this again. Nothing has changed so far"
        )
    entry = None
    if not _handed_over(log, old.key, new.key):
        entry = log.append([encode(hand_over(old, new, now, why))]).start
    keys.take_over()
    return Rotation(old.key, new.key, entry, log_of(new).publish())


def _handed_over(log: Log, old: NoteKey, new: NoteKey) -> bool:
    """Whether the log has the entry by which this key hands over to that one."""
    tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
    entries = (read_entry(content, f"entry {at}") for at, content in tree.entries() if MARK in content)
    return any(isinstance(each, KeyHandOver) and (each.old, each.new) == (old, new) for each in entries)


def _signed_by(checkpoint: bytes, key: NoteKey) -> bool:
    return bool(verified(read_checkpoint(checkpoint).note, [key]))
