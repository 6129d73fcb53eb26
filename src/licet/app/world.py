"""The world of the command line: real clocks, stores and workers, each made when somebody first asks for it.

What is heavy to import (the database, the server) is loaded only then, so that `licet --help` is there at once.
"""

from __future__ import annotations

import os
import pwd
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from licet.adapters.clock import SystemClock, monotonic
from licet.adapters.interrupt import stopped_by_ctrl_c
from licet.adapters.lock import only_gate
from licet.adapters.log_key_file import make_key
from licet.adapters.secret import create_secret, read_secret
from licet.app.config import Config, ConfigurationRejected, load
from licet.app.record_world import HostRecord, tokens
from licet.app.setting import ClockKind
from licet.cli.world import ConfigurationUnusable, ExtraMissing
from licet.core.differences import Differences
from licet.core.drill import DrillReport
from licet.core.errors import LicetError
from licet.core.facts import Fact
from licet.core.instruments import Instrument
from licet.core.preview import Preview
from licet.core.proof import Proof
from licet.core.properties import Property
from licet.core.report import Report as OrderReport
from licet.core.rulebook import Rulebook
from licet.record.signed.keys import KeyKind, NoteKey
from licet.record.signed.policy import Policy
from licet.services.dossier import Dossier
from licet.services.drill_report import JournalReader
from licet.services.population import Population, Report
from licet.services.ports import Store, Workers
from licet.services.proving import Prover, ProverOf
from licet.services.record.reporting.report import Records
from licet.services.record.verifying import Verification
from licet.services.record.watching.monitoring import Memory, Readable
from licet.services.shadow import Shadows
from licet.services.status import JournalView

CLOCK_TIMEOUT = 2.0


class NotServing(LicetError):
    """The gate cannot listen where it should."""


class HostWorld:
    """`licet.cli.world.World` on this machine."""

    @property
    def actor(self) -> str:
        """The name of the user that runs this; its number, where it has none."""
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"user-{os.getuid()}"

    def now(self) -> datetime:
        """See the port."""
        return SystemClock().now()

    def random_bytes(self, count: int, /) -> bytes:
        """See the port."""
        return secrets.token_bytes(count)

    def make_key(self, place: Path | str, name: str, kind: KeyKind) -> NoteKey:
        """See the port."""
        if isinstance(place, str):
            made: NoteKey = tokens().make_token_key(place, name)
            return made
        return make_key(place, name, kind, self.random_bytes).key

    def stopwatch(self) -> float:
        """See the port."""
        return monotonic()

    def provers(self, now: datetime, *, limit: float) -> ProverOf | None:
        """See the port."""
        if find_spec("z3") is None:
            return None
        prover = _later("licet.engines.proofs.prover").Prover

        def make(before: Rulebook, after: Rulebook) -> Prover:
            return _Interruptible(prover(before, after, now=now, stopwatch=self.stopwatch, limit=limit))

        return make

    def differences(
        self, before: Rulebook, after: Rulebook, *, since: datetime, until: datetime | None, limit: float, most: int
    ) -> Differences:
        """See the port."""
        if find_spec("z3") is None:
            raise ExtraMissing("comparing rulebooks is an extra: `pip install 'licet[proofs]'`")
        compared = _later("licet.engines.differences.diff").differences
        with stopped_by_ctrl_c(_later("z3").main_ctx().interrupt):
            found: Differences = compared(
                before, after, since=since, until=until, limit=limit, stopwatch=self.stopwatch, most=most
            )
        return found

    def open(self, configuration: Path) -> HostInstallation:
        """See the port."""
        try:
            return HostInstallation(load(configuration), self)
        except ConfigurationRejected as error:
            raise ConfigurationUnusable(str(error)) from error

    def create(self, configuration: Path) -> HostInstallation:
        """See the port."""
        installation = self.open(configuration)
        installation.make_store()
        create_secret(installation.state, self.random_bytes)
        return installation

    def population(self, path: Path, facts: Mapping[str, Fact], at: datetime, report: Report) -> Population:
        """See the port."""
        try:
            populations = _later("licet.adapters.population")
        except ModuleNotFoundError as error:
            raise ExtraMissing("counting files of subjects is an extra: `pip install 'licet[columns]'`") from error
        population: Population = populations.open_population(path, facts, at, report=report)
        return population

    def preview_page(self, preview: Preview, title: str, instruments: Sequence[Instrument]) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.preview")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(preview, title=title, instruments=instruments))

    def proof_page(self, proofs: Sequence[Proof], title: str) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.proof")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(proofs, title=title))

    def review_page(self, dossier: Dossier, title: str) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.review")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page_of(dossier, title=title))

    def difference_page(self, differences: Differences, sentences: Sequence[str], title: str) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.difference")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(differences, sentences, title=title))

    def report_page(self, report: OrderReport) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.report")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(report))

    def drill_page(self, report: DrillReport) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.drill")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(report))

    def verdict_page(self, verification: Verification) -> str:
        """See the port."""
        try:
            pages = _later("licet.pages.verdict")
        except ModuleNotFoundError as error:
            raise ExtraMissing("pages are an extra: `pip install 'licet[pages]'`") from error
        return str(pages.page(verification))

    def open_log(self, place: str) -> Readable:
        """See the port."""
        log: Readable = _later("licet.adapters.tlog_reader").open_log(place)
        return log

    def seen_by_witnesses(self, policy: Policy, origin: str) -> Mapping[str, bytes]:
        """See the port."""
        found: Mapping[str, bytes] = _later("licet.adapters.cosigning").seen_by(policy, origin)
        return found

    def monitor_state(self, folder: Path) -> AbstractContextManager[Memory]:
        """See the port."""
        memory: AbstractContextManager[Memory] = _later("licet.adapters.monitor_state").only_monitor(folder)
        return memory

    def witness(
        self,
        key: Path,
        name: str | None,
        state: Path,
        logs: Sequence[NoteKey],
        listen: tuple[str, int],
        *,
        new: bool,
        ready: Callable[[NoteKey, str], None],
    ) -> NoReturn:
        """See the port."""
        run: Callable[..., NoReturn] = _later("licet.app.witness").run_witness
        run(key, name, state, logs, listen, new=new, random_bytes=self.random_bytes, ready=ready)

    def demo(self, arguments: Sequence[str]) -> int:
        """See the port."""
        return int(_later("licet.app.demo.__main__").main(list(arguments)))


