"""A log in a folder: it grows, is published, and says what is wrong where it cannot go on."""

from __future__ import annotations

import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.tlog.lock import LockStore
from licet.adapters.tlog.log import FolderLog
from licet.adapters.tlog.step import Step
from licet.adapters.tlog_reader import open_log
from licet.record.log.entries import hand_over
from licet.record.log.entry_spelling import encode
from licet.record.refusal import NotSigned, OutOfRange
from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.keys import KeyKind, NoteSigner, signer_from
from licet.record.signed.notes import Note, parse, sign, verify
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogForked, LogUnavailable, NotPublished

AT = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
KEY = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
NEXT = signer_from("licet.example/record", KeyKind.LOG, b"n" * 32)
WITNESS = signer_from("witness.example/w1", KeyKind.WITNESS, b"w" * 32)


def log_in(folder: Path, signer: NoteSigner = KEY, **options: object) -> FolderLog:
    """The log in a test's folder, whether it has begun or not."""
    return FolderLog(folder / "record", folder / "record-lock", folder / "record-staging", signer, **options)  # type: ignore[arg-type]


def begun(folder: Path) -> FolderLog:
    log = log_in(folder)
    log.create()
    return log


def entries_of(folder: Path, key: NoteSigner = KEY) -> list[bytes]:
    """What the published checkpoint says is in the log, every tile and bundle verified."""
    log = open_log(str(folder / "record"))
    checkpoint = read_checkpoint(log.checkpoint())
    verify(checkpoint.note, [key.key])
    tree = VerifiedTree(log.tiles, checkpoint.checkpoint.head)
    tree.check_tiles()
    return [entry.content for entry in tree.entries()]


def numbered(start: int, count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(start, start + count)]


def test_it_grows_by_batches_of_any_size(tmp_path: Path) -> None:
    log, wanted = begun(tmp_path), list[bytes]()
    for count in (1, 1, 254, 1, 255, 257, 0, 3, 700, 65_000, 1):
        entries = numbered(len(wanted), count)
        assert log.append(entries) == range(len(wanted), len(wanted) + count)
        wanted += entries
    assert entries_of(tmp_path) == wanted
    assert not list((tmp_path / "record-staging").iterdir())


