"""An enactment, told to workers that obey, lag, stay silent or are gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.adapters.workers import LocalWorkers
from licet.services.enact import EnactReport, enact, push_again
from licet.services.ports import Ack, Gone, Silence, Store, StoreConflict
from licet.services.stored import Ground, StoredDocument, Warrant
from licet.wire.canonical import digest

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
ORDER = StoredDocument("order", "a", digest(b"{}"), b"{}")


class Fleet:
    """Workers that read the store when they are pushed, as gates do, and answer as they are told to."""

    def __init__(self, *answers: Callable[[int], Ack | Silence | Gone], store: Store) -> None:
        self._answers = answers
        self._store = store

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Each worker's answer to the newest epoch."""
        epoch = self._store.enactments()[-1].epoch
        return tuple(answer(epoch) for answer in self._answers)

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """Nobody asks."""
        return ()

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody asks."""
        return ()


def run(store: Store, *answers: Callable[[int], Ack | Silence | Gone], expected_epoch: int = 0) -> EnactReport:
    ticks = count()
    return enact(
        store,
        Fleet(*answers, store=store),
        [ORDER],
        [],
        rulebook="sha256:r",
        expected_epoch=expected_epoch,
        warrant=Warrant(Ground.NARROWS),
        actor="officer",
        now=NOW,
        stopwatch=lambda: next(ticks) * 0.5,
    )


def obeys(worker: str) -> Callable[[int], Ack]:
    return lambda epoch: Ack(worker, epoch, "sha256:r", 0, 0.001)


def test_an_enactment_is_stored_pushed_and_acknowledged() -> None:
    store = MemoryStore()
    report = run(store, obeys("w1"), obeys("w2"))
    assert report.enactment == store.enactments()[0]
    assert [ack.worker for ack in report.acks] == ["w1", "w2"]
    assert report.everywhere
    assert report.seconds == 0.5
    assert store.acknowledgements(1) == tuple((worker, NOW + timedelta(seconds=0.5)) for worker in ("w1", "w2"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Silence("w2", "stopped"), "stopped"),
        (Ack("w2", 0, "sha256:r", 0, 0), "it still enforces epoch 0"),
        (Ack("w2", 1, "sha256:x", 0, 0), "it enforces another rulebook, `sha256:x`"),
    ],
)
def test_a_worker_that_does_not_enforce_it_is_named_and_not_recorded(answer: Ack | Silence, why: str) -> None:
    store = MemoryStore()
    report = run(store, obeys("w1"), lambda _epoch: answer)
    assert not report.everywhere
    assert report.silences == (Silence("w2", why),)
    assert [worker for worker, _ in store.acknowledgements(1)] == ["w1"]


def test_a_worker_that_is_further_on_enforces_it_too() -> None:
    report = run(MemoryStore(), lambda epoch: Ack("w1", epoch + 1, "sha256:next", 0, 0))
    assert report.everywhere
    assert len(report.acks) == 1


def test_a_worker_that_is_gone_is_not_waited_for() -> None:
    report = run(MemoryStore(), obeys("w1"), lambda _epoch: Gone("w2", 7))
    assert report.everywhere
    assert report.gone == (Gone("w2", 7),)


def test_nobody_hears_of_an_enactment_that_did_not_happen() -> None:
    store = MemoryStore()
    run(store)
    heard: list[int] = []

    def listens(epoch: int) -> Ack:
        heard.append(epoch)
        return obeys("w1")(epoch)

    with pytest.raises(StoreConflict):
        run(store, listens)
    assert heard == []
    assert len(store.enactments()) == 1


def test_a_silent_worker_is_pushed_again() -> None:
    store = MemoryStore()
    assert push_again(store, Fleet(store=store), now=NOW, stopwatch=lambda: 0.0) is None
    run(store, lambda _epoch: Silence("w1", "stopped"))
    report = push_again(store, Fleet(obeys("w1"), store=store), now=NOW, stopwatch=lambda: 0.0)
    assert report is not None
    assert report.everywhere
    assert [worker for worker, _ in store.acknowledgements(1)] == ["w1"]


def test_the_real_store_and_the_real_push_agree(tmp_path: Path) -> None:
    with closing(create_store(tmp_path / "state", NOW)) as store:
        report = enact(
            store,
            LocalWorkers(tmp_path / "state" / "workers"),
            [ORDER],
            [],
            rulebook="sha256:r",
            expected_epoch=0,
            warrant=Warrant(Ground.NARROWS),
            actor="officer",
            now=NOW,
            stopwatch=lambda: 0.0,
        )
        assert report == EnactReport(store.enactments()[0], (), (), (), 0.0)
        assert store.documents() == (ORDER,)
