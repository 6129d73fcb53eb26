"""A small log for tests: entries of every type, their tree, tiles and bundles, keys, a policy and a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from licet.record.log.entries import (
    Acknowledged,
    Act,
    Correction,
    Deletion,
    Enacted,
    Entry,
    JournalSegment,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
    digest_of,
    hand_over,
    instrument,
)
from licet.record.log.entry_spelling import encode
from licet.record.log.fields import Actor
from licet.record.sealed.commitment import Domain, commit, salt_of, shown_commitment
from licet.record.sealed.facts import Attested, SubjectLeaf, facts_head
from licet.record.sealed.proof import DecisionProof, prove
from licet.record.sealed.segment import BLOCK, Blocks, block_leaves, block_roots
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.signed.notes import sign
from licet.record.signed.policy import read_policy
from licet.record.signed.tlog_proof import LogProof
from licet.record.spelling import canonical
from licet.record.tree.merkle import Frontier, LeafReader, leaf_hash
from licet.record.tree.paths import inclusion_path
from licet.record.tree.tiles import bundles_between, pack, tile_data, tiles_of

AT = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
LOG = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
NEXT = signer_from("licet.example/record", KeyKind.LOG, b"n" * 32)
WITNESS = signer_from("witness.example/w1", KeyKind.WITNESS, b"w" * 32)
OTHER = signer_from("witness.example/w2", KeyKind.WITNESS, b"x" * 32)
SEED = b"s" * 32
ORDER = canonical(
    {
        "order": "us-doc-2026-06-12",
        "forbids": "foreign_person",
        "from": "2026-06-12T18:51:00-04:00",
        "issued": "2026-06-12T17:21:00-04:00",
        "models": ["fable-5"],
        "operations": ["use"],
    }
)


def record(number: int) -> bytes:
    """The payload of a decision of the journal."""
    at = (AT + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
    return (
        f'{{"type":"decision","id":"r{number}","at":"{at}","key":"abcd2345","subject":"5f1d","api":"openai",'
        '"endpoint":"/v1/chat/completions","operation":"use","stream":true,"requested":"fable-5","outcome":"refuse",'
        '"served":null,"instruments":["us-doc-2026-06-12"],"unknown":[],"rulebook":"sha256:00","epoch":2}'
    ).encode()


RECORDS = [record(each) for each in range(600)]
BLOCKS = Blocks(len(RECORDS), block_roots(RECORDS, SEED))
SEGMENT = JournalSegment(
    segment="20260612T225100.000000Z-w0",
    worker="w0",
    file="20260612T225100.000000Z-w0.parquet",
    first=AT,
    last=AT + timedelta(seconds=len(RECORDS) - 1),
    records=len(RECORDS),
    root=BLOCKS.head.root,
    bytes=12_345,
    sha256=digest_of(b"the file"),
)

SUBJECT = bytes(SubjectLeaf("5f1d", "alice", "person", (Attested("us_citizen", False, AT - timedelta(days=1), None),)))
"""What was attested of the one subject that the decisions name."""

FACTS_SEED = b"f" * 32
FACTS_HEAD = facts_head([SUBJECT], FACTS_SEED)

ONE_OF_EACH: tuple[Entry, ...] = (
    instrument("order", "us-doc-2026-06-12", ORDER),
    WithheldInstrument(
        kind="order",
        name=None,
        commitment=shown_commitment(commit(Domain.DOCUMENT, b"d" * 32, ORDER)),
        public=canonical({"issued": "2026-06-12T17:21:00-04:00"}),
        withheld=("forbids", "models"),
        reason="the order itself forbids publishing whom it names",
        authority="50 USC 1805",
    ),
    PublishedList(digest_of(b"org\nacme.example\n"), "org\nacme.example\n"),
    Enacted(
        epoch=2,
        at=AT,
        by=(Actor("proposer", "5f1d"), Actor("approver", "77aa")),
        ground="two officers",
        documents=(digest_of(ORDER),),
        lists=(),
        rulebook=shown_commitment(commit(Domain.RULEBOOK, b"r" * 32, digest_of(b"rulebook").encode())),
    ),
    Acknowledged(epoch=2, worker="w0", at=AT + timedelta(milliseconds=12)),
    SEGMENT,
    Correction(entry=4, at=AT, why="the worker w0 had not started then"),
    Deletion(entry=5, segment=SEGMENT.segment, root=SEGMENT.root, records=600, at=AT, rule="5 years"),
    hand_over(LOG, NEXT, AT, "yearly"),
    SubjectFacts(segment=SEGMENT.segment, subjects=1, root=FACTS_HEAD.root),
    ListPart(digest_of(b"org\nacme.example\n"), 2, 2, "acme.example\n"),
    WithheldList(
        commitment=shown_commitment(commit(Domain.DOCUMENT, b"e" * 32, b"org\nacme.example\n")),
        reason="it names persons",
        authority="50 USC 1805",
    ),
    Act(
        act="act-5f1d77aa00112233",
        kind="attest",
        outcome="proposed",
        at=AT,
        by=(Actor("proposer", "officer-5f1d77aa0011"),),
        content=shown_commitment(commit(Domain.ACT, b"a" * 32, b'{"subject":"alice"}')),
    ),
)
SIZE = 700
SEGMENT_AT = 5
ENTRIES = [encode(each) for each in ONE_OF_EACH]
ENTRIES += [encode(Acknowledged(epoch, "w0", AT)) for epoch in range(SIZE - len(ENTRIES))]
LEAVES = [leaf_hash(each) for each in ENTRIES]
HEAD = Frontier().extend(LEAVES).head

POLICY_TEXT = f"""# whom the tests believe
log {LOG.key}
witness w1 {WITNESS.key} https://witness.example/w1
witness w2 {OTHER.key}
group both all w1 w2
quorum both
""".encode()
POLICY = read_policy(POLICY_TEXT)
CHECKPOINT = bytes(
    sign(str(Checkpoint(LOG.key.name, HEAD)), LOG).and_signed(WITNESS, 1_781_304_700).and_signed(OTHER, 1_781_304_701)
)


class Folder(dict[str, bytes]):
    """Tiles and bundles in memory, as a `TileReader`."""

    def read(self, path: str) -> bytes:
        return self[path]


def folder_of(leaves: Sequence[bytes], entries: Sequence[bytes] = ()) -> Folder:
    """All tiles of a tree with these leaves, and the bundles of these entries."""
    files = Folder({tile.path: tile_data(tile, LeafReader(leaves)) for tile in tiles_of(len(leaves))})
    for bundle in bundles_between(0, len(entries)):
        start = bundle.index * 256
        files[bundle.path] = pack(entries[start : start + bundle.width])
    return files


def proof_of(index: int) -> DecisionProof:
    """The proof of one of `RECORDS`."""
    block = index // BLOCK
    leaves = block_leaves(RECORDS[block * BLOCK : (block + 1) * BLOCK], SEED, block)
    path = inclusion_path(SEGMENT_AT, SIZE, LeafReader(LEAVES))
    log = LogProof(SEGMENT_AT, tuple(path), CHECKPOINT)
    return prove(RECORDS[index], salt_of(SEED, index), index, BLOCKS.path(index, leaves), SEGMENT, log)


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file."""
    return {path: sha256(content).hexdigest() for path, content in files.items()}
