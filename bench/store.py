"""How the store grows: `python -m bench.store [subjects]` imports people from CSV, then looks keys up among them."""

from __future__ import annotations

import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from licet.adapters.store import SqlStore, create_store
from licet.core.catalogue import Catalogue
from licet.core.facts import About, Fact, Kind
from licet.core.rulebook import rulebook
from licet.services import keys
from licet.services.admit import Admission, admit
from licet.services.subjects import import_people
from licet.wire.people import read_people

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
DECLARED = {
    name: Fact(name, kind, About.SUBJECT, "", "")
    for name, kind in {
        "us_citizen": Kind.BOOLEAN,
        "lpr": Kind.BOOLEAN,
        "citizenships": Kind.COUNTRIES,
        "org": Kind.STRING,
    }.items()
}
BOOK = rulebook(DECLARED.values(), Catalogue(()), (), (), digest="none")
KEYS = 2000


def people(count: int) -> Iterator[bytes]:
    """The lines of a CSV file with four facts a subject; the fifth, `natural_person`, is implied."""
    yield b"subject,kind,us_citizen,lpr,citizenships,org\n"
    for number in range(count):
        yield b"user-%07d@example.org,person,false,true,CA;DE,org-%d.example\n" % (number, number % 997)


def timed(work: Callable[[int], object], rounds: int) -> list[float]:
    """Microseconds of each round."""
    taken = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - start) * 1e6)
    return taken


def say(what: str, taken: list[float]) -> None:
    """Print a distribution."""
    print(f"{what:<44} median {median(taken):8.0f} us   p99 {quantiles(taken, n=100)[-1]:8.0f} us")


def fill(store: SqlStore, count: int) -> None:
    """Import people, and say how long it took."""
    start = time.perf_counter()
    read = sum(1 for _ in read_people(people(count), DECLARED, file="people.csv"))
    reading = time.perf_counter() - start
    start = time.perf_counter()
    done = import_people(
        store, read_people(people(count), DECLARED, file="people.csv"), file="people.csv", actor="me", now=NOW
    )
    taken = time.perf_counter() - start
    print(f"read alone: {read:,} rows in {reading:.1f} s")
    print(f"imported: {done.subjects:,} subjects, {done.attestations:,} attestations in {taken:.1f} s")


def main(count: int) -> None:
    """Fill a store and measure."""
    with tempfile.TemporaryDirectory() as directory:
        state = Path(directory) / "state"
        store = create_store(state, NOW)
        fill(store, count)
        size = sum(path.stat().st_size for path in state.iterdir())
        print(f"on disk: {size / 1e6:,.0f} MB, {size / count:,.0f} bytes a subject; {os.cpu_count()} cores")
        pepper = secrets.token_bytes(32)
        names = [f"user-{random.randrange(count):07d}@example.org" for _ in range(KEYS)]
        hashes: list[bytes] = []

        def create(number: int) -> None:
            _, text = keys.create(
                store, names[number], actor="me", now=NOW, pepper=pepper, random_bytes=secrets.token_bytes
            )
            hashes.append(keys.keyed_hash(pepper, text))

        say("create a key (durable)", timed(create, KEYS))
        random.shuffle(hashes)
        say("key by hash", timed(lambda number: store.key_by_hash(hashes[number]), KEYS))
        say("subject with its facts", timed(lambda number: store.subject(names[number]), KEYS))
        say(
            "admit (hash to key, subject and facts)",
            timed(lambda number: admit(store, hashes[number], BOOK, NOW), KEYS),
        )
        say("admit a key that is none", timed(lambda _: admit(store, b"x" * 32, BOOK, NOW), KEYS))
        say("head", timed(lambda _: store.head(), KEYS))
        assert isinstance(admit(store, hashes[0], BOOK, NOW), Admission)
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
