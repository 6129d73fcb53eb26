"""What `licet screen` shows: candidates with their features, and what was decided. No presented name is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, pairs
from licet.cli.terminal.trees import Tree

if TYPE_CHECKING:
    from licet.services.identity.ports import Hit
    from licet.services.identity.screening import Candidate, Screened


def run_blocks(found: Screened, entries: int, everything: bool) -> list[Block]:
    """What a screening with a list of so many entries came to."""
    fresh, disposed = found.fresh, found.disposed
    blocks: list[Block] = [_grid(fresh)] if fresh else []
    if everything and disposed:
        blocks += [Line("decided before", Tone.QUIET), _grid(disposed)]
    told = f"{count(found.subjects, 'subject')} with {count(entries, 'entry')}"
    if fresh:
        blocks.append(Line(f"{told}: {count(len(fresh), 'candidate')} to look at; a score decides nothing", Tone.WARN))
    else:
        before = f"; {count(len(disposed), 'candidate')} decided before" if disposed else ""
        blocks.append(Line(f"{told}: nothing new to look at{before}", Tone.GOOD))
    return blocks


def _grid(candidates: Sequence[Candidate]) -> Grid:
    columns = ("subject", "candidate", "listed as", "source", "name", "sorted", "initials", "country", "type", "born")
    return Grid([_row(each) for each in candidates], columns)


def _row(candidate: Candidate) -> list[Line]:
    party, features = candidate.party, candidate.features
    return [
        cell(candidate.subject, Tone.STRONG),
        cell(candidate.id[:12]),
        cell(features.listed),
        cell(f"{party.source} {party.number}".strip()),
        cell(features.name),
        cell(features.sorted),
        cell("agree" if features.initials else "differ"),
        *(cell(each.value) for each in (features.country, features.type, features.born)),
    ]


def candidate_lines(tree: Tree) -> list[Block]:
    """Which entry it is."""
    entry = tree["entry"]
    return [pairs(("listed as", entry["listed_as"]), ("source", entry["source"]), ("candidate", tree["id"]))]


def candidate_tree(candidate: Candidate) -> Tree:
    """A candidate as JSON."""
    party, features = candidate.party, candidate.features
    return {
        "id": candidate.id,
        "subject": candidate.subject,
        "entry": {
            "digest": party.digest,
            "source": party.source,
            "number": party.number,
            "type": None if party.type is None else party.type.value,
            "programs": list(party.programs),
            "name": party.name,
            "listed_as": features.listed,
        },
        "features": {
            "name": features.name,
            "sorted": features.sorted,
            "initials": features.initials,
            "country": features.country.value,
            "type": features.type.value,
            "date_of_birth": features.born.value,
        },
        "decided": [hit_tree(each) for each in candidate.before],
    }


def hit_tree(hit: Hit) -> Tree:
    """A decision as JSON."""
    return {**hit._asdict(), "at": hit.at.isoformat()}
