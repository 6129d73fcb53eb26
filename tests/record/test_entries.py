"""Entries: each type reads as it was written, in one spelling, and says which field is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import AT, LOG, NEXT, ONE_OF_EACH, ORDER, SEGMENT, WITNESS

from licet.record.log.entries import (
    Acknowledged,
    Entry,
    Instrument,
    KeyHandOver,
    ListPart,
    PublishedList,
    digest_of,
    hand_over,
    instrument,
)
from licet.record.log.entry_spelling import FIELDS, encode, entry_of, read_entry, tree_of
from licet.record.log.fields import GROUNDS, KINDS
from licet.record.refusal import Malformed, OutOfRange, RecordRefused
from licet.record.spelling import canonical

PAGE = (Path(__file__).parents[2] / "spec" / "record-entries.md").read_text()


def changed(of: Entry, /, **values: Any) -> dict[str, Any]:
    return tree_of(of) | values


def test_there_is_one_of_each_type() -> None:
    assert {type(each) for each in ONE_OF_EACH} == set(get_args(Entry)) == set(FIELDS)


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda entry: str(entry.TYPE))
def test_an_entry_reads_as_it_was_written(entry: Entry) -> None:
    assert read_entry(encode(entry)) == entry
    assert json.loads(encode(entry))["type"] == entry.TYPE


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: str(kind.TYPE))
def test_every_field_is_on_the_page(kind: type[Entry]) -> None:
    section = PAGE.split(f"\n## `{kind.TYPE}`\n")[1].split("\n## ")[0]
    rows = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert rows == ["type", *FIELDS[kind]]
    for word in (*KINDS, *GROUNDS):
        assert f"`{word}`" in PAGE


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda entry: str(entry.TYPE))
def test_another_spelling_is_refused(entry: Entry) -> None:
    tree, content = tree_of(entry), encode(entry)
    others = [
        json.dumps(tree).encode(),
        json.dumps(tree, separators=(",", ":"), sort_keys=False).encode(),
        content + b"\n",
        b" " + content,
        content + content,
        content.replace(b'"type"', b'"\\u0074ype"'),
        content[:-1] + b',"type":"' + entry.TYPE.encode() + b'"}',
        b"\xef\xbb\xbf" + content,
        content.decode().encode("utf-16"),
        b"[" + content + b"]",
        b"",
    ]
    for other in others:
        with pytest.raises(Malformed, match="entry"):
            read_entry(other)


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda entry: str(entry.TYPE))
def test_keys_are_required_and_no_others_allowed(entry: Entry) -> None:
    with pytest.raises(Malformed, match=f"entry: unknown key `zzz` in `{entry.TYPE}`"):
        entry_of(changed(entry, zzz=1))
    for name in FIELDS[type(entry)]:
        tree = tree_of(entry)
        del tree[name]
        with pytest.raises(Malformed, match=f"entry: no key `{name}` in `{entry.TYPE}`"):
            entry_of(tree)


PART = next(each for each in ONE_OF_EACH if isinstance(each, ListPart))
WRONG: list[Any] = [True, -1, 1.5, "", [], {}, ["a", "a"], "x\n", "sha256:AB", 2**53, {"role": "a"}, [[]], "…"]


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda entry: str(entry.TYPE))
def test_a_field_of_another_form_is_refused_with_its_name(entry: Entry) -> None:
    for name in FIELDS[type(entry)]:
        refused = 0
        for value in WRONG:
            try:
                entry_of(changed(entry, **{name: value}))
            except Malformed as error:
                assert error.place.startswith("entry: `")
                refused += 1
        assert refused >= 8, name


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({}, "entry: `type`: not one of `instrument`, `instrument-withheld`"),
        ({"type": "enacted"}, "entry: `type`: not one of"),
        ({"type": ["instrument"]}, "entry: `type`: not one of"),
        (changed(ONE_OF_EACH[0], kind="subject"), "entry: `kind`: not one of"),
        (changed(ONE_OF_EACH[0], kind="lift"), "entry: `name`: the document is not called that"),
        (changed(ONE_OF_EACH[0], name="another"), "entry: `name`: the document is not called that"),
        (changed(ONE_OF_EACH[0], digest=digest_of(b"")), "entry: `digest`: the document's is sha256:"),
        (changed(ONE_OF_EACH[1], public={"forbids": "x"}), "entry: `withheld`: `forbids` is in `public`, too"),
        (changed(ONE_OF_EACH[1], withheld=["models", "forbids"]), "entry: `withheld`: not in alphabetical order"),
        (changed(ONE_OF_EACH[1], commitment=digest_of(b"")), "entry: `commitment`: not a commitment"),
        (changed(ONE_OF_EACH[2], text="org\r\nacme.example\r\n"), "entry: `digest`: it is not the digest of `text`"),
        (changed(PART, parts=1), "entry: `parts`: a list in fewer than two parts is published whole"),
        (changed(PART, part=0), "entry: `part`: not a number from 1 to 2"),
        (changed(PART, part=3), "entry: `part`: not a number from 1 to 2"),
        (changed(PART, text=""), "entry: `text`: a part that is empty"),
        (changed(ONE_OF_EACH[3], documents=[digest_of(b"")] * 2), "entry: `documents`: something stands in it twice"),
        (changed(ONE_OF_EACH[3], by=[{"role": "officer", "pseudonym": "Jane Doe"}]), "`by` 0 `pseudonym`: not a name"),
        (changed(ONE_OF_EACH[4], at="2026-06-12T22:51:00+00:00"), "entry: `at`: not an instant"),
        (changed(ONE_OF_EACH[4], at="2026-06-12T22:51:00.000000Z"), "entry: `at`: not an instant"),
        (changed(ONE_OF_EACH[4], at="2026-06-12T22:51:00.5Z"), "entry: `at`: not an instant"),
        (changed(ONE_OF_EACH[4], at="2026-02-30T22:51:00Z"), "entry: `at`: not an instant"),
        (changed(ONE_OF_EACH[4], at="0000-01-01T00:00:00Z"), "entry: `at`: not an instant"),
        (changed(SEGMENT, last="2026-06-12T22:50:59Z"), "entry: `last`: before `first`"),
        (changed(SEGMENT, records=0), "entry: `records`: a segment has at least one"),
        (changed(SEGMENT, root="AAAA"), "entry: `root`: base64 of 3 bytes where 32 are needed"),
    ],
)
def test_what_does_not_fit_together_is_refused(tree: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed) as refusal:
        entry_of(tree)
    assert message in str(refusal.value)


def test_an_entry_has_its_limit() -> None:
    longest = PublishedList(digest_of(b"a" * 65_000), "a" * 65_000)
    assert read_entry(encode(longest)) == longest
    with pytest.raises(OutOfRange, match="entry: 70108 bytes, more than 65535"):
        encode(PublishedList(digest_of(b"a" * 70_000), "a" * 70_000))
    with pytest.raises(Malformed, match="more than 65535"):
        read_entry(b" " * 65_536)


def test_what_cannot_be_read_is_not_written() -> None:
    for wrong in (
        Acknowledged(-1, "w0", AT),
        Acknowledged(1, "", AT),
        Acknowledged(2**53, "w0", AT),
        replace(SEGMENT, root=b"short"),
        replace(SEGMENT, file="../../etc passwd"),
    ):
        with pytest.raises(RecordRefused):
            encode(wrong)
    with pytest.raises(OutOfRange, match="is not in UTC"):
        encode(Acknowledged(1, "w0", AT.astimezone(timezone(timedelta(hours=2)))))
    with pytest.raises(OutOfRange, match="is not in UTC"):
        encode(Acknowledged(1, "w0", datetime(2026, 6, 12)))  # noqa: DTZ001


def test_a_document_is_published_in_its_canonical_form() -> None:
    assert json.loads(encode(instrument("order", "us-doc-2026-06-12", ORDER)))["document"] == json.loads(ORDER)
    with pytest.raises(Malformed, match="`document`: not in the canonical form"):
        instrument("order", "us-doc-2026-06-12", b" " + ORDER)
    named = canonical({"model": "é+1 😀", "z": [True, None, 2**53 - 1, -1, '\u2028\x7f\n"\\']})
    assert read_entry(encode(Instrument("model", "m", *_named(named)))).document == _named(named)[1]  # type: ignore[union-attr]


def _named(document: bytes) -> tuple[str, bytes]:
    tree = json.loads(document) | {"model": "m"}
    return digest_of(canonical(tree)), canonical(tree)


@pytest.mark.parametrize(
    "at", [AT, AT.replace(microsecond=1), datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_instants_have_one_spelling(at: datetime) -> None:
    assert read_entry(encode(Acknowledged(1, "w0", at))) == Acknowledged(1, "w0", at)


def test_a_hand_over_is_signed_by_both_keys() -> None:
    entry = hand_over(LOG, NEXT, AT, "yearly")
    for wrong in (
        {"at": AT + timedelta(seconds=1)},
        {"why": "another"},
        {"signed_by_old": entry.signed_by_new},
        {"signed_by_new": entry.signed_by_old},
        {"old": entry.new, "new": entry.old},
    ):
        with pytest.raises(Malformed, match=r"the signature of `licet\.example/record` is wrong"):
            replace(entry, **wrong)
    with pytest.raises(Malformed, match="`new`: not another key of the same name"):
        hand_over(LOG, LOG, AT, "yearly")
    with pytest.raises(Malformed, match=r"entry: `new`: the key of `witness\.example/w1` is not a log's"):
        entry_of(tree_of(entry) | {"new": str(WITNESS.key)})
    assert isinstance(read_entry(encode(entry)), KeyHandOver)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(st.binary(max_size=200) | json_values.map(lambda tree: json.dumps(tree).encode()))
def test_whatever_an_entry_is_the_refusal_is_typed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_entry(content)


@given(st.sampled_from(ONE_OF_EACH), st.data())
def test_whatever_a_field_holds_the_refusal_is_typed(entry: Entry, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*FIELDS[type(entry)]]))
    try:
        tree = changed(entry, **{name: data.draw(json_values)})
        read = read_entry(canonical(tree))
    except Malformed:
        return
    assert encode(read) == canonical(tree)


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"type":' + b"9" * 10_000 + b"}",
        b'{"type":NaN}',
        b'{"type":1e999}',
        b'{"type":1.0}',
        b'{"type":-0}',
        b'{"type":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"type":"\xff"}',
        b'{"type":"a","type":"a"}',
        b'{"type":"\x01"}',
    ],
)
def test_json_that_readers_take_differently_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed, match="entry"):
        read_entry(content)
