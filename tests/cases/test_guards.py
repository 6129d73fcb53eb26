"""Events with a condition: they happen where it is known to hold, and nowhere on what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cases.permits import walk
from tests.cases.walking import ALL, Walk, reached, shipped

from licet.cases.guards import known_before
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why


def proposed(proposal: str | None) -> Walk:
    filed = walk("hearing@1").do("file", party="Orbital", fields={"organisation": "Orbital"}).wait(hours=1)
    return filed.do("propose", fields={"proposal": proposal}).wait(hours=1)


def offered(walked: Walk) -> dict[str, str | None]:
    return {each.event.name: each.not_yet for each in possible(walked.case(), roles=ALL, actor="officer 9")}


def refused(walked: Walk, event: str, **changes: Any) -> NotPossible:
    with pytest.raises(NotPossible) as found:
        walked.admit(walked.entry(event, **changes))
    return found.value


@pytest.mark.parametrize(("proposal", "legal", "barred"), [("allow", "allow", "refuse"), ("refuse", "refuse", "allow")])
def test_what_follows_is_what_was_proposed(proposal: str, legal: str, barred: str) -> None:
    walked = proposed(proposal)
    assert offered(walked)[legal] is None
    assert walked.do(legal).case().state.final
    error = refused(walked, barred)
    assert [each.why for each in error.reasons] == [Why.CONDITION]
    assert offered(walked)[barred] == error.reasons[0].says
    assert f"`{barred}`" not in str(error).partition("possible now")[2]


def test_what_is_not_known_lets_nothing_happen() -> None:
    for event in ("allow", "refuse"):
        error = refused(proposed(None), event)
        assert [each.why for each in error.reasons] == [Why.CONDITION]
        assert str(error).splitlines()[0].endswith(", which is not known")


def test_where_the_table_has_no_condition_it_happens() -> None:
    filed = walk("hearing@1").do("file", party="Orbital", fields={"organisation": "Orbital"})
    assert {event for event, not_yet in offered(filed).items() if not_yet is None} >= {"allow", "refuse"}
    assert filed.do("allow").case().state.name == "allowed"


def test_a_late_record_that_takes_its_ground_away_is_refused() -> None:
    walked = proposed("allow")
    between = walked.now
    done = walked.wait(hours=1).do("allow").wait(hours=1)
    error = refused(done, "propose", fields={"proposal": "refuse"}, happened=between, late="It came by post.")
    assert [each.why for each in error.reasons] == [Why.OTHERS]
    assert "`allow`" in str(error)
    again = done.do("propose", fields={"proposal": "allow"}, happened=between, late="It came by post.")
    assert again.case().state.name == "allowed"


def test_what_the_clock_has_to_enter_first_takes_its_ground_away() -> None:
    filed = walk("hearing@1").do("file", party="Orbital", fields={"organisation": "Orbital"})
    assert filed.wait(days=20).case().state.name == "proposed"
    error = refused(filed.idle(days=20), "allow")
    assert [each.why for each in error.reasons] == [Why.CLOCK]
    assert "`deem` comes first, and after it `allow` (number 2) is not possible" in str(error)
    known = filed.do("propose", fields={"proposal": "allow"}).idle(days=20)
    assert known.do("allow").case().state.name == "allowed"


def test_what_was_known_before_an_entry_is_not_what_became_known_later() -> None:
    case = proposed("refuse").do("propose", fields={"proposal": "allow"}).case()
    assert known_before(case, case.entries[2]) == {"organisation": "Orbital", "proposal": "refuse"}
    assert known_before(case, case.entries[1]) == {"organisation": "Orbital"}


def licence_application() -> Walk:
    """An application that went up to the chair, and is resolved."""
    procedure = next(each for each in shipped().procedures.values() if each.name.startswith("licence_application@"))
    return reached(shipped(), procedure)["before_chair"]


@pytest.mark.parametrize(
    ("proposal", "legal", "barred"),
    [
        ("approve", "grant", "intend_denial"),
        ("approve with conditions", "grant", "intend_denial"),
        ("deny", "intend_denial", "grant"),
    ],
)
def test_a_licence_is_not_granted_against_what_the_chair_decided(proposal: str, legal: str, barred: str) -> None:
    before = licence_application()
    fields = {**before.entry("chair_decides").fields, "proposal": proposal}
    stands = before.do("chair_decides", fields=fields).wait(days=30)
    assert stands.case().state.name == "resolved"
    assert [each.why for each in refused(stands, barred).reasons] == [Why.CONDITION]
    assert stands.do(legal).case().state.name != "resolved"
