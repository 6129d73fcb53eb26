"""The quick reader of frequent entries reads what the strict one reads, as the same value, and nothing else."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.small_log import ENTRIES, ONE_OF_EACH

from licet.record.log.entries import Acknowledged, Enacted, Entry, JournalSegment, SubjectFacts
from licet.record.log.entry_spelling import encode, entry_of, read_entry
from licet.record.log.fields import GROUNDS, Actor
from licet.record.log.plain_entries import read_plain
from licet.record.refusal import RecordRefused
from licet.record.spelling import json_object

NAMES = st.text("abcXYZ019._-@/:()+", min_size=1, max_size=12)
NUMBERS = st.integers(0, 2**53 - 1)
INSTANTS = st.datetimes(timezones=st.just(UTC))
HASHES = st.binary(min_size=32, max_size=32)
DIGESTS = HASHES.map(lambda each: f"sha256:{each.hex()}")
CONTENTS = DIGESTS | HASHES.map(lambda each: f"salted:{each.hex()}")
ACTORS = st.lists(st.builds(Actor, NAMES, NAMES), max_size=3, unique=True).map(tuple)
LISTS = st.lists(CONTENTS, max_size=3, unique=True).map(tuple)
SEGMENTS = st.tuples(st.tuples(NAMES, NAMES, NAMES), INSTANTS, INSTANTS, NUMBERS, HASHES, NUMBERS, DIGESTS).map(
    lambda made: JournalSegment(
        made[0][0], made[0][1], made[0][2], min(made[1:3]), max(made[1:3]), max(made[3], 1), made[4], made[5], made[6]
    )
)
FREQUENT: st.SearchStrategy[Entry] = (
    st.builds(Acknowledged, NUMBERS, NAMES, INSTANTS)
    | st.builds(Enacted, NUMBERS, INSTANTS, ACTORS, st.sampled_from(GROUNDS), LISTS, LISTS, CONTENTS)
    | SEGMENTS
    | st.builds(SubjectFacts, NAMES, st.integers(1, 2**53 - 1), HASHES)
)


def strictly(content: bytes) -> Entry | None:
    """What the strict reader makes of it, None where it refuses."""
    try:
        return entry_of(json_object(content, "entry"))
    except RecordRefused:
        return None


@given(FREQUENT)
@settings(max_examples=300, deadline=None)
def test_both_readers_read_the_same(entry: Entry) -> None:
    content = encode(entry)
    assert strictly(content) == entry
    assert read_plain(content) in (entry, None)
    assert read_entry(content) == entry


def test_the_frequent_types_are_read_quickly() -> None:
    quick = [type(each) for each in ONE_OF_EACH if read_plain(encode(each)) == each]
    assert {Acknowledged, Enacted, JournalSegment} <= set(quick)
    assert all(read_plain(each) is not None for each in ENTRIES[20:])


@given(FREQUENT, st.data())
@settings(max_examples=600, deadline=None)
def test_whatever_is_changed_the_quick_reader_accepts_nothing_more(entry: Entry, data: st.DataObject) -> None:
    content = bytearray(encode(entry))
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                content[at] ^= 1 << data.draw(st.integers(0, 7))
            case 1:
                del content[at]
            case 2:
                content.insert(at, data.draw(st.sampled_from(b'0129aZ"{}[],:.-\\ \n\x00\xff')))
            case _:
                content[at:at] = content[at : at + data.draw(st.integers(1, 40))]
        if not content:
            return
    quick = read_plain(bytes(content))
    assert quick is None or quick == strictly(bytes(content))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"epoch":2', b'"epoch":02'),
        (b'"epoch":2', b'"epoch":2.0'),
        (b'"epoch":2', b'"epoch":-2'),
        (b'"epoch":2', b'"epoch":9999999999999999'),
        (b'"epoch":2', b'"epoch":\xd9\xa2'),
        (b"2026-06-12T", b"2026-02-30T"),
        (b"2026-06-12T", b"0000-06-12T"),
        (b".012000Z", b".000000Z"),
        (b".012000Z", b".012Z"),
        (b".012000Z", b".012000z"),
        (b".012000Z", b".012000+00:00"),
        (b'"w0"', b'"w\\u0030"'),
        (b'"w0"', b'"w\xc3\xa9"'),
        (b'"w0"', b'""'),
        (b"}", b"}\n"),
        (b"}", b" }"),
        (b"{", b" {"),
    ],
)
def test_other_spellings_are_refused_by_both(before: bytes, after: bytes) -> None:
    content = encode(next(each for each in ONE_OF_EACH if isinstance(each, Acknowledged)))
    assert before in content
    changed = content.replace(before, after)
    assert read_plain(changed) is None
    assert strictly(changed) is None
    with pytest.raises(RecordRefused):
        read_entry(changed)


def test_fields_that_do_not_go_together_are_refused() -> None:
    segment = next(each for each in ONE_OF_EACH if isinstance(each, JournalSegment))
    enacted = next(each for each in ONE_OF_EACH if isinstance(each, Enacted))
    twice = encode(enacted).replace(b"]", b"," + enacted.documents[0].join('""').encode() + b"]", 2)
    for changed in (
        encode(segment).replace(b'"records":600', b'"records":0'),
        encode(segment).replace(b'"first":"2026', b'"first":"2027'),
        twice,
    ):
        assert read_plain(changed) is None
        with pytest.raises(RecordRefused):
            read_entry(changed)
