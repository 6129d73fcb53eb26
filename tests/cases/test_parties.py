"""Who acts in a role of somebody outside: the one who holds it, until another takes their place."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cases.permits import walk
from tests.cases.walking import Walk

from licet.cases.refusal import NotPossible, Why


def filed(party: str = "Orbital", **fields: Any) -> Walk:
    return walk("hearing@1").do("file", party=party, fields=fields or {"organisation": party}).wait(hours=1)


def refused(walked: Walk, event: str, **changes: Any) -> NotPossible:
    with pytest.raises(NotPossible) as found:
        walked.admit(walked.entry(event, **changes))
    return found.value


def test_whom_the_field_names_is_the_applicant() -> None:
    assert filed().case().parties == {"applicant": "Orbital"}
    error = refused(walk("hearing@1"), "file", party="Rival", fields={"organisation": "Orbital"})
    assert [each.why for each in error.reasons] == [Why.PARTY]
    assert str(error).startswith(
        "`applicant` (the applicant) of this case is `Orbital`, whom its field `organisation` names; `Rival` is nobody"
        " in it. Use one name for both"
    )


def test_nobody_else_acts_in_the_role() -> None:
    error = refused(filed(), "add", party="Rival", fields={})
    assert [each.why for each in error.reasons] == [Why.PARTY]
    assert "enter `succeed` first" in str(error)
    assert filed().do("add", party="Orbital", fields={}).case().number == 2


def test_another_value_of_the_field_takes_nobodys_place() -> None:
    walked = filed().do("add", party="Orbital", fields={"organisation": "Rival"})
    assert [each.why for each in refused(walked, "add", party="Rival", fields={}).reasons] == [Why.PARTY]
    assert walked.do("add", party="Orbital", fields={}).case().number == 3


def test_without_a_name_whoever_acts_first_holds_the_role() -> None:
    walked = filed().do("testify", party="Ada")
    assert [each.why for each in refused(walked, "testify", party="Bob").reasons] == [Why.PARTY]
    assert "whom its field" not in str(refused(walked, "testify", party="Bob"))
    assert walked.do("testify", party="Ada").case().number == 3


def test_a_field_that_is_not_known_names_nobody() -> None:
    walked = filed(organisation=None)
    assert walked.case().parties == {"applicant": "Orbital"}
    assert [each.why for each in refused(walked, "add", party="Rival", fields={}).reasons] == [Why.PARTY]


def test_several_agencies_act_in_one_role() -> None:
    walked = filed().do("object", party="State").do("object", party="Commerce")
    assert walked.case().number == 3


def test_who_holds_it_by_then_is_who_acted_first_whenever_it_was_recorded() -> None:
    walked = filed().wait(hours=2).do("testify", party="Ada")
    earlier = {"happened": walked.now.replace(minute=0), "late": "It came by post."}
    assert [each.why for each in refused(walked, "testify", party="Bob", **earlier).reasons] == [Why.PARTY]
    assert walked.do("testify", party="Ada", **earlier).case().number == 3


def test_in_what_is_possible_in_every_case_too() -> None:
    note = {"role": "applicant", "fields": {"text": "x", "secrecy": "public"}}
    assert [each.why for each in refused(filed(), "note", party="Rival", **note).reasons] == [Why.PARTY]
    assert filed().do("note", party="Orbital", **note).case().number == 2


def succeeded(walked: Walk, role: str = "applicant", name: str = "Successor") -> Walk:
    return walked.do("succeed", fields={"role": role, "name": name, "why": "They merged."})


def test_a_successor_acts_and_the_one_before_does_not() -> None:
    walked = succeeded(filed())
    assert walked.case().parties == {"applicant": "Successor"}
    assert [each.why for each in refused(walked, "add", party="Orbital", fields={}).reasons] == [Why.PARTY]
    assert walked.do("add", party="Successor", fields={}).case().number == 3


def test_what_happened_before_the_succession_was_by_the_one_before() -> None:
    walked = filed()
    earlier = {"happened": walked.now, "late": "It came by post.", "fields": {}}
    later = succeeded(walked.wait(hours=1)).wait(hours=1)
    assert later.do("add", party="Orbital", **earlier).case().number == 3
    assert [each.why for each in refused(later, "add", party="Successor", **earlier).reasons] == [Why.PARTY]


def test_a_succession_takes_a_second_officer() -> None:
    fields = {"role": "applicant", "name": "Successor", "why": "They merged."}
    assert [each.why for each in refused(filed(), "succeed", fields=fields, second=None).reasons] == [Why.SECOND]


@pytest.mark.parametrize(
    ("role", "name", "says"),
    [
        ("agency", "X", "`agency` is no role that one party holds; there are: `applicant`, `witness`"),
        ("clerk", "X", "`clerk` is no role that one party holds; there are: `applicant`, `witness`"),
        ("nobody", "X", "`nobody` is no role that one party holds; there are: `applicant`, `witness`"),
        ("witness", "X", "nobody is `witness` yet, so nobody takes their place"),
        ("applicant", "Orbital", "`Orbital` is `applicant` already"),
    ],
)
def test_whose_place_nobody_takes(role: str, name: str, says: str) -> None:
    error = refused(filed(), "succeed", fields={"role": role, "name": name, "why": "They merged."})
    assert [each.why for each in error.reasons] == [Why.FIELD]
    assert str(error).splitlines()[0] == says
