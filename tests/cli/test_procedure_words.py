"""A procedure laid out: who may hold a role, and what must hold of a case, are said wherever it is published."""

from __future__ import annotations

from tests.cases.permits import procedure

from licet.cli.cases.laid_out import events_grid, roles_grid
from licet.cli.cases.procedure_tree import procedure_tree
from licet.cli.terminal.blocks import Grid
from licet.pages.register.procedure import events
from licet.pages.words import Names

HEARING = procedure("hearing@1")


def texts(grid: Grid) -> dict[str, list[str]]:
    rows = [[cell.text for cell in row] for row in grid.rows]
    return {row[0]: row[1:] for row in rows}


def test_who_may_hold_a_role() -> None:
    said = texts(roles_grid(HEARING))
    assert said["applicant"][0] == "the applicant, recorded by an officer; named by the field organisation"
    assert said["agency"][0] == "an agency, recorded by an officer; several may act in it"
    assert said["witness"][0] == "the witness, recorded by an officer"
    tree = {
        each["role"]: (each["several"], each["named_by"]) for each in procedure_tree(HEARING, shipped=False)["roles"]
    }
    assert tree == {
        "applicant": (False, "organisation"),
        "agency": (True, None),
        "witness": (False, None),
        "clerk": (False, None),
    }


def test_what_must_hold_of_a_case() -> None:
    assert 'in proposed only if proposal != "refuse"' in texts(events_grid(HEARING))["allow"][-1]
    assert "only if" not in texts(events_grid(HEARING))["add"][-1]
    tree = {each["event"]: each["if"] for each in procedure_tree(HEARING, shipped=False)["events"]}
    assert tree["allow"] == {"proposed": 'proposal != "refuse"'}
    assert tree["add"] == {}


def test_the_page_of_the_register_says_it_too() -> None:
    rows = {row[0]: row for row in events(HEARING).rows}
    assert rows["Allow"][3] == Names(("Heard", 'Proposed, only if proposal != "refuse"'))
    assert rows["Add"][3] == Names(("Heard", "Proposed"))
