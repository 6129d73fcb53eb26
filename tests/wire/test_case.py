"""A whole case as JSON: written, read strictly, and nothing else is read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cases.permits import reviewed
from tests.cases.test_obligations import granted
from tests.cases.walking import exhibits

from licet.core.cases.clock import Deadline, Running, Tolled
from licet.core.cases.entry import ClockKey
from licet.wire.case import (
    NotACase,
    deadline_tree,
    obligation_tree,
    placed_tree,
    read_case,
    spelled_instant,
    standing_tree,
)
from licet.wire.entries import case_tree, spelled

WALK = reviewed().wait(days=11).do("inform", happened=reviewed().now, late="It lay on a desk.", act="a-1")
ENTRIES = (
    *WALK.entries[:-1],
    replace(WALK.entries[-1], exhibits=exhibits(2), clock=ClockKey("whole", 1, 1), second="B. Counsel"),
)
TREE = case_tree("C-7", WALK.procedure.digest, ENTRIES)


def test_it_is_read_as_it_was_written() -> None:
    found = read_case(spelled(TREE))
    assert found == ("C-7", WALK.procedure.digest, ENTRIES)
    assert found.entries[2].clock == ClockKey("whole", 1)


def changed(path: tuple[Any, ...], value: Any) -> bytes:
    tree = json.loads(spelled(TREE))
    at = tree
    for key in path[:-1]:
        at = at[key]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return spelled(tree)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "licet-case-v2"),
        (("format",), ...),
        (("stray",), 1),
        (("procedure",), "sha256:1"),
        (("entries",), {}),
        (("entries", 0, "number"), 2),
        (("entries", 0, "number"), True),
        (("entries", 0, "number"), "1"),
        (("entries", 0, "stray"), "x"),
        (("entries", 0, "event"), ...),
        (("entries", 0, "at"), "2026-06-12T21:21:00"),
        (("entries", 0, "at"), "2026-06-12T17:21:00-04:00"),
        (("entries", 0, "at"), "yesterday"),
        (("entries", 0, "fields"), []),
        (("entries", 0, "second"), None),
        (("entries", 0, "exhibits"), []),
        (("entries", 2, "clock", "again"), 0),
        (("entries", 3, "clock", "started_by"), 0),
        (("entries", 3, "exhibits", 0, "size"), -1),
        (("entries", 3, "exhibits", 0, "digest"), "sha256:1"),
        (("entries", 3, "exhibits", 0, "name"), ...),
    ],
)
def test_what_is_no_case(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(NotACase):
        read_case(changed(path, value))


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", json.dumps(TREE, indent=1).encode(), spelled(TREE) + b"\n"])
def test_other_spellings_are_refused(content: bytes) -> None:
    with pytest.raises(NotACase):
        read_case(content)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("format",), "licet-case-v2", "`format` is not `licet-case-v1`"),
        (("case",), 7, "case is not a text"),
        (("entries", 0), 7, r"entries\[0\] is not an object"),
        (("entries", 0, "at"), "2026-06-12T21:21:00", r"entries\[0\].at is not an instant in UTC"),
    ],
)
def test_what_is_wrong_with_a_case_is_said_with_its_place(path: tuple[Any, ...], value: Any, says: str) -> None:
    with pytest.raises(NotACase, match=says):
        read_case(changed(path, value))


def test_a_deadline_is_gross_tolled_and_net() -> None:
    at = [datetime(2026, 6, day, 21, tzinfo=UTC) for day in range(1, 10)]
    tolled = (Tolled("a question", at[1], at[2], at[3]),)
    made = Deadline(
        "whole", "Decide", "judge", at[0], 1, at[5], at[6], Running.MET, at[4], tolled, "sha256:c", "1 d", at[3]
    )
    said = {"reason": "a question", "since": spelled_instant(at[1]), "until": spelled_instant(at[2])}
    assert deadline_tree(made) == {
        "clock": "whole",
        "started_by": 1,
        "owner": "judge",
        "started": "2026-06-01T21:00:00+00:00",
        "gross": "2026-06-06T21:00:00+00:00",
        "due": "2026-06-07T21:00:00+00:00",
        "running": "met",
        "ended": "2026-06-05T21:00:00+00:00",
        "tolled": [said | {"capped": "2026-06-04T21:00:00+00:00"}],
        "calendar": "sha256:c",
        "because": "1 d",
        "warned_from": "2026-06-04T21:00:00+00:00",
    }


def test_an_obligation_says_whose_it_is_since_when_and_how_it_stands() -> None:
    (made,) = granted(within="30 d").do("discharge", fields={"obligation": "3.report"}).case().obligations
    assert obligation_tree(made) == {
        "obligation": "3.report",
        "kind": "condition",
        "owner": "the holder",
        "since": spelled_instant(made.since),
        "due": "2026-07-14T03:59:59+00:00",
        "kept": "discharged",
        "discharged": [spelled_instant(made.discharged[0])],
        "cure_by": None,
    }


def test_an_entry_that_was_recorded_late_says_so_and_what_it_moved() -> None:
    placed = next(each for each in WALK.case().entries if each.entry.event == "inform")
    tree = placed_tree(placed)
    assert (tree["number"], tree["event"], tree["backdated"]) == (4, "inform", True)
    assert tree["shifts"] == [each._asdict() for each in placed.shifts]
    assert tree.keys() == {"number", "event", "before", "after", "overtaken", "backdated", "shifts"}


def test_a_case_as_it_stands() -> None:
    tree = standing_tree(WALK.case())
    assert json.loads(spelled(tree)) == tree
    assert (tree["state"], tree["number"], tree["final"]) == ("review", 4, False)
    assert [each["overtaken"] for each in tree["entries"]] == [False, False, False, True]
    assert tree["deadlines"][0]["due"] == "2026-09-11T03:59:59+00:00"
