"""One configuration with its state on this machine. What is heavy is loaded when it is first asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from licet.adapters.lock import only_gate
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import create_secret, has_secret, read_secret
from licet.app.casework import casework_of
from licet.app.config import Config, ConfigurationRejected, load
from licet.app.later import later, of_extra
from licet.app.record_world import HostRecord
from licet.app.setting import ClockKind
from licet.cli.world import ClockJumped, ConfigurationUnusable
from licet.core.errors import LicetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from licet.cli.world import World
    from licet.core.cases.register.register import Register
    from licet.services.acts.administering import Administration
    from licet.services.cases.firing import Fired
    from licet.services.cases.register.publishing import Address, Published
    from licet.services.drill_report import JournalReader
    from licet.services.identity.knowing import Knowledge
    from licet.services.identity.pseudonyms import Generations
    from licet.services.ports import Store, Workers
    from licet.services.record.reporting.report import Records
    from licet.services.shadow import Shadows
    from licet.services.status import JournalView
    from licet.wire.journal import Entry

CLOCK_TIMEOUT = 2.0


class NotServing(LicetError):
    """The gate cannot listen where it should."""


def open_installation(configuration: Path, world: World) -> HostInstallation:
    """The installation of a configuration. Raises `ConfigurationUnusable`."""
    try:
        return HostInstallation(load(configuration), world)
    except ConfigurationRejected as error:
        raise ConfigurationUnusable(str(error)) from error


class HostInstallation(HostRecord):
    """`licet.cli.world.Installation` in a state directory of this machine."""

    def __init__(self, config: Config, world: World) -> None:
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
        store: Store = later("licet.adapters.store").open_store(self.state, self._world.now())
        return store

    def make_state(self) -> None:
        """Make the state directory, with an empty store, a secret and a key of pseudonyms in it.

        Where there is a secret already, it has named subjects. Raises `StoreUnavailable`.
        """
        later("licet.adapters.store").create_store(self.state, self._world.now()).close()
        is_new = not has_secret(self.state)
        secret = create_secret(self.state, self._world.random_bytes)
        if is_new:
            PseudonymKeys(self.state, secret).begin(self._world.random_bytes)

    @cached_property
    def workers(self) -> Workers:
        """See the port."""
        workers: Workers = later("licet.adapters.workers").LocalWorkers(self.state / "workers")
        return workers

    @cached_property
    def shadows(self) -> Shadows:
        """See the port."""
        shadows: Shadows = later("licet.adapters.workers").LocalWorkers(self.state / "workers")
        return shadows

    @cached_property
    def journal(self) -> JournalView:
        """See the port."""
        journal: JournalView = later("licet.adapters.journal_tail").JournalFolder(self.state / "journal")
        return journal

    @cached_property
    def records(self) -> JournalReader:
        """See the port."""
        records: JournalReader = later("licet.adapters.journal_tail").JournalFolder(self.state / "journal")
        return records

    @cached_property
    def whole_journal(self) -> Records:
        """See the port."""

        def opened() -> Any:
            return of_extra("licet.adapters.segments", "sealed segments are", "columns").SegmentFolder(
                self.record.segments
            )

        whole = later("licet.adapters.journal_whole").WholeJournal
        records: Records = whole(self.state / "journal", self.record.segments, opened)
        return records

    @cached_property
    def secret(self) -> bytes:
        """See the port."""
        return read_secret(self.state)

    @cached_property
    def pseudonyms(self) -> Generations:
        """See the port."""
        return PseudonymKeys(self.state, self.secret)

    @cached_property
    def administration(self) -> Administration:
        """See the port."""
        made: Administration = later("licet.app.administration").administration_of(
            self.store,
            self.workers,
            self._world,
            officers=self.officers,
            secret=lambda: self.secret,
            now=self.now,
            keeping=later("licet.app.keeping").keeping_of(self.state, self.record.segments, lambda: self.secret),
            casework=casework_of(self._config, self._world.calendars),
        )
        return made

    def now(self) -> datetime:
        """See the port. Where the gate goes by a scenario's clock, its workers say what time it is."""
        if self._config.clock is ClockKind.SCENARIO:
            for answer in self.workers.status(timeout=CLOCK_TIMEOUT):
                if isinstance(answer, dict) and isinstance(answer.get("clock"), str):
                    return datetime.fromisoformat(str(answer["clock"])).astimezone(UTC)
        return self._world.now()

    def knowledge(self, subject: str, at: datetime | None) -> Knowledge | None:
        """See the port."""
        now = self.now()
        law = later("licet.services.rulebooks").in_force(self.store)
        known = later("licet.services.identity.knowing").known
        found: Knowledge | None = known(self.store, law, self.pseudonyms, subject, at=at or now, now=now)
        return found

    def decisions(self, count: int, *, outcome: str | None, subject: str | None) -> Sequence[Entry]:
        """See the port."""
        newest = later("licet.services.decisions").newest_records
        found: Sequence[Entry] = newest(self.journal, lambda: self.pseudonyms, count, outcome=outcome, subject=subject)
        return found

    def member_count(self, attester: str) -> int:
        """See the port."""
        return sum(1 for _ in self.store.members(attester))

    def serve(self) -> int:
        """See the port. What would end every worker at once is said here, once."""
        _ = self.store.head(), self.secret
        self.close()
        try:
            with only_gate(self.state):
                return int(later("licet.app.serve").serve(self._config))
        except OSError as error:
            raise NotServing(
                f"cannot serve on {self._config.listen} ({error.strerror or error}): is another gate running there?"
                f" Change `listen` in {self.configuration}, or end the other one"
            ) from error

    def fire_clocks(self, why: str | None) -> tuple[Fired, ...]:
        """See the port."""
        if self._config.clock is not ClockKind.SCENARIO:
            pace = later("licet.adapters.pace_file").PaceFile(self.state)
            if why is None and not pace.look().is_steady:
                raise ClockJumped(
                    "the wall clock jumped against the machine's own, and was not steady for ten minutes since: nothing"
                    " runs out by it; see that it is right (`date`), and say how you know with `--why`"
                )
            pace.confirm()
        now, casework = self.now(), casework_of(self._config, self._world.calendars)
        law = later("licet.services.cases.laws").law_of(self.store, casework.calendars, now)
        fired: tuple[Fired, ...] = later("licet.services.cases.firing").fire(self.store, law, now, casework, why)
        return fired

    def run_office(self, ready: Callable[[str], None]) -> int:
        """See the port."""
        office = of_extra("licet.app.office.running", "the office is", "office")
        return int(office.run(self._config, ready=ready))

    def publish_register(self, folder: Path, *, naming: Address | None, processes: int) -> Published:
        """See the port."""
        registers = of_extra("licet.app.register", "pages are", "pages")
        calendars, now = self._world.calendars, self.now()
        published: Published = registers.publish_register(
            self.store, self.state, folder, calendars=calendars, now=now, naming=naming, processes=processes
        )
        return published

    def register(self) -> Register:
        """See the port."""
        seen: Register = later("licet.app.register_numbers").register_now(self.store, self._world.calendars, self.now())
        return seen

    def close(self) -> None:
        """See the port."""
        if "store" in self.__dict__:
            self.store.close()
