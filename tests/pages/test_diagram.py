"""The diagram of a procedure: everything of it is there, nothing lies over anything else, and it needs no colour."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from licet.core.cases.procedure import Procedure
from licet.pages.diagram import diagram
from licet.pages.diagram.column import INSIDE, LABEL, Place, column
from licet.pages.diagram.lanes import lanes
from licet.pages.diagram.wording import lines, width_of
from licet.wire.documents import read_cases

SVG = "{http://www.w3.org/2000/svg}"
PROCEDURES = read_cases(()).procedures
each_procedure = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)


def words(text: str) -> str:
    return " ".join(text.split())


@each_procedure
def test_every_state_and_event_is_in_it(procedure: Procedure) -> None:
    root = ET.fromstring(diagram(procedure))
    said = words(" ".join(text.text or "" for text in root.iter(f"{SVG}text")))
    for state in procedure.states.values():
        assert words(state.title) in said
    for event in procedure.events.values():
        arrow = f" → {procedure.states[event.to].title}" if event.to else ""
        assert words(event.title + arrow) in said
    for clock in procedure.clocks.values():
        assert words(clock.title) in said


@each_procedure
def test_it_is_named_and_described_for_those_who_hear_it(procedure: Procedure) -> None:
    root = ET.fromstring(diagram(procedure))
    assert root.get("role") == "img"
    named = {each.get("id"): each.text or "" for tag in ("title", "desc") for each in root.iter(SVG + tag)}
    title, desc = (named[each] for each in (root.get("aria-labelledby") or "").split())
    assert procedure.name in title
    assert all(f"“{event.title}”" in desc for event in procedure.events.values() if event.to)


@each_procedure
def test_nothing_lies_over_anything_else(procedure: Procedure) -> None:
    blocks = column(procedure, 10)
    for above, below in pairwise(blocks):
        assert above.bottom < below.top
    for block in blocks:
        rows = block.rows
        assert all(row.top >= block.top + block.head_height for row in rows)
        assert all(one.top + one.height < other.top for one, other in pairwise(rows))
        assert all(row.top + row.height < block.bottom for row in rows)
    found = lanes(blocks)
    for number, lane in enumerate(found):
        for other in found[number + 1 :]:
            if (lane.left, lane.number) == (other.left, other.number):
                assert lane.span[1] < other.span[0] or other.span[1] < lane.span[0]


@each_procedure
def test_each_arrow_leads_to_the_state_that_its_event_names(procedure: Procedure) -> None:
    blocks = column(procedure, 10)
    by_target = {lane.target: lane for lane in lanes(blocks)}
    for block in blocks:
        for row in block.rows:
            if row.target and row.target != block.name:
                assert row.middle in by_target[row.target].leaves
    for block in blocks:
        if block.place in (Place.STATE, Place.FINAL):
            assert by_target[block.name].arrives == block.middle


def test_a_long_word_is_cut_and_every_line_fits() -> None:
    found = lines("a " + "W" * 200 + " b", LABEL, INSIDE)
    assert "".join(found).replace(" ", "") == "a" + "W" * 200 + "b"
    assert all(width_of(line, LABEL) <= INSIDE for line in found)


def test_on_a_page_nothing_styles_it_but_attributes() -> None:
    """Pages permit no style but their own stylesheet."""
    procedure = PROCEDURES["appeal@2026-07"]
    inside = diagram(procedure, alone=False)
    assert "<style" not in inside
    assert "style=" not in inside
    assert re.findall(r'(?:fill|stroke)="(?!none|var\(--)', inside) == []
    assert "prefers-color-scheme:dark" in diagram(procedure)


def test_hostile_titles_are_text() -> None:
    procedure = PROCEDURES["appeal@2026-07"]
    hostile = procedure.states["filed"].__class__("filed", "<script>&\u202e", "", False, None)
    drawn = diagram(
        Procedure(
            **{name: getattr(procedure, name) for name in Procedure.__slots__}
            | {"states": {**procedure.states, "filed": hostile}}
        )
    )
    assert "<script>" not in drawn
    assert "\u202e" not in drawn
    ET.fromstring(drawn)
