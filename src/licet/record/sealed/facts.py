"""What was attested of one subject: a leaf of a segment's tree of facts. `spec/record-proof.md`, section "Facts".

With a segment's decisions it is all that recomputing them needs of their subjects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from licet.core.facts import LARGEST_INTEGER, UNKNOWN, About, Fact, Kind, Members, Unknown, Value, complete
from licet.record.log.fields import INSTANT, TEXT, or_null
from licet.record.refusal import Malformed, OutOfRange, RecordRefused
from licet.record.sealed.commitment import SALTS_A_BLOCK, Domain, commit, salts
from licet.record.spelling import canonical, json_object, shown
from licet.record.tree.merkle import Head, root_of

BEFORE = timedelta(hours=1)
"""A leaf holds what counts from so long before the first record of its segment to its last."""

SUBJECT_FACT = "subject"
"""The fact about a request that says who asks, by name: known from the key, and never attested."""

KINDS = ("person", "workload")

_KEYS = {"subject", "name", "kind", "attested"}
_ATTESTED = {"fact", "value", "at", "until"}
_UNTIL = or_null(INSTANT)


class Attested(NamedTuple):
    """One fact's value, since when the gate went by it (`at`), and until when; None: without an end."""

    fact: str
    value: Value
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class SubjectLeaf:
    """What was attested of one subject and counts for a segment's decisions, in the order in which the gate knew it.

    `subject` is the journal's pseudonym. `name` and `kind` are None, and nothing is attested, where nobody by that
    pseudonym is known any more.
    """

    subject: str
    name: str | None
    kind: str | None
    attested: tuple[Attested, ...]

    def __post_init__(self) -> None:
        if (self.name is None) != (self.kind is None) or (self.name is None and self.attested):
            raise Malformed("`name`", "nobody is known by the pseudonym, yet something is said of them")

    def __bytes__(self) -> bytes:
        """Its one spelling. Raises `Malformed`, `OutOfRange` for a value that has none."""
        tree = {
            "subject": self.subject,
            "name": self.name,
            "kind": self.kind,
            "attested": [
                {
                    "fact": each.fact,
                    "value": value_to_json(each.value),
                    "at": _written(each.at),
                    "until": None if each.until is None else _written(each.until),
                }
                for each in self.attested
            ],
        }
        text = _write(tree)
        # as the standard library writes ASCII, RFC 8785 does (see `spelling`); a segment may name a million subjects
        return text.encode() if text.isascii() else canonical(tree, "facts")


def read_leaf(content: bytes, place: str = "facts") -> SubjectLeaf:
    """The leaf that these bytes are. Raises `Malformed`."""
    tree = json_object(content, place)
    try:
        return _leaf(tree)
    except RecordRefused as error:
        raise Malformed(f"{place}: {error.place}", error.why) from None


def facts_at(leaf: SubjectLeaf, declared: Mapping[str, Fact], instant: datetime) -> dict[str, Value]:
    """A value for every declared fact at an instant, as the gate had them.

    Of each fact the last attestation counts that was there by then (`at <= instant`), as long as `instant < until` and
    the value is one of the declaration's; what else is declared is unknown. Of the facts about the request, only who
    asks is known.
    """
    newest = {each.fact: each for each in leaf.attested if each.at <= instant}
    known = {
        name: each.value
        for name, each in newest.items()
        if (each.until is None or instant < each.until) and _fits(declared.get(name), each.value)
    }
    return complete(declared, known | _named(leaf.name, declared))


def within(leaf: SubjectLeaf, since: datetime, until: datetime) -> SubjectLeaf:
    """The same without the attestations that count at no instant in [`since`, `until`]: `facts_at` is equal in there.

    Of each fact, what comes before the last one with `at <= since` never counts again.
    """
    begins = {each.fact: position for position, each in enumerate(leaf.attested) if each.at <= since}
    kept = [
        each for position, each in enumerate(leaf.attested) if position >= begins.get(each.fact, 0) and each.at <= until
    ]
    return leaf if len(kept) == len(leaf.attested) else replace(leaf, attested=tuple(kept))


def changes(leaf: SubjectLeaf) -> tuple[datetime, ...]:
    """The instants at which a fact of this subject may change, in order; between two, `facts_at` is constant."""
    ends = (each.until for each in leaf.attested if each.until is not None)
    return tuple(sorted({*(each.at for each in leaf.attested), *ends}))


