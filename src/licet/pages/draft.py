"""The instruments of a draft, as they were written."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.instruments import Instrument, Licence, Lift, Order, Provision, Release
from licet.core.requirements import worded
from licet.core.trust import Trust
from licet.pages.blocks import Card, Pairs, Section, Text
from licet.pages.role import Role
from licet.pages.words import Code, Link, Mark, Names, Word, codes

KINDS = {
    "release": (Role.GAINS, "release: permits"),
    "order": (Role.LOSES, "order: forbids"),
    "licence": (Role.GAINS, "licence: relieves"),
    "mandate": (Role.GAINS, "mandate: requires"),
    "trust": (Role.UNCHANGED, "trust: believes an issuer"),
    "assessment": (Role.UNCHANGED, "assessment: says of a threshold"),
    "finding": (Role.UNCHANGED, "finding: a way around safeguards"),
    "patch": (Role.UNCHANGED, "patch: of findings"),
    "lift": (Role.UNCHANGED, "lift: ends instruments"),
}


def draft_section(instruments: Sequence[Instrument]) -> list[Section]:
    """One card for each instrument; nothing if there is none."""
    if not instruments:
        return []
    said = Text(("As read from the documents; these are what every figure on this page is about.",))
    return [Section("draft", "The draft", (said, *(card(n, each) for n, each in enumerate(instruments, 1))))]


def card(number: int, instrument: Instrument) -> Card:
    """One instrument with all its fields."""
    role, words = KINDS[type(instrument).__name__.lower()]
    title = f"{instrument.name}: {instrument.title}" if instrument.title else instrument.name
    return Card(f"draft-{number}", title, Mark(role, words), (Pairs(fields(instrument)),))


def fields(instrument: Instrument) -> tuple[tuple[str, Word], ...]:
    """What it says; what it does not say is left out, except an end."""
    return (
        ("Issuer", instrument.issuer or None),
        ("Authority", Names(instrument.authority) if instrument.authority else None),
        ("Issued", instrument.issued),
        ("From", instrument.from_),
        ("Until", instrument.until or "no end is stated"),
        *subject_matter(instrument),
        ("Supersedes", codes(instrument.supersedes) if instrument.supersedes else None),
        ("Reasons", instrument.reasons or None),
        ("Review by", instrument.review_by),
        ("Appeal", Link(instrument.appeal) if instrument.appeal else None),
        ("Source", instrument.source or None),
        ("Digest", Code(instrument.digest)),
    )


def subject_matter(instrument: Instrument) -> tuple[tuple[str, Word], ...]:
    """What it is about: models, operations and condition, or the instruments it ends."""
    if isinstance(instrument, Lift):
        return (("Ends", codes(instrument.ends)),)
    if isinstance(instrument, Trust):
        return trust_matter(instrument)
    if isinstance(instrument, Evidence):
        return evidence_matter(instrument)
    assert isinstance(instrument, Provision)
    return (
        ("Models", codes(instrument.models) if instrument.models else None),
        ("Families", codes(instrument.families) if instrument.families else None),
        ("Operations", codes(instrument.operations)),
        ("Condition", Code(instrument.text)),
        ("Streams", instrument.streams.value if isinstance(instrument, Order) else None),
        ("Relieves", codes(instrument.relieves) if isinstance(instrument, Licence) else None),
        ("Requires", "; ".join(map(worded, instrument.requires)) or None if isinstance(instrument, Release) else None),
    )


def evidence_matter(evidence: Evidence) -> tuple[tuple[str, Word], ...]:
    """What is judged, and how."""
    return (
        ("Models", codes(evidence.models) if evidence.models else None),
        ("Families", codes(evidence.families) if evidence.families else None),
        *said_of(evidence),
        ("Assessed", evidence.assessed),
        ("Judgement", Code(evidence.judgement)),
    )


def said_of(evidence: Evidence) -> tuple[tuple[str, Word], ...]:
    """What the evidence says."""
    match evidence:
        case Assessment(threshold=threshold, verdict=reached):
            return (("Threshold", Code(threshold)), ("Verdict", reached.value))
        case Finding(levels=(low, high), reach=reach):
            severity = high.word if low is high else f"{low.word} to {high.word}"
            return (("Severity", severity), ("Reach", reach.value if reach is not None else None))
        case Patch(patches=patches, verdict=held):
            return (("Patches", codes(patches)), ("Verdict", held.value))
        case _:
            return ()


def trust_matter(trust: Trust) -> tuple[tuple[str, Word], ...]:
    """Who is believed what, and by which keys."""
    keys = trust.keys
    found = "by discovery" if keys is not None and keys.discovery else keys.url if keys is not None else None
    pinned = f"{len(keys.pinned)} pinned here" if keys is not None and keys.pinned else None
    return (
        ("Attester", Code(trust.attester)),
        ("Carriers", codes(tuple(sorted(trust.carriers)))),
        ("Facts", codes(tuple(sorted(trust.facts)))),
        ("Audience", codes(trust.audience) if trust.audience else None),
        ("Types", codes(trust.types) if trust.types else None),
        ("Keys", found or pinned),
        ("Lasts", str(trust.lasts) if trust.lasts is not None else None),
    )
