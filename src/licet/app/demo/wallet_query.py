"""How the demonstration's wallet answers a DCQL query (OpenID for Verifiable Presentations 1.0, section 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from licet.app.demo.sd_jwt import disclosures, payload_of

_ABSENT = object()


class Match(NamedTuple):
    """A credential that answers a credential query, and the claims of it that must be shown."""

    credential: str
    names: frozenset[str]


def answers(query: Mapping[str, Any], credentials: Sequence[str]) -> dict[str, Match] | None:
    """The credentials to show, by the `id` of their query; None where what is required is not there."""
    found: dict[str, Match] = {}
    for each in query["credentials"]:
        match = next((match for held in credentials if (match := _match(each, held)) is not None), None)
        if match is not None:
            found[each["id"]] = match
    sets = query.get("credential_sets")
    if sets is None:
        return found if len(found) == len(query["credentials"]) else None
    chosen: dict[str, Match] = {}
    for each in sets:
        option = next((option for option in each["options"] if all(name in found for name in option)), None)
        if option is None and each.get("required", True):
            return None
        chosen.update({name: found[name] for name in option or ()})
    return chosen or None


def _match(query: Mapping[str, Any], credential: str) -> Match | None:
    payload = payload_of(credential)
    if query["format"] != "dc+sd-jwt" or payload["vct"] not in query["meta"].get("vct_values", [payload["vct"]]):
        return None
    claims = query.get("claims", [])
    by_id = {each.get("id"): each for each in claims}
    options = [[by_id[name] for name in names] for names in query["claim_sets"]] if "claim_sets" in query else [claims]
    hidden = {each.name: each.value for each in disclosures(credential)}
    for option in options:
        if all(_satisfied(each, {**payload, **hidden}) for each in option):
            return Match(credential, frozenset(each["path"][0] for each in option) & hidden.keys())
    return None


def _satisfied(claim: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    value = next(_selected(claim["path"], whole), _ABSENT)
    if value is _ABSENT:
        return False
    return "values" not in claim or any(type(value) is type(each) and value == each for each in claim["values"])


def _selected(path: Sequence[Any], whole: Any) -> Iterator[Any]:
    if not path:
        yield whole
    elif isinstance(path[0], str) and isinstance(whole, dict) and path[0] in whole:
        yield from _selected(path[1:], whole[path[0]])
    elif path[0] is None and isinstance(whole, list):
        for each in whole:
            yield from _selected(path[1:], each)
