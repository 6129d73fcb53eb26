"""Noticing that a log is not what it was: `spec/trials.md`, section What is noticed. All of it comes out as holes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from licet.core.evidence.coverage import Hole
from licet.core.evidence.trial import Source, Trial
from licet.wire.trials.reading import changed
from licet.wire.trials.receipts import Receipt

SHOWN = 5
"""So many are named in a sentence."""


class Ended(NamedTuple):
    """A sample as a log has it, in the terms of a receipt; `scores` are plain values (`receipts.plain_value`)."""

    sample: str
    epoch: int
    uuid: str
    scores: Mapping[str, object]


def pinned(sources: Iterable[Source], digests: Collection[str]) -> tuple[Hole, ...]:
    """What is not as an inquiry or an earlier judgement pinned it: sources with other digests, and digests without one.

    A source that was read through a file of trials may be pinned by either digest.
    """
    found = tuple(sources)
    holes = [
        changed(f"`{source.file}` is not what was pinned: its digest is {source.digest}")
        for source in found
        if source.digest not in digests and source.via not in digests
    ]
    there = {source.digest for source in found} | {source.via for source in found}
    holes += [
        changed(f"there is no source with the pinned digest {digest}") for digest in digests if digest not in there
    ]
    return tuple(holes)


def against_receipts(file: str, log: str, samples: Iterable[Ended], receipts: Sequence[Receipt]) -> tuple[Hole, ...]:
    """Where a log and the receipts of its run differ: scores, samples without a receipt, receipts without a sample.

    A sample that a run took over from an earlier log has its receipt under that log, and the same `uuid`. Of several
    receipts for one sample the last counts: it was tried again.
    """
    by_uuid = {each.uuid: each for each in receipts if each.uuid}
    by_name = {(each.sample, each.epoch): each for each in receipts if each.log == log}
    other: list[str] = []
    without: list[str] = []
    seen = set()
    for sample in samples:
        seen.add((sample.sample, sample.epoch))
        receipt = by_uuid.get(sample.uuid) or by_name.get((sample.sample, sample.epoch))
        if receipt is None:
            without.append(sample.sample)
        elif dict(sample.scores) != receipt.scores or (receipt.sample, receipt.epoch) != (sample.sample, sample.epoch):
            other.append(sample.sample)
    gone = [name for name, epoch in by_name if (name, epoch) not in seen]
    told = (
        (other, "scored otherwise than when it ran"),
        (without, "without a receipt, though the run wrote receipts"),
        (gone, "no longer in the log, though there is a receipt"),
    )
    return tuple(
        changed(f"`{file}`: {count_of(items)} {said}: {listed(items)}", items, len(items))
        for items, said in told
        if items
    )


class Difference(NamedTuple):
    """A trial that two readings have otherwise: what it is of, and which fields differ."""

    item: str
    arm: str
    attempt: int
    fields: tuple[str, ...]


COMPARED = tuple(name for name in Trial.__slots__ if name not in ("source", "suite", "item", "arm", "attempt"))


def unlike(first: Iterable[Trial], second: Iterable[Trial]) -> list[Difference]:
    """The trials that differ, by suite, item, arm and try; `fields` is `not there` where only one reading has it."""
    others = {_key(trial): trial for trial in second}
    found = []
    for trial in first:
        other = others.pop(_key(trial), None)
        fields = ("not in the log",) if other is None else _fields(trial, other)
        if fields:
            found.append(Difference(trial.item, trial.arm, trial.attempt, fields))
    found += [Difference(item, arm, attempt, ("only in the log",)) for _, item, arm, attempt in others]
    return found


def _key(trial: Trial) -> tuple[str, str, str, int]:
    return trial.suite, trial.item, trial.arm, trial.attempt


def _fields(first: Trial, second: Trial) -> tuple[str, ...]:
    return tuple(name for name in COMPARED if getattr(first, name) != getattr(second, name))


def count_of(items: Sequence[str]) -> str:
    """`1 sample`, `2 samples`."""
    return f"{len(items)} sample{'' if len(items) == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """The first names, in quotes, and that there are more."""
    names = list(dict.fromkeys(items))
    return ", ".join(f"`{name}`" for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
