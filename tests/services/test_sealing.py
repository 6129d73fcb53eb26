"""Sealing, retention, legal holds and disclosures, on real folders, with a real log."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sealed import NOON, PEOPLE, SECOND, SECRET, Place, changed, killed_at, some, write_journal

from licet.adapters.segments_bundle import BundleFolder
from licet.core.attestations import Attestation
from licet.core.facts import UNKNOWN, About, Fact, Kind
from licet.record.log.entries import Deletion, JournalSegment, SubjectFacts
from licet.record.log.entry_spelling import entry_of, read_entry
from licet.record.sealed.commitment import Domain, commit, salt_of
from licet.record.sealed.facts import Attested, facts_at, facts_head, read_leaf
from licet.record.sealed.segment import Blocks, record_leaves
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.spelling import base64
from licet.record.tree.merkle import Head, root_of
from licet.record.tree.paths import check_inclusion
from licet.record.tree.verified import VerifiedTree
from licet.services import subjects
from licet.services.keys import pseudonym
from licet.services.record.keeping.disclosure import Asked, NothingToDisclose, disclose
from licet.services.record.keeping.holds import Hold, HoldRefused, Release, active, add, covers, release
from licet.services.record.keeping.logged import segments_logged
from licet.services.record.keeping.retention import Expiry, Held, expire
from licet.services.record.keeping.sealing import remove_journals
from licet.services.record.ports import LogUnavailable, SegmentsUnusable

DAY = timedelta(days=1)
YEARS = 1827
LATER = NOON + YEARS * DAY + timedelta(hours=1)
FIRST, SECOND_ONE = "20260612T120000.000000Z-w0", "20260613T120000.000000Z-w0"
ALICE, BOB = pseudonym(SECRET, "alice"), pseudonym(SECRET, "bob")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Two segments, a day apart; Carol is in the first one only."""
    made = Place(tmp_path)
    write_journal(made.journal, "w0", some(0, 30))
    days = [each for each in some(86_400, 12) if getattr(each, "subject", None) != pseudonym(SECRET, "carol")]
    write_journal(made.journal, "w0", days, NOON + DAY)
    made.seal()
    return made


@pytest.fixture
def published(place: Place) -> Place:
    place.publish()
    return place


def deletions(place: Place) -> list[Deletion]:
    head = read_checkpoint(place.log.checkpoint()).checkpoint.head
    entries = [read_entry(each.content) for each in VerifiedTree(place.log.tiles, head).entries()]
    return [each for each in entries if isinstance(each, Deletion)]


def files_of(place: Place, segment: str) -> list[str]:
    """What is left of a segment anywhere."""
    return sorted(each.name for each in place.folder.glob(f"*/{segment}*"))


def expired(place: Place, now: datetime = LATER, *, dry_run: bool = False) -> Expiry:
    return expire(place.segments, place.log, days=YEARS, now=now, dry_run=dry_run)


# --- facts


def test_facts_are_those_that_the_gate_had(place: Place) -> None:
    declared = {"us_citizen": Fact("us_citizen", Kind.BOOLEAN, About.SUBJECT, "", "")}
    (sealed, _) = place.segments.sealed()
    _, contents = place.segments.facts(sealed)
    leaves = {leaf.name: leaf for leaf in map(read_leaf, contents)}
    assert set(leaves) == set(PEOPLE)
    until = NOON + 9 * DAY
    assert leaves["bob"].attested == (Attested("us_citizen", True, NOON, until),)
    record = place.store.subject("bob")
    assert record is not None
    for instant in (NOON, until - SECOND, until):
        assert facts_at(leaves["bob"], declared, instant) == subjects.facts_at(record, declared, (), {}, instant)
    assert facts_at(leaves["bob"], declared, NOON - SECOND) == {"us_citizen": UNKNOWN}


