"""Everything that a scenario is played on: a state directory, a model server and a gate, as real processes."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from licet.adapters.journal_reader import records
from licet.adapters.secret import create_secret
from licet.adapters.store import create_store
from licet.adapters.workers import LocalWorkers
from licet.app.demo.desk import PROPOSER, by_two
from licet.app.demo.officers import Document, Officers, documents_of
from licet.app.demo.scenario import PEOPLE, SHEETS
from licet.core.instruments import Instrument
from licet.services import keys
from licet.services.ports import Ack, Gone
from licet.services.rulebooks import propose
from licet.services.subjects import import_people
from licet.wire.documents import SourceFile, read_files
from licet.wire.journal import DecisionRecord, EndRecord
from licet.wire.people import read_people

WORKERS = 2
READY_SECONDS = 30.0
STOP_SECONDS = 30.0
"""Longer than the gate leaves open answers to finish."""

PUSH_SECONDS = 10.0
CONFIGURED = "licet.yaml"
UPSTREAM = "http://127.0.0.1:18135"
"""The upstream in the scenario's documents; the address that the model server got takes its place."""

CONFIGURATION = """\
# The gate of the demonstration. It runs on a clock that `licet demo` sets to the scenario's dates.
listen: {listen}
workers: {workers}
clock: scenario
clock_from: {start}
verify: https://identity-desk.example/verify
record: {{origin: licet.example/june-2026, policy: policy.txt}}
"""


class StageError(Exception):
    """A process that did not start, a worker that did not answer; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A gate that runs: its address, its folder, a key for each caller, and the instruments that it enforces."""

    folder: Path
    gate: str
    keys: dict[str, str]
    instruments: tuple[Instrument, ...]
    officers: Officers
    running: ExitStack

    def start_gate(self) -> None:
        """Start the gate, and return once it is ready. Raises `StageError` if it does not come to that."""
        command = [str(licet_command()), "--config", str(self.folder / CONFIGURED), "serve"]
        gate = self.running.enter_context(process("gate", command, self.folder / "gate.log"))
        wait_ready(f"{self.gate}/readyz", gate, self.folder)

    def end_gate(self) -> None:
        """End the gate in order: its journal is closed then."""
        self.running.close()

    def go_to(self, at: datetime) -> None:
        """Let it be this instant: the clock shows it, and what has been issued by then is enacted and pushed."""
        self.set_clock(at)
        self.officers.enact_issued(at)

    def set_clock(self, at: datetime) -> None:
        """Set the gate's clock, in every worker. Raises `StageError` if one does not have it."""
        answers = LocalWorkers(state_of(self.folder) / "workers").set_clock(at, timeout=PUSH_SECONDS)
        if len(answers) != WORKERS or not all(isinstance(answer, Ack) for answer in answers):
            raise StageError(f"the clock was not set in {WORKERS} workers, but: {answers}")

    def journal(self) -> tuple[dict[str, DecisionRecord], dict[str, EndRecord]]:
        """The journal's decisions and the ends of their answers, each by the decision's name."""
        found = list(records(state_of(self.folder) / "journal"))
        return (
            {record.id: record for record in found if isinstance(record, DecisionRecord)},
            {record.id: record for record in found if isinstance(record, EndRecord)},
        )


def state_of(folder: Path) -> Path:
    return folder / ".licet"


@contextmanager
def stage(scenario: Path, folder: Path, start: datetime) -> Iterator[Stage]:
    """Set everything up afresh in `folder`, as it stood at `start`, run it, and end every process afterwards.

    Raises `StageError`.
    """
    clear(folder)
    listen = f"127.0.0.1:{free_port(8080)}"
    (folder / CONFIGURED).write_text(CONFIGURATION.format(listen=listen, workers=WORKERS, start=start.isoformat()))
    server = [sys.executable, "-m", "licet.adapters.smollm", "0"]
    with process("model server", server, folder / "model.log", talks=True) as model:
        copy_documents(scenario, folder, listening(model, folder / "model.log"))
        documents = documents_of(folder / "rulebook")
        instruments = all_instruments(documents)
        officers = Officers(state_of(folder), [each for each in documents if not before(each, start)])
        issued = prepare(folder, [each.source for each in documents if before(each, start)], start)
        with ExitStack() as running:
            standing = Stage(folder, f"http://{listen}", issued, instruments, officers, running)
            standing.start_gate()
            yield standing


