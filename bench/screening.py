"""Screening: how many of the ways in which a listed name is written are found, for how much to read, and how fast."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate
from time import process_time
from typing import NamedTuple

from bench.figures import table
from licet.services.identity.name_matching import NameIndex
from licet.services.identity.screening import THRESHOLD
from licet.wire.screening_list import PartyList, PartyType, read_party_list
from licet.wire.screening_names import Presented

ENTRIES, NAMES, EACH = 15_000, 1_000, 200
Say = Callable[[str], None]

STARTS = "Al Be Bor Cal Da Dmi Er Fa Gal Ha Il Jo Ka Kor Le Lo Ma Mi Na Ol Pe Ra Ro Sa She Ta Ti Va Vo Ya Za Zhu"
MIDDLES = "ba be da di fa ga ka la le li lo ma me mi na ni no ra re ri ro sa se ta te ti va vi za zi"
ENDS = "d dov ev im in ko l lin m n nov r ra rez ri s sen shi ski t tov us v vic yev"
FIRMS = "Trading Shipping Electronics Aviation Holding Systems Marine Chemical Optics Logistics Research Industries"
FORMS = ("Ltd", "LLC", "GmbH", "OOO", "S.A.", "JSC", "Co., Ltd.", "Inc.", "")
CYRILLIC = dict(zip("abvgdeziklmnoprstufh", "абвгдезиклмнопрстуфх", strict=True))


class World:
    """An invented list, whose every name is put together from syllables."""

    def __init__(self, seed: int, entries: int = ENTRIES) -> None:
        self.dice = random.Random(seed)
        self.words = [self._word() for _ in range(6_000)]
        self.weights = list(accumulate(1 / (50 + rank) for rank in range(len(self.words))))
        self.people = [self.person() for _ in range(entries * 2 // 3)]
        self.firms = [self.firm() for _ in range(entries - len(self.people))]

    def _word(self) -> str:
        dice = self.dice
        middle = "".join(dice.choice(MIDDLES.split()) for _ in range(dice.choice((0, 1, 1, 2))))
        return dice.choice(STARTS.split()) + middle + dice.choice(ENDS.split())

    def common(self) -> str:
        """A word of a name; a few of them are those of many."""
        return self.dice.choices(self.words, cum_weights=self.weights)[0]

    def person(self) -> str:
        return " ".join(self.common() for _ in range(self.dice.choice((2, 2, 3))))

    def firm(self) -> str:
        line, form = self.dice.choice(FIRMS.split()), self.dice.choice(FORMS)
        return f"{self.common()} {self.common()} {line} {form}".strip()

    def listed(self) -> PartyList:
        """The list, with a second name for one entry in three."""
        rows = ["source,entity_number,type,name,alt_names,addresses,dates_of_birth"]
        for number, name in enumerate(self.people + self.firms):
            kind = "Individual" if number < len(self.people) else "Entity"
            other = self.person() if number % 3 == 0 else ""
            rows.append(f'INV,{number},{kind},"{name}",{other},"1 Quay, Port, {self.dice.choice(("AA", "BB"))}",1970')
        return read_party_list("\n".join(rows).encode(), "invented.csv")


def typo(name: str, dice: random.Random) -> str:
    """One letter changed, left out, doubled, or two of them exchanged; never the first."""
    at = dice.randrange(1, len(name) - 1)
    while " " in name[at - 1 : at + 2]:
        at = dice.randrange(1, len(name) - 1)
    letter = dice.choice("aeiourstlnm")
    edits = (name[at], letter, "", name[at] * 2)
    if dice.random() < 0.25:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + dice.choice(edits[1:]) + name[at + 1 :]


def twice(name: str, dice: random.Random) -> str:
    return typo(typo(name, dice), dice)


def order(name: str, _: random.Random) -> str:
    words = name.split()
    return ", ".join((words[-1], " ".join(words[:-1])))


def initial(name: str, _: random.Random) -> str:
    first, *rest = name.split()
    return f"{first[0]}. {' '.join(rest)}"


def middle(name: str, dice: random.Random) -> str:
    first, *rest = name.split()
    return f"{first} {dice.choice(STARTS.split())}lan {' '.join(rest)}"


def diacritics(name: str, dice: random.Random) -> str:
    marks = {"a": "á", "e": "ë", "i": "í", "o": "ö", "u": "ü", "s": "š", "n": "ñ", "z": "ž"}
    return "".join(marks.get(each, each) if dice.random() < 0.5 else each for each in name)


def romanised(name: str, _: random.Random) -> str:
    for one, other in (
        ("ya", "ia"),
        ("Ya", "Ja"),
        ("zh", "j"),
        ("Zh", "J"),
        ("sh", "sch"),
        ("k", "c"),
        ("ev", "yev"),
        ("v", "w"),
    ):
        name = name.replace(one, other)
    return name


def together(name: str, _: random.Random) -> str:
    first, second, *rest = name.split()
    return " ".join((first + second.lower(), *rest))


def cyrillic(name: str, _: random.Random) -> str:
    return "".join(CYRILLIC.get(each, each) for each in name.lower())


def form(name: str, dice: random.Random) -> str:
    words = [each for each in name.split() if each not in " ".join(FORMS).split()]
    return f"{' '.join(words).upper()}, {dice.choice(FORMS)}"


def same(name: str, _: random.Random) -> str:
    return name


VARIATIONS: dict[str, tuple[Callable[[str, random.Random], str], str]] = {
    "as it is listed": (same, "people"),
    "one typing error": (typo, "people"),
    "two typing errors": (twice, "people"),
    "family name first": (order, "people"),
    "an initial": (initial, "people"),
    "a middle name more": (middle, "people"),
    "diacritics": (diacritics, "people"),
    "another romanisation": (romanised, "people"),
    "two words written as one": (together, "people"),
    "in Cyrillic": (cyrillic, "people"),
    "a firm, another legal form": (form, "firms"),
    "a firm, one typing error": (typo, "firms"),
}


class Found(NamedTuple):
    """How many of so many variations led to their entry, and how many entries were shown for one of them."""

    found: int
    of: int
    shown: float


class Measured(NamedTuple):
    """By variation; entries shown to somebody who is not listed, and how many are shown none; seconds of CPU."""

    variations: dict[str, Found]
    strangers: float
    clear: float
    indexed: float
    screened: float


def run(say: Say) -> str:
    """Measure; the section for the results."""
    return section(measure(say))


def measure(say: Say, threshold: int = THRESHOLD) -> Measured:
    world = World(7)
    listed = world.listed()
    begin = process_time()
    index = NameIndex(listed.parties)
    indexed = process_time() - begin
    numbers = {name: str(at) for at, name in enumerate(world.people + world.firms)}
    found = {}
    for name, (change, of) in VARIATIONS.items():
        names = world.dice.sample(getattr(world, of), EACH)
        found[name] = variation(index, names, change, numbers, world.dice, threshold)
        say(f"screening  {name:28} {found[name].found}/{EACH}  shown {found[name].shown:.1f}")
    strangers = list(unlisted(world))
    begin = process_time()
    shown = [len(index.resembling(each, threshold)) for each in strangers]
    screened = process_time() - begin
    say(f"screening  strangers: {sum(shown) / NAMES:.2f} shown; {NAMES} names in {screened:.1f} s")
    return Measured(found, sum(shown) / NAMES, shown.count(0) / NAMES, indexed, screened)


def variation(
    index: NameIndex,
    names: list[str],
    change: Callable[[str, random.Random], str],
    numbers: dict[str, str],
    dice: random.Random,
    threshold: int,
) -> Found:
    found = shown = 0
    for name in names:
        seen = index.resembling(Presented("u", (change(name, dice),)), threshold)
        found += numbers[name] in {each.party.number for each in seen}
        shown += len(seen)
    return Found(found, len(names), shown / len(names))


def unlisted(world: World) -> Iterator[Presented]:
    """People whose names are of the same words, and are on no list."""
    listed = set(world.people)
    for _ in range(NAMES):
        name = world.person()
        while name in listed:
            name = world.person()
        yield Presented("u", (name,), PartyType.INDIVIDUAL, "AA", "1980")


def section(found: Measured) -> str:
    rows = [(name, f"{each.found / each.of:.1%}", f"{each.shown:.1f}") for name, each in found.variations.items()]
    return f"""## Screening

An invented list of {ENTRIES:,} entries, one in three with a second name; each row is {EACH} listed names written
otherwise, screened at the threshold that is set ({THRESHOLD}). "Found": the entry was among the candidates; "shown":
candidates for one name, of which one is right. The names are made of syllables, and some words are common to many: real
lists differ, and so will these numbers.

{table(("how it is written", "found", "shown"), rows)}

Of {NAMES:,} people who are not listed, with names of the same words, {found.clear:.0%} have no candidate; on average
they have {found.strangers:.2f}. Indexing the list took {found.indexed:.1f} s of CPU, screening the {NAMES:,} names
{found.screened:.1f} s ({NAMES / found.screened:,.0f} names/s on one core).
"""


if __name__ == "__main__":
    print(run(lambda line: print(line, file=sys.stderr)))
