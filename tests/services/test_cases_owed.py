"""A case is kept while anybody is held to what was promised in it; and to the instant of its retention."""

from __future__ import annotations

from datetime import timedelta

from tests.cases.permits import permits_law
from tests.cases.test_obligations import granted
from tests.cases.walking import Walk

from licet.services.cases.laws import Law
from licet.services.cases.retaining import kept_until, why_kept

YEARS = timedelta(days=366 * 5 + 3)
BREACH = {"obligation": "3.report", "why": "Nothing came."}


def law() -> Law:
    engine = permits_law()
    return Law({}, engine.criteria, {}, {}, engine.tables, engine.procedures)


def why(walked: Walk) -> list[str]:
    return [each.split(":")[0].split(",")[0] for each in why_kept(law(), walked.case(), walked.now)]


def test_what_is_owed_keeps_a_case_beyond_its_retention() -> None:
    owed = granted(by="2029-06-12T00:00:00+00:00").wait(days=1)
    overdue = granted(within="30 d")
    broken = overdue.do("breach", fields=BREACH)
    for walked in (overdue, broken):
        assert why(walked.idle(days=YEARS.days)) == ["of its obligations `3.report` are owed"]
    met = owed.do("discharge", fields={"obligation": "3.report"})
    assert why(met.idle(days=YEARS.days)) == []
    assert why(owed.do("suspend").idle(days=YEARS.days)) == []


def test_it_may_be_destroyed_at_the_instant_until_which_it_is_kept_and_not_before() -> None:
    met = granted().do("discharge", fields={"obligation": "3.report"})
    until = kept_until(law(), met.case())
    assert why_kept(law(), met.case(), until) == ()
    (said,) = why_kept(law(), met.case(), until - timedelta(microseconds=1))
    assert said.startswith("it is kept until 2031-06-")


def test_every_reason_is_said_at_once() -> None:
    walked = granted().do("hold", fields={"name": "court", "why": "Asked."})
    said = why_kept(law(), walked.case(), walked.now)
    assert [each.split(" ")[:3] for each in said] == [
        ["the", "legal", "hold"],
        ["of", "its", "obligations"],
        ["it", "is", "kept"],
    ]
