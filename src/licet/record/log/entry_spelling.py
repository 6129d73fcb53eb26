"""Entries as bytes: which fields each type has, and their one spelling in canonical JSON. `spec/record-entries.md`."""

from __future__ import annotations

from typing import Any

from licet.record.log.entries import (
    Acknowledged,
    Act,
    Correction,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    KeyHandOver,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
)
from licet.record.log.fields import (
    ACTOR,
    CONTENT,
    DEED,
    DIGEST,
    GROUND,
    HASH,
    INSTANT,
    KIND,
    LOG_KEY,
    NAME,
    NUMBER,
    OBJECT,
    OUTCOME,
    SALTED,
    SIGNATURE,
    STRING,
    TEXT,
    Form,
    many,
    or_null,
)
from licet.record.log.plain_entries import read_plain
from licet.record.refusal import Malformed, OutOfRange, RecordRefused
from licet.record.spelling import canonical, json_object, shown
from licet.record.tree.tiles import ENTRY_LIMIT

FIELDS: dict[type[Entry], dict[str, Form]] = {
    Instrument: {"kind": KIND, "name": NAME, "digest": DIGEST, "document": OBJECT},
    WithheldInstrument: {
        "kind": KIND,
        "name": or_null(NAME),
        "commitment": SALTED,
        "public": OBJECT,
        "withheld": many(TEXT, least=1, sorted_=True),
        "reason": TEXT,
        "authority": TEXT,
    },
    PublishedList: {"digest": DIGEST, "text": STRING},
    ListPart: {"digest": DIGEST, "part": NUMBER, "parts": NUMBER, "text": STRING},
    WithheldList: {"commitment": SALTED, "reason": TEXT, "authority": TEXT},
    Enacted: {
        "epoch": NUMBER,
        "at": INSTANT,
        "by": many(ACTOR),
        "ground": GROUND,
        "documents": many(CONTENT),
        "lists": many(CONTENT),
        "rulebook": CONTENT,
    },
    Acknowledged: {"epoch": NUMBER, "worker": NAME, "at": INSTANT},
    Act: {
        "act": NAME,
        "kind": DEED,
        "outcome": OUTCOME,
        "at": INSTANT,
        "by": many(ACTOR, least=1),
        "content": or_null(SALTED),
    },
    JournalSegment: {
        "segment": NAME,
        "worker": NAME,
        "file": NAME,
        "first": INSTANT,
        "last": INSTANT,
        "records": NUMBER,
        "root": HASH,
        "bytes": NUMBER,
        "sha256": DIGEST,
    },
    SubjectFacts: {"segment": NAME, "subjects": NUMBER, "root": HASH},
    Correction: {"entry": NUMBER, "at": INSTANT, "why": TEXT},
    Deletion: {
        "entry": NUMBER,
        "segment": NAME,
        "root": HASH,
        "records": NUMBER,
        "at": INSTANT,
        "rule": TEXT,
    },
    KeyHandOver: {
        "at": INSTANT,
        "old": LOG_KEY,
        "new": LOG_KEY,
        "why": TEXT,
        "signed_by_old": SIGNATURE,
        "signed_by_new": SIGNATURE,
    },
}
"""The fields of each type, in the order of the specification."""

_BY_TYPE = {each.TYPE: (each, fields, {"type", *fields}) for each, fields in FIELDS.items()}


def tree_of(entry: Entry) -> dict[str, Any]:
    """The entry as JSON."""
    fields = {name: form.write(getattr(entry, name)) for name, form in FIELDS[type(entry)].items()}
    return {"type": entry.TYPE, **fields}


def encode(entry: Entry) -> bytes:
    """The bytes of an entry. Raises `Malformed` for a value that its field cannot hold, `OutOfRange` for too many."""
    content = canonical(tree_of(entry), "entry")
    if len(content) > ENTRY_LIMIT:
        raise OutOfRange("entry", f"{len(content)} bytes, more than {ENTRY_LIMIT}")
    read_entry(content)
    return content


def read_entry(content: bytes, place: str = "entry") -> Entry:
    """The entry that these bytes are. Raises `Malformed`."""
    if len(content) > ENTRY_LIMIT:
        raise Malformed(place, f"{len(content)} bytes, more than {ENTRY_LIMIT}")
    return read_plain(content) or entry_of(json_object(content, place), place)


def entry_of(tree: dict[str, Any], place: str = "entry") -> Entry:
    """The entry that a JSON object is. Raises `Malformed`."""
    word = tree.get("type")
    if not isinstance(word, str) or word not in _BY_TYPE:
        raise Malformed(f"{place}: `type`", f"not one of {', '.join(f'`{each}`' for each in _BY_TYPE)}")
    kind, fields, keys = _BY_TYPE[word]
    if tree.keys() != keys:
        wrong = min(tree.keys() ^ keys)
        raise Malformed(place, f"{'unknown key' if wrong in tree else 'no key'} {shown(wrong)} in `{word}`")
    try:
        values = {name: form.read(tree[name], f"`{name}`") for name, form in fields.items()}
        return kind(**values)
    except RecordRefused as error:
        raise Malformed(f"{place}: {error.place}", error.why) from None
