"""Names of persons and organisations, folded: what people, alphabets and registers spell differently becomes alike.

Latin with any diacritics, Cyrillic and Greek are folded; other scripts are compared as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџ",
        _words(
            "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh - i - e yu ya i i e g u j l n c dj dz",
        ),
        strict=True,
    )
)
GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", _words("a v g d e z i th i k l m n ks o p r s s t i f h ps o"), strict=True)
)
LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "ə": "e"}
LETTERS = str.maketrans({**{letter: to.strip("-") for letter, to in CYRILLIC.items()}, **GREEK, **LATIN})

ROMANISED = (
    (re.compile(r"sch(?=[aeiouy])|shch"), "sh"),
    (re.compile(r"tch|tsch"), "ch"),
    (re.compile(r"kh|ch(?=[r])"), "h"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"ts|tz"), "c"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"[ij]y|y[ij]|ii|ee|ij\b"), "i"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(?<=[aou])e"), ""),
    (re.compile(r"x"), "ks"),
    (re.compile(r"(.)\1+"), r"\1"),
)
"""What is romanised in several ways, one after the other: `Yuri`, `Juri`, `Iouri`; `Müller`, `Mueller`."""

LEGAL_FORMS = frozenset(
    _words(
        "ltd limited llc llp lp inc incorporated corp corporation co company plc pte pty pvt gmbh ag kg ohg mbh se sa"
        " sas sarl srl spa bv nv oy oyj ab as asa aps kft zrt doo dd sdn bhd tbk fze fzco fzc jsc ojsc pjsc cjsc zao"
        " ooo oao pao ao tov pt eood ood ead ad cv ltda eirl spzoo sro the of and und et de"
    )
)
"""Legal forms and small words; without them two spellings of a firm are one."""
TITLES = frozenset(_words("mr mrs ms miss dr prof sir herr frau monsieur madame sheikh haji hajji"))
PARTICLES = frozenset(_words("al el ul as ar an bin ibn bint abu von van der den di da dos la le"))

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile("['`\u2019\u02b9\u02bc]")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")


@lru_cache(maxsize=200_000)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name, folded, without legal forms, titles and particles (where anything else is left)."""
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), _POSSESSIVE.sub("", name.casefold()))
    text = _plain(text)
    words = _WORD.findall(text)
    kept = [word for word in words if word not in LEGAL_FORMS | TITLES] or words
    kept = [word for word in kept if word not in PARTICLES] or kept
    return tuple(each for word in kept if (each := _romanised(word)))


def _plain(text: str) -> str:
    """Letters without marks, of other alphabets in Latin ones."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return bare.replace("\u03bf\u03c5", "ou").translate(LETTERS)


def _romanised(word: str) -> str:
    if not word.isascii() or word.isdigit():
        return word
    found = word
    for form, to in ROMANISED:
        found = form.sub(to, found)
    return found[:1] if len(word) == 1 else found
