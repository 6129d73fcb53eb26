"""Finding somebody in a large store: `python -m bench identity-store`.

Of another size: `python -m bench.identity_store [subjects] [facts]`.

*Cold* means: nobody asked for that subject before, and the operating system was told to drop the store's files from its
page cache (`fsync`, then `posix_fadvise` with `DONTNEED`), so that every page that SQLite does not hold itself is read
from the disk. A gate process has its connection open. *Anew* means the same through a connection that was just made,
which has no page and no statement prepared; making it is measured apart. What the disk or its controller remembers is
out of reach.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.figures import goal, goals, table
from licet.adapters.store import SqlStore, create_store, open_store
from licet.core.attestations import Attestation, Carrier
from licet.services.identity.ports import Binding
from licet.services.stored import KeyRecord, SubjectRecord

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
ISSUER = "https://idp.example"
KEYED = 10_000
"""Subjects that have a key and a binding, spread over all."""

ROUNDS = 300
SUBJECTS, FACTS = 1_000_000, 5
"""Of `python -m bench`; facts of each subject."""


class Taken(NamedTuple):
    """Microseconds of look-ups; of the connection that a cold one needs."""

    median: float
    p99: float
    cpu: float
    """The median of CPU time: what a busy machine does not make longer."""

    opening: float | None


def name(number: int) -> str:
    """A name as carriers give them: in no order."""
    return f"u-{number * 2654435761 % 2**32:08x}{number:08x}"


def records(subjects: int, facts: int) -> Iterator[SubjectRecord]:
    """Subjects, each with as many facts."""
    for number in range(subjects):
        who = name(number)
        yield SubjectRecord(
            who,
            "person",
            tuple(
                Attestation(who, f"fact_{fact}", True, ISSUER, "id token", "high", NOW, carrier=Carrier.OIDC)
                for fact in range(facts)
            ),
        )


def fill(store: SqlStore, subjects: int, facts: int, say: Callable[[str], None]) -> list[int]:
    """Fill a store; the numbers of those who have a key and a binding."""
    start, stream = time.perf_counter(), records(subjects, facts)
    while page := list(islice(stream, 100_000)):
        store.add_subjects(page, actor="me", at=NOW)
    say(f"filled: {subjects:,} subjects, {subjects * facts:,} facts in {time.perf_counter() - start:.0f} s")
    keyed = random.Random(5).sample(range(subjects), min(KEYED, subjects))
    with store.together(actor="me", at=NOW):
        for number in keyed:
            store.add_key(KeyRecord(f"k{number}", name(number), (), NOW, "me"), mark(number))
            store.bind(Binding(ISSUER, mark(number), name(number)), "person", actor="me", at=NOW)
    return keyed


def mark(number: int) -> bytes:
    """What stands for a keyed hash: 32 bytes that sort like random ones."""
    return random.Random(number).randbytes(32)


def drop(state: Path) -> None:
    """Let the operating system forget the pages of the store's files."""
    for path in state.iterdir():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def by_key(store: SqlStore, number: int) -> None:
    """From the hash of a key to its subject and facts, as the gate does for a caller whom it does not remember."""
    found = store.caller_by_hash(mark(number))
    assert found is not None
    _, record = found
    assert record is not None
    assert record.attestations


def by_binding(store: SqlStore, number: int) -> None:
    """From what an issuer calls somebody to the subject and its facts."""
    who = store.bound(ISSUER, mark(number))
    assert who is not None
    assert store.subject(who) is not None


def measure(
    state: Path, keyed: list[int], look: Callable[[SqlStore, int], None], *, cold: bool, anew: bool = False
) -> Taken:
    """How long look-ups take, each of another subject; `anew` each through a connection that was just made."""
    taken, working, opening = [], [], []
    store = open_store(state, NOW)
    look(store, keyed[0])
    for number in islice(keyed, 1, 1 + ROUNDS):
        if anew:
            store.close()  # its connections: the next call makes a new one
        if cold:
            drop(state)
        if anew:
            start = time.perf_counter()
            store.head()
            opening.append((time.perf_counter() - start) * 1e6)
        start, begun = time.perf_counter(), time.process_time_ns()
        look(store, number)
        taken.append((time.perf_counter() - start) * 1e6)
        working.append((time.process_time_ns() - begun) / 1e3)
    store.close()
    return Taken(median(taken), quantiles(taken, n=100)[-1], median(working), median(opening) if opening else None)


def run(say: Callable[[str], None], subjects: int = SUBJECTS, facts: int = FACTS) -> str:
    """Fill a store and measure; the section for the results."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("LICET_BENCH_DIR")) as directory:
        state = Path(directory) / "state"
        with closing(create_store(state, NOW)) as store:
            keyed = fill(store, subjects, facts, say)
        size = sum(path.stat().st_size for path in state.iterdir())
        found = {}
        for what, look in (
            ("a key, its subject, the facts", by_key),
            ("a binding, its subject, the facts", by_binding),
        ):
            for how, cold, anew in (("cold", True, False), ("anew", True, True), ("neither", False, False)):
                taken = found[f"{what}: {how}"] = measure(state, keyed, look, cold=cold, anew=anew)
                say(f"{what}: {how}: {taken.median:.0f} us, of which {taken.cpu:.0f} us of CPU")
        with closing(open_store(state, NOW)) as store:
            start = time.perf_counter()
            store.erase(name(keyed[0]), "x-erased", actor="me", at=NOW, reason="measured")
            erasure = time.perf_counter() - start
    return section(f"{subjects:,} subjects with {subjects * facts:,} facts, {size / 2**20:,.0f} MiB", found, erasure)


def section(what: str, found: dict[str, Taken], erasure: float) -> str:
    """Markdown."""
    slowest = max(each.median for name, each in found.items() if name.endswith(": cold"))
    opening = next(each.opening for each in found.values() if each.opening is not None)
    rows = [(name, f"{each.median:.0f} µs", f"{each.p99:.0f} µs", f"{each.cpu:.0f} µs") for name, each in found.items()]
    return "\n\n".join(
        (
            "## Finding somebody in the store",
            (
                f"SQLite, {what}. Cold: of somebody whom nobody asked for, with no page of the file in the system's"
                f" cache. Anew: also through a new connection, which takes {opening:.0f} µs beside it. Wall time of"
                f" {ROUNDS} look-ups each. One erasure, which writes the file anew: {erasure:.1f} s."
            ),
            table(("look-up", "median", "p99", "CPU, median"), rows),
            goals([goal("a cold look-up", "< 1 ms", f"{slowest / 1e3:.2f} ms", slowest < 1_000)]),
        )
    )


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:3]] or [20_000]
    print(run(lambda line: print(line, file=sys.stderr, flush=True), *numbers))
