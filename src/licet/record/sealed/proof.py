"""The proof of one decision: a file that shows offline what was decided. `spec/record-proof.md`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from licet.record.log.check import check_checkpoint
from licet.record.log.entries import JournalSegment
from licet.record.log.entry_spelling import encode, entry_of, tree_of
from licet.record.log.fields import read_instant, read_number, read_string
from licet.record.refusal import Malformed, NotProven, NotSigned, RecordRefused
from licet.record.sealed.commitment import SALT_SIZE, Domain, commit
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.policy import Policy
from licet.record.signed.tlog_proof import PATH_LIMIT, LogProof, read_log_proof
from licet.record.spelling import base64, canonical, hexadecimal, json_object, json_tree, shown, to_base64
from licet.record.tree.merkle import HASH_SIZE, Head
from licet.record.tree.paths import check_inclusion

FORMAT = "licet-decision-proof/1"
SIZE_LIMIT = 1_000_000
"""The longest proof file, in bytes."""

_KEYS = {"format", "record", "salt", "index", "path", "segment", "log"}


@dataclass(frozen=True, slots=True)
class DecisionProof:
    """All that shows that a decision is in the log. Nothing of it is verified until `check`.

    `record`: the payload of the journal's record. `salt`, `index`, `path`: how it is in its segment. `segment`: the
    entry that commits to that. `log`: where that entry is in the log, and the checkpoint.
    """

    record: bytes
    salt: bytes
    index: int
    path: tuple[bytes, ...]
    segment: JournalSegment
    log: LogProof

    def __bytes__(self) -> bytes:
        tree = {
            "format": FORMAT,
            "record": self.record.decode(),
            "salt": self.salt.hex(),
            "index": self.index,
            "path": [to_base64(each) for each in self.path],
            "segment": tree_of(self.segment),
            "log": str(self.log),
        }
        return canonical(tree) + b"\n"

    def check(self, policy: Policy) -> Proven:
        """What it proves to somebody who holds this policy.

        Raises `NotSigned` where the policy refuses the checkpoint; `NotProven` or `OutOfRange` where hashes do not
        lead from the record to the checkpoint's root, or the record is none of a decision within its segment.
        """
        checkpoint = self.log.check(encode(self.segment), policy)
        leaf = commit(Domain.RECORD, self.salt, self.record)
        try:
            check_inclusion(leaf, self.index, Head(self.segment.records, self.segment.root), self.path)
        except RecordRefused as error:
            raise type(error)(f"segment: {error.place}", error.why) from None
        at, decision = _decision(self.record, self.segment)
        return Proven(decision, at, self.segment, self.log.index, checkpoint)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof came to: the decision (the journal's record), its instant, its segment, the entry's index in the
    log, and the log's checkpoint that the policy accepts."""

    decision: dict[str, Any]
    at: datetime
    segment: JournalSegment
    entry: int
    checkpoint: Checkpoint


def prove(
    record: bytes, salt: bytes, index: int, path: Sequence[bytes], segment: JournalSegment, log: LogProof
) -> DecisionProof:
    """The proof of a decision, from a segment's path (`segment.Blocks.path`) and the log's."""
    return DecisionProof(record, salt, index, tuple(path), segment, log)


def read_proof(content: bytes, place: str = "proof") -> DecisionProof:
    """The proof that a file's bytes are; nothing is verified. Raises `Malformed`."""
    if len(content) > SIZE_LIMIT:
        raise Malformed(place, f"{len(content)} bytes, more than {SIZE_LIMIT}")
    if content[-1:] != b"\n":
        raise Malformed(place, "it does not end with a line feed")
    tree = json_object(content[:-1], place)
    if tree.keys() != _KEYS:
        wrong = min(tree.keys() ^ _KEYS)
        raise Malformed(place, f"{'unknown key' if wrong in tree else 'no key'} {shown(wrong)}")
    if tree["format"] != FORMAT:
        raise Malformed(f"{place}: `format`", f"not `{FORMAT}`")
    return DecisionProof(
        read_string(tree["record"], f"{place}: `record`").encode(),
        hexadecimal(read_string(tree["salt"], f"{place}: `salt`"), f"{place}: `salt`", SALT_SIZE),
        read_number(tree["index"], f"{place}: `index`"),
        _read_path(tree["path"], f"{place}: `path`"),
        _read_segment(tree["segment"], f"{place}: `segment`"),
        read_log_proof(read_string(tree["log"], f"{place}: `log`"), f"{place}: `log`"),
    )


def verify_proof(content: bytes, policy: Policy, *, now: int | None = None) -> Proven:
    """What a proof file proves to somebody who holds this policy. Raises `RecordRefused` with the place.

    `now`, in seconds since 1970: a cosignature that is yet to come refuses it; None: no clock is asked.
    """
    proof = read_proof(content)
    proven = proof.check(policy)
    signed = check_checkpoint(policy, proof.log.checkpoint, now=now)
    if not signed.accepted:
        raise NotSigned("log: checkpoint", "; ".join(signed.reasons))
    return proven


def _read_path(value: Any, place: str) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > PATH_LIMIT:
        raise Malformed(place, f"not a list of at most {PATH_LIMIT} hashes")
    return tuple(
        base64(read_string(each, f"{place} {at}"), f"{place} {at}", HASH_SIZE) for at, each in enumerate(value)
    )


def _read_segment(value: Any, place: str) -> JournalSegment:
    entry = entry_of(value, place) if isinstance(value, dict) else None
    if not isinstance(entry, JournalSegment):
        raise Malformed(place, f"not an entry of the type `{JournalSegment.TYPE}`")
    return entry


def _decision(record: bytes, segment: JournalSegment) -> tuple[datetime, dict[str, Any]]:
    """The instant and the content of a record that is known to be in the segment."""
    tree = json_tree(record, "record")
    if not isinstance(tree, dict) or tree.get("type") != "decision":
        raise NotProven("record", "it is in the segment, but it is not a decision")
    at = read_instant(tree.get("at"), "record: `at`")
    if not segment.first <= at <= segment.last:
        raise NotProven("record: `at`", "it is not within the first and the last instant of its segment")
    return at, tree