def test_partial_tiles_go_once_the_full_one_is_there_and_an_older_checkpoint_still_verifies(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append(numbered(0, 200))
    older = read_checkpoint(log.checkpoint()).checkpoint.head
    log.append(numbered(200, 100))
    assert not (tmp_path / "record/tile/0/000.p").exists()
    assert not (tmp_path / "record/tile/entries/000.p").exists()
    tree = VerifiedTree(open_log(str(tmp_path / "record")).tiles, older)
    assert [entry.content for entry in tree.entries()] == numbered(0, 200)


def test_an_empty_log_has_a_checkpoint(tmp_path: Path) -> None:
    begun(tmp_path)
    assert entries_of(tmp_path) == []


def test_a_log_begins_once(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    with pytest.raises(LogUnavailable, match="has it been created"):
        log.append([b"x"])
    assert not log.has_begun
    log.create()
    assert log.has_begun
    with pytest.raises(LogUnavailable, match="already"):
        log.create()
    shutil.rmtree(tmp_path / "record")
    with pytest.raises(LogUnavailable, match="cannot begin again"):
        log.create()


def test_it_does_not_begin_in_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "record/tile").mkdir()
    with pytest.raises(LogUnavailable, match="empty folder"):
        log_in(tmp_path).create()


def test_an_entry_that_is_too_long_changes_nothing(tmp_path: Path) -> None:
    log = begun(tmp_path)
    with pytest.raises(OutOfRange):
        log.append([b"fine", b"x" * 65_536])
    assert log.append([b"x" * 65_535, b""]) == range(2)
    assert entries_of(tmp_path) == [b"x" * 65_535, b""]


def test_threads_and_instances_take_turns(tmp_path: Path) -> None:
    begun(tmp_path)
    taken: list[int] = []

    def work() -> None:
        log = log_in(tmp_path)
        for _ in range(5):
            taken.extend(log.append([b"a", b"b"]))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(taken) == list(range(40))
    assert len(entries_of(tmp_path)) == 40


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    begun(tmp_path)
    with (
        LockStore(tmp_path / "record-lock").held(0),
        pytest.raises(LogUnavailable, match=r"another process \([0-9]+\) is writing"),
    ):
        log_in(tmp_path, patience=0.0).append([b"x"])


def test_staging_throws_away_only_batches(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append([b"x"])
    (tmp_path / "record-staging/precious").write_text("mine")
    (tmp_path / "record-staging" / ("7-" + "00" * 32)).write_text("a batch that lost")
    log.append([b"y"])
    assert [path.name for path in (tmp_path / "record-staging").iterdir()] == ["precious"]


# --- a process that appends often


def lagging(folder: Path, lag: int = 4) -> FolderLog:
    begun(folder)
    return log_in(folder, lag=lag)


def test_batches_stay_staged_until_their_files_are_durable(tmp_path: Path) -> None:
    log, kept = lagging(tmp_path), list[int]()
    for number in range(10):
        assert log.append(numbered(30 * number, 30)) == range(30 * number, 30 * number + 30)
        kept.append(len(list((tmp_path / "record-staging").iterdir())))
        assert entries_of(tmp_path) == numbered(0, 30 * number + 30)
    assert kept == [1, 2, 3, 4, 0, 1, 2, 3, 4, 0]
    assert not (tmp_path / "record/tile/0/000.p").exists()
    log.append([b"x"])
    log.publish()
    assert not list((tmp_path / "record-staging").iterdir())


def test_a_large_batch_does_not_lag(tmp_path: Path) -> None:
    log = lagging(tmp_path)
    log.append(numbered(0, 40_000))
    assert not list((tmp_path / "record-staging").iterdir())


def test_others_may_append_between(tmp_path: Path) -> None:
    log = lagging(tmp_path)
    log.append([b"a"])
    assert log_in(tmp_path).append([b"b"]) == range(1, 2)
    assert log.append([b"c"]) == range(2, 3)
    log_in(tmp_path).publish()
    assert log.append([b"d"]) == range(3, 4)
    assert entries_of(tmp_path) == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize("name", ["tile/0/000.p/44", "tile/entries/000.p/44", "checkpoint"])
@pytest.mark.parametrize("lag", [0, 4])
def test_a_change_at_the_edge_is_noticed_by_the_process_that_wrote_it(tmp_path: Path, name: str, lag: int) -> None:
    log = lagging(tmp_path, lag)
    log.append(numbered(0, 44))
    time.sleep(0.02)  # several ticks of the file system's clock
    path = tmp_path / "record" / name
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises((LogForked, LogUnavailable)):
        log.append([b"x"])
    path.write_bytes(content)
    assert log.append([b"x"]) == range(44, 45)


def test_a_lock_store_that_was_put_back_is_noticed_by_the_process_that_has_it_open(tmp_path: Path) -> None:
    log = lagging(tmp_path)
    log.append([b"x"])
    log.publish()
    restore = copied(tmp_path, "record-lock")
    log.append([b"y"])
    restore()
    with pytest.raises(LogForked):
        log.append([b"another future"])


# --- what lies there is not what was signed


def copied(tmp_path: Path, name: str) -> Callable[[], None]:
    """Take a backup of a folder now; what is returned puts it back."""
    shutil.copytree(tmp_path / name, tmp_path / f"{name}.backup")

    def restore() -> None:
        shutil.rmtree(tmp_path / name)
        shutil.copytree(tmp_path / f"{name}.backup", tmp_path / name)

    return restore


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300])
@pytest.mark.parametrize("more", [1, 256, 700])
@pytest.mark.parametrize("restored", ["record", "record-lock"])
def test_a_restored_backup_is_noticed(tmp_path: Path, before: int, more: int, restored: str) -> None:
    log = begun(tmp_path)
    log.append(numbered(0, before))
    restore = copied(tmp_path, restored)
    log.append(numbered(before, more))
    restore()
    lock = LockStore(tmp_path / "record-lock").read(KEY.key.name)
    with pytest.raises(LogForked, match=f"size {before if restored == 'record-lock' else before + more} with root"):
        log_in(tmp_path).append([b"another future"])
    with pytest.raises(LogForked):
        log_in(tmp_path).publish()
    assert LockStore(tmp_path / "record-lock").read(KEY.key.name) == lock