class HostInstallation(HostRecord):
    """`licet.cli.world.Installation` in a state directory of this machine."""

    def __init__(self, config: Config, world: HostWorld) -> None:
        super().__init__(config.record, config.state / "journal", world.random_bytes)
        self._config = config
        self._world = world
        self.configuration = config.file
        self.state = config.state
        self.officers = config.officers
        self.url = f"http://{config.listen}"

    @cached_property
    def store(self) -> Store:
        """See the port."""
        store: Store = _later("licet.adapters.store").open_store(self.state, self._world.now())
        return store

    def make_store(self) -> None:
        """Make the state directory and an empty store in it. Raises `StoreUnavailable`."""
        _later("licet.adapters.store").create_store(self.state, self._world.now()).close()

    @cached_property
    def workers(self) -> Workers:
        """See the port."""
        workers: Workers = _later("licet.adapters.workers").LocalWorkers(self.state / "workers")
        return workers

    @cached_property
    def shadows(self) -> Shadows:
        """See the port."""
        shadows: Shadows = _later("licet.adapters.workers").LocalWorkers(self.state / "workers")
        return shadows

    @cached_property
    def journal(self) -> JournalView:
        """See the port."""
        journal: JournalView = _later("licet.adapters.journal_tail").JournalFolder(self.state / "journal")
        return journal

    @cached_property
    def records(self) -> JournalReader:
        """See the port."""
        records: JournalReader = _later("licet.adapters.journal_tail").JournalFolder(self.state / "journal")
        return records

    @cached_property
    def whole_journal(self) -> Records:
        """See the port."""

        def opened() -> Any:
            try:
                return _later("licet.adapters.segments").SegmentFolder(self.record.segments)
            except ModuleNotFoundError as error:
                raise ExtraMissing("sealed segments are an extra: `pip install 'licet[columns]'`") from error

        whole = _later("licet.adapters.journal_whole").WholeJournal
        records: Records = whole(self.state / "journal", self.record.segments, opened)
        return records

    @cached_property
    def secret(self) -> bytes:
        """See the port."""
        return read_secret(self.state)

    def now(self) -> datetime:
        """See the port. Where the gate goes by a scenario's clock, its workers say what time it is."""
        if self._config.clock is ClockKind.SCENARIO:
            for answer in self.workers.status(timeout=CLOCK_TIMEOUT):
                if isinstance(answer, dict) and isinstance(answer.get("clock"), str):
                    return datetime.fromisoformat(str(answer["clock"])).astimezone(UTC)
        return self._world.now()

    def serve(self) -> int:
        """See the port. What would end every worker at once is said here, once."""
        _ = self.store.head(), self.secret
        self.close()
        try:
            with only_gate(self.state):
                return int(_later("licet.app.serve").serve(self._config))
        except OSError as error:
            raise NotServing(
                f"cannot serve on {self._config.listen} ({error.strerror or error}): is another gate running there?"
                f" Change `listen` in {self.configuration}, or end the other one"
            ) from error

    def close(self) -> None:
        """See the port."""
        if "store" in self.__dict__:
            self.store.close()


class _Interruptible:
    """A prover that Ctrl-C stops at once."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self._stop = _later("z3").main_ctx().interrupt

    def prove(self, asked: Property, /) -> Proof:
        """See `services.proving.Prover`."""
        with stopped_by_ctrl_c(self._stop):
            return self._prover.prove(asked)


def _later(module: str) -> Any:
    """A module of ours that is imported now, and not when the program starts."""
    return import_module(module)
