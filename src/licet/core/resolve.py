"""The second step: drafts that refer to each other become facts, definitions, models, instruments and properties.

Every reference is checked: unknown facts, models, families, definitions and instruments, type errors in conditions,
lifts of what does not exist, cycles. The order of the documents does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licet.core.cases.calendar import Calendar
from licet.core.cases.criteria import Criteria
from licet.core.cases.fields import CaseForm
from licet.core.cases.procedure import Procedure
from licet.core.cases.resolve.procedure import case_documents
from licet.core.catalogue import Catalogue
from licet.core.definitions import Definition
from licet.core.errors import Problem
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.suite import Suite
from licet.core.evidence.threshold import Threshold
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.instruments import Instrument
from licet.core.properties import Property
from licet.core.resolve_evidence import check_head_starts, threshold_from
from licet.core.resolve_inquiry import inquiry_from
from licet.core.resolve_instruments import check_supersession, instrument
from licet.core.resolve_models import check_models, model_from
from licet.core.resolve_properties import property_from
from licet.core.resolve_safeguard import safeguard_from
from licet.core.resolve_suites import suite_from
from licet.core.resolving import DigestOf, Resolving, definition, names
from licet.core.safeguards import Safeguard
from licet.core.schema import INSTRUMENTS
from licet.core.shape import Draft
from licet.core.shaping import shown
from licet.core.subjects import AttestedFact, Subject

REPLACED = ("model", "safeguard")
"""Kinds of which a later document takes the place of an earlier one of the same name."""


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents whose references all lead somewhere."""

    facts: Mapping[str, Fact]
    definitions: Mapping[str, Definition]
    catalogue: Catalogue
    instruments: tuple[Instrument, ...]
    subjects: tuple[Subject, ...]
    properties: tuple[Property, ...] = ()
    suites: Mapping[str, Suite] = field(default_factory=dict)
    inquiries: Mapping[str, Inquiry] = field(default_factory=dict)
    safeguards: Mapping[str, Safeguard] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    forms: Mapping[str, CaseForm] = field(default_factory=dict)
    criteria: Mapping[str, Criteria] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


def resolve(drafts: Iterable[Draft], digest_of: DigestOf) -> tuple[Documents, tuple[Problem, ...]]:
    """All documents together, and everything that is wrong with their references.

    Where there are problems, the documents concerned are left out of the result, which then must not be used to
    decide. `digest_of` gives the digest of a draft's canonical form.
    """
    work = Resolving({}, digest_of)
    collect(work, drafts)
    for draft in work.of("fact"):
        work.facts[draft.name] = fact_from(draft.tree)
    for draft in work.of("definition"):
        definition(work, draft, ())
    for draft in work.of("model"):
        work.models[draft.name] = model_from(draft, digest_of)
    check_models(work)
    for draft in work.of(*INSTRUMENTS):
        instrument(work, draft)
    check_supersession(work)
    check_head_starts(work)
    for draft in work.of("property"):
        property_from(work, draft)
    for draft in work.of("subject"):
        subject(work, draft)
    cases = case_documents(work)
    documents = Documents(
        work.facts,
        {name: known for name, known in work.definitions.items() if known is not None},
        Catalogue(work.models.values()),
        tuple(sorted(work.instruments.values(), key=lambda each: each.name)),
        tuple(work.subjects),
        tuple(sorted(work.properties.values(), key=lambda each: each.name)),
        suites={draft.name: suite_from(draft, digest_of) for draft in work.of("suite")},
        inquiries={draft.name: inquiry_from(work, draft) for draft in work.of("inquiry")},
        thresholds={draft.name: threshold_from(work, draft) for draft in work.of("threshold")},
        safeguards={draft.name: safeguard_from(work, draft) for draft in work.of("safeguard")},
        calendars=cases.calendars,
        forms=cases.forms,
        criteria=cases.criteria,
        procedures=cases.procedures,
    )
    return documents, tuple(work.problems)


def collect(work: Resolving, drafts: Iterable[Draft]) -> None:
    """Sort drafts by kind and name. The same document twice is one; the same name twice is an error.

    All instruments share one space of names. Models and safeguards are configuration, so a later one replaces.
    """
    taken: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        space = "instrument" if draft.kind in INSTRUMENTS else draft.kind
        before = taken.get((space, draft.name))
        if before is not None and draft.kind not in REPLACED:
            if before.tree != draft.tree:
                hint = "an amendment is a new instrument that `supersedes` it" if space == "instrument" else "rename it"
                message = f"the {before.kind} `{draft.name}` exists already with another content; {hint}"
                work.report(draft, (draft.kind,), message)
            continue
        taken[space, draft.name] = draft
        work.drafts.setdefault(draft.kind, {})[draft.name] = draft


def fact_from(tree: Mapping[str, Any]) -> Fact:
    return Fact(
        name=tree["fact"],
        kind=Kind(tree["type"]),
        about=About(tree["about"]),
        meaning=tree["meaning"],
        source=tree["source"],
        values=frozenset(tree.get("values", ())),
        level=tree.get("level"),
    )


def subject(work: Resolving, draft: Draft) -> None:
    attested: list[AttestedFact] = []
    for name, tree in draft.tree.get("facts", {}).items():
        path = ("facts", name)
        fact = work.facts.get(name)
        if fact is None or fact.about is not About.SUBJECT:
            work.report(draft, path, f"unknown fact `{name}`; known: {names(work.facts)}", at_key=True)
            continue
        value = value_from(tree["value"], tree.get("complete", False), fact)
        if value is None:
            found = shown(tree["value"])
            work.report(draft, (*path, "value"), f"{found} cannot be a value of `{name}`; allowed: {fact.allowed}")
            continue
        until = datetime.fromisoformat(tree["until"]) if "until" in tree else None
        attested.append(
            AttestedFact(
                name, value, tree["attested_by"], tree["how"], tree["level"], datetime.fromisoformat(tree["at"]), until
            )
        )
    work.subjects.append(Subject(draft.name, draft.tree["kind"], tuple(attested)))


def value_from(tree: Any, complete: bool, fact: Fact) -> Value | None:
    """A fact's value as people write it: `true`, `3`, `FR`, `[FR, DE]`, `unknown`; None if it is none of this fact."""
    if tree == "unknown" and "unknown" not in fact.values:
        return UNKNOWN
    value: Any = tree
    if fact.kind.is_set and isinstance(tree, list) and all(isinstance(each, str) for each in tree):
        value = Members(frozenset(tree), complete)
    return value if isinstance(value, bool | int | str | Members) and fact.admits(value) else None
