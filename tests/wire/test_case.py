"""A whole case as JSON: written, read strictly, and nothing else is read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.cases.permits import reviewed
from tests.cases.walking import exhibits

from licet.core.cases.entry import ClockKey
from licet.wire.case import NotACase, read_case, standing_tree
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


def test_a_case_as_it_stands() -> None:
    tree = standing_tree(WALK.case())
    assert json.loads(spelled(tree)) == tree
    assert (tree["state"], tree["number"], tree["final"]) == ("review", 4, False)
    assert [each["overtaken"] for each in tree["entries"]] == [False, False, False, True]
    assert tree["deadlines"][0]["due"] == "2026-09-11T03:59:59+00:00"
