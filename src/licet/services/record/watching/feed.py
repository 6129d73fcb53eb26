"""News of a log as an Atom feed (RFC 4287): the newest first, each under an identifier that never changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from licet.record.tree.tiles import WIDTH, Tile
from licet.services.record.watching.monitoring import Known
from licet.services.record.watching.news import News

ATOM = "http://www.w3.org/2005/Atom"
GENERATOR = "licet monitor"

_not_xml = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(known: Known, prefix: str, newest: int) -> bytes:
    """The feed of what a monitor remembers: its newest news. `prefix` is where the log's files are, as a URL.

    Nothing in it changes while the log does not.
    """
    chosen = list(reversed(known.news))[:newest]
    root = ET.Element("feed", xmlns=ATOM)
    _add(root, "title", f"{known.origin}: what is ordered and enacted")
    _add(root, "id", identifier(known.origin))
    _add(root, "updated", _instant(max([known.grown, *(each.seen for each in chosen)])))
    _add(_add(root, "author"), "name", known.origin)
    _add(root, "generator", GENERATOR)
    _add(root, "link", rel="alternate", href=urljoin(prefix, "checkpoint"))
    for each in chosen:
        _add_entry(root, each, known, prefix)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written + b"\n"


def identifier(origin: str, entry: int | None = None) -> str:
    """A URN for a log, or for one of its entries: a UUID of version 5 (RFC 9562) of the origin and the index.

    No origin holds a line feed, so no log and no entry has the identifier of another.
    """
    return uuid5(NAMESPACE_URL, origin if entry is None else f"{origin}\n{entry}").urn


def bundle_path(entry: int, size: int) -> str:
    """Where the bundle of an entry is in a log of so many."""
    index = entry // WIDTH
    return Tile(None, index, min(WIDTH, size - index * WIDTH)).path


def _add_entry(root: ET.Element, news: News, known: Known, prefix: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "title", news.title)
    _add(entry, "id", identifier(known.origin, news.entry))
    _add(entry, "updated", _instant(news.seen))
    if news.at is not None:
        _add(entry, "published", _instant(news.at))
    _add(entry, "category", term=news.type)
    _add(entry, "link", rel="alternate", href=urljoin(prefix, bundle_path(news.entry, known.head.size)))
    _add(entry, "summary", f"entry {news.entry}: {news.summary}")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, {key: _plain(value) for key, value in attributes.items()})
    element.text = None if text is None else _plain(text)
    return element


def _plain(text: str) -> str:
    """A text without what XML 1.0 has no way to write."""
    return _not_xml.sub("\N{REPLACEMENT CHARACTER}", text)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
