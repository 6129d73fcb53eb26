"""What a witness remembers: killed anywhere, and in two processes at once, it never cosigns two histories."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from tests.record.small_log import LEAVES, LOG, OTHER, WITNESS

from licet.adapters.witness_store import FILE, SqliteMemory, create_memory
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.notes import parse, sign, verify
from licet.record.tree.merkle import Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import consistency_path
from licet.services.record.watching.witnessing import Answer, Seen, Submission, Witness, WitnessUnusable

ORIGIN = LOG.key.name
OURS = LEAVES[:64]
FORKED = [*LEAVES[:8], *(leaf_hash(b"another %d" % each) for each in range(56))]
SEEN = Seen(Head(3, bytes(32)), 5, b"a note")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_memory(tmp_path / "w1", WITNESS.key)
    return tmp_path / "w1"


def submit(memory: SqliteMemory, old: int, new: int, leaves: list[bytes], now: int = 9) -> Answer:
    note = sign(str(Checkpoint(ORIGIN, Head(new, root_of(leaves[:new])))), LOG)
    path = consistency_path(old, new, LeafReader(leaves))
    witness = Witness(WITNESS, [LOG.key], memory, lambda: now)
    return witness.add_checkpoint(bytes(Submission(old, tuple(path), bytes(note))))


def in_child(work: Callable[[int], object]) -> tuple[int, bytes]:
    """Do this in a child process, with a pipe to write to: how it ended, and what it wrote."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(writer)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        written = file.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written


def test_it_remembers(folder: Path) -> None:
    first = SqliteMemory(folder, WITNESS.key)
    assert first.latest(ORIGIN) is None
    assert first.replace(ORIGIN, None, SEEN)
    assert not first.replace(ORIGIN, None, SEEN)
    first.close()
    second = SqliteMemory(folder, WITNESS.key)
    assert second.latest(ORIGIN) == SEEN
    assert second.latest("another") is None
    later = SEEN._replace(at=6)
    for wrong in (None, later, SEEN._replace(head=Head(4, bytes(32))), SEEN._replace(head=Head(3, b"x" * 32))):
        assert not second.replace(ORIGIN, wrong, later)
    assert second.replace(ORIGIN, SEEN, later)
    largest = Seen(Head(2**63 - 1, bytes(32)), 2**63 - 1, b"")
    assert second.replace(ORIGIN, later, largest)
    assert second.latest(ORIGIN) == largest


def test_only_its_owner_reads_it(folder: Path) -> None:
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_state_that_is_missing_or_another_keys_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WitnessUnusable, match="would cosign a fork"):
        SqliteMemory(tmp_path / "typo", WITNESS.key)
    with pytest.raises(WitnessUnusable, match="each key has its own"):
        SqliteMemory(folder, OTHER.key)
    with pytest.raises(WitnessUnusable, match="there is a state at"):
        create_memory(folder, WITNESS.key)
    assert SqliteMemory(folder, WITNESS.key).latest(ORIGIN) is None


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_damaged_state_is_refused(folder: Path, content: bytes) -> None:
    (folder / FILE).write_bytes(content)
    with pytest.raises(WitnessUnusable, match="cannot use the state"):
        SqliteMemory(folder, WITNESS.key)


def test_without_a_disk_nothing_is_cosigned(folder: Path) -> None:
    memory = SqliteMemory(folder, WITNESS.key)
    with sqlite3.connect(folder / FILE) as other:
        other.execute("DROP TABLE seen")
    with pytest.raises(WitnessUnusable, match="nothing is cosigned"):
        submit(memory, 0, 8, OURS)


def test_contradictions_are_kept_each_once(folder: Path) -> None:
    memory = SqliteMemory(folder, WITNESS.key)
    assert submit(memory, 0, 16, OURS).status is HTTPStatus.OK
    for _ in range(2):
        assert submit(memory, 16, 16, FORKED).status is HTTPStatus.UNPROCESSABLE_ENTITY
    (kept,) = memory.evidence(ORIGIN)
    assert read_checkpoint(kept).checkpoint.head == Head(16, root_of(FORKED[:16]))
    for each in range(200):
        memory.keep(ORIGIN, Head(16, each.to_bytes(32, "big")), b"")
    assert len(memory.evidence(ORIGIN)) == 100


