"""What points at a case, and how much of a long list is shown: `case show`, `case open`, `case list`, `clocks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_cases import CASE, Officers, desk, opened, shown  # noqa: F401 - fixtures
from tests.cli.test_cases_bulk import ROWS, parts, queue, sheet  # noqa: F401 - a fixture
from tests.services.test_cases_remitted import APPEAL, REMIT

from licet.wire import yaml
from licet.wire.document_text import text_of


@pytest.fixture
def appealed(opened: Officers) -> Officers:  # noqa: F811 - the fixture
    """C-1 is appealed by C-2, in which everything is submitted."""
    fields = [each for name, value in APPEAL.items() for each in ("--field", f"{name}={value}")]
    said = opened("ann", "case", "appeal", "C-1", "--party", "appellant=acme", *fields, "--json")
    assert said.code == 0, said
    assert said.tree["hints"] == []
    for event in ("admit", "close_submissions"):
        assert opened("ann", "case", "act", "C-2", event).code == 0
    return opened


@pytest.fixture
def remitted(appealed: Officers) -> Officers:
    """The same, and C-2 sent C-1 back."""
    assert appealed("cy", "case", "decide", "C-2", "remit", "d.yaml", "--draft").code == 0
    path = Path("d.yaml")
    (document,) = yaml.read("d.yaml", path.read_bytes())
    path.write_text(text_of([{**document.tree, **REMIT}]))
    proposed = appealed("cy", "case", "decide", "C-2", "remit", "d.yaml", "--json")
    assert proposed.code == 6, proposed
    approved = appealed("ben", "approve", proposed.tree["act"])
    assert approved.code == 0, approved
    return appealed


def again(desk: Officers, *more: str) -> Any:  # noqa: F811 - the fixture
    return desk("ann", "case", "open", *CASE, "--fields", "application.yaml", *more)


def line(text: str, name: str) -> str:
    """What stands beside a name in the head of a case."""
    return next(each.removeprefix(name).strip() for each in text.splitlines() if each.startswith(f"{name}  "))


def test_a_case_names_its_appeal(appealed: Officers) -> None:
    tree = shown(appealed)
    assert tree["linked_from"] == [
        {
            "said": "appealed by",
            "relation": "appeals",
            "target": "C-1",
            "case": "C-2",
            "procedure": "appeal@2026-07",
            "state": "closed",
            "final": False,
        }
    ]
    assert (tree["linked_counts"], tree["take_up"]) == ({"appeals": 1}, None)
    text = appealed("ann", "case", "show", "C-1").out
    assert line(text, "appealed by").startswith("C-2 (appeal@2026-07: ")
    assert line(appealed("ann", "case", "show", "C-2").out, "appeals") == "C-1"
    assert (shown(appealed, "C-2")["linked_from"], shown(appealed, "C-2")["linked_counts"]) == ([], {})


def test_command_lines_stand_under_a_title(opened: Officers) -> None:  # noqa: F811 - the fixture
    text = opened("ann", "case", "show", "C-1").out
    before, _, after = text.partition("\ncommand lines, to be completed\n")
    assert "what is possible now" in before
    assert after.strip().splitlines()[0].startswith("licet case ")


def test_what_was_sent_back_is_to_be_taken_up_until_a_case_does(remitted: Officers) -> None:
    text = remitted("ann", "case", "show", "C-2").out
    assert "it is to be decided again, and no case takes that up yet; this opens one" in text
    take_up = shown(remitted, "C-2")["take_up"]
    assert take_up in text.splitlines()
    assert take_up.startswith("licet case open licence_application --party applicant=acme --field")
    assert take_up.endswith(" --link follows=C-2")
    said = again(remitted, "--link", "follows=C-2", "--json")
    assert (said.code, said.tree["hints"]) == (0, [])
    assert [(each["said"], each["case"], each["target"]) for each in shown(remitted)["linked_from"]] == [
        ("appealed by", "C-2", "C-1"),
        ("decided again in", "C-3", "C-2"),
    ]
    assert line(remitted("ann", "case", "show", "C-1").out, "decided again in").startswith("C-3 (licence_application@")
    tree = shown(remitted, "C-2")
    assert (tree["take_up"], tree["linked_counts"], tree["linked_from"][0]["said"]) == (
        None,
        {"follows": 1},
        "decided again in",
    )
    assert again(remitted, "--json").tree["hints"] == []


def test_who_opens_a_case_anew_hears_of_the_appeal_that_nobody_took_up(remitted: Officers) -> None:
    other = remitted("ann", "case", "open", "licence_application", "--csv", sheet(ROWS[1]))
    assert (other.code, "takes that up" in other.out) == (0, False)
    said = again(remitted)
    assert said.code == 0
    hint = "the appeal C-2 sent C-1 back, of acme, and no case takes that up yet; if C-4 does:"
    assert said.out.splitlines()[-2:] == [hint, "licet case link C-4 follows C-2"]
    tree = again(remitted, "--json").tree
    assert tree["hints"] == [
        {"appeal": "C-2", "party": "acme", "case": "C-5", "command": "licet case link C-5 follows C-2"}
    ]
    assert remitted("ann", *tree["hints"][0]["command"].split()[1:]).code == 0
    assert shown(remitted)["linked_from"][-1]["case"] == "C-5"
    assert "takes that up" not in again(remitted).out


def test_of_many_new_cases_each_party_hears_of_its_own(remitted: Officers) -> None:
    tree = remitted("ann", "case", "open", "licence_application", "--csv", sheet(*reversed(ROWS)), "--json").tree
    assert [(each["party"], each["case"]) for each in tree["hints"]] == [("acme", "C-5")]


def test_a_list_shows_as_many_as_are_asked_for_and_says_how_many_more(queue: Officers) -> None:  # noqa: F811
    tree = queue("ann", "case", "list", "--limit", 3, "--json").tree
    assert ([each["case"] for each in tree["cases"]], tree["total"]) == (["C-1", "C-2", "C-3"], 4)
    assert all(each["due"]["case"] == each["case"] for each in tree["cases"])
    text = queue("ann", "case", "list", "--limit", 1).out
    assert text.splitlines()[-1] == "and 3 more: `--limit 2` shows more, `--limit all` all of them"
    for arguments in ((), ("--limit", "all"), ("--limit", 4)):
        assert "more:" not in queue("ann", "case", "list", *arguments).out
    tree = queue("ann", "case", "list", "--parent", "C-1", "--limit", 2, "--json").tree
    assert ([each["case"] for each in tree["cases"]], tree["total"]) == (["C-2", "C-3"], 3)
    for wrong in ("0", "-1", "x", "1.5", "\u0661"):
        said = queue("ann", "case", "list", "--limit", wrong)
        assert (said.code, f"`{wrong}` is neither a whole number from 1 nor `all`" in said.err) == (2, True)


def test_what_is_due_is_bounded_and_counted(queue: Officers) -> None:  # noqa: F811 - the fixture
    tree = queue("ann", "clocks", "--limit", 3, "--json").tree
    assert (len(tree["due"]), tree["total"], tree["overdue"]) == (3, 8, 0)
    assert tree["due"] == queue("ann", "clocks", "--limit", "all", "--json").tree["due"][:3]
    last = "and 5 more: `--limit 6` shows more, `--limit all` all of them"
    assert queue("ann", "clocks", "--limit", 3).out.splitlines()[-1] == last
    tree = queue("ann", "clocks", "--case", "C-2", "--case", "C-4", "--limit", 1, "--json").tree
    assert ([each["case"] for each in tree["due"]], tree["total"]) == (["C-2"], 4)
    owner = tree["due"][0]["owner"]
    tree = queue("ann", "clocks", "--owner", owner, "--json").tree
    assert ({each["owner"] for each in tree["due"]}, len(tree["due"])) == ({owner}, tree["total"])
    assert queue("ann", "clocks", "--within", "1h", "--json").tree["total"] == 0


def test_the_queue_says_of_each_part_whom_it_is_about_and_what_was_answered(queue: Officers) -> None:  # noqa: F811
    found = parts(queue)
    assert [(each["organisation"], each["outcome"], each["answer"]) for each in found] == [
        ("acme", None, None),
        ("bolt", None, None),
        ("coil", None, None),
    ]
    tree = queue("ann", "case", "queue", "C-1", "--limit", 1, "--json").tree
    assert (len(tree["parts"]), tree["total"], tree["counts"], tree["open"]) == (1, 3, {"registered": 3}, 3)
    assert queue("ann", "case", "queue", "C-1", "--limit", 2).out.splitlines()[-1].startswith("and 1 more: `--limit 3`")
    assert "3 cases, 3 open" in queue("ann", "case", "queue", "C-1", "--limit", 1).out
    assert line(queue("ann", "case", "show", "C-1").out, "its parts") == "3: `licet case queue C-1`"
    assert shown(queue)["linked_counts"] == {"part of": 3}


def test_nothing_overdue_and_nothing_to_destroy_are_said_as_what_they_are(opened: Officers) -> None:  # noqa: F811
    assert opened("ann", "case", "list", "--overdue").out == "nothing is overdue in 1 case\n"
    assert opened("ann", "case", "list", "--overdue", "--topic", "appeal").out == "no case with topic `appeal`\n"
    nothing = "no case may be destroyed now: each is open, kept for longer yet, held, or still owed something\n"
    assert opened("ann", "case", "list", "--destroyable").out == nothing
    assert opened("ann", "case", "list", "--destroyable", "--json").tree == {"cases": [], "total": 0}
