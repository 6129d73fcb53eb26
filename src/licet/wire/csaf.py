"""Security advisories as JSON: the Common Security Advisory Framework (CSAF) 2.0 of OASIS, `spec/csaf.md`.

What an advisory says is somebody else's; here it gets its form, with everything in one order, so that the same advisory
is the same bytes. The mandatory tests are those of section 6.1 of the standard.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

VERSION: Final = "2.0"
CATEGORY: Final = "csaf_security_advisory"
LANGUAGE: Final = "en"

RANGES: Final = ("<", ">")
RANGE_WORDS: Final = frozenset(("after", "all", "before", "earlier", "later", "prior", "versions"))
"""What no product version may hold, since it names one version and not a range (6.1.31)."""


class PublisherIs(StrEnum):
    """What a publisher is (3.2.1.8.1)."""

    VENDOR = "vendor"
    COORDINATOR = "coordinator"
    DISCOVERER = "discoverer"
    USER = "user"
    OTHER = "other"


class Tlp(StrEnum):
    """With whom an advisory may be shared: the Traffic Light Protocol of FIRST, version 1, as CSAF 2.0 has it."""

    WHITE = "WHITE"
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"


class Stage(StrEnum):
    """How far an advisory is (3.2.1.12.7)."""

    DRAFT = "draft"
    INTERIM = "interim"
    FINAL = "final"


class Status(StrEnum):
    """What is said of a product (3.2.3.9): each product once in a vulnerability."""

    AFFECTED = "known_affected"
    FIXED = "fixed"
    OPEN = "under_investigation"


class RemedyIs(StrEnum):
    """What a remediation is (3.2.3.12.1)."""

    FIX = "vendor_fix"
    NONE = "none_available"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: a name, and an address under which they are known (a URI)."""

    name: str
    namespace: str
    category: PublisherIs = PublisherIs.OTHER


class Product(NamedTuple):
    """A version of a product: how the advisory refers to it, the version (no range), and the name in full."""

    id: str
    version: str
    name: str


class Revision(NamedTuple):
    """A revision of the advisory."""

    date: datetime
    summary: str


class Note(NamedTuple):
    """A text about an advisory or a vulnerability."""

    title: str
    text: str
    category: str = "details"


class Reference(NamedTuple):
    """Something elsewhere, by its address."""

    url: str
    summary: str


class Remedy(NamedTuple):
    """What there is against a vulnerability in these products."""

    category: RemedyIs
    details: str
    date: datetime
    products: tuple[str, ...]


class Impact(NamedTuple):
    """How bad it is, in words, for these products."""

    details: str
    date: datetime
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """A vulnerability: `system` and `id` are what it is called where, `known` since when it was known at the latest."""

    title: str
    system: str
    id: str
    notes: tuple[Note, ...]
    status: tuple[tuple[Status, tuple[str, ...]], ...]
    released: datetime
    known: datetime | None = None
    remedies: tuple[Remedy, ...] = ()
    impacts: tuple[Impact, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """An advisory. `revisions` are all of it, the oldest first; the newest is the one that this is."""

    id: str
    title: str
    publisher: Publisher
    tlp: Tlp
    stage: Stage
    engine: str
    engine_version: str
    model: str
    revisions: tuple[Revision, ...]
    products: tuple[Product, ...]
    notes: tuple[Note, ...]
    vulnerabilities: tuple[Vulnerability, ...]
    references: tuple[Reference, ...] = ()
    severity: str = ""


def tree_of(advisory: Advisory) -> dict[str, Any]:
    """The advisory as a JSON tree."""
    return {
        "document": _document(advisory),
        "product_tree": {"branches": [_branch(advisory)]},
        "vulnerabilities": [_vulnerability(each) for each in advisory.vulnerabilities],
    }


def written(advisory: Advisory) -> bytes:
    """The advisory as a file: members in the order of RFC 8785, indented for people."""
    return (json.dumps(tree_of(advisory), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def file_name(identifier: str) -> str:
    """What the file of an advisory must be called (5.1)."""
    kept = (each if each.isascii() and (each.isalnum() or each in "+-") else "_" for each in identifier.lower())
    name = "".join(kept)
    while "__" in name:
        name = name.replace("__", "_")
    return f"{name}.json"


def one_version(version: str) -> bool:
    """Whether this can name a version: a line of text that speaks of no range of versions (6.1.31)."""
    ranged = any(each in version for each in RANGES) or not RANGE_WORDS.isdisjoint(version.lower().split())
    return bool(version.strip()) and version.isprintable() and not ranged


def named_information(digest: str) -> str:
    """A digest (`sha256:...`) as an address: `ni:///sha-256;...`, RFC 6920."""
    content = bytes.fromhex(digest.removeprefix("sha256:"))
    return "ni:///sha-256;" + base64.urlsafe_b64encode(content).decode().rstrip("=")


def _document(advisory: Advisory) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "category": CATEGORY,
        "csaf_version": VERSION,
        "distribution": {"tlp": {"label": advisory.tlp.value}},
        "lang": LANGUAGE,
        "notes": _notes(advisory.notes),
        "publisher": {
            "category": advisory.publisher.category.value,
            "name": advisory.publisher.name,
            "namespace": advisory.publisher.namespace,
        },
        "title": advisory.title,
        "tracking": _tracking(advisory),
    }
    if advisory.severity:
        tree["aggregate_severity"] = {"text": advisory.severity}
    return {**tree, **_references(advisory.references)}


def _tracking(advisory: Advisory) -> dict[str, Any]:
    revisions = advisory.revisions
    return {
        "current_release_date": revisions[-1].date.isoformat(),
        "generator": {"engine": {"name": advisory.engine, "version": advisory.engine_version}},
        "id": advisory.id,
        "initial_release_date": revisions[0].date.isoformat(),
        "revision_history": [
            {"date": each.date.isoformat(), "number": str(number), "summary": each.summary}
            for number, each in enumerate(revisions, 1)
        ],
        "status": advisory.stage.value,
        "version": str(len(revisions)),
    }


def _branch(advisory: Advisory) -> dict[str, Any]:
    versions = [
        {"category": "product_version", "name": each.version, "product": {"name": each.name, "product_id": each.id}}
        for each in advisory.products
    ]
    model = {"category": "product_name", "name": advisory.model, "branches": versions}
    if advisory.publisher.category is not PublisherIs.VENDOR:
        return model
    return {"category": "vendor", "name": advisory.publisher.name, "branches": [model]}


def _vulnerability(found: Vulnerability) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "ids": [{"system_name": found.system, "text": found.id}],
        "notes": _notes(found.notes),
        "product_status": {status.value: list(products) for status, products in found.status if products},
        "release_date": found.released.isoformat(),
        "title": found.title,
    }
    if found.known is not None:
        tree["discovery_date"] = found.known.isoformat()
    if found.remedies:
        tree["remediations"] = [
            {**_said(each), "category": each.category.value, "date": each.date.isoformat()} for each in found.remedies
        ]
    if found.impacts:
        tree["threats"] = [
            {**_said(each), "category": "impact", "date": each.date.isoformat()} for each in found.impacts
        ]
    return {**tree, **_references(found.references)}


def _said(each: Remedy | Impact) -> Mapping[str, Any]:
    return {"details": each.details, "product_ids": list(each.products)}


def _notes(notes: Sequence[Note]) -> list[dict[str, str]]:
    return [{"category": each.category, "text": each.text, "title": each.title} for each in notes]


def _references(references: Sequence[Reference]) -> dict[str, Any]:
    if not references:
        return {}
    return {"references": [{"category": "external", "summary": each.summary, "url": each.url} for each in references]}
