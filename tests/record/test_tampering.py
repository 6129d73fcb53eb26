"""Every single byte that matters: changed, in each file of a log and in a proof, it is refused.

Every byte of every file matters where the policy needs every signature, as here. Where it does not: a signature by a
key that the policy does not know, and a cosignature beyond the quorum, which a change of its name makes unknown.
"""

from __future__ import annotations

import pytest
from tests.record.small_log import (
    CHECKPOINT,
    ENTRIES,
    HEAD,
    LEAVES,
    LOG,
    OTHER,
    POLICY,
    WITNESS,
    Folder,
    folder_of,
    proof_of,
)

from licet.record.refusal import RecordRefused
from licet.record.sealed.proof import verify_proof
from licet.record.signed.policy import read_policy
from licet.record.signed.verdict import judge
from licet.record.tree.edge import read_edge
from licet.record.tree.merkle import Head, root_of
from licet.record.tree.tiles import Tile, read_path
from licet.record.tree.verified import VerifiedTree

FILES = folder_of(LEAVES, ENTRIES)
SMALL = 9
SMALL_HEAD = Head(SMALL, root_of(LEAVES[:SMALL]))


def flips(content: bytes, masks: tuple[int, ...] = (0x01, 0x80)) -> list[bytes]:
    """The content with each of its bytes changed in turn, in each of these bits."""
    return [
        content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :] for at in range(len(content)) for mask in masks
    ]


def test_every_byte_of_every_tile() -> None:
    """Of the tiles of a log of 700 entries; the tile that was changed is named."""
    for path in (each for each in FILES if not each.startswith("tile/entries/")):
        for content in flips(FILES[path], (0x01,)):
            with pytest.raises(RecordRefused) as refusal:
                VerifiedTree(Folder(FILES | {path: content}), HEAD).check_tiles()
            assert refusal.value.place == path


def test_every_byte_of_every_bundle() -> None:
    tree = VerifiedTree(FILES, HEAD)
    for path in ("tile/entries/000", "tile/entries/002.p/188"):
        tile = read_path(path)
        for content in flips(FILES[path], (0x01,)):
            changed = VerifiedTree.__new__(VerifiedTree)
            changed.__dict__.update(tree.__dict__ | {"_tiles": Folder(FILES | {path: content})})
            with pytest.raises(RecordRefused, match=path):
                changed.bundle(tile)


def test_every_byte_of_a_log_that_fits_into_one_tile() -> None:
    """Without a shortcut: the whole log is read for each byte."""
    files = folder_of(LEAVES[:SMALL], ENTRIES[:SMALL])
    assert len(list(VerifiedTree(files, SMALL_HEAD).entries())) == SMALL
    assert set(files) == {f"tile/0/000.p/{SMALL}", f"tile/entries/000.p/{SMALL}"}
    for path, original in files.items():
        for content in flips(original):
            with pytest.raises(RecordRefused, match=path):
                list(VerifiedTree(Folder(files | {path: content}), SMALL_HEAD).entries())


def test_every_byte_of_a_checkpoint() -> None:
    assert judge(POLICY, CHECKPOINT).accepted
    for content in flips(CHECKPOINT, (0x01, 0x02, 0x20, 0x80)):
        verdict = judge(POLICY, content)
        assert not verdict.accepted
        assert verdict.reasons


def test_every_byte_of_a_proof() -> None:
    proof = bytes(proof_of(300))
    assert verify_proof(proof, POLICY)
    for content in flips(proof, (0x01, 0x02, 0x20, 0x80)):
        with pytest.raises(RecordRefused):
            verify_proof(content, POLICY)


def test_every_cut_of_a_checkpoint_and_of_a_proof() -> None:
    proof = bytes(proof_of(300))
    for end in range(len(CHECKPOINT)):
        assert not judge(POLICY, CHECKPOINT[:end]).accepted
    for end in range(len(proof)):
        with pytest.raises(RecordRefused):
            verify_proof(proof[:end], POLICY)


def test_the_bytes_that_do_not_matter_are_those_of_signatures_that_nobody_needs() -> None:
    policy = read_policy(
        f"log {LOG.key}\nwitness a {WITNESS.key}\nwitness b {OTHER.key}\ngroup g any a b\nquorum g\n".encode()
    )
    last = CHECKPOINT.rindex("— ".encode())
    passed = [at for at, content in enumerate(flips(CHECKPOINT, (0x01,))) if judge(policy, content).accepted]
    assert passed
    for at in passed:
        line = CHECKPOINT[CHECKPOINT.rindex(b"\n", 0, at) + 1 :].split(b" ")
        assert line[0] == "—".encode()
        assert line[1] in (WITNESS.key.name.encode(), OTHER.key.name.encode())
    assert {judge(policy, flips(CHECKPOINT, (0x01,))[at]).checkpoint for at in passed} == {
        judge(policy, CHECKPOINT).checkpoint
    }
    assert any(at > last for at in passed)


def test_tiles_swapped_with_each_other_are_refused() -> None:
    swapped = Folder(FILES | {"tile/0/000": FILES["tile/0/001"], "tile/0/001": FILES["tile/0/000"]})
    with pytest.raises(RecordRefused, match="tile/0/000"):
        list(VerifiedTree(swapped, HEAD).entries())
    bundles = Folder(
        FILES | {"tile/entries/000": FILES["tile/entries/001"], "tile/entries/001": FILES["tile/entries/000"]}
    )
    with pytest.raises(RecordRefused, match=r"tile/entries/000: entry 0"):
        list(VerifiedTree(bundles, HEAD).entries())


def test_an_older_head_still_verifies_with_its_own_tiles() -> None:
    older = Head(650, root_of(LEAVES[:650]))
    files = Folder(FILES | folder_of(LEAVES[:650], ENTRIES[:650]))
    assert len(list(VerifiedTree(files, older).entries())) == 650
    assert read_edge(files, older)[0, 2] == LEAVES[512:650]
    assert Tile(0, 2, 138).path in files
