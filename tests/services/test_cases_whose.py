"""Whose case it is, in lists: the one whom it is about, whoever else acts in it."""

from __future__ import annotations

import pytest
from tests.cases.permits import walk
from tests.cases.walking import Walk, shipped

from licet.services.cases.indexing import row_of


def filed(organisation: str | None = "Orbital") -> Walk:
    return walk("hearing@1").do("file", party="Orbital", fields={"organisation": organisation}).wait(hours=1)


def whose(walked: Walk) -> str:
    return row_of(walked.case()).party


def test_an_agency_that_acts_in_it_is_not_whose_case_it_is() -> None:
    assert whose(filed().do("object", party="Agency")) == "Orbital"
    assert whose(filed(None).do("object", party="Agency")) == "Orbital"


def test_a_successor_is() -> None:
    fields = {"role": "applicant", "name": "Successor", "why": "They merged."}
    assert whose(filed().do("succeed", fields=fields)) == "Successor"


def test_where_another_proposed_it_it_is_whom_it_is_about() -> None:
    procedure = next(each for each in shipped().procedures.values() if each.name.startswith("customer_approval@"))
    opened = Walk(shipped(), procedure)
    fields = opened.entry("propose").fields
    proposed = opened.do("propose", role="proposer", party="Developer", fields={**fields, "organisation": "Customer"})
    assert whose(proposed) == "Customer"


@pytest.mark.parametrize("opener", ["Ada", "Bob"])
def test_where_no_field_names_it_it_is_who_opened_it(opener: str) -> None:
    opened = walk().do("file", party=opener, fields={"organisation": "Example"})
    assert whose(opened) == opener
    fields = {"role": "applicant", "name": "Successor", "why": "They merged."}
    assert whose(opened.do("succeed", fields=fields)) == "Successor"


def test_what_an_officer_opened_is_nobodys() -> None:
    procedure = next(each for each in shipped().procedures.values() if each.name.startswith("incident@"))
    opened = Walk(shipped(), procedure)
    assert whose(opened.do(procedure.opening[0].name)) == ""
