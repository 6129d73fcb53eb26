"""The same world for Cedar, to measure cedarpy beside the point engine, and as an oracle: the engine's own export.

Cedar answers for the requested model only: the fallback chain, the unknown facts and the conflicts are extra work of
ours. About a fifth of its time goes to what makes an export safe for others: the instants and the guard.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import cedarpy

from bench.worlds import World
from licet.core.facts import Facts
from licet.core.rulebook import Rulebook
from licet.engines.cedar.policies import CedarExport, cedar_export, context, subject_entity

Question = dict[str, Any]
"""A request as cedarpy takes it."""


class Answer(NamedTuple):
    """What Cedar says: whether it allows, by which instruments, and which policies failed."""

    allowed: bool
    reasons: tuple[str, ...]
    errors: tuple[str, ...] = ()


class Oracle:
    """An export and some subjects, by number, parsed once, as cedarpy recommends for speed.

    `made`: the export to ask; where it is not given, the rulebook's own, for all time.
    """

    def __init__(self, rulebook: Rulebook, subjects: Sequence[Facts], made: CedarExport | None = None) -> None:
        self.rulebook = rulebook
        self.subjects = subjects
        made = made or cedar_export(rulebook)
        people = [subject_entity(str(number), rulebook.facts, facts) for number, facts in enumerate(subjects)]
        self.schema = cedarpy.Schema.from_str(made.schema)
        self.policies = cedarpy.PolicySet.from_str(made.policies)
        self.entities = cedarpy.Entities.from_json_str(json.dumps([*made.entities, *people]), self.schema)

    def question(self, subject: int, model: str, operation: str, at: datetime) -> Question:
        """A request, to be prepared before any clock starts."""
        return {
            "principal": {"type": "Subject", "id": str(subject)},
            "action": {"type": "Action", "id": operation},
            "resource": {"type": "Model", "id": model},
            "context": json.dumps(context(self.rulebook.facts, self.subjects[subject], at)),
        }

    def ask(self, questions: list[Question]) -> list[Answer]:
        """Cedar's answers, requests validated against the schema."""
        return [
            Answer(each.allowed, reasons(each), tuple(each.diagnostics.errors))
            for each in cedarpy.is_authorized_batch(questions, self.policies, self.entities, self.schema)
        ]


def reasons(result: cedarpy.AuthzResult) -> tuple[str, ...]:
    """The instruments that determined an answer, in alphabetical order."""
    return tuple(sorted(result.diagnostics.id_annotations_by_reason.values()))


class CedarWorld(Oracle):
    """A world, asked one question at a time."""

    def __init__(self, world: World) -> None:
        super().__init__(world.rulebook, world.subjects, cedar_export(world.rulebook, world.now))
        self._now = world.now

    def request(self, subject: int, model: str) -> Question:
        """A request of the world's instant, to be prepared before the clock starts."""
        return self.question(subject, model, "use", self._now)

    def decide(self, request: Question) -> cedarpy.AuthzResult:
        """Cedar's decision, with the policies that determined it; the request is not validated, to be faster."""
        return cedarpy.is_authorized(request, self.policies, self.entities)
