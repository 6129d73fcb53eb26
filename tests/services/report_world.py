"""A small law, enacted in three steps, and a journal that is decided by the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.decision import Request, decide
from licet.core.rulebook import Rulebook
from licet.services.record.reporting.law import Law, law_of
from licet.services.rulebooks import in_force, propose
from licet.services.stored import Ground, Warrant
from licet.services.subjects import facts_at
from licet.wire.documents import SourceFile
from licet.wire.journal import ClosedRecord, Damage, DecisionRecord, EndRecord, Entry, OpenedRecord

START = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
ENACTED = START - timedelta(minutes=3)
LICENSED = START + timedelta(days=14)
LIFTED = START + timedelta(days=18)
NOW = START + timedelta(days=30)
NAME = "no-foreigners"
BEFORE = """\
model: m
family: f
apis: [openai]
upstream: {url: "https://m.example"}
fallback: [other]
---
model: n
family: f
apis: [openai]
upstream: {url: "https://m.example"}
---
model: other
family: g
apis: [openai]
upstream: {url: "https://m.example"}
---
release: r
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
models: [m, n, other]
to: true
---
property: somebody
title: somebody may use it
claim: nobody-allowed
whom: false
models: [other]
"""
ORDER = """\
order: no-foreigners
title: Not for foreigners
issuer: An authority
authority: [1 CFR 2]
issued: 2026-06-12T20:00:00Z
from: 2026-06-12T22:51:00Z
families: [f]
operations: [use]
forbids: not us_citizen
appeal: https://appeal.example/
"""
END = """\
licence: for-staff
issued: 2026-06-26T22:51:00Z
from: 2026-06-26T22:51:00Z
relieves: [no-foreigners]
models: [n]
to: staff
---
lift: over
issued: 2026-06-30T22:51:00Z
from: 2026-06-30T22:51:00Z
ends: [no-foreigners]
"""
PEOPLE: dict[str, dict[str, bool]] = {
    "ada": {"us_citizen": True},
    "jean": {"us_citizen": False, "staff": False},
    "imre": {"us_citizen": False, "staff": True},
    "kim": {},
}


@dataclass
class World:
    """A store, its rulebook after each enactment, and the journal's files as lists of records."""

    store: MemoryStore = field(default_factory=MemoryStore)
    books: dict[int, Rulebook] = field(default_factory=dict)
    files: dict[str, list[Entry | Damage]] = field(default_factory=dict)
    requests: int = 0

    def enact(self, text: str, at: datetime, **warrant: object) -> None:
        proposal = propose(self.store, [SourceFile("law.yaml", text.encode(), lambda _: None)])
        stands = Warrant(**{"ground": Ground.NARROWS, **warrant})  # type: ignore[arg-type]
        self.store.enact(
            proposal.documents,
            proposal.lists,
            actor="ann",
            at=at,
            rulebook=proposal.rulebook.digest,
            expected_epoch=proposal.before.epoch,
            warrant=stands,
        )
        self.books[proposal.rulebook.epoch] = in_force(self.store)

    def worker(self, name: str) -> list[Entry | Damage]:
        """The file of a worker."""
        made: list[Entry | Damage] = [OpenedRecord(worker=name, at=START - timedelta(days=5), segment=0)]
        return self.files.setdefault(f"20260607T225100.000000Z-{name}.journal", made)

    def ask(self, worker: str, who: str, model: str, at: datetime, epoch: int) -> DecisionRecord:
        """A decision as the gate would make it under the rulebook of an epoch; appended."""
        book = self.books[epoch]
        record = self.store.subject(who)
        assert record is not None
        made = decide(book, Request(facts_at(record, book.facts, (), {}, at), model, "use", at))
        self.requests += 1
        decision = DecisionRecord(
            id=f"q{self.requests}",
            at=at,
            key="k",
            subject=f"pseudonym-of-{who}",
            api="openai",
            endpoint="/v1/chat/completions",
            operation="use",
            stream=True,
            requested=model,
            outcome=made.outcome,
            served=made.served,
            instruments=made.instruments,
            unknown=made.unknown,
            rulebook=made.rulebook,
            epoch=epoch,
        )
        self.worker(worker).append(decision)
        return decision

    def end(
        self, worker: str, began: DecisionRecord, at: datetime, how: str = "done", by: tuple[str, ...] = ()
    ) -> None:
        """The end of an answer; appended."""
        self.worker(worker).append(EndRecord(id=began.id, at=at, how=how, instruments=by))  # type: ignore[arg-type]

    def close(self) -> None:
        """Every worker ends."""
        for file in self.files.values():
            file.append(ClosedRecord(at=NOW, by="worker", records=len(file)))

    def entries(self) -> Iterator[tuple[str, Entry | Damage]]:
        """As `services.record.reporting.report.Records`."""
        for name, file in sorted(self.files.items()):
            yield from ((name, each) for each in file)

    @property
    def law(self) -> Law:
        return law_of(self.store, NAME)


def lawful() -> World:
    """The law before the order, and four people."""
    world = World()
    world.enact(BEFORE, START - timedelta(days=10), ground=Ground.FOUNDING)
    for name, facts in PEOPLE.items():
        world.store.add_subject(name, "person", actor="ann", at=START - timedelta(days=9))
        known = [
            Attestation(name, *each, "registry", "passport", "high", START - timedelta(days=9))
            for each in facts.items()
        ]
        world.store.attest(known, actor="ann", at=START - timedelta(days=9))
    return world


def played() -> World:
    """The whole cycle: enacted three minutes before it begins, lifted after 18 days; two workers, one acknowledges."""
    world = lawful()
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    for who in PEOPLE:
        world.ask("w1", who, "m", START - 2 * hour, 1)
    open_one = world.ask("w1", "jean", "m", START - 5 * second, 1)
    open_two = world.ask("w2", "ada", "m", START - 5 * second, 1)
    open_three = world.ask("w2", "kim", "n", START - 5 * second, 1)
    world.enact(ORDER, ENACTED, rests_on=(NAME,), findings=("proved: it only narrows access", "no end: it has none"))
    world.store.acknowledge(2, "w1", ENACTED + second / 10)
    world.store.acknowledge(2, "w2", ENACTED + second / 5)
    world.end("w1", open_one, START + second / 50, "cut", (NAME,))
    world.end("w2", open_three, START + 3 * second, "cut", (NAME,))
    world.end("w2", open_two, START + 9 * second)
    for n, who in enumerate(PEOPLE):
        world.ask("w1", who, "m", START + (n + 1) * second, 2)
        world.ask("w2", who, "n", START + (n + 1) * second, 2)
    world.enact(END, LICENSED - hour)
    for who in PEOPLE:
        world.ask("w1", who, "n", LICENSED + second, 3)
        world.ask("w1", who, "other", LICENSED + second, 3)
        world.ask("w2", who, "m", LIFTED + second, 3)
    return world
