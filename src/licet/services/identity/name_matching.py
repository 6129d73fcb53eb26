"""Finding names on a list that resemble a name: words that are alike, in any order (extra `screening`: rapidfuzz)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz, process

from licet.services.identity.names import folded
from licet.services.identity.screening import Agreement, Features, Resemblance
from licet.wire.screening_list import ListedParty
from licet.wire.screening_names import Presented

ALIKE = 72
"""From which likeness on (0 to 100, `rapidfuzz.fuzz.ratio`) two words may be one."""
INITIAL = 70
"""What an initial in the place of a word is worth: it agrees, and says little."""
INITIAL_LETTERS = 3
"""As many letters it counts for."""
SURPLUS = 6
"""What each word costs that only one of the names has, such as a second given name."""
SHARE = 0.45
"""Which part of the letters of the shorter name must stand in words that are alike before names are compared."""

Words = tuple[str, ...]


class _Name(NamedTuple):
    party: int
    written: str
    words: Words
    weight: int


class NameIndex:
    """The names of a list by their words."""

    def __init__(self, parties: Sequence[ListedParty]) -> None:
        self._parties = parties
        self._names = list(_names(parties))
        by_word: dict[str, set[int]] = defaultdict(set)
        for at, name in enumerate(self._names):
            for word in _looked_up(name.words):
                by_word[word].add(at)
        self._by_word = dict(by_word)
        self._words = list(by_word)
        self._alike = lru_cache(maxsize=100_000)(self._find_alike)

    def resembling(self, presented: Presented, threshold: int) -> tuple[Resemblance, ...]:
        """The entries of which a name reaches the threshold (0 to 100), the most alike first."""
        best: dict[int, Features] = {}
        for written in presented.names:
            words = folded(written)
            for at in self._near(words):
                name = self._names[at]
                score = likeness(words, name.words)
                known = best.get(name.party)
                if score >= threshold and (known is None or score > known.name):
                    best[name.party] = self._features(presented, words, name, score)
        found = [Resemblance(self._parties[party], features) for party, features in best.items()]
        return tuple(sorted(found, key=lambda each: (-each.features.name, each.party.digest)))

    def _near(self, words: Words) -> Iterator[int]:
        """Names that share enough with these words."""
        shared: dict[int, int] = defaultdict(int)
        for word in _looked_up(words):
            for at in self._alike(word):
                shared[at] += len(word)
        weight = sum(map(len, words))
        for at, letters in shared.items():
            if letters >= SHARE * min(weight, self._names[at].weight):
                yield at

    def _find_alike(self, word: str) -> frozenset[int]:
        if len(word) == 1:
            return frozenset(self._by_word.get(word, ()))
        found = process.extract(word, self._words, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
        return frozenset(at for each, _, _ in found for at in self._by_word[each])

    def _features(self, presented: Presented, words: Words, name: _Name, score: int) -> Features:
        party = self._parties[name.party]
        return Features(
            score,
            round(fuzz.token_sort_ratio(" ".join(words), " ".join(name.words))),
            name.written,
            sorted(word[0] for word in words) == sorted(word[0] for word in name.words),
            _agree(presented.country, party.countries),
            _agree(presented.type, {party.type} if party.type else set()),
            _born(presented.born, party.born),
        )


def likeness(one: Words, other: Words) -> int:
    """How alike two names are, 0 to 100: in whatever order their words stand, or written together."""
    if not one or not other:
        return 0
    shorter, longer = sorted((one, other), key=lambda words: (len(words), sorted(words)))
    scores = [_paired(shorter, longer), fuzz.ratio(" ".join(sorted(one)), " ".join(sorted(other)))]
    if len(one) != len(other):
        scores.append(fuzz.ratio("".join(one), "".join(other)))
    return round(max(scores))


def _paired(shorter: Words, longer: Words) -> float:
    """Each word of the shorter name with the one that is most alike, weighed by letters. One word out of several is no
    name.
    """
    if len(shorter) == 1 and len(longer) > 1:
        return 0.0
    left, total, weight = list(longer), 0.0, 0
    for word in sorted(shorter, key=lambda each: (-len(each), each)):
        score, mate = max((_word_likeness(word, each), each) for each in left)
        left.remove(mate)
        letters = max(min(len(word), len(mate)), INITIAL_LETTERS)
        total += score * letters
        weight += letters
    return total / weight - SURPLUS * len(left)


def _word_likeness(one: str, other: str) -> float:
    if (len(one) == 1) != (len(other) == 1):
        return INITIAL if one[0] == other[0] else 0.0
    return fuzz.ratio(one, other)


def _looked_up(words: Words) -> set[str]:
    """The words, and each two neighbours written together."""
    return {*words, *("".join(pair) for pair in pairwise(words))}


def _names(parties: Iterable[ListedParty]) -> Iterator[_Name]:
    for at, party in enumerate(parties):
        for written in party.names:
            words = folded(written)
            if words:
                yield _Name(at, written, words, sum(map(len, words)))


def _agree(said: str | None, listed: Iterable[str]) -> Agreement:
    known = frozenset(listed)
    if said is None or not known:
        return Agreement.UNKNOWN
    return Agreement.AGREES if said in known else Agreement.DIFFERS


def _born(said: str | None, listed: frozenset[str]) -> Agreement:
    """Days are compared where both have one, else years."""
    if said is None or not listed:
        return Agreement.UNKNOWN
    days = {each for each in listed if len(each) > 4}
    if len(said) > 4 and days:
        return _agree(said, days)
    return _agree(said[:4], {each[:4] for each in listed})
