"""Rulebooks rebuilt from a log: those that were enacted, also where something is withheld and opened."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.june_log import BOOKS, LAW

from licet.record.log.entries import (
    Enacted,
    Entry,
    Instrument,
    ListPart,
    PublishedList,
    WithheldInstrument,
    WithheldList,
)
from licet.record.log.opening import WORDS, Opening, opening, read_opening
from licet.record.log.rulebooks import Law, Withheld
from licet.record.refusal import NotProven, RecordRefused

SALT = b"s" * 32


def law(entries: list[Entry], *openings: Opening) -> Law:
    return Law(enumerate(entries), {each.commitment: each for each in openings})


def test_the_rulebook_of_every_epoch_is_the_one_that_was_enacted() -> None:
    rebuilt = law(LAW)
    for epoch, book in BOOKS.items():
        found = rebuilt.rulebook(epoch)
        assert (found.digest, found.epoch) == (book.digest, epoch)
        assert found.instruments == book.instruments
        assert found.facts == book.facts
        assert found.catalogue.models == book.catalogue.models
        assert rebuilt.rulebook(epoch) is found
    assert rebuilt.rulebook(0).instruments == ()


def test_an_epoch_that_was_not_enacted_has_none() -> None:
    with pytest.raises(NotProven, match="the log has no such enactment"):
        law(LAW).rulebook(3)


@pytest.mark.parametrize("kind", ["definition", "model", "fact", "order", "lift"])
def test_a_document_too_few_makes_no_rulebook(kind: str) -> None:
    gone = next(each for each in LAW if isinstance(each, Instrument) and each.kind == kind)
    with pytest.raises(NotProven, match="is not in the log"):
        law([each for each in LAW if each is not gone]).rulebook(2)
    unnamed = [
        replace(each, documents=tuple(name for name in each.documents if name != gone.digest))
        if isinstance(each, Enacted)
        else each
        for each in LAW
    ]
    with pytest.raises(NotProven):
        law(unnamed).rulebook(2)


def test_lists_are_needed_and_may_come_in_parts() -> None:
    whole = next(each for each in LAW if isinstance(each, PublishedList))
    with pytest.raises(NotProven, match="there is no list"):
        law([each for each in LAW if each is not whole]).rulebook(2)
    half = len(whole.text) // 2
    parts = [ListPart(whole.digest, 1, 2, whole.text[:half]), ListPart(whole.digest, 2, 2, whole.text[half:])]
    at = LAW.index(whole)
    assert law([*LAW[:at], *parts, *LAW[at + 1 :]]).rulebook(2).digest == BOOKS[2].digest


def withheld() -> tuple[list[Entry], tuple[Opening, ...]]:
    """The same law with one order, one list and the digest of the rulebook withheld."""
    order = next(each for each in LAW if isinstance(each, Instrument) and each.kind == "order")
    listed = next(each for each in LAW if isinstance(each, PublishedList))
    document = opening("document", SALT, order.document)
    content = opening("document", b"l" * 32, listed.text.encode())
    rulebook = opening("rulebook", b"r" * 32, BOOKS[2].digest.encode())
    renamed = {order.digest: document.commitment, listed.digest: content.commitment}

    def hidden(entry: Entry) -> Entry:
        match entry:
            case Instrument() if entry is order:
                return WithheldInstrument(
                    "order", None, document.commitment, b"{}", ("models",), "it says so", "50 USC 1805"
                )
            case PublishedList() if entry is listed:
                return WithheldList(content.commitment, "it says so", "50 USC 1805")
            case Enacted(epoch=2):
                documents, lists = (
                    tuple(renamed.get(each, each) for each in names) for names in (entry.documents, entry.lists)
                )
                return replace(entry, documents=documents, lists=lists, rulebook=rulebook.commitment)
            case _:
                return entry

    return [hidden(each) for each in LAW], (document, content, rulebook)


def test_what_is_withheld_has_to_be_opened() -> None:
    entries, openings = withheld()
    assert law(entries, *openings).rulebook(2).digest == BOOKS[2].digest
    for missing in openings:
        less = law(entries, *(each for each in openings if each is not missing))
        with pytest.raises(Withheld, match=missing.commitment):
            less.rulebook(2)
        assert less.rulebook(1).digest == BOOKS[1].digest


def test_an_opening_of_another_kind_opens_nothing() -> None:
    entries, (document, content, rulebook) = withheld()
    other = opening("record", rulebook.salt, rulebook.content)
    with pytest.raises(Withheld):
        law(entries, document, content, other).rulebook(2)


def test_an_opening_reads_as_it_was_written() -> None:
    for word in WORDS:
        made = opening(word, SALT, "naïve\n".encode())
        assert read_opening(bytes(made)) == made


def test_every_byte_of_an_opening_matters() -> None:
    content = bytes(opening("document", SALT, b'{"order":"x"}'))
    for at in range(len(content)):
        for mask in (0x01, 0x20, 0x80):
            with pytest.raises(RecordRefused):
                read_opening(content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :])
    for other in (content[:-1], content + b"\n", b"\n", b"", content * 2):
        with pytest.raises(RecordRefused):
            read_opening(other)


@given(st.binary(max_size=200) | st.dictionaries(st.text(), st.text()).map(lambda tree: json.dumps(tree).encode()))
@settings(deadline=None)
def test_whatever_an_opening_is_it_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(RecordRefused, match="opening"):
        read_opening(content)
