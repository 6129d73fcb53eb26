"""Decisions read strictly, are written in one spelling, and say what they lack."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from licet.cases.decision.decision import DecisionRejected, decision_of, decision_tree
from licet.cases.decision.instrument import documents
from licet.cases.decision.missing import missing, standing
from licet.core.cases.case import Decided
from licet.core.cases.criteria import Criteria, Criterion
from licet.core.cases.procedure import Deciding

EVIDENCE = "sha256:" + "1" * 64
CATALOGUE = Criteria(
    name="access@1",
    title="Criteria for access",
    sources=("15 CFR 748.6",),
    as_of=date(2026, 11, 1),
    criteria={
        "end-use": Criterion("end-use", "End use", "The end use is stated.", ("a statement",), True, "15 CFR 744.2"),
        "holders": Criterion("holders", "Holders", "The holders are named.", (), False, "15 CFR 748.5"),
    },
    digest="sha256:" + "2" * 64,
)


def judged(end_use: str = "pass", holders: str = "pass") -> list[dict[str, Any]]:
    return [
        {"criterion": "access@1#end-use", "verdict": end_use, "reasons": "as stated", "evidence": [EVIDENCE]},
        {"criterion": "access@1#holders", "verdict": holders, "reasons": "they are named"},
    ]


def grant(**changed: Any) -> dict[str, Any]:
    """A whole grant; `changed` members take the place of its own, and None takes one away."""
    tree: dict[str, Any] = {
        "summary": "Orbital Labs may use Mythos 5.",
        "basis": ["15 CFR 750.7(a)"],
        "considerations": "The end use is defensive, and its staff is vetted.",
        "reconsideration": "A change of the end use, or a breach of a condition.",
        "official": "Ada Byron, licensing@bis.example",
        "appeal": "In writing to appeals@bis.example within 45 days (15 CFR 756.2).",
        "judged": judged(),
        "promises": [
            {
                "id": "report",
                "kind": "condition",
                "owner": "Orbital Labs",
                "text": "Reports its use.",
                "within": "30 d",
                "every": "4 weeks",
                "cure": "14 d",
            },
            {
                "id": "log",
                "kind": "undertaking",
                "owner": "the developer",
                "text": "Keeps logs.",
                "by": "2026-07-31T00:00:00Z",
            },
        ],
        "terms": {
            "licence": "orbital-labs-1",
            "relieves": ["us-doc-2026-06-12"],
            "models": ["mythos-5"],
            "to": "org=='orbital-labs'",
            "from": "2026-06-26T20:30:00-04:00",
            "until": "2030-06-26T20:30:00-04:00",
        },
    } | changed
    return {key: value for key, value in tree.items() if value is not None}


def lacks(tree: dict[str, Any], kind: Deciding, **given: Any) -> tuple[str, ...]:
    return missing(decision_of({"decision": tree}, kind), kind, [CATALOGUE], **given)


def denial(**changed: Any) -> dict[str, Any]:
    return grant(judged=judged("fail"), terms=None, promises=None, **changed)


def test_a_whole_decision_lacks_nothing() -> None:
    assert lacks(grant(), Deciding.GRANT) == ()
    assert lacks(denial(), Deciding.DENY) == ()
    assert lacks(denial(), Deciding.INTENT) == ()


def test_a_decision_is_read_from_its_own_spelling_as_it_was() -> None:
    decision = decision_of({"decision": grant()}, Deciding.GRANT)
    tree = decision_tree(decision)
    assert decision_of({"decision": tree}, Deciding.GRANT) == decision
    assert tree["terms"]["to"] == 'org == "orbital-labs"'
    assert tree["terms"]["operations"] == ["use"]
    assert tree["promises"][0]["within"] == "30 d"
    assert decision_tree(decision_of({"decision": tree}, Deciding.GRANT)) == tree


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ("summary", "the decision is not stated: add `summary`"),
        ("basis", "there is no statutory or regulatory basis: add `basis`"),
        ("considerations", "there are no specific considerations: add `considerations`"),
        ("reconsideration", "it is not said what would change it: add `reconsideration`"),
        ("official", "no official is named: add `official`"),
        ("appeal", "it is not said how to appeal: add `appeal`"),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "...", "None stated.", "TBD"])
def test_each_element_is_needed(element: str, words: str, empty: str | None) -> None:
    value: Any = [empty] if element == "basis" and empty else empty
    if element == "basis" and empty == "":
        value = []
    (sentence,) = lacks(grant(**{element: value}), Deciding.GRANT)
    assert sentence.startswith(words)


def test_a_denial_says_what_would_change_it() -> None:
    (sentence,) = lacks(denial(reconsideration=None), Deciding.DENY)
    assert sentence.startswith("the denial does not say what would change it")


def test_an_official_can_be_reached() -> None:
    (sentence,) = lacks(grant(official="Ada Byron"), Deciding.GRANT)
    assert sentence == "`Ada Byron` cannot be reached: add to `official` an address or a telephone number"


def test_every_criterion_is_judged_with_reasons_and_evidence() -> None:
    assert lacks(grant(judged=judged()[:1]), Deciding.GRANT) == (
        (
            "`access@1#holders` (Holders) is not judged: add it to `judged` with a verdict, one of `pass`, `fail`,"
            " `insufficient evidence`, `not applicable`"
        ),
    )
    bare = [{**judged()[0], "evidence": []}, {**judged()[1], "reasons": "-"}]
    assert lacks(grant(judged=bare), Deciding.GRANT) == (
        "`access@1#end-use` (End use) passes without evidence: add the digest of what shows it to `evidence`",
        "`access@1#holders` (Holders) is judged without reasons: add why it is `pass`",
    )
    twice = [*judged(), judged()[0], {"criterion": "access@2#end-use", "verdict": "pass", "reasons": "so"}]
    assert lacks(grant(judged=twice), Deciding.GRANT) == (
        "`access@1#end-use` is judged twice: keep one verdict",
        "`access@2#end-use` is no criterion of this procedure: name one of its catalogues: `access@1`",
    )


@pytest.mark.parametrize("verdict", ["fail", "insufficient evidence", "not applicable"])
def test_no_grant_without_a_decisive_criterion(verdict: str) -> None:
    (sentence,) = lacks(grant(judged=judged(verdict)), Deciding.GRANT)
    assert sentence.startswith(f"`access@1#end-use` (End use) is decisive and is `{verdict}`")
    assert lacks(grant(judged=judged(holders=verdict)), Deciding.GRANT) == ()


def test_no_denial_without_a_criterion_that_is_not_met() -> None:
    (sentence,) = lacks(denial() | {"judged": judged("pass", "not applicable")}, Deciding.DENY)
    assert sentence.startswith("nothing failed and nothing lacks evidence")
    assert lacks(denial() | {"judged": judged("pass", "insufficient evidence")}, Deciding.DENY) == ()


def test_a_grant_has_terms_and_a_denial_has_none() -> None:
    (sentence,) = lacks(grant(terms=None), Deciding.GRANT)
    assert sentence.startswith("a grant has no terms")
    assert lacks(grant(judged=judged("fail")), Deciding.DENY) == (
        "`terms` has no place in a decision of the kind `deny`: it writes no licence; leave it out",
        "`promises` has no place in a decision of the kind `deny`: it binds nobody; leave it out",
    )


def test_terms_name_models_orders_and_an_end() -> None:
    bare = {"licence": "l", "to": True, "from": "2026-06-26T20:30:00-04:00", "operations": []}
    assert lacks(grant(terms=bare), Deciding.GRANT) == (
        "the terms relieve no order: add `relieves`, the orders of which the licence relieves",
        "the terms name no model: add `models` or `families`",
        "the terms have neither an end nor a review: add `until`, or `review_by`",
    )


def test_promises_have_owners_and_dates() -> None:
    bare = [{"id": "p", "kind": "condition"}]
    found = lacks(grant(promises=bare), Deciding.GRANT)
    assert [each.split(": ")[0] for each in found] == [
        "the condition `p` does not say what is to be done",
        "the condition `p` has no owner",
        "the condition `p` has no date",
    ]


def test_nothing_is_due_before_it_is_decided() -> None:
    decision = decision_of({"decision": grant()}, Deciding.GRANT)
    assert decision.terms is not None and decision.terms.until is not None
    found = missing(decision, Deciding.GRANT, [CATALOGUE], at=decision.terms.until)
    assert [each.split(" is ")[0] for each in found] == ["the undertaking `log`", "`terms.until`"]


def test_a_variation_supersedes_what_stands() -> None:
    (sentence,) = lacks(grant(), Deciding.VARY)
    assert sentence.startswith("the variation leaves the earlier licence in force")
    (sentence,) = lacks(grant(), Deciding.VARY, licences=["old"])
    assert sentence == "the licence `old` would stay in force beside the new one: add it to `supersedes`"
    varied = grant(terms=grant()["terms"] | {"supersedes": ["old"]})
    assert lacks(varied, Deciding.VARY, licences=["old"]) == ()
    assert lacks(grant(), Deciding.VARY, licences=[]) == ()
    ended = grant(ends={"lift": "end-old", "instruments": ["old"], "from": "2026-06-26T20:30:00-04:00"})
    assert lacks(ended, Deciding.VARY, licences=["old"]) == ()
    (sentence,) = lacks(grant(terms=None), Deciding.VARY, licences=[])
    assert sentence.startswith("a variation changes nothing")


def test_a_suspension_ends_a_licence_of_this_case() -> None:
    plain = grant(terms=None, judged=None, promises=None)
    (sentence,) = lacks(plain, Deciding.SUSPEND)
    assert sentence.startswith("a suspension ends nothing: add `ends`")
    ends = {"lift": "end-1", "instruments": ["orbital-labs-1"], "from": "2026-07-30T00:00:00Z"}
    assert lacks(plain | {"ends": ends}, Deciding.SUSPEND, licences=["orbital-labs-1"]) == ()
    (sentence,) = lacks(plain | {"ends": ends}, Deciding.SUSPEND, licences=["other"])
    assert sentence.startswith("`orbital-labs-1` is no licence that this case wrote")
    assert lacks(plain | {"ends": ends}, Deciding.STAY)[0].startswith("`ends` has no place")


def test_a_stay_may_write_a_licence_that_ends_by_itself() -> None:
    """The instrument follows: what is appealed has no effect meanwhile, and nothing is taken away for good."""
    bare = grant(judged=None, promises=None)
    assert lacks(bare | {"terms": None}, Deciding.STAY) == ()
    assert lacks(bare, Deciding.STAY, licences=["old"]) == ()
    endless = bare["terms"] | {"until": None, "review_by": "2026-07-26T20:30:00-04:00", "supersedes": ["old"]}
    assert lacks(bare | {"terms": endless}, Deciding.STAY, licences=["old"]) == (
        "a stay lasts until the appeal is decided: add `until` to the terms, the last day of that",
        "a stay leaves what there was for afterwards: leave out `supersedes`",
    )
    decision = decision_of({"decision": bare}, Deciding.STAY)
    at = datetime(2026, 6, 16, tzinfo=UTC)
    (licence,) = documents(decision, issuer="the appeal officer", issued=at, source="case C-1, entry 4")
    assert (licence["licence"], licence["relieves"]) == ("orbital-labs-1", ["us-doc-2026-06-12"])
    stayed = Decided(4, decision)
    (sentence,) = lacks(grant(terms=grant()["terms"] | {"licence": "new"}), Deciding.VARY, licences=standing([stayed]))
    assert sentence == "the licence `orbital-labs-1` would stay in force beside the new one: add it to `supersedes`"


def test_licences_stand_until_they_are_superseded_or_ended() -> None:
    def one(tree: dict[str, Any], kind: Deciding) -> Decided:
        return Decided(1, decision_of({"decision": tree}, kind))

    first = one(grant(), Deciding.GRANT)
    varied = one(grant(terms=grant()["terms"] | {"licence": "second", "supersedes": ["orbital-labs-1"]}), Deciding.VARY)
    ends = {"lift": "end", "instruments": ["second"], "from": "2026-07-30T00:00:00Z"}
    suspended = one(grant(terms=None, ends=ends), Deciding.SUSPEND)
    assert standing([first]) == ("orbital-labs-1",)
    assert standing([first], [varied]) == ("second",)
    assert standing([first, varied, suspended]) == ()


def test_every_problem_is_said_with_its_place() -> None:
    wrong = grant(
        kind="deny",
        colour="red",
        summary=3,
        basis=["a", "a", ""],
        judged=[{"criterion": "c", "verdict": "maybe"}, {"verdict": "pass"}, 7],
        promises=[{"id": "p", "kind": "condition", "within": "thirty", "by": "2026-06-26"}, {"id": "p p", "kind": "x"}],
        terms={
            "licence": "l l",
            "to": "org ==",
            "from": "2026-06-26T20:30:00-04:00",
            "models": ["a b"],
            "uses": {"x": 1},
        },
    )
    with pytest.raises(DecisionRejected) as caught:
        decision_of({"decision": wrong}, Deciding.GRANT)
    places = {line.split(": ")[0] for line in str(caught.value).splitlines()}
    assert places == {
        "decision.kind",
        "decision.colour",
        "decision.summary",
        "decision.basis[1]",
        "decision.basis[2]",
        "decision.judged[0].verdict",
        "decision.judged[1]",
        "decision.judged[2]",
        "decision.promises[0].within",
        "decision.promises[0].by",
        "decision.promises[1].id",
        "decision.terms.licence",
        "decision.terms.to",
        "decision.terms.models[0]",
        "decision.terms.uses.x",
    }


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        ({"until": "2026-06-26T20:30:00-04:00"}, "decision.terms.until: `until` is not after `from`"),
        ({"uses": {"annex": "annex.csv"}}, "decision.terms.uses.annex: `annex.csv` is not allowed here"),
        (
            {"uses": {"annex": {"list": "annex.csv"}}},
            "decision.terms.uses.annex: a list, which is pinned by its digest",
        ),
        ({"uses": {"and": "foreign_person@15cfr772.1"}}, "decision.terms.uses.and: `and` is no local name"),
        ({"from": "2026-06-26T20:30:00"}, "decision.terms.from: `2026-06-26T20:30:00` has no offset"),
        ({"operations": ["fly"]}, "decision.terms.operations[0]: `fly` is not allowed here"),
    ],
)
def test_terms_that_do_not_read(terms: dict[str, Any], place: str) -> None:
    with pytest.raises(DecisionRejected) as caught:
        decision_of({"decision": grant(terms=grant()["terms"] | terms)}, Deciding.GRANT)
    assert str(caught.value).startswith(place)


def test_a_promise_is_due_by_one_rule() -> None:
    both = [{"id": "p", "kind": "condition", "within": "30 d", "by": "2026-07-31T00:00:00Z"}]
    with pytest.raises(DecisionRejected, match=r"decision.promises\[0\].by: `within` and `by` both say when it is due"):
        decision_of({"decision": grant(promises=both)}, Deciding.GRANT)
    twice = [{"id": "p", "kind": "condition", "within": "30 d"}] * 2
    with pytest.raises(DecisionRejected, match=r"decision.promises\[1\].id: there are two promises `p`"):
        decision_of({"decision": grant(promises=twice)}, Deciding.GRANT)


@pytest.mark.parametrize("nothing", [None, [], "granted", 1])
def test_what_is_no_decision_is_refused(nothing: Any) -> None:
    with pytest.raises(DecisionRejected, match=r"^decision: "):
        decision_of({"decision": nothing} if nothing is not None else {}, Deciding.GRANT)
