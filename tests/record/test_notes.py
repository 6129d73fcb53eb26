"""Signed notes and their keys: one spelling, who signed, and every refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import LOG, NEXT, OTHER, WITNESS

from licet.record.refusal import Malformed, NotSigned, OutOfRange, RecordRefused
from licet.record.signed.keys import KeyKind, NoteKey, read_key, read_signer, signer_from
from licet.record.signed.notes import Note, Signature, parse, sign, verified, verify

NOTE = sign("hello\nworld\n", LOG).and_signed(WITNESS, 1_781_000_000)
BYTES = bytes(NOTE)


def test_a_note_reads_as_it_was_written() -> None:
    assert parse(BYTES) == NOTE
    assert bytes(parse(BYTES)) == BYTES
    assert [(each.key, each.at) for each in verify(NOTE, [LOG.key, WITNESS.key])] == [
        (LOG.key, None),
        (WITNESS.key, 1_781_000_000),
    ]


def test_the_example_of_the_specification_verifies() -> None:
    key = read_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1"
        "ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    assert [each.key for each in verify(parse(note.encode()), [key])] == [key]


def test_the_text_may_hold_empty_lines() -> None:
    note = sign("a\n\nb\n\n\n", LOG)
    assert parse(bytes(note)).text == "a\n\nb\n\n\n"
    assert verify(parse(bytes(note)), [LOG.key])


def test_unknown_keys_are_ignored_and_none_known_is_refused() -> None:
    assert [each.key for each in verify(NOTE, [WITNESS.key])] == [WITNESS.key]
    assert verified(NOTE, [NEXT.key, OTHER.key]) == ()
    with pytest.raises(NotSigned, match="note: no signature by a known key"):
        verify(NOTE, [NEXT.key, OTHER.key])  # NEXT has LOG's name and another id


def test_a_wrong_signature_by_a_known_key_refuses_the_note() -> None:
    log, witness = NOTE.signatures
    for wrong in (
        log._replace(signed=bytes(64)),
        log._replace(signed=log.signed[:-1]),
        log._replace(signed=log.signed + b"\0"),
        witness._replace(signed=witness.signed[1:] + b"\0"),
        witness._replace(signed=b"\xff" + witness.signed[1:]),
        witness._replace(signed=b"\0"),
    ):
        with pytest.raises(NotSigned, match="note: the signature of"):
            verify(Note(NOTE.text, (*NOTE.signatures, wrong)), [LOG.key, WITNESS.key])


def test_a_signature_of_another_text_is_wrong() -> None:
    with pytest.raises(NotSigned, match=r"the signature of `licet\.example/record` is wrong"):
        verify(Note("hello\nworld!\n", NOTE.signatures), [LOG.key])


def test_two_signatures_by_one_key_count_once() -> None:
    twice = NOTE.and_signed(WITNESS, 1_781_000_005)
    assert [each.at for each in verify(twice, [WITNESS.key])] == [1_781_000_000]
    assert len(verify(twice, [WITNESS.key, WITNESS.key])) == 1


def test_the_same_bytes_under_another_name_are_another_key() -> None:
    renamed = NoteKey("other.example", KeyKind.LOG, LOG.key.public)
    assert renamed.id != LOG.key.id
    forged = Note(NOTE.text, (Signature(renamed.name, LOG.key.id, NOTE.signatures[0].signed),))
    with pytest.raises(NotSigned, match="no signature by a known key"):
        verify(forged, [LOG.key, renamed])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "note: no empty line"),
        (b"\n", "note: no empty line"),
        (b"\n\n", "note: it does not end with a signature"),
        (b"text\n\n", "note: it does not end with a signature"),
        (BYTES[:-1], "note: it does not end with a signature and a line feed"),
        (BYTES + b"\n", "note: it does not end with a signature"),
        (BYTES + b"trailing", "note: it does not end with a signature"),
        (BYTES + b"trailing\n", "note: line 6: `trailing` is no signature"),
        (BYTES.replace(b"\n\n", b"\n"), "note: no empty line"),
        (BYTES.replace("— licet".encode(), b"- licet"), "note: line 4: "),
        (BYTES.replace("— licet".encode(), "—  licet".encode()), "note: line 4: `` is no name"),
        (
            BYTES.replace("— licet".encode(), "— a+licet".encode()),
            r"note: line 4: `a\+licet.* is no name",
        ),
        (BYTES.replace("— licet".encode(), "— li\u2003cet".encode()), "note: line 4: `li"),
        (BYTES.replace("— licet".encode(), "— li\u00a0cet".encode()), "note: line 4: `li"),
        (BYTES.replace(b"record ", b"record  "), "note: line 4: ` .* is not base64"),
        (BYTES + "— x AAAA\n".encode(), "note: line 6: a signature of 3 bytes, with its key id, is too short"),
        (BYTES + "— x AAAAAAA\n".encode(), "note: line 6: `AAAAAAA` is not base64"),
        (BYTES + "— x AAAAAAF=\n".encode(), "note: line 6: `AAAAAAF=` is not base64 in its one spelling"),
        (BYTES + "— x AAAA_AA=\n".encode(), "not base64"),
        (b"\t" + BYTES, "note: line 1: control character 0x09"),
        (BYTES.replace(b"\nworld", b"\r\nworld"), "note: line 1: control character 0x0d"),
        (BYTES.replace(b"world", b"wor\0ld"), "note: line 2: control character 0x00"),
        (BYTES.replace(b"world", b"wor\xffld"), "note: byte 9 is not UTF-8"),
        (BYTES.replace(b"world", b"wor\xed\xa0\x80ld"), "note: byte 9 is not UTF-8"),
        (b"a" * 1_000_001, "note: 1000001 bytes, more than 1000000"),
        (b"a\n\n" + "— x AAAAAAA=\n".encode() * 101, "note: 101 signatures, more than 100"),
    ],
)
def test_another_spelling_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        parse(content)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"a\n\n— {text}\n".encode("utf-8", "ignore")))
def test_what_parses_is_in_its_one_spelling(content: bytes) -> None:
    try:
        assert bytes(parse(content)) == content
    except RecordRefused as error:
        assert isinstance(error, Malformed)


@given(st.integers(0, len(BYTES) - 1), st.integers(0, 255))
def test_any_other_byte_is_refused(at: int, byte: int) -> None:
    changed = BYTES[:at] + bytes([byte]) + BYTES[at + 1 :]
    try:
        signers = {each.key for each in verify(parse(changed), [LOG.key, WITNESS.key])}
    except RecordRefused:
        return
    assert changed == BYTES or signers != {LOG.key, WITNESS.key}


@pytest.mark.parametrize("content", ["", "hello", "a\tb\n", "\x00\n"])
def test_a_text_that_no_note_holds_is_not_signed(content: str) -> None:
    with pytest.raises(Malformed, match="text"):
        sign(content, LOG)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(KeyKind), st.text(min_size=1, max_size=20))
def test_keys_read_as_they_are_written(seed: bytes, kind: KeyKind, name: str) -> None:
    try:
        signer = signer_from(name, kind, seed)
    except Malformed:
        return
    assert read_signer(signer.secret) == signer
    assert read_key(str(signer.key)) == signer.key
    assert signer.secret not in repr(signer)
    assert repr(seed) not in repr(signer)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "a public key is a name, a key id and base64"),
        ("a+b", "a public key is a name"),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "`` is no name"),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "not spelled as one"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=", "not spelled as one"),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "has the id 530d903a, not 530d903b"),
        ("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "has the id"),
        ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "has a type that is not supported"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", "has 29 bytes, not 32"),
        ("example.com/foo+530d903a+", "has a type that is not supported"),
    ],
)
def test_a_key_that_is_spelled_otherwise_is_refused(written: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read_key(written)


@given(st.text(max_size=100))
def test_whatever_a_key_is_the_refusal_is_typed(written: str) -> None:
    for read in (read_key, read_signer, lambda text: read_signer(f"PRIVATE+KEY+{text}")):
        with pytest.raises(Malformed):
            read(written)


def test_a_private_key_is_never_quoted() -> None:
    for secret in (LOG.secret[:-2], LOG.secret.replace("+A", "+B"), LOG.secret + "x", LOG.secret[12:]):
        with pytest.raises(Malformed) as refusal:
            read_signer(secret)
        assert LOG.secret[-20:-4] not in str(refusal.value)


def test_a_witness_signs_at_an_instant_and_a_log_does_not() -> None:
    for signer, at in ((LOG, 5), (WITNESS, None), (WITNESS, -1), (WITNESS, 2**63)):
        with pytest.raises(OutOfRange, match="at"):
            signer.sign(b"text\n", at)
    with pytest.raises(OutOfRange, match="seed"):
        signer_from("a", KeyKind.LOG, b"short")
