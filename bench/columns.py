"""A rulebook over whole populations: 1, 10 and 100 million accounts, 50 models, 200 instruments; and as plain SQL.

The largest population is made and measured if the variable `LICET_BENCH_LARGE` is set: it takes 5 GB of disk for as
long as it lasts, and a few minutes.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import duckdb

from bench import accounts
from bench.columns_naive import query
from bench.figures import goal, goals, table
from bench.worlds import World, world
from licet.adapters.population import Limits, open_population
from licet.core.facts import UNKNOWN, Facts, Members
from licet.core.instruments import Order
from licet.core.rulebook import Rulebook
from licet.engines.columns.change import in_question, outcomes
from licet.engines.columns.codes import Asked
from licet.engines.columns.law import Law, Reading, request_facts
from licet.engines.points import compile_points
from licet.engines.signature import Signatures
from licet.services.population import Population
from licet.services.preview import Scope, first_difference, preview

MILLION = 1_000_000
SIZES = (MILLION, 10 * MILLION)
LARGE = 100 * MILLION
CHECKED = 5_000
ROUNDS = {MILLION: 7, 10 * MILLION: 3}
MEMORY = {LARGE: "6GB"}

Counts = Counter[tuple[str, str, str | None]]
"""Subjects by model, kind and what they are served."""


class Measured(NamedTuple):
    """One population: the middle of some rounds, in seconds, and the most memory that the process had, in GB."""

    accounts: int
    seconds: float
    preview: float
    classes: int
    memory: float


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    made = world(subjects=1)
    folder = Path(tempfile.mkdtemp(prefix="licet-bench-"))
    try:
        check(made, accounts.make(folder / "checked", CHECKED))
        say(f"columns  {CHECKED:,} accounts decided alike one by one")
        measured = []
        for size in (*SIZES, *([LARGE] if os.environ.get("LICET_BENCH_LARGE") else [])):
            start = perf_counter()
            place = accounts.make(folder / str(size), size)
            say(f"columns  {size:,} accounts made in {perf_counter() - start:.0f} s")
            measured.append(in_process(place, size))
            say(f"columns  {size:,} accounts decided in {measured[-1].seconds:.2f} s, {measured[-1].memory:.2f} GB")
            if size > MILLION:
                shutil.rmtree(place)
        naive = plain_sql(made, folder / str(MILLION))
        say(f"columns  plain SQL {naive:.1f} s")
    finally:
        shutil.rmtree(folder)
    return section(made, measured, naive)


def counted(book: Rulebook, made: World, population: Population) -> tuple[Counts, int]:
    """How many subjects are served what, model by model; and in how many classes they are."""
    signatures = Signatures(book)
    mask = signatures.mask(in_question(book, made.models, [made.now]))
    found: Counts = Counter()
    classes = 0
    for block in population.blocks(Asked(signatures, mask, book.facts)):
        classes += block.size
        law = Law(book, made.now, Reading(block, request_facts(book, stream=False)))
        for each in outcomes(law, made.models):
            found[each.model, each.kind, each.served] += each.subjects
    return found, classes


def check(made: World, place: Path) -> None:
    """The counts of the columns against the points, account by account, and against plain SQL."""
    book = made.rulebook
    by_columns, _ = counted(book, made, open_population(place, book.facts, made.now))
    points = compile_points(book, made.now)
    by_points: Counts = Counter()
    for kind, facts in one_by_one(book, place):
        vector = points.vector(facts)
        for model in made.models:
            by_points[model, kind, points.decide(vector, model, "use", made.now).served] += 1
    assert by_columns == by_points
    by_sql: Counts = Counter()
    connection = open_accounts(place)
    for model in made.models:
        for kind, served, number in connection.execute(query(book, made.now, model)).fetchall():
            by_sql[model, kind, served] += number
    assert by_columns == by_sql


def one_by_one(book: Rulebook, place: Path) -> Iterable[tuple[str, Facts]]:
    """Each account with a value for every fact."""
    cursor = open_accounts(place).execute("SELECT * FROM accounts")
    names = [each[0] for each in cursor.description]
    for row in cursor.fetchall():
        cells = dict(zip(names, row, strict=True))
        complete, members = cells.pop("citizenships_complete"), cells["citizenships"]
        cells["citizenships"] = None if members is None else Members(frozenset(members), bool(complete))
        facts = {name: UNKNOWN if cells.get(name) is None else cells[name] for name in book.facts}
        yield cells["kind"], {**facts, "stream": False}


def open_accounts(place: Path) -> duckdb.DuckDBPyConnection:
    """The accounts as a table in DuckDB's own storage."""
    connection = duckdb.connect()
    natural = "coalesce(natural_person, CASE WHEN kind = 'person' THEN true END) AS natural_person"
    connection.execute(f"CREATE TABLE accounts AS SELECT * REPLACE ({natural}) FROM read_parquet('{place}/*.parquet')")
    return connection


