"""The whole journal: the same records, whether a file is still there or only the segment that was made of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from tests.sealed import NOON, Place, some, write_journal

from licet.adapters.journal_whole import WholeJournal
from licet.wire.journal import Damage


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    write_journal(place.journal, "w0", some(0, 40))
    write_journal(place.journal, "w1", some(40, 40), NOON + timedelta(hours=1))
    return place


def never() -> NoReturn:
    raise AssertionError("no segment is needed")


def whole(place: Place) -> WholeJournal:
    return WholeJournal(place.journal, place.folder / "segments", lambda: place.segments)


def test_a_sealed_segment_stands_for_a_file_that_is_gone(place: Place) -> None:
    before = [*WholeJournal(place.journal, place.folder / "segments", never).entries()]
    place.seal()
    assert [*WholeJournal(place.journal, place.folder / "segments", never).entries()] == before
    (first, *_) = sorted(place.journal.glob("*.journal"))
    first.unlink()
    after = [*whole(place).entries()]
    assert [each for _, each in after] == [each for _, each in before]
    assert {name for name, _ in after} == {"20260612T120000.000000Z-w0.parquet", "20260612T130000.000000Z-w1.journal"}


def test_damage_that_was_there_at_sealing_is_still_told(place: Place) -> None:
    (first, *_) = sorted(place.journal.glob("*.journal"))
    content = bytearray(first.read_bytes())
    content[600] ^= 1
    first.write_bytes(content)
    place.seal()
    first.unlink()
    (damage,) = [each for _, each in whole(place).entries() if isinstance(each, Damage)]
    assert damage.offset < 600 < damage.end and "as it was sealed" in damage.why and not damage.torn


def test_no_journal_is_no_records(tmp_path: Path) -> None:
    assert [*WholeJournal(tmp_path / "journal", tmp_path / "segments", never).entries()] == []
