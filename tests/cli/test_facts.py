"""`licet facts` and `licet pseudonyms`, on a real installation with a log."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from tests.cli.test_verify import Audit, audit  # noqa: F401 - a fixture
from tests.sealed import decision, ended, write_journal

from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.adapters.store import SqlStore, open_store
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.facts import UNKNOWN
from licet.services.identity.ports import Binding, Client, Hit, Member
from licet.services.keys import pseudonym

if TYPE_CHECKING:
    from tests.cli.conftest import Command

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
CARDS = "https://cards.example"
LIST = "https://cards.example/statuses/1"
TRUST = """
trust: cards
issued: 2026-06-02T09:00:00-04:00
from: 2026-06-02T09:00:00-04:00
attester: https://cards.example
carriers: [sd-jwt-vc]
types: ["https://cards.example/residence"]
algorithms: [ES256]
keys: {url: "https://cards.example/jwks"}
framework: residence act
facts:
  lpr: {claim: permanent_resident, level: high}
"""


def store_of(here: Path) -> SqlStore:
    return open_store(here / ".licet", NOW)


def said(fact: str, value: object, at: datetime = NOW - HOUR, **changed: Any) -> Attestation:
    values: dict[str, Any] = {
        "subject": "lovelace-1815",
        "fact": fact,
        "value": value,
        "attested_by": CARDS,
        "how": "presentation",
        "level": "high",
        "at": at,
        "framework": "residence act",
        "carrier": Carrier.SD_JWT_VC,
        "digest": "sha256:" + "7" * 64,
        "status": StatusReference(LIST, 12),
    }
    return Attestation(**(values | changed))


@pytest.fixture
def known(installed: Command, by_two: Command, here: Path) -> Command:
    """An installation with a subject of whom much is known."""
    (here / "trust.yaml").write_text(TRUST)
    assert by_two("enact", here / "trust.yaml").code == 0
    with closing(store_of(here)) as store:
        store.bind(Binding(CARDS, b"m" * 32, "lovelace-1815"), "person", actor="office", at=NOW - 2 * HOUR)
        store.attest([said("lpr", True), said("us_citizen", False)], actor="office", at=NOW - HOUR)
        own = said("org", "acme", carrier=Carrier.IMPORT, attested_by="ann", digest=None, status=None)
        store.attest([own], actor="ann", at=NOW - HOUR)
        store.confirm_status(LIST, digest="sha256:00", until=NOW + HOUR, actor="status lists", at=NOW - HOUR)
        store.add_client(Client("c1", "scim-acme", NOW - HOUR, "ann"), b"c" * 32)
        store.put_member(Member("m1", "scim-acme", "lovelace-1815", b"u" * 32, None, True, NOW - HOUR, 1), actor="c1")
        store.dispose(Hit("lovelace-1815", "csl", "sha256:99", "no match", "another year", "ann", NOW - HOUR))
    return installed


def test_everything_that_is_known_is_shown_with_the_reasons(known: Command) -> None:
    said_ = known("facts", "show", "lovelace-1815", "--json")
    assert said_.code == 0, said_.err
    tree = said_.tree
    facts = {each["fact"]: each for each in tree["facts"]}
    assert facts["lpr"]["value"] is True
    (word,) = facts["lpr"]["said"]
    assert word["standing"] == "counts"
    assert word["trusted_by"] == ["cards"]
    assert (word["attested_by"], word["framework"], word["level"], word["carrier"], word["how"]) == (
        CARDS,
        "residence act",
        "high",
        "sd-jwt-vc",
        "presentation",
    )
    assert word["digest"] == "sha256:" + "7" * 64
    assert (word["status"]["uri"], word["status"]["position"]) == (LIST, 12)
    assert word["status"]["counts_until"] == (NOW + HOUR).isoformat()
    assert facts["us_citizen"]["said"][0]["standing"] == "its issuer is not trusted for it"
    assert facts["us_citizen"]["value"] == {"unknown": True}
    assert facts["org"]["value"] == "acme"
    assert facts["org"]["said"][0]["trusted_by"] == []
    assert "staff" in tree["unknown"]
    assert tree["issuers"] == [CARDS]
    assert [(each["organisation"], each["active"]) for each in tree["members"]] == [("scim-acme", True)]
    assert tree["screening"][0]["outcome"] == "no match"
    assert tree["suspended"] is None


def test_people_read_it_too(known: Command, here: Path) -> None:
    with closing(store_of(here)) as store:
        store.suspend("lovelace-1815", actor="ann", at=NOW, reason="lost the telephone")
    out = known("facts", "show", "lovelace-1815").out
    assert "\x1b" not in out
    for text in ("lost the telephone", "believed by cards", f"status {LIST} position 12", "last confirmed", "acme"):
        assert text in out
    assert "its issuer is not trusted for it" in out
    assert (b"m" * 32).hex() not in out


def test_at_another_instant_it_is_as_it_was_or_will_be(known: Command) -> None:
    def at(instant: datetime) -> dict[str, Any]:
        tree = known("facts", "show", "lovelace-1815", "--at", instant.isoformat(), "--json").tree
        return {each["fact"]: (each["value"], each["said"][0]["standing"]) for each in tree["facts"]}

    assert at(NOW - HOUR - timedelta(seconds=1)) == {}, "nothing was known"
    assert at(NOW - HOUR)["lpr"] == (True, "counts")
    assert at(NOW + 9 * HOUR)["lpr"] == (True, "counts"), "its list is taken to be read on"
    assert at(datetime(2026, 5, 1, tzinfo=UTC)) == {}


def test_the_status_says_which_list_could_not_be_read(known: Command, here: Path) -> None:
    (listed,) = known("status", "--json").tree["status_lists"]
    assert listed == {"uri": LIST, "counts_until": (NOW + HOUR).isoformat(), "unread": False}
    assert "status list" not in known("status").out
    with closing(store_of(here)) as store:
        store.confirm_status(LIST, digest="sha256:00", until=NOW - HOUR, actor="status lists", at=NOW)
    assert known("status", "--json").tree["status_lists"][0]["unread"] is True
    assert f"the status list {LIST} was not read in time: its facts are unknown since" in known("status").out
    shown = known("facts", "show", "lovelace-1815").out
    assert "its status was not confirmed in time" in shown
    assert "which was too long ago" in shown


def test_a_withdrawn_word_says_why(known: Command, here: Path) -> None:
    with closing(store_of(here)) as store:
        store.attest([said("lpr", UNKNOWN, NOW, how="status list: invalid")], actor="status lists", at=NOW)
    tree = known("facts", "show", "lovelace-1815", "--json").tree
    (lpr,) = [each for each in tree["facts"] if each["fact"] == "lpr"]
    assert lpr["value"] == {"unknown": True}
    assert [(each["standing"], each["how"]) for each in lpr["said"]] == [("withdrawn", "status list: invalid")]
    assert "status list: invalid" in known("facts", "show", "lovelace-1815").out


def test_who_is_not_there(known: Command) -> None:
    said_ = known("facts", "show", "nobody-here")
    assert said_.code == 2
    assert "there is no subject `nobody-here`" in said_.err


def everything(here: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted((here / ".licet").rglob("*")) if path.is_file())


def test_forgetting_leaves_nothing_by_which_the_subject_is_known(known: Command, here: Path) -> None:
    key = known("keys", "create", "lovelace-1815", "--json").tree
    said_ = known("facts", "forget", "lovelace-1815", "--reason", "asked for it", "--json")
    assert said_.code == 0, said_.err
    tree = said_.tree
    assert (tree["erased"], tree["attestations"]) == (True, 3)
    kept = everything(here)
    for gone in (b"lovelace-1815", b"m" * 32, b"u" * 32, b"another year"):
        assert gone not in kept, gone
    assert known("facts", "show", "lovelace-1815").code == 2
    again = known("facts", "show", tree["stands_for"], "--json").tree
    assert {each["said"][0]["digest"] for each in again["facts"]} == {"sha256:" + "7" * 64, None}
    assert again["issuers"] == again["members"] == []
    (revoked,) = [each for each in known("keys", "list", "--json").tree["keys"] if each["id"] == key["id"]]
    assert (revoked["subject"], revoked["state"]) == (tree["stands_for"], "revoked")
    twice = known("facts", "forget", "lovelace-1815", "--reason", "asked for it")
    assert twice.code == 0
    assert "nothing is known of `lovelace-1815`" in twice.out


def decided(here: Path, licet: Command) -> None:
    """The gate decided something about `first` and `lovelace-1815`, which is sealed and published."""
    assert licet("keys", "log").code == 0
    key = PseudonymKeys(here / ".licet", read_secret(here / ".licet")).current()[1]
    records = [
        replace(decision(number), subject=pseudonym(key, name))
        for number, name in enumerate(("first", "lovelace-1815"))
    ]
    write_journal(here / ".licet" / "journal", "w0", [*records, ended(0), ended(1)])
    assert licet("record", "publish").code == 0


def test_a_hold_keeps_and_the_sealed_facts_go(known: Command, here: Path) -> None:
    decided(here, known)
    assert b'"name":"lovelace-1815"' in everything(here)
    assert known("record", "hold", "add", "case-7", "--subject", "lovelace-1815", "--why", "her appeal").code == 0
    refused = known("facts", "forget", "lovelace-1815", "--reason", "asked", "--json")
    assert (refused.code, refused.tree["error"]["code"]) == (2, "forgetting_refused")
    assert "`case-7`" in refused.tree["error"]["message"]
    assert known("record", "hold", "release", "case-7", "--why", "decided").code == 0
    done = known("facts", "forget", "lovelace-1815", "--reason", "asked", "--json").tree
    assert (done["erased"], done["opened_facts"]) == (True, 1)
    assert b"lovelace-1815" not in everything(here)
    assert known("record", "disclose", "-o", "out").code == 0
    assert len(list((here / "out").glob("*.facts.opened.jsonl"))) == 1
    assert known("record", "status").code == 0


def test_after_an_erasure_a_claim_is_not_shown_and_never_false(audit: Audit, here: Path) -> None:  # noqa: F811
    assert audit.licet(*audit.claim("--json")).tree["verdict"] == "holds"
    assert audit.licet("facts", "forget", "ada", "--reason", "asked").code == 0
    (here / "disclosed").rename(here / "before")
    assert audit.licet("record", "disclose", "-o", "disclosed").code == 0
    verdict = audit.licet(*audit.claim("--json"))
    assert (verdict.code, verdict.tree["verdict"]) == (1, "not shown")
    assert {each["why"].split("`")[0] for each in verdict.tree["missing"]} == {"the facts of its subject "}
    assert verdict.tree["lacking"] == 4, "her decisions, and nobody else's"
    (here / "disclosed").rename(here / "after")
    (here / "before").rename(here / "disclosed")
    assert audit.licet(*audit.claim("--json")).tree["verdict"] == "holds", "what somebody has, they have"


def test_the_journal_is_found_under_every_generation(known: Command, here: Path) -> None:
    state = here / ".licet"
    keys = PseudonymKeys(state, read_secret(state))
    old = pseudonym(keys.current()[1], "lovelace-1815")
    rotated = known("pseudonyms", "rotate", "--reason", "every year", "--json")
    assert rotated.code == 0, rotated.err
    new = pseudonym(keys.current()[1], "lovelace-1815")
    assert old != new
    records = [replace(decision(number), subject=mark) for number, mark in enumerate((old, new))]
    write_journal(state / "journal", "w0", [*records, replace(decision(2), subject="0" * 32, beside=old)])
    shown = known("journal", "show", "--subject", "lovelace-1815", "--json").tree["records"]
    assert [each["id"] for each in shown] == ["d0", "d1", "d2"]
    assert known("facts", "show", "lovelace-1815", "--json").tree["pseudonyms"][0] == new


def test_generations_are_listed_made_and_destroyed(installed: Command, here: Path) -> None:
    first = installed("pseudonyms", "list", "--json").tree["generations"]
    assert len(first) == 1
    number = installed("pseudonyms", "rotate", "--reason", "every year", "--json").tree["generation"]
    assert number == first[0]["number"] + 1
    installed("pseudonyms", "rotate", "--reason", "every year")
    asked = installed("pseudonyms", "destroy", str(number), "--reason", "old")
    assert asked.code == 2
    assert "claims about its time are not shown any more; say so with `--yes`" in asked.err
    assert len(installed("pseudonyms", "list", "--json").tree["generations"]) == 3
    done = installed("pseudonyms", "destroy", str(number), "--reason", "old", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.tree["destroyed"] is True
    left = installed("pseudonyms", "list", "--json").tree["generations"]
    assert number not in [each["number"] for each in left]
    newest = left[-1]["number"]
    assert "is the newest" in installed("pseudonyms", "destroy", str(newest), "--reason", "old", "--yes").err
    assert "there is no generation" in installed("pseudonyms", "destroy", str(number), "--reason", "old", "--yes").err
    out = installed("pseudonyms", "list").out
    assert "names subjects now" in out
    assert "\x1b" not in out


def test_two_officers_forget_and_a_hold_that_came_between_stops_them(known: Command, here: Path) -> None:
    decided(here, known)
    keys = {name: known("officers", "key", "--file", f"{name}.key", "--json").tree["key"] for name in ("ann", "ben")}
    roles = {"ann": "[officer, administrator]", "ben": "[approver]"}
    rows = (f"  {name}: {{roles: {roles[name]}, keys: ['{keys[name]}']}}\n" for name in keys)
    (here / "officers.yaml").write_text("officers:\n" + "".join(rows))
    assert known("officers", "appoint", "--file", "officers.yaml").code == 0
    asked = ("facts", "forget", "lovelace-1815", "--reason", "asked for it", "--sign-with", "ann.key", "--json")
    proposed = known(*asked)
    assert (proposed.code, proposed.tree["state"]) == (6, "open"), proposed
    assert known("facts", "show", "lovelace-1815").code == 0
    assert known("record", "hold", "add", "case-7", "--subject", "lovelace-1815", "--why", "her appeal").code == 0
    approve = ("approve", proposed.tree["act"], "--yes", "--sign-with", "ben.key", "--json")
    refused = known(*approve)
    assert (refused.code, refused.tree["error"]["code"]) == (2, "forgetting_refused")
    assert known(*asked).tree["error"]["code"] == "forgetting_refused", "nor is it proposed again"
    release = ("record", "hold", "release", "case-7", "--why", "decided", "--sign-with", "ann.key", "--json")
    waits = known(*release).tree["act"]
    assert known("approve", waits, "--yes", "--sign-with", "ben.key", "--json").code == 0
    assert known(*approve).tree["error"]["code"] == "forgetting_refused", "it is allowed, and not done yet"
    assert known(*release, "--by", waits).code == 0
    done = known(*approve)
    assert done.code == 0, done
    assert done.tree["result"]["opened_facts"] == 1
    assert b"lovelace-1815" not in everything(here)
    assert known("facts", "show", proposed.tree["stands_for"]).code == 0
