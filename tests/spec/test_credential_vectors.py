"""`vectors/credentials/`: each token, presentation, status list and key set answered as it says.

Signatures differ from run to run, so the files are not compared with what would be made now, only their names are.
`LICET_WRITE_VECTORS=1 python -m pytest tests/spec/test_credential_vectors.py` writes them anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.credentials.issuing import NOW
from tests.spec import credential_key_cases, credential_presentation_cases
from tests.spec.credential_token_cases import keys, new_issuers, trusts

from licet.core.attestations import StatusReference
from licet.core.facts import Value
from licet.core.trust import Trust, Trusted
from licet.credentials.access_token import read_access_token
from licet.credentials.carried import Carried
from licet.credentials.id_token import read_id_token
from licet.credentials.key_set import KeySet, key_set_of, read_key_set
from licet.credentials.presentation import read_presentation
from licet.credentials.refusal import CredentialRefused, Reason
from licet.credentials.status_list import check_status, read_status_list
from licet.wire.values import to_json

FOLDER = Path(__file__).parents[2] / "vectors" / "credentials"
MAKERS = {**credential_key_cases.MAKERS, **credential_presentation_cases.MAKERS}
ABOUT = {
    "access-tokens": "Access tokens (RFC 9068) to what they say, or why they are refused.",
    "id-tokens": "ID tokens for `client_id` and `nonce` to what they say, or why they are refused.",
    "key-sets": "JWK sets (`token`) to the keys that verify, or why they are refused.",
    "presentations": "SD-JWT VC presentations for `audience` and `nonce` to what they say, or why they are refused.",
    "status-lists": "Status lists fetched from `uri` to the statuses `at` positions, or why they are refused.",
}
NPM = "presentations-npm"
"""Made once by another implementation; nothing here makes it anew."""
Tree = dict[str, Any]


class World:
    """The trust documents and keys of a file."""

    def __init__(self, tree: Tree) -> None:
        self.trusts = [read_trust(each) for each in tree["trusts"]]
        self.now = datetime.fromisoformat(tree["now"])
        self._sets = {attester: key_set_of(listed) for attester, listed in tree["keys"].items()}

    def keys(self, trust: Trust, _kid: str | None) -> KeySet:
        return self._sets[trust.attester]

    def trust(self, attester: str) -> Trust:
        return next(trust for trust in self.trusts if trust.attester == attester)


def read_trust(tree: Tree) -> Trust:
    facts = {
        name: Trusted(each.get("claim"), each.get("value"), frozenset(each.get("only", ())), each["level"])
        for name, each in tree["facts"].items()
    }
    return Trust(
        name="trust",
        digest="",
        issued=NOW,
        from_=NOW,
        attester=tree["attester"],
        carriers=frozenset(tree["carriers"]),
        facts=facts,
        framework=tree["framework"],
        audience=tuple(tree["audience"]),
        types=tuple(tree["types"]),
        algorithms=tuple(tree["algorithms"]),
    )


def facts(found: tuple[Carried, ...]) -> list[Tree]:
    def spelled(value: Value) -> object:
        return to_json(value)

    return [
        {"fact": each.fact, "value": spelled(each.value), "level": each.level, "framework": each.framework}
        for each in found
    ]


def access_token(world: World, case: Tree) -> Tree:
    found = read_access_token(case["token"], world.trusts, world.keys, world.now)
    names = ("issuer", "subject", "client", "actor", "digest")
    return {
        **{name: getattr(found, name) for name in names},
        "scopes": list(found.scopes),
        "facts": facts(found.facts),
        "issued_at": found.issued_at.isoformat(),
        "expires_at": found.expires_at.isoformat(),
    }


def id_token(world: World, case: Tree) -> Tree:
    trust = world.trusts[0]
    asked = {"client_id": case["client_id"], "nonce": case["nonce"]}
    found = read_id_token(case["token"], trust, world.keys, now=world.now, **asked)
    names = ("issuer", "subject", "digest")
    ends = {"issued_at": found.issued_at.isoformat(), "expires_at": found.expires_at.isoformat()}
    return {**{name: getattr(found, name) for name in names}, "facts": facts(found.facts), **ends}


def key_set(_world: World, case: Tree) -> Tree:
    found = read_key_set(case["token"].encode())
    return {"keys": [{"kid": key.kid, "kind": key.kind, "thumbprint": key.thumbprint} for key in found.keys]}


def presentation(world: World, case: Tree) -> Tree:
    asked = {"audience": case["audience"], "nonce": case["nonce"]}
    found = read_presentation(case["token"], world.trusts, world.keys, now=world.now, **asked)
    return {
        "issuer": found.issuer,
        "facts": facts(found.facts),
        "holder": found.holder,
        "status": None if found.status is None else [found.status.uri, found.status.position],
        "until": None if found.until is None else found.until.isoformat(),
        "digest": found.digest,
    }


def status_list(world: World, case: Tree) -> Tree:
    trust = world.trust(case["attester"])
    found = read_status_list(case["token"], trust, world.keys, uri=case["uri"], now=world.now)
    if "reference" in case:
        check_status(StatusReference(case["uri"], case["reference"]), found)
    until = None if found.until is None else found.until.isoformat()
    return {"bits": found.bits, "at": [found.at(position).value for position in case["at"]], "until": until}


ANSWERS: dict[str, Callable[[World, Tree], Tree]] = {
    "access-tokens": access_token,
    "id-tokens": id_token,
    "key-sets": key_set,
    "presentations": presentation,
    "status-lists": status_list,
}


def told(world: World, case: Tree, name: str) -> Tree:
    token = case["token"] + " " * case.get("spaces", 0)
    try:
        return ANSWERS[name](world, {**case, "token": token})
    except CredentialRefused as refused:
        return {"refused": identifier(refused.reason)}


def identifier(reason: Reason) -> str:
    return reason.name.lower().replace("_", "-")


def write(name: str) -> None:
    """Make a file anew; what our reader says to each case must be what its maker meant."""
    issuers = new_issuers()
    top: Tree = {"about": ABOUT[name], "now": NOW.isoformat(), "trusts": trusts(), "keys": keys(issuers)}
    world, cases = World(top), []
    for each in MAKERS[name](issuers):
        case = {"name": each.name, "why": each.why, "token": each.token, **each.given}
        expect = told(world, case, name)
        meant = None if each.reason is None else identifier(each.reason)
        assert expect.get("refused") == meant, (name, each.name, meant, expect)
        cases.append({**case, "expect": expect})
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({**top, "cases": cases}, indent=1, ensure_ascii=False) + "\n")


@cache
def stored(name: str) -> Tree:
    if os.environ.get("LICET_WRITE_VECTORS"):
        write(name)
    found: Tree = json.loads((FOLDER / f"{name}.json").read_text())
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_each_case_is_answered_as_it_says(name: str) -> None:
    world = World(stored(name))
    cases = stored(name)["cases"]
    assert cases
    for case in cases:
        assert told(world, case, name) == case["expect"], case["name"]


@pytest.mark.parametrize("name", ANSWERS)
def test_the_cases_are_those_of_the_makers(name: str) -> None:
    made = [(each.name, each.why) for each in MAKERS[name](new_issuers())]
    assert [(case["name"], case["why"]) for case in stored(name)["cases"]] == made
    assert len({name for name, _ in made}) == len(made)
    assert all(why.endswith(".") for _, why in made)


def test_there_is_a_file_for_everything_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*MAKERS, NPM}
    assert set(MAKERS) == set(ANSWERS)
    text = (FOLDER.parent / "README.md").read_text()
    assert all(f"`{path.name}`" in text for path in FOLDER.iterdir())


def test_another_implementation_issues_and_presents_what_we_read() -> None:
    tree = json.loads((FOLDER / f"{NPM}.json").read_text())
    for case in tree["cases"]:
        found = told(World(tree), case, "presentations")
        assert found == case["expect"], case["name"]
        assert found["facts"], case["name"]


def test_every_reason_has_a_case() -> None:
    met = {case["expect"].get("refused") for name in ANSWERS for case in stored(name)["cases"]}
    assert {identifier(reason) for reason in Reason} == met - {None}


def test_every_reason_is_in_the_specification() -> None:
    text = (FOLDER.parents[1] / "spec" / "credentials.md").read_text()
    for reason in Reason:
        assert f"| `{identifier(reason)}` | {reason.value}" in text
