"""What the evidence of a draft is: for each digest in it the document in force, the judgement or the exhibit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licet.cli.cases.room import Room
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed, short
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case
from licet.core.cases.decision import Decision
from licet.core.cases.entry import Exhibit
from licet.services.cases.evidence import Evidence, evidence_of

NOT_HERE = "not here: nothing that was enacted, and no document of this case, has this digest"


def shown_evidence(room: Room, case: Case, read: Decision, comes: Sequence[Exhibit]) -> tuple[list[Tree], list[Block]]:
    """Each digest with what it is and the criteria that it is for, as JSON and as a table. `comes`: the exhibits that
    come with the decision.
    """
    entries = [each.entry for each in case.entries]
    found = evidence_of(read, room.store.documents(), entries, comes=comes)
    trees = [_tree(digest, each, _criteria(read, digest)) for digest, each in found.items()]
    if not trees:
        return [], []
    rows = [
        (
            cell(short(tree["digest"]), Tone.STRONG),
            cell(listed([each.partition("#")[2] or each for each in tree["criteria"]])),
            cell(tree["says"] or NOT_HERE, Tone.PLAIN if tree["says"] else Tone.WARN),
        )
        for tree in trees
    ]
    return trees, [Grid(rows, ("evidence", "for", "which is")), *_said(found)]


def _said(found: Mapping[str, Evidence | None]) -> list[Block]:
    strange = sum(each is None for each in found.values())
    if not strange:
        return []
    return [
        Line(f"{strange} of {len(found)} are not here; attach them with `--exhibit`, or mind the digest", Tone.WARN)
    ]


def _criteria(read: Decision, digest: str) -> list[str]:
    return [each.criterion for each in read.judged if digest in each.evidence]


def _tree(digest: str, evidence: Evidence | None, criteria: list[str]) -> Tree:
    return {
        "digest": digest,
        "criteria": criteria,
        "kind": evidence and evidence.kind,
        "name": evidence and evidence.name,
        "says": evidence and evidence.says,
    }
