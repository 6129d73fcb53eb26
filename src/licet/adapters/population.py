"""Populations in DuckDB, inside this process: a Parquet file, a folder of them, or a CSV file.

DuckDB is told to stay within its limits of memory and threads (it spills to a folder of its own), to read nothing but
the files that are named, and to load no extensions.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from licet.adapters.population_tables import TablePopulation
from licet.core.facts import Fact
from licet.engines.columns.codes import KIND, SUBJECT, UNTIL
from licet.engines.columns.expression import POPULATION, Form
from licet.engines.columns.sets import BLOCK
from licet.services.population import PopulationRejected, PopulationUnusable, Report, silence
from licet.wire.people import COMPLETE

MEMORY = "4GB"
"""What DuckDB may use before it spills."""

HEADER = 1 << 20
"""Bytes in which a CSV file's header must end."""

MOST_COLUMNS = 2_000

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
FORMS = {"VARCHAR": Form.TEXT, "BOOLEAN": Form.FLAG, "VARCHAR[]": Form.TEXTS, **dict.fromkeys(WHOLE, Form.WHOLE)}

POLL = 0.25
"""Seconds between two looks at how far a query is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What DuckDB may use."""

    memory: str = MEMORY
    threads: int | None = None


class DuckPopulation(TablePopulation):
    """`services.population.Population` over a relation that DuckDB can read again and again."""

    dialect = "duckdb"

    def __init__(
        self,
        engine: Engine,
        source: str,
        types: Mapping[str, str],
        facts: Mapping[str, Fact],
        at: datetime,
        report: Report = silence,
    ) -> None:
        super().__init__(source, {name: FORMS.get(each) for name, each in types.items()}, types, facts, at)
        self._engine = engine
        self._report = report

    def _rows(self, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        with told():
            cursor = self._engine.connection.cursor()
            cursor.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
            with watched(cursor, self._report):
                cursor.execute(sql)
            while rows := cursor.fetchmany(BLOCK):
                yield rows

    def _make(self, name: str, columns: Mapping[str, Sequence[int] | Sequence[str]]) -> None:
        types = {each: "BIGINT" if _is_whole(values) else "VARCHAR" for each, values in columns.items()}
        selected = ", ".join(f'unnest(${place}::{types[each]}[]) AS "{each}"' for place, each in enumerate(columns, 1))
        with told():
            self._engine.connection.execute(
                f'CREATE OR REPLACE TABLE "{name}" AS SELECT {selected}', [*columns.values()]
            )

    def close(self) -> None:
        """Let go of memory, and of the folder that was spilled to."""
        self._engine.connection.close()
        self._engine.spill.cleanup()


def open_population(
    path: Path, facts: Mapping[str, Fact], at: datetime, *, limits: Limits | None = None, report: Report = silence
) -> DuckPopulation:
    """The subjects of a file, or of the Parquet files of a folder, as they count at an instant.

    Raises `PopulationRejected` for what is not a population, `PopulationUnusable` for what DuckDB cannot do.
    """
    files = [each.resolve() for each in files_of(path)]
    engine = start(files, limits or Limits())
    with told():
        if files[0].suffix == ".csv":
            types = _load_csv(engine.connection, files[0], facts)
        else:
            types = _see_parquet(engine.connection, files)
    return DuckPopulation(engine, str(path), types, facts, at, report)


def files_of(path: Path) -> list[Path]:
    """The files of a population. Raises `PopulationRejected`."""
    if path.is_dir():
        found = sorted(each for each in path.iterdir() if each.suffix == ".parquet" and each.is_file())
        if not found:
            raise PopulationRejected(f"`{path}` holds no `*.parquet` files")
        return found
    if not path.is_file():
        raise PopulationRejected(f"there is no file `{path}`")
    if path.suffix not in (".parquet", ".csv"):
        raise PopulationRejected(f"`{path}` is neither `*.parquet` nor `*.csv`, nor a folder of `*.parquet`")
    return [path]


class Engine(NamedTuple):
    """DuckDB, and the folder that it spills to, which is gone once nobody holds it."""

    connection: duckdb.DuckDBPyConnection
    spill: tempfile.TemporaryDirectory[str]


def start(files: Sequence[Path], limits: Limits) -> Engine:
    """DuckDB in memory, within its limits, with nothing in reach but some files and a folder to spill to."""
    spill = tempfile.TemporaryDirectory(prefix="licet-preview-", ignore_cleanup_errors=True)
    with told():
        connection = duckdb.connect(
            config={
                "threads": limits.threads or os.cpu_count() or 1,
                "memory_limit": limits.memory,
                "temp_directory": spill.name,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            }
        )
        connection.execute(f"SET allowed_paths = [{', '.join(quoted(str(each)) for each in files)}]")
        connection.execute("SET enable_external_access = false")
    return Engine(connection, spill)


@contextmanager
def told() -> Iterator[None]:
    """Errors of DuckDB's as ours."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise PopulationUnusable(f"the population does not fit: {said(error)}") from error
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise PopulationRejected(said(error)) from error
    except duckdb.Error as error:
        raise PopulationUnusable(said(error)) from error


def said(error: Exception) -> str:
    """The first line of an error of DuckDB's, in the house's form."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"duckdb: {text[:1].lower()}{text[1:]}"


@contextmanager
def watched(cursor: duckdb.DuckDBPyConnection, report: Report) -> Iterator[None]:
    """Tell how far the query is that runs meanwhile."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(POLL):
            report("reading the population", max(cursor.query_progress(), 0.0) / 100)

    watcher = threading.Thread(target=look, name="preview-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _is_whole(values: Sequence[int] | Sequence[str]) -> bool:
    return bool(values) and isinstance(values[0], int)


def _see_parquet(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> dict[str, str]:
    """Make Parquet files the population; the types of their columns."""
    listed = ", ".join(quoted(str(each)) for each in files)
    source = f"read_parquet([{listed}], hive_partitioning = false)"
    connection.execute(f"CREATE VIEW {POPULATION} AS SELECT * FROM {source}")  # noqa: S608 - quoted
    types = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {POPULATION}").fetchall()}
    _check_width(len(types), files[0])
    return types


def _load_csv(connection: duckdb.DuckDBPyConnection, file: Path, facts: Mapping[str, Fact]) -> dict[str, str]:
    """Read a CSV file into the population, its known columns as texts; the types of all its columns."""
    header = _header(file)
    known = {KIND.name, SUBJECT, UNTIL.name, *facts, *(f"{name}{COMPLETE}" for name in facts)}
    numbered = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header)))
    kept = ", ".join(f'c{number} AS "{name}"' for number, name in enumerate(header) if name in known)
    connection.execute(
        f"CREATE TABLE {POPULATION} AS SELECT {kept or 'c0'} FROM"  # noqa: S608 - quoted
        f" read_csv({quoted(str(file))}, columns = {{{numbered}}},"
        " header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true,"
        " null_padding = false, encoding = 'utf-8')"
    )
    return dict.fromkeys(header, "VARCHAR")


def _header(file: Path) -> list[str]:
    """The names of a CSV file's columns. Raises `PopulationRejected`."""
    with file.open("rb") as content:
        head = content.read(HEADER)
    # bytes that are not UTF-8 may follow, or be half of a character where the reading ended
    text = head.decode("utf-8-sig", "surrogateescape")
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error as error:
        raise PopulationRejected(f"{file}:1:1: the first line is not a header in CSV: {error}") from error
    if any(0xDC80 <= ord(each) <= 0xDCFF for name in names for each in name):
        raise PopulationRejected(f"{file}:1:1: the first line is not a header in UTF-8")
    _check_width(len(names), file)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        what = (
            f"the column `{twice[0]}` is there twice"
            if twice
            else "the file is empty; its first line names the columns"
        )
        raise PopulationRejected(f"{file}:1:1: {what}")
    return names


def _check_width(columns: int, file: Path) -> None:
    if columns > MOST_COLUMNS:
        raise PopulationRejected(f"`{file}` has {columns:,} columns; at most {MOST_COLUMNS:,} are read")
