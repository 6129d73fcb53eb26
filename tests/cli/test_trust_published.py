"""Trust documents are instruments: enacted by two, logged, lifted by one, and a verifier finds the same rulebook."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.adapters.store import open_store
from licet.adapters.tlog_reader import open_log
from licet.core.attestations import Attestation, Carrier
from licet.record.log.check import check_log
from licet.record.log.entries import Entry, Instrument
from licet.record.log.entry_spelling import encode, read_entry
from licet.record.log.rulebooks import Law
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.policy import read_policy
from licet.record.tree.verified import VerifiedTree
from licet.services.rulebooks import in_force

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ISSUER = "https://id.example"
TRUST = f"""\
trust: staff-idp
title: The staff's identity provider
issued: 2026-06-02T09:00:00Z
from: 2026-06-02T09:00:00Z
attester: {ISSUER}
carriers: [oidc]
audience: [licet]
algorithms: [ES256]
keys: {{discovery: true}}
facts: {{staff: {{value: true}}}}
"""


def entries(licet: Command, here: Path) -> list[tuple[int, Entry]]:
    """Every entry of the log, which is published and checked first."""
    assert licet("record", "publish").code == 0
    key = licet("record", "status", "--json").tree["key"]
    log = open_log(str(here / ".licet" / "record"))
    assert check_log(log.tiles, log.checkpoint(), read_policy(f"log {key}\nquorum none\n".encode())).accepted
    tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
    return [(each.at, read_entry(each.content)) for each in tree.entries()]


def same_law(here: Path, found: list[tuple[int, Entry]], epoch: int) -> bool:
    """Whether who reads the log alone gets the rulebook that the gate obeys."""
    with closing(open_store(here / ".licet", datetime.now(UTC))) as store:
        ours = in_force(store)
    theirs = Law(found).rulebook(epoch)
    now = datetime.now(UTC)
    return theirs.digest == ours.digest and theirs.trusts(now) == ours.trusts(now)


@pytest.fixture
def trusting(installed: Command, here: Path, by_two: Command) -> Command:
    """An installation whose log begins with a trust document, and somebody of whom it was told something."""
    assert installed("keys", "log").code == 0
    (here / "trust.yaml").write_text(TRUST)
    assert by_two("enact", here / "trust.yaml").code == 0
    now = datetime.now(UTC) - timedelta(seconds=5)
    with closing(open_store(here / ".licet", now)) as store:
        word = Attestation("first", "staff", True, ISSUER, "id token", "low", now, carrier=Carrier.OIDC)
        store.attest([word], actor="office", at=now)
    return installed


def value(licet: Command) -> object:
    (staff,) = [each for each in licet("facts", "show", "first", "--json").tree["facts"] if each["fact"] == "staff"]
    return staff["value"], staff["said"][0]["standing"]


def test_a_trust_document_is_in_the_log_and_ends_by_a_lift(trusting: Command, here: Path) -> None:
    found = entries(trusting, here)
    (logged,) = [each for _, each in found if isinstance(each, Instrument) and each.kind == "trust"]
    assert (logged.name, json.loads(logged.document)["attester"]) == ("staff-idp", ISSUER)
    assert same_law(here, found, 2)
    assert value(trusting) == (True, "counts")
    lifted = trusting("lift", "staff-idp", "--reasons", "another provider", "--yes", "--json")
    assert lifted.code == 0, "it only narrows: one officer is enough"
    assert value(trusting) == ({"unknown": True}, "its issuer is not trusted for it")
    after = entries(trusting, here)
    assert [each.kind for _, each in after[len(found) :] if isinstance(each, Instrument)] == ["lift"]
    assert same_law(here, after, 3)
    assert not any(b"first" in encode(each) for _, each in after if not isinstance(each, Instrument))


def test_who_changes_what_an_issuer_is_believed_needs_somebody_else(trusting: Command, here: Path) -> None:
    (here / "more.yaml").write_text(
        TRUST.replace("staff-idp", "staff-idp-2").replace("attester", "supersedes: [staff-idp]\nattester")
    )
    proposed = trusting("enact", here / "more.yaml", "--actor", "ann", "--yes", "--json")
    assert (proposed.code, proposed.tree["enacted"]) == (6, False)
    assert value(trusting) == (True, "counts")
