"""The two officers of a scenario: each document is enacted on the day that it was issued, on the gate that runs.

Each has a key of their own and signs what they do; what is proved to only narrow, the first one enacts alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from licet.adapters.officer_key import OfficerSigner, make_officer_key
from licet.adapters.secret import read_secret
from licet.adapters.store import open_store
from licet.adapters.workers import LocalWorkers
from licet.app.administration import administration_of
from licet.app.demo.desk import APPROVER, PROPOSER, SEPARATOR, list_in, title
from licet.app.demo.scenario import SHEETS, TRUST
from licet.app.world import HostWorld
from licet.core.roles import KeyKind, Officer, OfficerKey, Role
from licet.services.acts.administration import Done, StateAdministration
from licet.services.acts.carried import NOTHING, Carried
from licet.services.acts.content import make
from licet.services.acts.enacting import fields_of
from licet.services.acts.what import What
from licet.services.identity.organisations.clients import issue
from licet.services.keys import keyed_hash
from licet.services.ports import Store
from licet.services.rulebooks import propose
from licet.wire.documents import SourceFile

ROLES = {PROPOSER: frozenset((Role.OFFICER, Role.ADMINISTRATOR)), APPROVER: frozenset((Role.APPROVER,))}
PUSH_SECONDS = 10.0
FOLDER = "officers"
ATTESTED_FOR = timedelta(days=365)


class Document(NamedTuple):
    """A document of the scenario, and when it was issued; None for one that says no instant, such as a model."""

    issued: datetime | None
    source: SourceFile


@dataclass(slots=True)
class Officers:
    """The officers with their keys, and what waits on their desks for its day. `state` is the gate's."""

    state: Path
    keys: Mapping[str, OfficerSigner]
    waiting: list[Document] = field(default_factory=list)
    roles: Mapping[str, frozenset[Role]] = field(default_factory=lambda: ROLES)

    def place(self, name: str) -> Path:
        """The file of an officer's private key."""
        return place(self.state.parent / FOLDER, name)

    def enact_issued(self, at: datetime) -> None:
        """Enact, one after the other, what has been issued by then."""
        due = [each for each in self.waiting if each.issued is not None and each.issued <= at]
        self.waiting = [each for each in self.waiting if each not in due]
        for each in due:
            with self._at_work(at) as (store, administration):
                self.enact(store, administration, [each.source], at)

    def appointed(self, now: datetime) -> None:
        """They are officers from now on: nothing is done any more that one of them did not sign."""
        named = [
            Officer(name, roles, (OfficerKey(self.keys[name].id, KeyKind.ED25519, self.keys[name].public),))
            for name, roles in self.roles.items()
        ]
        with self._at_work(now) as (_, administration):
            administration.found(named, actor="the demonstration")

    def enact(self, store: Store, administration: StateAdministration, sources: list[SourceFile], at: datetime) -> None:
        """Documents: what is not proved to only narrow, both of them sign."""
        proposal = propose(store, sources)
        carried = Carried(proposal.documents, proposal.lists)
        self._done(administration, What.ENACT, fields_of(proposal, "enact"), at, carried)

    def enact_all(self, sources: list[SourceFile], at: datetime) -> None:
        """The same, at once."""
        with self._at_work(at) as (store, administration):
            self.enact(store, administration, sources, at)

    def attest(self, subject: str, facts: Mapping[str, Any], evidence: str, at: datetime) -> None:
        """What both of them have seen on paper. `facts` have values as JSON has them."""
        fields = {
            "subject": subject,
            "facts": dict(facts),
            "reason": "they came to the desk",
            "evidence": evidence,
            "level": "high",
            "framework": "house rules of the operator, section 3",
            "until": (at + ATTESTED_FOR).isoformat(),
        }
        with self._at_work(at) as (_, administration):
            self._done(administration, What.ATTEST, fields, at)

    def let_push(self, attester: str, at: datetime) -> str:
        """An organisation may push its members from now on; its token."""
        client, token = issue(attester, actor=PROPOSER, now=at, random_bytes=secrets.token_bytes)
        fields = {"id": client.id, "hash": keyed_hash(read_secret(self.state), token).hex(), "attester": attester}
        with self._at_work(at) as (_, administration):
            self._done(administration, What.ADD_CLIENT, fields, at)
        return token

    def key_for(self, subject: str, at: datetime) -> str:
        """A new API key."""
        with self._at_work(at) as (_, administration):
            issued = administration.issue_key(subject, (), None, None)
            self._done(administration, What.MAKE_KEY, issued.fields, at)
        return issued.text

    def _done(
        self,
        administration: StateAdministration,
        what: What,
        fields: Mapping[str, Any],
        at: datetime,
        carried: Carried = NOTHING,
    ) -> Done:
        act = make(
            what,
            fields,
            installation=administration.installation,
            actor=PROPOSER,
            now=at,
            random_bytes=secrets.token_bytes,
        )
        signature = self.keys[PROPOSER].sign(act.digest)
        done = administration.submit(act.content, signature, carried, timeout=PUSH_SECONDS)
        if not done.act.is_open:
            return done
        return administration.approve(done.act.id, APPROVER, self.keys[APPROVER].sign(act.digest), timeout=PUSH_SECONDS)

    @contextmanager
    def _at_work(self, at: datetime) -> Iterator[tuple[Store, StateAdministration]]:
        with closing(open_store(self.state, at)) as store:
            workers = LocalWorkers(self.state / "workers")
            yield (
                store,
                administration_of(
                    store, workers, HostWorld(), officers=2, secret=partial(read_secret, self.state), now=lambda: at
                ),
            )


def place(folder: Path, name: str) -> Path:
    """Where the key of an officer is, in a folder."""
    return folder / f"{name.replace('. ', '-').lower()}.key"


def officers(state: Path, waiting: list[Document], more: Mapping[str, frozenset[Role]] | None = None) -> Officers:
    """The officers of an installation, the two and `more`, each with a new key in a file beside the state."""
    folder = state.parent / FOLDER
    folder.mkdir()
    roles = {**ROLES, **(more or {})}
    keys = {name: make_officer_key(place(folder, name), secrets.token_bytes) for name in roles}
    return Officers(state, keys, waiting, roles)


def documents_of(folder: Path) -> list[Document]:
    """Every document of the sheets in a folder, in their order; lists lie beside them."""
    sheets = [sheet for sheet in (*SHEETS, TRUST) if (folder / sheet).is_file()]
    return [
        Document(issued(text), SourceFile(str(folder / sheet), text.encode(), partial(list_in, folder)))
        for sheet in sheets
        for text in SEPARATOR.split((folder / sheet).read_text())
    ]


def issued(text: str) -> datetime | None:
    """When a document was issued."""
    _, tree = title(text)
    return datetime.fromisoformat(str(tree["issued"])) if "issued" in tree else None
