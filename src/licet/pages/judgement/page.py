"""A judgement as one page: the verdict and why, the figures with their intervals, and everything they rest on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, assert_never

from licet.core.evidence.judgement import AnyJudgement, FindingJudgement, PatchJudgement, ThresholdJudgement
from licet.pages import look
from licet.pages.blocks import Card, Figure, Page, Pairs, Section, Text
from licet.pages.judgement import basis, finding, patch, threshold
from licet.pages.judgement.standing import mark_of
from licet.pages.number import plural, written
from licet.pages.words import Amount, Code, Given, Names, Word, codes
from licet.services.judging.words import Standing, deciding, sentence, standing_of
from licet.wire.judgement.kept import Kept, digest_of

DIGEST = re.compile("sha256:[0-9a-f]{64}")


def page(kept: Kept) -> str:
    """The judgement as one self-contained HTML page, which prints on sheets that say what they are of."""
    judgement, digest = kept.judgement, digest_of(kept)
    about, strip, found = parts(judgement)
    running = (f"{judgement.subject}  {digest[:19]}…", f"{written(judgement.at)}, {judgement.model}")
    sections = (verdict(kept, digest), *found, asked(kept), *basis.sections(kept, digest))
    return look.render(
        Page(about, f"{judgement.subject} on {judgement.model}", lead(judgement), tuple(strip), sections, running)
    )


def parts(judgement: AnyJudgement) -> tuple[str, Iterable[Figure], Iterable[Section]]:
    """What is shown of each kind of judgement."""
    match judgement:
        case ThresholdJudgement():
            return threshold.ABOUT, threshold.figures(judgement), threshold.sections(judgement)
        case FindingJudgement():
            return finding.ABOUT, finding.figures(judgement), finding.sections(judgement)
        case PatchJudgement():
            return patch.ABOUT, patch.figures(judgement), patch.sections(judgement)
        case _:
            assert_never(judgement)


def lead(judgement: AnyJudgement) -> tuple[str, ...]:
    """The verdict and the one thing that decided it, in two sentences."""
    why = deciding(judgement)
    said = [f"{sentence(judgement)[:1].upper()}{sentence(judgement)[1:]}."]
    if why:
        said.append(f"{why[:1].upper()}{why[1:]}.")
    if standing_of(judgement) is Standing.INSUFFICIENT and len(judgement.coverage.holes) > 1:
        said.append(f"{plural(len(judgement.coverage.holes) - 1, 'other thing is', 'other things are')} missing too.")
    return tuple(said)


def verdict(kept: Kept, digest: str) -> Section:
    """The verdict, and the sentences that lead to it."""
    judgement = kept.judgement
    why = tuple(f"{each[:1].upper()}{each[1:]}." for each in judgement.why)
    card = Card(
        "verdict-card",
        f"{judgement.subject} on {judgement.model}",
        mark_of(judgement),
        (
            *((Text(why, listed=True),) if why else ()),
            Pairs((("Judged as of", judgement.at), ("The whole judgement has the digest", Code(digest)))),
        ),
    )
    return Section("verdict", "The verdict", (card,))


def asked(kept: Kept) -> Section:
    """The threshold or the inquiry, field by field, as it was frozen before the trials."""
    rows = tuple((name, said_of(value)) for name, value in ordered(kept.asked.document))
    more = (
        ("arms", codes(kept.asked.arms) if kept.asked.arms else None),
        ("spent", said_of(dict(kept.asked.spent)) if kept.asked.spent else None),
    )
    return Section("asked", "What was asked", (Pairs((*rows, *more)),))


FIRST = ("threshold", "inquiry", "title", "framework", "source", "capability", "asks", "model")


def ordered(document: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The fields of a document, what it is first."""
    names = [*(name for name in FIRST if name in document), *(name for name in document if name not in FIRST)]
    return ((name, document[name]) for name in names if name not in NOT_SHOWN)


NOT_SHOWN = frozenset({"items"})
"""What is too long for a page."""


def said_of(value: object) -> Word:
    """A field of a document, whatever it holds."""
    match value:
        case str():
            return Code(value) if DIGEST.fullmatch(value) else value
        case int() | float():
            return Amount(f"{value}")
        case list():
            return Names(tuple(said_of(each) for each in value))
        case dict():
            return Names(tuple(Given(name, flat(value[name]), unknown=False) for name in in_order(value)))
        case _:
            return None


def flat(value: object) -> str:
    """A value within a field, on one line, as people write it: `low 1, high 3, why two experts`."""
    match value:
        case str():
            return value
        case dict():
            return ", ".join(f"{name} {flat(value[name])}" for name in in_order(value))
        case list():
            return "; ".join(flat(each) for each in value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def in_order(names: Iterable[str]) -> list[str]:
    """Names with the lower end before the upper one, and reasons last."""
    first, last = ("low", "name", "arm"), ("why", "models")
    found = list(names)
    return [
        *(name for name in first if name in found),
        *(name for name in found if name not in first + last),
        *(name for name in last if name in found),
    ]
