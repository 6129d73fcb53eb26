"""The verdict on a whole log: what is believed, and each thing for which it is not, with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.record.june_log import FIRST, LAW, Sealed, sealed
from tests.record.signed_log import SEEN, checkpoint_of, contents, log_of
from tests.record.small_log import AT, LOG, NEXT, OTHER, POLICY, WITNESS, Folder

from licet.record.log import reading as log_reading
from licet.record.log.check import LogVerdict, check_checkpoint, check_consistent, check_log
from licet.record.log.entries import (
    Acknowledged,
    Correction,
    Deletion,
    Enacted,
    Entry,
    JournalSegment,
    ListPart,
    SubjectFacts,
    digest_of,
    hand_over,
)
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.signed.policy import read_policy
from licet.record.tree.merkle import Head, leaf_hash, root_of

ENTRIES = sealed().entries
SEGMENT_AT = len(ENTRIES) - 2
SEGMENT = ENTRIES[SEGMENT_AT]
assert isinstance(SEGMENT, JournalSegment)
DELETION = Deletion(SEGMENT_AT, SEGMENT.segment, SEGMENT.root, SEGMENT.records, AT, "5 years")
HAND_OVER = hand_over(LOG, NEXT, AT, "yearly")
THIRD = signer_from("licet.example/record", KeyKind.LOG, b"3" * 32)


def verdict(entries: list[Entry], **asked: object) -> LogVerdict:
    files, checkpoint = log_of(entries)
    return check_log(files, checkpoint, POLICY, **asked)  # type: ignore[arg-type]


def found(entries: list[Entry]) -> str:
    given = verdict(entries)
    assert not given.accepted
    return "\n".join(map(str, given.findings))


def test_a_log_in_order_is_accepted_with_what_that_rests_on() -> None:
    given = verdict([*ENTRIES, DELETION, Correction(2, AT, "a typing error")])
    assert given.accepted, given
    assert given.found == 0
    assert given.types["journal-segment"] == given.types["deletion"] == 1
    assert given.epoch == 2
    reasons = " ".join(given.reasons)
    assert "is under the root that was signed" in reasons
    assert "the quorum is met" in reasons
    assert given.entries == ()


def test_an_empty_log_is_in_order() -> None:
    assert verdict([]).accepted


def test_all_entries_are_given_where_they_are_wanted() -> None:
    assert [entry for _, entry in verdict(ENTRIES, keep=True).entries] == ENTRIES


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([Acknowledged(3, "w0", AT)], "epoch 3 is acknowledged, but was not enacted below it"),
        ([Acknowledged(0, "w0", AT)], "epoch 0 is acknowledged; there is no such epoch"),
        ([Enacted(4, AT, (), "narrows", (), (), digest_of(b""))], "epoch 4 follows epoch 2"),
        ([Enacted(2, AT, (), "narrows", (), (), digest_of(b""))], "epoch 2 follows epoch 2"),
        ([Enacted(3, AT, (), "narrows", (digest_of(b"x"),), (), digest_of(b""))], "the document `sha256:"),
        ([Enacted(3, AT, (), "narrows", (), (digest_of(b"x"),), digest_of(b""))], "the list `sha256:"),
        ([SEGMENT], f"the segment `{SEGMENT.segment}` is in entry {SEGMENT_AT}, too"),
        ([SubjectFacts(SEGMENT.segment, 1, b"r" * 32)], "were committed to before"),
        ([SubjectFacts("another", 1, b"r" * 32)], "no `journal-segment` `another` is below it"),
        ([Correction(99, AT, "wrong")], "it names entry 99, which is not below it"),
        ([replace(DELETION, entry=99)], "it names entry 99, which is not below it"),
        ([replace(DELETION, entry=1)], "entry 1 is no segment"),
        ([replace(DELETION, root=b"r" * 32)], "is no segment"),
        ([replace(DELETION, records=1)], "is no segment"),
        ([DELETION, DELETION], "was deleted before"),
        ([HAND_OVER, hand_over(LOG, THIRD, AT, "again")], "hands over, but entry"),
        ([ListPart(digest_of(b"ab"), 2, 2, "b")], "without part 1 just below it"),
        ([ListPart(digest_of(b"ab"), 1, 2, "a"), ListPart(digest_of(b"ab"), 2, 2, "c")], "join to sha256:"),
        ([ListPart(digest_of(b"ab"), 1, 2, "a"), ListPart(digest_of(b"b"), 2, 2, "b")], "of another list"),
    ],
)
def test_what_entries_say_of_each_other_is_checked(more: list[Entry], why: str) -> None:
    told = found([*ENTRIES, *more])
    assert why in told
    assert f"entry {len(ENTRIES)}" in told or f"entry {len(ENTRIES) + 1}" in told


def test_acknowledgements_in_a_row_are_each_looked_at() -> None:
    run: list[Entry] = [Acknowledged(2, f"w{each}", AT) for each in range(300)]
    assert verdict([*ENTRIES, *run]).accepted
    run[123] = Acknowledged(9, "w123", AT)
    assert f"entry {len(ENTRIES) + 123}: epoch 9" in found([*ENTRIES, *run])


def test_a_list_in_parts_can_be_named_once_it_is_whole() -> None:
    parts: list[Entry] = [ListPart(digest_of(b"ab"), 1, 2, "a"), ListPart(digest_of(b"ab"), 2, 2, "b")]
    named = Enacted(3, AT, (), "narrows", (), (digest_of(b"ab"),), digest_of(b""))
    assert verdict([*ENTRIES, parts[0], *parts, named]).accepted
    assert "the list" in found([*ENTRIES, parts[0], named])


def test_bytes_that_are_no_entry_are_named() -> None:
    bad = [b"{}", contents([Acknowledged(2, "w0", AT)])[0] + b"\n", b'{"type":"acknowledgement"}', b""]
    files, checkpoint = log_of([*ENTRIES, *bad])
    given = check_log(files, checkpoint, POLICY)
    assert not given.accepted
    places = [each.place for each in given.findings]
    first = len(ENTRIES)
    assert places == [f"tile/entries/000.p/{first + 4}: entry {first + each}" for each in range(4)]


def test_a_checkpoint_that_the_policy_refuses_ends_it() -> None:
    files, _ = log_of(ENTRIES)
    for bad in (b"", b"nonsense", log_of(ENTRIES, THIRD)[1]):
        given = check_log(files, bad, POLICY)
        assert not given.accepted
        assert given.reasons


def test_a_cosignature_from_the_future_is_refused() -> None:
    files, checkpoint = log_of(ENTRIES)
    assert check_checkpoint(POLICY, checkpoint, now=SEEN).accepted
    assert check_checkpoint(POLICY, checkpoint, now=SEEN - 299).accepted
    refused = check_log(files, checkpoint, POLICY, now=SEEN - 400)
    assert not refused.accepted
    assert "is yet to come" in " ".join(refused.reasons)


def test_an_old_checkpoint_that_is_served_again_is_refused() -> None:
    """Also a log that was cut short: it verifies by itself, and is no continuation of what one holds."""
    files, checkpoint = log_of(ENTRIES)
    shorter, older = log_of(ENTRIES[:-3])
    assert check_log(shorter, older, POLICY).accepted
    replayed = check_log(shorter, older, POLICY, since=checkpoint)
    assert not replayed.accepted
    assert "it is an old one, or the log was cut short" in replayed.findings[0].why
    grown = check_log(files, checkpoint, POLICY, since=older)
    assert grown.accepted
    assert "the log only grew" in " ".join(grown.reasons)


def test_a_fork_is_refused() -> None:
    files, checkpoint = log_of([*ENTRIES[:-3], Acknowledged(2, "w5", AT), *ENTRIES[-2:]])
    forked, newer = log_of([*ENTRIES, Acknowledged(2, "w7", AT)])
    assert check_log(files, checkpoint, POLICY).accepted
    given = check_log(forked, newer, POLICY, since=checkpoint)
    assert not given.accepted
    assert "it is not shown that the log only grew" in given.findings[0].why
    same_size = log_of([*ENTRIES[:-1], Acknowledged(2, "w9", AT)])
    assert not check_consistent(same_size[0], POLICY, log_of(ENTRIES)[1], same_size[1]).accepted


def test_two_logs_are_not_consistent() -> None:
    files, checkpoint = log_of(ENTRIES)
    elsewhere = signer_from("other.example/log", KeyKind.LOG, b"o" * 32)
    text = f"log {LOG.key}\nlog {elsewhere.key}\nwitness a {WITNESS.key}\nwitness b {OTHER.key}\nquorum a\n"
    policy = read_policy(text.encode())
    foreign = checkpoint_of(Head(1, root_of([leaf_hash(b"x")])), elsewhere, origin=elsewhere.key.name)
    given = check_consistent(files, policy, foreign, checkpoint)
    assert not given.accepted
    assert "they are of two logs" in given.reasons[-1]


def test_a_hand_over_is_followed_where_that_is_wanted() -> None:
    entries = [*ENTRIES, HAND_OVER, Acknowledged(2, "w1", AT)]
    files, checkpoint = log_of(entries, NEXT)
    assert not check_log(files, checkpoint, POLICY).accepted
    given = check_log(files, checkpoint, POLICY, follow_hand_over=True)
    assert given.accepted, given
    assert f"the key {LOG.key.id.hex()} handed over to {NEXT.key.id.hex()}" in " ".join(given.reasons)
    twice = [*entries, hand_over(NEXT, THIRD, AT, "again"), Acknowledged(2, "w2", AT)]
    files, checkpoint = log_of(twice, THIRD)
    assert check_log(files, checkpoint, POLICY, follow_hand_over=True).accepted


def test_a_key_nobody_handed_over_to_is_not_followed() -> None:
    files, checkpoint = log_of(ENTRIES, NEXT)
    assert not check_log(files, checkpoint, POLICY, follow_hand_over=True).accepted
    stranger = [*ENTRIES, hand_over(THIRD, NEXT, AT, "by a stranger"), Acknowledged(2, "w1", AT)]
    files, checkpoint = log_of(stranger, NEXT)
    assert not check_log(files, checkpoint, POLICY, follow_hand_over=True).accepted


def test_a_key_that_handed_over_signs_no_more() -> None:
    entries = [*ENTRIES, HAND_OVER, Acknowledged(2, "w1", AT)]
    assert "though entry" in found(entries)
    assert verdict(entries[:-1]).accepted  # the checkpoint that ends with the hand-over may be signed by either


def test_a_tile_that_is_missing_or_cannot_be_read_is_named() -> None:
    files, checkpoint = log_of([*ENTRIES, *(Acknowledged(2, f"w{each}", AT) for each in range(600))])
    for path in list(files):
        less = Folder(files)
        del less[path]
        given = check_log(less, checkpoint, POLICY)
        assert not given.accepted
        assert path in "\n".join(map(str, given.findings))


def test_several_processes_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "LARGE", 1)
    monkeypatch.setattr(log_reading, "CHUNK", 1)
    entries = [*ENTRIES, *(Acknowledged(2 + (each == 700), f"w{each}", AT) for each in range(900))]
    files, checkpoint = log_of(entries)
    told: list[int] = []
    alone = check_log(files, checkpoint, POLICY)
    assert check_log(files, checkpoint, POLICY, processes=2, report=told.append) == alone
    assert sum(told) == len(entries)
    assert alone.findings[0].place == f"entry {len(ENTRIES) + 700}"


def test_a_log_of_segments_says_how_many() -> None:
    world = Sealed()
    for day in range(3):
        world.seal([b"{}"], FIRST + timedelta(days=day), FIRST + timedelta(days=day))
    given = verdict(world.entries)
    assert given.accepted
    assert given.types["subject-facts"] == 3
    assert len(LAW) + 6 == sum(given.types.values())
