"""What the digests of evidence in a decision are: documents in force, judgements that these rest on, or exhibits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from licet.core.cases.decision import Decision
from licet.core.cases.entry import Entry, Exhibit
from licet.services.stored import StoredDocument

JUDGED: Final = ("assessment", "finding", "patch")
"""The kinds of documents that rest on a judgement, which they name by its digest."""


class Evidence(NamedTuple):
    """What a digest is: `kind` is a document's, `judgement` or `exhibit`; `name` what it is called there.

    `says` is a clause for people. `public`: whether everybody may know it, since it is in force.
    """

    digest: str
    kind: str
    name: str
    says: str
    public: bool


def evidence_of(
    decision: Decision,
    documents: Iterable[StoredDocument],
    entries: Iterable[Entry],
    *,
    comes: Iterable[Exhibit] = (),
) -> dict[str, Evidence | None]:
    """Each digest that a decision names as evidence, in order, with what it is; None where nothing here has it.

    `documents` are those enacted, `entries` those of the case; `comes` is attached to the decision itself, where that
    is not made yet.
    """
    attached = {
        each.digest: Evidence(each.digest, "exhibit", each.name, f"`{each.name}`, which comes with it", public=False)
        for each in comes
    }
    known = {**attached, **_exhibits(entries), **_in_force(documents)}
    return {digest: known.get(digest) for judged in decision.judged for digest in judged.evidence}


def public_digests(documents: Iterable[StoredDocument]) -> frozenset[str]:
    """The digests that are public anyway: of documents that were enacted, and of judgements that these name."""
    return frozenset(_in_force(documents))


def _in_force(documents: Iterable[StoredDocument]) -> Mapping[str, Evidence]:
    found: dict[str, Evidence] = {}
    for each in documents:
        says = f"the {each.kind} `{each.name}`, which was enacted"
        found[each.digest] = Evidence(each.digest, each.kind, each.name, says, public=True)
        if each.kind in JUDGED:
            judgement = json.loads(each.canonical)["judgement"]
            says = f"the judgement on which the {each.kind} `{each.name}` rests, which was enacted"
            found[judgement] = Evidence(judgement, "judgement", each.name, says, public=True)
    return found


def _exhibits(entries: Iterable[Entry]) -> Mapping[str, Evidence]:
    return {
        each.digest: Evidence(
            each.digest, "exhibit", each.name, f"`{each.name}`, attached to entry {entry.number}", public=False
        )
        for entry in entries
        for each in entry.exhibits
    }
