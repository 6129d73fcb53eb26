"""How the record is doing: what is published, what waits, who signed, what of the journal is sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from licet.record.log.entries import digest_of
from licet.record.log.opening import Opening, opening
from licet.record.sealed.commitment import SALT_SIZE
from licet.record.signed.keys import NoteKey
from licet.record.signed.policy import NONE, Party, Policy
from licet.record.signed.verdict import Verdict, judge
from licet.services.record.ports import Log, Sealed
from licet.services.record.publishing.publish import Sources, Waiting, plan
from licet.services.record.publishing.published import Published, published
from licet.services.record.publishing.withholding import Openings, setting_for
from licet.services.record.settings import Withholding


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """The record at one instant. `verdict` is None before the log has begun.

    `waiting` counts the entries that the next run appends, by type; `stopped` says what stands in its way.
    `segments`: how many are sealed; of these `unpublished` are not in the log; `deleted` are in the log alone.
    `idle` are the settings that withhold nothing, because there is no such document (yet).
    """

    verdict: Verdict | None
    epoch: int
    waiting: Mapping[str, int]
    stopped: str | None
    segments: int
    unpublished: int
    deleted: int
    idle: tuple[str, ...]


def status(
    log: Log | None, sources: Sources, policy: Policy | None, key: NoteKey, memory: bytes | None
) -> RecordStatus:
    """Look at everything once; nothing is changed. `log` is None before it has begun.

    Raises what the store and the log raise.
    """
    verdict, found = None, Published()
    if log is not None:
        verdict = judge(policy or Policy((Party(key),), {}, {}, NONE), log.checkpoint())
        assert verdict.checkpoint is not None  # the log reads its own
        found = published(log.tiles, verdict.checkpoint.head, memory)
    waiting = plan(found, _without_a_trace(sources))
    segments = sources.segments()
    return RecordStatus(
        verdict=verdict,
        epoch=found.epoch,
        waiting=Counter(entry.TYPE for entry in waiting.entries),
        stopped=_told(waiting),
        segments=len(segments),
        unpublished=_unpublished(segments, found),
        deleted=len(found.deleted),
        idle=_idle(sources),
    )


def _told(waiting: Waiting) -> str | None:
    return str(waiting.stopped) if waiting.stopped else None


def _unpublished(segments: Sequence[Sealed], found: Published) -> int:
    return sum(each.name not in found.segments for each in segments)


def _idle(sources: Sources) -> tuple[str, ...]:
    used: set[Withholding | None] = {setting_for(each, sources.withhold) for each in sources.store.documents()}
    return tuple(each.document for each in sources.withhold if each not in used)


def _without_a_trace(sources: Sources) -> Sources:
    return Sources(sources.store, sources.secret, _Unkept(sources.openings), sources.withhold, sources.segments)


class _Unkept:
    """Openings for looking ahead: what was never withheld gets a salt of no worth, and nothing is kept."""

    def __init__(self, openings: Openings) -> None:
        self._openings = openings

    def of(self, kind: str, content: bytes) -> Opening:
        """See the port."""
        return self.find(kind, digest_of(content)) or opening(kind, bytes(SALT_SIZE), content)

    def find(self, kind: str, digest: str) -> Opening | None:
        """See the port."""
        return self._openings.find(kind, digest)
