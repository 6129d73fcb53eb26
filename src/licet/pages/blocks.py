"""What a page is made of, as values: sections, and in them figures, text, tables, pictures and cards. No HTML yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from licet.pages.form import Copyable, Form, Push, Scan, Way
from licet.pages.role import Role
from licet.pages.words import Mark, Within, Word


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the strip at the top, what it counts, and the meaning whose colour it has."""

    value: str
    label: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Sentences, each a paragraph; as a list where there may be many."""

    sentences: tuple[str, ...]
    listed: bool = False

    kind = "text"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values beside each other; those without a value are left out. `quiet`: they stand behind the rest."""

    rows: tuple[tuple[str, Word], ...]
    quiet: bool = False

    kind = "pairs"


@dataclass(frozen=True, slots=True)
class Source:
    """A whole text, line by line as it is: what it is of, and the text. `name` is its anchor, once a page."""

    name: str
    title: str
    text: str

    kind = "source"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Figures stand on the right."""

    title: str
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; `name` is its anchor, once a page. The first cell of a row is its header.

    `stacks`: on a telephone each row is a block of its own, in which every cell has the title of its column.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Word, ...], ...]
    stacks: bool = False

    kind = "table"


class Meaning(NamedTuple):
    """A role in the key of a chart, where other words than the role's own say what it means there."""

    role: Role
    words: str

    @property
    def value(self) -> str:
        """The name of its colour."""
        return self.role.value

    @property
    def symbol(self) -> str:
        """Its shape."""
        return self.role.symbol


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: its SVG for wide and for narrow screens, the same in words, its key, and the table with its numbers."""

    name: str
    caption: str
    words: str
    wide: Markup
    narrow: Markup
    key: tuple[Role | Meaning, ...]
    table: str

    kind = "picture"


@dataclass(frozen=True, slots=True)
class Card:
    """One result among several, with its mark."""

    name: str
    title: str
    mark: Mark
    blocks: tuple[Block, ...]

    kind = "card"


class Note(NamedTuple):
    """Something said at a moment: its name, and what it says."""

    name: str
    value: Word


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a story: `name` is its anchor, `at` when it was, what happened, who did it, and what there is to say
    of it. `told` are sentences beside it."""

    name: str
    at: datetime
    title: str
    who: Word
    notes: tuple[Note, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, in its order."""

    moments: tuple[Moment, ...]

    kind = "timeline"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is whole in itself: an SVG that says in words what it shows. `caption` is its heading."""

    name: str
    caption: str
    svg: Markup

    kind = "drawing"


Block = Text | Pairs | Source | Table | Picture | Card | Form | Way | Copyable | Push | Scan | Timeline | Drawing


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page with a heading; `name` is its anchor, once a page."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a page is among others that share a stylesheet: how it gets to their root (`../`), the pages above it, the
    pages before and after it, and the feed of the site, by their addresses from the root.
    """

    root: str
    trail: tuple[Within, ...] = ()
    turns: tuple[Within, ...] = ()
    feed: str | None = None
    data: str | None = None
    """The same as JSON."""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: what it is, its title, the answer in sentences, the figures, and the sections.

    `running` is what each printed sheet says at its head, on the left and on the right. `script` is the address of a
    script of the office's own, for what no browser does without: asking a device for its passkey. `site`: the pages
    that it is one of, which share a stylesheet.
    """

    about: str
    title: str
    lead: tuple[str, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    running: tuple[str, str] | None = None
    script: str | None = None
    site: Site | None = None

    @property
    def sends(self) -> bool:
        """Whether there is a form on it."""
        return any(isinstance(block, Form) for section in self.sections for block in section.blocks)


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns by their titles; `#` before a title: of figures."""
    return tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in titles)


def table(name: str, caption: str, titles: Sequence[str], rows: Sequence[tuple[Word, ...]]) -> Table:
    """A table from the titles of its columns (see `columns`) and its rows."""
    return Table(name, caption, columns(*titles), tuple(rows))
