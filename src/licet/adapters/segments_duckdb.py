"""DuckDB for segments: in memory, with a few files in reach and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from licet.services.record.ports import SegmentsUnusable

MEMORY = "1GB"
"""What one process that seals may use; a segment is bounded by its journal file's 256 MiB."""


@contextmanager
def reach(files: Sequence[Path], *, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with these files to read and to write. It spills nowhere: what it holds is secret."""
    with told():
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
            connection.execute(f"SET allowed_paths = [{listed(files)}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


@contextmanager
def told() -> Iterator[None]:
    """Errors of DuckDB's as ours."""
    try:
        yield
    except duckdb.Error as error:
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SegmentsUnusable(f"duckdb: {text[:1].lower()}{text[1:]}") from error


def listed(files: Sequence[Path]) -> str:
    """Paths as SQL."""
    return ", ".join(quoted(str(each)) for each in files)


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
