"""What classifiers are given of a request or an answer: readings of all its texts together."""

from __future__ import annotations

from licet.wire.journal import Unjudged
from licet.wire.strict_json import StrictJsonError, decode, members
from licet.wire.texts import Texts, answer_texts, request_texts, unescaped

LONGEST = 1_000_000
"""Characters that are judged at once, at most; what is longer could not be judged."""

Readings = tuple[str, ...] | Unjudged
"""What to judge, or why nobody can."""


def request_readings(data: bytes) -> Readings:
    """The readings of a request's body, which was read strictly before."""
    body = {member.key: member.value for member in members(decode(data))}
    return readings(request_texts(body))


def answer_readings(data: bytes) -> Readings:
    """The readings of a whole answer. What is not JSON cannot be judged."""
    try:
        tree = {member.key: member.value for member in members(decode(data))}
    except StrictJsonError:
        return Unjudged.UNREADABLE
    return readings(answer_texts(tree))


def readings(texts: Texts) -> Readings:
    """Every text on a line of its own; and, where texts follow each other without a break, joined as a model sees them,
    with and without what an upstream may skip between them; each once more without escapes, if there are any.

    So neither a word that is split over two parts, nor two words that only stand side by side, stay unseen.
    """
    if texts.unreadable is not None:
        return Unjudged.UNREADABLE
    apart = "\n".join(text for group in texts.groups for text in group)
    if len(apart) > LONGEST:
        return Unjudged.TOO_LONG
    joined = "\n".join("".join(group) for group in texts.groups)
    prose = "\n".join("".join(group) for group in texts.prose)
    return spellings(apart, joined, "" if prose in joined else prose)


def spellings(*texts: str) -> tuple[str, ...]:
    """Some texts, the first and what the others have beside it; and those with escapes also without them."""
    first, *others = texts
    found = dict.fromkeys((first, *filter(None, others)))
    return tuple(dict.fromkeys((*found, *(unescaped(text) for text in found if "\\" in text))))
