"""No refusal repeats anything that was presented; no value that leaves a reader has what it should forget."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from tests.credentials.issuing import (
    NONCE,
    NOW,
    SECRETS,
    US,
    access_token,
    id_token,
    issued,
    keys_of,
    new_key,
    present,
    trust,
)
from tests.spec.test_credential_vectors import ANSWERS, World

from licet.credentials.access_token import read_access_token
from licet.credentials.id_token import read_id_token
from licet.credentials.presentation import read_presentation
from licet.credentials.refusal import CredentialRefused, Reason

VECTORS = Path(__file__).parents[2] / "vectors" / "credentials"


def refusals(name: str) -> list[CredentialRefused]:
    tree = json.loads((VECTORS / f"{name}.json").read_text())
    world, found = World(tree), []
    for case in tree["cases"]:
        if "refused" in case["expect"]:
            token = case["token"] + " " * case.get("spaces", 0)
            with pytest.raises(CredentialRefused) as refused:
                ANSWERS[name](world, {**case, "token": token})
            found.append(refused.value)
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_refusals_say_nothing_of_what_was_presented(name: str) -> None:
    found = refusals(name)
    assert found
    for each in found:
        told = "".join(traceback.format_exception_only(each)) + repr(each) + repr(each.args)
        assert not any(secret in told for secret in (*SECRETS, "evil", "initech", "k-none"))
        assert each.__cause__ is None
        assert each.__context__ is None


@pytest.mark.parametrize("name", ANSWERS)
def test_refusals_are_in_the_form_of_messages(name: str) -> None:
    for each in refusals(name):
        assert each.reason.value in str(each)
        assert str(each)[0].islower()
        assert not str(each).endswith(".")
        assert len(str(each)) < 250


def test_reasons_differ() -> None:
    assert len({reason.value for reason in Reason}) == len(Reason) == len(Reason.__members__)


def test_what_is_accepted_shows_no_name_and_forgets_other_claims() -> None:
    key, holder = new_key(), new_key(kid=None)
    hidden: dict[str, Any] = {"us_citizen": True, "given_name": SECRETS[1], "birthdate": SECRETS[2]}
    credential, shown = issued(key, holder, hidden, sub=SECRETS[0])
    presented = present(credential, shown.values(), holder)
    found = (
        read_access_token(access_token(key, act={"sub": SECRETS[1]}), [trust()], keys_of(key), NOW),
        read_id_token(id_token(key), trust(), keys_of(key), client_id="our-client", nonce=NONCE, now=NOW),
        read_presentation(presented, [trust()], keys_of(key), audience=US, nonce=NONCE, now=NOW),
    )
    for each in found:
        assert not any(secret in repr(each) for secret in SECRETS)
        assert {carried.fact for carried in each.facts} <= {"us_citizen", "citizenships"}
