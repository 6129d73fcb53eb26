"""Everything that a scenario is played on: a state directory, a model server and a gate, as real processes."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from licet.adapters.journal_reader import records
from licet.app.demo.carriers import CLIENT, SECRET_ENV, CarriedBy, Carriers, read_asking
from licet.app.demo.gate import CONFIGURED, clear, model_server, set_clock, start_gate, state_of
from licet.app.demo.identity_provider import NoProvider, OidcProvider, installed, office_client
from licet.app.demo.issuer import Issuer
from licet.app.demo.officers import Document, Officers, documents_of, officers
from licet.app.demo.people import delivered, prepare
from licet.app.demo.processes import WORKERS, free_port
from licet.app.demo.scenario import PEOPLE, SHEETS, TRUST
from licet.core.instruments import Instrument
from licet.core.trust import Trust
from licet.wire.documents import read_files
from licet.wire.journal import DecisionRecord, EndRecord

UPSTREAM = "http://127.0.0.1:18135"
REGISTER = "http://127.0.0.1:18136"
PROVIDER = "http://127.0.0.1:18137"
"""The upstream, the register and the identity provider in the scenario's documents; the addresses that they got take
their places."""

PROVIDER_FILES = "oidc-provider"
"""Beside the scenario's folder: what runs the identity provider."""

CONFIGURATION = """\
# The gate of the demonstration. It runs on a clock that `licet demo` sets to the scenario's dates.
listen: {listen}
workers: {workers}
clock: scenario
clock_from: {start}
office:
  listen: {office}
  status_seconds: 0.25
  rate: {{per_second: 500, burst: 500}}
  providers: {providers}
record: {{origin: licet.example/june-2026, policy: policy.txt}}
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A gate that runs: its address, its folder, a key for each caller, and the instruments that it enforces."""

    folder: Path
    gate: str
    keys: dict[str, str]
    instruments: tuple[Instrument, ...]
    officers: Officers
    carriers: Carriers
    running: ExitStack
    environ: dict[str, str] = field(default_factory=dict)

    def start_gate(self) -> None:
        """Start the gate, and return once it is ready. Raises `StageError` if it does not come to that."""
        ready, office = f"{self.gate}/readyz", f"{self.carriers.office}/healthz"
        start_gate(self.running, self.folder, ready, office, self.environ)

    def end_gate(self) -> None:
        """End the gate in order: its journal is closed then."""
        self.running.close()

    def go_to(self, at: datetime) -> None:
        """Let it be this instant: the clock shows it, and what has been issued by then is enacted and pushed."""
        self.set_clock(at)
        self.officers.enact_issued(at)

    def set_clock(self, at: datetime) -> None:
        """Set the gate's clock, in every worker. Raises `StageError` if one does not have it."""
        set_clock(self.folder, at)

    def journal(self) -> tuple[dict[str, DecisionRecord], dict[str, EndRecord]]:
        """The journal's decisions and the ends of their answers, each by the decision's name."""
        found = list(records(state_of(self.folder) / "journal"))
        return (
            {record.id: record for record in found if isinstance(record, DecisionRecord)},
            {record.id: record for record in found if isinstance(record, EndRecord)},
        )


@contextmanager
def stage(scenario: Path, folder: Path, start: datetime, callers: Iterable[str]) -> Iterator[Stage]:
    """Set everything up afresh in `folder`, as it stood at `start`, run it, and end every process afterwards.

    Raises `StageError`.
    """
    clear(folder)
    listen, office = (f"127.0.0.1:{free_port(wish)}" for wish in (8080, 8090))
    with ExitStack() as around:
        weights = model_server(around, folder)
        issuer = around.enter_context(Issuer(lambda: datetime.now(UTC)))
        secret = secrets.token_urlsafe(32)
        provider = provider_of(scenario.parent / PROVIDER_FILES, office, secret, around)
        providers = [] if provider is None else [setting(provider)]
        text = CONFIGURATION.format(
            listen=listen, workers=WORKERS, start=start.isoformat(), office=office, providers=json.dumps(providers)
        )
        (folder / CONFIGURED).write_text(text)
        addresses = {UPSTREAM: weights, REGISTER: issuer.url}
        addresses |= {} if provider is None else {PROVIDER: provider.issuer}
        copy_documents(scenario, folder, addresses)
        documents = documents_of(folder / "rulebook")
        made = officers(state_of(folder), [each for each in documents if not before(each, start)])
        ways = ways_of(scenario, callers, provider)
        carriers = Carriers(f"http://{office}", state_of(folder), made, issuer, provider, ways)
        keys = prepare(folder, made, [each.source for each in documents if before(each, start)], carriers, start)
        with ExitStack() as running:
            standing = Stage(folder, f"http://{listen}", keys, instruments(documents), made, carriers, running)
            standing.environ[SECRET_ENV] = secret
            standing.start_gate()
            standing.keys.update(delivered(carriers, made, start))
            yield standing


def provider_of(source: Path, office: str, secret: str, around: ExitStack) -> OidcProvider | None:
    """The identity provider, with the office as its client; None where there is no node to run it."""
    client = {**office_client(f"http://{office}", CLIENT), "client_secret": secret}
    try:
        provider = OidcProvider(installed(source), [client])
    except (NoProvider, OSError) as error:
        sys.stderr.write(f"licet demo: nobody signs in at an identity provider: {error}\n")
        return None
    around.callback(provider.stop)
    return provider


def setting(provider: OidcProvider) -> dict[str, str]:
    """The provider in the configuration of the office."""
    return {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "secret_env": SECRET_ENV,
        "title": "the developer's own accounts",
    }


def ways_of(scenario: Path, callers: Iterable[str], provider: OidcProvider | None) -> dict[str, CarriedBy]:
    """How the facts of those who play come, where not by the operator's file."""
    asking, playing = read_asking(scenario), set(callers)
    return {
        name: way
        for name, way in (asking.carriers.items() if asking is not None else ())
        if name in playing and (way.by != "sign-in" or provider is not None)
    }


def copy_documents(scenario: Path, folder: Path, addresses: Mapping[str, str]) -> None:
    """The scenario's own files beside the configuration, with the addresses that there are put in."""
    sheets = [scenario / name for name in (*SHEETS, TRUST) if (scenario / name).is_file()]
    for path in (*sheets, *scenario.glob("*.csv")):
        place = folder if path.name == PEOPLE else folder / "rulebook"
        content = path.read_bytes()
        for wish, address in addresses.items():
            content = content.replace(wish.encode(), address.encode())
        (place / path.name).write_bytes(content)


def before(document: Document, start: datetime) -> bool:
    """Whether a document is there when the scenario begins."""
    return document.issued is None or document.issued <= start


def instruments(documents: Sequence[Document]) -> tuple[Instrument, ...]:
    """Every instrument that the scenario comes to; whose word counts decides nothing by itself."""
    found = read_files([each.source for each in documents]).documents.instruments
    return tuple(each for each in found if not isinstance(each, Trust))
