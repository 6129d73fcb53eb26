"""What people read of a case: instants in the authority's zone, who linked it, of what an entry is, what to do next."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.test_cases import desk, opened  # noqa: F401

if TYPE_CHECKING:
    from tests.cli.test_cases import Officers

WHOLE_SECONDS_IN_NEW_YORK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]:00")
ANY_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\S*\d")


def test_all_instants_of_a_case_stand_in_the_zone_of_its_authority(opened: Officers) -> None:  # noqa: F811
    for said in (
        opened("ann", "case", "show", "C-1"),
        opened("ann", "case", "list"),
    ):
        found = ANY_INSTANT.findall(said.out)
        assert found
        assert [each for each in found if not WHOLE_SECONDS_IN_NEW_YORK.fullmatch(each)] == []


def test_whoever_links_a_case_is_the_officer_and_the_entry_says_to_what(opened: Officers) -> None:  # noqa: F811
    one = ("--party", "organisation=uni", "--field", "organisation=uni", "--field", "models=small")
    assert opened("ann", "case", "open", "customer_approval", *one, "--parent", "C-1").code == 0
    shown = opened("ann", "case", "show", "C-2", "--json").tree["entries"][1]
    assert (shown["event"], shown["role"], shown["party"], shown["actor"]) == ("link", "officer", None, "ann")
    assert "Link: part of C-1" in opened("ann", "case", "show", "C-2").out


def test_a_draft_offers_what_is_known_of_the_case(desk: Officers) -> None:  # noqa: F811
    Path("plan.pdf").write_bytes(b"a plan")
    application = ("--party", "applicant=acme", "--fields", "application.yaml", "--exhibit", "plan.pdf")
    assert desk("ann", "case", "open", "licence_application", *application).code == 0
    assert desk("ann", "case", "decide", "C-1", "grant", "d.yaml", "--draft").code == 0
    text = Path("d.yaml").read_text()
    assert re.search(r"^#   sha256:[0-9a-f]{64}  plan\.pdf, with entry 1$", text, re.MULTILINE)
    assert "to: org == 'acme'" in text
    assert re.search(r"^  from: \d{4}-\d\d-\d\dT00:00:00-0[45]:00$", text, re.MULTILINE)


def test_a_role_that_nobody_has_is_told(opened: Officers) -> None:  # noqa: F811
    said = opened("ann", "clocks", "--owner", "licencing_officer").out
    assert "no procedure knows a role `licencing_officer`" in said
    assert "licensing_officer" in said
    assert opened("ann", "clocks", "--owner", "president").out.strip() == "nothing is due"
