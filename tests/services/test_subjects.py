"""Subjects, their facts over time, and their import."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.subjects import AttestedFact, Subject
from licet.services import subjects
from licet.services.stored import SubjectRecord
from licet.services.subjects import Imported, SubjectRefused
from licet.wire.people import read_people
from licet.wire.sheet import SheetRejected

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECLARED = {
    "us_citizen": Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "", ""),
    "citizenships": Fact("citizenships", Kind.COUNTRIES, About.SUBJECT, "", ""),
    "clearance": Fact("clearance", Kind.INTEGER, About.SUBJECT, "", ""),
    "natural_person": Fact("natural_person", Kind.BOOLEAN, About.SUBJECT, "", ""),
    "stream": Fact("stream", Kind.BOOLEAN, About.REQUEST, "", ""),
}
NOTHING: dict[str, Value] = dict.fromkeys(DECLARED, UNKNOWN)


def attested(fact: str, value: Value, until: datetime | None = None) -> Attestation:
    return Attestation("alice", fact, value, "registry", "passport", "high", NOW, until)


def alice(*attestations: Attestation) -> SubjectRecord:
    return SubjectRecord("alice", "person", attestations)


def test_every_declared_fact_has_a_value() -> None:
    assert subjects.facts_at(alice(), DECLARED, (), {}, NOW) == NOTHING
    assert subjects.facts_at(alice(attested("us_citizen", False)), DECLARED, (), {}, NOW) == {
        **NOTHING,
        "us_citizen": False,
    }


def test_a_fact_is_unknown_from_the_instant_of_its_expiry() -> None:
    record = alice(attested("us_citizen", True, NOW + HOUR))
    before = NOW + HOUR - timedelta(microseconds=1)
    assert subjects.facts_at(record, DECLARED, (), {}, before)["us_citizen"] is True
    assert subjects.facts_at(record, DECLARED, (), {}, NOW + HOUR) == NOTHING


@pytest.mark.parametrize(
    "attestation",
    [
        attested("undeclared", True),
        attested("us_citizen", "yes"),
        attested("clearance", True),
        attested("citizenships", Members(frozenset({"usa"}), True)),
        attested("stream", True),
        attested("us_citizen", UNKNOWN),
    ],
)
def test_what_does_not_fit_its_declaration_is_unknown(attestation: Attestation) -> None:
    assert subjects.facts_at(alice(attestation), DECLARED, (), {}, NOW) == NOTHING


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=6), st.integers(-6, 6))
def test_facts_are_constant_up_to_the_next_change(ends: list[int | None], hour: int) -> None:
    declared = {f"f{n}": Fact(f"f{n}", Kind.INTEGER, About.SUBJECT, "", "") for n in range(len(ends))}
    record = alice(*(attested(f"f{n}", n, None if end is None else NOW + end * HOUR) for n, end in enumerate(ends)))
    now = NOW + hour * HOUR
    change = subjects.next_change(record, (), {}, now)
    values = subjects.facts_at(record, declared, (), {}, now)
    last = datetime.max.replace(tzinfo=UTC) if change is None else change - timedelta(microseconds=1)
    assert subjects.facts_at(record, declared, (), {}, last) == values
    if change is not None:
        assert change > now
        assert subjects.facts_at(record, declared, (), {}, change) != values


def test_a_subject_is_added_once_and_keeps_its_kind() -> None:
    store = MemoryStore()
    assert subjects.add(store, "alice", "person", actor="me", now=NOW)
    assert not subjects.add(store, "alice", "person", actor="me", now=NOW)
    with pytest.raises(SubjectRefused, match="`alice` is there as a person and cannot become a workload"):
        subjects.add(store, "alice", "workload", actor="me", now=NOW)


@pytest.mark.parametrize("name", ["", "a b", "a\n", "a\u200b", "a\x7f", "x" * 201, "é"])
def test_a_name_that_nobody_can_see_or_type_is_refused(name: str) -> None:
    with pytest.raises(SubjectRefused, match="is not a subject's name: at most 200 printable ASCII"):
        subjects.add(MemoryStore(), name, "person", actor="me", now=NOW)
    with pytest.raises(SubjectRefused, match="`robot` is not a kind"):
        subjects.add(MemoryStore(), "alice", "robot", actor="me", now=NOW)


@pytest.mark.parametrize(
    ("attestation", "message"),
    [
        (attested("shoe_size", 43), "`shoe_size` is not a declared fact; there are citizenships"),
        (attested("stream", True), "`stream` is about a request"),
        (attested("us_citizen", 1), "`1` is not a value of `us_citizen`; allowed is `true` or `false`"),
        (attested("clearance", 2**60), "allowed is a whole number from -9007199254740991"),
        (replace(attested("us_citizen", True), at=NOW + HOUR), "which is yet to come"),
        (attested("us_citizen", True, NOW), "not after it was attested"),
        (replace(attested("us_citizen", True), subject="bob"), "`bob` is not a subject"),
    ],
)
def test_an_attestation_that_makes_no_sense_is_refused(attestation: Attestation, message: str) -> None:
    store = MemoryStore()
    subjects.add(store, "alice", "person", actor="me", now=NOW)
    with pytest.raises(SubjectRefused, match=message):
        subjects.attest(store, DECLARED, [attested("us_citizen", True), attestation], actor="me", now=NOW)
    assert store.subject("alice") == alice()


def test_an_attestation_takes_the_place_of_the_one_before() -> None:
    store = MemoryStore()
    subjects.add(store, "alice", "person", actor="me", now=NOW)
    for value in (True, UNKNOWN):
        subjects.attest(store, DECLARED, [attested("us_citizen", value)], actor="me", now=NOW)
    record = store.subject("alice")
    assert record is not None
    assert subjects.facts_at(record, DECLARED, (), {}, NOW) == NOTHING


def test_records_are_added_all_or_none() -> None:
    store = MemoryStore()
    good = alice(attested("clearance", 3))
    bad = SubjectRecord("bob", "person", (replace(attested("clearance", "x"), subject="bob"),))
    with pytest.raises(SubjectRefused, match="`clearance`; allowed is a whole number"):
        subjects.add_records(store, [good, bad], DECLARED, actor="me", now=NOW)
    assert store.head() == 0
    assert subjects.add_records(store, [good], DECLARED, actor="me", now=NOW) == Imported(1, 1, 1)
    with pytest.raises(SubjectRefused, match="cannot become a workload"):
        subjects.add_records(store, [replace(good, kind="workload")], DECLARED, actor="me", now=NOW)


def test_documents_are_added_all_or_none() -> None:
    store = MemoryStore()
    fact = AttestedFact("clearance", 3, "registry", "file", "high", NOW, NOW + HOUR)
    ada, bot = Subject("ada", "person", (fact,)), Subject("bot", "workload", ())
    assert subjects.import_documents(store, [ada, bot], DECLARED, actor="me", now=NOW) == Imported(2, 2, 2)
    record = store.subject("ada")
    assert record is not None
    expected = {**NOTHING, "clearance": 3, "natural_person": True}
    assert subjects.facts_at(record, DECLARED, (), {}, NOW) == expected
    head = store.head()
    bad = Subject("eve", "person", (replace(fact, value=True),))
    with pytest.raises(SubjectRefused, match="`True` is not a value of `clearance`"):
        subjects.import_documents(store, [Subject("dan", "person", ()), bad], DECLARED, actor="me", now=NOW)
    assert store.head() == head


PEOPLE = b"""subject,kind,us_citizen,citizenships,citizenships_complete,clearance,attested_by,at,until
alice,person,true,US;DE,true,3,registry,2026-06-01T00:00:00Z,2027-06-01T00:00:00Z
bob,person,,FR,,,,,
ci-bot,workload,,,,,,,
"""


def import_(store: MemoryStore, text: bytes) -> Imported:
    people = read_people(text.splitlines(keepends=True), DECLARED, file="people.csv")
    return subjects.import_people(store, people, file="people.csv", actor="me", now=NOW)


def test_people_are_imported_with_their_provenance() -> None:
    store = MemoryStore()
    assert import_(store, PEOPLE) == Imported(3, 3, 6)
    record = store.subject("alice")
    assert record is not None
    assert subjects.facts_at(record, DECLARED, (), {}, NOW) == {
        "us_citizen": True,
        "citizenships": Members(frozenset({"US", "DE"}), True),
        "clearance": 3,
        "natural_person": True,
        "stream": UNKNOWN,
    }
    (one, *_) = record.attestations
    assert (one.attested_by, one.how, one.level) == ("registry", "import of people.csv", "unstated")
    assert (one.at, one.until) == (datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))
    bob = store.subject("bob")
    assert bob is not None
    expected = Attestation(
        "bob", "citizenships", Members(frozenset({"FR"}), False), "me", "import of people.csv", "unstated", NOW
    )
    assert bob.attestations == (expected, replace(expected, fact="natural_person", value=True))
    assert store.subject("ci-bot") == SubjectRecord("ci-bot", "workload", ())


def test_a_row_may_say_that_a_person_is_not_a_natural_one() -> None:
    store = MemoryStore()
    import_(store, b"subject,kind,natural_person\nacme,person,false\nada,person,\nci-bot,workload,\n")
    found = {
        record.id: subjects.facts_at(record, DECLARED, (), {}, NOW)["natural_person"] for record in store.subjects()
    }
    assert found == {"acme": False, "ada": True, "ci-bot": UNKNOWN}


def test_importing_again_attests_again() -> None:
    store = MemoryStore()
    import_(store, PEOPLE)
    assert import_(store, PEOPLE) == Imported(3, 0, 6)


def test_an_empty_cell_leaves_what_was_attested_before() -> None:
    store = MemoryStore()
    import_(store, b"subject,kind,clearance,us_citizen\nalice,person,3,true\n")
    import_(store, b"subject,kind,clearance,us_citizen\nalice,person,,false\n")
    record = store.subject("alice")
    assert record is not None
    values = {one.fact: one.value for one in record.attestations}
    assert values == {"clearance": 3, "natural_person": True, "us_citizen": False}


def test_nothing_is_imported_if_anything_is_wrong() -> None:
    store = MemoryStore()
    subjects.add(store, "bob", "workload", actor="me", now=NOW)
    head = store.head()
    text = (
        b"subject,kind,clearance,at,until\n"
        b"alice,person,3,,\n"
        b"bob,person,3,,\n"
        b"carl,person,three,,\n"
        b"dora,person,3,2026-06-13T00:00:00Z,\n"
        b"emil,person,3,,2026-06-12T00:00:00Z\n"
    )
    with pytest.raises(SheetRejected) as rejected:
        import_(store, text)
    assert store.head() == head
    assert str(rejected.value).splitlines() == [
        "people.csv:3:5: `bob` is there as a workload and cannot become a person; use another name",
        "people.csv:4:13: `three` is not a whole number between -9007199254740991 and 9007199254740991",
    ]
    with pytest.raises(SheetRejected) as rejected:
        import_(store, text.replace(b"three", b"4").replace(b"bob", b"bea"))
    assert [str(problem).split(": ")[0] for problem in rejected.value.problems] == [
        "people.csv:5:15",
        "people.csv:6:16",
    ]


def test_many_people_stream_into_the_real_store(tmp_path: Path) -> None:
    store = create_store(tmp_path / "state", NOW)
    path = tmp_path / "people.csv"
    with path.open("w") as file:
        file.write("subject,kind,us_citizen,citizenships,clearance\n")
        file.writelines(f"s{n},person,true,US;DE,{n}\n" for n in range(20_000))
    with path.open("rb") as lines:
        people = read_people(lines, DECLARED, file="people.csv")
        assert subjects.import_people(store, people, file="people.csv", actor="me", now=NOW) == Imported(
            20_000, 20_000, 80_000
        )
    record = store.subject("s19999")
    assert record is not None
    assert subjects.facts_at(record, DECLARED, (), {}, NOW)["clearance"] == 19_999
    store.close()


def test_who_asks_is_a_fact_of_the_request_that_is_always_known() -> None:
    named = {**DECLARED, "subject": Fact("subject", Kind.STRING, About.REQUEST, "", "")}
    assert subjects.facts_at(alice(), named, (), {}, NOW) == {**NOTHING, "subject": "alice"}
    with pytest.raises(subjects.SubjectRefused, match="`subject` is about a request: the gate observes it"):
        subjects.check_attestation(attested("subject", "jean"), named, NOW)
    assert subjects.facts_at(alice(attested("subject", "jean")), named, (), {}, NOW)["subject"] == "alice"


@pytest.mark.parametrize(
    "declared",
    [
        Fact("subject", Kind.STRING, About.SUBJECT, "", ""),
        Fact("subject", Kind.BOOLEAN, About.REQUEST, "", ""),
        Fact("subject", Kind.STRING, About.REQUEST, "", "", frozenset({"somebody else"})),
    ],
)
def test_a_fact_that_an_operator_declared_under_the_name_is_not_filled_by_us(declared: Fact) -> None:
    assert subjects.facts_at(alice(), {**DECLARED, "subject": declared}, (), {}, NOW) == {**NOTHING, "subject": UNKNOWN}
