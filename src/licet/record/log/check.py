"""The verdict on a whole log: its checkpoint, every tile, every bundle, every entry, and what ties entries together."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from licet.core.errors import LicetError
from licet.record.log.entries import Entry
from licet.record.log.entry_rules import Rules
from licet.record.log.findings import FINDINGS_LIMIT, Finding
from licet.record.log.reading import Chunk, Report, read_log
from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.handed_over import check_signer, successors
from licet.record.signed.policy import Policy
from licet.record.signed.verdict import Verdict, judge
from licet.record.tree.paths import check_consistency, consistency_path
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree

TOLERANCE = 300
"""Seconds that a witness's clock may run ahead of ours."""


def _no_report(_: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """Whether a log is believed, what that rests on, and everything that is wrong, with its place.

    `checkpoint` is None where the bytes are none. `types` counts the entries that were read, by type. `findings` are
    the first hundred of `found`; `entries` are all of them, where they were asked for.
    """

    accepted: bool
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    found: int = 0
    checkpoint: Checkpoint | None = None
    types: Mapping[str, int] = field(default_factory=dict)
    epoch: int = 0
    entries: Sequence[tuple[int, Entry]] = ()
    signed: Verdict | None = None


def check_checkpoint(policy: Policy, content: bytes, *, now: int | None = None, place: str = "checkpoint") -> Verdict:
    """The policy's verdict on a checkpoint, which also refuses a cosignature from the future.

    `now` is in seconds since 1970; None: no clock is asked.
    """
    verdict = judge(policy, content, place)
    ahead = [each for each in verdict.cosigned if now is not None and each.at > now + TOLERANCE]
    if not ahead:
        return verdict
    whys = tuple(f"`{each.witness}` cosigned at {each.at}, which is yet to come: now it is {now}" for each in ahead)
    return replace(verdict, accepted=False, reasons=(*verdict.reasons, *whys))


def check_consistent(tiles: TileReader, policy: Policy, old: bytes, new: bytes, *, now: int | None = None) -> Verdict:
    """That a log only grew between two of its checkpoints, both accepted. Total.

    The verdict is on the newer checkpoint; its reasons tell of both.
    """
    older = check_checkpoint(policy, old, now=now, place="older checkpoint")
    newer = check_checkpoint(policy, new, now=now, place="newer checkpoint")
    whys = [f"older: {why}" for why in older.reasons] + [f"newer: {why}" for why in newer.reasons]
    grew = False
    if older.accepted and newer.accepted:
        grew, why = _grew(tiles, older, newer)
        whys.append(why)
    return replace(newer, accepted=grew, reasons=tuple(whys))


def _grew(tiles: TileReader, older: Verdict, newer: Verdict) -> tuple[bool, str]:
    assert older.checkpoint is not None
    assert newer.checkpoint is not None
    old, new = older.checkpoint.head, newer.checkpoint.head
    if older.checkpoint.origin != newer.checkpoint.origin:
        return False, f"they are of two logs: `{older.checkpoint.origin}` and `{newer.checkpoint.origin}`"
    if old.size > new.size:
        return False, (
            f"the checkpoint is of {new.size} entries, but you hold one of {old.size}: it is an old one, or the log "
            "was cut short"
        )
    try:
        tree = VerifiedTree(tiles, new)
        check_consistency(old, new, consistency_path(old.size, new.size, tree))
    except (LookupError, OSError, LicetError) as error:
        return False, f"it is not shown that the log only grew from {old.size} to {new.size} entries: {error}"
    return True, f"the log only grew, from {old.size} to {new.size} entries: the first {old.size} are the same"


def check_log(
    tiles: TileReader,
    checkpoint: bytes,
    policy: Policy,
    *,
    since: bytes | None = None,
    now: int | None = None,
    follow_hand_over: bool = False,
    processes: int = 1,
    keep: bool = False,
    report: Report = _no_report,
) -> LogVerdict:
    """The verdict on a log. Total: whatever the bytes are, it is in the verdict.

    `since`: a checkpoint that was accepted before, of which this log must be a continuation. `follow_hand_over`:
    believe a key to which a key of the policy handed over in this log. `keep`: give all entries in the verdict.
    """
    signed = check_checkpoint(policy, checkpoint, now=now)
    unknown_key = signed.checkpoint is not None and signed.log is None
    if not signed.accepted and not (follow_hand_over and unknown_key):
        return LogVerdict(False, signed.reasons, checkpoint=signed.checkpoint, signed=signed)
    head = read_checkpoint(checkpoint).checkpoint.head
    reading = _Reading(keep)
    try:
        with _collecting_no_circles():
            for chunk in read_log(tiles, head, processes=processes, whole=keep, report=report):
                reading.take(chunk)
    except (LookupError, OSError, LicetError) as error:
        reading.refuse(error)
    if unknown_key:
        signed = check_checkpoint(successors(policy, reading.rules.handed_over), checkpoint, now=now)
    reasons = list(signed.reasons)
    if signed.log is not None:
        reading.findings += check_signer(signed.log, head.size, reading.rules.handed_over)
    if since is not None and signed.accepted:
        follows = check_consistent(tiles, successors(policy, reading.rules.handed_over), since, checkpoint, now=now)
        reasons += [each for each in follows.reasons if not each.startswith("newer: ")]
        if not follows.accepted:
            reading.findings.append(Finding("checkpoint", follows.reasons[-1]))
    return reading.verdict(signed, reasons)


@contextmanager
def _collecting_no_circles() -> Iterator[None]:
    """Entries do not refer to themselves; looking for what does takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reading:
    """What was read of a log so far, and what was found."""

    def __init__(self, keep: bool) -> None:
        self.findings: list[Finding] = []
        self.rules = Rules()
        self._types: Counter[str] = Counter()
        self._entries: list[tuple[int, Entry]] = []
        self._keep = keep

    def take(self, chunk: Chunk) -> None:
        """The next chunk."""
        self._types.update(chunk.types)
        self.findings += chunk.findings
        for at, matter in chunk.matters:
            self.findings += self.rules.see(at, matter)
        if self._keep:
            self._entries += chunk.matters  # type: ignore[arg-type]  # whole ones were asked for

    def refuse(self, error: Exception) -> None:
        """The log cannot be read on."""
        if isinstance(error, RecordRefused):
            self.findings.append(Finding(error.place, error.why))
        else:
            self.findings.append(Finding("log", f"it cannot be read: {error}"))

    def verdict(self, signed: Verdict, reasons: list[str]) -> LogVerdict:
        """All of it together."""
        assert signed.checkpoint is not None
        total = sum(self._types.values())
        if not self.findings and signed.accepted:
            reasons += _reasons(signed.checkpoint.head.size, total, self.rules)
        return LogVerdict(
            signed.accepted and not self.findings,
            tuple(reasons),
            tuple(self.findings[:FINDINGS_LIMIT]),
            len(self.findings),
            signed.checkpoint,
            dict(sorted(self._types.items())),
            self.rules.epoch,
            tuple(self._entries),
            signed,
        )


def _reasons(size: int, read: int, rules: Rules) -> Iterator[str]:
    assert size == read, "every entry of the tree was read, or something was found"
    yield f"every one of {size} entries is under the root that was signed, by its own hash"
    yield "every entry is in its one spelling, and what entries say of each other is so"
    for at, old, new in rules.handed_over:
        yield f"entry {at}: the key {old.id.hex()} handed over to {new.id.hex()}"
