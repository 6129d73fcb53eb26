"""The same world for Cedar, to measure cedarpy beside the point engine: one policy for each release and order.

Unknown is written out: every fact has an attribute with a value and one that says whether it is known (or, of a set,
complete), so no attribute is ever missing. Cedar answers for the requested model only: the fallback chain, the
unknown facts and the conflicts are extra work of ours.
"""

from __future__ import annotations

import json
from typing import Any, assert_never

import cedarpy

from bench.worlds import World
from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Attested,
    Compare,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
)
from licet.core.facts import Facts, Kind, Members, Unknown
from licet.core.instruments import Licence, Order, Provision, Release
from licet.core.rulebook import Rulebook

Pair = tuple[str, str]
"""Cedar source of "definitely true" and of "not definitely false"."""


class CedarWorld:
    """A world's policies and entities, parsed once, as cedarpy recommends for speed."""

    def __init__(self, world: World) -> None:
        self.policies = cedarpy.PolicySet.from_str(policies(world))
        people = [
            {"uid": {"type": "Subject", "id": str(number)}, "attrs": attributes(world.rulebook, facts), "parents": []}
            for number, facts in enumerate(world.subjects)
        ]
        self.entities = cedarpy.Entities.from_json_str(json.dumps(people))

    def request(self, subject: int, model: str) -> dict[str, Any]:
        """A request, to be prepared before the clock starts."""
        return {"principal": f'Subject::"{subject}"', "action": 'Action::"use"', "resource": f'Model::"{model}"'}

    def decide(self, request: dict[str, Any]) -> cedarpy.AuthzResult:
        """Cedar's decision, with the policies that determined it."""
        return cedarpy.is_authorized(request, self.policies, self.entities)


def policies(world: World) -> str:
    """Every release as a permit and every order as a forbid, unless a licence that relieves it holds."""
    in_force = [each for each in world.rulebook.in_force(world.now) if isinstance(each, Provision)]
    licences = [each for each in in_force if isinstance(each, Licence)]
    lines = []
    for each in in_force:
        true, possible = pair(each.condition)
        if isinstance(each, Release):
            lines.append(
                f'@id("{each.name}")\npermit(principal, action, resource) when {{ {covers(each)} && {true} }};'
            )
        elif isinstance(each, Order):
            relief = [f"({covers(one)} && {pair(one.condition)[0]})" for one in licences if each.name in one.relieves]
            unless = f" && !({' || '.join(relief)})" if relief else ""
            forbids = f"{covers(each)} && {possible}{unless}"
            lines.append(f'@id("{each.name}")\nforbid(principal, action, resource) when {{ {forbids} }};')
    return "\n".join(lines)


def covers(provision: Provision) -> str:
    """Whether the requested model is one that the provision names."""
    names = ", ".join(f'Model::"{name}"' for name in provision.models)
    return f"resource in [{names}]"


def pair(condition: Condition) -> Pair:
    """A condition as two Cedar expressions."""
    match condition:
        case Always(holds):
            return (str(holds).lower(),) * 2
        case Defined(_, _, inner):
            return pair(inner)
        case Not(inner):
            true, possible = pair(inner)
            return f"(!{possible})", f"(!{true})"
        case AllOf(parts):
            return joined("&&", parts)
        case AnyOf(parts):
            return joined("||", parts)
        case Attested() | Compare() | OneOf() | Contains():
            return atom(condition)
        case _ as unreachable:
            assert_never(unreachable)


def joined(word: str, parts: tuple[Condition, ...]) -> Pair:
    pairs = [pair(part) for part in parts]
    true, possible = (f" {word} ".join(side) for side in zip(*pairs, strict=True))
    return f"({true})", f"({possible})"


def atom(found: Atom) -> Pair:
    """One atom; the world uses no comparison of whole sets and no whole numbers."""
    value, known = f"principal.{found.fact}", f"principal.{found.fact}_known"
    match found:
        case Attested():
            test = value
        case Contains(_, member):
            return f'({value}.contains("{member}"))', f'({value}.contains("{member}") || !{known})'
        case Compare(_, comparison, literal):
            test = f"{value} {comparison.value} {json.dumps(literal)}"
        case OneOf(_, choices):
            test = f"{json.dumps(sorted(choices))}.contains({value})"
        case _ as unreachable:
            assert_never(unreachable)
    return f"({known} && {test})", f"(!{known} || {test})"


def attributes(rulebook: Rulebook, facts: Facts) -> dict[str, Any]:
    """A subject's facts as attributes, none missing."""
    found: dict[str, Any] = {}
    for name, fact in rulebook.facts.items():
        value = facts[name]
        if isinstance(value, Members):
            found |= {name: sorted(value.known), f"{name}_known": value.complete}
        elif isinstance(value, Unknown):
            empty: Any = [] if fact.kind.is_set else False if fact.kind is Kind.BOOLEAN else ""
            found |= {name: empty, f"{name}_known": False}
        else:
            found |= {name: value, f"{name}_known": True}
    return found