def test_a_fact_counts_from_when_the_gate_knew_it_not_from_when_it_was_attested(tmp_path: Path) -> None:
    place = Place(tmp_path)
    early = Attestation("alice", "us_citizen", True, "registry", "passport", "high", NOON - 900 * DAY)
    place.store.attest([early], actor="ann", at=NOON + 20 * SECOND)
    write_journal(place.journal, "w0", some(0, 30))
    (sealed,) = place.seal().sealed
    leaf = read_leaf(next(iter(place.segments.facts_openings(sealed, [ALICE]))).content)
    assert leaf.attested == (Attested("us_citizen", True, NOON + 20 * SECOND, None),)


def test_a_leaf_holds_only_what_counts_for_its_segment(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for days, value in ((-9, 1), (-8, 2), (-7, 3), (1, 5), (2, 6)):
        known = Attestation("alice", "level", value, "registry", "passport", "high", NOON)
        place.store.attest([known], actor="ann", at=NOON + days * DAY)
    write_journal(place.journal, "w0", some(0, 30))
    write_journal(place.journal, "w1", some(2 * 86_400, 3), NOON + DAY / 2)
    place.seal(NOON + 3 * DAY)
    first, second = place.segments.sealed()
    values = [
        [each.value for each in read_leaf(next(iter(place.segments.facts_openings(sealed, [ALICE]))).content).attested]
        for sealed in (first, second)
    ]
    assert values == [[3], [3, 5, 6]]


def test_somebody_who_is_not_known_is_said_to_be(tmp_path: Path) -> None:
    place = Place(tmp_path)
    write_journal(place.journal, "w0", [each for each in some(0, 3) if each.id == "d0"])
    place.store._state.subjects.clear()
    report = place.seal()
    assert report.unnamed == 1
    (opening,) = place.segments.facts_openings(report.sealed[0], [ALICE])
    assert read_leaf(opening.content).name is None


# --- removing journal files


def test_a_journal_file_goes_once_the_log_has_its_segment(published: Place) -> None:
    removal = remove_journals(published.segments, segments_logged(published.log))
    assert removal.removed == (f"{FIRST}.journal", f"{SECOND_ONE}.journal")
    assert list(published.journal.iterdir()) == []
    assert published.seal().sealed == ()
    assert len(published.segments.sealed()) == 2
    assert remove_journals(published.segments, segments_logged(published.log)).removed == ()


def test_a_journal_file_stays_while_the_log_does_not_have_its_segment(place: Place) -> None:
    place.log.create()
    removal = remove_journals(place.segments, segments_logged(place.log))
    assert removal.removed == ()
    assert {each.why for each in removal.kept} == {
        "its segment is not in the log yet: run `licet record publish` first"
    }
    assert len(list(place.journal.iterdir())) == 2


def test_a_journal_file_that_changed_stays(published: Place) -> None:
    path = published.journal / f"{FIRST}.journal"
    content = path.read_bytes()
    with changed(path, content[:100]):
        removal = remove_journals(published.segments, segments_logged(published.log))
        assert removal.removed == (f"{SECOND_ONE}.journal",)
        assert "it does not hold what was sealed" in removal.kept[0].why
        assert path.exists()


def test_a_damaged_journal_file_stays(tmp_path: Path) -> None:
    place = Place(tmp_path)
    path = write_journal(place.journal, "w0", some(0, 30))
    content = bytearray(path.read_bytes())
    content[1500] ^= 1
    path.write_bytes(content)
    place.seal()
    place.publish()
    removal = remove_journals(place.segments, segments_logged(place.log))
    assert [each.why for each in removal.kept] == ["it is damaged, and people may still find something in it"]
    assert path.exists()


# --- retention


def test_a_segment_goes_when_its_time_is_over_and_the_log_says_so(published: Place) -> None:
    (published.journal / f"{FIRST}.journal.torn").write_bytes(b"half")
    assert expired(published, LATER - timedelta(hours=2)) == Expiry((), ())
    report = expired(published)
    assert [each.name for each in report.deleted] == [FIRST]
    assert files_of(published, FIRST) == []
    assert len(files_of(published, SECOND_ONE)) == 6
    (sealed,) = report.deleted
    logged = segments_logged(published.log)
    assert deletions(published) == [
        Deletion(0, FIRST, sealed.entry.root, sealed.entry.records, LATER, "retention of 1827 days")
    ]
    assert (logged[FIRST].deleted, logged[SECOND_ONE].deleted) == (True, False)
    assert expired(published) == Expiry((), ())
    assert len(deletions(published)) == 1
    assert published.seal().sealed == ()


def test_a_dry_run_deletes_nothing(published: Place) -> None:
    before = published.files()
    assert [each.name for each in expired(published, dry_run=True).deleted] == [FIRST]
    assert published.files() == before
    assert deletions(published) == []


def test_what_the_log_does_not_have_is_not_deleted(place: Place) -> None:
    place.log.create()
    report = expired(place)
    assert report == Expiry((), (Held(FIRST, "the log does not have it: run `licet record publish` first"),))
    assert len(files_of(place, FIRST)) == 6


def test_without_a_log_nothing_is_deleted(place: Place) -> None:
    with pytest.raises(LogUnavailable):
        expired(place)
    assert len(files_of(place, FIRST)) == 6


def test_deletion_is_in_the_log_before_anything_goes_wherever_it_is_killed(published: Place, tmp_path: Path) -> None:
    whole = files_of(published, FIRST)
    for step in count():
        again = Place(tmp_path / "again" / str(step), published.store)
        for name in ("journal", "segments", "record", "record-lock", "record-staging"):
            if (published.folder / name).exists():
                shutil.copytree(published.folder / name, again.folder / name)
        was_killed = killed_at(step, again.folder, partial(expired, again))
        again.log.publish()
        gone = set(whole) - set(files_of(again, FIRST))
        assert len(deletions(again)) == 1 or not gone
        if f"{FIRST}.parquet" in gone:
            assert {f"{FIRST}.seed", f"{FIRST}.facts"} <= gone
        expired(again)
        assert files_of(again, FIRST) == []
        assert len(files_of(again, SECOND_ONE)) == 6
        assert len(deletions(again)) == 1
        assert again.seal().sealed == ()
        if not was_killed:
            break
    assert step > 10


# --- holds


def a_hold(name: str = "case-1", **scope: Any) -> Hold:
    return Hold(name, LATER, "ann", "an agency asked", **scope)


def test_a_hold_freezes_deletion_until_it_is_released(published: Place) -> None:
    add(published.segments, a_hold())
    assert expired(published) == Expiry((), (Held(FIRST, "held by `case-1`"),))
    assert len(files_of(published, FIRST)) == 6
    release(published.segments, Release("case-1", LATER, "ben", "the agency is done"))
    assert [each.name for each in expired(published).deleted] == [FIRST]


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({"segments": (FIRST,)}, True),
        ({"segments": (SECOND_ONE,)}, False),
        ({"subject": pseudonym(SECRET, "carol")}, True),
        ({"subject": pseudonym(SECRET, "dave")}, False),
        ({"until": NOON}, False),
        ({"until": NOON + SECOND}, True),
        ({"since": NOON + DAY}, False),
        ({"since": NOON, "until": NOON + DAY}, True),
        ({"segments": (FIRST,), "since": NOON + DAY}, False),
    ],
)
def test_a_hold_covers_what_it_names(published: Place, scope: dict[str, Any], holds: bool) -> None:
    add(published.segments, a_hold(**scope))
    assert bool(expired(published).kept) is holds
    assert bool(files_of(published, FIRST)) is holds


