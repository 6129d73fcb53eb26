"""Where a case can get to, where a clock can run, the order in which a procedure is shown, what conditions see."""

from __future__ import annotations

from licet.core.cases.order import natural, states_in_order
from licet.core.cases.procedure import NEW, FieldKind, FieldRule, Secrecy
from licet.core.cases.running import Spot, ending, reachable, spots
from licet.core.cases.scope import facts_of, values_of
from licet.core.facts import UNKNOWN, About, Kind, Members
from licet.wire.documents import read_cases

PROCEDURES = read_cases(()).procedures
APPLICATION = PROCEDURES["licence_application@2026-07"]
OPEN: frozenset[str] = frozenset()


def field(name: str, kind: FieldKind, *values: str) -> FieldRule:
    return FieldRule(name, kind, "for a test", Secrecy.PUBLIC, values)


def test_every_state_is_reached_and_left() -> None:
    for procedure in PROCEDURES.values():
        assert reachable(procedure) == {NEW, *procedure.states}
        assert ending(procedure) >= set(procedure.states)


def test_a_clock_runs_from_what_starts_it_to_what_ends_it() -> None:
    found = spots(APPLICATION, APPLICATION.clocks["recommendations"])
    assert found == {Spot("referred", OPEN)}
    final = {spot.state for spot in spots(APPLICATION, APPLICATION.clocks["denial_final"])}
    assert final == {"intent_sent", "answered"}


def test_a_clock_with_a_capped_reason_can_run_out_while_it_is_tolled() -> None:
    whole = spots(APPLICATION, APPLICATION.clocks["whole_application"])
    assert all(spot.can_run_out for spot in whole)
    assert "before_president" not in {spot.state for spot in whole}


def test_states_are_shown_as_cases_go_through_them_and_ends_last() -> None:
    order = list(APPLICATION.states)
    assert order.index("registered") < order.index("referred") < order.index("resolved") < order.index("intent_sent")
    finals = [APPLICATION.states[name].final for name in order]
    assert finals == sorted(finals)


def test_states_that_lead_to_each_other_have_an_order_too() -> None:
    states = {name: {"final": name == "done"} for name in ("b", "a", "done", "island")}
    events = {
        "begin": {"from": [NEW], "to": "a"},
        "there": {"from": ["a"], "to": "b"},
        "back": {"from": ["b"], "to": "a"},
        "end": {"from": ["b"], "to": "done"},
    }
    assert states_in_order(states, events) == ["a", "b", "island", "done"]


def test_identifiers_are_in_their_natural_order() -> None:
    assert sorted(["FA-10", "FA-2", "FA-1", "B"], key=natural) == ["B", "FA-1", "FA-2", "FA-10"]
    criteria = read_cases(()).criteria["frontier_access@2026-07"].criteria
    assert list(criteria) == [f"FA-{number}" for number in range(1, 12)]


def test_conditions_see_no_wording() -> None:
    fields = {each.name: each for each in (field("said", FieldKind.TEXT), field("sure", FieldKind.BOOLEAN))}
    assert set(facts_of(fields)) == {"sure"}


def test_what_is_not_said_or_is_no_value_is_unknown() -> None:
    fields = {
        each.name: each
        for each in (
            field("sure", FieldKind.BOOLEAN),
            field("count", FieldKind.INTEGER),
            field("harm", FieldKind.CHOICE, "none", "death"),
            field("kinds", FieldKind.CHOICES, "a", "b"),
        )
    }
    said = {"sure": "yes", "count": True, "harm": "unknown", "kinds": ["a"]}
    assert values_of(fields, said) == {
        "sure": UNKNOWN,
        "count": UNKNOWN,
        "harm": UNKNOWN,
        "kinds": Members(frozenset({"a"}), complete=True),
    }
    assert values_of(fields, {"sure": False, "kinds": ["c"]})["sure"] is False
    assert values_of(fields, {"kinds": ["c"]})["kinds"] is UNKNOWN


def test_a_value_of_its_kind_is_known() -> None:
    kinds = {"count": FieldKind.INTEGER, "sure": FieldKind.BOOLEAN, "where": FieldKind.COUNTRIES}
    fields = {name: field(name, kind) for name, kind in kinds.items()}
    fields |= {"harm": field("harm", FieldKind.CHOICE, "none", "death"), "said": field("said", FieldKind.LINE)}
    said = {"count": 7, "sure": True, "where": ["DE"], "harm": "death", "said": "so", "more": 1}
    assert values_of(fields, said) == {
        "count": 7,
        "sure": True,
        "where": Members(frozenset({"DE"}), complete=True),
        "harm": "death",
    }
    assert set(values_of(fields, {}).values()) == {UNKNOWN}
    assert values_of(fields, {"where": "DE"})["where"] is UNKNOWN
    assert values_of(fields, {"where": ["DE", 7]})["where"] is UNKNOWN
    assert values_of(fields, {"where": ["DE", None]})["where"] is UNKNOWN
    assert values_of(fields, {"count": "7", "harm": 7, "sure": 1})["harm"] is UNKNOWN


def test_a_fact_of_a_field_says_what_the_field_says() -> None:
    rule = FieldRule("harm", FieldKind.CHOICE, "the gravest harm", Secrecy.PUBLIC, ("none", "death"), "a law")
    fact = facts_of({"harm": rule})["harm"]
    assert (fact.name, fact.kind, fact.about, fact.meaning, fact.source, fact.values) == (
        "harm",
        Kind.STRING,
        About.SUBJECT,
        "the gravest harm",
        "a law",
        frozenset({"none", "death"}),
    )
    kinds = (FieldKind.BOOLEAN, FieldKind.INTEGER, FieldKind.CHOICES, FieldKind.COUNTRIES)
    assert [facts_of({"x": field("x", kind)})["x"].kind for kind in kinds] == [
        Kind.BOOLEAN,
        Kind.INTEGER,
        Kind.STRINGS,
        Kind.COUNTRIES,
    ]
