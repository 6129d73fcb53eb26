"""Names folded and compared; candidates, their names, and what is decided about them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import screening as measured
from licet.services.identity.name_matching import NameIndex, likeness
from licet.services.identity.names import folded
from licet.services.identity.ports import Hit
from licet.services.identity.screening import (
    THRESHOLD,
    Agreement,
    Outcome,
    ScreeningRefused,
    candidate_id,
    chosen,
    fields_of,
    screen,
)
from licet.wire.screening_list import PartyList, PartyType, read_party_list
from licet.wire.screening_names import Presented

KEY = b"k" * 32
AT = datetime(2026, 7, 1, tzinfo=UTC)


def listed(*rows: str) -> PartyList:
    header = "source,entity_number,type,name,alt_names,addresses,dates_of_birth"
    return read_party_list("\n".join((header, *rows)).encode(), "list.csv")


ONE = listed('IPL,1,Individual,"Korvanov, Dmilian",,"Port Velm, ZZ",1961-05-03')


@pytest.mark.parametrize(
    "spellings",
    [
        ("Чайковский", "Tchaikovsky", "Tschaikowski", "Chaikovskij"),
        ("Юрий Иванов", "Yuri Ivanov", "Juri Iwanow", "Yury IVANOV"),
        ("Müller", "Mueller", "Muller", "MÜLLER"),
        ("Χρήστος Παπαδόπουλος", "Christos Papadopoulos"),
        (
            "Velmar GmbH",
            "VELMAR Ltd.",
            "Velmar Co., Ltd.",
            '\u041e\u041e\u041e "Велмар"',
            "Velmar S.A.",
            "The Velmar Company",
        ),
        ("Dr. Jean O'Brien", "Jean O\u2019Brien", "Jean Obrien"),
        ("Yousef al-Tazhir", "Youssef Tazhir", "Yusef Al Tazhir"),
        ("Ørsted Łuk", "Orsted Luk"),
        ("Søren Groß", "Soren Gross"),
    ],
)
def test_spellings_of_one_name_are_folded_into_one(spellings: tuple[str, ...]) -> None:
    assert len({folded(each) for each in spellings}) == 1, [folded(each) for each in spellings]


@pytest.mark.parametrize("name", ["Ltd", "The", "Al", "Dr", "Co. Ltd.", "王小明", "فلان"])
def test_a_name_is_never_folded_away(name: str) -> None:
    assert folded(name)


@given(name=st.text(max_size=40))
def test_folding_takes_any_text_and_knows_no_case(name: str) -> None:
    assert all(word and " " not in word for word in folded(name))
    assert likeness(folded(name), folded(name)) in ((100,) if folded(name) else (0,))


@given(
    st.lists(st.text("abcdef", min_size=1, max_size=6), max_size=4), st.lists(st.text("abcdef", min_size=1), max_size=4)
)
def test_likeness_is_the_same_both_ways_round_and_whatever_the_order(one: list[str], other: list[str]) -> None:
    score = likeness(tuple(one), tuple(other))
    assert 0 <= score <= 100
    assert score == likeness(tuple(other), tuple(one))


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        ("Dmilian Korvanov", "KORVANOV, Dmilian", True),
        ("Dmilian Korvanov", "Dmilian Sergenev Korvanov", True),
        ("Dmilian Korvanof", "Dmilyan Korvanov", True),
        ("D. Korvanov", "Dmilian Korvanov", True),
        ("E. Korvanov", "Dmilian Korvanov", False),
        ("J. Korvanov", "Yuri Korvanov", True),
        ("X. Korvanov", "Xander Korvanov", True),
        ("Korvanov", "Dmilian Korvanov", False),
        ("D. K.", "Dmilian Korvanov", False),
        ("Dmiliankorvanov", "Dmilian Korvanov", True),
        ("Dmilian Petrushev", "Dmilian Korvanov", False),
        ("Maria Lopez", "Maria Lopes", True),
        ("Anna Berg", "Hans Borg", False),
    ],
)
def test_what_is_like_enough_to_be_shown(one: str, other: str, like: bool) -> None:
    assert (likeness(folded(one), folded(other)) >= THRESHOLD) is like, likeness(folded(one), folded(other))


def test_features_say_what_agrees_what_differs_and_what_is_not_known() -> None:
    index = NameIndex(ONE.parties)

    def features(**said: object) -> tuple[Agreement, ...]:
        who = Presented("u", ("Dmilian Korvanov",), **said)  # type: ignore[arg-type]
        (found,) = index.resembling(who, THRESHOLD)
        return found.features[-3:]

    assert features() == (Agreement.UNKNOWN,) * 3
    assert features(country="ZZ", type=PartyType.INDIVIDUAL, born="1961-05-03") == (Agreement.AGREES,) * 3
    assert features(country="NL", type=PartyType.ENTITY, born="1961-05-04") == (Agreement.DIFFERS,) * 3
    assert features(born="1961")[-1] is Agreement.AGREES
    assert features(born="1962")[-1] is Agreement.DIFFERS


def test_a_word_that_only_one_has_makes_names_less_alike() -> None:
    plain = folded("Dmilian Korvanov")
    assert (
        100
        > likeness(plain, folded("Dmilian Sergenev Korvanov"))
        > likeness(plain, folded("Dmilian Sergenev Petrash Korvanov"))
    )


def test_the_most_alike_entry_comes_first() -> None:
    index = NameIndex(listed("IPL,1,,Korvanof Dmilian,,,", "IPL,2,,Korvanov Dmilian,,,").parties)
    found = index.resembling(Presented("u", ("Dmilian Korvanov",)), THRESHOLD)
    assert [each.party.number for each in found] == ["2", "1"]
    assert found[0].features.name > found[1].features.name


def test_the_most_alike_of_all_names_counts() -> None:
    index = NameIndex(listed("IPL,1,Individual,Karvanav Dmilian,Korvanov Dmilian,,").parties)
    (found,) = index.resembling(Presented("u", ("Somebody Else", "Dmilian Korvanov")), THRESHOLD)
    assert (found.features.name, found.features.listed) == (100, "Korvanov Dmilian")


def test_a_candidates_name_changes_with_the_entry_the_subject_and_what_is_presented() -> None:
    party = ONE.parties[0]
    other = listed('IPL,1,Individual,"Korvanov, Dmilian",,"Port Velm, ZZ",1961').parties[0]
    base = Presented("u", ("A B", "C D"), None, "ZZ", "1961")
    assert candidate_id(party, base, KEY) == candidate_id(
        party, Presented("u", ("C D", "A B"), None, "ZZ", "1961"), KEY
    )
    names = {
        candidate_id(party, base, KEY),
        candidate_id(other, base, KEY),
        candidate_id(party, base, b"x" * 32),
        candidate_id(party, Presented("v", ("A B", "C D"), None, "ZZ", "1961"), KEY),
        candidate_id(party, Presented("u", ("A B",), None, "ZZ", "1961"), KEY),
        candidate_id(party, Presented("u", ("A B", "C D"), PartyType.ENTITY, "ZZ", "1961"), KEY),
        candidate_id(party, Presented("u", ("A B", "C D"), None, "NL", "1961"), KEY),
        candidate_id(party, Presented("u", ("A B", "C D"), None, "ZZ", "1962"), KEY),
    }
    assert len(names) == 8


def test_what_was_decided_is_set_apart_and_only_for_the_subject_it_was_about() -> None:
    people = [Presented("u", ("Dmilian Korvanov",)), Presented("v", ("Dmilian Korvanov",))]
    index = NameIndex(ONE.parties)
    first = screen(people, index, [], secret=KEY)
    assert [each.subject for each in first.fresh] == ["u", "v"]
    fields = fields_of(first.fresh[0], ONE, Outcome.NO_MATCH, " another person ")
    assert fields["reason"].startswith("another person\n(name 100,")
    hit = Hit(**fields, actor="ann", at=AT)
    again = screen(people, index, [hit, hit], secret=KEY)
    assert [each.subject for each in again.fresh] == ["v"]
    assert [each.before for each in again.disposed] == [(hit, hit)]


def test_a_candidate_is_chosen_by_the_beginning_of_its_name() -> None:
    parties = listed("IPL,1,,Dmilian Korvanov,,,", "IPL,2,,Dmilian Korvanof,,,").parties
    found = screen([Presented("u", ("Dmilian Korvanov",))], NameIndex(parties), [], secret=KEY).fresh
    assert chosen(found, "u", found[1].id[:16]) is found[1]
    for subject, beginning, words in (("u", "", "2 candidates"), ("u", "zz", "none begins"), ("v", "", "has 0")):
        with pytest.raises(ScreeningRefused, match=words):
            chosen(found, subject, beginning)


def test_listed_names_are_found_however_they_are_written() -> None:
    """A small list of the measurement's, with lower bounds that it clears by far (`bench/RESULTS.md`)."""
    world = measured.World(3, 1_000)
    index = NameIndex(world.listed().parties)
    for name, (change, of) in measured.VARIATIONS.items():
        names = getattr(world, of)[:40]
        numbers = {each: str(at) for at, each in enumerate(world.people + world.firms)}
        found = measured.variation(index, names, change, numbers, world.dice, THRESHOLD)
        assert found.found >= 0.85 * len(names), name
        assert found.shown < 30, name
