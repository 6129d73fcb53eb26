"""What a draft lacks, gathered: of many criteria that lack the same there is one line, which names all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from licet.wire.yaml import Place

SAME = re.compile(r"`[^`]*#(?P<id>[^`#]+)` \(.*?\) (?P<lacks>(?:is|passes)\b.*)", re.DOTALL)
"""A sentence about one criterion: its identifier, its title, and what is wrong with it."""

FEW = 2
"""So many criteria with the same lack have a line each."""


def gathered(lacks: Iterable[tuple[Place, str]]) -> list[str]:
    """A line for each lack, with its place; or for each kind of lack, where more than `FEW` criteria have it."""
    groups: dict[str, list[tuple[Place, str]]] = {}
    for place, sentence in lacks:
        found = SAME.fullmatch(sentence)
        groups.setdefault(found["lacks"] if found else sentence, []).append((place, sentence))
    return [line for lack, group in groups.items() for line in _lines(lack, group)]


def _lines(lack: str, group: Sequence[tuple[Place, str]]) -> list[str]:
    if len(group) <= FEW:
        return [f"{place}: {sentence}" for place, sentence in group]
    lines = [place.line for place, _ in group]
    found = [_named(sentence) for _, sentence in group]
    where = f" (lines {', '.join(map(str, lines))})" if len(set(lines)) > 1 else ""
    return [f"{group[0][0]}: {', '.join(found)}{where}: each {lack}"]


def _named(sentence: str) -> str:
    found = SAME.fullmatch(sentence)
    return f"`{found['id']}`" if found else sentence
