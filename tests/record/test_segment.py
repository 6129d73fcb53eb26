"""Commitments, salts, and the trees of sealed segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import BLOCKS, RECORDS, SEED

from licet.record.refusal import NotProven, OutOfRange
from licet.record.sealed.commitment import Domain, check_opening, commit, salt_of, salts, shown_commitment
from licet.record.sealed.segment import BLOCK, Blocks, block_leaves, block_roots, record_leaves
from licet.record.tree.merkle import EMPTY_ROOT, Head, LeafReader, root_of
from licet.record.tree.paths import check_inclusion, inclusion_path

LEAVES = record_leaves(RECORDS, [salt_of(SEED, each) for each in range(len(RECORDS))])


def test_a_commitment_is_opened_by_its_salt_and_content_alone() -> None:
    commitment = commit(Domain.RECORD, b"s" * 32, b"content")
    check_opening(commitment, Domain.RECORD, b"s" * 32, b"content", "here")
    for domain, salt, content in (
        (Domain.DOCUMENT, b"s" * 32, b"content"),
        (Domain.RULEBOOK, b"s" * 32, b"content"),
        (Domain.RECORD, b"t" * 32, b"content"),
        (Domain.RECORD, b"s" * 32, b"another"),
        (Domain.RECORD, b"s" * 31 + b"c", b"ontent"),
    ):
        with pytest.raises(NotProven, match="here: this salt and content do not open the commitment"):
            check_opening(commitment, domain, salt, content, "here")
    assert shown_commitment(commitment) == f"salted:{commitment.hex()}"


def test_a_salt_has_its_length() -> None:
    for salt in (b"", b"s" * 31, b"s" * 33):
        with pytest.raises(OutOfRange, match=f"salt: {len(salt)} bytes where 32 are needed"):
            commit(Domain.RECORD, salt, b"")
    with pytest.raises(OutOfRange, match="seed: 5 bytes"):
        salts(b"short", 0)


def test_salts_differ_by_index_and_by_seed() -> None:
    first, second = salts(SEED, 0), salts(SEED, 1)
    assert len(first) == 1024
    assert len({*first, *second, *salts(b"t" * 32, 0)}) == 3 * 1024
    assert salt_of(SEED, 1025) == second[1]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 600])
def test_block_roots_give_the_root_and_every_path(size: int) -> None:
    blocks = Blocks(size, block_roots(RECORDS[:size], SEED))
    assert blocks.head == Head(size, root_of(LEAVES[:size]))
    for index in {0, 1, 254, 255, 256, size // 2, size - 1} & set(range(size)):
        block = index // BLOCK
        leaves = block_leaves(RECORDS[block * BLOCK : min(size, (block + 1) * BLOCK)], SEED, block)
        path = blocks.path(index, leaves)
        assert path == inclusion_path(index, size, LeafReader(LEAVES[:size]))
        check_inclusion(LEAVES[index], index, blocks.head, path)


@given(st.integers(0, 2500), st.integers(0, 2))
def test_several_can_share_the_work(size: int, parts: int) -> None:
    records = [b"%d" % each for each in range(size)]
    cut = min(parts * 1024, size // 1024 * 1024)
    together = block_roots(records[:cut], SEED) + block_roots(records[cut:], SEED, cut)
    assert together == block_roots(records, SEED)


def test_what_a_segment_does_not_have() -> None:
    leaves = block_leaves(RECORDS[512:], SEED, 2)
    for index in (-1, 600):
        with pytest.raises(OutOfRange, match=f"a segment of 600 records has no record {index}"):
            BLOCKS.path(index, leaves)
    with pytest.raises(OutOfRange, match="block roots: 96 bytes for a segment of 900 records"):
        Blocks(900, BLOCKS.roots)
    with pytest.raises(OutOfRange, match="first: 256 is not a multiple of 1024"):
        block_roots(RECORDS, SEED, 256)
    assert Blocks(0, b"").head.root == EMPTY_ROOT


def test_the_leaves_of_another_block_are_refused() -> None:
    leaves = block_leaves(RECORDS[:256], SEED, 0)
    for wrong in (leaves[:-1], [*leaves, leaves[0]], [leaves[1], leaves[0], *leaves[2:]], []):
        with pytest.raises(NotProven, match="block 0: the root of its leaves is not its block root"):
            BLOCKS.path(3, wrong)
    with pytest.raises(NotProven, match="block 1"):
        BLOCKS.path(300, leaves)
