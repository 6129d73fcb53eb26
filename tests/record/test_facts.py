"""What was attested of a subject, as leaves: one spelling, and the facts that the gate had."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated import FACTS, NOON, value_of

from licet.core.attestations import Attestation
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.record.refusal import Malformed, OutOfRange
from licet.record.sealed.commitment import Domain, commit, salt_of
from licet.record.sealed.facts import (
    Attested,
    SubjectLeaf,
    changes,
    facts_at,
    facts_head,
    facts_leaves,
    read_leaf,
    read_leaves,
    value_to_json,
    within,
)
from licet.record.tree.merkle import Head, root_of
from licet.services import subjects
from licet.services.stored import SubjectRecord
from licet.wire.values import to_json

HOUR = timedelta(hours=1)
NAMES = sorted(FACTS)
DECLARED = FACTS | {"subject": Fact("subject", Kind.STRING, About.REQUEST, "who asks", "test")}
LEAF = SubjectLeaf(
    "5f1d",
    "alice",
    "person",
    (
        Attested("us_citizen", False, NOON, None),
        Attested("citizenships", Members(frozenset({"IR", "FR"}), True), NOON, NOON + HOUR),
        Attested("level", 3, NOON + timedelta(microseconds=7), None),
        Attested("org", "Ácme \N{SNOWMAN}", NOON, None),
        Attested("org", UNKNOWN, NOON + HOUR, None),
    ),
)
SPELLED = (
    '{"attested":[{"at":"2026-06-12T12:00:00Z","fact":"us_citizen","until":null,"value":false},'
    '{"at":"2026-06-12T12:00:00Z","fact":"citizenships","until":"2026-06-12T13:00:00Z",'
    '"value":{"complete":true,"known":["FR","IR"]}},'
    '{"at":"2026-06-12T12:00:00.000007Z","fact":"level","until":null,"value":3},'
    '{"at":"2026-06-12T12:00:00Z","fact":"org","until":null,"value":"Ácme \N{SNOWMAN}"},'
    '{"at":"2026-06-12T13:00:00Z","fact":"org","until":null,"value":{"unknown":true}}],'
    '"kind":"person","name":"alice","subject":"5f1d"}'
)


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(0, 8).map(lambda hours: NOON + hours * HOUR)


@st.composite
def attestations(draw: st.DrawFn) -> Attested:
    name = draw(st.sampled_from([*NAMES, "undeclared"]))
    value = draw(value_of(draw(st.sampled_from(NAMES))) if draw(st.booleans()) else value_of(NAMES[0]))
    if name in FACTS and draw(st.booleans()):
        value = draw(value_of(name))
    return Attested(name, value, draw(instants()), draw(st.none() | instants()))


def leaves() -> st.SearchStrategy[SubjectLeaf]:
    history = st.lists(attestations(), max_size=8).map(lambda found: tuple(sorted(found, key=lambda each: each.at)))
    return st.builds(SubjectLeaf, st.just("5f1d"), st.just("alice"), st.just("person"), history)


def record_at(leaf: SubjectLeaf, instant: datetime) -> SubjectRecord:
    """What the store gives for the subject at an instant: the newest attestation of each fact."""
    newest: dict[str, Attestation] = {}
    for each in leaf.attested:
        if each.at <= instant:
            # when it says that it was attested is provenance: another instant than that of its event
            newest[each.fact] = Attestation(
                "alice", each.fact, each.value, "registry", "passport", "high", NOON - HOUR, each.until
            )
    return SubjectRecord("alice", "person", tuple(newest.values()))


def test_a_leaf_has_one_spelling() -> None:
    assert bytes(LEAF).decode() == SPELLED
    assert read_leaf(SPELLED.encode()) == LEAF


def test_somebody_who_is_not_known_any_more_has_a_leaf_that_says_nothing() -> None:
    leaf = SubjectLeaf("5f1d", None, None, ())
    assert read_leaf(bytes(leaf)) == leaf
    assert facts_at(leaf, DECLARED, NOON) == dict.fromkeys(DECLARED, UNKNOWN)
    for name, kind, attested in (("alice", None, ()), (None, "person", ()), (None, None, LEAF.attested)):
        with pytest.raises(Malformed, match="`name`: nobody is known by the pseudonym"):
            SubjectLeaf("5f1d", name, kind, attested)


@given(leaves())
def test_every_leaf_is_read_back(leaf: SubjectLeaf) -> None:
    assert read_leaf(bytes(leaf)) == leaf


@given(leaves(), instants())
def test_facts_are_what_the_gate_had(leaf: SubjectLeaf, instant: datetime) -> None:
    assert facts_at(leaf, DECLARED, instant) == subjects.facts_at(record_at(leaf, instant), DECLARED, (), {}, instant)


@given(st.lists(attestations(), max_size=8), st.lists(instants(), min_size=3, max_size=3).map(sorted))
def test_what_does_not_count_is_left_out_and_makes_no_difference(found: list[Attested], at: list[datetime]) -> None:
    # in any order: clocks of different machines need not agree
    leaf = SubjectLeaf("5f1d", "alice", "person", tuple(found))
    less = within(leaf, at[0], at[2])
    assert facts_at(less, DECLARED, at[1]) == facts_at(leaf, DECLARED, at[1])
    assert all(each.at <= at[2] for each in less.attested)
    assert len({each.fact for each in less.attested}) >= len([each for each in less.attested if each.at <= at[0]])


@given(leaves(), instants(), instants())
def test_facts_change_at_no_other_instants(leaf: SubjectLeaf, one: datetime, other: datetime) -> None:
    first, last = min(one, other), max(one, other)
    if not any(first < each <= last for each in changes(leaf)):
        assert facts_at(leaf, DECLARED, first) == facts_at(leaf, DECLARED, last)


@given(st.sampled_from(NAMES).flatmap(value_of))
def test_values_are_spelled_as_everywhere(value: Value) -> None:
    assert value_to_json(value) == to_json(value)


def test_a_number_that_json_readers_disagree_on_is_refused() -> None:
    for value in (2**53, -(2**53)):
        with pytest.raises(OutOfRange, match="is not within"):
            bytes(SubjectLeaf("5f1d", "alice", "person", (Attested("level", value, NOON, None),)))


def test_a_later_attestation_counts_even_after_it_ended() -> None:
    leaf = SubjectLeaf(
        "5f1d", "alice", "person", (Attested("a", True, NOON, None), Attested("a", False, NOON, NOON + HOUR))
    )
    assert facts_at(leaf, DECLARED, NOON)["a"] is False
    assert facts_at(leaf, DECLARED, NOON + HOUR)["a"] is UNKNOWN
    assert facts_at(leaf, DECLARED, NOON - HOUR)["a"] is UNKNOWN
    assert facts_at(leaf, DECLARED, NOON)["subject"] == "alice"


def spelled(**changed: Any) -> bytes:
    tree = json.loads(SPELLED) | changed
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def one(**changed: Any) -> list[dict[str, Any]]:
    return [{"fact": "a", "value": True, "at": "2026-06-12T12:00:00Z", "until": None} | changed]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"[]", "facts: not a JSON object"),
        (SPELLED.encode() + b"\n", "facts: not in the canonical form"),
        (spelled(more=1), "facts: leaf: unknown key `more`"),
        (b'{"attested":[],"kind":"person","name":"alice"}', "facts: leaf: no key `subject`"),
        (spelled(subject=""), "facts: `subject`: not a text"),
        (spelled(subject=3), "facts: `subject`: not a text"),
        (spelled(name=""), "facts: `name`: not a text"),
        (spelled(name=None), "facts: `name`: nobody is known"),
        (spelled(kind="robot"), "facts: `kind`: not `person`"),
        (spelled(kind=[]), "facts: `kind`: not `person`"),
        (spelled(attested={}), "facts: `attested`: not a list"),
        (spelled(attested=[3]), "facts: `attested` 0: not an object"),
        (spelled(attested=one(how="x")), "facts: `attested` 0: unknown key `how`"),
        (spelled(attested=one(fact="")), "facts: `attested` 0 `fact`: not a text"),
        (spelled(attested=one(at="2026-06-12T12:00:00+00:00")), "facts: `attested` 0 `at`: not an instant"),
        (spelled(attested=one(until="never")), "facts: `attested` 0 `until`: not an instant"),
        (spelled(attested=one(value=None)), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value=[])), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value={"unknown": False})), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value={"unknown": 1})), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value={"unknown": True, "x": 1})), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value={"known": ["a"]})), "facts: `attested` 0 `value`: not a value"),
        (spelled(attested=one(value={"known": ["b", "a"], "complete": True})), "`value`: not a value"),
        (spelled(attested=one(value={"known": ["a", "a"], "complete": True})), "`value`: not a value"),
        (spelled(attested=one(value={"known": [1], "complete": True})), "`value`: not a value"),
        (spelled(attested=one(value={"known": ["a"], "complete": 1})), "`value`: not a value"),
        (spelled(attested=one(value=2**53)), "facts: number"),
    ],
)
def test_what_is_not_a_leaf_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(Malformed) as raised:
        read_leaf(content)
    assert place in str(raised.value)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_bytes_are_a_leaf_or_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_leaf(content)


def test_each_subject_has_one_leaf_in_the_order_of_pseudonyms() -> None:
    first, second = SubjectLeaf("1a", "alice", "person", ()), SubjectLeaf("2b", "bob", "workload", ())
    assert read_leaves([bytes(first), bytes(second)]) == [first, second]
    for wrong in ([second, first], [first, first]):
        with pytest.raises(Malformed, match="facts 1: `subject`: `1a` does not come after the one before"):
            read_leaves([bytes(each) for each in wrong])


@pytest.mark.parametrize("size", [1, 2, 1023, 1024, 1025])
def test_the_tree_is_over_salted_leaves(size: int) -> None:
    seed = b"f" * 32
    contents = [bytes(SubjectLeaf(f"{each:04}", None, None, ())) for each in range(size)]
    hashed = [commit(Domain.FACTS, salt_of(seed, at), content) for at, content in enumerate(contents)]
    assert facts_leaves(contents, seed) == hashed
    assert facts_head(contents, seed) == Head(size, root_of(hashed))
