"""`licet case succeed`: another takes the place of a party, and from then on acts in it; who was in it does not."""

from __future__ import annotations

from tests.cli.test_cases import Officers, desk, opened, shown  # noqa: F401 - fixtures

MERGED = ("--why", "acme was merged into it")
ADD = ("case", "act", "C-1", "add_information", "--field", "purpose=Defence of its own grid")


def test_a_successor_acts_and_the_one_before_does_not(opened: Officers) -> None:  # noqa: F811
    asked = opened("ann", "case", "succeed", "C-1", "applicant", "acme-holdings", *MERGED, "--on", 1, "--json")
    assert asked.code == 6, asked
    assert shown(opened)["parties"] == {"applicant": "acme"}, "not before a second officer agrees"
    assert opened("ann", *ADD, "--party", "applicant=acme-holdings").code == 2
    assert opened("ann", "approve", asked.tree["act"]).code == 1, "not by the one who proposed it"
    agreed = opened("ben", "approve", asked.tree["act"])
    assert agreed.code == 0
    assert "acme-holdings" in agreed.out
    tree = shown(opened)
    assert (tree["parties"], tree["number"], tree["state"]) == ({"applicant": "acme-holdings"}, 2, "registered")
    refused = opened("ann", *ADD, "--party", "applicant=acme")
    assert refused.code == 2
    assert "of this case is `acme-holdings`" in refused.err
    assert opened("ann", *ADD, "--party", "applicant=acme-holdings").code == 0
    assert [each["party"] for each in shown(opened)["entries"]] == ["acme", None, "acme-holdings"]
    assert opened("ann", *ADD).code == 0, "the party of the case, where none is named"
    assert shown(opened)["entries"][-1]["party"] == "acme-holdings"


def test_whose_place_nobody_takes(opened: Officers) -> None:  # noqa: F811
    for role, name, says in (
        ("agency", "State", "`C-1`: `agency` is no role that one party holds; there are: `applicant`, "),
        ("aplicant", "bolt", "`C-1`: `aplicant` is no role that one party holds"),
        ("committee", "x", "`C-1`: nobody is `committee` yet, so nobody takes their place"),
        ("applicant", "acme", "`C-1`: `acme` is `applicant` already"),
    ):
        said = opened("ann", "case", "succeed", "C-1", role, name, *MERGED)
        assert said.code == 2, said
        assert says in said.err
    moved_on = opened("ann", "case", "succeed", "C-1", "applicant", "bolt", *MERGED, "--on", 2)
    assert moved_on.code == 2
    assert shown(opened)["number"] == 1


def test_it_is_named_among_what_can_happen_in_every_case(opened: Officers) -> None:  # noqa: F811
    assert "licet case succeed C-1 ROLE NAME --why '…'" in opened("ann", "case", "help", "C-1").out
    said = opened("ann", "case", "act", "C-1", "succeed", "--field", "role=applicant")
    assert said.code == 2
    assert "by a command of its own: `licet case succeed C-1 ROLE NAME --why '…'`" in said.err
