"""Erasure: the store, the opened facts of sealed segments, legal holds, and generations of pseudonyms."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.sealed import NOON, SECOND, SECRET, Place, killed_at, seeds, some, write_journal
from tests.services.pushes import Pushes

from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.segments_bundle import BundleFolder
from licet.core.facts import UNKNOWN
from licet.record.refusal import RecordRefused
from licet.record.sealed.disclosed import DisclosedSegment
from licet.record.sealed.facts import read_leaf
from licet.record.tree.merkle import Head
from licet.services.identity.forgetting import (
    ForgettingRefused,
    Forgotten,
    destroy_pseudonyms,
    finish,
    forget,
)
from licet.services.identity.pseudonyms import PseudonymsRefused, same_subject
from licet.services.keys import pseudonym
from licet.services.record.keeping.disclosure import Asked, disclose
from licet.services.record.keeping.holds import Hold, Release, add, covers, release
from licet.services.record.keeping.sealing import seal
from licet.services.record.ports import SegmentsUnusable
from licet.services.stored import KeyRecord

DAY = timedelta(days=1)
LATER = NOON + 30 * DAY
ALICE, BOB, CAROL = (pseudonym(SECRET, name) for name in ("alice", "bob", "carol"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Two segments, a day apart; Carol is in the first one only. Bob has a key and a fact."""
    made = Place(tmp_path)
    write_journal(made.journal, "w0", some(0, 30))
    days = [each for each in some(86_400, 12) if getattr(each, "subject", None) != CAROL]
    write_journal(made.journal, "w0", days, NOON + DAY)
    made.seal()
    made.store.add_key(KeyRecord("k", "bob", (), NOON, "ann"), b"h")
    return made


def keys_of(place: Place) -> PseudonymKeys:
    return PseudonymKeys(place.folder, SECRET)


def forgotten(place: Place, name: str = "bob", decided: Iterable[datetime] = ()) -> Forgotten:
    def decisions(names: Collection[str]) -> Iterable[datetime]:
        assert pseudonym(SECRET, name) in names
        return decided

    return forget(
        place.store,
        Pushes(),
        place.segments,
        keys_of(place),
        name,
        decisions,
        actor="ann",
        reason="asked for it",
        now=LATER,
        random_bytes=secrets.token_bytes,
        stopwatch=lambda: 0.0,
    )


def named_in(place: Place) -> list[set[str | None]]:
    """Who is named in each segment's opened facts."""
    found = []
    for sealed in place.segments.sealed():
        _, contents = place.segments.facts(sealed)
        found.append({read_leaf(each).name for each in contents})
    return found