def facts_leaves(contents: Sequence[bytes], seed: bytes) -> list[bytes]:
    """The leaf hashes of a segment's facts, from the spellings of its leaves in order and their secret seed."""
    found: list[bytes] = []
    for start in range(0, len(contents), SALTS_A_BLOCK):
        salting = salts(seed, start // SALTS_A_BLOCK)
        part = contents[start : start + SALTS_A_BLOCK]
        found += [commit(Domain.FACTS, salt, content) for salt, content in zip(salting, part, strict=False)]
    return found


def facts_head(contents: Sequence[bytes], seed: bytes) -> Head:
    """How many subjects there are, and the root that the entry `subject-facts` has."""
    return Head(len(contents), root_of(facts_leaves(contents, seed)))


def read_leaves(contents: Sequence[bytes], place: str = "facts") -> list[SubjectLeaf]:
    """The leaves of a whole segment, each subject once, in the order of the pseudonyms. Raises `Malformed`."""
    leaves = [read_leaf(content, f"{place} {at}") for at, content in enumerate(contents)]
    for at in range(1, len(leaves)):
        if leaves[at - 1].subject >= leaves[at].subject:
            raise Malformed(
                f"{place} {at}: `subject`", f"{shown(leaves[at].subject)} does not come after the one before"
            )
    return leaves


def value_to_json(value: Value) -> object:
    """A value as JSON, sets with their members in order: see `value_from_json`. Raises `OutOfRange`."""
    match value:
        case Unknown():
            return {"unknown": True}
        case Members(known, is_complete):
            return {"known": sorted(known), "complete": is_complete}
        case int() if abs(value) > LARGEST_INTEGER:
            raise OutOfRange("value", f"{value} is not within 2^53 - 1")
        case _:
            return value


def value_from_json(tree: Any, place: str) -> Value:
    """The value that a JSON tree spells; raises `Malformed` for every other tree.

    `true`, `3`, `"x"`, `{"known": [...], "complete": true}`, `{"unknown": true}`.
    """
    match tree:
        case bool() | str():
            return tree
        case int() if abs(tree) <= LARGEST_INTEGER:
            return tree
        case {"unknown": True, **rest} if not rest and tree["unknown"] is True:
            return UNKNOWN
        case {"known": list(known), "complete": bool(is_complete), **rest} if not rest and _is_sorted(known):
            return Members(frozenset(known), is_complete)
    raise Malformed(place, "not a value: true, false, a whole number, a string, members in order, or unknown")


def _is_sorted(known: list[Any]) -> bool:
    return all(isinstance(each, str) for each in known) and known == sorted(set(known))


def _leaf(tree: dict[str, Any]) -> SubjectLeaf:
    _check_keys(tree, _KEYS, "leaf")
    name, kind = tree["name"], tree["kind"]
    if kind is not None and kind not in KINDS:
        raise Malformed("`kind`", "not `person`, `workload` or null")
    if not isinstance(tree["attested"], list):
        raise Malformed("`attested`", "not a list")
    attested = tuple(_attested(each, f"`attested` {at}") for at, each in enumerate(tree["attested"]))
    subject = TEXT.read(tree["subject"], "`subject`")
    return SubjectLeaf(subject, None if name is None else TEXT.read(name, "`name`"), kind, attested)


def _attested(tree: Any, place: str) -> Attested:
    if not isinstance(tree, dict):
        raise Malformed(place, "not an object")
    _check_keys(tree, _ATTESTED, place)
    return Attested(
        TEXT.read(tree["fact"], f"{place} `fact`"),
        value_from_json(tree["value"], f"{place} `value`"),
        INSTANT.read(tree["at"], f"{place} `at`"),
        _UNTIL.read(tree["until"], f"{place} `until`"),
    )


def _check_keys(tree: dict[str, Any], keys: set[str], place: str) -> None:
    if tree.keys() != keys:
        wrong = min(tree.keys() ^ keys)
        raise Malformed(place, f"{'unknown key' if wrong in tree else 'no key'} {shown(wrong)}")


def _fits(fact: Fact | None, value: Value) -> bool:
    return fact is not None and fact.about is About.SUBJECT and fact.admits(value)


def _named(name: str | None, declared: Mapping[str, Fact]) -> dict[str, Value]:
    """Who asks, as a fact, where there is one for it; one that an operator declared otherwise is not ours to fill."""
    fact = declared.get(SUBJECT_FACT)
    if name is None or fact is None or fact.about is not About.REQUEST or fact.kind is not Kind.STRING:
        return {}
    return {SUBJECT_FACT: name} if fact.admits(name) else {}


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_written = lru_cache(maxsize=4096)(INSTANT.write)
"""Most attestations of a segment came in a few imports."""
