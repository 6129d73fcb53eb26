"""Announce: tell every gate process that keys or subjects changed, and say when the last one acts on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from licet.services.ports import Ack, Gone, Silence, Workers


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who acts on a change, who runs and may not, who has ended, and after how many seconds the last one answered."""

    acks: tuple[Ack, ...]
    silences: tuple[Silence, ...]
    gone: tuple[Gone, ...]
    seconds: float


def announce(workers: Workers, *, stopwatch: Callable[[], float], timeout: float = 5.0) -> Announcement:
    """Push what the store already holds. Workers that are silent take it over by themselves, or stop serving."""
    start = stopwatch()
    answers = workers.push(timeout=timeout)
    return Announcement(
        tuple(answer for answer in answers if isinstance(answer, Ack)),
        tuple(answer for answer in answers if isinstance(answer, Silence)),
        tuple(answer for answer in answers if isinstance(answer, Gone)),
        stopwatch() - start,
    )
