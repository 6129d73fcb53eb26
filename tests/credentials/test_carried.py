"""Facts out of claims: paths, levels, frameworks, several trust documents."""

from __future__ import annotations

from typing import Any

import pytest
from tests.credentials.issuing import trust, trusted

from licet.core.facts import UNKNOWN, Members
from licet.core.trust import Trusted
from licet.credentials.carried import Carried, at_path, carried
from licet.credentials.refusal import CredentialRefused, Reason


def facts(claims: dict[str, Any], framework: str = "", **by_name: Trusted) -> tuple[Carried, ...]:
    return carried(claims, [trust(facts=by_name, framework=framework)], "it")


def verified(claims: dict[str, Any], framework: str = "eidas", **more: Any) -> dict[str, Any]:
    return {"verification": {"trust_framework": framework, **more}, "claims": claims}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", {"b": {"c": 1}, "b.c": 2}),
        ("a.b.c", 2),
        ("a.b", {"c": 1}),
        ("https://x.example/staff", True),
        ("d.e", None),
        ("d.", None),
        (".", None),
        ("none", None),
    ],
)
def test_a_whole_name_comes_before_a_path(path: str, found: object) -> None:
    claims = {"a": {"b": {"c": 1}, "b.c": 2}, "https://x.example/staff": True, "d": "text"}
    assert at_path(claims, path) == found


def test_values_are_what_they_are_in_json() -> None:
    for value in (True, False, 0, -3, "x", 2**53 - 1):
        assert facts({"c": value}, f=trusted("c"))[0].value == value
    assert facts({"c": ["a", "b"]}, f=trusted("c"))[0].value == Members(frozenset("ab"), complete=False)
    assert facts({"c": {"known": [], "complete": True}}, f=trusted("c"))[0].value == Members(frozenset(), complete=True)
    assert facts({"c": None}, f=trusted("c")) == ()


@pytest.mark.parametrize("value", [1.0, 2**53, "", "x" * 201, {}, {"known": ["a"]}, [1], [""], ["a"] * 2])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(CredentialRefused) as refused:
        facts({"c": value}, f=trusted("c"))
    assert refused.value.reason is Reason.CLAIM_VALUE


def test_whoever_is_vouched_for_has_a_value_without_a_claim() -> None:
    assert facts({}, staff=trusted(None, value=True)) == (Carried("staff", True, "high", ""),)


def test_what_is_not_believed_withdraws() -> None:
    only = trusted("org", only=("acme",))
    assert facts({"org": "acme"}, org=only)[0].value == "acme"
    assert facts({"org": "initech"}, org=only)[0].value is UNKNOWN
    assert facts({"org": ["acme", "initech"]}, org=only)[0].value is UNKNOWN


def test_verified_claims_come_before_others() -> None:
    claims = {"c": False, "verified_claims": verified({"c": True})}
    assert facts(claims, f=trusted("c")) == (Carried("f", True, "high", "eidas"),)


def test_a_path_into_verified_claims_finds_nothing_else_and_keeps_their_level() -> None:
    only = trusted("verified_claims.claims.c")
    low = verified({"c": True}, assurance_level="low")
    assert facts({"c": False, "verified_claims": [low]}, f=only) == (Carried("f", True, "low", "eidas"),)
    assert facts({"verified_claims": low}, f=only) == (Carried("f", True, "low", "eidas"),)
    assert facts({"verified_claims": low}, "de_aml", f=only) == ()
    assert facts({"c": False}, f=only) == facts({"claims": {"c": False}}, f=only) == ()


@pytest.mark.parametrize(
    ("said", "level"),
    [("low", "low"), ("substantial", "substantial"), ("ial3", "high"), ("gold", "unstated"), ("", "high")],
)
def test_a_level_is_never_higher_than_that_of_the_verification(said: str, level: str) -> None:
    claims = {"verified_claims": verified({"c": True}, **({"assurance_level": said} if said else {}))}
    assert facts(claims, f=trusted("c"))[0].level == level


def test_the_documents_level_is_never_exceeded() -> None:
    claims = {"verified_claims": verified({"c": True}, assurance_level="high")}
    assert facts(claims, f=trusted("c", level="low"))[0].level == "low"


def test_another_framework_is_passed_over() -> None:
    both = {"verified_claims": [verified({"c": True}, "de_aml"), verified({"c": False}, "eidas")]}
    assert facts(both, "eidas", f=trusted("c")) == (Carried("f", False, "high", "eidas"),)
    assert facts({"verified_claims": verified({"c": True}, "de_aml")}, "eidas", f=trusted("c")) == ()


@pytest.mark.parametrize("odd", [None, 1, [None], {}, {"claims": {}}, verified({}, ""), verified({}, "a b")])
def test_verified_claims_without_their_form_are_refused(odd: object) -> None:
    with pytest.raises(CredentialRefused) as refused:
        facts({"verified_claims": odd}, f=trusted("c"))
    assert refused.value.reason is Reason.CLAIM_VALUE


def test_two_values_for_one_fact_are_refused() -> None:
    two = {"verified_claims": [verified({"c": True}), verified({"c": 1})]}
    with pytest.raises(CredentialRefused) as refused:
        facts(two, f=trusted("c"))
    assert refused.value.reason is Reason.CONTRADICTORY
    documents = [trust(facts={"f": trusted("c")}), trust(facts={"f": trusted("d")})]
    with pytest.raises(CredentialRefused) as refused:
        carried({"c": True, "d": False}, documents, "it")
    assert refused.value.reason is Reason.CONTRADICTORY


def test_of_two_documents_the_higher_level_counts_and_what_one_believes_is_believed() -> None:
    one = trust(facts={"f": trusted("c", level="low"), "g": trusted("c", only=("false",))})
    other = trust(facts={"f": trusted("c", level="substantial"), "g": trusted("c")})
    for documents in ([one, other], [other, one]):
        found = {each.fact: each for each in carried({"c": True}, documents, "it")}
        assert found["f"].level == "substantial"
        assert found["g"].value is True


def test_what_was_verified_twice_has_the_lower_level() -> None:
    both = [verified({"c": True}, assurance_level=level) for level in ("high", "low")]
    assert facts({"verified_claims": both}, f=trusted("c"))[0].level == "low"
