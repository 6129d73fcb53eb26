"""`licet incident`: assess without an installation; open, report, amend and list with one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

FACTS = """title: Loop in the sandbox
occurred: 2026-06-12
discovered: 2026-06-12T17:21:00-04:00
determined: 2026-06-12T17:21:00-04:00
plain_statement: It left its sandbox.
critical_safety_incident: true
deaths: 0
imminent_danger: false
training_operations_e24: 300
"""
AT = ("--at", "2026-06-13T09:00:00-04:00")
ROLES = {"ann": "[officer]", "ben": "[approver]", "root": "[administrator]"}


@pytest.fixture
def facts(here: Path) -> Path:
    path = here / "facts.yaml"
    path.write_text(FACTS)
    return path


@pytest.fixture
def officers(installed: Command, here: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """An installation with officers; ann signs."""
    assert facts.exists()
    keys = {name: installed("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ROLES}
    rows = [f"  {name}: {{roles: {roles}, keys: ['{keys[name]}']}}\n" for name, roles in ROLES.items()]
    (here / "officers.yaml").write_text("officers:\n" + "".join(rows))
    assert installed("officers", "appoint", "--file", "officers.yaml").code == 0
    monkeypatch.setenv("LICET_OFFICER_KEY", str(here / "ann.key"))
    return installed


@pytest.fixture
def opened(officers: Command) -> Command:
    """The same, with the incident C-1 and the cases of its duties."""
    said = officers("incident", "open", "facts.yaml", "--duties", "--json")
    assert said.code == 0, said
    return officers


def cases(said: object) -> dict[str, str]:
    return {each["duty"].partition("@")[0]: each["case"] for each in said.tree["duties"] if each["case"]}  # type: ignore[attr-defined]


@pytest.mark.usefixtures("facts")
def test_a_file_is_assessed_without_an_installation(licet: Command, here: Path) -> None:
    said = licet("incident", "assess", "facts.yaml", *AT)
    assert said.code == 0 and said.err == ""
    assert re.search(r"sb53 +applies +in force since 2026-01-01 +2026-06-27T23:59-07:00 +14d17h +2/4", said.out)
    assert re.search(r"raise +not law", said.out)
    assert "not known for sb53: why_it_qualifies, internal_use" in said.out
    assert sorted(each.name for each in here.iterdir()) == ["facts.yaml"]
    tree = licet("incident", "assess", "facts.yaml", *AT, "--json").tree
    assert tree["incident"] is None and tree["title"] == "Loop in the sandbox"
    assert tree["duties"][0]["duty"] == "sb53@2026-07"
    assert tree["facts"]["deaths"] == 0


@pytest.mark.usefixtures("facts")
def test_what_is_late_is_shown_as_late(licet: Command) -> None:
    said = licet("incident", "assess", "facts.yaml", "--at", "2026-06-28T09:00:00-07:00")
    assert re.search(r"sb53 +applies .* -9h ", said.out)


@pytest.mark.usefixtures("facts")
def test_why_shows_every_test_with_condition_and_source(licet: Command) -> None:
    said = licet("incident", "assess", "facts.yaml", *AT, "--why")
    assert "training_operations_e24 > 100" in said.out
    assert "California SB 53 (Bus. & Prof. 22757.13)" in said.out
    assert "starts with: the initial report is made" in said.out


def test_another_kind_of_document_is_no_incident(licet: Command, here: Path) -> None:
    (here / "order.yaml").write_text("order: o-1\nissued: 2026-06-12T17:21:00-04:00\n")
    said = licet("incident", "assess", "order.yaml", "--json")
    assert said.code == 3 and said.tree["error"]["code"] == "facts_rejected"
    assert "an incident is not an order" in said.tree["error"]["message"]


@pytest.mark.usefixtures("facts")
def test_what_is_not_there_is_named(licet: Command) -> None:
    assert licet("incident", "assess", "C-1").code == 2
    said = licet("incident", "report", "facts.yaml", "sb54")
    assert said.code == 2 and "there are `sb53`" in said.err
    assert licet("incident", "report", "facts.yaml", "sb53", "--event", "final_report").code == 2
    assert licet("incident", "assess", "facts.yaml", "--at", "2026-06-01T00:00:00Z").code == 3


@pytest.mark.usefixtures("facts")
def test_a_report_is_written_as_text_and_as_a_page(licet: Command, here: Path) -> None:
    said = licet("incident", "report", "facts.yaml", "sb53", *AT, "-o", "r.md", "--page", "r.html", "--json")
    assert said.code == 0
    assert said.tree["text"] == (here / "r.md").read_text()
    assert "> It left its sandbox." in said.tree["text"]
    assert "It left its sandbox." in (here / "r.html").read_text()
    shown = licet("incident", "report", "facts.yaml", "sb53", *AT, "--withhold", "plain_statement=a customer")
    assert "withheld (a customer)" in shown.out and "It left" not in shown.out
    assert "due 2026-06-27T23:59:59-07:00: " in shown.out and "14 d 17 h" in shown.out


def test_only_officers_open_incidents(installed: Command, facts: Path) -> None:
    said = installed("incident", "open", facts.name)
    assert said.code == 2 and "only officers" in said.err


def test_an_incident_is_opened_with_the_duties_that_run(officers: Command) -> None:
    enacted = officers("status", "--json").tree["in_force"][0]["name"]
    links = ("--concerns", "finding-1", "--concerns", enacted)
    said = officers("incident", "open", "facts.yaml", "--duties", *links, "--json")
    assert said.tree["nowhere"] == ["finding-1"], "what is linked and not here is said"
    assert said.code == 0 and said.tree["incident"] == "C-1"
    runs = [each["duty"] for each in said.tree["duties"] if each["applies"] in ("applies", "cannot be told yet")]
    assert sorted(each["duty"] for each in said.tree["opened"]) == sorted(runs)
    assert said.tree["to_open"] == []
    for duty, case in cases(said).items():
        shown = officers("case", "show", case, "--json").tree
        assert {"relation": "concerns", "target": "C-1"} in shown["links"], duty
    again = officers("incident", "open", "C-1", "--duties", "--json")
    assert again.code == 0 and again.tree["opened"] == []
    assert {"relation": "concerns", "target": "finding-1"} in officers("case", "show", "C-1", "--json").tree["links"]


def test_the_clock_of_a_duty_runs_from_the_discovery(opened: Command) -> None:
    said = opened("incident", "assess", "C-1", "--json")
    sb53 = next(each for each in said.tree["duties"] if each["duty"] == "sb53@2026-07")
    shown = opened("case", "show", sb53["case"], "--json").tree
    (deadline,) = shown["deadlines"]
    assert deadline["due"].startswith("2026-06-27T23:59:59") and sb53["clocks"][0]["due"].startswith(
        "2026-06-27T23:59:59"
    )
    assert sb53["state"] == "due"


def test_a_case_that_is_no_incident_is_refused_with_an_explanation(opened: Command) -> None:
    said = opened("incident", "assess", "C-2")
    assert said.code == 2 and "it is the duty to report the incident `C-1`; name that" in said.err
    said = opened("incident", "open", "facts.yaml", "--concerns", "C-2")
    assert said.code == 2 and "the duty to report another incident" in said.err
    assert opened("incident", "open", "C-1").code == 2


def test_a_report_that_is_made_meets_the_clock_and_is_amended(opened: Command, here: Path) -> None:
    before = cases(opened("incident", "assess", "C-1", "--json"))
    made = opened("incident", "report", "C-1", "sb53", "--made", "--json")
    assert made.code == 0 and (made.tree["number"], made.tree["case"]) == (1, before["sb53"])
    shown = opened("case", "show", before["sb53"], "--json").tree
    assert shown["deadlines"][0]["ended"] is not None
    (here / "more.yaml").write_text("why_it_qualifies: It resisted being stopped.\n")
    amended = opened("incident", "amend", "C-1", "more.yaml", "--json")
    assert amended.tree["changed"] == {"why_it_qualifies": "It resisted being stopped."}
    assert amended.tree["to_amend"] == ["sb53@2026-07"]
    assert "sb53: what was reported says otherwise of why_it_qualifies" in opened("incident", "assess", "C-1").out
    second = opened("incident", "report", "C-1", "sb53", "--json").tree
    assert (second["report"], second["number"]) == ("amendment", 2)
    assert second["changes"] == [
        {"field": "why_it_qualifies", "before": "unknown", "after": "It resisted being stopped."}
    ]
    assert opened("incident", "report", "C-1", "sb53", "--made").code == 0
    assert opened("incident", "assess", "C-1", "--json").tree["to_amend"] == []
    (here / "same.yaml").write_text("why_it_qualifies: It resisted being stopped.\n")
    assert opened("incident", "amend", "C-1", "same.yaml", "--json").tree["changed"] == {}
    assert opened("incident", "report", "C-1", "sb53", "--public", "--made").code == 2


def test_what_was_withheld_from_a_report_is_no_change(opened: Command) -> None:
    made = opened("incident", "report", "C-1", "sb53", "--made", "--withhold", "plain_statement=a customer", "--json")
    assert made.code == 0 and "It left" not in made.tree["text"]
    shown = opened("case", "show", made.tree["case"], "--json").out
    assert "It left its sandbox" not in shown
    assert opened("incident", "assess", "C-1", "--json").tree["to_amend"] == []
    again = opened("incident", "report", "C-1", "sb53", "--json").tree
    assert again["changes"] == [{"field": "plain_statement", "before": "not given", "after": "It left its sandbox."}]


def test_a_change_that_makes_another_duty_apply_says_what_to_open(officers: Command, here: Path) -> None:
    (here / "facts.yaml").write_text(FACTS.replace("300", "100") + "serious_incident: false\n")
    assert officers("incident", "open", "facts.yaml", "--duties", "--json").code == 0
    (here / "more.yaml").write_text("training_operations_e24: 101\n")
    assert officers("incident", "amend", "C-1", "more.yaml").code == 2
    said = officers("incident", "amend", "C-1", "more.yaml", "--why", "counted again", "--json")
    assert said.code == 0
    assert {"duty": "sb53@2026-07", "was": "does not apply", "is": "applies"} in said.tree["turned"]
    assert "sb53@2026-07" in said.tree["to_open"]
    shown = officers("incident", "assess", "C-1")
    assert "licet incident open C-1 --duties" in shown.out and "sb53@2026-07" in shown.out
    assert officers("incident", "list", "--json").tree["incidents"][0]["to_open"] == said.tree["to_open"]
    assert officers("incident", "open", "C-1", "--duties", "--json").tree["to_open"] == []


def test_what_chooses_a_limit_reaches_the_cases_of_the_duties(officers: Command, here: Path) -> None:
    """While the clock runs: what is said after it was missed does not undo that."""
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    (here / "facts.yaml").write_text(re.sub("(discovered|determined): .*", f"\\1: {hour_ago}", FACTS))
    opened = officers
    assert opened("incident", "open", "facts.yaml", "--duties").code == 0
    found = cases(opened("incident", "assess", "C-1", "--json"))
    first = opened("case", "show", found["gpai_code"], "--json").tree["deadlines"][0]
    assert first["because"].startswith("2 d: it is not known whether")
    (here / "more.yaml").write_text("critical_infrastructure: false\nweights_breach: false\n")
    assert opened("incident", "amend", "C-1", "more.yaml").code == 0
    later = opened("case", "show", found["gpai_code"], "--json").tree["deadlines"][0]
    assert later["because"] == "15 d" and later["due"] > first["due"]


def test_a_resolution_starts_the_final_report_and_updates_recur(officers: Command, here: Path) -> None:
    ago = [(datetime.now(UTC) - timedelta(hours=each)).isoformat(timespec="seconds") for each in (3, 2)]
    text = re.sub("(discovered|determined): .*", f"\\1: {ago[0]}", FACTS) + "serious_incident: true\n"
    (here / "facts.yaml").write_text(text)
    assert officers("incident", "open", "facts.yaml", "--duties").code == 0
    case = cases(officers("incident", "assess", "C-1", "--json"))["gpai_code"]
    assert officers("case", "act", "C-1", "resolve", "--field", f"resolved={ago[1]}").code == 0
    assert "facts that move a clock are not in" in officers("incident", "assess", "C-1").out
    assert officers("incident", "amend", "C-1").code == 0
    assert "are not in" not in officers("incident", "assess", "C-1").out
    running = {
        each["clock"]: each
        for each in officers("case", "show", case, "--json").tree["deadlines"]
        if each["running"] == "running"
    }
    assert set(running) == {"first_report", "final_report"}
    started = datetime.fromisoformat(running["final_report"]["started"])
    assert started == datetime.fromisoformat(ago[1])
    assert officers("incident", "report", "C-1", "gpai_code", "--made").code == 0
    assert officers("incident", "report", "C-1", "gpai_code", "--event", "update", "--made").code == 0
    said = officers("incident", "report", "C-1", "gpai_code", "--event", "final_report", "--made", "--json")
    assert said.code == 6, said  # a final report is made by two
    assert officers("approve", said.tree["act"], "--sign-with", "ben.key").code == 0
    shown = officers("case", "show", case, "--json").tree
    assert shown["state"] == "closed" or shown["state"]["name"] == "closed"
    assert [each["clock"] for each in shown["deadlines"] if each["running"] == "running"] == []


def test_a_duty_that_began_earlier_than_its_case_says_so(opened: Command, here: Path) -> None:
    (here / "more.yaml").write_text("discovered: 2026-06-11T17:21:00-04:00\n")
    said = opened("incident", "amend", "C-1", "more.yaml", "--why", "the log shows it", "--json")
    sb53 = next(each for each in said.tree["duties"] if each["duty"] == "sb53@2026-07")
    assert "so it is due earlier" in sb53["began_earlier"]
    assert "end it (`licet case act" in opened("incident", "assess", "C-1").out


def test_incidents_are_listed_with_what_is_due_next(opened: Command) -> None:
    (row,) = opened("incident", "list", "--json").tree["incidents"]
    assert (row["incident"], row["state"]) == ("C-1", "open")
    assert set(row["duties"]) >= {"sb53@2026-07", "gpai_code@2026-07"}
    assert row["due"] is not None
    assert re.search(r"C-1 +Loop in the sandbox +Open", opened("incident", "list").out)


def test_there_are_no_incidents_yet(installed: Command) -> None:
    assert installed("incident", "list", "--json").tree == {"incidents": []}
