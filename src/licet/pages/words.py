"""What stands in a cell of a page: text, code, figures, instants, marks; and strange characters made visible."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from licet.core.facts import Facts, Members, Unknown, Value
from licet.pages.role import Role


@dataclass(frozen=True, slots=True)
class Code:
    """A name or text to be read letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A meaning with its symbol and colour; `text` where the role's own words are not the right ones."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Names:
    """Several words, one after the other; none: a dash."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A fact and its value; an unknown one is said to be."""

    fact: str
    value: str
    unknown: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure that need not be whole, ready to be read."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a document gives; one that is not http or https is shown and leads nowhere.

    `text` is what a reader sees in its place, where the address is ours and says nothing to people.
    """

    address: str
    text: str | None = None

    @property
    def leads(self) -> bool:
        """Whether a reader may be sent there."""
        return self.address.lower().startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Within:
    """An address of ours among the pages of a site, relative to the page that it stands on, and what a reader sees."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stands where something is not shown: its class, and why."""

    secrecy: str
    why: str


Word = str | int | datetime | Code | Mark | Names | Given | Amount | Link | Within | Withheld | None
"""What a cell can hold. None: there is nothing, shown as a dash. An instant is shown as written, and in UTC."""


def codes(names: Sequence[str]) -> Names:
    """Names of instruments, models or facts."""
    return Names(tuple(Code(name) for name in names))


def givens(facts: Facts) -> Names:
    """Every fact with its value, in alphabetical order."""
    return Names(tuple(given(name, facts[name]) for name in sorted(facts)))


def given(name: str, value: Value) -> Given:
    """One fact and its value."""
    return Given(name, valued(value), isinstance(value, Unknown))


def valued(value: Value) -> str:
    """A fact's value in words."""
    match value:
        case Unknown():
            return "unknown"
        case bool():
            return "true" if value else "false"
        case Members(known, complete):
            listed = ", ".join(sorted(known))
            return listed or "none" if complete else f"{listed}, others unknown".removeprefix(", ")
        case _:
            return str(value)


HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that show nothing, or that change how others are shown (Unicode, section 4.5)."""

MEANT = frozenset("\n\u200c\u200d")
"""Those of them that honest text needs: a line feed, and the joiners of Persian and of the scripts of India."""


def visible(text: str) -> str:
    """The text with every character shown: controls, marks of direction and lone surrogates by their code."""
    if text.isprintable():
        return text
    return "".join(f"⟨U+{ord(each):04X}⟩" if hides(each) else each for each in text)


def hides(character: str) -> bool:
    """Whether a character shows nothing by itself and is not one that people mean."""
    return character not in MEANT and unicodedata.category(character) in HIDDEN


def shortened(text: str, most: int) -> str:
    """A text for a chart: of at most so many characters, and all of them visible."""
    shown = visible(text).replace("\n", " ")
    return shown if len(shown) <= most else shown[: most - 1] + "…"
