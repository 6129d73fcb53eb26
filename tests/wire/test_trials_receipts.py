"""Receipts: a chain in which nothing can be changed, left out or put in; and what they show of a log."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from licet.core.evidence.coverage import Gap
from licet.core.evidence.trial import Source
from licet.wire.trials.changed import Ended, against_receipts, pinned
from licet.wire.trials.receipts import digest_of, read_receipts, receipt, receipts_name
from licet.wire.trials.refusal import TrialsRejected

AT = "2026-11-21T22:00:00+00:00"


def chain(*samples: tuple[str, int, dict[str, object]], log: str = "log1") -> list[bytes]:
    lines: list[bytes] = []
    for sample, epoch, scores in samples:
        previous = digest_of(lines[-1]) if lines else ""
        uuid = f"{log}-{sample}-{epoch}-{len(lines)}"
        line = receipt(
            log=log, sample=sample, epoch=epoch, uuid=uuid, scores=scores, error=False, at=AT, previous=previous
        )
        lines.append(line)
    return lines


LINES = chain(("a", 1, {"said": 1.0}), ("b", 1, {"said": "C"}), ("a", 2, {"said": float("nan")}))


def refused(lines: Sequence[bytes]) -> str:
    with pytest.raises(TrialsRejected) as caught:
        read_receipts(lines, file="r.jsonl")
    return str(caught.value)


def test_receipts_are_read_as_they_were_written() -> None:
    found = read_receipts(LINES, file="r.jsonl")
    assert [(each.sample, each.epoch, each.scores) for each in found] == [
        ("a", 1, {"said": 1}),
        ("b", 1, {"said": "C"}),
        ("a", 2, {"said": None}),
    ]


def test_a_chain_shows_what_was_done_to_it() -> None:
    assert "r.jsonl:2: this is no receipt: its digest is another" in refused(
        [LINES[0], LINES[1].replace(b'"C"', b'"I"')]
    )
    assert "r.jsonl:1: the receipt before this one is not there" in refused(LINES[1:])
    assert "r.jsonl:2: the receipt before this one is not there" in refused([LINES[0], LINES[2]])
    assert "r.jsonl:2: the receipt before" in refused([LINES[0], LINES[0]])
    assert "r.jsonl:2: this is no receipt" in refused([LINES[0], b"[" * 9000])
    assert "longer than" in refused([b" " * (1 << 21)])
    assert "its format is `licet-receipt/2`" in refused([LINES[0].replace(b"receipt/1", b"receipt/2")])


def test_every_byte_of_a_receipt_counts() -> None:
    for at in range(len(LINES[0]) - 1):
        changed = LINES[0][:at] + bytes([LINES[0][at] ^ 1]) + LINES[0][at + 1 :]
        with pytest.raises(TrialsRejected):
            read_receipts([changed], file="r.jsonl")


def holes(*samples: Ended, lines: Sequence[bytes] = LINES, log: str = "log1") -> list[str]:
    found = against_receipts("x.eval", log, samples, read_receipts(lines, file="r.jsonl"))
    assert all(hole.gap is Gap.LOG_CHANGED for hole in found)
    return [hole.said for hole in found]


A1, B1, A2 = (
    Ended("a", 1, "log1-a-1-0", {"said": 1}),
    Ended("b", 1, "log1-b-1-1", {"said": "C"}),
    Ended("a", 2, "log1-a-2-2", {"said": None}),
)


def test_a_log_is_held_against_its_receipts() -> None:
    assert holes(A1, B1, A2) == []
    assert holes(A1._replace(scores={"said": 0}), B1, A2) == [
        "`x.eval`: 1 sample scored otherwise than when it ran: `a`"
    ]
    assert holes(A1, B1) == ["`x.eval`: 1 sample no longer in the log, though there is a receipt: `a`"]
    assert holes(A1, B1, A2, Ended("c", 1, "new", {"said": 1})) == [
        "`x.eval`: 1 sample without a receipt, though the run wrote receipts: `c`"
    ]
    # a sample of another epoch under this one's name, with the receipt's uuid
    assert holes(A1, B1, A2._replace(epoch=3)) != []


def test_a_sample_that_was_tried_again_counts_by_its_last_receipt() -> None:
    lines = chain(("a", 1, {"said": 0}), ("a", 1, {"said": 1}))
    assert holes(Ended("a", 1, "", {"said": 1}), lines=lines) == []
    assert holes(Ended("a", 1, "", {"said": 0}), lines=lines) != []


def test_a_sample_from_an_earlier_log_has_its_receipt_there() -> None:
    assert holes(A1, B1, A2, log="log2") == []


def test_the_file_of_receipts_stays_in_its_folder() -> None:
    assert receipts_name("eFHYqgwQB3Da2iftVXgBhK") == "eFHYqgwQB3Da2iftVXgBhK.receipts.jsonl"
    assert "/" not in receipts_name("../../etc/passwd")
    assert receipts_name("") != ".receipts.jsonl"


def test_what_was_pinned_has_to_be_there_unchanged() -> None:
    kept = Source("a.eval", "sha256:" + "a" * 64, "inspect", 3, via="sha256:" + "c" * 64)
    assert pinned([kept], {kept.digest}) == ()
    assert pinned([kept], {kept.via}) == ()
    one, other = pinned([kept], {"sha256:" + "b" * 64})
    assert "is not what was pinned" in one.said
    assert "no source with the pinned digest" in other.said
