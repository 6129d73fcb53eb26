"""Journal files become segments: nothing is lost, nothing is done twice, whenever the power fails."""

from __future__ import annotations

import gc
import shutil
from datetime import timedelta
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sealed import NOON, PEOPLE, SECRET, Place, changed, decision, ended, killed_at, seeds, some, write_journal

from licet.adapters.journal_file import JournalFile
from licet.adapters.segments_duckdb import reach
from licet.adapters.segments_pack import read_payloads
from licet.adapters.segments_sealing import SealingFolder
from licet.record.sealed.commitment import Domain, commit
from licet.record.sealed.segment import Blocks, block_roots
from licet.record.tree.merkle import Head
from licet.record.tree.paths import check_inclusion
from licet.services.keys import pseudonym
from licet.services.record.keeping.sealing import Trouble, seal
from licet.services.record.ports import Sealed, SegmentsUnusable
from licet.wire.journal import MAGIC, Frame, Record, encode, scan


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def payloads_of(path: Path) -> list[bytes]:
    return [each.payload for each in scan(path.read_bytes()) if isinstance(each, Frame)]


def check_segment(place: Place, sealed: Sealed, payloads: list[bytes]) -> None:
    """Everything that holds of a sealed segment, whatever happened before."""
    folder, entry = place.segments, sealed.entry
    path = place.folder / "segments" / entry.file
    assert list(folder.payloads(sealed)) == payloads
    seed = folder.seed(sealed)
    assert Blocks(entry.records, block_roots(payloads, seed)).head == Head(entry.records, entry.root)
    assert entry.records == len(payloads)
    assert entry.bytes == path.stat().st_size
    for index in {0, len(payloads) // 2, len(payloads) - 1}:
        opening = folder.opening(sealed.name, index)
        leaf = commit(Domain.RECORD, opening.salt, opening.content)
        check_inclusion(leaf, index, Head(entry.records, entry.root), opening.path)
        assert opening.content == payloads[index]
    if sealed.facts is not None:
        head = Head(sealed.facts.subjects, sealed.facts.root)
        for opening in folder.facts_openings(sealed, folder.subjects(sealed)):
            check_inclusion(commit(Domain.FACTS, opening.salt, opening.content), opening.index, head, opening.path)
    for file in (place.folder / "segments").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert not file.name.endswith(".new")


def test_a_closed_file_becomes_a_segment(place: Place) -> None:
    path = write_journal(place.journal, "w0", some(0, 700))
    report = place.seal()
    (sealed,) = report.sealed
    assert report.troubles == ()
    assert sealed.journal == path.name
    assert sealed.entry.segment == "20260612T120000.000000Z-w0"
    assert (sealed.entry.first, sealed.entry.last) == (NOON, NOON + timedelta(seconds=700))
    assert sealed.facts is not None
    assert sealed.facts.subjects == len(PEOPLE)
    check_segment(place, sealed, payloads_of(path))
    assert path.exists()
    assert place.segments.find("d33") is not None
    assert place.segments.find("nobody") is None
    assert gc.isenabled()  # what sealing does without in its own processes, this one needs


def test_sealing_again_does_nothing_twice(place: Place) -> None:
    write_journal(place.journal, "w0", some(0, 10))
    place.seal()
    before = place.files()
    assert place.seal().sealed == ()
    assert place.files() == before


def test_columns_say_what_the_payloads_do(place: Place) -> None:
    records: list[Record] = [
        decision(0, requested="é\" \\ \N{SNOWMAN}\x00\x7f,'", unknown=("a", "b")),
        ended(0),
        decision(1, None),
    ]
    write_journal(place.journal, "w0", records)
    place.seal()
    with reach([place.folder / "segments" / "20260612T120000.000000Z-w0.parquet"], threads=1) as duck:
        source = f"read_parquet('{place.folder}/segments/20260612T120000.000000Z-w0.parquet')"
        found = duck.execute(
            'SELECT "type", id, "at"::VARCHAR, subject, requested, served, outcome, operation, stream, rulebook,'
            f' epoch, instruments, "unknown", how, "bytes" FROM {source} ORDER BY "index"'
        ).fetchall()
        types = dict(row[:2] for row in duck.execute(f"DESCRIBE SELECT * FROM {source}").fetchall())
    alice = pseudonym(SECRET, "alice")
    assert [each[0] for each in found] == ["opened", "decision", "end", "decision", "closed"]
    assert found[1] == (
        *("decision", "d0", "2026-06-12 12:00:00", alice, "é\" \\ \N{SNOWMAN}\x00\x7f,'", None, "refuse", "use", True),
        *("sha256:00", 2, ["us-doc-2026-06-12"], ["a", "b"], None, None),
    )
    assert found[2][:2] == ("end", "d0")
    assert found[2][-2:] == ("done", 7)
    assert found[3][3] is None
    assert list(types) == [
        *("index", "payload", "type", "id", "at", "subject", "requested", "served", "outcome", "operation", "stream"),
        *("rulebook", "epoch", "instruments", "unknown", "how", "bytes"),
    ]
    assert types["at"] == "TIMESTAMP"


texts = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from([None, *PEOPLE]), st.lists(texts, max_size=3)), max_size=12))
def test_whatever_callers_sent_is_sealed_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, str | None, list[str]]]
) -> None:
    place = Place(tmp_path_factory.mktemp("place"))
    records = [decision(at, who, requested=text, unknown=tuple(more)) for at, (text, who, more) in enumerate(asked)]
    path = write_journal(place.journal, "w0", records)
    (sealed,) = place.seal().sealed
    check_segment(place, sealed, payloads_of(path))
    assert (sealed.facts is None) == all(who is None for _, who, _ in asked)


