"""A whole log, tampered with in every way: refused with its place, and never an exception. Every parser, fuzzed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.june_log import CITIZEN, FIRST, ORDERED, decision, end, file_of
from tests.record.signed_log import SEEN, checkpoint_of, log_of
from tests.record.small_log import (
    AT,
    LOG,
    NEXT,
    ONE_OF_EACH,
    OTHER,
    POLICY,
    POLICY_TEXT,
    SEGMENT,
    WITNESS,
    Folder,
    proof_of,
)

from licet.record.log.check import check_consistent, check_log
from licet.record.log.entries import Acknowledged, Enacted, Entry, SubjectFacts, digest_of
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.opening import opening, read_opening
from licet.record.refusal import RecordRefused
from licet.record.sealed.facts import read_leaf
from licet.record.sealed.journal_records import Decided, Ended, read_record
from licet.record.sealed.proof import read_proof, verify_proof
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.keys import KeyKind, read_key, signer_from
from licet.record.signed.notes import parse, sign
from licet.record.signed.policy import read_policy
from licet.record.signed.tlog_proof import read_log_proof
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import read_path

SMALL: list[Entry] = [
    Enacted(1, AT, (), "founding", (), (), digest_of(b"")),
    Acknowledged(1, "w0", AT),
    SEGMENT,
    SubjectFacts(SEGMENT.segment, 3, b"r" * 32),
    Acknowledged(1, "w1", AT + timedelta(seconds=1)),
]
FILES, CHECKPOINT = log_of(SMALL)
MANY = [*SMALL, *(Acknowledged(1, f"w{each}", AT) for each in range(600))]
MANY_FILES, MANY_CHECKPOINT = log_of(MANY)
HEAD = read_checkpoint(CHECKPOINT).checkpoint.head


def places(files: Folder, checkpoint: bytes = CHECKPOINT) -> str:
    """Where the verdict says that something is wrong; the log is refused."""
    found = check_log(files, checkpoint, POLICY, now=SEEN + 60)
    assert not found.accepted
    return " ".join([*map(str, found.findings), *found.reasons])


def test_the_small_logs_are_in_order() -> None:
    assert check_log(FILES, CHECKPOINT, POLICY, now=SEEN + 60).accepted
    assert check_log(MANY_FILES, MANY_CHECKPOINT, POLICY, now=SEEN + 60).accepted


def test_every_byte_of_every_file_of_a_log() -> None:
    assert set(FILES) == {"tile/0/000.p/5", "tile/entries/000.p/5"}
    for path, content in FILES.items():
        for at in range(len(content)):
            for mask in (0x01, 0x80):
                changed = content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]
                assert path in places(Folder(FILES | {path: changed}))


def test_every_byte_of_the_checkpoint_of_a_log() -> None:
    for at in range(len(CHECKPOINT)):
        for mask in (0x01, 0x20):
            assert places(FILES, CHECKPOINT[:at] + bytes([CHECKPOINT[at] ^ mask]) + CHECKPOINT[at + 1 :])


def test_every_file_cut_short_grown_or_gone() -> None:
    for path, content in MANY_FILES.items():
        for other in (content + b"\0", content[:-1], b"", content * 2, content[::-1]):
            assert path in places(Folder(MANY_FILES | {path: other}), MANY_CHECKPOINT)
        less = Folder(MANY_FILES)
        del less[path]
        assert path in places(less, MANY_CHECKPOINT)


def test_files_in_each_others_place() -> None:
    for one, other in (("tile/0/000", "tile/0/001"), ("tile/entries/000", "tile/entries/001")):
        swapped = Folder(MANY_FILES | {one: MANY_FILES[other], other: MANY_FILES[one]})
        told = places(swapped, MANY_CHECKPOINT)
        assert one in told or other in told


def test_a_forged_tile_and_a_bundle_that_fits_it() -> None:
    """The bundle and the tile of level 0 agree with each other, but not with the tree."""
    forged = [*MANY[:7], Acknowledged(1, "nobody", AT), *MANY[8:]]
    files, _ = log_of(forged)
    mixed = Folder(MANY_FILES | {path: files[path] for path in ("tile/0/000", "tile/entries/000")})
    assert "tile/0/000" in places(mixed, MANY_CHECKPOINT)


def test_a_whole_other_log_under_the_checkpoint() -> None:
    files, checkpoint = log_of([*MANY[:-1], Acknowledged(1, "nobody", AT)])
    assert check_log(files, checkpoint, POLICY).accepted
    assert "tile/0/002.p/93" in places(files, MANY_CHECKPOINT)


def test_a_truncated_log_is_no_continuation() -> None:
    shorter, older = log_of(MANY[:-50])
    assert check_log(shorter, older, POLICY).accepted
    assert not check_log(shorter, older, POLICY, since=MANY_CHECKPOINT).accepted
    assert "tile/0/002" in places(shorter, MANY_CHECKPOINT)
    assert not check_consistent(shorter, POLICY, MANY_CHECKPOINT, older).accepted


def test_swapped_and_unknown_keys() -> None:
    head = read_checkpoint(MANY_CHECKPOINT).checkpoint.head
    same_name = signer_from(LOG.key.name, KeyKind.LOG, b"?" * 32)
    swapped = bytes(sign(str(Checkpoint(LOG.key.name, head)), same_name).and_signed(WITNESS, SEEN))
    stranger = signer_from("witness.example/w3", KeyKind.WITNESS, b"3" * 32)
    unknown = bytes(sign(str(Checkpoint(LOG.key.name, head)), LOG).and_signed(stranger, SEEN).and_signed(WITNESS, SEEN))
    for checkpoint in (swapped, unknown, checkpoint_of(head, NEXT), checkpoint_of(head, LOG, origin="other.example")):
        assert places(MANY_FILES, checkpoint)
    as_log = signer_from(WITNESS.key.name, KeyKind.LOG, b"w" * 32)
    assert places(MANY_FILES, bytes(sign(str(Checkpoint(LOG.key.name, head)), LOG).and_signed(as_log)))


@pytest.mark.parametrize(
    "size",
    ["-5", "+5", "05", "5.0", "5e0", "0x5", "1_0", " 5", "5 ", "\u0665", "", str(2**63), str(2**64), "9" * 400],
)
def test_sizes_that_are_huge_negative_or_oddly_written(size: str) -> None:
    """Signed by the right keys all the same."""
    lines = str(Checkpoint(LOG.key.name, HEAD)).split("\n")
    text = "\n".join([lines[0], size, *lines[2:]])
    note = bytes(sign(text, LOG).and_signed(WITNESS, SEEN).and_signed(OTHER, SEEN))
    told = places(FILES, note)
    assert "line 2" in told


@pytest.mark.parametrize("size", [0, 1, 4, 6, 255, 256, 2**40, 2**62, 2**63 - 1])
def test_another_size_that_is_signed(size: int) -> None:
    """Whoever has the keys can sign what is not so; the files do not follow."""
    if size:
        places(FILES, checkpoint_of(Head(size, HEAD.root)))
    else:
        assert "line 3" in places(FILES, checkpoint_of(Head(0, HEAD.root)))


def test_trailing_bytes_everywhere() -> None:
    for more in (b"\n", b" ", b"\0", b"x", CHECKPOINT):
        assert places(FILES, CHECKPOINT + more)
    proof = bytes(proof_of(7))
    for more in (b"\n", b" ", b"\0", proof):
        with pytest.raises(RecordRefused):
            verify_proof(proof + more, POLICY)
    for entry in ONE_OF_EACH:
        for more in (b"\n", b" ", b"\0", b"}"):
            with pytest.raises(RecordRefused):
                read_entry(encode(entry) + more)


RECORD = decision(1, ORDERED, CITIZEN)
SEEDS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "entry": (read_entry, encode(SEGMENT)),
    "note": (parse, CHECKPOINT),
    "checkpoint": (read_checkpoint, CHECKPOINT),
    "policy": (read_policy, POLICY_TEXT),
    "proof": (read_proof, bytes(proof_of(7))),
    "opening": (read_opening, bytes(opening("document", b"s" * 32, b"x"))),
    "record": (read_record, RECORD),
    "leaf": (read_leaf, bytes(CITIZEN)),
    "key": (lambda content: read_key(content.decode("latin-1")), str(LOG.key).encode()),
    "path": (lambda content: read_path(content.decode("latin-1")), b"tile/1/x001/x234/067.p/9"),
    "log proof": (lambda content: read_log_proof(content.decode("utf-8", "replace")), str(proof_of(7).log).encode()),
}


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_parser_is_given_it_reads_or_refuses(name: str, data: st.DataObject) -> None:
    """Bytes at random, and good ones with stretches cut out, repeated or changed."""
    read, seed = SEEDS[name]
    content = data.draw(st.binary(max_size=120) | st.just(seed))
    for _ in range(data.draw(st.integers(0, 3))):
        start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
        middle = data.draw(st.sampled_from([b"", content[start:stop] * 2]) | st.binary(max_size=8))
        content = content[:start] + middle + content[stop:]
    try:
        read(content)
    except RecordRefused as refused:
        assert refused.place
        assert refused.why


@given(st.dictionaries(st.sampled_from(sorted(MANY_FILES)), st.binary(max_size=200)), st.booleans(), st.data())
@settings(max_examples=100, deadline=None)
def test_the_verdict_on_a_log_is_total(changed: dict[str, bytes], gone: bool, data: st.DataObject) -> None:
    files = Folder(MANY_FILES | changed)
    if gone:
        files.pop(data.draw(st.sampled_from(sorted(files))))
    found = check_log(files, MANY_CHECKPOINT, POLICY, since=MANY_CHECKPOINT, follow_hand_over=True)
    assert found.accepted is (files == MANY_FILES)
    assert bool(found.findings) is not found.accepted


def test_records_of_the_journal_are_read_alike_however_they_are_spelled() -> None:
    """The quick pattern and the strict reader agree; only the latter takes other orders of keys."""
    for payload in file_of([RECORD, end(1, ORDERED)]):
        spaced = payload.replace(b'":', b'": ').replace(b',"', b', "')
        assert read_record(payload) == read_record(spaced)
    assert isinstance(read_record(RECORD), Decided)
    assert isinstance(read_record(end(1, FIRST)), Ended)
    strange = decision(2, ORDERED, CITIZEN, requested='a"b\\cé\x7f')
    assert isinstance(read_record(strange), Decided)
    for before, after in (
        (b'"served"', b'"served":null,"served"'),
        (b'"epoch":2', b'"epoch":2.0'),
        (b'"epoch":2', b'"epoch":"2"'),
        (b'"stream":true', b'"stream":1'),
        (b'"outcome":"serve"', b'"outcome":"served"'),
        (b'"at":"2026', b'"at":"0000'),
        (b'"instruments":[', b'"instruments":[1,'),
        (b'"key"', b'"kex"'),
        (b'"type":"decision",', b""),
    ):
        assert before in RECORD
        with pytest.raises(RecordRefused):
            read_record(RECORD.replace(before, after, 1))
