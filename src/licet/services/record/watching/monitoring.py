"""Monitoring: whether a log only grew since it was last looked at, and what is new in it. `spec/monitor.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Protocol

from licet.core.errors import LicetError
from licet.record.refusal import NotProven, RecordRefused
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.notes import verified
from licet.record.signed.policy import Policy
from licet.record.signed.verdict import Cosigned, Verdict, judge
from licet.record.spelling import shown
from licet.record.tree.merkle import Head, head_of
from licet.record.tree.paths import check_consistency, consistency_path
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable
from licet.services.record.watching.news import UNREADABLE, News, news_of

NEWS_LIMIT = 1_000
"""How much news a monitor remembers."""


class MonitorUnusable(LicetError):
    """What the monitor remembers cannot be read or written, or is of another log."""


class Readable(Protocol):
    """A log to read; nothing of it is believed."""

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles."""

    def checkpoint(self) -> bytes:
        """Its newest checkpoint. Raises `RecordRefused`, `LogUnavailable`."""


class Danger(Enum):
    """What an alarm is about; the value is its name for programs."""

    FORK = "fork"
    SHRUNK = "shrunk"
    REFUSED = "refused"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    SILENT = "silent"
    UNREACHABLE = "unreachable"


TO_DO = {
    Danger.FORK: "keep both checkpoints: together they prove that the log's key signed two histories; show them to "
    "the witnesses and to whoever relies on this log, and believe nothing new of it until that is explained",
    Danger.SHRUNK: "look again from another network; if it stays, ask the operator whether a backup was restored, and "
    "keep both checkpoints: together they show what was taken away",
    Danger.REFUSED: "do not believe this checkpoint; if the log's key has changed, its `key-hand-over` is in the log "
    "and the policy needs the new key; otherwise ask the operator",
    Danger.DAMAGED: "fetch it again, from another mirror if there is one; if it stays, tell the operator the place",
    Danger.UNREADABLE: "install a newer licet and look again; if it stays, the operator put something into the log "
    "that does not belong there",
    Danger.SILENT: "ask the operator whether the log still runs; what is in it stays proven",
    Danger.UNREACHABLE: "look again later, and from another network",
}
"""What a person does then."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that must not be. `evidence` are files by their names: checkpoints as they came."""

    danger: Danger
    why: str
    evidence: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What a monitor remembers: the last checkpoint that it found in order, when it first saw that the log had grown to
    that, and the newest news, the newest last."""

    checkpoint: bytes
    origin: str
    head: Head
    grown: datetime
    news: tuple[News, ...] = ()


class Memory(Protocol):
    """Where that is kept. One monitor at a time. All methods raise `MonitorUnusable`."""

    def load(self) -> Known | None:
        """What it remembers; None at first."""

    def save(self, known: Known) -> None:
        """Remember this instead; on return it is on the disk."""

    def keep(self, alarm: Alarm) -> list[str]:
        """Keep the evidence of an alarm; where it is."""

    def publish(self, path: Path, content: bytes) -> None:
        """Replace a file as a whole: whoever reads it never sees half of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a log came to. `known` is to be remembered; it is what it was where the log gave an alarm.

    `entries` counts the new entries by their type.
    """

    known: Known | None
    before: Head | None
    news: tuple[News, ...] = ()
    entries: Mapping[str, int] = field(default_factory=dict)
    cosigned: tuple[Cosigned, ...] = ()
    alarms: tuple[Alarm, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the log has grown, or it is the first look."""
        return self.known is not None and self.known.head != self.before


class _Alarming(Exception):
    def __init__(self, alarm: Alarm) -> None:
        super().__init__(alarm.why)
        self.alarm = alarm


def look(log: Readable, policy: Policy, known: Known | None, now: datetime, silence: timedelta | None) -> Look:
    """Look at a log once. `silence` is for how long it may not grow; None: for ever."""
    before = known.head if known else None
    try:
        content = _fetched(log)
        verdict = judge(policy, content)
        checkpoint = _accepted(verdict, content, known)
        news, entries = _grown(log.tiles, checkpoint, content, known, now)
    except _Alarming as error:
        return Look(known, before, alarms=(error.alarm, *_silent(known, (), now, silence)))
    old = known.news if known else ()
    if known is None or known.head != checkpoint.head:
        known = Known(content, checkpoint.origin, checkpoint.head, now, (*old, *news)[-NEWS_LIMIT:])
    strange = tuple(
        Alarm(Danger.UNREADABLE, f"{each.title}: {each.summary}") for each in news if each.type == UNREADABLE
    )
    alarms = (*strange, *_silent(known, verdict.cosigned, now, silence))
    return Look(known, before, tuple(news), entries, verdict.cosigned, tuple(alarms))