def test_the_longest_record_fits(place: Place) -> None:
    path = write_journal(place.journal, "w0", [decision(0, requested="\N{SNOWMAN}" * 21_000)])
    (sealed,) = place.seal().sealed
    check_segment(place, sealed, payloads_of(path))


def test_several_files_are_sealed_side_by_side(place: Place) -> None:
    paths = [write_journal(place.journal, f"w{each}", some(each, 300)) for each in range(3)]
    folder = SealingFolder(place.folder / "segments", place.journal, processes=2)
    report = seal(folder, place.store, [SECRET], seeds(), NOON)
    assert [each.journal for each in report.sealed] == [each.name for each in paths]
    for sealed, path in zip(report.sealed, paths, strict=True):
        check_segment(place, sealed, payloads_of(path))
    assert len({folder.seed(each) for each in report.sealed}) == 3


def test_a_file_that_a_worker_writes_is_left_alone(place: Place) -> None:
    place.journal.mkdir()
    file = JournalFile.create(place.journal, "w0", NOON, 0)
    report = place.seal()
    assert (report.sealed, report.troubles) == ((), ())
    file.finish(NOON)
    assert len(place.seal().sealed) == 1


def test_the_file_of_a_dead_worker_is_repaired_and_sealed(place: Place) -> None:
    path = write_journal(place.journal, "w0", some(0, 5), closed=False)
    with path.open("ab") as file:
        file.write(encode(decision(9))[:-3])
    report = place.seal()
    (trouble,) = report.troubles
    assert trouble.journal == path.name
    assert "bytes were cut off its end and kept in" in trouble.why
    check_segment(place, report.sealed[0], payloads_of(path))
    assert report.sealed[0].damage == ()
    assert path.with_name(path.name + ".torn").exists()


def test_a_corrupt_file_is_sealed_as_far_as_it_is_intact(place: Place) -> None:
    path = write_journal(place.journal, "w0", some(0, 50), closed=False)
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    report = place.seal()
    (sealed,) = report.sealed
    (hole,) = sealed.damage
    assert hole.offset < 2000 < hole.end
    assert "checksum" in hole.why
    assert any("corrupt from offset" in each.why for each in report.troubles)
    check_segment(place, sealed, payloads_of(path))
    assert place.segments.sealed() == (sealed,)
    assert place.seal().sealed == ()


def frame_of(payload: bytes) -> bytes:
    length = len(payload).to_bytes(4, "little")
    return length + crc32(payload, crc32(length)).to_bytes(4, "little") + payload


@pytest.mark.parametrize(
    "payload",
    [
        b'{"type":"closed",\n"at":"2026-06-12T12:00:00Z","by":"worker","records":1}',
        b' {"type":"closed","at":"2026-06-12T12:00:00Z","by":"worker","records":1}',
        b'{"type":"closed","at":"2026-06-12T12:00:00Z","by":"worker","records":1}\t',
        b'{"type":"closed","at":"2026-06-12T12:00:00+02:00","by":"worker","records":1}',
        b'{"type":"other"}',
        b'{"type":"closed","at":"2026-06-12T12:00:00Z","by":"worker","records":1,"a\\n\\u0000b":1}',
        b'{"type":"' + b"x" * 5_000 + b'"}',
        b'{"type":"closed","at":"\xff"}',
        b"{",
    ],
)
def test_an_intact_frame_that_is_no_record_is_damage(place: Place, payload: bytes) -> None:
    path = write_journal(place.journal, "w0", some(0, 3))
    content = path.read_bytes()
    start = len(MAGIC)
    path.write_bytes(content[:start] + frame_of(payload) + content[start:])
    (sealed,) = place.seal().sealed
    assert [(each.offset, each.end) for each in sealed.damage] == [(start, start + len(frame_of(payload)))]
    check_segment(place, sealed, [each for each in payloads_of(path) if each != payload])


