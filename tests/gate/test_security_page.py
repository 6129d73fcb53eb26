"""SECURITY.md names tests that exist, and every bypass and store that it must speak of."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()
BYPASSES = "tests/gate/test_bypasses.py"
NAMED = re.compile(r"`(?:(tests/[a-z0-9_/]+\.py)::)?(test_[a-z0-9_]+)`")


def rows(heading: str) -> list[list[str]]:
    """The rows of the tables under a heading, without their heads."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    heads = {at + step for at, line in enumerate(lines) if line.startswith("|---") for step in (-1, 0)}
    rows = (line for at, line in enumerate(lines) if at not in heads)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]


def functions_of(path: str) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


def test_every_test_that_is_named_exists() -> None:
    found = [NAMED.fullmatch(row[-1]) for row in rows("Bypasses that were tried")]
    assert len(found) > 30
    for match in found:
        assert match is not None
        assert match[2] in functions_of(match[1] or BYPASSES), match[0]


def test_every_test_of_who_may_enact_exists() -> None:
    found = [NAMED.fullmatch(row[-1]) for row in rows("Who may enact")]
    assert len(found) > 10
    for match in found:
        assert match is not None
        assert match[2] in functions_of(match[1]), match[0]


def test_every_test_of_the_record_exists() -> None:
    found = [NAMED.fullmatch(row[-1]) for row in rows("The record")]
    assert len(found) > 10
    for match in found:
        assert match is not None
        assert match[2] in functions_of(match[1]), match[0]


def test_every_test_of_what_is_kept_of_people_exists() -> None:
    found = [(row, NAMED.fullmatch(row[-1])) for row in rows("What is kept of people")]
    named = [match for row, match in found if match is not None]
    assert len(named) > 10
    for match in named:
        assert match[2] in functions_of(match[1]), match[0]


@pytest.mark.parametrize(("heading", "least"), [("Evidence", 20), ("Safeguards", 10), ("Cases", 30)])
def test_every_test_of_evidence_and_safeguards_exists(heading: str, least: int) -> None:
    found = [NAMED.fullmatch(row[-1]) for row in rows(heading)]
    assert len(found) >= least
    for match in found:
        assert match is not None
        assert match[2] in functions_of(match[1]), match[0]


def test_every_test_that_is_named_with_its_file_exists() -> None:
    named = re.findall(r"(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)", PAGE)
    assert len(named) > 120
    for path, name in named:
        assert name in functions_of(path), f"{path}::{name}"


def test_every_bypass_test_is_named() -> None:
    named = {match[2] for match in NAMED.finditer(PAGE)}
    assert functions_of(BYPASSES) - named == {"test_the_plain_way_is_refused"}


@pytest.mark.parametrize(
    "words",
    [
        "model key twice",
        "byte order marks",
        "UTF-16, UTF-32",
        "escapes in keys",
        "gzip",
        "chunked bodies",
        "length and chunks",
        "case, dots",
        "look-alikes",
        "aliases",
        "in paths",
        "method override",
        "query-string models",
        "batches",
        "models inside",
        "doubled headers",
        "huge numbers",
        "deep nesting",
        "HTTP/1.0",
        "pipelining",
    ],
)
def test_every_bypass_of_the_issue_is_there(words: str) -> None:
    assert any(words in row[0] for row in rows("Bypasses that were tried")), words


def test_every_store_is_spoken_of() -> None:
    stores = ["licet.db", "secret", "journal/", "workers/", "licet.yaml", "rulebook files", "upstream", "clock"]
    found = rows("Who is trusted, store by store")
    record = ["record/", "record-lock/", "record-staging/", "record.key", "segments/", "record-openings/", "a witness"]
    people = [
        "pseudonyms/",
        "status-lists/",
        "an issuer",
        "a SCIM token",
        "an invitation",
        "office sessions",
        "an officer's key",
    ]
    evidence = [
        "logs",
        "receipts",
        "labels",
        "judgements",
        "documents of evidence",
        "a classifier",
        "the embedded head",
    ]
    of_cases = ["cases in", "calendars", "the mail server", "the register's folder"]
    for store in [*stores, *record, *people, *evidence, *of_cases, "environment", "metrics"]:
        assert any(store in row[0] for row in found), store
    assert all(len(row) == 4 and all(row) for row in found)


def test_everything_that_opens_a_commitment_is_spoken_of() -> None:
    found = rows("What opens the log's commitments, when it leaks")
    for secret in (".seed", ".facts", ".parquet", "record-openings/", "disclosure of whole", "proof file"):
        assert any(secret in row[0] for row in found), secret
    assert all(len(row) == 3 and row[1] for row in found)


def test_every_test_of_verifying_somebody_else_exists() -> None:
    found = [NAMED.fullmatch(row[-1]) for row in rows("Verifying somebody else")]
    assert len(found) > 10
    for match in found:
        assert match is not None
        assert match[2] in functions_of(match[1]), match[0]
