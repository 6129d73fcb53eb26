"""Disclose: sealed segments, whole or record by record, in a folder for an auditor. `spec/segments.md`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from licet.core.errors import LicetError
from licet.record.log.fields import write_instant
from licet.record.sealed.segment import Blocks, block_roots
from licet.record.spelling import canonical, to_base64
from licet.record.tree.merkle import Head
from licet.services.record.ports import Opened, Sealed, Segments, SegmentsUnusable

FORMAT = "licet-disclosure/1"
CONTENTS = "disclosure.json"


class NothingToDisclose(LicetError):
    """No sealed segment has what was asked for."""


class Disclosing(Segments, Protocol):
    """What disclosing needs of the segments."""

    def note(self, sealed: Sealed) -> bytes:
        """What is public of a segment, as its `.json` has it."""

    def seed(self, sealed: Sealed) -> bytes:
        """The secret seed of its records' salts."""

    def payloads(self, sealed: Sealed) -> Iterator[bytes]:
        """The payloads of all its records, in order, unchecked."""

    def facts(self, sealed: Sealed) -> tuple[bytes | None, list[bytes]]:
        """The seed of its facts' salts and its spelled leaves, checked; none where no decision names a subject.

        Without a seed, somebody was erased, and the leaves are those of the others.
        """

    def subjects(self, sealed: Sealed) -> Collection[str]:
        """The pseudonyms that its decisions name, without those of whom was erased."""

    def decided(self, sealed: Sealed, asked: Asked) -> tuple[list[int], list[str]]:
        """The indices, in order, of the decisions that were asked for and of their ends, and whom they name."""

    def openings(self, sealed: Sealed, indices: Sequence[int]) -> Iterator[Opened]:
        """What opens these records, in order."""

    def facts_openings(self, sealed: Sealed, subjects: Sequence[str]) -> Iterator[Opened]:
        """What opens the facts of these pseudonyms, in order."""


class Bundle(Protocol):
    """The folder that an auditor gets. Raises `SegmentsUnusable`."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file."""

    def put_lines(self, name: str, lines: Iterable[bytes], *, compressed: bool = False) -> int:
        """Write a file of lines; how many there were."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which time, [`since`, `until`), and whose decisions (pseudonyms); None: no limit, and whole segments."""

    since: datetime | None = None
    until: datetime | None = None
    subjects: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The segments that a disclosure holds, how many records and how many subjects' facts."""

    segments: tuple[str, ...]
    records: int
    subjects: int


def disclose(folder: Disclosing, bundle: Bundle, asked: Asked, now: datetime) -> Disclosed:
    """Write what was asked for, and nothing else, into a bundle.

    What is handed out is checked against the segments' own entries first. Raises `NothingToDisclose`,
    `SegmentsUnusable`.
    """
    part = _whole if asked.subjects is None else _some
    names: list[str] = []
    records = subjects = 0
    for sealed in folder.sealed():
        if not _overlaps(sealed, asked):
            continue
        counted = part(folder, bundle, sealed, asked)
        if counted is not None:
            bundle.put(f"{sealed.name}.json", folder.note(sealed))
            names.append(sealed.name)
            records += counted[0]
            subjects += counted[1]
    if not names:
        raise NothingToDisclose("no sealed segment has what was asked for; `licet record seal` seals what is closed")
    bundle.put(CONTENTS, canonical(_contents(names, asked, now)) + b"\n")
    return Disclosed(tuple(names), records, subjects)


def _overlaps(sealed: Sealed, asked: Asked) -> bool:
    entry = sealed.entry
    return (asked.since is None or entry.last >= asked.since) and (asked.until is None or entry.first < asked.until)


def _whole(folder: Disclosing, bundle: Bundle, sealed: Sealed, _: Asked) -> tuple[int, int]:
    """A whole segment: every payload and leaf, the block roots, and the two seeds.

    Where somebody was erased, the leaves of the others are opened one by one.
    """
    seed, (facts_seed, leaves) = folder.seed(sealed), folder.facts(sealed)
    roots = block_roots(folder.payloads(sealed), seed)
    entry = sealed.entry
    if len(roots) != -(-entry.records // 256) * 32 or Blocks(entry.records, roots).head != Head(
        entry.records, entry.root
    ):
        raise SegmentsUnusable(f"the segment `{sealed.name}` is not what its entry commits to: restore a backup")
    records = bundle.put_lines(f"{sealed.name}.jsonl.gz", folder.payloads(sealed), compressed=True)
    bundle.put(f"{sealed.name}.seed", seed.hex().encode() + b"\n")
    bundle.put(f"{sealed.name}.roots", roots)
    if facts_seed is None:
        facts = (_line(each, "facts") for each in folder.facts_openings(sealed, tuple(folder.subjects(sealed))))
        bundle.put_lines(f"{sealed.name}.facts.opened.jsonl", facts)
    elif leaves:
        bundle.put_lines(f"{sealed.name}.facts.jsonl", leaves)
        bundle.put(f"{sealed.name}.facts.seed", facts_seed.hex().encode() + b"\n")
    return records, len(leaves)


def _some(folder: Disclosing, bundle: Bundle, sealed: Sealed, asked: Asked) -> tuple[int, int] | None:
    """Some decisions of a segment, each with its own salt and path; None where it has none of them."""
    indices, subjects = folder.decided(sealed, asked)
    if not indices:
        return None
    opened = (_line(each, "record") for each in folder.openings(sealed, indices))
    records = bundle.put_lines(f"{sealed.name}.opened.jsonl", opened)
    facts = (_line(each, "facts") for each in folder.facts_openings(sealed, subjects))
    return records, bundle.put_lines(f"{sealed.name}.facts.opened.jsonl", facts)


def _line(opening: Opened, content: str) -> bytes:
    return canonical(
        {
            "index": opening.index,
            content: opening.content.decode(),
            "salt": opening.salt.hex(),
            "path": [to_base64(each) for each in opening.path],
        }
    )


def _contents(names: Sequence[str], asked: Asked, now: datetime) -> dict[str, object]:
    return {
        "format": FORMAT,
        "made": write_instant(now),
        "from": None if asked.since is None else write_instant(asked.since),
        "until": None if asked.until is None else write_instant(asked.until),
        "subjects": None if asked.subjects is None else sorted(asked.subjects),
        "segments": list(names),
    }
