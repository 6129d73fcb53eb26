"""A small linear head over character n-grams: the classifier that ships, **a demonstration** and no protection.

It was trained in this repository on our own harmless data, for a stand-in policy (`scenarios/safeguard/`). It shows
what a safeguard does to a gate, at the cost of a real cheap first stage; operators bring classifiers of their own.

A text is looked at through windows that overlap, and its score is that of the worst of them: otherwise a long harmless
text would hide a short passage.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, repeat

SIZES = (5, 6)
"""How many characters the n-grams have."""

WINDOW = 240
"""Characters of one window; a shorter text is one window."""

STEP = 40
"""How far windows are apart: a passage of up to 200 characters is whole in one of them."""

SCALE = 1_000
"""Weights are whole numbers of thousandths, so that they are the same text on every machine."""

_SPACE = re.compile(r"\s+")
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
"""Characters that no reader sees and that would keep letters apart."""


class HeadDamaged(Exception):
    """Weights that are none."""


@dataclass(frozen=True, slots=True)
class Head:
    """The weights by n-gram, in thousandths, and what is added to their sum. `name` and `version` go into journals."""

    name: str
    version: str
    weights: Mapping[str, int]
    bias: int

    def score(self, text: str) -> float:
        """How much it looks like what the policy is about, from 0 to 1."""
        worst = max(self.windows(plain(text)))
        return 1 / (1 + math.exp(-max(worst, -30 * SCALE) / SCALE))

    def windows(self, text: str) -> Iterator[int]:
        """The sum of each window of a plain text, in thousandths, at least one."""
        sums = list(accumulate(self.weights_of(text), initial=0))
        last = max(len(text) - WINDOW, 0)
        for start in (*range(0, last, STEP), last):
            yield self.bias + sums[min(start + WINDOW, len(text))] - sums[start]

    def weights_of(self, text: str) -> Iterator[int]:
        """For each character of a plain text, what the n-grams that begin there weigh together."""
        by_size = (self._weights_of(text, size) for size in SIZES)
        return map(sum, zip(*by_size, strict=True))

    def _weights_of(self, text: str, size: int) -> Iterator[int]:
        shifted = (text[shift:].ljust(len(text)) for shift in range(size))
        return map(self.weights.get, map("".join, zip(*shifted, strict=True)), repeat(0))


def plain(text: str) -> str:
    """A text as the head sees it: one spelling of each letter, lower case, single spaces, nothing invisible."""
    folded = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold()
    return f" {_SPACE.sub(' ', folded).strip()} "


def grams(text: str) -> Iterator[str]:
    """The n-grams of a plain text, as training counts them: a text of one window is the sum of their weights."""
    for size in SIZES:
        for start in range(len(text)):
            yield text[start : start + size].ljust(size)


def read_head(content: bytes) -> Head:
    """A head from its file. Raises `HeadDamaged`."""
    try:
        tree = json.loads(content)
        weights = {str(gram): int(weight) for gram, weight in tree["weights"].items()}
        return Head(str(tree["name"]), str(tree["version"]), weights, int(tree["bias"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HeadDamaged(f"the head's weights cannot be read: {error}") from error


def written(name: str, version: str, weights: Iterable[tuple[str, int]], bias: int, about: str) -> bytes:
    """The file of a head."""
    tree = {"name": name, "version": version, "about": about, "bias": bias, "weights": dict(sorted(weights))}
    return (json.dumps(tree, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n").encode()
