"""What a wallet is asked for: a DCQL query (OpenID4VP 1.0, section 6) for the claims behind some facts, and no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from licet.core.attestations import Carrier
from licet.core.facts import About, Fact, Kind
from licet.core.trust import Trust

FORMAT = "dc+sd-jwt"
"""The only format that is asked for (SD-JWT VC; OpenID4VP 1.0, appendix B.3)."""

ISSUER = "issuer-name"
"""The `id` of the claim `iss` in a query. No fact has a hyphen in its name."""


class Wanted(NamedTuple):
    """One credential that is asked for: its `id` in the query, the trust document behind it, and the facts in it."""

    id: str
    trust: Trust
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Credentials that can vouch for some facts, and the same as a DCQL query."""

    wanted: tuple[Wanted, ...]
    tree: Mapping[str, Any]

    def of(self, id_: str) -> Wanted | None:
        """What is asked for under an `id`."""
        return next((each for each in self.wanted if each.id == id_), None)


def vouching(facts: Collection[str], trusts: Sequence[Trust], declared: Mapping[str, Fact]) -> tuple[Wanted, ...]:
    """The credentials that can vouch for some of these facts, by the name of their trust document."""
    found: list[Wanted] = []
    for trust in sorted(trusts, key=lambda each: each.name):
        known = tuple(
            fact for fact in facts if fact in trust.facts and fact in declared and declared[fact].about is About.SUBJECT
        )
        if Carrier.SD_JWT_VC in trust.carriers and known:
            found.append(Wanted(f"c{len(found) + 1}", trust, known))
    return tuple(found)


def query_for(facts: Collection[str], trusts: Sequence[Trust], declared: Mapping[str, Fact]) -> Query | None:
    """What a wallet is asked for so that these facts become known; None if no trusted credential has any of them.

    Several facts are each asked for if they are there; one alone is required. Either way nothing else is.
    """
    wanted = vouching(facts, trusts, declared)
    if not wanted:
        return None
    tree: dict[str, Any] = {"credentials": [_credential(each, declared) for each in wanted]}
    if len(wanted) > 1:
        tree["credential_sets"] = _sets(wanted)
    return Query(wanted, tree)


def _sets(wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
    """For each fact, one of the credentials that have it: those that have more of what is asked for come first."""
    by_fact: dict[str, list[Wanted]] = {}
    for each in wanted:
        for fact in each.facts:
            by_fact.setdefault(fact, []).append(each)
    options = {
        tuple((each.id,) for each in sorted(found, key=lambda each: -len(each.facts))) for found in by_fact.values()
    }
    required = len(options) == 1
    return [{"options": [list(option) for option in each], "required": required} for each in sorted(options)]


def _credential(wanted: Wanted, declared: Mapping[str, Fact]) -> dict[str, Any]:
    """One credential query. The issuer is asked for by its name, which every credential shows anyway."""
    by_path: dict[tuple[str, ...], str] = {}
    for fact in wanted.facts:
        claim = wanted.trust.facts[fact].claim
        if claim is not None:
            by_path.setdefault(path_of(claim), fact)
    claims: list[dict[str, Any]] = [{"id": ISSUER, "path": ["iss"], "values": [wanted.trust.attester]}]
    claims += [_claim(fact, path, wanted.trust, declared[fact]) for path, fact in by_path.items()]
    query = {"id": wanted.id, "format": FORMAT, "meta": {"vct_values": list(wanted.trust.types)}, "claims": claims}
    if len(by_path) > 1:
        names = list(by_path.values())
        query["claim_sets"] = [[ISSUER, *names], *([ISSUER, name] for name in names)]
    return query


def _claim(fact: str, path: tuple[str, ...], trust: Trust, declared: Fact) -> dict[str, Any]:
    """One claim; a wallet shows it only with a value that the issuer is believed, where that is limited."""
    only = [] if declared.kind.is_set else sorted(trust.facts[fact].only)
    values = {"values": [_value(declared.kind, each) for each in only]} if only else {}
    return {"id": fact, "path": list(path), **values}


def path_of(claim: str) -> tuple[str, ...]:
    """A claim of a trust document as a claims path pointer (section 7); a name that is a URL leads nowhere inside."""
    return (claim,) if "/" in claim or ":" in claim else tuple(claim.split("."))


def _value(kind: Kind, spelled: str) -> bool | int | str:
    """A value as a trust document spells it (`core.trust.spelled`), as it stands in a credential."""
    match kind:
        case Kind.BOOLEAN:
            return spelled == "true"
        case Kind.INTEGER:
            return int(spelled)
        case _:
            return spelled
