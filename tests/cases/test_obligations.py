"""Conditions and undertakings: due, met, recurring, broken, put right, at an end; and when a licence is suspended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cases.permits import permits_law, procedure, reviewed
from tests.cases.walking import START, Walk, decision

from licet.cases.obligations import curing, suspendable
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.decision import Kept, Obligation
from licet.core.cases.procedure import Deciding
from licet.core.roles import Role


def granted(**promise: Any) -> Walk:
    """A permit with one condition, granted on the 13th of June in New York."""
    made = {"id": "report", "kind": "condition", "owner": "the holder", "text": "They report."} | promise
    made |= {} if {"within", "by", "every"} & {*promise} else {"within": "30 d"}
    fields = {"decision": decision(permits_law(), procedure("permits@1"), Deciding.GRANT, promises=[made])}
    return reviewed().do("grant", fields=fields)


def owed(walked: Walk) -> Obligation:
    (found,) = walked.case().obligations
    return found


def ends(found: datetime | None) -> str:
    assert found is not None
    return found.isoformat()


def test_within_a_time_from_the_decision() -> None:
    walked = granted(within="30 d")
    assert (owed(walked).id, owed(walked).kept) == ("3.report", Kept.OWED)
    assert ends(owed(walked).due) == "2026-07-13T23:59:59-04:00"
    assert owed(walked.wait(days=31)).kept is Kept.OVERDUE
    met = walked.wait(days=2).do("discharge", fields={"obligation": "3.report"})
    assert (owed(met).kept, owed(met.wait(days=40)).kept) == (Kept.DISCHARGED, Kept.DISCHARGED)
    assert owed(met).discharged == (met.now,)


def test_by_an_instant() -> None:
    assert ends(owed(granted(by="2026-08-01T00:00:00+00:00")).due) == "2026-08-01T00:00:00+00:00"


def test_what_recurs_is_counted_from_the_beginning() -> None:
    walked = granted(every="4 weeks")
    assert ends(owed(walked).due) == "2026-07-11T23:59:59-04:00"
    late = walked.wait(days=35)
    assert owed(late).kept is Kept.OVERDUE
    met = late.do("discharge", fields={"obligation": "3.report"})
    assert (owed(met).kept, ends(owed(met).due)) == (Kept.OWED, "2026-08-08T23:59:59-04:00")
    first = granted(by="2026-07-01T03:59:59+00:00", every="4 weeks")
    assert ends(owed(first).due) == "2026-07-01T03:59:59+00:00"
    assert ends(owed(first.do("discharge", fields={"obligation": "3.report"})).due) == "2026-07-28T23:59:59-04:00"


def test_a_breach_starts_the_time_to_put_it_right_and_suspends_nothing_by_itself() -> None:
    walked = granted(within="30 d", cure="10 d").wait(days=1)
    broken = walked.do("breach", fields={"obligation": "3.report", "why": "Nothing came."})
    assert (owed(broken).kept, ends(owed(broken).cure_by)) == (Kept.BROKEN, "2026-06-24T23:59:59-04:00")
    assert curing(broken.case(), broken.now) == (owed(broken),)
    with pytest.raises(NotPossible) as refused:
        broken.do("suspend")
    assert [each.why for each in refused.value.reasons] == [Why.OBLIGATION]
    offered = {each.event.name: each.not_yet for each in possible(broken.case(), roles=frozenset(Role))}
    assert offered["suspend"] is not None and "may be put right until 2026-06-24" in offered["suspend"]
    over = broken.wait(days=11)
    assert over.case().state.name == "granted"
    assert suspendable(over.case(), over.now) == (owed(over),)
    assert over.do("suspend").case().state.name == "suspended"


def test_a_breach_is_put_right() -> None:
    broken = granted(cure="10 d").do("breach", fields={"obligation": "3.report", "why": "So."})
    right = broken.wait(days=2).do("discharge", fields={"obligation": "3.report"})
    assert (owed(right).kept, owed(right).cure_by) == (Kept.DISCHARGED, None)
    assert suspendable(right.wait(days=30).case(), START) == ()


def test_a_breach_recorded_late_counts_from_when_it_was() -> None:
    walked = granted(cure="10 d").wait(days=5)
    late = walked.do(
        "breach", fields={"obligation": "3.report", "why": "So."}, happened=START.replace(day=15), late="Found today."
    )
    assert ends(owed(late).cure_by) == "2026-06-25T23:59:59-04:00"


def test_a_breach_without_a_cure_suspends_nothing() -> None:
    broken = granted().do("breach", fields={"obligation": "3.report", "why": "So."})
    assert (owed(broken).kept, owed(broken).cure_by) == (Kept.BROKEN, None)
    assert suspendable(broken.wait(days=900).case(), broken.now) == ()


@pytest.mark.parametrize("event", ["vary", "suspend"])
def test_it_ends_with_what_it_is_a_condition_of(event: str) -> None:
    walked = granted(within="30 d").wait(days=1).do(event)
    assert owed(walked).kept is Kept.ENDED
    with pytest.raises(NotPossible, match=r"there is no obligation `3\.report` then"):
        walked.do("discharge", fields={"obligation": "3.report"})


def test_it_ends_with_the_licence() -> None:
    walked = granted(every="4 years")
    assert owed(walked.until(datetime(2030, 6, 12, 21, 20, tzinfo=UTC))).kept is Kept.OWED
    assert owed(walked.until(datetime(2030, 6, 12, 21, 21, tzinfo=UTC))).kept is Kept.ENDED
    assert owed(granted(by="2031-01-01T00:00:00+00:00").until(datetime(2031, 2, 1, tzinfo=UTC))).kept is Kept.ENDED
    assert owed(granted(within="30 d").until(datetime(2031, 2, 1, tzinfo=UTC))).kept is Kept.OVERDUE
