"""A catalogue of criteria as a page: each with an anchor that is its identifier."""

from __future__ import annotations

from licet.core.cases.criteria import Criterion
from licet.core.cases.register.in_force import CriteriaInForce
from licet.core.cases.register.places import criteria_place
from licet.pages.blocks import Pairs, Section, Text
from licet.pages.number import instant, plural, whole
from licet.pages.register.frame import render
from licet.pages.register.procedure import sourced
from licet.pages.words import Code, Names, Word


def criteria_page(each: CriteriaInForce) -> bytes:
    """The page of a catalogue."""
    catalogue = each.criteria
    since = "It came with Licet." if each.since is None else f"It is in force since {instant(whole(each.since))}."
    number = plural(len(catalogue.criteria), "criterion", "criteria")
    rows: tuple[tuple[str, Word], ...] = (
        ("Sources", Names(tuple(sourced(source) for source in catalogue.sources))),
        ("As of", catalogue.as_of.isoformat()),
        ("Digest", Code(catalogue.digest)),
    )
    sections = (
        Section("about", "What they rest on", (Pairs(rows),)),
        *(criterion(one) for one in catalogue.criteria.values()),
    )
    title = f"{catalogue.title} ({catalogue.name})"
    return render(criteria_place(catalogue.name), title, (f"{number}. {since}",), sections)


def criterion(each: Criterion) -> Section:
    """One criterion."""
    rows: tuple[tuple[str, Word], ...] = (
        ("Shown by", Names(each.evidence) if each.evidence else None),
        ("Without it", "there is no grant" if each.decisive else "a grant is still possible"),
        ("Source", sourced(each.source) if each.source else None),
    )
    return Section(each.id, f"{each.id}: {each.title}", (Text((each.statement,)), Pairs(rows)))