def test_an_older_lock_is_noticed_without_a_checkpoint_too(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append(numbered(0, 10))
    restore = copied(tmp_path, "record-lock")
    log.append(numbered(10, 1))
    restore()
    (tmp_path / "record/checkpoint").unlink()
    for attempt in (lambda: log.append([b"x"]), lambda: log.append([b"x", b"y"]), log.publish):
        with pytest.raises(LogForked, match=r"000\.p/11: a log of 10 entries does not have it yet"):
            attempt()


def test_an_older_folder_is_noticed_before_a_batch_is_applied_to_it(tmp_path: Path) -> None:
    log = begun(tmp_path)
    restore = copied(tmp_path, "record")
    log.append(numbered(0, 600))

    def stop(step: Step) -> None:
        if step is Step.FILE:
            raise OSError("the machine stops")

    with pytest.raises(NotPublished):
        log_in(tmp_path, after=stop).append(numbered(600, 700))
    restore()
    with pytest.raises(LogForked, match="size 1300"):
        log.append([b"x"])
    assert not (tmp_path / "record/tile").exists()


def test_a_writer_that_loses_the_swap_signs_nothing(tmp_path: Path) -> None:
    log = begun(tmp_path)
    lock = LockStore(tmp_path / "record-lock")
    other = bytes(sign(str(Checkpoint(KEY.key.name, Head(1, b"o" * 32))), KEY))

    def overtake(step: Step) -> None:
        if step is Step.SIGNED:
            assert lock.swap(KEY.key.name, log.checkpoint(), other)

    with pytest.raises(LogForked, match="another writer"):
        log_in(tmp_path, after=overtake).append([b"x"])
    assert lock.read(KEY.key.name) == other
    assert not (tmp_path / "record/tile").exists()


def test_both_heads_are_named(tmp_path: Path) -> None:
    log = begun(tmp_path)
    restore = copied(tmp_path, "record")
    log.append([b"x"])
    signed = read_checkpoint(log.checkpoint()).checkpoint.head
    restore()
    with pytest.raises(LogForked) as caught:
        log.append([b"y"])
    assert f"size 1 with root {signed.root.hex()}" in str(caught.value)
    assert "a checkpoint of size 0 with root e3b0c442" in str(caught.value)


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"])
@pytest.mark.parametrize("change", ["first", "last", "cut", "grow"])
def test_changed_bytes_at_the_edge_stop_it(tmp_path: Path, name: str, change: str) -> None:
    log = begun(tmp_path)
    log.append(numbered(0, 300))
    path = tmp_path / "record" / name
    content = path.read_bytes()
    first, last = bytes([content[0] ^ 1]) + content[1:], content[:-1] + bytes([content[-1] ^ 1])
    changes = {"first": first, "last": last, "cut": content[:-1], "grow": content + b"\0"}
    path.write_bytes(changes[change])
    with pytest.raises(LogForked):
        log.append([b"x"])


def test_the_folder_of_another_log_is_noticed(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a", tmp_path / "b"
    for folder, count in ((ours, 10), (theirs, 7)):
        folder.mkdir()
        begun(folder).append(numbered(count, count))
    shutil.copy(theirs / "record/checkpoint", ours / "record/checkpoint")
    with pytest.raises(LogForked, match="another log"):
        log_in(ours).append([b"x"])


def test_a_tile_of_another_writer_is_not_overwritten(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append(numbered(0, 255))

    def intrude(step: Step) -> None:
        if step is Step.SWAPPED:
            (tmp_path / "record/tile/0/000").write_bytes(b"theirs")

    with pytest.raises(NotPublished, match="other bytes"):
        log_in(tmp_path, after=intrude).append([b"x"])
    assert (tmp_path / "record/tile/0/000").read_bytes() == b"theirs"
    (tmp_path / "record/tile/0/000").unlink()
    log.publish()
    assert entries_of(tmp_path) == [*numbered(0, 255), b"x"]


def test_a_lost_lock_store_is_made_again_from_the_newest_checkpoint(tmp_path: Path) -> None:
    log = begun(tmp_path)
    older = log.checkpoint()
    log.append(numbered(0, 300))
    newest = log.checkpoint()
    shutil.rmtree(tmp_path / "record-lock")
    with pytest.raises(LogForked):
        log.relock(older)
    assert log.relock(newest).size == 300
    assert log.append([b"x"]) == range(300, 301)
    assert entries_of(tmp_path) == [*numbered(0, 300), b"x"]


def test_an_old_lock_store_is_brought_forward_only(tmp_path: Path) -> None:
    log = begun(tmp_path)
    restore = copied(tmp_path, "record-lock")
    log.append(numbered(0, 3))
    restore()
    assert log.relock(log.checkpoint()).size == 3
    assert log.relock(log.checkpoint()).size == 3
    other = tmp_path / "other"
    other.mkdir()
    begun(other).append(numbered(7, 2))
    shutil.rmtree(tmp_path / "record")
    shutil.copytree(other / "record", tmp_path / "record")
    with pytest.raises(LogForked, match="larger log"):
        log.relock(log.checkpoint())
    log_in(other).append(numbered(9, 5))
    shutil.rmtree(tmp_path / "record")
    shutil.copytree(other / "record", tmp_path / "record")
    with pytest.raises(LogForked, match="another log"):
        log.relock(log.checkpoint())


def test_only_a_checkpoint_of_this_log_and_key_makes_a_lock(tmp_path: Path) -> None:
    log = begun(tmp_path)
    strange = signer_from("other.example/record", KeyKind.LOG, b"l" * 32)
    text = parse(log.checkpoint()).text
    with pytest.raises(LogUnavailable, match=r"of the log `other\.example/record`"):
        log.relock(bytes(sign(text.replace("licet.example", "other.example"), strange)))
    with pytest.raises(LogUnavailable, match="no entry hands the log over"):
        log.relock(bytes(sign(text, NEXT)))
    with pytest.raises(LogUnavailable, match="checkpoint"):
        log.relock(b"nonsense")


# --- disks


@contextmanager
def no_file_longer_than(limit: int) -> Iterator[None]:
    """Writing beyond that fails with an `OSError`, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


BEFORE_THE_SWAP = [Step.LOCKED, Step.READ, Step.STAGED, Step.SIGNED]


@pytest.mark.parametrize("step", list(Step))
def test_a_disk_that_is_full_from_some_step_on(tmp_path: Path, step: Step) -> None:
    begun(tmp_path).append(numbered(0, 255))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def fill(done: Step) -> None:
        if done is step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))

    log, more = log_in(tmp_path, after=fill), numbered(255, 30)
    with no_file_longer_than(hard):
        if step in (Step.PUBLISHED, Step.CLEANED):
            assert log.append(more) == range(255, 285)
        elif step in BEFORE_THE_SWAP:
            with pytest.raises(LogUnavailable) as caught:
                log.append(more)
            assert not isinstance(caught.value, NotPublished)
            more = []
        else:
            with pytest.raises(NotPublished) as late:
                log.append(more)
            assert late.value.appended == range(255, 285)
    wanted = numbered(0, 255) + more
    assert log_in(tmp_path).append([b"last"]) == range(len(wanted), len(wanted) + 1)
    assert entries_of(tmp_path) == [*wanted, b"last"]


def test_a_damaged_batch_that_won_is_said(tmp_path: Path) -> None:
    begun(tmp_path)

    def damage(step: Step) -> None:
        if step is Step.SWAPPED:
            (path,) = (tmp_path / "record-staging").iterdir()
            path.write_bytes(path.read_bytes()[:-1] + b"!")
            raise OSError("the machine stops")

    with pytest.raises(LogUnavailable):
        log_in(tmp_path, after=damage).append([b"x"])
    with pytest.raises(LogUnavailable, match="it is damaged"):
        log_in(tmp_path).append([b"y"])


# --- witnesses


def cosigned(_old: Head, content: bytes, _tiles: TileReader) -> bytes:
    return bytes(parse(content).and_signed(WITNESS, 1_781_304_700))


def test_what_witnesses_add_is_published(tmp_path: Path) -> None:
    seen: list[int] = []

    def cosign(old: Head, content: bytes, tiles: TileReader) -> bytes:
        seen.append(old.size)
        head = read_checkpoint(content).checkpoint.head
        VerifiedTree(tiles, head).check_tiles()
        return cosigned(old, content, tiles)

    log = log_in(tmp_path, cosign=cosign)
    log.create()
    log.append([b"a", b"b"])
    log.append([b"c"])
    assert seen == [0, 0, 2]
    assert len(verify(parse(log.checkpoint()), [KEY.key, WITNESS.key])) == 2


def test_without_a_quorum_entries_are_in_the_log_and_shown_later(tmp_path: Path) -> None:
    def refuse(_old: Head, _content: bytes, _tiles: TileReader) -> bytes:
        raise LogUnavailable("1 of 2 witnesses answered")

    begun(tmp_path)
    with pytest.raises(NotPublished, match="1 of 2") as caught:
        log_in(tmp_path, cosign=refuse).append([b"a", b"b"])
    assert caught.value.appended == range(2)
    assert entries_of(tmp_path) == []
    with pytest.raises(NotPublished):
        log_in(tmp_path, cosign=refuse).append([b"c"])
    with pytest.raises(LogUnavailable, match="1 of 2"):
        log_in(tmp_path, cosign=refuse).publish()
    log = log_in(tmp_path, cosign=cosigned)
    assert log.publish() == log.checkpoint()
    assert entries_of(tmp_path) == [b"a", b"b", b"c"]
    assert len(parse(log.checkpoint()).signatures) == 2


def test_publishing_twice_is_publishing_once(tmp_path: Path) -> None:
    times = 0

    def count(old: Head, content: bytes, tiles: TileReader) -> bytes:
        nonlocal times
        times += 1
        return cosigned(old, content, tiles)

    log = log_in(tmp_path, cosign=count)
    log.create()
    log.append([b"a"])
    first = log.publish()
    assert log.publish() == first
    assert times == 2


def test_another_checkpoint_than_was_asked_for_is_not_published(tmp_path: Path) -> None:
    log = begun(tmp_path)
    other = log.checkpoint()
    with pytest.raises(NotPublished, match="another checkpoint"):
        log_in(tmp_path, cosign=lambda *_: other).append([b"a"])


# --- keys


def test_a_key_to_which_the_log_was_handed_over_goes_on(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append([*numbered(0, 300), encode(hand_over(KEY, NEXT, AT, "yearly")), b"one more"])
    rotated = log_in(tmp_path, NEXT)
    rotated.publish()
    assert keys_of(parse(rotated.checkpoint())) == [NEXT.key.id]
    rotated.append([b"by the new key"])
    assert len(entries_of(tmp_path, NEXT)) == 303
    with pytest.raises(LogUnavailable, match="no entry hands the log over"):
        log.append([b"by the old key"])


def test_the_first_append_with_the_new_key_may_come_without_publishing(tmp_path: Path) -> None:
    begun(tmp_path).append([encode(hand_over(KEY, NEXT, AT, "yearly"))])
    assert log_in(tmp_path, NEXT).append([b"x"]) == range(1, 2)
    with pytest.raises(NotSigned):
        entries_of(tmp_path, KEY)


def test_a_strange_key_does_not_sign(tmp_path: Path) -> None:
    begun(tmp_path).append(numbered(0, 3))
    with pytest.raises(LogUnavailable, match="use the log's key"):
        log_in(tmp_path, NEXT).append([b"x"])
    with pytest.raises(LogUnavailable, match="use the log's key"):
        log_in(tmp_path, NEXT).publish()


def keys_of(note: Note) -> list[bytes]:
    return [signature.key_id for signature in note.signatures]
