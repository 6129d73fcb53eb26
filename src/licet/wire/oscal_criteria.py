"""Criteria and what was found of them as OSCAL 1.1.3 of NIST: a catalogue, and assessment results. `spec/decisions.md`.

Identifiers are UUIDs of version 5 from the digest of what is exported: the same decision is the same bytes. A verdict
`insufficient evidence` or `not applicable` is no state of OSCAL's: it is a property, and its reason is `other`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, NamedTuple

from licet.core.cases.criteria import Criteria, Criterion, Judged, Verdict
from licet.wire.oscal import NAMESPACE, VERSION, Identifiers, Reason, State, line, token

Tree = dict[str, Any]

STATES: Final[Mapping[Verdict, tuple[State, Reason]]] = {
    Verdict.PASS: (State.SATISFIED, Reason.PASS),
    Verdict.FAIL: (State.NOT_SATISFIED, Reason.FAIL),
    Verdict.INSUFFICIENT: (State.NOT_SATISFIED, Reason.OTHER),
    Verdict.NOT_APPLICABLE: (State.NOT_SATISFIED, Reason.OTHER),
}
"""What is said of an objective. Nothing looks satisfied that was not shown to be."""


class Found(NamedTuple):
    """The verdicts of one decision: in which case and entry, when, by whom, on which digest of a decision."""

    case: str
    entry: int
    at: datetime
    official: str
    digest: str
    judged: tuple[Judged, ...]


def catalogue(criteria: Criteria) -> Tree:
    """A catalogue of criteria, each a control."""
    new = Identifiers(criteria.digest)
    at = datetime.combine(criteria.as_of, time(), UTC)
    metadata = _metadata(criteria.title, at, criteria.digest, "criteria")
    resources = [
        {"uuid": str(new("source", source)), "title": line(source), "citation": {"text": source}}
        for source in criteria.sources
    ]
    return {
        "catalog": {
            "uuid": str(new("catalog")),
            "metadata": metadata,
            "groups": [
                {
                    "id": token(criteria.name),
                    "class": "criteria",
                    "title": line(criteria.title),
                    "controls": [_control(criteria, each) for each in criteria.criteria.values()],
                }
            ],
            "back-matter": {"resources": resources},
        }
    }


def results(found: Found, catalogues: Sequence[Criteria]) -> Tree:
    """What a decision found of each criterion, as assessment results. Raises `ValueError` where it judged nothing."""
    if not found.judged:
        raise ValueError(f"entry {found.entry} of {found.case} judges no criterion")
    new = Identifiers(found.digest)
    known = {f"{each.name}#{one.id}": one for each in catalogues for one in each.criteria.values()}
    return {
        "assessment-results": {
            "uuid": str(new("assessment-results")),
            "metadata": _metadata(f"{found.case}, entry {found.entry}: verdicts", found.at, found.digest, "decision")
            | _official(found, new),
            "import-ap": {"href": f"#{new('decision')}"},
            "results": [_result(found, catalogues, known, new)],
            "back-matter": {"resources": _resources(found, new)},
        }
    }


def written(tree: Tree) -> bytes:
    """A document as a file: members in the order of RFC 8785, indented for people."""
    return (json.dumps(tree, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def control_id(catalogue_name: str, criterion: str) -> str:
    """The token of a criterion: catalogue and identifier."""
    return f"{token(catalogue_name)}.{token(criterion)}"


def _metadata(title: str, at: datetime, digest: str, scheme: str) -> Tree:
    return {
        "title": line(title),
        "last-modified": at.isoformat(),
        "version": "1",
        "oscal-version": VERSION,
        "document-ids": [{"scheme": f"{NAMESPACE}:{scheme}", "identifier": digest}],
    }


def _official(found: Found, new: Identifiers) -> Tree:
    """The official of the decision, where one is named (and not withheld)."""
    if not found.official:
        return {}
    party = str(new("official"))
    return {
        "parties": [{"uuid": party, "type": "person", "name": line(found.official)}],
        "roles": [{"id": "prepared-by", "title": "who decided"}],
        "responsible-parties": [{"role-id": "prepared-by", "party-uuids": [party]}],
    }


def _control(criteria: Criteria, criterion: Criterion) -> Tree:
    name = control_id(criteria.name, criterion.id)
    parts = [{"id": f"{name}_smt", "name": "statement", "prose": criterion.statement}]
    parts += [
        {"id": f"{name}_ev.{number}", "name": "evidence", "ns": NAMESPACE, "prose": each}
        for number, each in enumerate(criterion.evidence, 1)
    ]
    return {
        "id": name,
        "class": "criterion",
        "title": line(criterion.title),
        "props": [
            _property("label", criterion.id),
            _property("decisive", "yes" if criterion.decisive else "no"),
            _property("source", criterion.source),
        ],
        "parts": parts,
    }


def _result(found: Found, catalogues: Sequence[Criteria], known: Mapping[str, Criterion], new: Identifiers) -> Tree:
    controls = [{"control-id": _objective(each)} for each in found.judged]
    return {
        "uuid": str(new("result")),
        "title": line(f"{found.case}, entry {found.entry}"),
        "description": f"what the decision of entry {found.entry} of the case {found.case} found of each criterion",
        "start": found.at.isoformat(),
        "end": found.at.isoformat(),
        "props": [_property("criteria", each.name) for each in catalogues] or [_property("criteria", "none")],
        "reviewed-controls": {"control-selections": [{"include-controls": controls}]},
        "observations": [_observation(found, each, known.get(each.criterion), new) for each in found.judged],
        "findings": [_finding(each, known.get(each.criterion), new) for each in found.judged],
    }


def _observation(found: Found, judged: Judged, criterion: Criterion | None, new: Identifiers) -> Tree:
    tree: Tree = {
        "uuid": str(new("observation", judged.criterion)),
        "title": _title(judged, criterion),
        "description": judged.reasons or "no reasons are shown",
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "collected": found.at.isoformat(),
        "props": [_property("verdict", judged.verdict.value)],
    }
    if judged.evidence:
        tree["relevant-evidence"] = [
            {"href": f"#{new('evidence', each)}", "description": f"evidence with the digest {each}"}
            for each in judged.evidence
        ]
    return tree


def _finding(judged: Judged, criterion: Criterion | None, new: Identifiers) -> Tree:
    state, reason = STATES[judged.verdict]
    status = {"state": state.value, "reason": reason.value, "remarks": judged.verdict.value}
    return {
        "uuid": str(new("finding", judged.criterion)),
        "title": f"{_title(judged, criterion)}: {judged.verdict.value}",
        "description": judged.reasons or "no reasons are shown",
        "target": {"type": "objective-id", "target-id": f"{_objective(judged)}_smt", "status": status},
        "related-observations": [{"observation-uuid": str(new("observation", judged.criterion))}],
    }


def _resources(found: Found, new: Identifiers) -> list[Tree]:
    decision = {"uuid": str(new("decision")), "title": line(f"{found.case}, entry {found.entry}: decision")}
    decision |= {"description": "the decision, which says what was to be judged"}
    evidence = {each: None for judged in found.judged for each in judged.evidence}
    return [
        decision | {"props": [_property("digest", found.digest)]},
        *(
            {"uuid": str(new("evidence", each)), "title": "evidence", "props": [_property("digest", each)]}
            for each in evidence
        ),
    ]


def _title(judged: Judged, criterion: Criterion | None) -> str:
    return line(criterion.title if criterion else judged.criterion)


def _objective(judged: Judged) -> str:
    name, _, criterion = judged.criterion.partition("#")
    return control_id(name, criterion)


def _property(name: str, value: str) -> Tree:
    return {"name": name, "ns": NAMESPACE, "value": line(value)}
