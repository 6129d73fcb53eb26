"""What somebody who reads everything public could try, to learn what is withheld: by other spellings, numbers, links,
obligations, and by what stands beside it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.test_decision import grant
from tests.cases.test_redaction import AT, CLOCKS, case, entry, procedure, shown

from licet.cases.redaction.public import everything
from licet.cases.redaction.redacting import is_withheld
from licet.core.cases.case import Case, Link
from licet.core.cases.clock import Base, Deadline, Limit, Running
from licet.core.cases.decision import Kept, Obligation, Promise, Promised
from licet.core.cases.entry import Exhibit
from licet.core.cases.procedure import FieldKind, FieldRule, Secrecy

DIGEST = "sha256:" + "8" * 64


def withhold(number: int, what: int, field: str, secrecy: str = "security") -> Any:
    return entry(number, "withhold", {"entry": what, "field": field, "secrecy": secrecy, "why": "so"})


def purpose(of: Case) -> Any:
    return shown(of)["entries"][0]["fields"]["purpose"]


@pytest.mark.parametrize(
    ("party", "said"),
    [
        ("Alice Smith", "for Smi\u200bth and her team"),
        ("Alice Smith", "for \uff33\uff4d\uff49\uff54\uff48 and her team"),
        ("Alice Smi\u00adth", "for Smith and her team"),
        ("Alice Smith", "for SMITH and her team"),
        ("Alice Smith", "ask_Smith_first"),
        ("Mary O'Neil", "for O\u2019Neil and her team"),
        ("Mary Jos\u00e9", "for Jose\u0301 and her team"),
        ("Mary Jones-Smith", "for Smith and her team"),
        ("Mary Jones-Smith", "for Jones\u2010Smith and her team"),
        ("Kim Li", "for Kim and her team"),
        ("Kim", "for Kim and her team"),
        ("Bo", "for Bo and his team"),
    ],
)
def test_a_name_of_a_person_is_found_however_it_is_written(party: str, said: str) -> None:
    assert purpose(case(entry(1, fields={"purpose": said}, party=party)))["withheld"] == "personal"


@pytest.mark.parametrize(
    ("party", "said"),
    [
        ("Alice Smith", "for a smith and their team"),
        ("Alice Smith", "for Smithson and his team"),
        ("Alice Smith", "for Blacksmith and his team"),
        ("the person who asks", "for the team"),
        ("She lives at sea.", "She says so"),
        ("Kim Li", "for Kimberley, in a limited way"),
    ],
)
def test_what_is_no_name_may_be_said(party: str, said: str) -> None:
    assert purpose(case(entry(1, fields={"purpose": said}, party=party))) == said


def test_a_name_that_stands_within_the_name_of_an_organisation_is_still_withheld() -> None:
    fields = {"organisation": "Britannia Labs", "purpose": "for Rita and her team"}
    assert is_withheld(purpose(case(entry(1, fields=fields, party="Rita Moreno"))))
    named = {"organisation": "Moreno Labs", "purpose": "for Moreno Labs"}
    assert purpose(case(entry(1, fields=named, party="Rita Moreno"))) == "for Moreno Labs"


@pytest.mark.parametrize("said", ["it costs 4711000 in all", "it costs 4,711,000 in all"])
def test_a_number_that_is_withheld_is_found_in_texts(said: str) -> None:
    law = procedure(fields={"sum": FieldRule("sum", FieldKind.INTEGER, "", Secrecy.COMMERCIAL)})
    for number in (4711000, -4711000):
        made = case(entry(1, fields={"sum": number, "purpose": said}), procedure=law)
        assert purpose(made)["withheld"] == "commercial"
    small = case(entry(1, fields={"sum": 9999, "purpose": "in 9999 words"}), procedure=law)
    assert purpose(small) == "in 9999 words"
    least = case(entry(1, fields={"sum": 10000, "purpose": "in 10000 words"}), procedure=law)
    assert is_withheld(purpose(least))


@pytest.mark.parametrize("target", [DIGEST, DIGEST.upper(), f"finding {DIGEST}", "A" * 64])
def test_a_link_gives_no_digest_away_however_it_is_written(target: str) -> None:
    made = case(
        entry(1, fields={"purpose": f"see {target.lower()}"}),
        entry(2, "link", {"relation": "concerns", "target": target}),
        links=(Link("concerns", target),),
    )
    tree = shown(made)
    assert tree["entries"][1]["fields"]["target"]["withheld"] == "commercial"
    assert tree["links"][0]["target"]["withheld"] == "commercial"
    assert tree["entries"][0]["fields"]["purpose"]["withheld"] == "commercial"
    assert everything(made, whole=DIGEST)["links"] == [{"relation": "concerns", "target": target}]


def test_a_link_to_what_is_public_is_shown_whatever_its_letters() -> None:
    for target in (DIGEST.upper(), f"{DIGEST}8", "LIC-7"):
        made = case(entry(1), entry(2, "link", {"relation": "concerns", "target": target}))
        assert shown(made, known=[DIGEST])["entries"][1]["fields"]["target"] == target
    two = f"{DIGEST} and sha256:{'9' * 64}"
    made = case(entry(1), entry(2, "link", {"relation": "concerns", "target": two}))
    assert is_withheld(shown(made, known=[DIGEST])["entries"][1]["fields"]["target"])


@pytest.mark.parametrize("target", ["LIC-12", "C-1"])
def test_what_a_link_has_withheld_stands_in_no_list_of_links(target: str) -> None:
    """However short it is; and of another link nothing is withheld."""
    linked = entry(2, "link", {"relation": "ordered by", "target": target})
    other = entry(3, "link", {"relation": "concerns", "target": "LIC-77"})
    links = (Link("ordered by", target), Link("concerns", "LIC-77"))
    kept = {"relation": "concerns", "target": "LIC-77"}
    one, two = shown(case(entry(1), linked, other, withhold(4, 2, "relation"), links=links))["links"]
    assert (one["relation"]["withheld"], one["target"], two) == ("security", target, kept)
    assert one["relation"]["why"].endswith(", as entry 4 says")
    one, two = shown(case(entry(1), linked, other, withhold(4, 2, "target"), links=links))["links"]
    assert (one["relation"], one["target"]["withheld"], two) == ("ordered by", "security", kept)
    assert one["target"]["why"].endswith(", as entry 4 says")


def test_what_a_field_names_in_confidence_is_in_no_list_of_links() -> None:
    law = procedure(fields={"concerns": FieldRule("concerns", FieldKind.CASES, "", Secrecy.INVESTIGATION)})
    links = (Link("concerns", "C-1"), Link("concerns", "C-22"))
    first, second = shown(case(entry(1, fields={"concerns": ["C-1"]}), links=links, procedure=law))["links"]
    assert first["target"]["withheld"] == "investigation"
    assert second["target"] == "C-22"


def test_an_obligation_that_is_withheld_is_not_named_where_it_is_met_or_broken() -> None:
    promise = Promise("a", Promised.CONDITION, "Orbital Labs", "report", within=Limit(30, Base.DAYS))
    owed = Obligation("1.a", promise, 1, AT, AT + timedelta(days=30), Kept.OWED)
    decided = entry(1, "decide", {"decision": grant(promises=[{"id": "a", "text": "report"}])})
    entries = [
        entry(3, "discharge", {"obligation": "1.a"}),
        entry(4, "breach", {"obligation": "1.a", "why": "so"}),
        entry(5, "discharge", {"obligation": "1.b"}),
    ]
    open_ = shown(case(decided, *entries, obligations=(owed,)))
    assert [each["fields"]["obligation"] for each in open_["entries"][1:]] == ["1.a", "1.a", "1.b"]
    hidden = shown(case(decided, withhold(2, 1, "decision.promises"), *entries, obligations=(owed,)))
    assert [is_withheld(each["fields"]["obligation"]) for each in hidden["entries"][2:]] == [True, True, False]
    assert "1.a" not in json.dumps(hidden)


def test_a_limit_that_an_earlier_version_chose_by_what_is_withheld_is_not_told() -> None:
    plain = CLOCKS | {"telling": replace(CLOCKS["plain"], name="telling")}
    due = AT + timedelta(days=1)
    deadline = Deadline("telling", "T", "officer", AT, 1, due, due, Running.MET, due, (), "sha256:t", "1 d: imminent")
    made = case(entry(1, fields={"imminent": True}), deadlines=(deadline,), procedure=procedure(clocks=plain))
    (found,) = shown(made, earlier=[procedure(digest="sha256:" + "5" * 64)])["deadlines"]
    assert [found[each]["withheld"] for each in ("started", "gross", "due", "because")] == ["security"] * 4
    assert shown(made)["deadlines"][0]["because"] == "1 d: imminent"


@pytest.mark.parametrize("word", ["pass", "a@1#b"])
def test_the_words_of_the_law_in_a_verdict_stay_whatever_is_withheld(word: str) -> None:
    """Who gives `pass` in confidence must not keep the case from being published."""
    judged = [{"criterion": "a@1#b", "verdict": "pass", "reasons": f"{word} it is"}]
    made = case(entry(1, fields={"commercial": word}), entry(2, "decide", {"decision": grant(judged=judged)}))
    (found,) = shown(made)["entries"][1]["fields"]["decision"]["judged"]
    assert (found["criterion"], found["verdict"]) == ("a@1#b", "pass")
    assert found["reasons"]["withheld"] == "commercial"


def test_an_exhibit_is_not_known_again_by_its_digest_in_other_letters() -> None:
    made = case(
        entry(
            1, fields={"purpose": f"see {DIGEST.upper()}"}, exhibits=(Exhibit("a.pdf", "application/pdf", 9, DIGEST),)
        )
    )
    assert purpose(made)["withheld"] == "commercial"


def test_a_secret_that_stands_only_in_an_obligation_or_a_link_is_withheld_there() -> None:
    promise = Promise("a", Promised.CONDITION, "Orbital Labs", "report on falcon nine", within=Limit(30, Base.DAYS))
    owed = Obligation("1.a", promise, 1, AT, AT, Kept.OWED)
    secret = entry(1, fields={"commercial": "falcon nine"})
    assert is_withheld(shown(case(secret, obligations=(owed,)))["obligations"][0]["text"])
    assert is_withheld(shown(case(secret, links=(Link("concerns", "falcon nine's file"),)))["links"][0]["target"])
