"""The Atom feed: everything that RFC 4287 requires, stable identifiers, and nothing that XML cannot hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from tests.record.small_log import HEAD, LOG, SIZE

from licet.record.tree.tiles import read_path
from licet.services.record.watching.feed import ATOM, bundle_path, feed, identifier
from licet.services.record.watching.monitoring import Known
from licet.services.record.watching.news import News

SEEN = datetime(2026, 7, 1, 12, tzinfo=UTC)
PREFIX = "https://record.example/log/"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ONCE = {"title", "id", "updated"}
"""What RFC 4287, sections 4.1.1 and 4.1.2, wants exactly once in a feed and in each entry."""


def news(entry: int, title: str = "order o-1", summary: str = "models: fable-5") -> News:
    return News(entry, "instrument", title, summary, SEEN - timedelta(hours=1), SEEN + timedelta(seconds=entry))


def known(*found: News) -> Known:
    return Known(b"", LOG.key.name, HEAD, SEEN, found)


def checked(content: bytes) -> ET.Element:
    """The feed, after asserting what the RFC requires of it."""
    root = ET.fromstring(content)
    assert root.tag == f"{{{ATOM}}}feed"
    assert len(root.findall(f"{{{ATOM}}}author/{{{ATOM}}}name")) == 1
    ids = []
    for element in (root, *root.iter(f"{{{ATOM}}}entry")):
        names = [child.tag.removeprefix(f"{{{ATOM}}}") for child in element]
        for name in ONCE:
            assert names.count(name) == 1, (name, names)
        ids.append(text(element, "id"))
        assert ids[-1].startswith("urn:uuid:")
        assert str(UUID(ids[-1])) == ids[-1].removeprefix("urn:uuid:")
        assert INSTANT.fullmatch(text(element, "updated"))
        links = element.findall(f"{{{ATOM}}}link")
        assert [link.get("rel") for link in links] == ["alternate"], "an entry without content has one"
        for link in links:
            assert urlsplit(link.get("href")).scheme in ("https", "file")
    assert len(set(ids)) == len(ids)
    return root


def text(element: ET.Element, name: str) -> str:
    found = element.findtext(f"{{{ATOM}}}{name}")
    assert found
    return found


def test_an_empty_feed_is_a_feed() -> None:
    root = checked(feed(known(), PREFIX, 50))
    assert text(root, "updated") == "2026-07-01T12:00:00Z"
    assert text(root, "title").startswith(LOG.key.name)


def test_the_newest_come_first_and_so_many() -> None:
    root = checked(feed(known(*(news(each) for each in range(9))), PREFIX, 3))
    entries = list(root.iter(f"{{{ATOM}}}entry"))
    assert [text(each, "summary").split(":")[0] for each in entries] == ["entry 8", "entry 7", "entry 6"]
    assert text(entries[0], "updated") == "2026-07-01T12:00:08Z" == text(root, "updated")
    assert text(entries[0], "published") == "2026-07-01T11:00:00Z"
    assert entries[0].find(f"{{{ATOM}}}category").get("term") == "instrument"  # type: ignore[union-attr]


def test_identifiers_are_of_the_origin_and_the_index_alone() -> None:
    before = checked(feed(known(news(3)), PREFIX, 50))
    after = checked(
        feed(replace(known(news(3, "another title")), head=HEAD._replace(size=9_000)), "https://b.example/", 9)
    )
    ids = [text(next(each.iter(f"{{{ATOM}}}entry")), "id") for each in (before, after)]
    assert ids[0] == ids[1] == identifier(LOG.key.name, 3) == "urn:uuid:38408362-5bed-5d7f-8205-73ed3ee0c4fd"
    assert identifier("another", 3) != ids[0]
    assert identifier(LOG.key.name) == text(before, "id")


def test_the_same_news_make_the_same_bytes() -> None:
    assert feed(known(news(3)), PREFIX, 50) == feed(known(news(3)), PREFIX, 50)


def test_links_lead_to_the_bundle_that_holds_the_entry() -> None:
    paths = {0: "tile/entries/000", 255: "tile/entries/000", 256: "tile/entries/001", 699: "tile/entries/002.p/188"}
    for entry, path in paths.items():
        assert bundle_path(entry, SIZE) == path
        assert read_path(path).level is None
        root = checked(feed(known(news(entry)), PREFIX, 50))
        link = next(root.iter(f"{{{ATOM}}}entry")).find(f"{{{ATOM}}}link")
        assert link is not None
        assert link.get("href") == PREFIX + path


@given(st.text(), st.text())
def test_whatever_a_document_says_the_feed_is_xml(title: str, summary: str) -> None:
    root = checked(feed(known(news(1, f"order {title}", summary)), PREFIX, 50))
    entry = next(root.iter(f"{{{ATOM}}}entry"))
    plain = "".join(each for each in title if each.isprintable())
    if plain == title:
        assert text(entry, "title") == f"order {title}"


def test_markup_stays_text() -> None:
    evil = "</title><script>alert(1)</script>]]>&\x00\x1b\ud800"
    root = checked(feed(known(news(1, evil, evil)), PREFIX, 50))
    assert [each.tag for each in root.iter() if "script" in each.tag] == []
    assert text(next(root.iter(f"{{{ATOM}}}entry")), "title") == evil[:-3] + "\N{REPLACEMENT CHARACTER}" * 3