def everything(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_an_erasure_keeps_digests_and_dates_and_ends_the_keys(place: Place) -> None:
    done = forgotten(place)
    assert done.stands_for is not None
    assert done.stands_for.startswith("erased-")
    assert (done.attestations, done.opened) == (1, 2)
    assert place.store.subject("bob") is None
    record = place.store.subject(done.stands_for)
    assert record is not None
    (kept,) = record.attestations
    assert (kept.value, kept.attested_by, kept.level, kept.at) == (UNKNOWN, "registry", "high", NOON)
    (key,) = place.store.keys()
    assert (key.subject, key.revoked_at) == (done.stands_for, LATER)
    assert named_in(place) == [{"alice", "carol"}, {"alice"}]
    assert b'"bob"' not in everything(place.folder)


def test_an_erasure_changes_no_root_and_every_other_leaf_opens_as_before(place: Place) -> None:
    before = {
        (sealed.name, each.index): each
        for sealed in place.segments.sealed()
        for each in place.segments.facts_openings(sealed, [ALICE, CAROL])
    }
    forgotten(place)
    after = {
        (sealed.name, each.index): each
        for sealed in place.segments.sealed()
        for each in place.segments.facts_openings(sealed, [ALICE, BOB, CAROL])
    }
    assert after == before


def test_no_seed_is_left_by_which_a_guess_could_be_confirmed(place: Place) -> None:
    seeds_before = [place.segments.facts(sealed)[0] for sealed in place.segments.sealed()]
    forgotten(place)
    assert [place.segments.facts(sealed)[0] for sealed in place.segments.sealed()] == [None, None]
    kept = everything(place.folder)
    for seed in seeds_before:
        assert seed is not None
        assert seed.hex().encode() not in kept
        assert seed not in kept


def test_forgetting_twice_is_no_error_and_forgetting_more_people_goes_on(place: Place) -> None:
    forgotten(place)
    files = place.files()
    assert forgotten(place) == Forgotten(None, 0, 0, None)
    assert place.files() == files
    assert forgotten(place, "alice").opened == 2
    assert named_in(place) == [{"carol"}, set()]
    assert forgotten(place, "carol").opened == 1
    assert named_in(place) == [set(), set()]
    assert [len(place.segments.subjects(sealed)) for sealed in place.segments.sealed()] == [0, 0]


def test_who_is_not_there_is_not_erased(place: Place) -> None:
    files = place.files()
    assert forgotten(place, "dave") == Forgotten(None, 0, 0, None)
    assert place.files() == files


def test_wherever_it_is_killed_running_it_again_finishes_it(place: Place, tmp_path: Path) -> None:
    place.store.erase("bob", "erased-bob", actor="ann", at=LATER, reason="asked")
    begun = place.files()
    for step in range(40):
        for name, content in begun.items():
            (place.folder / "segments" / name).write_bytes(content)
        was_killed = killed_at(step, place.folder / "segments", partial(finish, place.store, place.segments))
        assert {"alice"} <= named_in(place)[1], "what is there can be read after each step"
        finish(place.store, place.segments)
        assert named_in(place) == [{"alice", "carol"}, {"alice"}]
        if not was_killed:
            break
    assert step > 3


def test_a_disclosure_opens_the_others_one_by_one_and_is_verified(place: Place, tmp_path: Path) -> None:
    forgotten(place)
    bundle = tmp_path / "bundle"
    disclose(place.segments, BundleFolder(bundle), Asked(), LATER)
    assert sorted(path.name for path in bundle.glob("*facts*")) == [
        f"{sealed.name}.facts.opened.jsonl" for sealed in place.segments.sealed()
    ]
    assert b'"bob"' not in everything(bundle)
    for sealed in place.segments.sealed():
        disclosed = DisclosedSegment(sealed.entry, sealed.facts, lambda name: (bundle / name).open("rb"))
        assert ALICE in disclosed.subjects()
        assert BOB not in disclosed.subjects()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('\\"name\\":\\"alice\\"', '\\"name\\":\\"clive\\"'),
        ('"index":', '"index":1'),
        ('"salt":"', '"salt":"00'),
        ('"path":["', '"path":["A'),
        ('"path":[', '"path":[1,'),
        ('"facts":', '"fakts":'),
        ('"index":', '"more":1,"index":'),
        ("}", ""),
    ],
)
def test_a_changed_opening_is_refused(place: Place, tmp_path: Path, old: str, new: str) -> None:
    forgotten(place)
    bundle = tmp_path / "bundle"
    disclose(place.segments, BundleFolder(bundle), Asked(), LATER)
    (sealed, _) = place.segments.sealed()
    path = bundle / f"{sealed.name}.facts.opened.jsonl"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RecordRefused):
        DisclosedSegment(sealed.entry, sealed.facts, lambda name: (bundle / name).open("rb")).subjects()


def test_a_file_of_facts_that_was_changed_after_an_erasure_is_noticed(place: Place) -> None:
    forgotten(place)
    (sealed, _) = place.segments.sealed()
    path = place.folder / "segments" / f"{sealed.name}.facts"
    whole = path.read_bytes()
    for changed in (
        whole.replace(b'"alice"', b'"clive"'),
        whole.replace(b"erased\n", b"erased\n" + b"0" * 64 + b"\n"),
        b"\n".join(whole.split(b"\n")[:-2]) + b"\n",
        whole.replace(b" {", b"{"),
        b"erased",
        b"",
    ):
        path.write_bytes(changed)
        with pytest.raises(SegmentsUnusable):
            place.segments.facts(sealed)
    path.write_bytes(whole)
    assert place.segments.facts(sealed)[0] is None
    head = sealed.facts
    assert head is not None
    assert Head(head.subjects, head.root).size == 3


def test_what_is_sealed_after_an_erasure_finds_nobody(place: Place) -> None:
    forgotten(place)
    write_journal(place.journal, "w1", some(200, 6), NOON + 2 * DAY)
    report = place.seal()
    assert report.unnamed == 1
    (sealed,) = report.sealed
    assert {leaf.name for leaf in map(read_leaf, place.segments.facts(sealed)[1])} == {"alice", "carol", None}


# --- legal holds


def a_hold(**scope: Any) -> Hold:
    return Hold("case-7", NOON, "ann", "an agency asked", **scope)


