"""The log's key: made once, handed over wherever it dies in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from licet.adapters.log_key_file import KeyFiles, make_key, next_of, read_key_file
from licet.adapters.tlog.log import FolderLog
from licet.record.log.entries import KeyHandOver
from licet.record.log.entry_spelling import read_entry
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, NoteKey, NoteSigner, Signer
from licet.record.signed.notes import verify
from licet.record.signed.policy import read_policy
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable
from licet.services.record.publishing.log_keys import Rotation, RotationRefused, policy_line, rotate

ORIGIN = "licet.example/record"
AT = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
_drawn = count(1)


def drawn(size: int) -> bytes:
    """Bytes that never come again."""
    return next(_drawn).to_bytes(size, "big")


class Place:
    """A log with one entry, and its key's file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "record.key"
        self.keys = KeyFiles(self.path, ORIGIN, drawn)
        self.first = make_key(self.path, ORIGIN, KeyKind.LOG, drawn)
        log = self.log_of(self.first)
        log.create()
        log.append([b'{"an":"entry"}'])

    def log_of(self, signer: Signer) -> FolderLog:
        return FolderLog(self.folder / "record", self.folder / "lock", self.folder / "staging", signer)

    def rotate(self, why: str = "yearly") -> Rotation:
        return rotate(self.keys, self.log_of, AT, why)

    def signed_by(self, known: Sequence[NoteKey]) -> list[NoteKey]:
        note = read_checkpoint(self.log_of(self.keys.current()).checkpoint()).note
        return [each.key for each in verify(note, known)]

    def hand_overs(self) -> list[tuple[NoteKey, NoteKey]]:
        log = self.log_of(self.keys.current())
        tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
        entries = [read_entry(each.content) for each in tree.entries() if b"hand-over" in each.content]
        return [(each.old, each.new) for each in entries if isinstance(each, KeyHandOver)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_key_hands_over_to_another_which_signs_from_then_on(place: Place) -> None:
    done = place.rotate()
    new = place.keys.current().key
    assert (done.old, done.new, done.entry) == (place.first.key, new, 1)
    assert place.signed_by([place.first.key, new]) == [new]
    assert place.hand_overs() == [(place.first.key, new)]
    assert not next_of(place.path).exists()
    assert place.log_of(place.keys.current()).append([b"after"]) == range(2, 3)
    with pytest.raises(LogUnavailable, match="did not sign this log's last checkpoint"):
        place.log_of(place.first).append([b"by the old key"])


def test_the_next_key_can_be_told_before_it_takes_over(place: Place) -> None:
    told = place.keys.prepare().key
    assert place.keys.prepare().key == told
    assert place.rotate().new == told


def test_a_hand_over_needs_a_reason(place: Place) -> None:
    with pytest.raises(RotationRefused, match="needs a reason, which is published"):
        place.rotate("  ")
    assert not next_of(place.path).exists()


def test_a_key_that_the_own_policy_does_not_believe_does_not_take_over(place: Place) -> None:
    policy = read_policy(f"log {place.first.key}\nquorum none\n".encode())
    with pytest.raises(RotationRefused, match="does not believe the next key yet: add the line `log "):
        rotate(place.keys, place.log_of, AT, "yearly", policy)
    following = place.keys.following()
    assert following is not None
    assert place.hand_overs() == []
    policy = read_policy(f"log {place.first.key}\nlog {following.key}\nquorum none\n".encode())
    assert rotate(place.keys, place.log_of, AT, "yearly", policy).new == following.key


class Dies(Exception):
    """The process is gone."""


class DyingKeys(KeyFiles):
    """Key files whose process dies before or after one of their steps."""

    dies = ""

    def _step(self, name: str, work: Callable[[], Signer | None]) -> Signer | None:
        if self.dies == f"before {name}":
            raise Dies
        done = work()
        if self.dies == f"after {name}":
            raise Dies
        return done

    def prepare(self) -> Signer:
        found = self._step("prepare", super().prepare)
        assert found is not None
        return found

    def take_over(self) -> None:
        self._step("take_over", super().take_over)


class DyingLog(FolderLog):
    """A log whose process dies before or after one of its steps."""

    dies = ""

    def append(self, entries: Sequence[bytes]) -> range:
        if self.dies == "before append":
            raise Dies
        appended = super().append(entries)
        if self.dies == "after append":
            raise Dies
        return appended


STEPS = [f"{when} {step}" for step in ("prepare", "append", "take_over") for when in ("before", "after")]


@pytest.mark.parametrize("dies", STEPS)
def test_wherever_a_hand_over_dies_running_it_again_goes_on(place: Place, dies: str) -> None:
    keys = DyingKeys(place.path, ORIGIN, drawn)
    keys.dies = dies

    def log_of(signer: Signer) -> FolderLog:
        log = DyingLog(place.folder / "record", place.folder / "lock", place.folder / "staging", signer)
        log.dies = dies
        return log

    with pytest.raises(Dies):
        rotate(keys, log_of, AT, "yearly")
    place.log_of(place.keys.current()).publish()  # whatever is at hand works in between
    if dies == "after take_over":  # publishing has finished it: one more would be another hand-over
        assert place.signed_by([place.keys.current().key]) == [place.keys.current().key]
    else:
        place.rotate()
    new = place.keys.current().key
    assert new != place.first.key
    assert place.hand_overs() == [(place.first.key, new)]
    assert place.signed_by([place.first.key, new]) == [new]
    assert not next_of(place.path).exists()


def test_a_hand_over_that_died_before_its_last_step_is_only_finished(place: Place) -> None:
    keys = DyingKeys(place.path, ORIGIN, drawn)
    keys.dies = "after take_over"
    with pytest.raises(Dies):
        rotate(keys, place.log_of, AT, "yearly")
    done = place.rotate()
    assert (done.old, done.entry, done.new) == (None, None, place.keys.current().key)
    assert len(place.hand_overs()) == 1


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "state" / "record.key"
    made = make_key(path, ORIGIN, KeyKind.LOG, drawn)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.read_text() == f"{made.secret}\n"
    assert isinstance(read_key_file(path, KeyKind.LOG, ORIGIN), NoteSigner)
    assert made.secret not in repr(made)
    with pytest.raises(LogUnavailable, match="already, and it is never overwritten"):
        make_key(path, ORIGIN, KeyKind.LOG, drawn)
    assert read_key_file(path, KeyKind.LOG).key == made.key
    assert [each.name for each in path.parent.iterdir()] == ["record.key"]


def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.key"
    with pytest.raises(LogUnavailable, match="`licet keys log` makes it"):
        read_key_file(path, KeyKind.LOG)
    made = make_key(path, ORIGIN, KeyKind.LOG, drawn)
    with pytest.raises(LogUnavailable, match="a log's, not a witness's"):
        read_key_file(path, KeyKind.WITNESS)
    with pytest.raises(LogUnavailable, match=r"set `record.origin` to the key's name"):
        read_key_file(path, KeyKind.LOG, "another/record")
    path.chmod(0o640)
    with pytest.raises(LogUnavailable, match=r"is open to others .mode 640.: run `chmod 600"):
        read_key_file(path, KeyKind.LOG)
    path.chmod(0o600)
    path.write_text(made.secret[:-4])
    with pytest.raises(LogUnavailable) as refused:
        read_key_file(path, KeyKind.LOG)
    assert made.secret[-20:-6] not in str(refused.value)
    with pytest.raises(LogUnavailable, match="is no name of a key"):
        make_key(tmp_path / "x", "a b", KeyKind.LOG, drawn)
    with pytest.raises(LogUnavailable, match="cannot make the key"):
        make_key(path / "below" / "a-file", ORIGIN, KeyKind.LOG, drawn)


def test_the_line_of_a_policy(tmp_path: Path) -> None:
    key = make_key(tmp_path / "k", ORIGIN, KeyKind.LOG, drawn).key
    assert policy_line(key, None) == f"log {key}"
    assert policy_line(key, "https://record.example") == f"log {key} https://record.example"
