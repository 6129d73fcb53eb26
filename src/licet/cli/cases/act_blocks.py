"""An act on cases for whoever signs or approves it: which cases, which events, and everything that they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from licet.cases.decision.decision import DECISION, DecisionRejected, decision_of
from licet.cli.cases.case_blocks import plain
from licet.cli.cases.decisions import decision_blocks
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed, pairs
from licet.core.cases.procedure import Deciding
from licet.services.acts.content import Act
from licet.services.acts.what import What
from licet.wire.documents import read_cases

Tree = Mapping[str, Any]

MOST_COLUMNS = 5
"""Columns of fields in one table; more are told entry by entry."""


def of_cases(act: Act) -> bool:
    """Whether an act makes entries in cases."""
    return act.what in (What.OPEN_CASES, What.CASE)


def act_on_cases_blocks(act: Act) -> list[Block]:
    """What it does, by whom; then its entries: one in full, several as a table of what they do not share."""
    entries: Sequence[Tree] = act.fields["entries" if act.what is What.CASE else "cases"]
    head = pairs(
        ("does", Line(headline(act), Tone.STRONG)),
        ("by", act.actor),
        ("made", act.at.isoformat(timespec="seconds")),
        ("digest", act.digest),
    )
    if len(entries) == 1:
        return [head, *_entry(entries[0])]
    told = [_told(each) for each in entries]
    common = {name: text for name, text in told[0].items() if all(each.get(name) == text for each in told)}
    own = list(dict.fromkeys(name for each in told for name in each if name not in common))
    shared: list[Block] = [Line("all of them", Tone.QUIET), pairs(*common.items())] if common else []
    if len(own) > MOST_COLUMNS:
        return [head, *shared, *(block for each in entries for block in _entry(each))]
    return [head, *shared, Grid([[cell(each.get(name)) for name in own] for each in told], own)]


def headline(act: Act) -> str:
    """What it does, in half a sentence: `grant in C-2, C-3`."""
    entries: Sequence[Tree] = act.fields["entries" if act.what is What.CASE else "cases"]
    events = listed(list(dict.fromkeys(each["event"] for each in entries)))
    if act.what is What.OPEN_CASES:
        return f"open {len(entries):,} case{'s' if len(entries) > 1 else ''} by {events}"
    return f"{events} in {listed([each['case'] for each in entries])}"


def _entry(entry: Tree) -> list[Block]:
    """One entry: who, when, with what; its fields; and its decision in words."""
    told = _told({**entry, "fields": {name: each for name, each in entry["fields"].items() if name != DECISION}})
    blocks: list[Block] = [pairs(*told.items())]
    tree = entry["fields"].get(DECISION)
    if tree is None:
        return blocks
    try:
        return [*blocks, *decision_blocks(decision_of(entry["fields"], Deciding(tree["kind"])))]
    except (DecisionRejected, KeyError, TypeError, ValueError):  # whoever made this did not make it with `licet`
        return [*blocks, pairs((DECISION, plain(tree)))]


def _told(entry: Tree) -> dict[str, str]:
    """Everything that an entry says, by name, as texts; nothing is cut."""
    found = {
        "case": entry.get("case"),
        "on entry": entry.get("on"),
        "procedure": _procedure(entry.get("procedure")),
        "event": entry["event"],
        "as": entry["role"],
        "party": entry["party"],
        "happened": entry["happened"],
        "late because": entry["late"],
        "exhibits": listed([f"{each['name']} ({each['digest']})" for each in entry["exhibits"]]),
        "links": listed([f"{each['relation']} {each['target']}" for each in entry.get("links", ())]),
    }
    said = {name: str(value) for name, value in found.items() if value not in (None, "")}
    return said | _flat("", entry["fields"])


def _procedure(digest: str | None) -> str | None:
    """A procedure by its digest; with its name, where it comes with Licet."""
    return None if digest is None else f"{_shipped()[digest]} ({digest})" if digest in _shipped() else digest


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, str]:
    """The names of the procedures that come with Licet, by their digests."""
    return {each.digest: each.name for each in read_cases(()).procedures.values()}


def _flat(prefix: str, tree: Tree) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            found |= _flat(f"{prefix}{name}.", value)
        else:
            found[f"{prefix}{name}"] = plain(value)
    return found