def plain_sql(made: World, place: Path) -> float:
    """Seconds for all models, the accounts being in DuckDB's storage already."""
    connection = open_accounts(place)
    queries = [query(made.rulebook, made.now, model) for model in made.models]
    start = perf_counter()
    for each in queries:
        connection.execute(each).fetchall()
    return perf_counter() - start


def in_process(place: Path, size: int) -> Measured:
    """Measure one population in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.columns", str(place), str(size)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return Measured(**json.loads(answer.stdout))


def measure(place: Path, size: int) -> dict[str, Any]:
    """The middle of some rounds: everything from the population's first byte to the counts; and a preview."""
    made = world(subjects=1)
    book, draft = made.rulebook, with_draft(made)
    seconds, previews, classes = [], [], 0
    for _ in range(ROUNDS.get(size, 1)):
        start = perf_counter()
        population = open_population(place, book.facts, made.now, limits=Limits(MEMORY.get(size, "1GB")))
        found, classes = counted(book, made, population)
        seconds.append(perf_counter() - start)
        assert found.total() == size * len(made.models)
        scope = Scope(first_difference(book, draft, made.now), organisations=10)
        start = perf_counter()
        result = preview(book, draft, population, scope, now=made.now, stopwatch=perf_counter)
        previews.append(perf_counter() - start)
        assert result.accounts == size
        population.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    middle = [sorted(each)[len(each) // 2] for each in (seconds, previews)]
    return Measured(size, middle[0], middle[1], classes, memory)._asdict()


def with_draft(made: World) -> Rulebook:
    """The same rulebook with one order more, that touches two models from tomorrow on."""
    pattern = next(each for each in made.rulebook.instruments if isinstance(each, Order))
    order = replace(
        pattern,
        name="draft",
        digest="sha256:draft",
        from_=made.now + timedelta(days=1),
        models=made.models[:2],
    )
    instruments = tuple(sorted((*made.rulebook.instruments, order), key=lambda each: each.name))
    return replace(made.rulebook, instruments=instruments, digest="sha256:after")


def section(made: World, measured: list[Measured], naive: float) -> str:
    models = len(made.models)
    by_size = {each.accounts: each for each in measured}
    small, large = by_size[MILLION], by_size.get(LARGE)
    rows = [
        (
            f"{each.accounts:,} accounts",
            f"{each.seconds:.2f} s",
            f"{each.seconds / each.accounts / models * 1e9:.1f} ns",
            f"{each.classes:,}",
            f"{each.preview:.2f} s",
            f"{each.memory:.2f} GB",
        )
        for each in measured
    ]
    rows.append(
        (f"plain SQL, {MILLION:,} accounts", f"{naive:.1f} s", f"{naive / MILLION / models * 1e9:.0f} ns", "", "", "")
    )
    growth = measured[-1].seconds / measured[-2].seconds * measured[-2].accounts / measured[-1].accounts
    wanted = [
        goal("1 million accounts x 50 models", "<= 0.5 s", f"{small.seconds:.2f} s", small.seconds <= 0.5),
        goal("memory of that", "<= 2 GB", f"{small.memory:.2f} GB", small.memory <= 2),
        goal(
            "100 million accounts from Parquet",
            "<= 60 s",
            f"{large.seconds:.0f} s" if large else "",
            large.seconds <= 60 if large else None,
        ),
        goal(
            "memory of that", "<= 8 GB", f"{large.memory:.1f} GB" if large else "", large.memory <= 8 if large else None
        ),
        goal("ten times the accounts", "<= 10 times as long", f"{growth * 10:.1f} times", growth <= 1.0),
    ]
    return f"""## Columns

{made.instruments} instruments, {models} models; accounts in Parquet files on disk, made by DuckDB, and in the cache of
files as far as that reaches. A time is everything from opening the files to the counts per model, kind of subject and
model that is served: reading, reducing to classes, deciding each class, joining back; without starting Python and
compiling the rulebook's documents. The preview is of one order more, on two models, with the ten organisations that it
touches most. Each size is measured in a process of its own, the middle of {ROUNDS[MILLION]} rounds
({ROUNDS[10 * MILLION]} for 10 million, one for 100 million); memory is the most that the process ever had.

Before, {CHECKED:,} accounts were decided one by one by the point engine, and by plain SQL: all three agree. Plain SQL
evaluates each condition of each model over each account, one statement a model, in DuckDB's own storage.
The largest is measured where `LICET_BENCH_LARGE=1` is set.

{table(("", "all models", "a decision", "classes", "a preview", "memory"), rows)}

{goals(wanted)}
"""


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
