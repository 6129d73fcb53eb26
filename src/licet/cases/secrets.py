"""What must not be repeated: the withheld values of a case, and the pieces by which one would be known again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from licet.core.cases.procedure import Secrecy

SHORTEST: Final = 4
"""Characters of a piece that is looked for, at least: what is shorter stands everywhere."""

SHORTEST_LINE: Final = 30
"""Characters of a line, a sentence or a clause of a longer text that is looked for, at least: shorter ones are turns of
speech (`each organisation`), and what repeats them repeats nothing.
"""

NAME: Final = re.compile(r"[^\W\d_][\w'.-]{2,}\w")
SHORT_NAME: Final = re.compile(r"\b[^\W\d_]\w{2}\b")
"""What is a name, too, in `Kim Li`; in a sentence it would be every other word."""

FULL_NAME: Final = re.compile(r"[^\W\d_][\w'.-]*(?: [^\W\d_][\w'.-]*){0,4}")
SIGNS: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'") | dict.fromkeys("\u2010\u2011\u2012\u2013", "-"))
"""Apostrophes and hyphens: a name is written with one or another."""

PARTS: Final = re.compile(r"[,;()<>\[\]|\n]+")
SENTENCES: Final = re.compile(r"[\n;.!?,:]+")


@dataclass(slots=True)
class Secrets:
    """The pieces of what is withheld, each with its class. `open_` are texts that are public whatever they contain."""

    pieces: dict[str, Secrecy] = field(default_factory=dict)
    words: dict[str, Secrecy] = field(default_factory=dict)
    """Names of persons, word by word as they are written: they count where they stand as words. (`Officer` is the name
    of many a test's person, and `officer` a word of every other sentence.)"""

    seen: set[tuple[str, Secrecy]] = field(default_factory=set)
    """Texts that were gone through already, with their class."""

    def keep(self, value: Any, secrecy: Secrecy) -> None:
        """Look for this value and its pieces."""
        for text in (value,) if type(value) is str else strings(value):
            key = text, secrecy
            if key in self.seen:
                continue
            self.seen.add(key)
            plain = spelled(text)
            self._piece(plain, secrecy)
            if secrecy is Secrecy.PERSONAL:
                for part in PARTS.split(text):
                    self._piece(spelled(part), secrecy)
                for word in names_in(written(text)):
                    self.words.setdefault(word, secrecy)
                    self.words.setdefault(word.upper(), secrecy)
            elif len(plain) > SHORTEST_LINE:
                for part in SENTENCES.split(text):
                    if len(part.strip()) >= SHORTEST_LINE:
                        self._piece(spelled(part), secrecy)

    def release(self, texts: Iterable[str]) -> None:
        """Stop looking for what stands in these texts, which are public: organisations, the official of a decision.

        It stands there as words: by `Britannia Labs` nobody becomes public who is called `Rita`.
        """
        for text in map(spelled, texts):
            for found in (self.pieces, self.words):
                for piece in [each for each in found if spelled(each) in text and stands(spelled(each), text)]:
                    del found[piece]

    def found_in(self, texts: Iterable[str]) -> Secrets:
        """Those that may stand in one of these texts; for most cases none."""
        if not self:
            return self
        whole = spelled("\0".join(texts))
        return Secrets(
            {each: secrecy for each, secrecy in self.pieces.items() if each in whole},
            {each: secrecy for each, secrecy in self.words.items() if spelled(each) in whole},
        )

    def __bool__(self) -> bool:
        return bool(self.pieces or self.words)

    def of(self, text: str, *, but: Secrecy | None = None) -> Secrecy | None:
        """The class of what a text repeats; None: nothing, or only what is of the class `but`."""
        plain = spelled(text)
        for piece, secrecy in self.pieces.items():
            if secrecy is not but and piece in plain:
                return secrecy
        as_written = written(text) if self.words else ""
        for word, secrecy in self.words.items():
            if stands(word, as_written):
                return secrecy
        return None

    def _piece(self, plain: str, secrecy: Secrecy) -> None:
        if len(plain) < SHORTEST:
            return
        if self.pieces.setdefault(plain, secrecy) is Secrecy.DELIBERATION:  # the class that is looked for least
            self.pieces[plain] = secrecy


def spelled(text: str) -> str:
    """A text without its case, its kinds of letters, its spaces and what nobody sees in it: so that another spelling is
    found too.
    """
    return " ".join(written(text).casefold().split())


def written(text: str) -> str:
    """A text in one kind of letters and signs, without what nobody sees in it."""
    return text if text.isascii() else _seen(unicodedata.normalize("NFKC", text)).translate(SIGNS)


def names_in(text: str) -> list[str]:
    """The words in what is personal that may be names: long ones with a capital, and short ones of what is a name."""
    found = [*NAME.findall(text), *NAME.findall(text.replace("-", " "))]
    words = text.split()
    if FULL_NAME.fullmatch(" ".join(words)) and all(each[0].isupper() for each in words):
        found += SHORT_NAME.findall(text) if len(text) > 2 else words
    return [each for each in found if each[0].isupper()]


def stands(word: str, text: str) -> bool:
    """Whether it stands in a text as a word, or words: no letter or digit before or after."""
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text) is not None


def _seen(text: str) -> str:
    """A text without letters of no width: soft hyphens, joiners, tags (Unicode's category Cf)."""
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


def strings(value: Any) -> list[str]:
    """Every text in plain JSON."""
    if isinstance(value, str):
        return [value]
    found: list[str] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
        elif isinstance(each, Mapping):
            waiting.extend(each.values())
    return found