def test_a_hold_on_a_subject_covers_only_where_a_decision_names_them(place: Place) -> None:
    hold = a_hold(subject=pseudonym(SECRET, "carol"))
    found = [covers(hold, each, partial(place.segments.subjects, each)) for each in place.segments.sealed()]
    assert found == [True, False]


def test_a_hold_that_came_between_stops_what_a_killed_run_began(published: Place) -> None:
    step = 0
    while not deletions(published):
        # the entry is in the log, nothing was deleted yet: the first step after the log's own
        killed_at(step, published.folder / "segments" / FIRST, lambda: expired(published))
        published.log.publish()
        step += 1
    assert len(files_of(published, FIRST)) == 6
    add(published.segments, a_hold())
    (held,) = expired(published).kept
    assert held.why == "held by `case-1`, although the log says that it was deleted: correct that entry"
    assert len(files_of(published, FIRST)) == 6


def test_where_a_hold_cannot_be_judged_nothing_is_deleted(published: Place) -> None:
    add(published.segments, a_hold(subject=pseudonym(SECRET, "dave")))
    path = published.folder / "segments" / f"{FIRST}.facts"
    with changed(path, b"damaged\n"):
        (held,) = expired(published).kept
    assert "whether a hold covers it cannot be told" in held.why
    holds = published.folder / "segments" / "holds.jsonl"
    with changed(holds, b"{}\n" + holds.read_bytes()), pytest.raises(SegmentsUnusable, match="nothing is deleted"):
        expired(published)
    assert len(files_of(published, FIRST)) == 6


