"""A boundary in time is carried out, whatever the heartbeat does in the moment in which it comes."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from licet.adapters.store_memory import MemoryStore
from licet.core.decision import Request, decide
from licet.engines.timeline import Timeline
from licet.gate.callers import Caller, Callers, Presented
from licet.gate.endpoints import CARRIED
from licet.gate.flight import Flight, Flights
from licet.gate.reading import Reader
from licet.gate.refusal import Pages
from licet.gate.watch import Watch
from licet.services.admit import Admission, admit
from licet.services.keys import create, keyed_hash, pseudonym
from licet.services.rulebooks import in_force, propose
from licet.services.stored import Ground, Warrant
from licet.services.subjects import import_people
from licet.wire.documents import SourceFile
from licet.wire.people import read_people

FOLDER = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDER = datetime.fromisoformat("2026-06-12T18:51:00-04:00")
PEPPER = bytes(32)


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def enacted(now: datetime) -> tuple[MemoryStore, str]:
    """The June rulebook and its people, and a key of jean's."""
    store = MemoryStore()
    files = [
        SourceFile(name, (FOLDER / name).read_bytes(), lambda other: (FOLDER / other).read_bytes())
        for name in ("models.yaml", "instruments.yaml")
    ]
    proposal = propose(store, files)
    digest = proposal.rulebook.digest
    warrant = Warrant(Ground.FOUNDING)
    store.enact(
        proposal.documents, proposal.lists, actor="test", at=now, rulebook=digest, expected_epoch=0, warrant=warrant
    )
    with (FOLDER / "people.csv").open("rb") as lines:
        people = list(read_people(lines, proposal.rulebook.facts, file="people.csv"))
    import_people(store, people, file="people.csv", actor="test", now=now)
    return store, create(store, "jean", actor="test", now=now, pepper=PEPPER, random_bytes=bytes)[1]


async def test_a_heartbeat_in_the_moment_of_an_order_does_not_swallow_it() -> None:
    """The timer is due and has not run yet when the heartbeat sets it anew: for what comes after, and for this."""
    clock = HandClock(ORDER - timedelta(seconds=1))
    store, key = enacted(clock.at)
    flights = Flights()
    callers = Callers(partial(admit, store), asyncio.to_thread, PEPPER, partial(pseudonym, PEPPER))
    reader = Reader(store, lambda: in_force(store), Timeline, clock, {})
    watch = Watch(
        reader, callers, flights, clock, time.monotonic, Pages("http://127.0.0.1"), 300, lambda *_, **__: None
    )
    await watch.refresh()  # the timer is set, to one second from now
    assert watch.enforced is not None
    rulebook = watch.enforced.rulebook
    admission = admit(store, keyed_hash(PEPPER, key), rulebook, clock.at)
    assert isinstance(admission, Admission)
    task: asyncio.Task[object] = asyncio.create_task(asyncio.sleep(60))
    flight = Flight(
        "open",
        CARRIED["/v1/chat/completions"],
        Caller(Presented(keyed_hash(PEPPER, key)), admission, "pseudonym"),
        decide(rulebook, Request(admission.facts, "fable-5", "use", clock.at)),
        ("fable-5",),
        stream=True,
        gives_up=time.monotonic() + 60,
        task=task,
    )
    flights.enter(flight)
    clock.at = ORDER + timedelta(milliseconds=1)
    await watch.refresh()  # a heartbeat, in that moment
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()
    assert (flight.how, flight.instruments) == ("cut", ("us-doc-2026-06-12",))
