"""The same expression on DuckDB and on Spark in local mode: the same counts. Needs the extra `spark`, and Java."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from tests.generated import FACTS, NOON, models, rulebook_of

from licet.adapters.population import Limits, open_population
from licet.core.conditions import AnyOf, Attested, Compare, Comparison, Condition, Contains, Not, OneOf
from licet.core.facts import About, Fact, Kind
from licet.core.instruments import Operation, Order, Release
from licet.core.preview import Preview
from licet.core.rulebook import Rulebook
from licet.services.population import Population, PopulationRejected
from licet.services.preview import Scope, preview

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
if shutil.which("java") is None:
    pytest.skip("there is no Java, which Spark needs", allow_module_level=True)

from pyspark.sql import SparkSession

from licet.adapters.population_spark import open_spark

ALL: dict[str, Fact] = {
    **FACTS,
    "natural_person": Fact("natural_person", Kind.BOOLEAN, About.SUBJECT, "", ""),
    "subject": Fact("subject", Kind.STRING, About.REQUEST, "", ""),
}


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    builder = SparkSession.builder.master("local[2]").appName("licet-test")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


def population(path: Path, rows: int) -> Path:
    """Subjects of every kind: NULLs, empty lists, sets known in part, integers, terms that are over."""
    chance = Random(5)
    some = [
        (
            f"s{number:04}",
            chance.choice(("person", "workload")),
            chance.choice((True, False, None)),
            chance.choice(("true", "false", "", None)),
            chance.choice((None, [], ["FR"], ["FR", "IR"], ["US"])),
            chance.choice((True, None)),
            chance.choice((None, -3, 0, 1, 2, 3, 2**40)),
            chance.choice(("", None, *(f"org-{each}" for each in range(50)))),
            chance.choice((None, "FR", "IR", "DE")),
            chance.choice((None, None, "2026-06-12T11:00:00Z", "2026-06-12T14:00:01+02:00")),
        )
        for number in range(rows)
    ]
    # nothing but an empty list that is attested can be complete
    some = [row if row[4] is not None else (*row[:5], None, *row[6:]) for row in some]
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t (subject VARCHAR, kind VARCHAR, a BOOLEAN, b VARCHAR, citizenships VARCHAR[],"
        " citizenships_complete BOOLEAN, level BIGINT, org VARCHAR, residence VARCHAR, until VARCHAR)"
    )
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", some)
    connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


FORBIDDEN: Condition = AnyOf(
    (
        Not(Attested("a")),
        Attested("b"),
        Contains("citizenships", "IR"),
        Compare("citizenships", Comparison.EQUAL, frozenset({"FR"})),
        Compare("level", Comparison.AT_LEAST, 2),
        OneOf("level", frozenset({-3, 0})),
        OneOf("org", frozenset(f"org-{each}" for each in range(0, 50, 3))),
        Compare("residence", Comparison.UNEQUAL, "FR"),
        Compare("subject", Comparison.EQUAL, "s0001"),
        Not(Attested("natural_person")),
    )
)


def book(*instruments: Release | Order) -> Rulebook:
    made = rulebook_of(models(), (), instruments)
    return Rulebook(ALL, made.catalogue, {}, made.instruments, f"sha256:{len(instruments)}")


def books(condition: Condition) -> tuple[Rulebook, Rulebook]:
    common: dict[str, Any] = {
        "digest": "",
        "issued": NOON,
        "from_": NOON,
        "models": (),
        "operations": (Operation.USE,),
        "text": "",
    }
    release = Release(name="r", families=("big", "little"), condition=Not(Attested("stream")), **common)
    order = Order(name="o", families=("big",), condition=condition, **common)
    return book(release), book(release, order)


def counted(condition: Condition, population: Population) -> Preview:
    before, after = books(condition)
    scope = Scope(NOON, everything=True, show=3, organisations=4)
    return preview(before, after, population, scope, now=NOON, stopwatch=lambda: 0.0)


def same(condition: Condition, path: Path, session: Any) -> Preview:
    """What both engines say, if it is the same."""
    duck = counted(condition, open_population(path, ALL, NOON, limits=Limits("500MB", 2)))
    spark = counted(condition, open_spark(session, path, ALL, NOON))
    assert replace(spark, population="") == replace(duck, population="")
    return duck


def test_all_at_once(tmp_path: Path, session: Any) -> None:
    result = same(FORBIDDEN, population(tmp_path / "p.parquet", 3000), session)
    assert result.accounts == 3000
    assert result.classes > 500
    assert sum(row.subjects for row in result.rows if row.change.effect == "loses") > 1000


@pytest.mark.parametrize("number", [2, 4])
def test_each_condition_by_itself(tmp_path: Path, session: Any, number: int) -> None:
    assert isinstance(FORBIDDEN, AnyOf)
    result = same(FORBIDDEN.parts[number], population(tmp_path / "p.parquet", 400), session)
    assert result.accounts == 400


def test_what_is_refused_is_refused_alike(tmp_path: Path, session: Any) -> None:
    path = tmp_path / "p.parquet"
    for select in ("'no' AS b", "['FR', NULL] AS citizenships", "'fr' AS residence", "'org ' AS org"):
        duckdb.connect().execute(
            f"COPY (SELECT 'ann' AS subject, 'person' AS kind, {select}) TO '{path}' (FORMAT parquet)"
        )
        said = []
        for made in (open_population(path, ALL, NOON), open_spark(session, path, ALL, NOON)):
            with pytest.raises(PopulationRejected) as caught:
                counted(FORBIDDEN, made)
            said.append(str(caught.value))
        assert said[0] == said[1]
