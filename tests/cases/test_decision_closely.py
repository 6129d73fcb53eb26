"""What a decision does not lack: nothing is asked for that another element already says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cases.test_decision import CATALOGUE, denial, grant, judged, lacks

from licet.cases.decision.decision import decision_of
from licet.cases.decision.missing import missing
from licet.core.cases.procedure import Deciding

ENDS = {"lift": "end-old", "instruments": ["old"], "from": "2026-06-26T20:30:00-04:00"}


@pytest.mark.parametrize("official", ["Ada Byron, +1 202 482 4811", "Ada Byron, https://bis.example/ada", "ada@bis.x"])
def test_a_telephone_a_page_or_an_address_is_a_way_to_reach_somebody(official: str) -> None:
    assert lacks(grant(official=official), Deciding.GRANT) == ()


def test_only_what_passes_needs_what_shows_it() -> None:
    failed = [{key: each for key, each in judged("fail")[0].items() if key != "evidence"}, judged()[1]]
    assert lacks(denial() | {"judged": failed}, Deciding.DENY) == ()


def test_a_denial_that_is_not_judged_to_the_end_lacks_that_and_nothing_else() -> None:
    (sentence,) = lacks(denial() | {"judged": judged()[:1]}, Deciding.DENY)
    assert sentence.startswith("`access@1#holders` (Holders) is not judged")


def test_without_a_catalogue_nothing_is_judged() -> None:
    tree = denial() | {"judged": []}
    decision = decision_of({"decision": {key: each for key, each in tree.items() if each != []}}, Deciding.DENY)
    assert missing(decision, Deciding.DENY, []) == ()
    named = decision_of({"decision": denial()}, Deciding.DENY)
    assert missing(named, Deciding.DENY, [])[0].endswith("name one of its catalogues: none")


@pytest.mark.parametrize("kind", [Deciding.UPHOLD, Deciding.REMIT])
def test_an_appeal_is_decided_by_every_criterion_too(kind: Deciding) -> None:
    plain = grant(terms=None, judged=None, promises=None)
    assert [each.split(" is ")[1].split(":")[0] for each in lacks(plain, kind)] == ["not judged", "not judged"]
    assert lacks(plain | {"judged": judged("fail")}, kind) == ()
    assert lacks(plain | {"judged": judged("fail"), "ends": ENDS}, kind) == ()
    assert lacks(plain | {"judged": judged("fail"), "ends": ENDS}, kind, licences=["other"]) == ()


def test_a_variation_may_only_end_something() -> None:
    assert lacks(grant(terms=None, ends=ENDS), Deciding.VARY, licences=["old"]) == ()
    (sentence,) = lacks(grant(terms=None, ends={**ENDS, "instruments": []}), Deciding.VARY, licences=["old"])
    assert sentence.startswith("`ends` names no instrument")


@pytest.mark.parametrize(
    "terms",
    [
        {"models": [], "families": ["mythos"]},
        {"models": ["mythos-5"], "families": ["mythos"]},
        {"until": None, "review_by": "2026-12-26T20:30:00-05:00"},
    ],
)
def test_terms_with_one_of_each_are_whole(terms: dict[str, Any]) -> None:
    whole = {key: each for key, each in (grant()["terms"] | terms).items() if each not in (None, [])}
    assert lacks(grant(terms=whole), Deciding.GRANT) == ()


@pytest.mark.parametrize("date", [{"by": "2026-07-31T00:00:00Z"}, {"within": "30 d"}, {"every": "4 weeks"}])
def test_a_promise_with_one_date_is_whole(date: dict[str, str]) -> None:
    promise = {"id": "p", "kind": "condition", "owner": "the holder", "text": "Reports."}
    assert lacks(grant(promises=[promise | date]), Deciding.GRANT) == ()
    assert len(lacks(grant(promises=[promise]), Deciding.GRANT)) == 1


def test_what_ends_or_is_due_at_the_instant_of_the_decision_is_too_late() -> None:
    until, by = datetime(2030, 6, 27, 0, 30, tzinfo=UTC), datetime(2026, 7, 31, tzinfo=UTC)
    decision = decision_of({"decision": grant()}, Deciding.GRANT)
    second = timedelta(seconds=1)
    assert missing(decision, Deciding.GRANT, [CATALOGUE], at=by - second) == ()
    (sentence,) = missing(decision, Deciding.GRANT, [CATALOGUE], at=by)
    assert sentence.startswith("the undertaking `log` is due by 2026-07-31")
    assert len(missing(decision, Deciding.GRANT, [CATALOGUE], at=until - second)) == 1
    assert len(missing(decision, Deciding.GRANT, [CATALOGUE], at=until)) == 2


@pytest.mark.parametrize("empty", ["-", "n/a.", " Unknown! ", "todo"])
def test_a_word_for_nothing_says_nothing(empty: str) -> None:
    assert len(lacks(grant(considerations=empty), Deciding.GRANT)) == 1
    assert lacks(grant(considerations=f"{empty} in this case, as 3 of 4 showed"), Deciding.GRANT) == ()


def test_a_suspension_names_what_could_end_where_that_is_known() -> None:
    plain = grant(terms=None, judged=None, promises=None, ends=ENDS)
    assert lacks(plain, Deciding.SUSPEND) == ()
    assert lacks(plain, Deciding.SUSPEND, licences=["a", "b"])[0].endswith("name one of `a`, `b`")
    assert lacks(plain, Deciding.SUSPEND, licences=[])[0].endswith("name one of none")