def test_a_file_that_the_log_could_not_name_is_said(place: Place) -> None:
    write_journal(place.journal, "w0", some(0, 3)).rename(place.journal / "a b.journal")
    write_journal(place.journal, "w 1", some(0, 3)).rename(place.journal / "w1.journal")
    report = place.seal()
    assert report.sealed == ()
    found = dict(report.troubles)
    assert found["a b.journal"] == "no gate gives a file this name: it is not sealed"
    assert "the log could not hold its entry: entry: `worker`: not a name" in found["w1.journal"]
    assert place.segments.sealed() == ()


def test_a_file_without_any_record_is_said(place: Place) -> None:
    place.journal.mkdir()
    (place.journal / "20260612T120000.000000Z-w0.journal").write_bytes(b"something else entirely, and long enough")
    write_journal(place.journal, "w1", some(0, 3))
    report = place.seal()
    assert [each.entry.worker for each in report.sealed] == ["w1"]
    assert Trouble("20260612T120000.000000Z-w0.journal", "no record in it can be read") in report.troubles


def test_nothing_is_lost_or_done_twice_wherever_sealing_is_killed(place: Place, tmp_path: Path) -> None:
    path = write_journal(place.journal, "w0", some(0, 30))
    payloads = payloads_of(path)
    for step in count():
        again = Place(tmp_path / str(step), place.store)
        shutil.copytree(place.journal, again.journal)
        was_killed = killed_at(step, again.folder, again.seal)
        assert payloads_of(again.journal / path.name) == payloads
        seed = again.files().get("20260612T120000.000000Z-w0.seed")
        before = again.segments.sealed()
        report = again.seal()
        assert len(report.sealed) + len(before) == 1
        check_segment(again, again.segments.sealed()[0], payloads)
        assert seed in (None, again.files()["20260612T120000.000000Z-w0.seed"])
        assert again.seal().sealed == ()
        if not was_killed:
            break
    assert step > 12


def test_only_one_seals_at_a_time(place: Place) -> None:
    with place.segments.alone(), pytest.raises(SegmentsUnusable, match="another process seals or deletes in"):
        place.seal()
    assert place.seal().sealed == ()


@pytest.mark.parametrize("suffix", [".json", ".roots", ".facts", ".seed"])
def test_a_changed_file_opens_nothing(place: Place, suffix: str) -> None:
    write_journal(place.journal, "w0", some(0, 600))
    (sealed,) = place.seal().sealed
    path = place.folder / "segments" / f"{sealed.name}{suffix}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    with changed(path, bytes(content)), pytest.raises(SegmentsUnusable):
        for index in range(0, sealed.entry.records, 50):
            place.segments.opening(sealed.name, index)
        list(place.segments.facts_openings(sealed, [pseudonym(SECRET, "bob")]))
    assert place.segments.opening(sealed.name, 3).index == 3


def test_a_changed_parquet_file_opens_nothing_else(place: Place) -> None:
    write_journal(place.journal, "w0", some(0, 40))
    (sealed,) = place.seal().sealed
    path = place.folder / "segments" / sealed.entry.file
    content = path.read_bytes()
    genuine = place.segments.opening(sealed.name, 7)
    refused = 0
    for at in range(0, len(content), 97):
        with changed(path, content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]):
            try:
                assert place.segments.opening(sealed.name, 7) == genuine
            except SegmentsUnusable:
                refused += 1
    assert refused > 5


def test_what_there_is_not_is_said(place: Place) -> None:
    with pytest.raises(SegmentsUnusable, match="there is no sealed segment `x`"):
        place.segments.opening("x", 0)
    write_journal(place.journal, "w0", some(0, 3))
    (sealed,) = place.seal().sealed
    with pytest.raises(SegmentsUnusable, match="has no record"):
        place.segments.opening(sealed.name, 99)
    assert place.segments.sealed() == (sealed,)


def test_rows_are_read_in_order(place: Place) -> None:
    path = write_journal(place.journal, "w0", some(0, 5_000))
    (sealed,) = place.seal().sealed
    rows = list(read_payloads(place.folder / "segments" / sealed.entry.file))
    assert rows == list(enumerate(payloads_of(path)))
