"""`vectors/acts/`: contents of acts to digests and signatures; what is no act; what signs in at an office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet.adapters.officer_key import OfficerSigner
from licet.services.acts.content import read, withdrawal_digest
from licet.services.acts.refusal import ActRefused
from licet.services.acts.signing import ACT, SIGN_IN, officer_key, signed_text
from licet.services.acts.signing_in import sign_in_digest
from licet.services.acts.spelling import to_text

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "acts" / "acts.json").read_text())
SIGNER = OfficerSigner(bytes.fromhex(VECTORS["key"]["seed"]))


def test_the_key_is_named() -> None:
    assert (SIGNER.id, SIGNER.text) == (VECTORS["key"]["id"], VECTORS["key"]["public"])
    assert officer_key(SIGNER.text).id == SIGNER.id


@pytest.mark.parametrize("case", VECTORS["acts"], ids=lambda case: case["why"])
def test_acts(case: dict[str, Any]) -> None:
    act = read(case["content"].encode())
    assert act.digest == case["digest"]
    assert signed_text(ACT, act.digest).decode() == case["signed"]
    assert to_text(SIGNER.sign(act.digest).content) == case["signature"]
    assert withdrawal_digest("a-0123456789abcdef", act.digest, "B. Counsel", "a mistake") == case["withdrawal"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["why"])
def test_what_is_no_act(case: dict[str, Any]) -> None:
    with pytest.raises(ActRefused):
        read(case["content"].encode())


@pytest.mark.parametrize("case", VECTORS["sign_in"], ids=lambda case: case["office"])
def test_signing_in(case: dict[str, Any]) -> None:
    digest = sign_in_digest(case["challenge"], case["office"])
    assert digest == case["digest"]
    assert signed_text(SIGN_IN, digest).decode() == case["signed"]
    assert to_text(SIGNER.sign(digest, SIGN_IN).content) == case["signature"]
