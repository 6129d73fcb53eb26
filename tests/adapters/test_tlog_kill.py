"""A log whose process is killed at every step: what was acknowledged stays, and nobody ever sees two logs.

Real processes and a real SIGKILL. Whatever left the killed process is collected: what won the swap and what was
published; each must be consistent with each, whichever order they came in.
"""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from licet.adapters.tlog.lock import LockStore
from licet.adapters.tlog.log import FolderLog
from licet.adapters.tlog.staging import Staging
from licet.adapters.tlog.step import Step, nothing
from licet.adapters.tlog_reader import open_log
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.signed.notes import verify
from licet.record.tree.merkle import Head
from licet.record.tree.paths import check_consistency, consistency_path
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree

KEY = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)

IN_THE_LOG = [Step.SWAPPED, Step.FILE, Step.APPLIED, Step.SETTLED, Step.COSIGNED, Step.PUBLISHED, Step.CLEANED]
"""After these, an append that never returned has happened nevertheless; after all others, nothing has."""


class World:
    """A log's folders, and all that anybody ever saw of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[Head] = []
        self.entries: list[bytes] = []

    def log(self, kill_after: Step | None = None, times: int = 1, lag: int = 0) -> FolderLog:
        """The log; it kills its process after the step was done so many times."""
        left = times

        def kill(step: Step) -> None:
            nonlocal left
            left -= step is kill_after
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def cosign(_old: Head, content: bytes, tiles: TileReader) -> bytes:
            head = read_checkpoint(content).checkpoint.head
            VerifiedTree(tiles, head).check_tiles()  # who is asked to sign can verify it
            return content

        record, lock, staging = (self.folder / name for name in ("record", "record-lock", "record-staging"))
        return FolderLog(record, lock, staging, KEY, cosign, after=kill if kill_after else nothing, lag=lag)

    def append_and_die(self, entries: list[bytes], step: Step, times: int = 1) -> bool:
        """Append in a process of its own; whether it was killed. If so, the lock store says what became of it."""
        before = self.look()
        process = os.fork()
        if process == 0:
            try:
                self.log(step, times).append(entries)
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status) or status == 0
        killed, grew = os.WIFSIGNALED(status), self.look().size - before.size
        assert grew in ((0, len(entries)) if killed else (len(entries),))
        if grew:
            self.entries += entries
        return killed

    def grow_and_die(self, batches: list[list[bytes]], step: Step, times: int, lag: int) -> None:
        """Append batches in one process of its own, until it is killed; the lock store says how many are in the log."""
        process = os.fork()
        if process == 0:
            try:
                log = self.log(step, times, lag)
                for entries in batches:
                    log.append(entries)
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status) or status == 0
        size, grown = self.look().size, batches if status == 0 else []
        for entries in batches:
            if len(self.entries) < size:
                self.entries += entries
        assert len(self.entries) == size
        assert all(entries[-1] in self.entries for entries in grown)

    def lose_power(self, chance: Random, older: bytes) -> None:
        """Do to what was not durable the worst that a loss of power may do: files are gone, short, or zeros."""
        staging, signed = Staging(self.folder / "record-staging"), LockStore(self.folder / "record-lock")
        head = read_checkpoint(signed.read(KEY.key.name) or b"").checkpoint.head
        for name in (name for batch in staging.chain(head) for name in batch.files):
            path = self.folder / "record" / name
            if path.exists():
                content = path.read_bytes()
                half = content[: len(content) // 2]
                left = chance.choice((None, b"", half, bytes(len(content)), half + bytes(len(content) - len(half))))
                path.unlink() if left is None else path.write_bytes(left)
        if staging.chain(head) and chance.random() < 0.5:
            (self.folder / "record/checkpoint").write_bytes(older)

    def look(self) -> Head:
        """Remember what can be seen now; what was signed last."""
        signed = LockStore(self.folder / "record-lock").read(KEY.key.name)
        assert signed is not None
        for content in (open_log(str(self.folder / "record")).checkpoint(), signed):
            checkpoint = read_checkpoint(content)
            verify(checkpoint.note, [KEY.key])
            self.seen.append(checkpoint.checkpoint.head)
        return self.seen[-1]

    def append(self, entries: list[bytes]) -> None:
        """Append as usual; the indices must be right."""
        start = len(self.entries)
        assert self.log().append(entries) == range(start, start + len(entries))
        self.entries += entries
        self.look()

    def check(self) -> None:
        """Every entry is at its index, every tile verifies, and everything ever seen is one log."""
        log = open_log(str(self.folder / "record"))
        tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
        tree.check_tiles()
        assert [entry.content for entry in tree.entries()] == self.entries
        for older, newer in pairwise(sorted({*self.seen, tree.head})):
            check_consistency(older, newer, consistency_path(older.size, newer.size, tree))
        assert not list((self.folder / "record-staging").iterdir())
        assert not list((self.folder / "record").rglob("*.new"))


def begun(folder: Path) -> World:
    world = World(folder)
    world.log().create()
    world.look()
    return world


def batch(name: str, count: int) -> list[bytes]:
    return [f"{name} {number}".encode() for number in range(count)]


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize(("before", "dying"), [(0, 1), (0, 256), (255, 1), (255, 2), (256, 1), (300, 1), (300, 300)])
def test_killed_after_each_step(tmp_path: Path, step: Step, before: int, dying: int) -> None:
    world = begun(tmp_path)
    world.append(batch("first", before))
    assert world.append_and_die(batch("dying", dying), step)
    assert len(world.entries) == before + (dying if step in IN_THE_LOG else 0)
    world.append(batch("next", 3))
    world.check()


@pytest.mark.parametrize("step", list(Step))
def test_publishing_recovers_as_appending_does(tmp_path: Path, step: Step) -> None:
    world = begun(tmp_path)
    world.append(batch("first", 250))
    assert world.append_and_die(batch("dying", 10), step)
    world.log().publish()
    world.check()


def test_killed_after_each_file(tmp_path: Path) -> None:
    world, times, killed = begun(tmp_path), 0, True
    while killed:
        times += 1
        killed = world.append_and_die(batch("dying", 600), Step.FILE, times)
    world.append([b"last"])
    world.check()
    assert times > 6


@pytest.mark.parametrize("step", IN_THE_LOG[:3])
def test_killed_again_while_it_recovers(tmp_path: Path, step: Step) -> None:
    world = begun(tmp_path)
    assert world.append_and_die(batch("dying", 600), Step.SWAPPED)
    for times in range(1, 5):
        world.append_and_die([], Step.FILE, times)
    assert world.append_and_die(batch("second", 2), step)
    world.append([b"last"])
    world.check()


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_random(tmp_path: Path, seed: int) -> None:
    chance, world = Random(seed), begun(tmp_path)
    for number in range(25):
        entries = batch(f"{seed} {number}", chance.choice((1, 2, 40, 255, 256, 300)))
        step, times = chance.choice(list(Step)), chance.choice((1, 1, 2, 3))
        world.append_and_die(entries, step, times)
        if chance.random() < 0.3:
            world.append(batch("whole", chance.choice((1, 100))))
    world.append([b"last"])
    world.check()


@pytest.mark.parametrize("power", [True, False])
@pytest.mark.parametrize("step", list(Step))
def test_killed_with_batches_whose_files_are_not_durable(tmp_path: Path, step: Step, power: bool) -> None:
    chance, world = Random(f"{step} {power}"), begun(tmp_path)
    for number in range(6):
        world.append(batch(f"settled {number}", chance.choice((1, 100, 256))))
        older = world.log().checkpoint()
        batches = [batch(f"{number} {each}", chance.choice((1, 20, 100, 256))) for each in range(7)]
        world.grow_and_die(batches, step, chance.choice((1, 2, 5, 9)), lag=chance.choice((2, 4, 8)))
        if power:
            world.lose_power(chance, older)
    world.append([b"last"])
    world.check()


def test_killed_again_while_it_mends_what_a_loss_of_power_left(tmp_path: Path) -> None:
    chance, world = Random(7), begun(tmp_path)
    world.append(batch("settled", 200))
    older = world.log().checkpoint()
    world.grow_and_die([batch(f"lagging {each}", 90) for each in range(5)], Step.CLEANED, 5, lag=8)
    world.lose_power(chance, older)
    for step, times in ((Step.FILE, 1), (Step.FILE, 3), (Step.APPLIED, 2), (Step.SETTLED, 1)):
        assert world.append_and_die([], step, times)
        world.lose_power(chance, older)
    world.append([b"last"])
    world.check()
    assert len(world.entries) == 200 + 5 * 90 + 1


def test_killed_before_it_began(tmp_path: Path) -> None:
    world = World(tmp_path)
    process = os.fork()
    if process == 0:
        world.log(Step.COSIGNED).create()
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status)
    assert world.log().append([b"first"]) == range(1)
    world.entries = [b"first"]
    world.check()
