"""The folder of sealed segments, to add to and to delete from. `spec/segments.md` has the order of the steps."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from licet.adapters import journal_repair
from licet.adapters.journal_file import NEW, SUFFIX
from licet.adapters.journal_repair import TORN, Corrupt, Finding, Torn
from licet.adapters.segments import FACTS, NOTE, PARQUET, ROOTS, SEED, SegmentFolder
from licet.adapters.segments_files import discard, is_free, keep, only_one, overwrite, settle, sweep, told
from licet.adapters.segments_holds import HOLDS, append_hold, read_holds
from licet.adapters.segments_note import spelled
from licet.adapters.segments_pack import Work, holds_the_same, pack
from licet.record.sealed.commitment import SEED_SIZE
from licet.record.sealed.facts import SubjectLeaf
from licet.services.record.keeping.holds import Hold, Release
from licet.services.record.keeping.sealing import Packed, Trouble
from licet.services.record.ports import Sealed, SegmentsUnusable

_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
"""What a journal file can be called, without its suffix."""


class SealingFolder(SegmentFolder):
    """Segments that are made of the journal files in a folder: the ports `Sealing` and `Retaining`."""

    def __init__(self, folder: Path, journal: Path, *, processes: int | None = None) -> None:
        super().__init__(folder, processes=processes)
        self._journal = journal
        self._corrupt: set[Path] = set()

    def alone(self) -> AbstractContextManager[None]:
        """See the port."""
        return only_one(self._folder)

    def prepare(self, now: datetime) -> tuple[Trouble, ...]:
        """See the port."""
        with told("clear drafts away"):
            sweep(self._folder)
        strange = sorted(path.name for path in self._journal.glob(f"*{SUFFIX}") if not _NAME.fullmatch(path.stem))
        findings = journal_repair.repair(self._journal, now)
        self._corrupt = {each.path for each in findings if isinstance(each, Corrupt)}
        named = (Trouble(name, "no gate gives a file this name: it is not sealed") for name in strange)
        return (*named, *(_told(each) for each in findings))

    def pack(self, seed: Callable[[], bytes]) -> Iterator[Packed | Trouble]:
        """See the port. Each process works on one file; what it writes is a draft until this process names it."""
        with told("read the journal"):
            works = [
                self._work(path, seed) for path in sorted(self._journal.glob(f"*{SUFFIX}")) if self._is_ready(path)
            ]
        if len(works) < 2 or self._processes == 1:
            for work in works:
                yield self._kept(work, _attempt(work))
            return
        context = get_context("spawn")
        # these processes make millions of small values and no circles of them: collecting those would only take time
        with ProcessPoolExecutor(min(self._processes, len(works)), context, initializer=gc.disable) as pool:
            running: dict[Future[Packed | Trouble], Work] = {pool.submit(_attempt, work): work for work in works}
            try:
                for future in as_completed(running):
                    yield self._kept(running[future], future.result())
            except BrokenProcessPool as error:
                raise SegmentsUnusable(
                    "a process that sealed was killed, perhaps for want of memory: run it again"
                ) from error
            finally:
                pool.shutdown(cancel_futures=True)

    def keep_facts(self, segment: str, seed: bytes, leaves: Sequence[bytes]) -> None:
        """See the port."""
        with told("keep a segment's facts"):
            keep(self.path(segment, FACTS), b"\n".join([seed.hex().encode(), *leaves, b""]))

    def erase_facts(self, sealed: Sealed, gone: Callable[[SubjectLeaf], bool]) -> int:
        """See `services.identity.forgetting.Archive`. What is in the place of the old file is durable first."""
        found, count = self._facts(sealed).without(gone)
        if count:
            with told("erase a segment's facts"):
                path = self.path(sealed.name, FACTS)
                with path.open("r+b") as old:
                    keep(path, bytes(found))
                    overwrite(old)
        return count

    def commit(self, sealed: Sealed) -> None:
        """See the port."""
        with told("seal a segment"):
            keep(self.path(sealed.name, NOTE), spelled(sealed))

    def has_journal(self, sealed: Sealed) -> bool:
        """See the port."""
        return (self._journal / sealed.journal).exists()

    def matches_journal(self, sealed: Sealed) -> bool:
        """See the port."""
        seed, roots = self.seed(sealed), self.path(sealed.name, ROOTS)
        with told("read a segment's block roots"):
            return holds_the_same(self._journal / sealed.journal, seed, sealed.entry.records, roots.read_bytes())

    def remove_journal(self, sealed: Sealed) -> None:
        """See the port."""
        with told("remove a journal file"):
            discard(self._journal / sealed.journal)

    def holds(self) -> tuple[Hold | Release, ...]:
        """See `services.record.keeping.holds.Holds`."""
        with told("read the holds"):
            return read_holds(self._folder / HOLDS)

    def append_hold(self, event: Hold | Release) -> None:
        """See `services.record.keeping.holds.Holds`."""
        with told("keep a hold"):
            append_hold(self._folder / HOLDS, event)

    def delete(self, sealed: Sealed) -> None:
        """See `services.record.keeping.retention.Retaining`."""
        with told("delete a segment"):
            for suffix in (SEED, FACTS, PARQUET, ROOTS):
                discard(self.path(sealed.name, suffix))
            for torn in sorted(self._journal.glob(f"{sealed.journal}{TORN}*")):
                discard(torn)
            discard(self._journal / sealed.journal)
            discard(self.path(sealed.name, NOTE))

    def _is_ready(self, path: Path) -> bool:
        """Whether nobody appends to a journal file any more, and it is not sealed.

        One that repair found corrupt has no `closed` record and never will.
        """
        if _NAME.fullmatch(path.stem) is None or self.path(path.stem, NOTE).exists():
            return False
        return is_free(path, closed=path not in self._corrupt)

    def _work(self, journal: Path, seed: Callable[[], bytes]) -> Work:
        """The seed is durable before anything is made with it; one that an earlier attempt drew is used again."""
        kept = self.path(journal.stem, SEED)
        if not kept.exists() or kept.stat().st_size != SEED_SIZE:
            keep(kept, seed())
        parquet = self.path(journal.stem, PARQUET)
        draft = parquet.with_name(f"{parquet.name}.{os.getpid()}{NEW}")
        return Work(journal.stem, parquet.name, journal, draft, kept.read_bytes())

    def _kept(self, work: Work, packed: Packed | Trouble) -> Packed | Trouble:
        if isinstance(packed, Packed):
            with told("keep a segment"):
                keep(self.path(work.segment, ROOTS), packed.roots)
                settle(work.draft, self.path(work.segment, PARQUET))
        else:
            work.draft.unlink(missing_ok=True)
        return packed


def _attempt(work: Work) -> Packed | Trouble:
    """Runs in a process of its own, or in this one where there is one file."""
    try:
        return pack(work)
    except SegmentsUnusable as error:
        return Trouble(work.journal.name, str(error))


def _told(finding: Finding) -> Trouble:
    match finding:
        case Torn():
            why = f"{finding.removed} bytes were cut off its end and kept in `{finding.kept.name}`: {finding.why}"
        case Corrupt():
            why = f"corrupt from offset {finding.offset} to {finding.end}: {finding.why}"
        case _:
            why = finding.why
    return Trouble(finding.path.name, why)