def test_killed_at_any_step_it_never_cosigns_two_histories(folder: Path) -> None:
    """A child dies at the n-th step of SQLite's machine, for every n until it lives; then it is offered a fork."""
    memory = SqliteMemory(folder, WITNESS.key)
    assert submit(memory, 0, 8, OURS).status is HTTPStatus.OK
    memory.close()
    before, deaths, remembered = (folder / FILE).read_bytes(), 0, 0
    for step in range(1, 1_000):
        (folder / FILE).write_bytes(before)

        def work(writer: int, step: int = step) -> None:
            dying = SqliteMemory(folder, WITNESS.key)
            left = [step]

            def count() -> int:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return 0

            dying._database.set_progress_handler(count, 1)
            os.write(writer, submit(dying, 8, 40, OURS).body)

        code, line = in_child(work)
        after = SqliteMemory(folder, WITNESS.key)
        seen = after.latest(ORIGIN)
        assert seen is not None
        assert seen.head in (Head(8, root_of(OURS[:8])), Head(40, root_of(OURS[:40])))
        if line:
            assert seen.head.size == 40
        forked = submit(after, seen.head.size, 41, FORKED)
        assert forked.status is (HTTPStatus.OK if seen.head.size == 8 else HTTPStatus.UNPROCESSABLE_ENTITY)
        after.close()
        remembered += seen.head.size == 40
        if code == 0:
            assert parse(seen.note).signatures[-1] == parse(bytes(_text(40) + line)).signatures[-1]
            break
        deaths += 1
    assert code == 0
    assert deaths > 10
    assert remembered >= 1


def test_killed_before_it_could_answer_it_cosigns_the_same_again(folder: Path) -> None:
    class Dying(SqliteMemory):
        def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
            super().replace(origin, before, after)
            os.kill(os.getpid(), signal.SIGKILL)
            return True

    code, line = in_child(
        lambda writer: os.write(writer, submit(Dying(folder, WITNESS.key), 0, 40, OURS).body) and None
    )
    assert (code, line) == (-signal.SIGKILL, b"")
    after = SqliteMemory(folder, WITNESS.key)
    assert submit(after, 0, 40, OURS) == Answer(HTTPStatus.CONFLICT, b"40\n", "text/x.tlog.size")
    assert submit(after, 0, 40, FORKED).body == b"40\n"
    assert submit(after, 40, 40, FORKED).status is HTTPStatus.UNPROCESSABLE_ENTITY
    line = submit(after, 40, 40, OURS).body
    assert verify(parse(_text(40) + line), [WITNESS.key])


def test_two_processes_that_race_cosign_one_history(folder: Path) -> None:
    """Both begin with a tree that both histories have; each offers its own, as fast as it can."""
    memory = SqliteMemory(folder, WITNESS.key)
    assert submit(memory, 0, 8, OURS).status is HTTPStatus.OK
    memory.close()
    start, go = os.pipe()

    def race(leaves: list[bytes], out: int) -> None:
        mine = SqliteMemory(folder, WITNESS.key)
        os.read(start, 1)
        for new in range(9, 64):
            old = 0
            for _ in range(5):
                answer = submit(mine, old, new, leaves)
                if answer.status is HTTPStatus.OK:
                    os.write(out, b"%d\n" % new)
                if answer.status is not HTTPStatus.CONFLICT or int(answer.body) > new:
                    break
                old = int(answer.body)

    readers = []
    for leaves in (OURS, FORKED, OURS, FORKED):
        reader, out = os.pipe()
        if os.fork() == 0:
            try:
                race(leaves, out)
            finally:
                os._exit(0)
        os.close(out)
        readers.append(reader)
    os.write(go, b"gogo")
    cosigned = []
    for reader in readers:
        with os.fdopen(reader, "rb") as file:
            cosigned.append([int(line) for line in file])
        os.wait()
    os.close(start)
    os.close(go)
    ours, forked = cosigned[0] + cosigned[2], cosigned[1] + cosigned[3]
    assert bool(ours) is not bool(forked), cosigned
    seen = SqliteMemory(folder, WITNESS.key).latest(ORIGIN)
    assert seen is not None
    history = OURS if ours else FORKED
    assert seen.head == Head(max(ours + forked), root_of(history[: max(ours + forked)]))


def _text(size: int) -> bytes:
    note = sign(str(Checkpoint(ORIGIN, Head(size, root_of(OURS[:size])))), LOG)
    return f"{note.text}\n".encode()
