"""Atom feeds (RFC 4287): entries with names that never change (RFC 4151), plain text, nothing that could be markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from licet.core.errors import LicetError

NAMESPACE = "http://www.w3.org/2005/Atom"


class FeedRefused(LicetError):
    """An address from which no entry of a feed can be named."""


class Tagging(NamedTuple):
    """Who names things, and since when the name was theirs: `register.example` and `2026-06-12` (RFC 4151, 2.1)."""

    authority: str
    since: str

    def uri(self, *parts: str) -> str:
        """The name of something that has these parts, for ever."""
        return f"tag:{self.authority},{self.since}:" + "/".join(_specific(part) for part in parts)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: its name, an address where it can be read, its title, when it last changed, a category and a text."""

    id: str
    url: str
    title: str
    updated: datetime
    category: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its name, its own address and that of the pages, its title, who writes it, and its entries."""

    id: str
    url: str
    page: str
    title: str
    author: str
    updated: datetime
    entries: tuple[FeedEntry, ...]


def tagging(base_url: str, since: str) -> Tagging:
    """Whoever has this address names what is at it. Raises `FeedRefused`."""
    host = urlsplit(base_url).hostname
    if not host:
        raise FeedRefused(f"`{base_url}` has no host that could name the entries of a feed")
    return Tagging(host.encode("idna").decode() if not host.isascii() else host, since)


def written(feed: Feed) -> bytes:
    """The feed as a file: the same feed is the same bytes."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="{NAMESPACE}" xml:lang="en-GB">',
        *_element("id", feed.id),
        *_element("title", feed.title, ' type="text"'),
        *_element("updated", instant(feed.updated)),
        f"<author><name>{text(feed.author)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={_attribute(feed.url)}/>',
        f'<link rel="alternate" type="text/html" href={_attribute(feed.page)}/>',
        *(line for entry in feed.entries for line in _entry(entry)),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def instant(at: datetime) -> str:
    """An instant as RFC 3339 has it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def text(of: str) -> str:
    """A text as content of an element: what XML cannot hold, and what turns others around, by its code."""
    return escape(_visible(of))


def _entry(entry: FeedEntry) -> Iterable[str]:
    return (
        "<entry>",
        *_element("id", entry.id),
        *_element("title", entry.title, ' type="text"'),
        *_element("updated", instant(entry.updated)),
        f'<link rel="alternate" type="text/html" href={_attribute(entry.url)}/>',
        f"<category term={_attribute(entry.category)}/>",
        *_element("summary", entry.summary, ' type="text"'),
        "</entry>",
    )


def _element(name: str, content: str, attributes: str = "") -> tuple[str, ...]:
    return (f"<{name}{attributes}>{text(content)}</{name}>",)


def _attribute(value: str) -> str:
    return quoteattr(_visible(value))


_meant = frozenset("\n\u200c\u200d")


def _visible(value: str) -> str:
    if value.isprintable():
        return value
    return "".join(f"⟨U+{ord(each):04X}⟩" if _hides(each) else each for each in value)


def _hides(character: str) -> bool:
    """Controls, formats, surrogates, separators of lines (Unicode, section 4.5), and what is no character at all."""
    category = unicodedata.category(character)
    return character not in _meant and (category in ("Cc", "Cf", "Cs", "Zl", "Zp") or ord(character) & 0xFFFE == 0xFFFE)


def _specific(part: str) -> str:
    """A part of a tag: letters, digits and a few signs as they are, everything else by its bytes (RFC 3986, 2.1)."""
    return "".join(chr(each) if chr(each) in _plain else f"%{each:02X}" for each in part.encode())


_plain = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@")
