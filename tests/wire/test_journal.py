"""The journal's bytes: vectors, prefixes and flipped bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.core.decision import Outcome
from licet.wire.journal import (
    MAGIC,
    PAYLOAD_LIMIT,
    Damage,
    DecisionRecord,
    EndRecord,
    Entry,
    Led,
    OpenedRecord,
    RecordTooLong,
    Screened,
    Unjudged,
    encode,
    entries,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/journal/files.json").read_text())["cases"]

screened = st.builds(
    Screened,
    safeguard=st.text(max_size=9),
    classifier=st.text(max_size=9),
    version=st.text(max_size=9),
    threshold=st.sampled_from(["0.5", "1"]),
    led=st.sampled_from(Led),
    score=st.none() | st.sampled_from(["0.00", "0.97", "1.00"]),
    why=st.none() | st.sampled_from(Unjudged),
)
instants = st.datetimes(timezones=st.just(UTC))
texts = st.text(st.characters(codec="utf-8"), max_size=40)
decisions = st.builds(
    DecisionRecord,
    id=texts,
    at=instants,
    key=st.none() | texts,
    subject=st.none() | texts,
    api=st.sampled_from(["openai", "anthropic"]),
    endpoint=texts,
    operation=st.sampled_from(["use", "tune", "weights"]),
    stream=st.booleans(),
    requested=texts,
    outcome=st.sampled_from(Outcome),
    served=st.none() | texts,
    instruments=st.lists(texts, max_size=3).map(tuple),
    unknown=st.lists(texts, max_size=3).map(tuple),
    rulebook=texts,
    epoch=st.integers(0, 2**53),
    beside=st.none() | texts,
    ip_country=st.none() | st.sampled_from(["DE", "US", "ZZ"]),
    safeguards=st.lists(screened, max_size=2).map(tuple),
)
ends = st.builds(
    EndRecord,
    id=texts,
    at=instants,
    how=st.sampled_from(["done", "cut", "left", "upstream-error"]),
    instruments=st.lists(texts, max_size=2).map(tuple),
    bytes=st.integers(0, 2**53),
    safeguards=st.just(msgspec.UNSET) | st.lists(screened, min_size=1, max_size=2).map(tuple),
)
files = st.lists(decisions | ends, min_size=1, max_size=5)
OPENED = OpenedRecord(worker="w0", at=datetime(2026, 6, 12, 22, 51, tzinfo=UTC), segment=0)


@pytest.mark.parametrize("case", VECTORS, ids=[case["name"] for case in VECTORS])
def test_vectors(case: dict[str, Any]) -> None:
    found = list(entries(bytes.fromhex(case["hex"])))

    assert [as_json(entry) for entry in found] == case["entries"]


@given(files)
def test_what_was_written_is_read(records: list[Entry]) -> None:
    written: list[Entry | Damage] = [OPENED, *records]

    assert list(entries(whole(records))) == written


@given(files, st.data())
def test_any_prefix_opens_with_exactly_its_complete_frames(records: list[Entry], data: st.DataObject) -> None:
    content = whole(records)
    cut = data.draw(st.integers(len(MAGIC), len(content)))
    ends_at = boundaries(records)
    complete = sum(1 for end in ends_at if end <= cut)

    found = list(entries(content[:cut]))

    assert found[:complete] == [OPENED, *records][:complete]
    if cut in (len(MAGIC), *ends_at):
        assert len(found) == complete
    else:
        (rest,) = found[complete:]
        assert isinstance(rest, Damage)
        assert rest.torn
        assert (rest.offset, rest.end) == (max(end for end in (len(MAGIC), *ends_at) if end < cut), cut)


@given(files, st.data())
def test_any_flipped_byte_is_found_and_costs_one_frame(records: list[Entry], data: st.DataObject) -> None:
    content = bytearray(whole(records))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    hit = sum(1 for end in boundaries(records) if end <= place)

    found = list(entries(bytes(content)))

    damages = [entry for entry in found if isinstance(entry, Damage)]
    readable = [entry for entry in found if not isinstance(entry, Damage)]
    (damage,) = damages
    assert damage.offset <= place < damage.end
    written = [OPENED, *records]
    in_first_line = place < len(MAGIC)
    assert readable == (written if in_first_line else written[:hit] + written[hit + 1 :])
    assert damage.torn == (not in_first_line and hit == len(written) - 1)


@given(st.binary(max_size=300))
def test_reading_never_raises(content: bytes) -> None:
    for data in (content, MAGIC + content):
        found = list(entries(data))
        assert all(isinstance(entry, Damage) and entry.end <= len(data) for entry in found)


def test_a_record_above_the_limit_is_refused() -> None:
    record = EndRecord(id="x" * PAYLOAD_LIMIT, at=OPENED.at, how="done")

    with pytest.raises(RecordTooLong, match="is longer than 65535"):
        encode(record)


def test_a_caller_cannot_write_a_frame() -> None:
    """`requested` is the caller's text: a whole frame in it stays text, also to a reader that looks for frames."""
    forged = encode(EndRecord(id="forged", at=OPENED.at, how="done")).decode("latin-1")
    content = bytearray(whole([EndRecord(id=forged, at=OPENED.at, how="done")]))
    content[len(MAGIC + encode(OPENED))] ^= 1

    assert [type(entry).__name__ for entry in entries(bytes(content))] == ["OpenedRecord", "Damage"]


def whole(records: list[Entry]) -> bytes:
    return MAGIC + encode(OPENED) + b"".join(encode(record) for record in records)


def boundaries(records: list[Entry]) -> list[int]:
    """Where each frame ends, `opened` first."""
    ends_at, offset = [], len(MAGIC)
    for record in [OPENED, *records]:
        offset += len(encode(record))
        ends_at.append(offset)
    return ends_at


def as_json(entry: Entry | Damage) -> dict[str, Any]:
    if isinstance(entry, Damage):
        return {"damage": entry._asdict()}
    return {"record": json.loads(msgspec.json.encode(entry))}
