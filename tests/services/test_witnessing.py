"""What a witness answers: C2SP tlog-witness, status by status; and that it never cosigns two histories."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.small_log import LEAVES, LOG, NEXT, OTHER, WITNESS

from licet.record.refusal import Malformed
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.notes import Note, parse, sign, verify
from licet.record.spelling import to_base64
from licet.record.tree.merkle import EMPTY_ROOT, Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import consistency_path
from licet.services.record.watching.witnessing import (
    BODY_LIMIT,
    SIZE,
    Answer,
    Seen,
    Submission,
    Witness,
    WitnessUnusable,
    read_submission,
)

FORKED = [*LEAVES[:300], *(leaf_hash(b"another %d" % each) for each in range(400))]


class InMemory:
    """`witnessing.Memory` without a disk."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.kept: list[tuple[str, Head, bytes]] = []

    def latest(self, origin: str) -> Seen | None:
        return self.seen.get(origin)

    def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
        if self.seen.get(origin) != before:
            return False
        self.seen[origin] = after
        return True

    def keep(self, origin: str, head: Head, note: bytes) -> None:
        self.kept.append((origin, head, note))


class Wall:
    """A clock that is set."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def witness(memory: InMemory | None = None, clock: Wall | None = None) -> Witness:
    return Witness(WITNESS, [LOG.key, NEXT.key], memory or InMemory(), clock or Wall(1_781_304_700))


def signed(size: int, leaves: list[bytes] = LEAVES) -> Note:
    return sign(str(Checkpoint(LOG.key.name, Head(size, root_of(leaves[:size])))), LOG)


def submission(old: int, new: int, leaves: list[bytes] = LEAVES) -> Submission:
    path = consistency_path(old, new, LeafReader(leaves)) if old <= new else []
    return Submission(old, tuple(path), bytes(signed(new, leaves)))


def submit(to: Witness, old: int, new: int, leaves: list[bytes] = LEAVES) -> Answer:
    return to.add_checkpoint(bytes(submission(old, new, leaves)))


def told(answer: Answer, status: HTTPStatus) -> str:
    assert answer.status is status, answer
    return answer.body.decode()


def test_a_cosignature_is_a_line_of_the_note() -> None:
    memory = InMemory()
    to = witness(memory)
    for old, new in ((0, 1), (1, 300), (300, 300), (300, 700)):
        line = told(submit(to, old, new), HTTPStatus.OK)
        note = parse(bytes(signed(new)) + line.encode())
        found = verify(note, [LOG.key, WITNESS.key])
        assert [(each.key, each.at) for each in found] == [(LOG.key, None), (WITNESS.key, 1_781_304_700)]
        assert memory.seen[LOG.key.name].note == bytes(note)
        assert memory.seen[LOG.key.name].head.size == new


def test_another_old_size_is_answered_with_the_one_it_has() -> None:
    to = witness()
    assert submit(to, 5, 10) == Answer(HTTPStatus.CONFLICT, b"0\n", SIZE)
    told(submit(to, 0, 256), HTTPStatus.OK)
    for old, new in ((0, 300), (255, 300), (257, 300), (100, 100), (0, 100)):
        assert submit(to, old, new) == Answer(HTTPStatus.CONFLICT, b"256\n", SIZE)


def test_a_log_that_it_does_not_know() -> None:
    note = sign(str(Checkpoint("other.example", Head(1, bytes(32)))), LOG)
    assert "knows no log `other.example`" in told(
        witness().add_checkpoint(b"old 0\n\n" + bytes(note)), HTTPStatus.NOT_FOUND
    )


def test_no_signature_or_a_wrong_one_by_the_log() -> None:
    text = signed(3).text
    unknown = Note(text, ()).and_signed(OTHER, 5)
    wrong = Note(signed(4).text, signed(3).signatures)
    both = Note(wrong.text, (*signed(4).signatures, *wrong.signatures))
    for note in (unknown, wrong, both):
        told(witness().add_checkpoint(b"old 0\n\n" + bytes(note)), HTTPStatus.FORBIDDEN)
    told(witness().add_checkpoint(b"old 0\n\n" + bytes(signed(3).and_signed(OTHER, 5))), HTTPStatus.OK)


def test_either_key_of_a_log_counts() -> None:
    body = b"old 0\n\n" + bytes(sign(signed(3).text, NEXT))
    told(witness().add_checkpoint(body), HTTPStatus.OK)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no empty line"),
        (b"old 0\n", "no empty line"),
        (b"old 0", "no empty line"),
        (b"\n\n", "body: line 1: `` where `old <size>` is needed"),
        (b"new 0\n\n", "body: line 1"),
        (b"old  0\n\n", "body: line 1: ` 0` is not a number"),
        (b"old 00\n\n", "is not a number"),
        (b"old +1\n\n", "is not a number"),
        (b"old -1\n\n", "is not a number"),
        (b"old 1_0\n\n", "is not a number"),
        (b"old 9223372036854775808\n\n", "is not a number"),
        (b"old 0\r\n\n", "is not a number"),
        (b"old 1\nAAAA\n\n", "body: line 2: base64 of 3 bytes"),
        (b"old 1\n" + b"!" * 44 + b"\n\n", "body: line 2"),
        (b"old 1\n" + (to_base64(bytes(32)) + "\n").encode() * 64 + b"\n", "more than 63 hashes"),
        (b"old 0\n\nno note\n", "checkpoint"),
        (b"\xff\n\n", "body: byte 0 is not UTF-8"),
        (b"old 0\n\n" + b"x" * BODY_LIMIT, "more than"),
    ],
)
def test_what_is_malformed(body: bytes, why: str) -> None:
    assert why in told(witness().add_checkpoint(body), HTTPStatus.BAD_REQUEST)


def test_an_old_size_above_the_checkpoints() -> None:
    assert "the old size 301 is above 300" in told(submit(witness(), 301, 300), HTTPStatus.BAD_REQUEST)


def test_the_empty_tree_has_one_root() -> None:
    to = witness()
    for root, status in ((bytes(32), HTTPStatus.UNPROCESSABLE_ENTITY), (EMPTY_ROOT, HTTPStatus.OK)):
        note = sign(f"{LOG.key.name}\n0\n{to_base64(root)}\n", LOG)
        told(to.add_checkpoint(b"old 0\n\n" + bytes(note)), status)
    bad = sign(f"{LOG.key.name}\n0\nAAAA\n", LOG)
    told(to.add_checkpoint(b"old 0\n\n" + bytes(bad)), HTTPStatus.BAD_REQUEST)


def test_a_proof_that_does_not_prove_it() -> None:
    to = witness()
    told(submit(to, 0, 300), HTTPStatus.OK)
    good = submission(300, 700)
    for path in ((), good.path[:-1], (*good.path, bytes(32)), (bytes(32), *good.path[1:])):
        body = bytes(Submission(300, path, good.checkpoint))
        told(to.add_checkpoint(body), HTTPStatus.UNPROCESSABLE_ENTITY)
    told(submit(to, 300, 700), HTTPStatus.OK)
    told(to.add_checkpoint(bytes(Submission(700, (bytes(32),), good.checkpoint))), HTTPStatus.UNPROCESSABLE_ENTITY)
    first = witness()
    told(first.add_checkpoint(bytes(Submission(0, (bytes(32),), good.checkpoint))), HTTPStatus.UNPROCESSABLE_ENTITY)


def test_a_fork_is_refused_and_two_of_one_size_are_kept() -> None:
    memory = InMemory()
    to = witness(memory)
    told(submit(to, 0, 400), HTTPStatus.OK)
    told(submit(to, 400, 500, FORKED), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert memory.kept == []
    told(submit(to, 400, 400, FORKED), HTTPStatus.UNPROCESSABLE_ENTITY)
    assert memory.kept == [(LOG.key.name, Head(400, root_of(FORKED[:400])), bytes(signed(400, FORKED)))]
    told(submit(to, 400, 700), HTTPStatus.OK)


def test_time_never_goes_back() -> None:
    clock = Wall(1_000)
    to = witness(clock=clock)
    told(submit(to, 0, 1), HTTPStatus.OK)
    for now, at in ((900, 1_000), (1_001, 1_001), (1, 1_001)):
        clock.now = now
        line = told(submit(to, 1, 1), HTTPStatus.OK)
        assert verify(parse(bytes(signed(1)) + line.encode()), [WITNESS.key])[0].at == at
    clock.now = 0
    with pytest.raises(WitnessUnusable, match="before 1970"):
        submit(to, 1, 2)


def test_the_latest_is_served_with_the_signatures_that_were_verified() -> None:
    to = witness()
    mark = sha256(LOG.key.name.encode()).hexdigest()
    assert to.checkpoint(mark).status is HTTPStatus.NOT_FOUND
    line = told(to.add_checkpoint(b"old 0\n\n" + bytes(signed(9).and_signed(OTHER, 5))), HTTPStatus.OK)
    assert to.checkpoint(mark) == Answer(HTTPStatus.OK, bytes(signed(9)) + line.encode())
    assert to.checkpoint("0" * 64).status is HTTPStatus.NOT_FOUND


def test_who_is_quicker_is_asked_about_again() -> None:
    class Overtaken(InMemory):
        def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
            if before is None:
                self.seen[origin] = Seen(Head(2, root_of(LEAVES[:2])), 5, b"")
                return False
            return super().replace(origin, before, after)

    assert submit(witness(Overtaken()), 0, 300) == Answer(HTTPStatus.CONFLICT, b"2\n", SIZE)


def test_keys_of_another_kind_are_refused() -> None:
    with pytest.raises(WitnessUnusable, match="is not a witness's"):
        Witness(LOG, [LOG.key], InMemory(), Wall(1))
    with pytest.raises(WitnessUnusable, match="is not a log's"):
        Witness(WITNESS, [OTHER.key], InMemory(), Wall(1))


@given(st.integers(0, 700), st.integers(0, 700))
def test_a_submission_reads_back(old: int, new: int) -> None:
    written = submission(old, new)
    assert read_submission(bytes(written)) == written


@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(body: bytes) -> None:
    assert witness().add_checkpoint(body).status is HTTPStatus.BAD_REQUEST
    with pytest.raises(Malformed):
        read_checkpoint(body)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 700), st.integers(0, 700)), max_size=12))
def test_whatever_it_is_asked_all_that_it_cosigned_is_one_history(asked: list[tuple[bool, int, int]]) -> None:
    memory = InMemory()
    to = witness(memory)
    cosigned: list[Head] = []
    for fork, old, new in asked:
        seen = memory.latest(LOG.key.name)
        old = seen.head.size if seen and old % 2 else old  # noqa: PLW2901
        answer = submit(to, old, new, FORKED if fork else LEAVES)
        if answer.status is HTTPStatus.OK:
            cosigned.append(Head(new, root_of((FORKED if fork else LEAVES)[:new])))
    assert [each.size for each in cosigned] == sorted(each.size for each in cosigned)
    for leaves in (LEAVES, FORKED):
        if all(each.root == root_of(leaves[: each.size]) for each in cosigned):
            return
    pytest.fail("two histories were cosigned")