def licet_command() -> Path:
    """The command that was installed beside this interpreter."""
    return Path(sys.executable).with_name("licet")


def clear(folder: Path) -> None:
    """An empty folder. Raises `StageError` for one that is not a demonstration's, or whose gate still runs."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / CONFIGURED).is_file():
            raise StageError(f"`{folder}` is there and is not a demonstration's; move it away or name another folder")
        answers = LocalWorkers(state_of(folder) / "workers").status(timeout=1.0)
        if any(not isinstance(answer, Gone) for answer in answers):
            raise StageError(f"a gate still runs in `{folder}`; end that demonstration first")
        shutil.rmtree(folder)
    (folder / "rulebook").mkdir(parents=True)


def copy_documents(scenario: Path, folder: Path, upstream: str) -> None:
    """The scenario's own files beside the configuration, with the model server's address put in."""
    for path in (*(scenario / name for name in SHEETS), *scenario.glob("*.csv")):
        place = folder if path.name == PEOPLE else folder / "rulebook"
        (place / path.name).write_bytes(path.read_bytes().replace(UPSTREAM.encode(), upstream.encode()))


def before(document: Document, start: datetime) -> bool:
    """Whether a document is there when the scenario begins."""
    return document.issued is None or document.issued <= start


def all_instruments(documents: Sequence[Document]) -> tuple[Instrument, ...]:
    """Every instrument that the scenario comes to."""
    return read_files([each.source for each in documents]).documents.instruments


def prepare(folder: Path, sources: Sequence[SourceFile], now: datetime) -> dict[str, str]:
    """A store in which these documents are in force, with everybody imported, and a key for each of them."""
    state, actor = state_of(folder), PROPOSER
    store = create_store(state, now)
    pepper = create_secret(state, secrets.token_bytes)
    try:
        proposal = propose(store, sources)
        by_two(store, state, proposal, now)
        with (folder / PEOPLE).open("rb") as lines:
            people = list(read_people(lines, proposal.rulebook.facts, file=PEOPLE))
        import_people(store, people, file=PEOPLE, actor=actor, now=now)
        return {
            person.subject: keys.create(
                store, person.subject, actor=actor, now=now, pepper=pepper, random_bytes=secrets.token_bytes
            )[1]
            for person in people
        }
    finally:
        store.close()


@contextmanager
def process(what: str, command: Sequence[str], log: Path, *, talks: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with this block, gently if it lets itself be. What it says goes to `log`.

    One that `talks` is listened to on its standard output instead.
    """
    with log.open("wb") as said:
        out = subprocess.PIPE if talks else said
        # in a group of its own: Ctrl-C reaches this program alone, which then ends its processes in order
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=said, process_group=0)  # noqa: S603
        try:
            yield running
            if running.poll() is not None:
                raise StageError(f"the {what} ended by itself with status {running.returncode}; see {log}")
        finally:
            running.terminate()
            try:
                running.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            if running.stdout is not None:
                running.stdout.close()


def listening(model: subprocess.Popen[bytes], log: Path) -> str:
    """The address in the first line that the model server says."""
    line = model.stdout.readline() if model.stdout is not None else b""
    try:
        return str(msgspec.json.decode(line, type=dict[str, str])["listening"])
    except (msgspec.DecodeError, KeyError) as error:
        raise StageError(f"the model server did not start; {log} ends so:\n{tail(log)}") from error


def wait_ready(url: str, gate: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once every worker is there and the gate says that it is ready."""
    give_up = time.monotonic() + READY_SECONDS
    workers = LocalWorkers(state_of(folder) / "workers")
    while gate.poll() is None and time.monotonic() < give_up:
        if sum(isinstance(answer, dict) for answer in workers.status(timeout=1.0)) == WORKERS and is_ready(url):
            return
        time.sleep(0.05)
    what = "ended by itself" if gate.poll() is not None else f"was not ready after {READY_SECONDS:.0f} s"
    raise StageError(f"the gate {what}; {folder / 'gate.log'} ends so:\n{tail(folder / 'gate.log')}")


def tail(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port(wish: int) -> int:
    """The port that is wished for if nobody listens there, else any free one."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StageError("no free port on 127.0.0.1")
