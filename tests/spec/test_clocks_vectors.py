"""`vectors/clocks/`: limits, deadlines and tables of working days, to when something is due."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.limits import after
from licet.cases.clocks.spent import spent
from licet.core.cases.calendar import BeyondCalendar
from licet.core.cases.clock import Base, Choice, ClockRule, Deadline, Limit, Roll, Running, Toll, Tolled
from licet.core.cases.limit_text import LimitRejected, limit_text, read_limit
from licet.core.conditions import Attested, Condition
from licet.core.facts import Value
from licet.wire.calendar_table import read_table, table_digest, table_tree

VECTORS = Path(__file__).parents[2] / "vectors" / "clocks"
TREES: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in VECTORS.glob("*.json")}


TABLES = {name: read_table(tree["calendar"], tree) for name, tree in TREES["tables"]["tables"].items()}


def cases(file: str, part: str = "cases") -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in TREES[file][part]]


def how(tree: dict[str, Any]) -> dict[str, Any]:
    return {
        "zone": tree["zone"],
        "first_day": tree.get("first_day", False),
        "end_of_day": time.fromisoformat(tree.get("end_of_day", "23:59:59")),
        "roll": Roll(tree.get("roll", "none")),
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_digest(name: str) -> None:
    table, tree = TABLES[name], TREES["tables"]["tables"][name]
    assert table.digest == table_digest(table.years, table.weekend, table.holidays) == tree["digest"]
    assert tree.items() >= table_tree(table.years, table.weekend, table.holidays).items()


def test_the_tree_of_a_table_is_in_order() -> None:
    tree = table_tree((2026, 2026), [6, 5], {date(2026, 7, 4): "b", date(2026, 1, 1): "a"})
    assert tree["weekend"] == [5, 6]
    assert list(tree["days"]) == ["2026-01-01", "2026-07-04"]


@pytest.mark.parametrize("case", cases("limits"))
def test_a_limit_ends_when_it_says(case: dict[str, Any]) -> None:
    start = datetime.fromisoformat(case["start"])
    found = after(start, read_limit(case["limit"]), table=TABLES[case["table"]], **how(case))
    assert found.isoformat() == case["expect"]


def instant(tree: str | None) -> datetime | None:
    return None if tree is None else datetime.fromisoformat(tree)


def rule_of(tree: dict[str, Any]) -> ClockRule:
    tolls = {
        reason: Toll(reason, reason, None if cap is None else read_limit(cap), "")
        for reason, cap in tree.get("tolls", {}).items()
    }
    return ClockRule(
        "review",
        "Review",
        "agency",
        tuple(map(choice_of, tree["limits"])),
        tolls=tolls,
        warns=read_limit(tree["warns"]) if "warns" in tree else None,
        **how(tree),
    )


def choice_of(tree: dict[str, Any]) -> Choice:
    when: Condition | None = Attested(tree["if"]) if "if" in tree else None
    return Choice(read_limit(tree["limit"]), when, tree.get("if", ""))


def deadline_of(case: dict[str, Any]) -> Deadline:
    ended = case.get("ended")
    tolls = [Tolled(reason, datetime.fromisoformat(since), instant(until)) for reason, since, until in case["tolls"]]
    fields: dict[str, Value] = case.get("fields", {})
    return deadline(
        rule_of(case["rule"]),
        started=datetime.fromisoformat(case["started"]),
        started_by=1,
        tolls=tolls,
        ended=None if ended is None else (datetime.fromisoformat(ended["at"]), Running(ended["how"])),
        now=datetime.fromisoformat(case["now"]),
        table=TABLES[case["table"]],
        fields=fields,
    )


def said(found: Deadline, now: datetime) -> dict[str, Any]:
    """A deadline as the vectors say it."""
    took = spent(found, now)
    tolled = [
        {
            "reason": each.reason,
            "since": each.since.isoformat(),
            "until": each.until and each.until.isoformat(),
            "capped": each.capped and each.capped.isoformat(),
        }
        for each in found.tolled
    ]
    return {
        "gross": found.gross.isoformat(),
        "due": found.due and found.due.isoformat(),
        "running": found.running.value,
        "because": found.because,
        "warned_from": found.warned_from and found.warned_from.isoformat(),
        "tolled": tolled,
        "spent": {part: int(getattr(took, part).total_seconds()) for part in ("gross", "tolled", "net")},
    }


@pytest.mark.parametrize("case", cases("deadlines"))
def test_a_deadline_stands_as_it_says(case: dict[str, Any]) -> None:
    found = deadline_of(case)
    whole = said(found, datetime.fromisoformat(case["now"]))
    assert {part: whole[part] for part in case["expect"]} == case["expect"]
    assert {"gross", "due", "running"} <= case["expect"].keys()
    assert found.calendar == TABLES[case["table"]].digest


@pytest.mark.parametrize("case", cases("texts", "limits"))
def test_a_limit_reads_and_is_written_the_same(case: dict[str, Any]) -> None:
    limit = Limit(case["count"], Base(case["base"]))
    assert read_limit(case["name"]) == limit
    assert limit_text(limit) == case["name"]


@pytest.mark.parametrize("case", cases("texts", "refused"))
def test_what_is_no_limit_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(LimitRejected) as refused:
        read_limit(case["name"])
    assert str(refused.value) == case["message"]


@pytest.mark.parametrize("case", cases("texts", "beyond"))
def test_beyond_a_table_nothing_is_assumed(case: dict[str, Any]) -> None:
    with pytest.raises(BeyondCalendar) as refused:
        after(
            datetime.fromisoformat(case["start"]), read_limit(case["limit"]), table=TABLES[case["table"]], **how(case)
        )
    assert str(refused.value) == case["message"]


def test_every_case_says_why_in_a_sentence_and_is_named_once() -> None:
    for name, tree in TREES.items():
        for part in tree.keys() - {"about", "tables"}:
            names = [case["name"] for case in tree[part]]
            assert len(names) == len(set(names)), name
            assert all(case["why"].endswith(".") for case in tree[part]), name
    assert len(TREES["limits"]["cases"]) >= 60
    assert len(TREES["deadlines"]["cases"]) >= 30
