"""Populations in DuckDB: what comes through the door, what is refused with its place, and what is out of reach."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.generated import FACTS, NOON, models, rulebook_of

from licet.adapters.population import DuckPopulation, Limits, open_population
from licet.core.conditions import Attested, Compare, Comparison, Condition, Contains, OneOf
from licet.core.decision import Request, decide
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.instruments import Operation, Release
from licet.core.rulebook import Rulebook
from licet.services.population import PopulationRejected, PopulationUnusable
from licet.services.preview import Scope, preview

ALL: dict[str, Fact] = {
    **FACTS,
    "natural_person": Fact("natural_person", Kind.BOOLEAN, About.SUBJECT, "", ""),
    "subject": Fact("subject", Kind.STRING, About.REQUEST, "", ""),
}
SMALL = Limits("300MB", 1)


def csv_file(folder: Path, rows: Sequence[Mapping[str, str]], name: str = "people.csv") -> Path:
    path = folder / name
    with path.open("w", newline="") as file:
        sheet = csv.DictWriter(file, [*rows[0]])
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def parquet(path: Path, select: str) -> Path:
    duckdb.connect().execute(f"COPY ({select}) TO '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    return path


def release(condition: Condition) -> Rulebook:
    """A rulebook that permits everything of whom a condition holds."""
    instrument = Release(
        name="r",
        digest="",
        issued=NOON,
        from_=NOON,
        models=(),
        families=("little",),
        operations=(Operation.USE,),
        condition=condition,
        text="",
    )
    book = rulebook_of(models(), (), [instrument])
    return Rulebook(ALL, book.catalogue, {}, book.instruments, "sha256:after")


NOBODY = Rulebook(ALL, release(Attested("a")).catalogue, {}, (), "sha256:before")


def who_gains(path: Path, condition: Condition, at: datetime = NOON) -> list[str]:
    """The subjects of a population of whom a condition definitely holds."""
    population = open_population(path, ALL, at, limits=SMALL)
    after = release(condition)
    result = preview(NOBODY, after, population, Scope(NOON, show=1000), now=NOON, stopwatch=lambda: 0.0)
    population.close()
    return sorted({name for row in result.rows for name in row.sample})


def rejection(path: Path, condition: Condition) -> str:
    with pytest.raises(PopulationRejected) as caught:
        who_gains(path, condition)
    return str(caught.value)


def test_a_parquet_file_with_nulls_lists_and_numbers(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "p.parquet",
        """SELECT * FROM (VALUES
        ('ann', 'person', true, 3::TINYINT, ['FR', 'US'], true, 'acme'),
        ('bob', 'person', false, NULL, ['FR'], NULL, NULL),
        ('cat', 'workload', NULL, -1::TINYINT, [], true, ''),
        ('dan', 'person', NULL, 2::TINYINT, NULL, NULL, 'other')
        ) t(subject, kind, a, level, citizenships, citizenships_complete, org)""",
    )
    assert who_gains(path, Attested("a")) == ["ann"]
    assert who_gains(path, Compare("a", Comparison.EQUAL, False)) == ["bob"]
    assert who_gains(path, Compare("level", Comparison.AT_LEAST, 2)) == ["ann", "dan"]
    assert who_gains(path, Compare("level", Comparison.BELOW, 2)) == ["cat"]
    assert who_gains(path, OneOf("level", frozenset({-1, 3}))) == ["ann", "cat"]
    assert who_gains(path, Contains("citizenships", "FR")) == ["ann", "bob"]
    assert who_gains(path, Compare("citizenships", Comparison.EQUAL, frozenset({"FR", "US"}))) == ["ann"]
    assert who_gains(path, Compare("citizenships", Comparison.UNEQUAL, frozenset({"US"}))) == ["ann", "bob", "cat"]
    assert who_gains(path, Compare("org", Comparison.UNEQUAL, "acme")) == ["dan"]
    assert who_gains(path, Attested("natural_person")) == ["ann", "bob", "dan"]
    assert who_gains(path, Compare("subject", Comparison.EQUAL, "cat")) == ["cat"]
    assert who_gains(path, OneOf("subject", frozenset({"ann", "zoe"}))) == ["ann"]


def test_text_columns_of_a_parquet_file_are_read_as_in_csv(tmp_path: Path) -> None:
    select = "SELECT 'ann' AS subject, 'person' AS kind, 'true' AS a, '-2' AS level, 'US;FR' AS citizenships"
    path = parquet(tmp_path / "p.parquet", select)
    assert who_gains(path, Attested("a")) == ["ann"]
    assert who_gains(path, Compare("level", Comparison.EQUAL, -2)) == ["ann"]
    assert who_gains(path, Contains("citizenships", "FR")) == ["ann"]


def test_a_folder_is_all_of_its_parquet_files(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        parquet(tmp_path / f"{name}.parquet", f"SELECT '{name}' AS subject, 'person' AS kind, true AS a")
    (tmp_path / "notes.txt").write_text("not a population")
    assert who_gains(tmp_path, Attested("a")) == ["ann", "bob"]


def test_more_literals_than_fit_into_an_expression(tmp_path: Path) -> None:
    rows = [{"subject": f"s{n:03}", "kind": "person", "org": f"org-{n}", "level": str(n)} for n in range(100)]
    path = csv_file(tmp_path, rows)
    odd = [row["subject"] for row in rows if int(row["level"]) % 2]
    assert who_gains(path, OneOf("org", frozenset(f"org-{n}" for n in range(1, 100, 2)))) == odd
    assert who_gains(path, OneOf("level", frozenset(range(1, 100, 2)))) == odd


def test_a_row_says_nothing_from_its_until_on(tmp_path: Path) -> None:
    rows = [
        {"subject": "ann", "kind": "person", "a": "true", "until": "2026-06-12T12:00:00Z"},
        {"subject": "bob", "kind": "person", "a": "true", "until": "2026-06-12T14:00:01+02:00"},
        {"subject": "cat", "kind": "person", "a": "true", "until": ""},
    ]
    path = csv_file(tmp_path, rows)
    assert who_gains(path, Attested("a"), datetime(2026, 6, 12, 12, tzinfo=UTC)) == ["bob", "cat"]
    assert who_gains(path, Attested("natural_person"), datetime(2026, 6, 12, 12, tzinfo=UTC)) == ["bob", "cat"]
    assert who_gains(path, Compare("subject", Comparison.EQUAL, "ann")) == ["ann"]


PERSON = {"subject": "ann", "kind": "person"}


@pytest.mark.parametrize(
    ("row", "condition", "message"),
    [
        ({"a": "yes"}, Attested("a"), "column `a`: `yes` (1 row); 1 row in all; allowed is `true` or `false`"),
        ({"a": "TRUE"}, Attested("a"), "column `a`: `TRUE` (1 row)"),
        ({"kind": ""}, Attested("a"), "column `kind`: `` (1 row)"),
        ({"kind": "robot"}, Attested("a"), "column `kind`: `robot` (1 row)"),
        ({"level": "007"}, Compare("level", Comparison.EQUAL, 7), "column `level`: `007`"),
        ({"level": "1.0"}, Compare("level", Comparison.EQUAL, 7), "column `level`: `1.0`"),
        ({"level": "9007199254740992"}, Compare("level", Comparison.EQUAL, 7), "column `level`: `9007199254740992`"),
        ({"level": "99999999999999999999"}, Compare("level", Comparison.EQUAL, 7), "column `level`"),
        ({"tier": "lead"}, Compare("tier", Comparison.EQUAL, "tin"), "column `tier`: `lead` (1 row)"),
        ({"org": "acme "}, Compare("org", Comparison.EQUAL, "acme"), "column `org`: `acme ` (1 row)"),
        ({"residence": "fr"}, OneOf("residence", frozenset({"FR"})), "column `residence`: `fr` (1 row)"),
        ({"residence": "FR\n"}, OneOf("residence", frozenset({"FR"})), "column `residence`"),
        ({"citizenships": "FR;"}, Contains("citizenships", "FR"), "`` is not a value of `citizenships`"),
        ({"citizenships": "FR;FR"}, Contains("citizenships", "FR"), "`FR;FR` names a member twice"),
        ({"citizenships": "XX1"}, Contains("citizenships", "FR"), "column `citizenships`: `XX1` is not a value"),
        (
            {"citizenships": "", "citizenships_complete": "true"},
            Contains("citizenships", "FR"),
            "so it cannot be complete",
        ),
        (
            {"citizenships": "FR", "citizenships_complete": "maybe"},
            Contains("citizenships", "FR"),
            "neither `true` nor `false` in `citizenships_complete`",
        ),
        ({"until": "2026-06-12T12:00:00"}, Attested("a"), "column `until`: `2026-06-12T12:00:00` (1 row)"),
        ({"until": "tomorrow"}, Attested("a"), "column `until`: `tomorrow` (1 row)"),
        ({"citizenships_complete": "true"}, Attested("a"), "goes with a column `citizenships`, which is not there"),
    ],
)
def test_what_a_fact_does_not_admit_is_refused_with_its_column(
    tmp_path: Path, row: dict[str, str], condition: Condition, message: str
) -> None:
    assert message in rejection(csv_file(tmp_path, [{**PERSON, **row}]), condition)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("'ann' AS subject, 'person' AS kind, 1.5 AS level", "column `level` has the type DECIMAL(2,1)"),
        ("'ann' AS subject, 'person' AS kind, 1 AS a", "column `a` has the type INTEGER; it must be boolean or string"),
        ("'ann' AS subject, 'person' AS kind, ['FR', NULL] AS citizenships", "a member of `citizenships` that is null"),
        ("'ann' AS subject, 'person' AS kind, [''] AS citizenships", "`` is not a value of `citizenships`"),
        ("'ann' AS subject, 'person' AS kind, ['F' || chr(31) || 'R'] AS citizenships", "does not print"),
        ("'ann' AS subject, 'person' AS kind, 9007199254740992 AS level", "column `level`: `9007199254740992`"),
        ("'ann' AS subject, NULL::VARCHAR AS kind", "column `kind`: `` (1 row)"),
        ("'ann' AS subject", "there is no column `kind`"),
        ("'person' AS kind", "there is no column `subject`"),
    ],
)
def test_what_a_parquet_file_must_not_hold(tmp_path: Path, select: str, message: str) -> None:
    path = parquet(tmp_path / "p.parquet", f"SELECT {select}")
    condition = Compare("level", Comparison.EQUAL, 1) if "level" in select else Contains("citizenships", "FR")
    assert message in rejection(path, condition)


def test_how_many_rows_are_wrong_is_said(tmp_path: Path) -> None:
    rows = [{"subject": f"s{n}", "kind": "person", "a": "no" if n % 3 else f"x{n}"} for n in range(30)]
    message = rejection(csv_file(tmp_path, rows), Attested("a"))
    assert message.startswith("column `a`: `no` (20 rows), `x0` (1 row), `x12` (1 row); 30 rows in all; allowed is")


def test_a_column_that_no_instrument_asks_about_is_not_read(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [{**PERSON, "a": "true", "level": "not a number", "shoe_size": "42"}])
    assert who_gains(path, Attested("a")) == ["ann"]
    population = open_population(path, ALL, NOON, limits=SMALL)
    assert population.ignored == ("shoe_size",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "people.csv:1:1: the file is empty"),
        (b"subject,kind,kind\n", "the column `kind` is there twice"),
        (b"subject,kind\nann,person,more\n", "duckdb"),
        (b'subject,kind\n"ann,person\n', "duckdb"),
        (b"subject,kind\n\xff\xfe,person\n", "duckdb"),
        (b'"subj', "is not a header in CSV"),
        (b"subject,\xff\n", "is not a header in UTF-8"),
        (b"subject,kind," + b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "has 10,002 columns"),
    ],
)
def test_what_is_no_csv_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert message in rejection(path, Attested("a"))


def test_what_is_no_parquet_is_an_error_in_words(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1 but not really")
    with pytest.raises((PopulationUnusable, PopulationRejected), match="duckdb: "):
        open_population(path, ALL, NOON, limits=SMALL)
    with pytest.raises(PopulationRejected, match="there is no file"):
        open_population(tmp_path / "nowhere.csv", ALL, NOON)
    with pytest.raises(PopulationRejected, match=r"holds no `\*.parquet` files"):
        (tmp_path / "empty").mkdir()
        open_population(tmp_path / "empty", ALL, NOON)
    with pytest.raises(PopulationRejected, match=r"is neither `\*.parquet` nor"):
        open_population(Path(__file__), ALL, NOON)


def test_hostile_names_of_files_and_columns(tmp_path: Path) -> None:
    select = """SELECT 'ann' AS subject, 'person' AS kind, true AS a, 1 AS "x"" --", 2 AS "'; DROP", 3 AS "Org" """
    parquet(tmp_path / "plain.parquet", select.replace("'ann'", "'bob'"))
    path = parquet(tmp_path / "*'; [a]?.parquet", select)
    assert who_gains(path, Attested("a")) == ["ann"]
    population = open_population(path, ALL, NOON, limits=SMALL)
    assert population.ignored == ('x" --', "'; DROP", "Org")
    sheet = csv_file(tmp_path, [{**PERSON, "a": "true", 'x" --': "1", "'; DROP": "2"}], "'\"; [b].csv")
    assert who_gains(sheet, Attested("a")) == ["ann"]


def test_nothing_but_the_named_file_is_in_reach(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [{**PERSON, "a": "true"}])
    other = csv_file(tmp_path, [{**PERSON, "a": "true"}], "other.csv")
    population = open_population(path, ALL, NOON, limits=SMALL)
    with pytest.raises(PopulationUnusable, match="ermission"):
        list(population._rows(f"SELECT * FROM read_csv('{other}')"))
    with pytest.raises(PopulationUnusable):
        list(population._rows("INSTALL httpfs"))
    with pytest.raises((PopulationUnusable, PopulationRejected)):
        list(population._rows("SET enable_external_access = true"))


def test_each_completion_is_decided_as_the_reference_does(tmp_path: Path) -> None:
    """A set that is known in part, against the reference."""
    condition = Contains("citizenships", "IR")
    book = release(condition)
    values: dict[str, Value] = {"ann": Members(frozenset({"FR"}), True), "bob": Members(frozenset({"IR"}), False)}
    rows = [
        {**PERSON, "subject": "ann", "citizenships": "FR", "citizenships_complete": "true"},
        {**PERSON, "subject": "bob", "citizenships": "IR", "citizenships_complete": ""},
        {**PERSON, "subject": "cat", "citizenships": "", "citizenships_complete": "false"},
    ]
    gained = who_gains(csv_file(tmp_path, rows), condition)
    for row in rows:
        facts: dict[str, Any] = {**dict.fromkeys(ALL, UNKNOWN), "citizenships": values.get(row["subject"], UNKNOWN)}
        served = decide(book, Request(facts, "small", "use", NOON)).served
        assert (served == "small") == (row["subject"] in gained)


def test_memory_is_bounded_and_what_does_not_fit_is_said(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "p.parquet",
        "SELECT 's' || i AS subject, 'person' AS kind, 'org-' || (i % 1000) AS org FROM range(200000) t(i)",
    )
    population: DuckPopulation = open_population(path, ALL, NOON, limits=Limits("100MB", 1))
    after = release(OneOf("org", frozenset(f"org-{n}" for n in range(0, 1000, 2))))
    result = preview(NOBODY, after, population, Scope(NOON, organisations=2, show=1), now=NOON, stopwatch=lambda: 0.0)
    assert result.accounts == 200_000
    assert {row.subjects for row in result.rows} == {100_000}
    assert {(each.org, each.subjects) for each in result.organisations} == {("org-0", 200), ("org-10", 200)}
    with pytest.raises(PopulationUnusable, match="the population does not fit: duckdb: "):
        small = open_population(path, ALL, NOON, limits=Limits("1MB", 1))
        preview(NOBODY, after, small, Scope(NOON), now=NOON, stopwatch=lambda: 0.0)
