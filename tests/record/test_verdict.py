"""Checkpoints, policies, and what a policy says of a checkpoint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import CHECKPOINT, HEAD, LOG, NEXT, OTHER, POLICY, POLICY_TEXT, SIZE, WITNESS

from licet.record.refusal import Malformed, NotSigned, RecordRefused
from licet.record.signed.checkpoint import Checkpoint, checkpoint_of, read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.signed.notes import Note, sign
from licet.record.signed.policy import read_policy
from licet.record.signed.verdict import accept, judge
from licet.record.spelling import to_base64
from licet.record.tree.merkle import EMPTY_ROOT, Head

ROOT = to_base64(HEAD.root)
THIRD = signer_from("witness.example/w3", KeyKind.WITNESS, b"y" * 32)
ALONE = read_policy(f"log {LOG.key}\nquorum none\n".encode())


def signed(*witnesses: int) -> bytes:
    note = sign(str(Checkpoint(LOG.key.name, HEAD)), LOG)
    for each in witnesses:
        note = note.and_signed((WITNESS, OTHER, THIRD)[each - 1], 1_781_000_000 + each)
    return bytes(note)


def test_a_checkpoint_reads_as_it_was_written() -> None:
    checkpoint = Checkpoint("a log", Head(7, HEAD.root), ("more", "and more"))
    assert checkpoint_of(str(checkpoint)) == checkpoint
    assert read_checkpoint(CHECKPOINT).checkpoint == Checkpoint(LOG.key.name, HEAD)


@pytest.mark.parametrize(
    "size", ["+700", "-1", "0700", "", " 700", "700 ", "7_00", "1e3", "\u0667", "0x10", "9" * 19, "9" * 4000, "7.0"]
)
def test_a_size_that_is_oddly_written_is_refused(size: str) -> None:
    with pytest.raises(Malformed, match="checkpoint: line 2"):
        checkpoint_of(f"log\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least three lines"),
        ("log\n700\n", "at least three lines"),
        (f"log\n700\n{ROOT}", "at least three lines"),
        (f"\n700\n{ROOT}\n", "line 1: an empty line"),
        (f"log\n700\n{ROOT}\n\n", "line 4: an empty line"),
        (f"log\n700\n{ROOT}\n\nmore\n", "line 4: an empty line"),
        (f"log\n700\n{ROOT[:-1]}\n", "line 3: .* is not base64"),
        (f"log\n700\n{ROOT} \n", "line 3: .* is not base64"),
        ("log\n700\nAAAA\n", "line 3: base64 of 3 bytes where 32 are needed"),
        (f"log\n0\n{ROOT}\n", "line 3: not the root of the empty tree"),
    ],
)
def test_another_spelling_of_a_checkpoint_is_refused(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        checkpoint_of(text)


def test_the_largest_and_the_smallest_size() -> None:
    assert checkpoint_of(f"log\n{2**63 - 1}\n{ROOT}\n").head.size == 2**63 - 1
    assert checkpoint_of(f"log\n0\n{to_base64(EMPTY_ROOT)}\n").head == Head(0, EMPTY_ROOT)
    with pytest.raises(Malformed):
        checkpoint_of(f"log\n{2**63}\n{ROOT}\n")


@given(st.text(max_size=100) | st.text(max_size=20).map(lambda text: f"log\n{text}\n{ROOT}\n"))
def test_what_reads_is_in_its_one_spelling(text: str) -> None:
    try:
        assert str(checkpoint_of(text)) == text
    except RecordRefused as error:
        assert isinstance(error, Malformed)


def test_an_accepted_checkpoint_says_why() -> None:
    verdict = judge(POLICY, CHECKPOINT)
    assert verdict.accepted
    assert verdict.checkpoint == accept(POLICY, CHECKPOINT) == Checkpoint(LOG.key.name, HEAD)
    assert verdict.log == LOG.key
    assert verdict.cosigned == (("w1", 1_781_304_700), ("w2", 1_781_304_701))
    assert verdict.reasons == (
        f"signed by the log `licet.example/record` with the key {LOG.key.id.hex()}",
        "cosigned by `w1` at 1781304700",
        "cosigned by `w2` at 1781304701",
        "the quorum is met: 2 of 2 in `both`, 2 needed",
    )


def test_too_few_cosignatures_are_refused_with_the_count() -> None:
    verdict = judge(POLICY, signed(1))
    assert not verdict.accepted
    assert verdict.reasons[-1] == "the quorum is not met: 1 of 2 in `both`, 2 needed"
    with pytest.raises(NotSigned, match="the quorum is not met"):
        accept(POLICY, signed(1))


def test_a_cosignature_by_an_unknown_witness_does_not_count() -> None:
    assert not judge(POLICY, signed(1, 3)).accepted
    assert judge(POLICY, signed(1, 2, 3)).accepted


def test_another_log_is_refused() -> None:
    stranger = bytes(sign(str(Checkpoint("other.example", HEAD)), LOG).and_signed(WITNESS, 5).and_signed(OTHER, 5))
    assert judge(POLICY, stranger).reasons[0] == "no log of the policy is called `other.example`"
    swapped = bytes(sign(str(Checkpoint(LOG.key.name, HEAD)), NEXT).and_signed(WITNESS, 5).and_signed(OTHER, 5))
    assert judge(POLICY, swapped).reasons[0] == "not signed by the log `licet.example/record`"
    assert not judge(POLICY, stranger).accepted
    assert not judge(POLICY, swapped).accepted


def test_both_keys_of_a_log_are_believed_while_the_policy_has_both() -> None:
    both = read_policy(f"log {LOG.key}\nlog {NEXT.key}\nquorum none\n".encode())
    for signer in (LOG, NEXT):
        verdict = judge(both, bytes(sign(str(Checkpoint(LOG.key.name, HEAD)), signer)))
        assert verdict.accepted
        assert verdict.log == signer.key


def test_a_wrong_signature_by_a_key_of_the_policy_refuses() -> None:
    signed_other = sign(str(Checkpoint(LOG.key.name, HEAD._replace(size=701))), LOG)
    note = Note(signed_other.text, read_checkpoint(CHECKPOINT).note.signatures)
    verdict = judge(POLICY, bytes(note))
    assert not verdict.accepted
    assert verdict.reasons == ("the signature of `licet.example/record` is wrong",)
    assert verdict.checkpoint is not None


def test_groups_of_groups() -> None:
    lines = (
        f"log {LOG.key}\nwitness w1 {WITNESS.key}\nwitness w2 {OTHER.key}\nwitness w3 {THIRD.key}\n"
        "group some 1 w1 w2\ngroup all-of-it all some w3\nquorum all-of-it\n"
    )
    policy = read_policy(lines.encode())
    accepted = {each: judge(policy, signed(*each)).accepted for each in ((1, 2), (1, 3), (2, 3), (3,), (1, 2, 3))}
    assert accepted == {(1, 2): False, (1, 3): True, (2, 3): True, (3,): False, (1, 2, 3): True}
    single = read_policy(lines.replace("quorum all-of-it", "quorum w3").encode())
    assert judge(single, signed(3)).reasons[-1] == "the quorum is met: the witness `w3`"
    assert not judge(single, signed(1)).accepted


@given(st.binary(max_size=200))
def test_a_verdict_is_total(content: bytes) -> None:
    verdict = judge(ALONE, content)
    assert not verdict.accepted
    assert verdict.reasons


def test_a_policy_reads_with_comments_tabs_and_urls() -> None:
    text = f"\n \t# note\n\tlog \t{LOG.key}  https://licet.example\nwitness  \xe9 {WITNESS.key}\nquorum \xe9 \n".encode(
        "latin-1"
    )
    policy = read_policy(text)
    assert policy.logs[0].url == "https://licet.example"
    assert judge(policy, signed(1)).accepted
    assert not judge(policy, signed(2)).accepted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "policy: no line `quorum <name>`"),
        ("quorum none", "policy: line 1: it does not end with a line feed"),
        ("quorum none\nquorum none\n", "policy: line 2: a second quorum"),
        ("quorum w1\n", "policy: line 1: no witness and no group `w1` on a line above"),
        ("quorum none\r\n", "policy: line 1: control character 0x0d"),
        ("\x00\n", "control character 0x00"),
        ("log\n", "policy: line 1: `log` is none of"),
        ("log x\n", "policy: line 1: a public key is"),
        (f"log {WITNESS.key}\n", "policy: line 1: the key of `witness.example/w1` has the type 0x04, needed is 0x01"),
        (f"witness a {LOG.key}\n", "has the type 0x01, needed is 0x04"),
        (f"log {LOG.key}\nlog {LOG.key} https://a\n", "policy: line 2: the public key of .* is a log's already"),
        (f"log {LOG.key} a b\n", "is none of"),
        (f"witness none {WITNESS.key}\n", "the name `none` is taken"),
        (f"witness a {WITNESS.key}\nwitness a {OTHER.key}\n", "policy: line 2: the name `a` is taken"),
        (f"witness a {WITNESS.key}\nwitness b {WITNESS.key}\n", "is a witness's already"),
        (f"witness a {WITNESS.key}\ngroup a any a\n", "the name `a` is taken"),
        (f"witness a {WITNESS.key}\ngroup g any\n", "is none of"),
        (f"witness a {WITNESS.key}\ngroup g any a a\n", "`a` is a member already"),
        (f"witness a {WITNESS.key}\ngroup g any a\ngroup h any a\n", "policy: line 3: `a` is a member already"),
        (f"witness a {WITNESS.key}\ngroup g 2 a\n", "`2` is not `any`, `all` or a number from 1 to 1"),
        (f"witness a {WITNESS.key}\ngroup g 0 a\n", "`0` is not"),
        (f"witness a {WITNESS.key}\ngroup g 01 a\n", "`01` is not"),
        (f"witness a {WITNESS.key}\ngroup g +1 a\n", "is not `any`"),
        (f"witness a {WITNESS.key}\ngroup g ANY a\n", "is not `any`"),
        ("group g any none\nquorum none\n", "no witness and no group `none`"),
        ("group g any g\n", "no witness and no group `g`"),
        ("hello\n", "`hello` is none of"),
        ("\n" * 1001, "policy: 1001 lines, more than 1000"),
        ("#" * 1_000_001, "policy: 1000001 bytes"),
    ],
)
def test_another_policy_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read_policy(text.encode())


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([*POLICY_TEXT.decode().split(), "\n"])).map(lambda each: " ".join(each).encode())
)
def test_whatever_a_policy_is_the_refusal_is_typed(content: bytes) -> None:
    try:
        read_policy(content)
    except RecordRefused as error:
        assert isinstance(error, Malformed)


def test_the_checkpoint_of_the_small_log_is_whole() -> None:
    assert accept(ALONE, CHECKPOINT).head.size == SIZE
