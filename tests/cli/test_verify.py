"""`licet verify` and `licet prove-decision`, on the June cycle's real store, journal and log; and as a lone program."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.record.small_log import CHECKPOINT, ENTRIES, LEAVES, POLICY_TEXT, folder_of, proof_of
from tests.sealed import write_journal

from licet.adapters.clock import SystemClock
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.adapters.store import open_store
from licet.core.decision import Request, decide
from licet.record.log.opening import opening
from licet.services.keys import pseudonym
from licet.services.rulebooks import in_force
from licet.services.subjects import facts_at
from licet.wire.journal import DecisionRecord, EndRecord, Record

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SECOND = timedelta(seconds=1)
WHOM = 'residence == "FR"'
HEAVY = (
    "duckdb",
    "ibis",
    "sqlalchemy",
    "uvicorn",
    "z3",
    "altair",
    "aiohttp",
    "jinja2",
    "httptools",
    "prometheus_client",
)


@dataclass(frozen=True)
class Audit:
    """An installation whose log and disclosure somebody verifies."""

    licet: Command
    start: datetime
    here: Path

    def claim(self, *more: object, model: str = "mythos-5", whom: str = WHOM, end: float = 13.0) -> tuple[object, ...]:
        """The arguments of a claim about the minute in which something was decided."""
        until = self.start + end * SECOND
        times = ("--from", (self.start + SECOND).isoformat(), "--until", until.isoformat())
        places = ("--log", ".licet/record", "--disclosure", "disclosed", "--policy", "policy.txt")
        return ("verify", "claim", *places, "--model", model, "--whom", whom, *times, *more)


def decided(here: Path, start: datetime) -> list[Record]:
    """What the gate decides about three people and two models, a second apart, with the ends of the answers."""
    store = open_store(here / ".licet", SystemClock().now())
    rulebook, state = in_force(store), here / ".licet"
    secret = PseudonymKeys(state, read_secret(state)).current()[1]
    records: list[Record] = []
    for number in range(12):
        name, model = ("jean", "imre", "ada")[number % 3], ("mythos-5", "fable-5")[number // 3 % 2]
        at = start + (2 + number) * SECOND
        subject = store.subject(name)
        assert subject is not None
        facts = {**facts_at(subject, rulebook.facts, (), {}, at), "stream": True}
        found = decide(rulebook, Request(facts, model, "use", at))
        records.append(
            DecisionRecord(
                id=f"d{number}",
                at=at,
                key="abcd2345",
                subject=pseudonym(secret, name),
                api="openai",
                endpoint="/v1/chat/completions",
                operation="use",
                stream=True,
                requested=model,
                outcome=found.outcome,
                served=found.served,
                instruments=found.instruments,
                unknown=found.unknown,
                rulebook=rulebook.digest,
                epoch=rulebook.epoch,
            )
        )
        if found.served is not None:
            records.append(EndRecord(id=f"d{number}", at=at + SECOND / 2, how="done", bytes=9))
    store.close()
    return records


@pytest.fixture
def audit(june: Command, here: Path) -> Audit:
    """The June cycle: decided, sealed, published and disclosed."""
    key = june("keys", "log", "--json").tree
    start = SystemClock().now().replace(microsecond=0) + 2 * SECOND
    write_journal(here / ".licet" / "journal", "w0", decided(here, start), at=start)
    assert june("record", "publish").code == 0
    assert june("record", "disclose", "-o", "disclosed").code == 0
    (here / "policy.txt").write_text(f"{key['line']}\nquorum none\n")
    return Audit(june, start, here)


def test_a_claim_is_verified_from_the_log_and_the_disclosure(audit: Audit) -> None:
    said = audit.licet(*audit.claim("--json"))
    assert said.code == 0, said.out
    assert (said.tree["verdict"], said.tree["ok"]) == ("holds", True)
    counts = said.tree["counts"]
    assert (counts["decisions"], counts["subjects"], counts["segments"], counts["rulebooks"]) == (12, 3, 1, 1)
    assert counts["answers"] == 2
    assert said.tree["again"][1].startswith("licet verify claim --log .licet/record")
    said = audit.licet(*audit.claim())
    assert said.out.startswith("holds: between ")
    assert "does not show" in said.out


def test_a_claim_that_is_not_so_does_not_hold(audit: Audit) -> None:
    said = audit.licet(*audit.claim("--json", model="fable-5"))
    assert (said.code, said.tree["verdict"]) == (1, "does not hold")
    assert said.tree["found"] == 2
    assert "(d3)" in said.tree["findings"][0]["place"]


def test_a_claim_about_time_without_records_is_not_shown(audit: Audit) -> None:
    said = audit.licet(*audit.claim("--json", end=3600))
    assert (said.code, said.tree["verdict"]) == (1, "not shown")
    assert "no segment for the time after" in said.tree["missing"][0]["why"]


def test_one_byte_changed_is_said_with_its_place(audit: Audit) -> None:
    """In the log or in the disclosure: the claim is no longer shown."""
    (records,) = (audit.here / "disclosed").glob("*.jsonl.gz")
    content = records.read_bytes()
    changed = gzip.decompress(content).replace(b'"outcome":"refuse"', b'"outcome":"Refuse"', 1)
    records.write_bytes(gzip.compress(changed))
    said = audit.licet(*audit.claim("--json"))
    assert (said.code, said.tree["verdict"]) == (1, "not shown")
    (missing,) = said.tree["missing"]
    assert missing["place"] == f"segment {records.name.removesuffix('.jsonl.gz')}, records 0 to 21"
    assert missing["why"].startswith("it is not what the log committed to: the disclosure was changed")
    records.write_bytes(content)
    (bundle,) = (audit.here / ".licet" / "record" / "tile" / "entries" / "000.p").iterdir()
    content = bundle.read_bytes()
    bundle.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    for arguments in (audit.claim("--json"), ("verify", "log", ".licet/record", "--policy", "policy.txt", "--json")):
        said = audit.licet(*arguments)
        assert (said.code, said.tree["ok"]) == (1, False)
        (found,) = said.tree["findings"] or said.tree["missing"]
        assert found["place"].startswith("tile/entries/000.p/")
    bundle.write_bytes(content)
    assert audit.licet(*audit.claim()).code == 0


def test_a_claim_that_says_nothing_is_an_error(audit: Audit) -> None:
    for more in (
        ("--whom", "no_such_fact"),
        ("--model", "no-such"),
        ("--uses", "x"),
        ("--until", "2026-01-01T00:00:00Z"),
    ):
        said = audit.licet(*audit.claim(*more, "--json"))
        assert said.code == 2, said.out
        assert "`" in said.tree["error"]["message"]


def test_a_decision_is_proved_to_whoever_has_the_policy(audit: Audit) -> None:
    made = audit.licet("prove-decision", "d0", "-o", "d0.proof", "--json")
    assert made.code == 0, made.err
    assert (audit.here / "d0.proof").stat().st_mode & 0o077 == 0
    assert made.tree["verify"].startswith("licet verify proof d0.proof --policy")
    said = audit.licet("verify", "proof", "d0.proof", "--policy", "policy.txt", "--json")
    assert said.code == 0, said.out
    assert said.tree["decision"]["outcome"] == "refuse"
    assert "was decided: refuse" in said.tree["sentence"]
    told = audit.licet("verify", "proof", "d0.proof", "--policy", "policy.txt").out
    assert "outcome" in told and "refuse" in told and "mythos-5" in told
    again = audit.licet("prove-decision", "d0", "-o", "d0.proof", "--json")
    assert again.code == 2
    assert "name a new one" in again.tree["error"]["message"]
    unknown = audit.licet("prove-decision", "d99", "-o", "d99.proof", "--json")
    assert unknown.code != 0
    assert "no sealed segment has the decision `d99`" in unknown.tree["error"]["message"]


def test_every_verdict_is_a_page_too(audit: Audit) -> None:
    for arguments in (
        audit.claim(),
        audit.claim(model="fable-5"),
        audit.claim(end=3600),
        ("verify", "log", ".licet/record", "--policy", "policy.txt"),
        ("verify", "checkpoint", ".licet/record/checkpoint", "--policy", "policy.txt"),
    ):
        said = audit.licet(*arguments, "--html", "verdict.html", "--json")
        page = (audit.here / "verdict.html").read_text()
        assert said.tree["html"] == "verdict.html"
        assert said.tree["verdict"] in page
        for title in ("The verdict", "How to check it again", "The words"):
            assert title in page
        assert "licet verify" in page
        assert "<script" not in page


@pytest.fixture
def offline(here: Path) -> Path:
    """A proof, a log and a policy in a folder without any installation."""
    (here / "policy.txt").write_bytes(POLICY_TEXT)
    (here / "decision.proof").write_bytes(bytes(proof_of(300)))
    for path, content in {**folder_of(LEAVES, ENTRIES), "checkpoint": CHECKPOINT}.items():
        file = here / "record" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return here


def test_a_checkpoint_and_a_proof_need_no_installation(licet: Command, offline: Path) -> None:
    assert not (offline / "licet.yaml").exists()
    for arguments in (("checkpoint", "record/checkpoint"), ("proof", "decision.proof")):
        assert licet("verify", *arguments, "--policy", "policy.txt").code == 0
    old = ("record/checkpoint", "record/checkpoint")
    assert licet("verify", "consistency", *old, "--log", "record", "--policy", "policy.txt").code == 0


def test_what_is_refused_is_told_with_its_place(licet: Command, offline: Path) -> None:
    proof = (offline / "decision.proof").read_bytes()
    (offline / "decision.proof").write_bytes(proof.replace(b'"index":300', b'"index":301'))
    said = licet("verify", "proof", "decision.proof", "--policy", "policy.txt", "--json")
    assert (said.code, said.tree["verdict"]) == (1, "refused")
    assert "segment" in said.tree["findings"][0]["place"]
    (offline / "policy.txt").write_text("nonsense\n")
    assert licet("verify", "proof", "decision.proof", "--policy", "policy.txt").code == 2
    assert licet("verify", "proof", "nowhere", "--policy", "policy.txt").code == 2


def test_a_log_that_is_not_there_is_said(licet: Command, offline: Path) -> None:
    assert licet("verify", "log", "nowhere", "--policy", "policy.txt").code == 4
    (offline / "record" / "checkpoint").unlink()
    said = licet("verify", "log", "record", "--policy", "policy.txt", "--json")
    assert said.code == 1
    assert said.tree["findings"][0]["why"].startswith("checkpoint: ")


PROGRAM = f"""
import json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from licet.app.world import HostWorld
from licet.cli.main import run
code = run(HostWorld(), ["verify", "proof", "decision.proof", "--policy", "policy.txt", "--json"])
print(json.dumps(sorted(each for each in sys.modules if each.partition(".")[0] in {HEAVY!r})), file=sys.stderr)
sys.exit(code)
"""


def test_verifying_needs_no_extras(offline: Path) -> None:
    """Nothing heavy is imported, and it works where nothing of it is installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM], cwd=offline, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    assert json.loads(done.stderr.splitlines()[-1]) == []


