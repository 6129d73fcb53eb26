"""What some files would change, as a table and as a tree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, short
from licet.cli.terminal.trees import Tree, instrument_tree
from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.instruments import Instrument, Lift, Provision
from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.services.rulebooks import Proposal
from licet.wire.documents import Written

COLUMNS = ("kind", "name", "in force from", "until", "about", "digest")


def documents_table(proposal: Proposal) -> list[Block]:
    """The new documents; those that come with Licet are only counted."""
    own, with_licet = proposal.told_apart()
    claims = {each.name: each.claim.value for each in proposal.properties}
    rows = [_row(each, proposal.rulebook, claims) for each in own]
    rows += [[cell("subject"), cell(each.name, Tone.STRONG), *[cell("")] * 4] for each in proposal.subjects]
    blocks: list[Block] = [Grid(rows, COLUMNS)] if rows else []
    if with_licet:
        blocks.append(Line(f"and {count(len(with_licet), 'document')} that come with licet", Tone.QUIET))
    return blocks


def proposal_tree(proposal: Proposal) -> Tree:
    """The new documents with their digests, and the rulebook that results."""
    own, with_licet = proposal.told_apart()
    return {
        "documents": [_tree(each, proposal.rulebook) for each in own],
        "shipped": [each.name for each in with_licet],
        "subjects": [each.name for each in proposal.subjects],
        "before": {"rulebook": proposal.before.digest, "epoch": proposal.before.epoch},
        "rulebook": proposal.rulebook.digest,
    }


def ahead(proposal: Proposal, now: datetime) -> tuple[Instrument, ...]:
    """The new instruments that are not in force yet, by the instant at which they will be."""
    names = {each.name for each in proposal.written}
    spans = proposal.rulebook.spans
    later = [
        each
        for each in proposal.rulebook.instruments
        if each.name in names and spans[each.name].start > now and not spans[each.name].is_empty
    ]
    return tuple(sorted(later, key=lambda each: (each.from_, each.name)))


def _row(written: Written, rulebook: Rulebook, claims: Mapping[str, str]) -> list[Line]:
    instrument = rulebook.instrument(written.name)
    kind, digest = cell(written.kind), cell(short(written.digest), Tone.QUIET)
    name = cell(written.name, Tone.STRONG)
    if instrument is None or instrument.digest != written.digest:
        return [kind, name, cell(""), cell(""), cell(_about_other(written, rulebook, claims)), digest]
    span = rulebook.spans[written.name]
    until = span.end.isoformat() if span.end else ""
    if span.is_empty:
        until = "never in force"
    return [kind, name, cell(span.start.isoformat()), cell(until), cell(about_of(instrument)), digest]


def _about_other(written: Written, rulebook: Rulebook, claims: Mapping[str, str]) -> str:
    """What a document is about that is no instrument: a model's family, a property's claim."""
    if written.kind == "property":
        return f"claims {claims[written.name]}" if written.name in claims else ""
    model = rulebook.catalogue.models.get(written.name) if written.kind == "model" else None
    return f"family {model.family}" if model else ""


def about_of(instrument: Instrument) -> str:
    """What an instrument is about: models and families, or the instruments that it ends; of evidence, what it says."""
    match instrument:
        case Lift():
            return f"ends {listed(instrument.ends)}"
        case Trust():
            return f"believes {instrument.attester} {listed(sorted(instrument.facts))}"
        case Assessment(threshold=threshold, verdict=reached):
            return f"{threshold} {reached.value}: {_models(instrument)}"
        case Finding(levels=(low, high)):
            return f"{low.word if low is high else f'{low.word} to {high.word}'}: {_models(instrument)}"
        case Patch(patches=patches, verdict=held):
            return f"{held.value} against {listed(patches)}: {_models(instrument)}"
        case Provision():
            return _models(instrument)
        case _:
            return ""


def _models(instrument: Provision | Evidence) -> str:
    return listed([*instrument.models, *(f"family {family}" for family in instrument.families)])


def _tree(written: Written, rulebook: Rulebook) -> Tree:
    instrument = rulebook.instrument(written.name)
    if instrument is not None and instrument.digest == written.digest:
        return instrument_tree(instrument, rulebook)
    return {"kind": written.kind, "name": written.name, "digest": written.digest}
