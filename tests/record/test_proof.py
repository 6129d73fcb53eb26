"""The proof of one decision, and C2SP's proof of an entry: what they prove, and every tampering with its place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import (
    AT,
    CHECKPOINT,
    ENTRIES,
    HEAD,
    LEAVES,
    LOG,
    NEXT,
    OTHER,
    POLICY,
    RECORDS,
    SEGMENT,
    SEGMENT_AT,
    SIZE,
    WITNESS,
    proof_of,
)

from licet.record.log.entry_spelling import encode
from licet.record.refusal import Malformed, NotProven, NotSigned, OutOfRange, RecordRefused
from licet.record.sealed.commitment import Domain, commit
from licet.record.sealed.proof import read_proof, verify_proof
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.notes import sign
from licet.record.signed.policy import read_policy
from licet.record.signed.tlog_proof import LogProof, read_log_proof
from licet.record.spelling import canonical
from licet.record.tree.merkle import LeafReader, leaf_hash, root_of
from licet.record.tree.paths import inclusion_path

PROOF = proof_of(300)
FILE = bytes(PROOF)
TREE = json.loads(FILE)


def file(**values: Any) -> bytes:
    return canonical(TREE | values) + b"\n"


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 599])
def test_a_proof_proves_the_decision(index: int) -> None:
    proven = verify_proof(bytes(proof_of(index)), POLICY)
    assert proven.decision == json.loads(RECORDS[index])
    assert proven.at == AT + timedelta(seconds=index)
    assert proven.segment == SEGMENT
    assert proven.entry == SEGMENT_AT
    assert proven.checkpoint == Checkpoint(LOG.key.name, HEAD)


def test_a_proof_reads_as_it_was_written() -> None:
    assert read_proof(FILE) == PROOF
    assert bytes(read_proof(FILE)) == FILE


def test_the_part_about_the_log_stands_alone() -> None:
    log = read_log_proof(TREE["log"])
    assert log.check(ENTRIES[SEGMENT_AT], POLICY).head == HEAD
    assert log.verdict(POLICY).accepted
    with pytest.raises(NotProven, match="log: path: leaf 5 of 700"):
        log.check(ENTRIES[SEGMENT_AT + 1], POLICY)


OTHER_PATH = TREE["path"][1:] + TREE["path"][:1]


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (file(record=TREE["record"].replace("refuse", "serve!")), NotProven, "segment: path: leaf 300 of 600"),
        (file(salt="00" * 32), NotProven, "segment: path: leaf 300 of 600: it leads to"),
        (file(index=301), NotProven, "segment: path: leaf 301 of 600: it leads to"),
        (file(index=600), OutOfRange, "segment: index: a tree of 600 leaves has no leaf 600"),
        (file(path=OTHER_PATH), NotProven, "segment: path: leaf 300 of 600: it leads to"),
        (file(path=TREE["path"][1:]), NotProven, "segment: path: inclusion of leaf 300 in 600: too short"),
        (file(path=TREE["path"] * 2), NotProven, "too long"),
        (file(path=TREE["path"] * 10), Malformed, "proof: `path`: not a list of at most 63 hashes"),
        (file(path=["AAAA"]), Malformed, "proof: `path` 0: base64 of 3 bytes"),
        (file(path="AAAA"), Malformed, "proof: `path`: not a list"),
        (file(salt="00" * 31), Malformed, "proof: `salt`: "),
        (file(salt="AA" * 32), Malformed, "proof: `salt`: "),
        (file(index=-1), Malformed, "proof: `index`: not a whole number"),
        (file(index=True), Malformed, "proof: `index`: not a whole number"),
        (file(record=7), Malformed, "proof: `record`: not a string"),
        (file(segment=TREE["segment"] | {"records": 601}), NotProven, "log: path: leaf 5 of 700"),
        (file(segment=TREE["segment"] | {"last": "2026-06-12T23:51:00Z"}), NotProven, "log: path: leaf 5 of 700"),
        (file(segment=TREE["segment"] | {"type": "deletion"}), Malformed, "proof: `segment`: "),
        (
            file(segment=json.loads(ENTRIES[4])),
            Malformed,
            "proof: `segment`: not an entry of the type `journal-segment`",
        ),
        (file(segment=[]), Malformed, "proof: `segment`: not an entry"),
        (file(format="licet-decision-proof/2"), Malformed, "proof: `format`: not `licet-decision-proof/1`"),
        (file(more=1), Malformed, "proof: unknown key `more`"),
        (canonical({"format": TREE["format"]}) + b"\n", Malformed, "proof: no key `index`"),
        (FILE + b"\n", Malformed, "proof: not in the canonical form"),
        (FILE[:-1], Malformed, "proof: it does not end with a line feed"),
        (b" " + FILE, Malformed, "proof: not in the canonical form"),
        (json.dumps(TREE, indent=1).encode() + b"\n", Malformed, "proof: not in the canonical form"),
        (b"x" * 1_000_001, Malformed, "proof: 1000001 bytes"),
        (file(log=TREE["log"].replace("index 5", "index 6")), NotProven, "log: path: leaf 6 of 700"),
        (file(log=TREE["log"].replace("index 5", "index 05")), Malformed, "proof: `log`: line 2: `05` is not a number"),
        (file(log=TREE["log"].replace("index 5", "index +5")), Malformed, "proof: `log`: line 2: `+5` is not a number"),
        (
            file(log=TREE["log"].replace("\n700\n", "\n701\n")),
            NotSigned,
            "log: checkpoint: the signature of",
        ),
        (file(log=TREE["log"].replace("@v1", "@v2")), Malformed, "proof: `log`: line 1"),
        (file(log=TREE["log"].replace("index", "extra AAAA\nindex")), Malformed, "line 2: no line `index <number>`"),
        (file(log="c2sp.org/tlog-proof@v1"), Malformed, "no empty line between"),
        (file(log=TREE["log"] + "\n"), Malformed, "log: checkpoint: it does not end"),
        (file(log=TREE["log"].replace("— ", "- ")), Malformed, "log: checkpoint: line 5"),
    ],
)
def test_a_proof_that_was_changed_is_refused_with_its_place(
    content: bytes, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as refusal:
        verify_proof(content, POLICY)
    assert message in str(refusal.value)


def test_a_proof_is_only_as_good_as_the_policy() -> None:
    for text in (
        f"log {NEXT.key}\nquorum none\n",
        "quorum none\n",
        f"log {LOG.key}\nwitness w {NEXT.key.__class__(NEXT.key.name, WITNESS.key.kind, NEXT.key.public)}\nquorum w\n",
    ):
        with pytest.raises(NotSigned):
            verify_proof(FILE, read_policy(text.encode()))


def relogged(**values: Any) -> bytes:
    """A proof that verifies in all but what the operator signed: another commitment, really logged."""
    segment = replace(SEGMENT, **values)
    leaves = [*LEAVES[:SEGMENT_AT], leaf_hash(encode(segment)), *LEAVES[SEGMENT_AT + 1 :]]
    head = HEAD._replace(root=root_of(leaves))
    checkpoint = sign(str(Checkpoint(LOG.key.name, head)), LOG).and_signed(WITNESS, 1).and_signed(OTHER, 2)
    log = LogProof(SEGMENT_AT, tuple(inclusion_path(SEGMENT_AT, SIZE, LeafReader(leaves))), bytes(checkpoint))
    return bytes(replace(PROOF, segment=segment, log=log))


def test_a_record_outside_its_segments_instants_proves_nothing() -> None:
    assert verify_proof(relogged(bytes=1), POLICY).entry == SEGMENT_AT
    with pytest.raises(NotProven, match="record: `at`: it is not within the first and the last instant of its segment"):
        verify_proof(relogged(last=AT), POLICY)


def test_a_record_that_is_no_decision_proves_nothing() -> None:
    for record, message in (
        (b'{"type":"end","id":"r1","at":"2026-06-12T22:51:00Z","how":"done"}', "it is not a decision"),
        (b'["decision"]', "it is not a decision"),
        (b"not json", "record: not JSON"),
        (b'{"type":"decision","at":"now"}', "record: `at`: not an instant"),
    ):
        leaf = commit(Domain.RECORD, PROOF.salt, record)
        alone = replace(read_proof(relogged(records=1, root=leaf)), record=record, index=0, path=())
        with pytest.raises(RecordRefused, match=message):
            verify_proof(bytes(alone), POLICY)


odd = st.text() | st.integers(-(2**53) + 1, 2**53 - 1)
odd_files = st.dictionaries(st.sampled_from([*TREE]), odd).map(lambda values: canonical(TREE | values) + b"\n")


@given(st.binary(max_size=300) | odd_files)
def test_whatever_a_proof_is_the_refusal_is_typed(content: bytes) -> None:
    try:
        verify_proof(content, POLICY)
    except RecordRefused:
        return
    assert content == FILE


@given(st.text(max_size=300))
def test_whatever_a_log_proof_is_the_refusal_is_typed(written: str) -> None:
    for text in (written, f"c2sp.org/tlog-proof@v1\n{written}", f"c2sp.org/tlog-proof@v1\nindex 1\n{written}\n\n"):
        try:
            log = read_log_proof(text)
        except Malformed:
            continue
        assert str(log) == text
        assert not log.verdict(POLICY).accepted


def test_the_checkpoint_of_a_proof_is_the_logs() -> None:
    assert PROOF.log.checkpoint == CHECKPOINT
