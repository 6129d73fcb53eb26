"""What is around the sections of a case's page: the template, filled once for many pages and then cut where a page has
its own texts.

Of a hundred thousand pages only their texts differ; a template takes longer for one page than all that is said on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from licet.core.cases.register.places import INDEX
from licet.pages import look
from licet.pages.blocks import Page, Section, Site, Text
from licet.pages.register.frame import ABOUT
from licet.pages.rows import plain
from licet.pages.words import Within

TITLE, ABOVE, DATA, LEAD, INSIDE = "here:title", "here:above", "here:data", "here:lead", "here:section"
"""What stands in the cut template for a page's own texts. Nobody's text is in it while it is cut: names of procedures,
which are, have no colon.
"""


class Part(NamedTuple):
    """A section of a page: its anchor, its title, and its blocks as HTML."""

    name: str
    title: str
    html: str


class Shared(NamedTuple):
    """What is the same on many pages: how they get to the root (`../../`), what lies between, and their sections."""

    root: str
    above: str
    sections: tuple[tuple[str, str], ...]


def framed(shared: Shared, title: str, above: str, lead: Iterable[str], data: str, parts: Sequence[Part]) -> str:
    """A page: its title, that of the page above, what it says first, where it is as JSON, and its sections."""
    said = "".join([f"<p>{look.told(each)}</p>\n" for each in lead])
    texts = (data, plain(title), plain(above), said, *[each.html for each in parts])
    pieces, places = _cut(shared)
    found = [pieces[0]]
    for place, piece in zip(places, pieces[1:], strict=True):
        found += (texts[place], piece)
    return "".join(found)


@lru_cache(maxsize=1_024)
def _cut(shared: Shared) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The pieces between a page's own texts, and which text stands after each of them but the last."""
    sections = tuple(
        Section(name, title, (Text((f"{INSIDE}-{n}-",)),)) for n, (name, title) in enumerate(shared.sections)
    )
    trail = (Within(shared.root + INDEX, ABOUT), Within(shared.root + shared.above, ABOVE))
    site = Site(root=shared.root, trail=trail, data=DATA)
    whole = look.render(Page(ABOUT, TITLE, (LEAD,), (), sections, site=site))
    inside = [f"<p>{INSIDE}-{n}-</p>\n\n\n" for n in range(len(sections))]
    marks = [shared.root + DATA, TITLE, ABOVE, f"<p>{LEAD}</p>\n", *inside]
    rest, pieces, places = whole, [], []
    while there := [(rest.index(mark), n) for n, mark in enumerate(marks) if mark in rest]:
        at, n = min(there)
        pieces.append(rest[:at])
        places.append(n)
        rest = rest[at + len(marks[n]) :]
    pieces.append(rest)
    assert set(places) == set(range(len(marks))), "a page's template has a place for each of its texts"
    return tuple(pieces), tuple(places)
