"""A real office over real sockets, on a state directory of its own."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from tests.enacting import enacted

from licet.adapters.listening import listening, served, url_of
from licet.adapters.secret import create_secret
from licet.adapters.store import create_store
from licet.adapters.workers import LocalWorkers
from licet.app.config import load
from licet.app.office.parts import Office
from licet.core.attestations import Attestation
from licet.core.facts import Value
from licet.services import keys
from licet.services.enact import EnactReport
from licet.services.identity.carriers.invitation import Invitation, seal_invitation
from licet.services.rulebooks import in_force
from licet.services.stored import StoredDocument
from licet.services.subjects import facts_at


class Running:
    """A state directory with an office on it, which runs in a thread once it is started."""

    def __init__(self, home: Path, settings: str = "", office: str = "", environ: Mapping[str, str] | None = None):
        self.home = home
        self.state = home / ".licet"
        self.store = create_store(self.state, datetime.now(UTC))
        self.secret = create_secret(self.state, secrets.token_bytes)
        self.workers = LocalWorkers(self.state / "workers")
        self.documents: list[StoredDocument] = []
        self.environ = dict(environ or {})
        self.listener = listening("127.0.0.1", 0, 512)
        self.url = url_of(self.listener)
        self.configuration = home / "licet.yaml"
        self.write(settings, office)
        self.office: Office | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def write(self, settings: str = "", office: str = "") -> None:
        """The configuration; `office` are lines of the settings `office:`, indented by two."""
        listen = self.url.removeprefix("http://")
        self.configuration.write_text(
            f"{settings}office:\n  listen: {listen}\n  rate: {{per_second: 1000, burst: 1000}}\n{office}"
        )

    def start(self) -> Running:
        """Serve until `stop`."""
        assert self._server is None, "it runs already, and a second one would answer in its place now and then"
        started = threading.Event()

        def run() -> None:
            async def main() -> None:
                self.office = Office(load(self.configuration), self.environ)
                self._server = served(self.office.application, 512, 1)
                started.set()
                await self._server.serve(sockets=[self.listener.dup()])
                await self.office.close()

            try:
                asyncio.run(main())
            finally:
                started.set()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(20), "the office did not start"
        assert self._server is not None, "the office could not be made"
        return self

    def stop(self) -> None:
        """End it in order."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(20)
            assert not self._thread.is_alive()
        self._server = None

    def close(self) -> None:
        """End all."""
        self.stop()
        self.listener.close()
        self.store.close()

    def client(self, **options: object) -> httpx.Client:
        """A client of this office: a browser without scripts that follows nothing by itself."""
        return httpx.Client(base_url=self.url, timeout=20, trust_env=False, **options)  # type: ignore[arg-type]

    def enact(self, text: str) -> EnactReport:
        """Put documents in force, as two officers do."""
        return enacted(self.store, self.workers, self.documents, text)

    def subject(self, name: str, kind: str = "person", **facts: Value) -> str:
        """A subject with facts of the operator's own; its API key."""
        now = datetime.now(UTC)
        self.store.add_subject(name, kind, actor="test", at=now)
        rows = [Attestation(name, fact, value, "test", "seen", "high", now) for fact, value in facts.items()]
        if rows:
            self.store.attest(rows, actor="test", at=now)
        _, text = keys.create(
            self.store, name, actor="test", now=now, pepper=self.secret, random_bytes=secrets.token_bytes
        )
        return text

    def attest_own(self, subject: str, **facts: Value) -> None:
        """Facts of the operator's own about a subject that is there."""
        now = datetime.now(UTC)
        rows = [Attestation(subject, fact, value, "test", "seen", "high", now) for fact, value in facts.items()]
        self.store.attest(rows, actor="test", at=now)

    def facts(self, subject: str) -> dict[str, Value]:
        """What is known of a subject now."""
        now = datetime.now(UTC)
        record, rulebook = self.store.subject(subject), in_force(self.store)
        assert record is not None
        return facts_at(record, rulebook.facts, rulebook.trusts(now), self.store.confirmed(), now)

    def invitation(self, subject: str, *facts: str, minutes: float = 30) -> str:
        """What the gate gives whom it refuses because these facts are unknown."""
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        return seal_invitation(self.secret, Invitation(subject, facts, until), secrets.token_bytes)


MakeOffice = Callable[..., Running]


@pytest.fixture
def make_office(tmp_path: Path) -> Iterator[MakeOffice]:
    """Makes installations with an office, not yet started, and takes them down."""
    made: list[Running] = []

    def make(settings: str = "", office: str = "", environ: Mapping[str, str] | None = None) -> Running:
        home = tmp_path / f"o{len(made)}"
        home.mkdir()
        made.append(Running(home, settings, office, environ))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def running(make_office: MakeOffice) -> Running:
    """An office that runs, with nothing set or enacted."""
    return make_office().start()