def test_an_opening_is_verified_and_looked_for_in_the_log(audit: Audit) -> None:
    (audit.here / "one.opening").write_bytes(bytes(opening("document", b"s" * 32, b'{"order":"x"}')))
    assert audit.licet("verify", "opening", "one.opening").code == 0
    said = audit.licet("verify", "opening", "one.opening", "--log", ".licet/record", "--policy", "policy.txt", "--json")
    assert (said.code, said.tree["verdict"], said.tree["entry"]) == (1, "refused", None)
    assert audit.licet("verify", "opening", "one.opening", "--log", ".licet/record").code == 2
    content = (audit.here / "one.opening").read_bytes()
    (audit.here / "one.opening").write_bytes(content.replace(b"order", b"Order"))
    said = audit.licet("verify", "opening", "one.opening", "--json")
    assert (said.code, said.tree["findings"][0]["place"]) == (1, "opening")


def test_what_was_withheld_is_opened_for_a_claim(june: Command, here: Path) -> None:
    """The order is withheld: without its opening the claim is not shown, with it it holds; the log has the opening."""
    with (here / "licet.yaml").open("a") as configuration:
        configuration.write(
            "record:\n  withhold:\n    - {document: us-doc-2026-06-12, fields: [title], reason: it says so, "
            "authority: 50 USC 1805}\n"
        )
    line = june("keys", "log", "--json").tree["line"]
    start = SystemClock().now().replace(microsecond=0) + 2 * SECOND
    write_journal(here / ".licet" / "journal", "w0", decided(here, start), at=start)
    published = june("record", "publish")
    assert published.code == 0, published.err
    assert june("record", "disclose", "-o", "disclosed").code == 0
    (here / "policy.txt").write_text(f"{line}\nquorum none\n")
    audit = Audit(june, start, here)
    said = audit.licet(*audit.claim("--json"))
    assert (said.code, said.tree["verdict"]) == (1, "not shown")
    assert "is withheld, and no opening of it was given" in said.tree["missing"][0]["why"]
    said = audit.licet(*audit.claim("--openings", ".licet/record-openings", "--json"))
    assert (said.code, said.tree["verdict"]) == (0, "holds"), said.out
    for file in (here / ".licet" / "record-openings").iterdir():
        held = audit.licet("verify", "opening", file, "--log", ".licet/record", "--policy", "policy.txt", "--json")
        assert held.code == 0
        assert held.tree["entry"] > 0


def test_an_old_checkpoint_is_refused_by_whoever_holds_a_newer_one(audit: Audit) -> None:
    held = audit.here / "held"
    log = audit.here / ".licet" / "record"
    held.write_bytes((log / "checkpoint").read_bytes())
    arguments = ("verify", "log", ".licet/record", "--policy", "policy.txt", "--since", held, "--json")
    assert audit.licet(*arguments).code == 0
    shutil.copytree(log, audit.here / "copy")
    start = audit.start + 60 * SECOND
    write_journal(audit.here / ".licet" / "journal", "w1", [], at=start)
    assert audit.licet("record", "publish").code == 0
    held.write_bytes((log / "checkpoint").read_bytes())
    assert audit.licet(*arguments).code == 0
    replayed = ("verify", "log", "copy", "--policy", "policy.txt", "--since", held, "--json")
    said = audit.licet(*replayed)
    assert said.code == 1
    assert "it is an old one" in said.tree["findings"][0]["why"]
