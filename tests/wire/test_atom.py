"""Feeds: read back by somebody else's reader, with names that last and texts that stay texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.dom import minidom

import feedparser  # type: ignore[import-untyped]
import pytest

from licet.wire.atom import Feed, FeedEntry, FeedRefused, Tagging, instant, tagging, written

AT = datetime(2026, 6, 26, 20, 30, tzinfo=UTC)
TAGS = Tagging("register.example", "2026-06-12")
ENTRY = FeedEntry(
    TAGS.uri("register", "C-17", "5"),
    "https://register.example/cases/0/C-17.html#decision-5",
    "Grant",
    AT,
    "grant",
    "So.",
)
FEED = Feed(
    TAGS.uri("register"),
    "https://register.example/feed.atom",
    "https://register.example/",
    "Decisions",
    "Keeper",
    AT,
    (ENTRY,),
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></summary><entry>",
    "&lt;b&gt; & <!-- -->",
    "nul\x00 bell\x07 \x1b[31m",
    "a\u202egnp.exe",
    "lone \ud800 surrogate, \ufffe none",
    "a line\u2028and a paragraph\u2029more",
    "W" * 5_000,
)


def test_a_reader_of_feeds_reads_what_was_written() -> None:
    seen = feedparser.parse(written(FEED))
    assert not seen.bozo and seen.version == "atom10"
    assert seen.feed.id == "tag:register.example,2026-06-12:register"
    assert seen.feed.title == "Decisions" and seen.feed.updated == "2026-06-26T20:30:00Z"
    assert {each.rel: each.href for each in seen.feed.links}["self"] == "https://register.example/feed.atom"
    (entry,) = seen.entries
    assert entry.id == "tag:register.example,2026-06-12:register/C-17/5" and entry.link == ENTRY.url
    assert entry.tags[0].term == "grant" and entry.summary == "So."


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_stays_a_text(text: str) -> None:
    feed = replace(FEED, title=text, entries=(replace(ENTRY, title=text, summary=text, category=text, url=text),))
    content = written(feed)
    tree = minidom.parseString(content)
    assert len(tree.getElementsByTagName("entry")) == 1
    assert {each.tagName for each in tree.getElementsByTagName("*")} == {
        *("feed", "id", "title", "updated", "author", "name", "link", "entry", "category", "summary")
    }
    assert b"\x00" not in content and "\u202e".encode() not in content
    assert not {"\u2028", "\u2029"} & {*content.decode()}
    assert all(each.getAttribute("type") == "text" for each in tree.getElementsByTagName("summary"))


def test_instants_are_in_whole_seconds_and_utc() -> None:
    west = timezone(timedelta(hours=-4))
    assert instant(datetime(2026, 6, 26, 16, 30, 1, 5, west)) == "2026-06-26T20:30:01Z"


def test_a_feed_names_its_author_and_its_page_and_nothing_beside_its_elements() -> None:
    tree: Any = minidom.parseString(written(FEED)).documentElement
    (author,) = tree.getElementsByTagName("name")
    assert author.firstChild.data == "Keeper"
    pages = [each.getAttribute("href") for each in tree.childNodes if getattr(each, "tagName", "") == "link"]
    assert pages == ["https://register.example/feed.atom", "https://register.example/"]
    assert tree.getAttribute("xml:lang") == "en-GB"
    assert not "".join(each.data for each in tree.childNodes if each.nodeType == each.TEXT_NODE).strip()


def test_names_depend_on_nothing_but_what_they_name() -> None:
    assert TAGS.uri("a b", "c/d", "ü") == "tag:register.example,2026-06-12:a%20b/c%2Fd/%C3%BC"
    assert tagging("https://register.example:8443/cases/", "2026") == Tagging("register.example", "2026")
    with pytest.raises(FeedRefused, match="no host"):
        tagging("/cases/", "2026")


def test_the_same_feed_is_the_same_bytes() -> None:
    assert written(FEED) == written(replace(FEED))