@pytest.mark.parametrize(
    ("scope", "keeps_carol", "keeps_bob"),
    [
        ({}, True, True),
        ({"subject": CAROL}, True, False),
        ({"subject": ALICE}, False, False),
        ({"since": NOON + DAY}, False, True),
        ({"until": NOON + SECOND}, True, True),
        ({"until": NOON}, False, False),
        ({"segments": ("20260613T120000.000000Z-w0",)}, False, True),
        ({"segments": ("20260612T120000.000000Z-w0",)}, True, True),
    ],
)
def test_a_legal_hold_keeps_whom_it_covers(
    place: Place, scope: dict[str, Any], keeps_carol: bool, keeps_bob: bool
) -> None:
    add(place.segments, a_hold(**scope))
    for name, keeps in (("carol", keeps_carol), ("bob", keeps_bob)):
        if keeps:
            with pytest.raises(ForgettingRefused, match=f"`{name}` cannot be erased .*: `case-7`; `licet record hold"):
                forgotten(place, name)
            assert place.store.subject(name) is not None
        else:
            assert forgotten(place, name).stands_for is not None
    release(place.segments, Release("case-7", LATER, "ann", "done"))
    for name, keeps in (("carol", keeps_carol), ("bob", keeps_bob)):
        assert (forgotten(place, name).stands_for is not None) is keeps


def test_a_hold_keeps_who_is_only_in_the_journal_that_is_not_sealed_yet(place: Place) -> None:
    place.store.add_subject("dave", "person", actor="ann", at=NOON)
    add(place.segments, a_hold(since=NOON + 5 * DAY, until=NOON + 6 * DAY))
    with pytest.raises(ForgettingRefused, match="case-7"):
        forgotten(place, "dave", [NOON + 5 * DAY + SECOND])
    assert forgotten(place, "dave", [NOON + 6 * DAY, NOON]).stands_for is not None


def test_a_hold_on_segments_does_not_keep_who_is_only_in_the_journal(place: Place) -> None:
    place.store.add_subject("dave", "person", actor="ann", at=NOON)
    add(place.segments, a_hold(segments=("20260612T120000.000000Z-w0",)))
    assert forgotten(place, "dave", [NOON + SECOND]).stands_for is not None


def test_a_hold_goes_on_through_a_rotation(place: Place) -> None:
    add(place.segments, a_hold(subject=BOB))
    keys = keys_of(place)
    keys.rotate(secrets.token_bytes)
    with pytest.raises(ForgettingRefused, match="case-7"):
        forgotten(place)
    newest = list(some(200, 6))
    renamed = pseudonym(keys.current()[1], "bob")
    write_journal(place.journal, "w1", [_as(each, renamed) for each in newest], NOON + 2 * DAY)
    seal(place.segments, place.store, keys.all().values(), seeds(), LATER)
    same = same_subject(keys, place.store.subject_names)
    held = [
        covers(a_hold(subject=BOB), each, partial(place.segments.subjects, each), same)
        for each in place.segments.sealed()
    ]
    assert held == [True, True, True]


def _as(record: Any, subject: str) -> Any:
    return replace(record, subject=subject) if getattr(record, "subject", None) == BOB else record


# --- generations


def destroyed(place: Place, number: int) -> int:
    opened, _ = destroy_pseudonyms(
        place.store, Pushes(), place.segments, keys_of(place), number, actor="ann", now=LATER, stopwatch=lambda: 0.0
    )
    return opened


def test_a_destroyed_generation_leads_nobody_back(place: Place) -> None:
    keys = keys_of(place)
    keys.rotate(secrets.token_bytes)
    old = pseudonym(keys.current()[1], "bob")
    write_journal(place.journal, "w1", [_as(each, old) for each in some(200, 6)], NOON + 2 * DAY)
    seal(place.segments, place.store, keys.all().values(), seeds(), LATER)
    assert named_in(place)[2] == {"alice", "bob", "carol"}
    keys.rotate(secrets.token_bytes)
    assert destroyed(place, 1) == 1
    assert list(keys.all()) == [0, 2]
    assert named_in(place) == [{"alice", "bob", "carol"}, {"alice", "bob"}, {"alice", "carol"}]
    changes = [each for each in place.store.events(0) if each.kind == "pseudonyms changed"]
    assert len(changes) == 1
    assert changes[0].subject is None


def test_no_generation_goes_while_there_is_a_hold(place: Place) -> None:
    keys_of(place).rotate(secrets.token_bytes)
    keys_of(place).rotate(secrets.token_bytes)
    add(place.segments, a_hold(segments=("20260612T120000.000000Z-w0",)))
    with pytest.raises(PseudonymsRefused, match="while there are legal holds: `case-7`"):
        destroyed(place, 1)
    assert list(keys_of(place).all()) == [0, 1, 2]
    release(place.segments, Release("case-7", LATER, "ann", "done"))
    assert destroyed(place, 1) == 0


@pytest.mark.parametrize("number", [0, 2, 9])
def test_what_cannot_be_destroyed_changes_nothing(place: Place, number: int) -> None:
    keys_of(place).rotate(secrets.token_bytes)
    keys_of(place).rotate(secrets.token_bytes)
    head, files = place.store.head(), place.files()
    with pytest.raises(PseudonymsRefused):
        destroyed(place, number)
    assert (place.store.head(), place.files()) == (head, files)
