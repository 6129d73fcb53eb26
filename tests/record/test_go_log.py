"""Go's `sumdb` verifies a whole log folder as we write it: signature, every entry, consistency; and refuses damage."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from tests.record.small_log import ENTRIES, LOG, NEXT, WITNESS

from licet.adapters.tlog.log import FolderLog
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import TileReader


def cosigned(_: Head, checkpoint: bytes, tiles: TileReader) -> bytes:
    assert tiles
    return bytes(read_checkpoint(checkpoint).note.and_signed(WITNESS, 1_781_304_700))


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    made = FolderLog(tmp_path / "log", tmp_path / "lock", tmp_path / "staging", LOG, cosigned)
    made.create()
    return made


def ask(go: Any, folder: Path, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = go.ask("log", **{"folder": str(folder / "log"), "vkeys": [str(LOG.key)], **more})
    return answer


def test_go_verifies_a_log_folder_at_every_size(go: Any, log: FolderLog, tmp_path: Path) -> None:
    older = ""
    for count in (1, 4, 250, 1, 1, 255, 100, 688):
        start = read_checkpoint(log.checkpoint()).checkpoint.head.size
        log.append([*ENTRIES, *ENTRIES][start : start + count])
        answer = ask(go, tmp_path, note=older)
        head = read_checkpoint(log.checkpoint()).checkpoint.head
        assert "error" not in answer, answer
        assert (answer["size"], answer["root"]) == (head.size, b64encode(head.root).decode())
        older = log.checkpoint().decode()
    assert head.size == 1300


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("checkpoint", "invalid signature"),
        ("tile/0/000", "downloaded inconsistent tile"),
        ("tile/0/001", "downloaded inconsistent tile"),
        ("tile/0/002.p/188", "downloaded inconsistent tile"),
        ("tile/1/000.p/2", "downloaded inconsistent tile"),
        ("tile/entries/000", "entry 0: invalid transparency proof"),
        ("tile/entries/002.p/188", "entry 512: invalid transparency proof"),
    ],
)
def test_go_refuses_a_folder_after_one_byte_changed(
    go: Any, log: FolderLog, tmp_path: Path, path: str, why: str
) -> None:
    log.append(ENTRIES[:700])
    assert "error" not in ask(go, tmp_path)
    damaged = bytearray((tmp_path / "log" / path).read_bytes())
    damaged[5] ^= 1
    (tmp_path / "log" / path).write_bytes(damaged)
    assert why in ask(go, tmp_path)["error"]


def test_go_refuses_a_fork_and_an_unknown_key(go: Any, log: FolderLog, tmp_path: Path) -> None:
    log.append(ENTRIES[:300])
    other = FolderLog(tmp_path / "log2", tmp_path / "lock2", tmp_path / "staging2", LOG, cosigned)
    other.create()
    other.append(ENTRIES[1:200])
    assert "invalid transparency proof" in ask(go, tmp_path, note=other.checkpoint().decode())["error"]
    assert "error" in ask(go, tmp_path, vkeys=[str(NEXT.key)])
