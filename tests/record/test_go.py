"""Go's `sumdb/note` and `sumdb/tlog` verify what we make, and we verify what they make."""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from tests.record.small_log import HEAD, LEAVES, LOG, SIZE, WITNESS, folder_of

from licet.record.signed.checkpoint import Checkpoint, read_checkpoint
from licet.record.signed.keys import KeyKind, read_key, read_signer, signer_from
from licet.record.signed.notes import parse, sign, verify
from licet.record.tree.merkle import LeafReader, leaf_hash, root_of
from licet.record.tree.paths import check_consistency, check_inclusion, consistency_path, inclusion_path
from licet.record.tree.tiles import tile_data, tiles_between, tiles_of

SIZES = (1, 2, 3, 7, 8, 9, 255, 256, 257, 511, 512, 600)
MANY = [leaf_hash(b"%d" % each) for each in range(600)]


def hashes(values: list[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in values]


def test_go_verifies_our_checkpoint_and_passes_the_cosignature_over(go: Any) -> None:
    note = sign(str(Checkpoint(LOG.key.name, HEAD)), LOG).and_signed(WITNESS, 1_781_000_000)
    answer = go.ask("open", note=bytes(note).decode(), vkeys=[str(LOG.key)])
    assert answer["text"] == note.text
    assert answer["signed"] == [LOG.key.name]
    assert answer["unverified"] == [WITNESS.key.name]


def test_go_refuses_our_checkpoint_after_one_byte_changed(go: Any) -> None:
    note = bytes(sign(str(Checkpoint(LOG.key.name, HEAD)), LOG)).decode().replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")
    assert "invalid signature" in go.ask("open", note=note, vkeys=[str(LOG.key)])["error"]


def test_we_verify_what_go_signs_with_our_keys(go: Any) -> None:
    other = signer_from("other.example/key", KeyKind.LOG, bytes(range(32)))
    signed = go.ask("sign", text=str(Checkpoint(LOG.key.name, HEAD)), skeys=[LOG.secret, other.secret])["note"]
    checkpoint = read_checkpoint(signed.encode())
    assert checkpoint.checkpoint.head == HEAD
    assert [each.key for each in verify(checkpoint.note, [other.key, LOG.key])] == [LOG.key, other.key]
    assert bytes(sign(checkpoint.note.text, LOG).and_signed(other)).decode() == signed


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note + "\n",
        lambda note: note[:-1],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—  "),
        lambda note: note.replace("— ", "— a+"),
        lambda note: note + "— x AAAA\n",
        lambda note: note + "— x AAAAAA==\n",
        lambda note: note + "— x !\n",
        lambda note: "\t" + note,
    ],
)
def test_go_refuses_the_shapes_of_notes_that_we_refuse(go: Any, damage: Any) -> None:
    note = damage(bytes(sign("hello\n", LOG)).decode())
    assert go.ask("open", note=note, vkeys=[str(LOG.key)])["error"]
    with pytest.raises(Exception, match="note"):
        verify(parse(note.encode()), [LOG.key])


def test_keys_of_go_read_as_ours() -> None:
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # the example of Go's documentation
    skey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    assert str(read_key(vkey)) == vkey
    assert read_signer(skey).secret == skey
    assert read_signer(skey).key == read_key(vkey)


@pytest.mark.parametrize("size", SIZES)
def test_proofs_are_the_same_both_ways(go: Any, size: int) -> None:
    leaves, read = MANY[:size], LeafReader(MANY)
    head_root = root_of(leaves)
    assert go.ask("root", leaves=hashes(leaves), size=size)["root"] == hashes([head_root])[0]
    for index in {0, size // 2, size - 1}:
        path = inclusion_path(index, size, read)
        theirs = go.ask("prove record", leaves=hashes(leaves), size=size, index=index)["path"] or []
        assert theirs == hashes(path)
        question = {"path": theirs, "size": size, "root": hashes([head_root])[0], "index": index}
        assert "error" not in go.ask("check record", leaf=hashes([MANY[index]])[0], **question)
        assert "error" in go.ask("check record", leaf=hashes([MANY[(index + 1) % 600]])[0], **question)
        check_inclusion(MANY[index], index, (HEAD._replace(size=size, root=head_root)), [b64decode(x) for x in theirs])


@pytest.mark.parametrize("size", SIZES)
def test_consistency_is_the_same_both_ways(go: Any, size: int) -> None:
    leaves, read = MANY[:size], LeafReader(MANY)
    new = HEAD._replace(size=size, root=root_of(leaves))
    for older in {1, size // 2 or 1, size - 1 or 1, size}:
        old = HEAD._replace(size=older, root=root_of(MANY[:older]))
        path = consistency_path(older, size, read)
        theirs = go.ask("prove tree", leaves=hashes(leaves), size=size, older=older)["path"] or []
        assert theirs == hashes(path)
        question = {"path": theirs, "size": size, "root": hashes([new.root])[0], "older": older}
        assert "error" not in go.ask("check tree", old=hashes([old.root])[0], **question)
        check_consistency(old, new, [b64decode(each) for each in theirs])


def test_go_reads_our_tiles(go: Any, tmp_path: Path) -> None:
    for path, content in folder_of(LEAVES).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    for index in random.Random(4).sample(range(SIZE), 20):
        question = {"size": SIZE, "root": hashes([HEAD.root])[0], "index": index, "folder": str(tmp_path)}
        answer = go.ask("record from tiles", **question)
        assert answer["path"] == hashes(inclusion_path(index, SIZE, LeafReader(LEAVES)))
    damaged = tmp_path / "tile/0/000"
    damaged.write_bytes(b"\0" + damaged.read_bytes()[1:])
    assert "error" in go.ask("record from tiles", **{**question, "index": 0})


@pytest.mark.parametrize(
    ("older", "size"), [(0, 1), (0, 256), (0, 600), (255, 256), (256, 257), (300, 600), (512, 512)]
)
def test_tiles_are_the_same(go: Any, older: int, size: int) -> None:
    theirs = go.ask("tiles", leaves=hashes(MANY[:size]), older=older, size=size)
    ours = {tile.path: tile_data(tile, LeafReader(MANY)) for tile in tiles_between(older, size)}
    assert {path: b64decode(data) for path, data in (theirs.get("tiles") or {}).items()} == ours
    assert theirs.get("paths", []) == list(ours)
    assert list(ours) == [tile.path for tile in tiles_of(size)] or older
