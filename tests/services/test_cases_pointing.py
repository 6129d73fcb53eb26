"""What points at a case: its appeal, the case that decides it again, its parts; and what nobody has taken up."""

from __future__ import annotations

import pytest
from tests.services.cases_world import Court, Link, court
from tests.services.test_cases_remitted import REMIT, filed

from licet.adapters.store_memory import MemoryStore
from licet.services.cases.pointing import FEW, Backlinks, backlinks, is_taken_up, sent_back, untaken


@pytest.fixture
def at() -> Court:
    made = court(MemoryStore())
    made.open()
    return made


def remitted(at: Court) -> str:
    name = filed(at)
    remit = at.entry("remit", name, role="appeal_officer", fields={"decision": REMIT})
    at.ministry.approve(at.act(remit, by="dora"))
    return name


def pointing(at: Court, name: str = "C-1") -> Backlinks:
    return backlinks(at.store, at.law, at.case(name), at.now)


def said(at: Court, name: str = "C-1") -> list[tuple[str, str, str]]:
    return [(each.said, each.row.case, each.target) for each in pointing(at, name).first]


def untaken_now(at: Court, *parties: str, procedure: str = "permit") -> list[tuple[str, str]]:
    return [(party, appeal.id) for party, appeal in untaken(at.store, at.law, parties, procedure, at.now)]


def test_an_appealed_case_names_its_appeal_as_soon_as_that_is_opened(at: Court) -> None:
    assert pointing(at) == Backlinks()
    name = filed(at)
    assert said(at) == [("appealed by", name, "C-1")]
    assert pointing(at).totals == (("appeals", 1),)


def test_a_link_that_is_entered_later_is_seen_from_its_target(at: Court) -> None:
    at.open(at.new("other"))
    at.act(at.entry("link", "C-2", fields={"relation": "concerns", "target": "C-1"}))
    assert said(at) == [("concerned by", "C-2", "C-1")]


def test_the_case_that_takes_up_what_was_sent_back_is_named_by_both(at: Court) -> None:
    name = remitted(at)
    assert (is_taken_up(at.store, at.case(name)), is_taken_up(at.store, at.case("C-1"))) == (False, True)
    found = sent_back(at.store, at.law, at.case(name), at.now)
    assert found is not None and found.id == "C-1"
    at.open(at.new("again", links=(Link("follows", name),)))
    assert said(at) == [("appealed by", name, "C-1"), ("decided again in", "C-3", name)]
    assert said(at, name) == [("decided again in", "C-3", name)]
    assert is_taken_up(at.store, at.case(name))


def test_what_follows_an_appeal_that_sent_nothing_back_is_decided_nowhere_again(at: Court) -> None:
    name = filed(at)
    at.open(at.new("again", links=(Link("follows", name),)))
    assert said(at) == [("appealed by", name, "C-1")]
    assert said(at, name) == [("followed by", "C-3", name)]
    assert is_taken_up(at.store, at.case(name))
    assert sent_back(at.store, at.law, at.case("C-1"), at.now) is None


def test_an_appeal_that_nobody_took_up_is_known_by_its_party_and_procedure(at: Court) -> None:
    name = filed(at)
    assert untaken_now(at, "acme") == []
    remit = at.entry("remit", name, role="appeal_officer", fields={"decision": REMIT})
    at.ministry.approve(at.act(remit, by="dora"))
    assert untaken_now(at, "acme") == untaken_now(at, "zeta", "acme") == [("acme", name)]
    assert untaken_now(at, "zeta") == untaken_now(at) == untaken_now(at, "acme", procedure="appeal") == []
    at.open(at.new("again", links=(Link("follows", name),)))
    assert untaken_now(at, "acme") == []


def test_of_many_parts_the_first_are_named_and_all_are_counted(at: Court) -> None:
    at.open(*(at.new(f"part {number}", links=(Link("part of", "C-1"),)) for number in range(FEW + 3)))
    found = pointing(at)
    assert [each.row.case for each in found.first] == [f"C-{number}" for number in range(2, FEW + 2)]
    assert found.totals == (("part of", FEW + 3),)
    assert found.left_out("part of", "C-1") == 3
    assert found.left_out("appeals", "C-1") == 0
