"""A verification as a page: what was claimed, the verdict, what it rests on, what it does not show, how to check it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from licet.pages import look
from licet.pages.blocks import Block, Figure, Page, Pairs, Section, Text, table
from licet.pages.number import count
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Word
from licet.record.log.findings import Finding
from licet.services.record.verifying import Verification

ABOUT = {
    "checkpoint": "Verification of a checkpoint",
    "consistency": "Verification that a log only grew",
    "proof": "Verification of the proof of a decision",
    "log": "Verification of a log",
    "claim": "Verification of a claim",
    "opening": "Verification of an opening",
}

GLOSSARY = {
    "checkpoint": "a short signed statement in which a log says how many entries it has, and the fingerprint of all of "
    "them together",
    "claim": "a sentence about what was and was not served; it is verified by deciding every recorded request again",
    "commitment": "a fingerprint of something that is not shown: it can be shown later, and not be changed meanwhile",
    "decision": "what the gate did with one request: served the model, served another one, or refused",
    "disclosure": "the records and facts that the operator hands to whoever verifies; each is checked against the log",
    "entry": "one item of the log, numbered from 0; nothing that is in the log can be changed or taken out unnoticed",
    "epoch": "the number of a rulebook: each enactment makes the next one",
    "facts": "what somebody attested of a subject, such as a citizenship; without an attestation a fact is unknown",
    "gate": "the part of the operator's systems that every request passes through",
    "log": "a public list that only ever grows; whoever holds a checkpoint would notice any other change",
    "policy": "the file in which whoever verifies says whose signatures they believe",
    "reference interpreter": "the small program that defines what a rulebook decides; its text is public",
    "rulebook": "all instruments in force together: orders, licences, releases and the definitions that they use",
    "segment": "a stretch of the gate's journal that was closed; the log holds a commitment to all of its records",
    "witness": "an independent party that confirms with its signature that it saw the log only grow",
}
"""Words of this page for a reader who does not work with logs."""

LOG_WORDS = ("checkpoint", "entry", "log", "policy", "witness")
WORDS_OF = {
    "checkpoint": LOG_WORDS,
    "consistency": LOG_WORDS,
    "proof": (*LOG_WORDS, "commitment", "decision", "epoch", "gate", "rulebook", "segment"),
    "log": (*LOG_WORDS, "commitment", "segment"),
    "claim": tuple(GLOSSARY),
    "opening": (*LOG_WORDS, "commitment"),
}
ROLES = {"holds": Role.PROVED, "verified": Role.PROVED, "not shown": Role.UNKNOWN}
FIGURES = ("decisions", "answers by the claim's models", "subjects", "entries")
"""Figures that stand at the top, where there are such."""


def page(verification: Verification) -> str:
    """A verification as one self-contained HTML page."""
    title = quoted(verification.claimed if verification.good else verification.headline)
    return look.render(
        Page(
            f"{ABOUT[verification.what]}: {verification.verdict}",
            title[:1].upper() + title[1:],
            (quoted(verification.sentence),),
            figures(verification),
            sections(verification),
            (ABOUT[verification.what], verification.verdict),
        )
    )


def quoted(text: str) -> str:
    """A sentence whose names stand between quotation marks, not backticks."""
    return re.sub("`([^`]*)`", "“\\1”", text)


def figures(verification: Verification) -> tuple[Figure, ...]:
    """The strip at the top: how much was looked at, and what was found."""
    strip = [Figure(value, name) for name, value in verification.figures if name in FIGURES]
    if verification.found:
        strip.append(Figure(count(verification.found), "against it", Role.REFUTED))
    if verification.lacking:
        strip.append(Figure(count(verification.lacking), "missing", Role.UNKNOWN))
    return tuple(strip)


def role(verification: Verification) -> Role:
    """The meaning of its verdict."""
    return ROLES.get(verification.verdict, Role.REFUTED)


def sections(verification: Verification) -> tuple[Section, ...]:
    """Everything below the answer."""
    verdict: tuple[tuple[str, Word], ...] = (
        ("Claimed", quoted(verification.claimed)),
        *((f"“{name}”", quoted(meaning)) for name, meaning in verification.names),
        ("Verdict", Mark(role(verification), verification.verdict)),
    )
    found = [Section("verdict", "The verdict", (Pairs(verdict),))]
    found += _findings("against", "What is against it", verification.findings, verification.found)
    found += _findings("missing", "What is missing", verification.missing, verification.lacking)
    found += _sentences("rests", "What it rests on", verification.rests_on)
    if verification.figures:
        rows = tuple((name[:1].upper() + name[1:], Code(value)) for name, value in verification.figures)
        found.append(Section("figures", "What was looked at", (Pairs(rows),)))
    found += _sentences("limits", "What it does not show", verification.limits)
    found.append(_again(verification))
    words = [(each, GLOSSARY[each]) for each in sorted(WORDS_OF[verification.what])]
    found.append(Section("glossary", "The words", (Pairs(tuple(words), quiet=True),)))
    return tuple(found)


def _again(verification: Verification) -> Section:
    told = Text(
        (
            "Whoever has the same files comes to the same verdict, with Licet or any program that follows its formats.",
            "Nobody has to be asked or trusted for it. With Licet it is:",
        )
    )
    rows = tuple((str(at), Code(each)) for at, each in enumerate(verification.again, 1))
    return Section("again", "How to check it again", (told, Pairs(rows)))


def _sentences(name: str, title: str, sentences: Sequence[str]) -> list[Section]:
    if not sentences:
        return []
    written = tuple(f"{quoted(each)[:1].upper()}{quoted(each)[1:]}." for each in sentences)
    return [Section(name, title, (Text(written, listed=True),))]


def _findings(name: str, title: str, findings: Sequence[Finding], total: int) -> list[Section]:
    if not findings:
        return []
    rows: list[tuple[Word, ...]] = [(Code(each.place), quoted(each.why)) for each in findings]
    caption = f"The first {count(len(rows))} of {count(total)}" if total > len(rows) else "Each with its place"
    blocks: list[Block] = [table(f"{name}-table", caption, ["Where", "What"], rows)]
    return [Section(name, title, tuple(blocks))]
