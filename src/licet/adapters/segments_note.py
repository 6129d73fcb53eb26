"""`<segment>.json`: what is public of a sealed segment, in its one spelling. `spec/segments.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from licet.record.log.entries import JournalSegment, SubjectFacts
from licet.record.log.entry_spelling import entry_of, tree_of
from licet.record.log.fields import NAME, NUMBER, TEXT
from licet.record.refusal import Malformed, RecordRefused
from licet.record.spelling import canonical, json_object
from licet.services.record.ports import Hole, Sealed, SegmentsUnusable

FORMAT = "licet-segment/1"


def spelled(sealed: Sealed) -> bytes:
    """The file of a segment."""
    tree = {
        "format": FORMAT,
        "journal": sealed.journal,
        "segment": tree_of(sealed.entry),
        "facts": None if sealed.facts is None else tree_of(sealed.facts),
        "damage": [each._asdict() for each in sealed.damage],
    }
    return canonical(tree) + b"\n"


def read_note(path: Path) -> Sealed:
    """The segment that a file says. Raises `SegmentsUnusable` where it is not what sealing wrote, and `OSError`."""
    content = path.read_bytes()
    try:
        sealed = _sealed(json_object(content[:-1], "note"))
    except RecordRefused as error:
        raise SegmentsUnusable(f"`{path}` is damaged: {error}; restore it from a backup") from error
    if content[-1:] != b"\n" or sealed.name != path.stem or spelled(sealed) != content:
        raise SegmentsUnusable(f"`{path}` is not what sealing wrote; restore it from a backup")
    return sealed


def _sealed(tree: dict[str, Any]) -> Sealed:
    if tree.keys() != {"format", "journal", "segment", "facts", "damage"} or tree["format"] != FORMAT:
        raise Malformed("`format`", f"not a file of the format `{FORMAT}`")
    entry = entry_of(tree["segment"]) if isinstance(tree["segment"], dict) else None
    facts = entry_of(tree["facts"]) if isinstance(tree["facts"], dict) else None
    if not isinstance(entry, JournalSegment):
        raise Malformed("`segment`", "not an entry of the type `journal-segment`")
    if tree["facts"] is not None and not (isinstance(facts, SubjectFacts) and facts.segment == entry.segment):
        raise Malformed("`facts`", "not the entry `subject-facts` of the segment")
    if not isinstance(tree["damage"], list):
        raise Malformed("`damage`", "not a list")
    damage = tuple(_hole(each) for each in tree["damage"])
    return Sealed(
        NAME.read(tree["journal"], "`journal`"), entry, facts if isinstance(facts, SubjectFacts) else None, damage
    )


def _hole(tree: Any) -> Hole:
    if not isinstance(tree, dict) or tree.keys() != {"offset", "end", "why"}:
        raise Malformed("`damage`", "not an object of `offset`, `end` and `why`")
    place = "`damage`"
    return Hole(NUMBER.read(tree["offset"], place), NUMBER.read(tree["end"], place), TEXT.read(tree["why"], place))
