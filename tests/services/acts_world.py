"""Officers with keys of their own on a real store, for tests of what they do."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from licet.adapters.officer_key import OfficerSigner
from licet.core.proof import Answer, Proof
from licet.core.roles import KeyKind, Officer, OfficerKey, Role
from licet.services.acts.administration import Done, StateAdministration
from licet.services.acts.carried import NOTHING, Carried
from licet.services.acts.content import Act, make, read, withdrawal_digest
from licet.services.acts.what import What
from licet.services.approval import founding
from licet.services.cases.ports import Casework
from licet.services.findings import Review
from licet.services.ports import Ack, Gone, Silence, Store
from licet.services.review import ONLY_NARROWS
from licet.services.rulebooks import Proposal, propose
from licet.wire.documents import SourceFile

__all__ = ["replace"]

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
MODEL = "model: m\nfamily: f\napis: [openai]\nupstream: {url: 'http://127.0.0.1:9'}\n"
RELEASE = "release: {}\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [m]\nto: staff\n"
SECRET = b"s" * 32
NEXT_YEAR = "2027-06-12T00:00:00+00:00"


class Pushed:
    """Gate processes that are told, and how often."""

    def __init__(self) -> None:
        self.times = 0

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Count it."""
        self.times += 1
        return ()

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """Nobody asks."""
        return ()

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Nobody sets it."""
        return ()


def signer() -> OfficerSigner:
    """A new key."""
    return OfficerSigner(secrets.token_bytes(32))


def officer(name: str, key: OfficerSigner, *roles: Role) -> Officer:
    """An officer with one key."""
    return Officer(name, frozenset(roles), (OfficerKey(key.id, KeyKind.ED25519, key.public),))


@dataclass
class Ministry:
    """Four officers, and what they do. `narrows` is what the review says of documents."""

    store: Store
    narrows: bool = False
    needed: int = 2
    at: datetime = NOW
    keys: dict[str, OfficerSigner] = field(default_factory=dict)
    workers: Pushed = field(default_factory=Pushed)
    casework: Casework | None = None

    def __post_init__(self) -> None:
        self.administration = StateAdministration(
            self.store,
            self.workers,
            needed=self.needed,
            reviewing=self.review,
            secret=lambda: SECRET,
            random_bytes=secrets.token_bytes,
            now=lambda: self.at,
            stopwatch=time.monotonic,
            casework=self.casework,
        )

    def review(self, proposal: Proposal) -> Review:
        """What the prover would say."""
        answer = Answer.PROVED if self.narrows else Answer.REFUTED
        return Review(Proof(ONLY_NARROWS, answer), (), 0.0)

    def made(self, name: str, *roles: Role) -> Officer:
        """An officer with a new key."""
        self.keys[name] = signer()
        return officer(name, self.keys[name], *roles)

    def found(self) -> Done:
        """Appoint ann (officer, administrator), ben (approver), cid (viewer), dora (officer and approver)."""
        return self.administration.found(
            [
                self.made("ann", Role.OFFICER, Role.ADMINISTRATOR),
                self.made("ben", Role.APPROVER),
                self.made("cid", Role.VIEWER),
                self.made("dora", Role.OFFICER, Role.APPROVER),
            ],
            actor="root",
        )

    def act(self, what: What, by: str = "ann", /, **fields: Any) -> Act:
        """An act of somebody, not signed yet."""
        return make(
            what,
            fields,
            installation=self.administration.installation,
            actor=by,
            now=self.at,
            random_bytes=secrets.token_bytes,
        )

    def submit(self, act: Act, carried: Carried = NOTHING, *, key: str | None = None) -> Done:
        """Hand it in, signed by its actor or with somebody else's key."""
        signature = self.keys[key or act.actor].sign(act.digest)
        return self.administration.submit(act.content, signature, carried)

    def do(self, what: What, by: str = "ann", /, **fields: Any) -> Done:
        """Both at once."""
        return self.submit(self.act(what, by, **fields))

    def approve(self, done: Done, by: str = "ben", carried: Carried = NOTHING, *, key: str | None = None) -> Done:
        """Somebody agrees."""
        digest = read(done.act.content).digest
        return self.administration.approve(done.act.id, by, self.keys[key or by].sign(digest), carried)

    def withdraw(self, done: Done, by: str = "ann", reason: str = "a mistake") -> Done:
        """Somebody takes it back."""
        signed = withdrawal_digest(done.act.id, read(done.act.content).digest, by, reason)
        return self.administration.withdraw(done.act.id, by, reason, self.keys[by].sign(signed))

    def attest(self, by: str = "ann", **facts: Any) -> Done:
        """The usual attestation of alice."""
        return self.do(
            What.ATTEST,
            by,
            subject="alice",
            facts=facts or {"us_citizen": True},
            reason="came in person",
            evidence="passport",
            level="high",
            framework="house rules 3",
            until=NEXT_YEAR,
        )

    def proposal(self, *texts: str) -> Proposal:
        """Documents on top of what is in force."""
        return propose(self.store, [SourceFile("x.yaml", "---\n".join(texts).encode(), lambda _: None)])

    def enact(self, act_fields: Callable[[Proposal, str], dict[str, Any]], *texts: str, by: str = "ann") -> Done:
        """Hand documents in."""
        proposal = self.proposal(*texts)
        act = self.act(What.ENACT, by, **act_fields(proposal, "enact"))
        return self.submit(act, Carried(proposal.documents, proposal.lists, summary={"by": "enact"}))


def ministry(
    store: Store,
    *documents: str,
    subjects: Iterable[str] = ("alice",),
    needed: int = 2,
    casework: Casework | None = None,
) -> Ministry:
    """A store with a model and somebody in it, and `documents` in force, and the officers appointed."""
    made = Ministry(store, needed=needed, casework=casework)
    proposal = made.proposal(MODEL, *documents)
    store.enact(
        proposal.documents,
        proposal.lists,
        actor="root",
        at=NOW - timedelta(days=1),
        rulebook=proposal.rulebook.digest,
        expected_epoch=0,
        warrant=founding(proposal),
    )
    for each in subjects:
        store.add_subject(each, "person", actor="root", at=NOW)
    made.found()
    return made
