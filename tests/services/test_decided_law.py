"""What decisions write is enacted on the stores, on top of June's law, and does what the decision says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.test_decision import grant

from licet.adapters.store import create_store
from licet.adapters.store_memory import MemoryStore
from licet.cases.decision.decision import decision_of
from licet.cases.decision.instrument import documents
from licet.core.cases.decision import Decision
from licet.core.cases.procedure import Deciding
from licet.core.decision import Outcome, Request, decide
from licet.core.facts import UNKNOWN
from licet.services.ports import Store
from licet.services.stored import Ground, StoredDocument, StoredList, Warrant
from licet.wire.document_text import text_of
from licet.wire.documents import Reading, SourceFile, read_files

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ISSUED = datetime(2026, 6, 20, 16, tzinfo=UTC)


def source(name: str, content: bytes) -> SourceFile:
    return SourceFile(name, content, lambda each: (JUNE / each).read_bytes() if (JUNE / each).exists() else None)


def put(store: Store, name: str, content: bytes) -> Reading:
    """Read them on top of what the store has, and put them in force."""
    reading = read_files([source(name, content)], store.documents(), lambda _, pinned: store.list_content(pinned or ""))
    epoch = len(store.enactments())
    store.enact(
        [StoredDocument(each.kind, each.name, each.digest, each.canonical) for each in reading.written],
        [StoredList(digest, each) for one in reading.written for digest, each in one.lists.items()],
        actor="A. Officer",
        at=ISSUED,
        rulebook=reading.rulebook(epoch + 1).digest,
        expected_epoch=epoch,
        warrant=Warrant(Ground.TWO_OFFICERS, approved_by="B. Officer"),
    )
    return reading


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else create_store(tmp_path, ISSUED)
    law = (JUNE / "instruments.yaml").read_text().split("---\n# 26 June")[0]
    put(made, "june.yaml", (JUNE / "models.yaml").read_bytes() + b"\n---\n" + law.encode())
    yield made
    made.close()


def written(decision: Decision, number: int) -> bytes:
    made = documents(decision, issuer="Bureau of Industry and Security", issued=ISSUED, source=f"case C-17, {number}")
    return text_of(made).encode()


def outcome(reading: Reading, at: datetime) -> Outcome:
    """What a foreign person of Orbital Labs gets who asks for Mythos 5."""
    book = reading.rulebook(9)
    facts: dict[str, Any] = dict.fromkeys(book.facts, UNKNOWN)
    facts |= {
        "org": "harbour-hospital.example",
        "us_citizen": False,
        "lpr": False,
        "protected_individual": False,
        "staff": False,
    }
    return decide(book, Request(facts, "mythos-5", "use", at, substitution=False)).outcome


def test_a_grant_relieves_a_variation_supersedes_and_a_suspension_ends(store: Store) -> None:
    terms = grant()["terms"] | {"to": 'org == "harbour-hospital.example"', "review_by": "2026-12-26T00:00:00-05:00"}
    since = datetime.fromisoformat(terms["from"])
    granted = decision_of({"decision": grant(terms=terms)}, Deciding.GRANT)
    reading = put(store, "grant.yaml", written(granted, 12))
    assert outcome(reading, since - timedelta(seconds=1)) is Outcome.REFUSE
    assert outcome(reading, since) is Outcome.SERVE

    narrower = terms | {
        "licence": "orbital-labs-2",
        "supersedes": ["orbital-labs-1"],
        "operations": ["tune"],
        "from": "2026-07-10T00:00:00-04:00",
    }
    varied = decision_of({"decision": grant(terms=narrower)}, Deciding.VARY)
    reading = put(store, "vary.yaml", written(varied, 19))
    later = datetime.fromisoformat(narrower["from"])
    assert outcome(reading, later - timedelta(seconds=1)) is Outcome.SERVE
    assert outcome(reading, later) is Outcome.REFUSE

    ends = {"lift": "end-orbital-labs", "instruments": ["orbital-labs-2"], "from": "2026-08-01T00:00:00Z"}
    suspended = decision_of({"decision": grant(terms=None, judged=None, ends=ends)}, Deciding.SUSPEND)
    reading = put(store, "suspend.yaml", written(suspended, 31))
    instruments = {each.name: each for each in reading.documents.instruments}
    assert instruments["end-orbital-labs"].source == "case C-17, 31"
    licence = instruments["orbital-labs-1"]
    assert licence.issuer == "Bureau of Industry and Security"
    assert licence.review_by == datetime.fromisoformat(terms["review_by"])
    assert "- report (Orbital Labs, within 30 d, then every 4 weeks): Reports its use.; " in licence.reasons
    assert licence.authority == ("15 CFR 750.7(a)",)
    assert licence.appeal.startswith("In writing")


def test_the_same_decision_is_the_same_bytes() -> None:
    decision = decision_of({"decision": grant()}, Deciding.GRANT)
    assert written(decision, 3) == written(decision, 3)


def test_a_denial_writes_nothing() -> None:
    denied = decision_of({"decision": grant(terms=None, promises=None)}, Deciding.DENY)
    assert documents(denied, issuer="x", issued=ISSUED, source="y") == ()