def contradicted(log: Readable, policy: Policy, known: Known, witness: str, content: bytes) -> Alarm | None:
    """The alarm, if a witness shows a checkpoint that the log signed and that is none of an older state of it.

    What the log did not sign, and a size that it has not shown yet, say nothing.
    """
    try:
        signed = read_checkpoint(content)
        head = signed.checkpoint.head
        keys = [party.key for party in policy.logs if party.key.name == known.origin]
        if not verified(signed.note, keys) or signed.checkpoint.origin != known.origin or head.size > known.head.size:
            return None
        if head_of(head.size, VerifiedTree(log.tiles, known.head)) == head:
            return None
    except (RecordRefused, LogUnavailable):
        return None
    why = f"the witness {shown(witness)} has seen a tree of {head.size} entries that is not the beginning of this one"
    evidence = {"witness.checkpoint": content, "shown.checkpoint": known.checkpoint}
    return Alarm(Danger.FORK, why, evidence)


def _fetched(log: Readable) -> bytes:
    try:
        return log.checkpoint()
    except (LogUnavailable, RecordRefused) as error:
        raise _Alarming(Alarm(Danger.UNREACHABLE, f"the log gives no checkpoint: {error}")) from None


def _accepted(verdict: Verdict, content: bytes, known: Known | None) -> Checkpoint:
    evidence = {"refused.checkpoint": content}
    if not verdict.accepted or verdict.checkpoint is None:
        why = f"the policy refuses its checkpoint: {'; '.join(verdict.reasons)}"
        raise _Alarming(Alarm(Danger.REFUSED, why, evidence))
    if known is not None and verdict.checkpoint.origin != known.origin:
        why = f"it is the log `{verdict.checkpoint.origin}`, and what is remembered here is `{known.origin}`"
        raise _Alarming(Alarm(Danger.REFUSED, why, evidence))
    return verdict.checkpoint


def _grown(
    tiles: TileReader, checkpoint: Checkpoint, content: bytes, known: Known | None, now: datetime
) -> tuple[list[News], Counter[str]]:
    """The news since the last look, once it is proved that the log only grew since; every new entry is verified."""
    head, evidence = checkpoint.head, _both(known, content)
    if known is not None and head.size < known.head.size:
        raise _Alarming(_smaller(tiles, head, known.head, evidence))
    if known is not None and head.size == known.head.size:
        if head.root != known.head.root:
            raise _Alarming(Alarm(Danger.FORK, f"two trees of {head.size} entries, both signed", evidence))
        return [], Counter()
    news: list[News] = []
    entries: Counter[str] = Counter()
    try:
        tree = VerifiedTree(tiles, head)
        if known is not None:
            _check_grown(tree, known.head, evidence)
        for logged in tree.entries(known.head.size if known else 0):
            type_, found = news_of(logged, now)
            entries[type_] += 1
            news += [found] if found is not None else []
    except LogUnavailable as error:
        raise _Alarming(Alarm(Danger.UNREACHABLE, f"the log cannot be read: {error}")) from None
    except RecordRefused as error:
        raise _Alarming(
            Alarm(Danger.DAMAGED, f"its files are not those of its checkpoint: {error}", evidence)
        ) from None
    return news, entries


def _check_grown(tree: VerifiedTree, old: Head, evidence: Mapping[str, bytes]) -> None:
    """What the tree gives is verified, so if the path leads elsewhere, it is the signed heads that contradict."""
    path = consistency_path(old.size, tree.head.size, tree)
    try:
        check_consistency(old, tree.head, path)
    except NotProven as error:
        why = f"the tree of {tree.head.size} entries does not begin with that of {old.size} that it had: {error}"
        raise _Alarming(Alarm(Danger.FORK, why, evidence)) from None


def _smaller(tiles: TileReader, head: Head, old: Head, evidence: Mapping[str, bytes]) -> Alarm:
    """An older state of the same log, or another log? Only our own tree can tell, if its tiles are still there."""
    why = f"it had {old.size} entries, and now it is shown with {head.size}"
    try:
        before = head_of(head.size, VerifiedTree(tiles, old))
    except (RecordRefused, LogUnavailable):
        return Alarm(Danger.SHRUNK, f"{why}; whether that is an older state of it cannot be told", evidence)
    if before != head:
        return Alarm(Danger.FORK, f"{why}, which are not the first of those", evidence)
    return Alarm(Danger.SHRUNK, f"{why}: an older state of it", evidence)


def _silent(
    known: Known | None, cosigned: tuple[Cosigned, ...], now: datetime, silence: timedelta | None
) -> tuple[Alarm, ...]:
    if known is None or silence is None:
        return ()
    seen = [datetime.fromtimestamp(min(each.at, 2**35), UTC) for each in cosigned]
    newest = max([known.grown, *(each for each in seen if each <= now)])
    if now - newest <= silence:
        return ()
    since = newest.isoformat(timespec="seconds").replace("+00:00", "Z")
    return (Alarm(Danger.SILENT, f"nothing new since {since}, which is longer than {silence}"),)


def _both(known: Known | None, content: bytes) -> dict[str, bytes]:
    remembered = {"remembered.checkpoint": known.checkpoint} if known is not None else {}
    return {**remembered, "shown.checkpoint": content}
