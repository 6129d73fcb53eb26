"""Documents in and out: from files to a rulebook, from a store to the same one, and everything wrong at once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import FACTS, World, annex_file, documents_of, worlds

from licet.core.schema import FORMS
from licet.core.shaping import ReadList
from licet.wire.documents import DocumentsRejectedError, Reading, SourceFile, Written, read_files, read_stored, shipped

MODEL = "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'https://m.example'}\n"
RELEASE = "release: r\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\nto: org in a\n"


def read(*texts: str, before: tuple[Written, ...] = ()) -> Reading:
    files = [SourceFile(f"{number}.yaml", text.encode(), annex_file) for number, text in enumerate(texts)]
    return read_files(files, before, from_lists(before))


def from_lists(written: tuple[Written, ...]) -> ReadList:
    lists = {digest: content for each in written for digest, content in each.lists.items()}
    return lambda _name, digest: lists.get(digest or "")


def as_yaml(world: World) -> str:
    """JSON is YAML."""
    return "\n---\n".join(json.dumps(tree) for tree in documents_of(world))


@given(worlds(most=6))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_read_from_files_reads_back_from_a_store_to_the_same_rulebook(world: World) -> None:
    reading = read(as_yaml(world))
    book = reading.rulebook(7)
    stored = read_stored(reading.written, from_lists(reading.written)).rulebook(7)
    assert stored.digest == book.digest
    assert (stored.instruments, stored.definitions, stored.facts) == (book.instruments, book.definitions, book.facts)
    assert stored.catalogue.models == book.catalogue.models
    assert stored.epoch == 7


@given(worlds(most=5), st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_enacting_bit_by_bit_makes_the_same_rulebook(world: World, data: st.DataObject) -> None:
    trees = [json.dumps(tree) for tree in documents_of(world)]
    cut = data.draw(st.integers(len(FACTS) + len(world.models), len(trees)), "cut")  # what follows refers backwards
    whole = read("\n---\n".join(trees))
    first = read("\n---\n".join(trees[:cut]))
    second = read("\n---\n".join(trees[cut:]), before=first.written)
    assert second.rulebook(1).digest == whole.rulebook(1).digest
    assert {each.digest for each in first.written} | {each.digest for each in second.written} == {
        each.digest for each in whole.written
    }


documents = st.recursive(
    st.one_of(
        st.booleans(), st.none(), st.integers(), st.sampled_from(("m", "a", "x@1", "true", "2026-06-01", "", "é"))
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(sorted({*FORMS, *(field.name for form in FORMS.values() for field in form.fields), "zz"})),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=12,
)


@given(st.lists(documents, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_is_documents_or_a_typed_error_with_places(trees: list[object]) -> None:
    try:
        read("\n---\n".join(json.dumps(tree) for tree in trees))
    except DocumentsRejectedError as error:
        assert error.messages
        assert all(message.startswith("0.yaml:") for message in error.messages)


def test_everything_wrong_in_every_file_is_told_at_once() -> None:
    with pytest.raises(DocumentsRejectedError) as refused:
        read(MODEL + "colour: red\n", "a: &x b\n", RELEASE + "title: 3\n")
    assert [message.split(": ")[0] for message in refused.value.messages] == [
        "0.yaml:5:1",
        "1.yaml:1:4",
        "2.yaml:6:8",
    ]


def test_a_document_that_was_refused_does_not_make_others_lead_nowhere() -> None:
    with pytest.raises(DocumentsRejectedError) as refused:
        read(MODEL.replace("apis: [openai]", "apis: []") + "---\n" + RELEASE.replace("org in a", "true"))
    assert len(refused.value.messages) == 1


def test_a_stored_document_whose_bytes_changed_is_an_error() -> None:
    written = read(MODEL).written
    broken = tuple(replace(each, canonical=each.canonical.replace(b'"f"', b'"g"')) for each in written)
    with pytest.raises(DocumentsRejectedError, match="stored model `m`: its bytes do not have the digest"):
        read_stored(broken, from_lists(written))


def test_a_stored_list_that_is_missing_is_an_error() -> None:
    written = read(MODEL, RELEASE + "uses: {a: annex_a.csv}\n").written
    with pytest.raises(DocumentsRejectedError, match=r"stored release `r`: there is no list `annex_a.csv`"):
        read_stored(written, lambda _name, _digest: None)


def test_a_list_that_changed_in_the_store_is_an_error() -> None:
    written = read(MODEL, RELEASE + "uses: {a: annex_a.csv}\n").written
    with pytest.raises(DocumentsRejectedError, match=r"stored release `r`: `annex_a.csv` has the digest"):
        read_stored(written, lambda _name, _digest: b"org\neverybody\n")


def test_a_document_that_was_enacted_before_is_not_written_again() -> None:
    first = read(MODEL)
    assert read(MODEL, before=first.written).written == ()
    assert [each.name for each in read(MODEL.replace(": f", ": g"), before=first.written).written] == ["m"]


def test_a_store_holds_all_that_its_rulebook_needs() -> None:
    """Facts and definitions that come with Licet are written with the first enactment, and stay as they were then."""
    written = read(MODEL).written
    assert {(draft.kind, draft.name) for draft in shipped()} <= {(each.kind, each.name) for each in written}


def test_an_enacted_fact_keeps_its_meaning_against_what_comes_with_licet() -> None:
    text = "fact: staff\ntype: boolean\nmeaning: Works here.\nsource: contract\n"
    with pytest.raises(DocumentsRejectedError, match=r"0.yaml:1:7: the fact `staff` exists already"):
        read(text)
