"""The decisions of a case in words: the six elements, what was judged, conditions and undertakings, the terms."""

from __future__ import annotations

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed, pairs, short
from licet.core.cases.case import Decided
from licet.core.cases.criteria import Judged, Verdict
from licet.core.cases.decision import Decision, Element, Promise, Terms
from licet.core.cases.limit_text import limit_text

TONES = {
    Verdict.PASS: Tone.GOOD,
    Verdict.FAIL: Tone.BAD,
    Verdict.INSUFFICIENT: Tone.WARN,
    Verdict.NOT_APPLICABLE: Tone.QUIET,
}


def decided_blocks(decided: Decided) -> list[Block]:
    """One decision that was made."""
    heading = Line(f"decision of entry {decided.number}: {decided.decision.kind.value}", Tone.STRONG)
    return [heading, *decision_blocks(decided.decision)]


def decision_blocks(decision: Decision) -> list[Block]:
    """A decision, or a draft: each of the six elements by its name, then what it rests on and what it obliges to."""
    blocks: list[Block] = [
        pairs(
            (Element.DECISION.value, Line(decision.summary, Tone.STRONG)),
            (Element.BASIS.value, "; ".join(decision.basis)),
            (Element.CONSIDERATIONS.value, decision.considerations),
            (Element.RECONSIDERATION.value, decision.reconsideration),
            (Element.OFFICIAL.value, decision.official),
            (Element.APPEAL.value, decision.appeal),
            *(_terms(decision.terms) if decision.terms is not None else ()),
        )
    ]
    if decision.judged:
        blocks.append(Grid([_judged(each) for each in decision.judged], ("criterion", "verdict", "why", "evidence")))
    if decision.promises:
        blocks.append(
            Grid([_promise(each) for each in decision.promises], ("obligation", "from", "who", "what", "due"))
        )
    return blocks


def _judged(judged: Judged) -> list[Line]:
    return [
        cell(judged.criterion.partition("#")[2] or judged.criterion, Tone.STRONG),
        cell(judged.verdict.value, TONES[judged.verdict]),
        cell(judged.reasons),
        cell(listed([short(each) for each in judged.evidence]), Tone.QUIET),
    ]


def _promise(promise: Promise) -> list[Line]:
    return [
        cell(promise.id, Tone.STRONG),
        cell(promise.kind.value),
        cell(promise.owner),
        cell(promise.text),
        cell(when_due(promise)),
    ]


def when_due(promise: Promise) -> str:
    """When a promise is to be kept, in words."""
    parts = [
        f"by {promise.by.isoformat(timespec='seconds')}" if promise.by else "",
        f"within {limit_text(promise.within)}" if promise.within else "",
        f"every {limit_text(promise.every)}" if promise.every else "",
        f"{limit_text(promise.cure)} to put a breach right" if promise.cure else "",
    ]
    return ", ".join(filter(None, parts)) or "at all times"


def _terms(terms: Terms) -> list[tuple[str, str]]:
    return [
        ("licence", terms.licence),
        ("relieves", listed(terms.relieves)),
        ("supersedes", listed(terms.supersedes)),
        ("models", listed([*terms.models, *(f"family {each}" for each in terms.families)])),
        ("operations", listed(terms.operations)),
        ("holders", terms.to),
        ("from", terms.since.isoformat()),
        ("until", terms.until.isoformat() if terms.until else "no end"),
        ("review by", terms.review_by.isoformat() if terms.review_by else ""),
    ]