def test_a_hold_that_was_written_in_part_counts_for_nothing(published: Place) -> None:
    add(published.segments, a_hold())
    path = published.folder / "segments" / "holds.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:30])
    assert list(active(published.segments.holds())) == ["case-1"]
    add(published.segments, a_hold("case-2"))
    assert path.read_bytes() == whole + whole.replace(b"case-1", b"case-2")
    assert path.stat().st_mode & 0o777 == 0o600


def test_holds_are_refused_that_make_no_sense(published: Place) -> None:
    add(published.segments, a_hold())
    with pytest.raises(HoldRefused, match="there is a hold `case-1` already"):
        add(published.segments, a_hold())
    with pytest.raises(HoldRefused, match="would end before it begins"):
        add(published.segments, a_hold("case-2", since=NOON, until=NOON))
    with pytest.raises(HoldRefused, match="there is no hold `case-9`; there are `case-1`"):
        release(published.segments, Release("case-9", LATER, "ann", "done"))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"))))
def test_holds_are_active_between_their_events(history: list[tuple[bool, str]]) -> None:
    events = [a_hold(name) if on else Release(name, LATER, "ann", "done") for on, name in history]
    last = {name: on for on, name in history}
    assert set(active(events)) == {name for name, on in last.items() if on}


# --- disclosures


@pytest.fixture
def bundle(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "out"
    yield folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in folder.iterdir())


def entries_in(folder: Path, segment: str) -> tuple[JournalSegment, SubjectFacts]:
    tree = json.loads((folder / f"{segment}.json").read_bytes())
    entry, facts = entry_of(tree["segment"]), entry_of(tree["facts"])
    assert isinstance(entry, JournalSegment)
    assert isinstance(facts, SubjectFacts)
    return entry, facts


