"""Records of the journal, read strictly from the payloads that a segment commits to. `spec/journal.md`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from licet.record.log.fields import read_instant, read_number, read_string
from licet.record.refusal import Malformed
from licet.record.sealed.screened import Screened, read_screened, read_written
from licet.record.spelling import json_tree, shown


class Decided(NamedTuple):
    """A decision, as far as it can be computed again. `said` is what was decided, in one spelling.

    Where somebody acts for somebody, `subject` is the one whose decision it is, and `beside` the other one. `country`
    is where the connection seemed to come from, where that was observed. `safeguards` is what classifiers said of the
    request.
    """

    id: str
    at: datetime
    subject: str | None
    operation: str
    stream: bool
    requested: str
    served: str | None
    rulebook: str
    epoch: int
    said: Said
    beside: str | None = None
    country: str | None = None
    safeguards: tuple[Screened, ...] = ()


class Said(NamedTuple):
    """What a decision says of its outcome."""

    outcome: str
    served: str | None
    instruments: tuple[str, ...]
    unknown: tuple[str, ...]


class Ended(NamedTuple):
    """How an answer ended, and when; and what classifiers said of it."""

    id: str
    at: datetime
    how: str
    safeguards: tuple[Screened, ...] = ()


class Opened(NamedTuple):
    """The first record of a file: whose it is, and which of its files."""

    worker: str
    at: datetime
    segment: int


class Closed(NamedTuple):
    """The last record of a file: by whom, and how many come before it."""

    at: datetime
    by: str
    records: int


JournalRecord = Decided | Ended | Opened | Closed

_TEXT = r'"([^"\\\x00-\x1f]*)"'
_ID = r'"([^"\\\x00-\x1f]{1,256})"'
_MAYBE = r'(?:null|"([^"\\\x00-\x1f]*)")'
_TEXTS = r'\[((?:"[^"\\\x00-\x1f]*"(?:,"[^"\\\x00-\x1f]*")*)?)\]'
_SCREENED = r'(?:,"safeguards":(\[\{[^\\\[\]]*\}\]))?'
_INSTANT = r'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z)"'
_decision = re.compile(
    rf'\{{"type":"decision","id":{_ID},"at":{_INSTANT},"key":(?:null|"[^"\\\x00-\x1f]*"),"subject":{_MAYBE},'
    rf'"api":"(?:openai|anthropic)","endpoint":"[^"\\\x00-\x1f]*","operation":{_TEXT},"stream":(true|false),'
    rf'"requested":{_TEXT},"outcome":"(serve|substitute|refuse)","served":{_MAYBE},"instruments":{_TEXTS},'
    rf'"unknown":{_TEXTS},"rulebook":{_TEXT},"epoch":(0|[1-9][0-9]{{0,14}})'
    rf'(?:,"beside":{_TEXT})?(?:,"ip_country":"([A-Z]{{2}})")?{_SCREENED}\}}'
)
_end = re.compile(
    rf'\{{"type":"end","id":{_ID},"at":{_INSTANT},"how":"(done|cut|left|upstream-error)","instruments":{_TEXTS},'
    rf'"bytes":(?:0|[1-9][0-9]{{0,14}}){_SCREENED}\}}'
)
_instant = datetime.fromisoformat
_said: dict[tuple[str, str | None, str, str], Said] = {}
"""What decisions say, by how it is written: there are few of them, and each is then one value."""

SAID_LIMIT = 10_000

ID_LIMIT = 256
"""The longest name of a request, in characters: who verifies has to remember those without an end."""

_KEYS = {
    "decision": {
        *("type", "id", "at", "key", "subject", "api", "endpoint", "operation", "stream", "requested", "outcome"),
        *("served", "instruments", "unknown", "rulebook", "epoch", "beside", "ip_country", "safeguards"),
    },
    "end": {"type", "id", "at", "how", "instruments", "bytes", "safeguards"},
    "opened": {"type", "worker", "at", "segment"},
    "closed": {"type", "at", "by", "records"},
}
_OPTIONAL = {"decision": {"beside", "ip_country", "safeguards"}, "end": {"instruments", "bytes", "safeguards"}}
"""Keys that have defaults."""

SAFEGUARDS = "record: `safeguards`"
_COUNTRY = re.compile("[A-Z]{2}")


def read_record(payload: bytes, place: str = "record") -> JournalRecord:
    """The record that a payload is. Raises `Malformed`."""
    try:
        found = _plain(payload)
    except ValueError:  # not UTF-8, or a date that does not exist
        found = None
    return found or _strictly(payload, place)


def _plain(payload: bytes) -> JournalRecord | None:
    """The record, if it is spelled as the gate spells those without anything to escape."""
    text = payload.decode()
    found = _decision.fullmatch(text)
    if found is not None:
        id_, at, subject, operation, stream, requested, outcome, served, *names = found.groups()
        rulebook, epoch, beside, country, screened = names[2:]
        key = (outcome, served, names[0], names[1])
        said = _said.get(key)
        if said is None:
            if len(_said) >= SAID_LIMIT:
                _said.clear()
            said = _said[key] = Said(outcome, served, _split(names[0]), _split(names[1]))
        streams = stream == "true"
        when, number = _instant(at), int(epoch)
        heard = read_written(screened, SAFEGUARDS) if screened is not None else ()
        return Decided(
            id_, when, subject, operation, streams, requested, served, rulebook, number, said, beside, country, heard
        )
    found = _end.fullmatch(text)
    if found is None:
        return None
    return Ended(
        found[1], _instant(found[2]), found[3], read_written(found[5], SAFEGUARDS) if found[5] is not None else ()
    )


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined[1:-1].split('","')) if joined else ()


def _strictly(payload: bytes, place: str) -> JournalRecord:
    tree = json_tree(payload, place)
    word = tree.get("type") if isinstance(tree, dict) else None
    if not isinstance(word, str) or word not in _KEYS:
        raise Malformed(f"{place}: `type`", f"not one of {', '.join(f'`{each}`' for each in _KEYS)}")
    wrong = (tree.keys() ^ _KEYS[word]) - (_OPTIONAL.get(word, set()) - tree.keys())
    if wrong:
        first = min(wrong)
        raise Malformed(place, f"{'unknown key' if first in tree else 'no key'} {shown(first)} in `{word}`")
    return _of_tree(word, tree, place)


def _of_tree(word: str, tree: dict[str, Any], place: str) -> JournalRecord:
    at = read_instant(tree["at"], f"{place}: `at`")

    def text(key: str) -> str:
        return read_string(tree[key], f"{place}: `{key}`")

    def number(key: str) -> int:
        return read_number(tree[key], f"{place}: `{key}`")

    match word:
        case "opened":
            return Opened(text("worker"), at, number("segment"))
        case "closed":
            return Closed(at, text("by"), number("records"))
        case "end":
            return Ended(_id(tree, place), at, text("how"), _screened(tree, place))
    served, subject = _or_null(tree, "served", place), _or_null(tree, "subject", place)
    if type(tree["stream"]) is not bool:
        raise Malformed(f"{place}: `stream`", "not true or false")
    if tree["outcome"] not in ("serve", "substitute", "refuse"):
        raise Malformed(f"{place}: `outcome`", "not `serve`, `substitute` or `refuse`")
    instruments, unknown = _texts(tree, "instruments", place), _texts(tree, "unknown", place)
    said = Said(tree["outcome"], served, instruments, unknown)
    return Decided(
        _id(tree, place),
        at,
        subject,
        text("operation"),
        tree["stream"],
        text("requested"),
        served,
        text("rulebook"),
        number("epoch"),
        said,
        _or_null(tree, "beside", place),
        _country(tree, place),
        _screened(tree, place),
    )


def _screened(tree: dict[str, Any], place: str) -> tuple[Screened, ...]:
    return read_screened(tree["safeguards"], f"{place}: `safeguards`") if "safeguards" in tree else ()


def _country(tree: dict[str, Any], place: str) -> str | None:
    found = _or_null(tree, "ip_country", place)
    if found is not None and not _COUNTRY.fullmatch(found):
        raise Malformed(f"{place}: `ip_country`", "not two capital letters, or null")
    return found


def _id(tree: dict[str, Any], place: str) -> str:
    found = read_string(tree["id"], f"{place}: `id`")
    if not 0 < len(found) <= ID_LIMIT:
        raise Malformed(f"{place}: `id`", f"not 1 to {ID_LIMIT} characters")
    return found


def _or_null(tree: dict[str, Any], key: str, place: str) -> str | None:
    return None if tree.get(key) is None else read_string(tree[key], f"{place}: `{key}`")


def _texts(tree: dict[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = tree[key]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Malformed(f"{place}: `{key}`", "not a list of strings")
    return tuple(value)
