"""`vectors/documents/`: YAML in, canonical forms and digests or exact messages out."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from licet.wire.canonical import canonical, digest
from licet.wire.documents import DocumentsRejectedError, Reading, SourceFile, Written, read_files

FOLDER = Path(__file__).parents[2] / "vectors" / "documents"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((FOLDER / name).read_text())["cases"]]


def content(case: dict[str, Any]) -> bytes:
    return case["yaml"].encode() if "yaml" in case else base64.b64decode(case["yaml_base64"])


def read(case: dict[str, Any]) -> Reading:
    lists = {
        name: text.encode() if isinstance(text, str) else base64.b64decode(text["base64"])
        for name, text in case["lists"].items()
    }
    return read_files([SourceFile("orders.yaml", content(case), lists.get)])


def spelled(document: Written) -> dict[str, str]:
    return {
        "kind": document.kind,
        "name": document.name,
        "digest": document.digest,
        "canonical": document.canonical.decode(),
    }


@pytest.mark.parametrize("case", cases("canonical.json"))
def test_a_document_has_the_canonical_form_and_digest_of_the_vector(case: dict[str, Any]) -> None:
    written = {(each.kind, each.name): spelled(each) for each in read(case).written}
    for expected in case["documents"]:
        assert written[expected["kind"], expected["name"]] == expected
        assert canonical(json.loads(expected["canonical"])).decode() == expected["canonical"]
        assert digest(expected["canonical"].encode()) == expected["digest"]
    assert case["documents"]


@pytest.mark.parametrize("case", cases("errors.json"))
def test_documents_are_refused_in_the_words_of_the_vector(case: dict[str, Any]) -> None:
    with pytest.raises(DocumentsRejectedError) as refused:
        read(case)
    assert list(refused.value.messages) == case["messages"]


@pytest.mark.parametrize("case", cases("errors.json"))
def test_each_message_has_its_place_and_the_form_of_the_house(case: dict[str, Any]) -> None:
    """`file:line:column: message`, the message without a capital at its beginning and a full stop at its end."""
    for message in case["messages"]:
        file, line, column, text = message.split(":", 3)
        assert file == "orders.yaml"
        assert int(line) >= 1
        assert int(column) >= 1
        assert text.startswith(" ")
        assert not text[1].isupper()
        assert not text.endswith(".") or text.endswith("...")
