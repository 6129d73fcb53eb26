"""Enact: put documents in force, tell every gate process, and say when the last one has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from licet.services.ports import Ack, Gone, Silence, Store, Workers
from licet.services.stored import Enactment, StoredDocument, StoredList, Warrant


@dataclass(frozen=True, slots=True)
class EnactReport:
    """What an enactment came to.

    `acks` are the workers that enforce it, `silences` those that run and may not; `gone` have ended and serve nobody.
    `seconds` is from the start of the append to the last answer.
    """

    enactment: Enactment
    acks: tuple[Ack, ...]
    silences: tuple[Silence, ...]
    gone: tuple[Gone, ...]
    seconds: float

    @property
    def everywhere(self) -> bool:
        """Whether every worker that runs enforces it."""
        return not self.silences


def enact(
    store: Store,
    workers: Workers,
    documents: Sequence[StoredDocument],
    lists: Sequence[StoredList],
    *,
    rulebook: str,
    expected_epoch: int,
    warrant: Warrant,
    actor: str,
    now: datetime,
    stopwatch: Callable[[], float],
    timeout: float = 5.0,
) -> EnactReport:
    """Append documents as the epoch after `expected_epoch`, push, and append each worker's acknowledgement.

    `rulebook` is the digest of what results; `warrant` says who else agreed, or why nobody had to
    (`services.approval` finds that out); `stopwatch` counts seconds (`time.monotonic`). The order of things: the
    enactment is durable before any worker hears of it, so a worker that starts in between reads it by itself; an
    acknowledgement is appended after the worker has said so, so the store may know less than is so, never more.

    Raises `StoreConflict` (nothing happened: look again, then retry) or `StoreUnavailable`. If that is raised after
    the append, the enactment stands, and `push` again makes up for the rest.
    """
    start = stopwatch()
    enactment = store.enact(
        documents, lists, actor=actor, at=now, rulebook=rulebook, expected_epoch=expected_epoch, warrant=warrant
    )
    return _push(store, workers, enactment, now, start, stopwatch, timeout)


def push_again(
    store: Store, workers: Workers, *, now: datetime, stopwatch: Callable[[], float], timeout: float = 5.0
) -> EnactReport | None:
    """Push the newest enactment once more (a worker had been silent); None if nothing was ever enacted."""
    start = stopwatch()
    enactments = store.enactments()
    return _push(store, workers, enactments[-1], now, start, stopwatch, timeout) if enactments else None


def _push(
    store: Store,
    workers: Workers,
    enactment: Enactment,
    now: datetime,
    start: float,
    stopwatch: Callable[[], float],
    timeout: float,
) -> EnactReport:
    answers = [_judged(answer, enactment) for answer in workers.push(timeout=timeout)]
    seconds = stopwatch() - start
    acks = tuple(answer for answer in answers if isinstance(answer, Ack))
    for ack in acks:
        store.acknowledge(enactment.epoch, ack.worker, now + timedelta(seconds=seconds))
    return EnactReport(
        enactment,
        acks,
        tuple(answer for answer in answers if isinstance(answer, Silence)),
        tuple(answer for answer in answers if isinstance(answer, Gone)),
        seconds,
    )


def _judged(answer: Ack | Silence | Gone, enactment: Enactment) -> Ack | Silence | Gone:
    """An acknowledgement counts only for this epoch or a later one, and for the same rulebook."""
    if not isinstance(answer, Ack) or answer.epoch > enactment.epoch:
        return answer
    if answer.epoch < enactment.epoch:
        return Silence(answer.worker, f"it still enforces epoch {answer.epoch}")
    if answer.rulebook != enactment.rulebook:
        return Silence(answer.worker, f"it enforces another rulebook, `{answer.rulebook}`")
    return answer
