"""Cases of `vectors/record/` about trees: files, paths, commitments, proofs, and what a witness answers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.record.small_log import (
    CHECKPOINT,
    ENTRIES,
    FACTS_SEED,
    LEAVES,
    LOG,
    NEXT,
    OTHER,
    POLICY_TEXT,
    SEED,
    SEGMENT_AT,
    SIZE,
    SUBJECT,
    WITNESS,
    proof_of,
)
from tests.spec.record_case import Case, Json, bad, good

from licet.record.sealed.commitment import Domain
from licet.record.sealed.facts import SubjectLeaf
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.notes import Note, sign
from licet.record.signed.tlog_proof import LogProof
from licet.record.spelling import canonical, to_base64
from licet.record.tree.merkle import EMPTY_ROOT, Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import consistency_path, inclusion_path
from licet.record.tree.tiles import pack
from licet.services.record.watching.witnessing import Submission

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 511, 513)


def paths() -> Iterator[Case]:
    for path in (
        "tile/0/000",
        "tile/0/999",
        "tile/0/x001/000",
        "tile/1/x001/x234/067",
        "tile/63/005",
        "tile/0/000.p/1",
        "tile/0/000.p/255",
        "tile/entries/000",
        "tile/entries/x001/x234/067.p/8",
        "tile/0/x009/x223/x372/x036/x854/x775/807",
    ):
        yield good(path, "The one spelling of a tile's or bundle's path.", path=path)
    for path, why in (
        ("tile/0/0", "Groups have three digits."),
        ("tile/0/x000/001", "The first group is never 000 unless it is the only one."),
        ("tile/0/001/000", "All groups but the last begin with x."),
        ("tile/0/x001", "The last group has no x."),
        ("tile/00/000", "No leading zero."),
        ("tile/64/000", "There are levels 0 to 63."),
        ("tile/-1/000", "No sign."),
        ("tile/0/000.p/0", "A partial tile has at least one hash."),
        ("tile/0/000.p/256", "A tile of 256 is full."),
        ("tile/0/000.p/01", "No leading zero."),
        ("tile/0/x009/x223/x372/x036/x854/x775/808", "Indices are below 2^63."),
        ("tile/entry/000", "There are no other folders."),
        ("/tile/0/000", "It is below the log's prefix."),
        ("tile/0/000/", "It is a file."),
        ("tile/0/../0/000", "No other way leads there."),
        ("tile/0/\u0660\u0660\u0660", "Digits are ASCII."),
        ("tile/0/000\n", "Nothing follows."),
        ("checkpoint", "That is no tile."),
    ):
        yield bad(path, why, path=path)


def growth() -> Iterator[Case]:
    why = "The files that the larger tree has and the smaller has not."
    for old, new in ((0, 0), (0, 1), (0, 255), (0, 256), (1, 2), (255, 256), (256, 257), (300, 700), (65_535, 65_537)):
        yield good(f"from {old} to {new}", why, old=old, new=new)
    yield bad("backwards", "A log only grows.", old=2, new=1)


def bundles() -> Iterator[Case]:
    two = pack([b"", b"abc"])
    for name, why, data, width in (
        ("two entries", "Each with its length in two bytes.", two, 2),
        ("one entry of 300 bytes", "The length is big-endian.", pack([b"x" * 300]), 1),
    ):
        yield good(name, why, bundle=b64encode(data).decode(), width=width)
    for name, why, data, width in (
        ("too few", "It ends before the third.", two, 3),
        ("too many", "Nothing may follow the last.", two, 1),
        ("a byte too many", "Nothing may follow the last.", two + b"\0", 2),
        ("a byte too few", "It ends within an entry.", two[:-1], 2),
        ("half a length", "It ends before an entry.", two[:3], 2),
        ("nothing", "A bundle holds at least one.", b"", 1),
    ):
        yield bad(name, why, bundle=b64encode(data).decode(), width=width)


def trees() -> Iterator[Case]:
    for size in (0, *SIZES):
        yield good(f"root of {size}", "RFC 6962, section 2.1.", size=size)
    for size in SIZES:
        for index in sorted({0, size // 2, size - 1}):
            yield good(f"inclusion of {index} in {size}", "RFC 6962, section 2.1.1.", size=size, index=index)
        for old in sorted({0, 1, size // 2, size - 1, size}):
            yield good(f"consistency of {old} with {size}", "RFC 6962, section 2.1.2.", size=size, old=old)
    yield bad("inclusion of what is not there", "A tree of 3 has no leaf 3.", size=3, index=3)
    yield bad("consistency of a larger tree", "4 is no older state of 3.", size=3, old=4)


def proved() -> Iterator[Case]:
    leaves = [leaf_hash(b"%d" % each) for each in range(9)]
    read = LeafReader(leaves)
    path = [each.hex() for each in inclusion_path(5, 9, read)]
    case: Json = {"leaf": leaves[5].hex(), "index": 5, "size": 9, "root": root_of(leaves).hex(), "path": path}
    zero = "00" * 32
    yield good("inclusion", "RFC 9162, section 2.1.3.2.", **case)
    for name, why, change in (
        ("of another leaf", "It leads to another root.", {"leaf": leaves[4].hex()}),
        ("at another index", "It leads to another root.", {"index": 4}),
        ("of an index that the tree has not", "There are 9 leaves.", {"index": 9}),
        ("with another root", "It leads to another root.", {"root": zero}),
        ("too short", "The index needs four hashes.", {"path": path[:-1]}),
        ("too long", "The index needs four hashes.", {"path": [*path, zero]}),
        ("with a changed hash", "It leads to another root.", {"path": [zero, *path[1:]]}),
    ):
        yield bad(f"inclusion {name}", why, **case | change)
    path = [each.hex() for each in consistency_path(6, 9, read)]
    case = {"old": 6, "old_root": root_of(leaves[:6]).hex(), "size": 9, "root": root_of(leaves).hex(), "path": path}
    yield good("consistency", "RFC 9162, section 2.1.4.2.", **case)
    same: Json = {"old": 9, "old_root": case["root"], "path": []}
    yield good("consistency of the same", "The path is empty.", **case | same)
    none: Json = {"old": 0, "old_root": EMPTY_ROOT.hex(), "path": []}
    yield good("consistency with the empty tree", "The path is empty.", **case | none)
    changes: tuple[tuple[str, str, Json], ...] = (
        ("with a fork", "The older tree is not its beginning.", {"old_root": zero}),
        ("with another newer root", "It leads to another root.", {"root": zero}),
        ("too short", "These sizes need more hashes.", {"path": path[:-1]}),
        ("too long", "These sizes need fewer hashes.", {"path": [*path, zero]}),
        ("of the same size with another root", "Two trees of one size are a fork.", same | {"old_root": zero}),
        ("of the same size with a path", "The path is empty.", same | {"path": [zero]}),
        ("with another empty tree", "There is one.", none | {"old_root": zero}),
        ("of a larger with a smaller", "A log only grows.", {"old": 10}),
    )
    for name, why, change in changes:
        yield bad(f"consistency {name}", why, **case | change)


def commitments() -> Iterator[Case]:
    salt = bytes(range(32)).hex()
    for domain in Domain:
        name = f"a {domain.name.lower()}"
        yield good(name, "SHA-256 of domain, salt and content.", domain=domain.value.hex(), salt=salt, content="é")
    yield good("of nothing", "A content may be empty.", domain="02", salt=salt, content="")
    yield bad("with a short salt", "A salt has 32 bytes.", domain="02", salt=salt[:-2], content="")


def segments() -> Iterator[Case]:
    why = "A leaf for each record, a block root for each 256; salts of SHAKE-256, 1,024 at a time."
    for records in (1, 255, 256, 257, 1024, 1025, 2100):
        yield good(f"{records} records", why, records=records, record='{"id":"#"}', seed=SEED.hex())
    yield bad("with a short seed", "A seed has 32 bytes.", records=1, record="#", seed="00")


def facts() -> Iterator[Case]:
    leaf = SUBJECT.decode()
    nobody = bytes(SubjectLeaf("1a", None, None, ())).decode()
    yield good("one attested fact", "Its value, since when and until when.", leaf=leaf)
    yield good("nobody", "A pseudonym that nobody is known by any more.", leaf=nobody)
    why = "The tree is over salted leaves, in the order of the pseudonyms."
    yield good("the tree of two", why, leaves=[nobody, leaf], seed=FACTS_SEED.hex())
    yield bad("the tree of two in another order", "They are in order.", leaves=[leaf, nobody], seed=FACTS_SEED.hex())
    yield bad("the tree of one twice", "Each subject once.", leaves=[leaf, leaf], seed=FACTS_SEED.hex())
    tree = json.loads(leaf)
    for name, reason, change in (
        ("one field more", "No other fields.", {"more": 1}),
        ("an empty pseudonym", "It is a text.", {"subject": ""}),
        ("facts of nobody", "Nothing is said of nobody.", {"name": None, "kind": None}),
        ("another kind", "A person or a workload.", {"kind": "robot"}),
        ("a value that is none", "Null is no value.", {"attested": [tree["attested"][0] | {"value": None}]}),
        ("a fact with a source", "No other fields.", {"attested": [tree["attested"][0] | {"by": "x"}]}),
        (
            "an instant with an offset",
            "In UTC.",
            {"attested": [tree["attested"][0] | {"until": "2026-06-12T00:00+01:00"}]},
        ),
    ):
        yield bad(name, reason, leaf=canonical(tree | change).decode())
    yield bad("spaces", "One spelling.", leaf=json.dumps(tree))
    attested = tree["attested"][0]
    spelled: tuple[tuple[str, object], ...] = (
        ("a whole number", -3),
        ("a text", "é"),
        ("an unknown value", {"unknown": True}),
        ("a set, complete", {"known": ["DE", "FR"], "complete": True}),
        ("a set of which more may belong", {"known": [], "complete": False}),
    )
    for name, value in spelled:
        changed = tree | {"attested": [attested | {"value": value, "until": "2026-06-13T00:00:00.000001Z"}]}
        yield good(name, "A value has one spelling.", leaf=canonical(changed).decode())
    misspelled: tuple[tuple[str, object], ...] = (
        ("a fraction", 1.5),
        ("a number beyond 2^53", 2**53 * 2),
        ("a set out of order", {"known": ["FR", "DE"], "complete": True}),
        ("a set with a member twice", {"known": ["DE", "DE"], "complete": True}),
        ("a set that does not say whether it is all", {"known": []}),
        ("an unknown value that is none", {"unknown": False}),
    )
    for name, value in misspelled:
        changed = tree | {"attested": [attested | {"value": value}]}
        yield bad(name, "A value has one spelling.", leaf=json.dumps(changed, sort_keys=True, separators=(",", ":")))
    workload = tree | {"kind": "workload", "attested": [attested, attested]}
    yield good("a workload, attested twice", "In the order in which it was known.", leaf=canonical(workload).decode())


def log_proofs() -> Iterator[Case]:
    policy = POLICY_TEXT.decode()
    for index in (0, 5, 255, 256, SIZE - 1):
        path = tuple(inclusion_path(index, SIZE, LeafReader(LEAVES)))
        proof = str(LogProof(index, path, CHECKPOINT))
        entry = ENTRIES[index].decode()
        yield good(f"entry {index}", "C2SP tlog-proof.", log=proof, entry=entry, policy=policy)
    path = tuple(inclusion_path(5, SIZE, LeafReader(LEAVES)))
    good_proof, entry = str(LogProof(5, path, CHECKPOINT)), ENTRIES[5].decode()
    yield bad("another entry", "It leads elsewhere.", log=good_proof, entry=ENTRIES[6].decode(), policy=policy)
    for name, why, broken in (
        ("another index", "It leads elsewhere.", str(LogProof(4, path, CHECKPOINT))),
        ("an index beyond", "The log has 700 entries.", str(LogProof(SIZE, path, CHECKPOINT))),
        ("a hash too few", "The path is too short.", str(LogProof(5, path[:-1], CHECKPOINT))),
        ("a line `extra`", "Nothing signs it.", good_proof.replace("index", "extra AAAA\nindex", 1)),
        ("another version", "There is one.", good_proof.replace("@v1", "@v2", 1)),
        ("an index with a zero", "A number has one spelling.", good_proof.replace("index 5", "index 05")),
        ("no checkpoint", "It stands after an empty line.", good_proof.split("\n\n", maxsplit=1)[0] + "\n"),
        ("another size", "It was not signed.", good_proof.replace("\n700\n", "\n701\n")),
    ):
        yield bad(name, why, log=broken, entry=entry, policy=policy)


def proofs() -> Iterator[Case]:
    policy = POLICY_TEXT.decode()
    for index in (0, 256, 599):
        proof = bytes(proof_of(index)).decode()
        yield good(f"record {index} of 600", "Record, segment, log, policy.", proof=proof, policy=policy)
    base = proof_of(7)
    for name, why, changed in (
        ("another record", "The commitment is to another.", replace(base, record=proof_of(8).record)),
        ("another salt", "The commitment is to another.", replace(base, salt=bytes(32))),
        ("another index", "It leads elsewhere.", replace(base, index=8)),
        ("an index beyond", "The segment has 600 records.", replace(base, index=600)),
        ("a short path", "It is too short.", replace(base, path=base.path[:-1])),
        ("another segment", "The log has another one.", replace(base, segment=replace(base.segment, records=601))),
        ("another entry of the log", "It leads elsewhere.", replace(base, log=replace(base.log, index=SEGMENT_AT + 1))),
    ):
        yield bad(name, why, proof=bytes(changed).decode(), policy=policy)
    text = bytes(base).decode()
    tree = json.loads(text)
    for name, why, broken in (
        ("no line feed at the end", "There is one.", text[:-1]),
        ("two line feeds at the end", "There is one.", text + "\n"),
        ("a space", "One spelling.", text.replace("{", "{ ", 1)),
        ("one field more", "No others are allowed.", canonical(tree | {"more": 1}).decode() + "\n"),
        ("another format", "There is one.", text.replace("proof/1", "proof/2")),
        ("a damaged cosignature", "A wrong one refuses.", text.replace(_cosignature(), _cosignature()[:-6] + "AAAAA=")),
    ):
        yield bad(name, why, proof=broken, policy=policy)
    alone = f"log {LOG.key}\nwitness w1 {WITNESS.key}\nquorum w1\n"
    yield good("somebody who asks for one witness", "The policy is the reader's.", proof=text, policy=alone)
    other = f"log {NEXT.key}\nquorum none\n"
    yield bad("somebody who believes another key", "The policy is the reader's.", proof=text, policy=other)


def _cosignature() -> str:
    return to_base64(
        read_checkpoint(CHECKPOINT).note.signatures[1].key_id + read_checkpoint(CHECKPOINT).note.signatures[1].signed
    )


def witness() -> Iterator[Case]:
    who = {"witness": WITNESS.secret, "logs": [str(LOG.key)]}
    forked = [leaf_hash(b"another %d" % each) for each in range(400)]

    def ask(old: int, new: int, leaves: list[bytes] = LEAVES, now: int = 1_781_304_700, **change: Any) -> Json:
        note = sign(str(Checkpoint(LOG.key.name, Head(new, root_of(leaves[:new])))), LOG)
        path = tuple(consistency_path(old, new, LeafReader(leaves))) if old <= new else ()
        return {"now": now, "body": bytes(Submission(old, change.get("path", path), bytes(note))).decode()}

    def body(text: str) -> Json:
        return {"now": 1_781_304_700, "body": text}

    def noted(note: Note) -> Json:
        return body("old 0\n\n" + bytes(note).decode())

    grown = [ask(0, 1), ask(1, 256), ask(256, 256), ask(256, 700)]
    yield good("a log that grows", "Each is consistent with the one before.", **who, requests=grown)
    sizes = [ask(5, 10), ask(0, 256), ask(0, 256), ask(255, 300), ask(257, 300), ask(256, 300)]
    yield good("another old size", "409 with the size that it has.", **who, requests=sizes)
    fork = [ask(0, 300), ask(300, 300, forked), ask(300, 400, forked), ask(300, 400)]
    yield good("a fork", "422, and what it knows stays.", **who, requests=fork)
    zero = bytes(32)
    wrong = [ask(0, 3, path=(zero,)), ask(0, 3), ask(3, 9, path=()), ask(3, 3, path=(zero,)), ask(3, 9)]
    yield good("wrong proofs", "422: too long, too short, not empty.", **who, requests=wrong)
    time = [ask(0, 1, now=1000), ask(1, 1, now=900), ask(1, 2, now=1001)]
    yield good("a clock that goes back", "The time in a cosignature does not.", **who, requests=time)
    root = to_base64(zero)
    empty = [noted(sign(f"{LOG.key.name}\n0\n{root}\n", LOG)), ask(0, 0), ask(0, 1)]
    yield good("an empty log", "422 for another root than that of the empty tree.", **who, requests=empty)
    text = f"{LOG.key.name}\n1\n{root}\n"
    signed = sign(text, LOG)
    by_others = [
        noted(Note(text, ()).and_signed(OTHER, 5)),
        noted(Note(text.replace("\n1\n", "\n2\n"), signed.signatures)),
        noted(signed.and_signed(OTHER, 5)),
        noted(sign(f"other.example\n1\n{root}\n", LOG)),
    ]
    yield good("other signatures", "403 without one of the log; 404 for another log.", **who, requests=by_others)
    bodies = ["", "old 0\n", "new 0\n\nx\n", "old 00\n\nx\n", "old -1\n\nx\n", "old 1\nAAAA\n\nx\n", "old 0\n\nx\n"]
    many = "old 1\n" + f"{root}\n" * 64 + "\n"
    malformed = [body(each) for each in (*bodies, many + bytes(signed).decode())]
    malformed.append(body("old 2\n\n" + bytes(signed).decode()))
    yield good("what is malformed", "400; also for an old size above the checkpoint's.", **who, requests=malformed)
