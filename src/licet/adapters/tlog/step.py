"""The steps of an append, in their order."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Step(Enum):
    """What has just been done. `spec/record-log.md` says what a crash after each leaves behind."""

    LOCKED = "this process is the only writer"
    READ = "the folder is what was last signed"
    STAGED = "the batch is durable, outside the log"
    SIGNED = "the new checkpoint is signed, in memory"
    SWAPPED = "the new checkpoint has won: the entries are in the log"
    FILE = "one more tile or bundle is in its place"
    APPLIED = "all tiles and bundles are in their places"
    SETTLED = "they are durable there"
    COSIGNED = "enough witnesses have signed the new checkpoint"
    PUBLISHED = "the new checkpoint is published"
    CLEANED = "what is no longer needed is gone"


After = Callable[[Step], None]
"""Called after each step, in the middle of it all: for tests that end the process there."""


def nothing(_: Step) -> None:
    """Nothing happens after a step."""
