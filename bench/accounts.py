"""Generated accounts in Parquet: people and workloads as `bench.worlds` has them, as many as asked for, by DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.worlds import COUNTRIES, ORGANISATIONS

A_FILE = 10_000_000
"""Accounts in one file; of more, a folder holds several."""

UNATTESTED = 80
"""Of a thousand values of a fact, so many are not known."""

PERSON, WORKLOAD = "CASE WHEN person THEN {} END", "CASE WHEN NOT person THEN {} END"
COLUMNS = {
    "natural_person": "person",
    "org": f"'org-' || lpad((draw_org % {len(ORGANISATIONS)})::VARCHAR, 3, '0')",
    "staff": "draw_staff % 1000 < 50",
    "designated_covered_person": "false",
    "us_citizen": PERSON.format("citizen"),
    "lpr": PERSON.format("NOT citizen AND draw_lpr % 1000 < 200"),
    "protected_individual": PERSON.format("false"),
    "citizenships": PERSON.format("[home]"),
    "residence": PERSON.format("home"),
    "in_united_states": PERSON.format("home = 'US'"),
    "covered_employment": PERSON.format("false"),
    "us_organised": WORKLOAD.format("home = 'US'"),
    "org_country": WORKLOAD.format("home"),
    "covered_ownership": WORKLOAD.format("home IN ('CN', 'RU')"),
}


def draw(number: int) -> str:
    """A number that depends on nothing but the account and which draw it is."""
    return f"(hash(i * 64 + {number}) >> 33)::BIGINT"


def make(folder: Path, accounts: int, memory: str = "2GB") -> Path:
    """Write so many accounts; the folder that holds them."""
    folder.mkdir(parents=True)
    connection = duckdb.connect(config={"memory_limit": memory, "preserve_insertion_order": False})
    connection.execute(f"SET temp_directory = '{folder}/spill'")
    for first in range(0, accounts, A_FILE):
        last = min(first + A_FILE, accounts)
        connection.execute(f"COPY ({rows(first, last)}) TO '{folder}/{first:012}.parquet' (FORMAT parquet)")
    connection.close()
    return folder


def rows(first: int, last: int) -> str:
    """The accounts `[first, last)` as a query; the same ones whoever asks."""
    facts = ", ".join(
        f"CASE WHEN {draw(20 + number)} % 1000 >= {UNATTESTED} THEN {value} END AS {name}"
        for number, (name, value) in enumerate(COLUMNS.items())
    )
    homes = ", ".join(f"'{country}'" for country in COUNTRIES)
    return f"""
        WITH draws AS (
            SELECT i, [{homes}][1 + {draw(0)} % {len(COUNTRIES)}] AS home, {draw(1)} % 1000 < 800 AS person,
                {draw(2)} AS draw_citizen, {draw(3)} AS draw_org, {draw(4)} AS draw_staff, {draw(5)} AS draw_lpr
            FROM range({first}, {last}) AS t(i)
        ), people AS (SELECT *, home = 'US' AND draw_citizen % 1000 < 900 AS citizen FROM draws)
        SELECT 'account-' || i AS subject, CASE WHEN person THEN 'person' ELSE 'workload' END AS kind, {facts},
            citizenships IS NOT NULL AND {draw(6)} % 1000 < 700 AS citizenships_complete
        FROM people"""
