"""What is known of a subject, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from licet.cli.keys import keys_grid, state_of
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs, short
from licet.cli.terminal.trees import Tree, instant, key_tree
from licet.core.attestations import Attestation, Standing
from licet.core.facts import Unknown
from licet.services.explain import shown
from licet.services.identity.knowing import Knowledge, Said, Told
from licet.wire.values import to_json

TONES = {Standing.COUNTS: Tone.GOOD, Standing.WITHDRAWN: Tone.QUIET, Standing.EXPIRED: Tone.QUIET}


def knowledge_blocks(known: Knowledge) -> list[Block]:
    """Everything, under the value of each fact the reasons for it."""
    blocks: list[Block] = [_head(known)]
    if known.facts:
        blocks.append(_values(known.facts))
        blocks += _provenance(known)
    if known.silent:
        blocks.append(Line(f"unknown, because nobody said anything of it: {listed(known.silent)}", Tone.QUIET))
    if known.keys:
        blocks.append(keys_grid(list(known.keys), known.at))
    if known.acts_for_it:
        told = listed([f"{key.id} of {key.subject}" for key in known.acts_for_it])
        blocks.append(Line(f"keys that act for it: {told}"))
    return [*blocks, *_lists(known)]


def knowledge_tree(known: Knowledge) -> Tree:
    """The same as JSON."""
    return {
        "id": known.subject,
        "kind": known.kind,
        "at": instant(known.at),
        "suspended": known.suspended,
        "pseudonyms": list(known.names),
        "facts": [_fact_tree(each) for each in known.facts],
        "unknown": list(known.silent),
        "issuers": list(known.issuers),
        "keys": [key_tree(key, state_of(key, known.at)) for key in known.keys],
        "acted_for_by": [{"key": key.id, "subject": key.subject} for key in known.acts_for_it],
        "members": [
            {
                "organisation": each.attester,
                "id": each.id,
                "active": each.active,
                "changed_at": instant(each.changed_at),
            }
            for each in known.members
        ],
        "screening": [
            {
                "list": each.list,
                "candidate": each.candidate,
                "outcome": each.outcome,
                "reason": each.reason,
                "by": each.actor,
                "at": instant(each.at),
            }
            for each in known.dispositions
        ],
    }


def _head(known: Knowledge) -> Grid:
    return pairs(
        ("subject", Line(known.subject, Tone.STRONG)),
        ("kind", known.kind),
        ("at", _shortly(known.at)),
        ("suspended", Line(known.suspended or "", Tone.BAD)),
        ("pseudonyms", listed(known.names)),
        ("known to", listed(known.issuers)),
    )


def _values(facts: Iterable[Told]) -> Grid:
    rows = []
    for fact in facts:
        name, value = cell(fact.name, Tone.STRONG), _value(fact)
        for each in fact.said:
            said, tone = each.attestation, TONES.get(each.standing, Tone.WARN)
            row = [name, value, cell(shown(said.value)), cell(said.attested_by), cell(said.level)]
            rows.append([*row, cell(_shortly(said.until)), cell(each.standing.value, tone)])
            name = value = cell("")
    return Grid(rows, ("fact", "value", "said", "by", "level", "until", "worth"))


def _value(fact: Told) -> Line:
    return cell(shown(fact.value), Tone.WARN if isinstance(fact.value, Unknown) else Tone.GOOD)


def _provenance(known: Knowledge) -> Iterator[Block]:
    """What is kept of each thing that carried facts, and why it counts."""
    groups: dict[str, list[str]] = {}
    for fact in known.facts:
        for each in fact.said:
            groups.setdefault(_carried(each, known.at), []).append(fact.name)
    rows = [[cell(listed(sorted(names)), Tone.STRONG), Line(how)] for how, names in groups.items()]
    yield Grid(rows, ("facts", "how they came, and what is kept of that"))


def _carried(each: Said, at: datetime) -> str:
    said = each.attestation
    parts = [
        f"by {said.carrier.value}: {said.how or 'erased'}",
        f"framework {said.framework}" if said.framework else "",
        f"attested {_shortly(said.at)}, known since {_shortly(each.since)}",
        f"digest {short(said.digest)}" if said.digest else "",
        f"believed by {listed(each.trusted_by)}" if each.trusted_by else "",
        _status(each, at),
    ]
    return "; ".join(filter(None, parts))


def _status(each: Said, at: datetime) -> str:
    status = each.attestation.status
    if status is None:
        return ""
    place = f"status {status.uri} position {status.position}"
    if each.read is None:
        return f"{place}, never read"
    until = f"counts until {_shortly(each.read.until)}" if each.read.until > at else "which was too long ago"
    return f"{place}, last confirmed {_shortly(each.read.since)}, {until}"


def _shortly(at: datetime | None) -> str:
    """An instant to the second: JSON has all of it."""
    return "" if at is None else at.isoformat(timespec="seconds")


def _lists(known: Knowledge) -> Iterator[Block]:
    if known.members:
        rows = [
            [
                cell(each.attester, Tone.STRONG),
                cell(each.id),
                cell("active" if each.active else "inactive", Tone.GOOD if each.active else Tone.QUIET),
                cell(_shortly(each.changed_at)),
            ]
            for each in known.members
        ]
        yield Grid(rows, ("member of", "id", "state", "since"))
    if known.dispositions:
        rows = [
            [
                cell(each.outcome, Tone.BAD if each.outcome == "match" else Tone.GOOD),
                cell(each.list),
                cell(short(each.candidate)),
                cell(each.actor),
                cell(_shortly(each.at)),
                cell(each.reason),
            ]
            for each in known.dispositions
        ]
        yield Grid(rows, ("screening", "list", "candidate", "by", "at", "reason"))


def _fact_tree(fact: Told) -> Tree:
    return {"fact": fact.name, "value": to_json(fact.value), "said": [_said_tree(each) for each in fact.said]}


def _said_tree(each: Said) -> Tree:
    said = each.attestation
    return {
        "value": to_json(said.value),
        "standing": each.standing.value,
        "attested_by": said.attested_by,
        "framework": said.framework,
        "level": said.level,
        "carrier": said.carrier.value,
        "how": said.how,
        "at": instant(said.at),
        "since": instant(each.since),
        "until": instant(said.until),
        "digest": said.digest,
        "status": _status_tree(each, said),
        "trusted_by": list(each.trusted_by),
    }


def _status_tree(each: Said, said: Attestation) -> Tree | None:
    if said.status is None:
        return None
    return {
        "uri": said.status.uri,
        "position": said.status.position,
        "confirmed": None if each.read is None else instant(each.read.since),
        "counts_until": None if each.read is None else instant(each.read.until),
    }


def went(opened: int) -> str:
    """How many opened facts were erased in segments."""
    return f"{count(opened, 'leaf').replace('leafs', 'leaves')} of facts in sealed segments erased"
