"""Populations on Spark: the same expressions as in DuckDB, on a cluster or in local mode.

For populations past one machine. The caller brings the session; its time zone must be UTC, which is checked, since
instants would otherwise be read in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException  # type: ignore[import-not-found,unused-ignore]
from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]

from licet.adapters.population_tables import TablePopulation
from licet.core.facts import Fact
from licet.engines.columns.expression import POPULATION, Form
from licet.engines.columns.sets import BLOCK
from licet.services.population import PopulationUnusable

WHOLE = ("tinyint", "smallint", "int", "bigint")
FORMS = {
    "string": Form.TEXT,
    "boolean": Form.FLAG,
    "array<string>": Form.TEXTS,
    **dict.fromkeys(WHOLE, Form.WHOLE),
}


class SparkPopulation(TablePopulation):
    """`services.population.Population` over a temporary view of a Spark session."""

    dialect = "pyspark"

    def __init__(
        self, session: SparkSession, source: str, types: Mapping[str, str], facts: Mapping[str, Fact], at: datetime
    ) -> None:
        super().__init__(source, {name: FORMS.get(each) for name, each in types.items()}, types, facts, at)
        self._session = session

    def _rows(self, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        try:
            rows = iter(self._session.sql(sql).toLocalIterator())
            while some := [tuple(row) for row in islice(rows, BLOCK)]:
                yield some
        except PySparkException as error:
            raise PopulationUnusable(f"spark: {_said(error)}") from error

    def _make(self, name: str, columns: Mapping[str, Sequence[int] | Sequence[str]]) -> None:
        types = ", ".join(
            f"{each} {'bigint' if values and isinstance(values[0], int) else 'string'}"
            for each, values in columns.items()
        )
        rows = [*zip(*columns.values(), strict=True)]
        self._session.createDataFrame(rows, types).createOrReplaceTempView(name)


def open_spark(session: SparkSession, path: Path, facts: Mapping[str, Fact], at: datetime) -> SparkPopulation:
    """The subjects of a Parquet file, or of a folder of them, as they count at an instant.

    Raises `PopulationUnusable` for what Spark cannot read, or a session that is not in UTC.
    """
    if session.conf.get("spark.sql.session.timeZone") != "UTC":
        raise PopulationUnusable("the spark session is not in UTC; set `spark.sql.session.timeZone` to `UTC`")
    try:
        frame = session.read.parquet(str(path))
    except PySparkException as error:
        raise PopulationUnusable(f"spark: {_said(error)}") from error
    frame.createOrReplaceTempView(POPULATION)
    return SparkPopulation(session, f"{path}, in spark", dict(frame.dtypes), facts, at)


def _said(error: PySparkException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