def test_a_whole_segment_is_opened_by_its_seeds(place: Place, bundle: Path) -> None:
    made = disclose(place.segments, BundleFolder(bundle), Asked(until=NOON + SECOND), NOON + DAY)
    assert made.segments == (FIRST,)
    payloads = gzip.decompress((bundle / f"{FIRST}.jsonl.gz").read_bytes()).removesuffix(b"\n").split(b"\n")
    seed = bytes.fromhex((bundle / f"{FIRST}.seed").read_text())
    entry, facts = entries_in(bundle, FIRST)
    leaves = record_leaves(payloads, [salt_of(seed, each) for each in range(len(payloads))])
    assert (len(payloads), root_of(leaves)) == (entry.records, entry.root)
    opened = (bundle / f"{FIRST}.facts.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    facts_seed = bytes.fromhex((bundle / f"{FIRST}.facts.seed").read_text())
    assert facts_head(opened, facts_seed) == Head(facts.subjects, facts.root)
    assert (made.records, made.subjects) == (entry.records, facts.subjects)
    assert json.loads((bundle / "disclosure.json").read_bytes()) == {
        "format": "licet-disclosure/1",
        "made": "2026-06-13T12:00:00Z",
        "from": None,
        "until": "2026-06-12T12:00:01Z",
        "subjects": None,
        "segments": [FIRST],
    }
    blocks = Blocks(entry.records, (bundle / f"{FIRST}.roots").read_bytes())
    assert blocks.head.root == entry.root
    assert len(list(bundle.iterdir())) == 7


def test_some_decisions_are_opened_one_by_one(place: Place, bundle: Path) -> None:
    asked = Asked(NOON + 3 * SECOND, NOON + 20 * SECOND, (BOB,))
    made = disclose(place.segments, BundleFolder(bundle), asked, NOON)
    assert made.segments == (FIRST,)
    entry, facts = entries_in(bundle, FIRST)
    lines = [json.loads(each) for each in (bundle / f"{FIRST}.opened.jsonl").read_text().splitlines()]
    for line in lines:
        leaf = commit(Domain.RECORD, bytes.fromhex(line["salt"]), line["record"].encode())
        path = [base64(each, "path", 32) for each in line["path"]]
        check_inclusion(leaf, line["index"], Head(entry.records, entry.root), path)
    records = [json.loads(each["record"]) for each in lines]
    assert [each["id"] for each in records if each["type"] == "decision"] == ["d4", "d7", "d10", "d13", "d16", "d19"]
    assert {each.get("subject", BOB) for each in records} == {BOB}
    (opened,) = [json.loads(each) for each in (bundle / f"{FIRST}.facts.opened.jsonl").read_text().splitlines()]
    leaf = commit(Domain.FACTS, bytes.fromhex(opened["salt"]), opened["facts"].encode())
    path = [base64(each, "path", 32) for each in opened["path"]]
    check_inclusion(leaf, opened["index"], Head(facts.subjects, facts.root), path)
    assert read_leaf(opened["facts"].encode()).name == "bob"


def test_nothing_else_leaks(place: Place, bundle: Path) -> None:
    disclose(place.segments, BundleFolder(bundle), Asked(subjects=(ALICE,)), NOON)
    everything = b"".join(each.read_bytes() for each in bundle.iterdir())
    for sealed in place.segments.sealed():
        assert place.segments.seed(sealed).hex().encode() not in everything
        facts_seed, _ = place.segments.facts(sealed)
        assert facts_seed is not None
        assert facts_seed.hex().encode() not in everything
    for other in ("bob", "carol", BOB, pseudonym(SECRET, "carol")):
        assert other.encode() not in everything
    assert not list(bundle.glob("*.seed"))
    assert not list(bundle.glob("*.gz"))
    ended = [json.loads(json.loads(line)["record"]) for line in (bundle / f"{FIRST}.opened.jsonl").open()]
    assert {each["id"] for each in ended if each["type"] == "end"} == {f"d{each}" for each in range(0, 30, 3)}


def test_what_is_damaged_is_not_disclosed(place: Place, tmp_path: Path) -> None:
    path = place.folder / "segments" / f"{FIRST}.seed"
    with changed(path, b"x" * 32), pytest.raises(SegmentsUnusable, match="is not what its entry commits to"):
        disclose(place.segments, BundleFolder(tmp_path / "out"), Asked(), NOON)
    assert list((tmp_path / "out").iterdir()) == []


def test_there_may_be_nothing_to_disclose(place: Place, tmp_path: Path) -> None:
    for asked in (Asked(since=NOON + 9 * DAY), Asked(subjects=("nobody",)), Asked(subjects=())):
        with pytest.raises(NothingToDisclose, match="no sealed segment has what was asked for"):
            disclose(place.segments, BundleFolder(tmp_path / "out"), asked, NOON)
    (tmp_path / "out" / "file").write_bytes(b"")
    with pytest.raises(SegmentsUnusable, match="there is something in"):
        BundleFolder(tmp_path / "out")
