"""DuckDB for segments: in memory, with a few files in reach and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from licet.services.record.ports import SegmentsUnusable

MEMORY = "1GB"
"""What one process that seals may use; a segment is bounded by its journal file's 256 MiB."""


@contextmanager
def reach(files: Sequence[Path], *, threads: int) -> Iterator[Any]:
    """A connection of DuckDB's with these files to read and to write. It spills nowhere: what it holds is secret.

    DuckDB is imported here and now: which segments there are can be read without it.
    """
    try:
        duckdb = import_module("duckdb")
    except ModuleNotFoundError as error:
        raise SegmentsUnusable("Parquet files are an extra: `pip install 'licet[columns]'`") from error
    with told(duckdb.Error):
        connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": MEMORY,
                "temp_directory": "",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": True,
            }
        )
        try:
            connection.execute("SET enable_progress_bar = false")  # it would go to the standard output
            connection.execute(f"SET allowed_paths = [{listed(files)}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


@contextmanager
def told(kind: type[Exception]) -> Iterator[None]:
    """Errors of DuckDB's as ours."""
    try:
        yield
    except kind as error:
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SegmentsUnusable(f"duckdb: {text[:1].lower()}{text[1:]}") from error


def listed(files: Sequence[Path]) -> str:
    """Paths as SQL."""
    return ", ".join(quoted(str(each)) for each in files)


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
