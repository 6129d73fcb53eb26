"""C2SP tlog-proof: a text that shows offline that an entry is in a log, with the checkpoint that this rests on."""

from __future__ import annotations

from dataclasses import dataclass

from licet.record.refusal import Malformed, RecordRefused
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.notes import NOTE_LIMIT
from licet.record.signed.policy import Policy
from licet.record.signed.verdict import Verdict, accept, judge
from licet.record.spelling import base64, number, shown, text, to_base64
from licet.record.tree.merkle import HASH_SIZE, leaf_hash
from licet.record.tree.paths import check_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
PATH_LIMIT = 63
"""The most hashes in a path."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry is in a log, the path from it to the root, and the bytes of the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def __str__(self) -> str:
        lines = (FIRST_LINE, f"index {self.index}", *map(to_base64, self.path), "")
        return "".join(f"{line}\n" for line in lines) + text(self.checkpoint, "checkpoint")

    def check(self, entry: bytes, policy: Policy, place: str = "log") -> Checkpoint:
        """The accepted checkpoint of the log that this entry is in.

        Raises `NotSigned` where the policy refuses the checkpoint, `NotProven` or `OutOfRange` where the path does not
        lead from this entry to its root, `Malformed`.
        """
        checkpoint = accept(policy, self.checkpoint, f"{place}: checkpoint")
        try:
            check_inclusion(leaf_hash(entry), self.index, checkpoint.head, self.path)
        except RecordRefused as error:
            raise type(error)(f"{place}: {error.place}", error.why) from None
        return checkpoint

    def verdict(self, policy: Policy) -> Verdict:
        """What the policy says of its checkpoint."""
        return judge(policy, self.checkpoint)


def read_log_proof(written: str, place: str = "log") -> LogProof:
    """The proof that a text is. Raises `Malformed`; also for the line `extra`, which nothing signs."""
    if len(written) > 2 * NOTE_LIMIT:
        raise Malformed(place, f"{len(written)} characters, more than {2 * NOTE_LIMIT}")
    above, gap, checkpoint = written.partition("\n\n")
    if not gap:
        raise Malformed(place, "no empty line between the path and the checkpoint")
    first, *lines = above.split("\n", PATH_LIMIT + 2)
    if first != FIRST_LINE:
        raise Malformed(f"{place}: line 1", f"{shown(first)} where `{FIRST_LINE}` is needed")
    if not lines or not lines[0].startswith("index "):
        raise Malformed(f"{place}: line 2", "no line `index <number>`")
    if len(lines) > PATH_LIMIT + 1:
        raise Malformed(place, f"more than {PATH_LIMIT} hashes in its path")
    index = number(lines[0].removeprefix("index "), f"{place}: line 2")
    path = tuple(base64(line, f"{place}: line {at}", HASH_SIZE) for at, line in enumerate(lines[1:], 3))
    return LogProof(index, path, _encoded(checkpoint, place))


def _encoded(checkpoint: str, place: str) -> bytes:
    try:
        return checkpoint.encode()
    except UnicodeEncodeError:
        raise Malformed(f"{place}: checkpoint", "half of a surrogate pair") from None
