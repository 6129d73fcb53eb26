"""The installation's secret, and that API keys are nowhere but with their owners."""

from __future__ import annotations

import os
import secrets
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.secret import create_secret, read_secret
from licet.adapters.store import create_store
from licet.services import keys
from licet.services.ports import StoreUnavailable

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        secret = create_secret(tmp_path / "state", secrets.token_bytes)
    finally:
        os.umask(before)
    assert len(secret) == 32
    assert (tmp_path / "state" / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert create_secret(tmp_path / "state", secrets.token_bytes) == read_secret(tmp_path / "state") == secret
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["secret"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_secret_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    create_secret(tmp_path, secrets.token_bytes)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(StoreUnavailable, match=f"mode {mode:o}.*chmod 600"):
        read_secret(tmp_path)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    create_secret(tmp_path, secrets.token_bytes)
    (tmp_path / "secret").write_bytes(b"x" * length)
    with pytest.raises(StoreUnavailable, match="has not 32 bytes"):
        read_secret(tmp_path)


def test_a_missing_secret_is_not_made_by_reading_it(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no secret"):
        read_secret(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_not_in_any_file_of_the_state(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with closing(create_store(state, NOW)) as store:
        pepper = create_secret(state, secrets.token_bytes)
        store.add_subject("alice", "person", actor="me", at=NOW)
        record, text = keys.create(store, "alice", actor="me", now=NOW, pepper=pepper, random_bytes=secrets.token_bytes)
        secret = text.rpartition("_")[2].encode()
        while_open = {path.name: path.read_bytes() for path in state.iterdir()}
        assert "licet.db-wal" in while_open
        assert any(record.id.encode() in content for content in while_open.values()), "the search finds what is there"
        assert any(keys.keyed_hash(pepper, text) in content for content in while_open.values())
        assert not any(secret in content or text.encode() in content for content in while_open.values())
    afterwards = [path.read_bytes() for path in state.iterdir()]
    assert any(record.id.encode() in content for content in afterwards)
    assert not any(secret in content for content in afterwards)
