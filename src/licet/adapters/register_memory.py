"""What was counted of settled cases, in files of the state directory: one a block, all forgotten with another key."""

from __future__ import annotations

from array import array
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from licet.core.cases.register.lists import CaseLine, FeedDecision
from licet.services.cases.register.settled import Block, Mark
from licet.services.cases.register.tally import OfProcedure, Tally
from licet.services.cases.register.times import Times

COUNTS = ("started", "met", "missed", "stopped", "open", "tolled", "overdue", "untimed")


@dataclass(slots=True)
class KeptTimes:
    """`Times` as plain values."""

    counts: dict[str, int]
    gross: list[float]
    net: list[float]
    share: list[float]


@dataclass(slots=True)
class KeptProcedure:
    """`OfProcedure` as plain values."""

    cases: int
    states: dict[str, int]
    decisions: dict[str, int]
    events: dict[str, int]
    clocks: dict[str, KeptTimes]


@dataclass(slots=True)
class KeptBlock:
    """A block as plain values, with the key under which it counts. Nothing of a settled case is open or overdue."""

    key: str
    marks: dict[str, Mark]
    lines: list[CaseLine]
    decisions: list[FeedDecision]
    tables: list[str]
    procedures: dict[str, KeptProcedure] = field(default_factory=dict)


class RegisterMemory:
    """`services.cases.register.settled.Memory` in a folder. It only saves time: it may be deleted at any time."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key

    def recall(self, first: str) -> Block | None:
        """See the port. A file that does not read is as none."""
        try:
            kept = msgspec.msgpack.decode((self._folder / f"{first}.kept").read_bytes(), type=KeptBlock)
        except (OSError, msgspec.MsgspecError):
            return None
        return _block(kept) if kept.key == self._key else None

    def keep(self, first: str, found: Block) -> None:
        """See the port. Where that cannot be, what was remembered before stays: it is compared before it counts."""
        path = self._folder / f"{first}.kept"
        part = path.with_suffix(".part")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(msgspec.msgpack.encode(_kept(self._key, found)))
            part.replace(path)


def _kept(key: str, block: Block) -> KeptBlock:
    tally = block.tally
    procedures = {
        name: KeptProcedure(of.cases, dict(of.states), dict(of.decisions), dict(of.events), _kept_clocks(of))
        for name, of in tally.procedures.items()
    }
    return KeptBlock(key, block.marks, tally.lines, tally.decisions, sorted(tally.tables), procedures)


def _kept_clocks(of: OfProcedure) -> dict[str, KeptTimes]:
    return {
        clock: KeptTimes({each: getattr(times, each) for each in COUNTS}, [*times.gross], [*times.net], [*times.share])
        for clock, times in of.clocks.items()
    }


def _block(kept: KeptBlock) -> Block:
    procedures = {name: _of(each) for name, each in kept.procedures.items()}
    tally = Tally(procedures, kept.lines, [], kept.decisions, set(kept.tables))
    return Block(kept.marks, tally)


def _of(kept: KeptProcedure) -> OfProcedure:
    clocks = {name: _times(each) for name, each in kept.clocks.items()}
    return OfProcedure(kept.cases, 0, 0, Counter(kept.states), Counter(kept.decisions), Counter(kept.events), clocks)


def _times(kept: KeptTimes) -> Times:
    counts: dict[str, Any] = kept.counts
    gross, net, share = (array("d", each) for each in (kept.gross, kept.net, kept.share))
    return Times(**counts, gross=gross, net=net, share=share, lasting=bytearray(len(kept.gross)))
