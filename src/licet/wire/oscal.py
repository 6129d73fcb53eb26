"""Assessment results as JSON: the Open Security Controls Assessment Language (OSCAL) 1.1 of NIST, `spec/oscal.md`.

What was assessed is somebody else's; here it gets its form. Identifiers are UUIDs of version 5 (RFC 9562) from the
digest of what is exported, so that the same judgement is the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

VERSION: Final = "1.1.3"
NAMESPACE: Final = "urn:licet:oscal:1"
"""Whose names the properties are; NIST's own have none."""

Tree = dict[str, Any]

NOT_IN_TOKENS = re.compile(r"[^\w.-]")


class State(StrEnum):
    """What is said of an objective: there is nothing between these two."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "not-satisfied"


class Reason(StrEnum):
    """Why: it was tested and is so, it was tested and is not so, or that was not shown."""

    PASS = "pass"  # noqa: S105 - a word of the standard
    FAIL = "fail"
    OTHER = "other"


class Identifiers:
    """The identifiers of one document: always the same for the same digest and the same part of it."""

    def __init__(self, digest: str) -> None:
        self._of = uuid5(NAMESPACE_URL, f"{NAMESPACE}:{digest}")

    def __call__(self, *part: str) -> UUID:
        """The identifier of a part."""
        return uuid5(self._of, json.dumps(part))


class Resource(NamedTuple):
    """A file that the results rest on: its digest (`sha256:...`), and its name where it has one."""

    id: UUID
    title: str
    description: str
    digest: str
    file: str = ""


class Evidence(NamedTuple):
    """A resource that an observation rests on."""

    resource: UUID
    description: str


class Objective(NamedTuple):
    """What was to be shown, by its token."""

    id: str
    prose: str


class Property(NamedTuple):
    """A name (a token) and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen by testing."""

    id: UUID
    title: str
    description: str
    evidence: tuple[Evidence, ...] = ()
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """What follows for whom it concerns; open."""

    id: UUID
    title: str
    description: str
    statement: str
    observations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the observations say of an objective."""

    id: UUID
    title: str
    description: str
    objective: Objective
    state: State
    reason: Reason
    remarks: str
    observations: tuple[UUID, ...]
    risks: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One assessment. `plan` is the resource that says what was to be assessed, `control` the token of the whole.

    `party` is who assessed, empty where nobody is named; `model` is what was assessed.
    """

    id: UUID
    result: UUID
    title: str
    description: str
    at: datetime
    digest: str
    plan: UUID
    control: str
    control_prose: str
    model: str
    model_id: UUID
    party: str
    party_id: UUID
    objectives: tuple[Objective, ...]
    observations: tuple[Observation, ...]
    risks: tuple[Risk, ...]
    findings: tuple[Finding, ...]
    resources: tuple[Resource, ...]
    properties: tuple[Property, ...] = ()
    remarks: str = ""


def token(text: str) -> str:
    """A text as a token: `word_uplift@1` is `word_uplift.1`."""
    found = NOT_IN_TOKENS.sub("-", text.replace("@", "."))
    return found if found[:1].isalpha() or found[:1] == "_" else f"_{found}"


def line(text: str) -> str:
    """A text on one line, as titles and values must be."""
    return " ".join(text.split())


def tree_of(results: Results) -> Tree:
    """The assessment results as a JSON tree."""
    return {
        "assessment-results": {
            "uuid": str(results.id),
            "metadata": _metadata(results),
            "import-ap": {"href": f"#{results.plan}"},
            "local-definitions": {"objectives-and-methods": [_objectives(results)]},
            "results": [_result(results)],
            "back-matter": {"resources": [_resource(each) for each in results.resources]},
        }
    }


def written(results: Results) -> bytes:
    """The assessment results as a file: members in the order of RFC 8785, indented for people."""
    return (json.dumps(tree_of(results), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _metadata(results: Results) -> Tree:
    tree: Tree = {
        "title": line(results.title),
        "last-modified": results.at.isoformat(),
        "version": "1",
        "oscal-version": VERSION,
        "document-ids": [{"scheme": f"{NAMESPACE}:judgement", "identifier": results.digest}],
    }
    if results.party:
        tree["parties"] = [{"uuid": str(results.party_id), "type": "organization", "name": line(results.party)}]
        tree["roles"] = [{"id": "prepared-by", "title": "who assessed"}]
        tree["responsible-parties"] = [{"role-id": "prepared-by", "party-uuids": [str(results.party_id)]}]
    return tree


def _objectives(results: Results) -> Tree:
    return {
        "control-id": results.control,
        "description": results.control_prose,
        "parts": [{"id": each.id, "name": "assessment-objective", "prose": each.prose} for each in results.objectives],
    }


def _result(results: Results) -> Tree:
    tree: Tree = {
        "uuid": str(results.result),
        "title": line(results.title),
        "description": results.description,
        "start": results.at.isoformat(),
        "end": results.at.isoformat(),
        "local-definitions": {"components": [_component(results)]},
        "reviewed-controls": {
            "control-selections": [{"include-controls": [{"control-id": results.control}]}],
            "control-objective-selections": [
                {"include-objectives": [{"objective-id": each.id} for each in results.objectives]}
            ],
        },
        "observations": [_observation(each, results) for each in results.observations],
        "findings": [_finding(each) for each in results.findings],
    }
    if results.risks:
        tree["risks"] = [_risk(each) for each in results.risks]
    if results.remarks:
        tree["remarks"] = results.remarks
    return {**tree, **_properties(results.properties)}


def _component(results: Results) -> Tree:
    return {
        "uuid": str(results.model_id),
        "type": "software",
        "title": line(results.model),
        "description": f"the model `{results.model}`, as it answered when it was tested",
        "status": {"state": "other", "remarks": "whether it is in operation is not said here"},
    }


def _observation(seen: Observation, results: Results) -> Tree:
    tree: Tree = {
        "uuid": str(seen.id),
        "title": line(seen.title),
        "description": seen.description,
        "methods": ["TEST"],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": str(results.model_id), "type": "component", "title": line(results.model)}],
        "collected": results.at.isoformat(),
    }
    if seen.evidence:
        tree["relevant-evidence"] = [
            {"href": f"#{each.resource}", "description": each.description} for each in seen.evidence
        ]
    return {**tree, **_properties(seen.properties)}


def _finding(found: Finding) -> Tree:
    tree: Tree = {
        "uuid": str(found.id),
        "title": line(found.title),
        "description": found.description,
        "target": {
            "type": "objective-id",
            "target-id": found.objective.id,
            "description": found.objective.prose,
            "status": {"state": found.state.value, "reason": found.reason.value, "remarks": found.remarks},
        },
        "related-observations": _related("observation-uuid", found.observations),
    }
    return {**tree, "related-risks": _related("risk-uuid", found.risks)} if found.risks else tree


def _risk(risk: Risk) -> Tree:
    return {
        "uuid": str(risk.id),
        "title": line(risk.title),
        "description": risk.description,
        "statement": risk.statement,
        "status": "open",
        "related-observations": _related("observation-uuid", risk.observations),
    }


def _resource(resource: Resource) -> Tree:
    value = resource.digest.removeprefix("sha256:")
    tree: Tree = {"uuid": str(resource.id), "title": line(resource.title), "description": resource.description}
    if resource.file:
        tree["rlinks"] = [{"href": quote(resource.file), "hashes": [{"algorithm": "SHA-256", "value": value}]}]
    return {**tree, **_properties((Property("digest", resource.digest),))}


def _related(member: str, each: Iterable[UUID]) -> list[dict[str, str]]:
    return [{member: str(one)} for one in each]


def _properties(properties: Sequence[Property]) -> Tree:
    if not properties:
        return {}
    return {"props": [{"name": each.name, "ns": NAMESPACE, "value": line(each.value)} for each in properties]}
