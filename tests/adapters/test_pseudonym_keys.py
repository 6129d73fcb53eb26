"""Generations of the keys of pseudonyms in a state directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest

from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.services.identity.pseudonyms import PseudonymsRefused, led_back, pseudonyms
from licet.services.keys import pseudonym
from licet.services.ports import StoreUnavailable

SECRET = bytes(range(32))


def test_without_the_folder_the_secret_names_everybody(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    assert keys.current() == (0, SECRET)
    assert keys.all() == {0: SECRET}
    assert pseudonyms(keys, "alice") == (pseudonym(SECRET, "alice"),)
    assert list(tmp_path.iterdir()) == [], "reading makes nothing"


def test_a_rotation_names_anew_and_what_was_named_before_is_led_back(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    assert [keys.rotate(secrets.token_bytes) for _ in range(2)] == [1, 2]
    number, newest = keys.current()
    assert number == 2
    assert list(keys.all()) == [0, 1, 2]
    assert keys.all()[0] == SECRET
    assert len({*keys.all().values()}) == 3
    assert pseudonyms(keys, "alice")[0] == pseudonym(newest, "alice")
    assert led_back(keys, ["alice", "bob"])[pseudonym(keys.all()[1], "bob")] == "bob"
    assert len(led_back(keys, ["alice", "bob"])) == 6


def test_another_process_sees_a_rotation_at_once(tmp_path: Path) -> None:
    mine, other = PseudonymKeys(tmp_path, SECRET), PseudonymKeys(tmp_path, SECRET)
    other.rotate(secrets.token_bytes)
    assert mine.current() == other.current()


def test_what_was_destroyed_names_nobody_and_its_number_is_not_used_again(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    for _ in range(2):
        keys.rotate(secrets.token_bytes)
    gone = keys.all()[1]
    keys.destroy(1)
    assert list(keys.all()) == [0, 2]
    assert pseudonym(gone, "alice") not in pseudonyms(keys, "alice")
    assert not any(gone in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert keys.rotate(secrets.token_bytes) == 3
    with pytest.raises(PseudonymsRefused, match=r"there is no generation `1` of pseudonyms; there are 0, 2, 3"):
        keys.destroy(1)


def test_the_newest_and_the_secret_are_not_destroyed(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    with pytest.raises(PseudonymsRefused, match="is the newest"):
        keys.destroy(0)
    keys.rotate(secrets.token_bytes)
    with pytest.raises(PseudonymsRefused, match="is the installation's secret"):
        keys.destroy(0)
    assert list(keys.all()) == [0, 1]


def test_a_new_installation_never_names_anybody_by_its_secret(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    keys.begin(secrets.token_bytes)
    first = keys.all()
    assert list(first) == [1]
    keys.begin(secrets.token_bytes)
    assert keys.all() == first
    keys.rotate(secrets.token_bytes)
    keys.destroy(1)
    assert list(keys.all()) == [2]


def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        PseudonymKeys(tmp_path, SECRET).rotate(secrets.token_bytes)
    finally:
        os.umask(before)
    folder = tmp_path / "pseudonyms"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"0.key": 0o600, "1.key": 0o600}
    assert (folder / "0.key").read_bytes() == b"", "the secret has one place"


@pytest.mark.parametrize(("mode", "why"), [(0o640, "open to others"), (0o604, "open to others")])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int, why: str) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    keys.rotate(secrets.token_bytes)
    (tmp_path / "pseudonyms" / "1.key").chmod(mode)
    with pytest.raises(StoreUnavailable, match=why):
        keys.current()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)
    keys.rotate(secrets.token_bytes)
    (tmp_path / "pseudonyms" / "1.key").write_bytes(content)
    with pytest.raises(StoreUnavailable, match="has not 32 bytes"):
        keys.all()


def test_what_is_no_key_is_not_one_and_a_crash_in_between_leaves_a_sound_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pseudonyms"
    folder.mkdir(mode=0o700)
    keys = PseudonymKeys(tmp_path, SECRET)
    assert keys.current() == (0, SECRET), "a folder that was only made"
    for name in ("01.key", "-1.key", "1.key.bak", ".2.key.17", "x.key"):
        (folder / name).write_bytes(b"x")
    assert keys.all() == {0: SECRET}
    assert keys.rotate(secrets.token_bytes) == 1


def test_two_who_rotate_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    keys = PseudonymKeys(tmp_path, SECRET)

    def meanwhile(count: int) -> bytes:
        if not (tmp_path / "pseudonyms" / "1.key").exists():
            PseudonymKeys(tmp_path, SECRET).rotate(lambda _: b"o" * count)
        return b"m" * count

    with pytest.raises(StoreUnavailable, match="somebody else makes one now"):
        keys.rotate(meanwhile)
    assert keys.current() == (1, b"o" * 32)
