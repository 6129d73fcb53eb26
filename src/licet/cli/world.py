"""What the command line needs of the world. `licet.app.world` implements it; tests use the same implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from licet.core.errors import LicetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from licet.core.cases.incident_report import IncidentReport
    from licet.core.cases.procedure import Procedure
    from licet.core.cases.register.register import Register
    from licet.core.differences import Differences
    from licet.core.drill import DrillReport
    from licet.core.evidence.judgement import AnyJudgement
    from licet.core.evidence.trial import Trial
    from licet.core.facts import Fact
    from licet.core.instruments import Instrument
    from licet.core.preview import Preview
    from licet.core.proof import Proof
    from licet.core.report import Report as OrderReport
    from licet.core.rulebook import Rulebook
    from licet.record.signed.keys import KeyKind, NoteKey, Signer
    from licet.record.signed.policy import Policy
    from licet.record.tree.merkle import Head
    from licet.services.acts.administering import Administration
    from licet.services.acts.ports import Signature
    from licet.services.cases.firing import Fired
    from licet.services.cases.ports import Calendars
    from licet.services.cases.register.publishing import Address, Published
    from licet.services.dossier import Dossier
    from licet.services.drill_report import JournalReader
    from licet.services.identity.forgetting import Archive
    from licet.services.identity.knowing import Knowledge
    from licet.services.identity.pseudonyms import Generations
    from licet.services.identity.screening import Index
    from licet.services.judging.asking import Question
    from licet.services.population import Population, Report
    from licet.services.ports import Store, Workers
    from licet.services.proving import ProverOf
    from licet.services.record.keeping.disclosure import Bundle, Disclosing
    from licet.services.record.keeping.retention import Retaining
    from licet.services.record.keeping.sealing import Sealing
    from licet.services.record.ports import Segments
    from licet.services.record.publishing.log_keys import LogKeys
    from licet.services.record.publishing.publish import Desk, GrowingLog
    from licet.services.record.publishing.withholding import Openings
    from licet.services.record.reporting.report import Records
    from licet.services.record.settings import RecordSettings
    from licet.services.record.verifying import Verification
    from licet.services.record.watching.monitoring import Memory, Readable
    from licet.services.shadow import Shadows
    from licet.services.status import JournalView
    from licet.services.trials import Look
    from licet.wire.journal import Entry
    from licet.wire.judgement.kept import Kept
    from licet.wire.screening_list import ListedParty
    from licet.wire.statement import Signed
    from licet.wire.trials.labels import Validation
    from licet.wire.trials.naming import Naming
    from licet.wire.trials.reading import Reading
    from licet.wire.trials.recognise import Format

    class OfficerSigner(Protocol):
        """An officer's private key."""

        @property
        def id(self) -> str:
            """What names the key."""

        @property
        def text(self) -> str:
            """The public key as officers hand it on."""

        def sign(self, digest: str, purpose: str = ...) -> Signature:
            """A signature over a digest, for one purpose."""

        def sign_statement(self, statement: bytes) -> Signed:
            """A signature over a statement, as its envelope holds it (DSSE)."""

    class Custody(Sealing, Retaining, Disclosing, Archive, Protocol):
        """The sealed journal, for those who are answerable for it."""


class ConfigurationUnusable(LicetError):
    """There is no configuration, or it is not in order; one line for each problem."""


class ClockJumped(LicetError):
    """The wall clock jumped against the machine's own: nobody said yet how they know that it is right."""


class ExtraMissing(LicetError):
    """A command needs a part that is not installed; the message says how to install it."""


class Installation(Protocol):
    """One configuration with its state. Everything is opened when it is first asked for."""

    configuration: Path
    """The file `licet.yaml`."""

    url: str
    """Where callers on this machine reach the gate, without `/v1`."""

    state: Path

    officers: int
    """How many officers a widening needs, 1 or 2."""

    @property
    def store(self) -> Store:
        """Raises `StoreUnavailable`."""

    @property
    def workers(self) -> Workers:
        """The gate processes that run on this state."""

    @property
    def shadows(self) -> Shadows:
        """The same processes, as those that can evaluate a draft beside the rulebook."""

    @property
    def journal(self) -> JournalView:
        """The journal, to read."""

    @property
    def records(self) -> JournalReader:
        """The journal, to read all of it."""

    @property
    def whole_journal(self) -> Records:
        """The journal, and where its files are gone, the sealed segments. Reading these raises `ExtraMissing`."""

    record: RecordSettings
    """What is set about the record."""

    @property
    def log(self) -> GrowingLog:
        """The public log, to append to. Raises `LogUnavailable`: no key, no policy where one is set."""

    def log_of(self, signer: Signer) -> GrowingLog:
        """The same, signed by another key of the log's name."""

    @property
    def signer(self) -> Signer:
        """The log's private key. Raises `LogUnavailable`."""

    def log_keys(self, following: str | None) -> LogKeys:
        """The log's key, and the one that is to take over: of the token's URI `following`, or a file beside it."""

    @property
    def openings(self) -> Openings:
        """What opens what is withheld."""

    @property
    def desk(self) -> Desk:
        """Where publishing is done, by one at a time."""

    @property
    def policy(self) -> Policy | None:
        """Whose cosignatures a checkpoint needs; None for nobody's. Raises `LogUnavailable`."""

    @property
    def segments(self) -> Segments:
        """The sealed journal. Raises `ExtraMissing`."""

    @property
    def sealing(self) -> Custody:
        """The same, to seal what the journal has closed, to hold, to delete and to disclose. Raises `ExtraMissing`."""

    def disclosure(self, folder: Path) -> Bundle:
        """A new or empty folder for an auditor. Raises `SegmentsUnusable`."""

    @property
    def secret(self) -> bytes:
        """The pepper. Raises `StoreUnavailable`."""

    @property
    def pseudonyms(self) -> Generations:
        """The keys of pseudonyms. Raises `StoreUnavailable`."""

    @property
    def administration(self) -> Administration:
        """What officers do: signed, approved, and told to the gate. Raises `StoreUnavailable`."""

    def now(self) -> datetime:
        """The instant by the clock that the gate goes by."""

    def knowledge(self, subject: str, at: datetime | None) -> Knowledge | None:
        """What is kept about a subject as of an instant, or now; None if it is not there."""

    def decisions(self, count: int, *, outcome: str | None, subject: str | None) -> Sequence[Entry]:
        """The newest records of the journal; of decisions that ended so, or about a subject, where that is asked."""

    def member_count(self, attester: str) -> int:
        """How many members an organisation has pushed."""

    def serve(self) -> int:
        """Run the gate until it is told to end; its exit status."""

    def fire_clocks(self, why: str | None) -> tuple[Fired, ...]:
        """Let the clocks of cases run out that are due, by whoever says that the wall clock is right.

        `why` says how they know; it is kept in the entries. Raises `ClockJumped` where it jumped and that is not said.
        """

    def run_office(self, ready: Callable[[str], None]) -> int:
        """Run the office until it is told to end; its exit status. `ready` is told the URL. Raises `ExtraMissing`."""

    def relock(self, newest: bytes) -> Head:
        """Make the log's lock store again from the newest checkpoint that anybody has; the head of that.

        Raises `LogUnavailable`, and `LogForked` where the log's folder is not exactly the log of it.
        """

    def publish_register(self, folder: Path, *, naming: Address | None, processes: int) -> Published:
        """Publish the register of cases into a folder: see `app.register.publish_register`.

        Raises `ExtraMissing` where the extra `pages` is not installed.
        """

    def register(self) -> Register:
        """The register as it would be published now, without any file."""

    def serve_record(self, listen: tuple[str, int], token: Path | None, ready: Callable[[str], None]) -> int:
        """Serve the log until told to end; its exit status. With the file of a token, take entries from its holders.

        `ready` is told the URL. Raises `LogUnavailable`.
        """

    def close(self) -> None:
        """Let go of the store, if it was opened."""


class World(Protocol):
    """What there is before a configuration is known."""

    @property
    def actor(self) -> str:
        """The person at the keyboard, by the system's name."""

    def random_bytes(self, count: int, /) -> bytes:
        """So many bytes that nobody can guess."""

    def make_key(self, place: Path | str, name: str, kind: KeyKind) -> NoteKey:
        """Make the private key of a log or a witness in a new file, or that of a log in a token (`pkcs11:…`).

        Raises `LogUnavailable` where there is one.
        """

    def stopwatch(self) -> float:
        """Seconds that only grow."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""

    @property
    def calendars(self) -> Calendars:
        """Tables of working days; asked for one, they raise `CalendarUnusable` where the extra `cases` is missing."""

    def procedure_diagram(self, procedure: Procedure) -> str:
        """The states and events of a procedure, drawn as SVG."""

    def provers(self, now: datetime, *, limit: float) -> ProverOf | None:
        """Makes provers of steps from `now` on, with so many seconds a property; None where z3 is not installed."""

    def differences(
        self, before: Rulebook, after: Rulebook, *, since: datetime, until: datetime | None, limit: float, most: int
    ) -> Differences:
        """What differs between two rulebooks: see `engines.differences.diff.differences`.

        Raises `LicetError` where they cannot be compared, or the extra `proofs` is not installed.
        """

    def open(self, configuration: Path) -> Installation:
        """The installation of a configuration. Raises `ConfigurationUnusable`."""

    def office(self, url: str, signer: OfficerSigner) -> Installation:
        """An installation behind its office's administration API; the officer signs in with their key.

        It can be read, and acts can be handed in; everything else raises `OfficeUnusable`.
        """

    def officer_key(self, path: Path) -> OfficerSigner:
        """An officer's private key. Raises `SignatureRefused`."""

    def make_officer_key(self, path: Path) -> OfficerSigner:
        """A new one in a new file, which only its owner reads. Raises `ActRefused`."""

    def create(self, configuration: Path) -> Installation:
        """The same, with a new state directory, store and secret where there are none. Raises `StoreUnavailable`."""

    def name_index(self, parties: Sequence[ListedParty]) -> Index:
        """The names of a screening list. Raises `ExtraMissing`."""

    def population(self, path: Path, facts: Mapping[str, Fact], at: datetime, report: Report) -> Population:
        """The subjects of a file or a folder at an instant. Raises `LicetError`: see `Population`, or where the extra
        `columns` is not installed.
        """

    def preview_page(self, preview: Preview, title: str, instruments: Sequence[Instrument]) -> str:
        """A preview as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def proof_page(self, proofs: Sequence[Proof], title: str) -> str:
        """Proofs as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def review_page(self, dossier: Dossier, title: str) -> str:
        """A dossier as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def difference_page(self, differences: Differences, sentences: Sequence[str], title: str) -> str:
        """A difference as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def report_page(self, report: OrderReport) -> str:
        """The report of an order as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def drill_page(self, report: DrillReport) -> str:
        """The report of a drill as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def verdict_page(self, verification: Verification) -> str:
        """A verification as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def open_log(self, place: str) -> Readable:
        """The log in a folder or at a URL, of which nothing is believed. Raises `LogUnavailable`."""

    def seen_by_witnesses(self, policy: Policy, origin: str) -> Mapping[str, bytes]:
        """The checkpoints that a policy's witnesses cosigned last of a log; nothing of them is believed."""

    def monitor_state(self, folder: Path) -> AbstractContextManager[Memory]:
        """What a monitor remembers, for one at a time. Raises `MonitorUnusable`."""

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
        """Become a witness. Raises `LicetError` where it cannot: see `app.witness.run_witness`."""

    def trials(self, paths: Sequence[Path], naming: Naming, named: Format | None, report: Report) -> Reading:
        """The trials of logs, in folders too; `named` is the format where it is not to be recognised.

        Raises `TrialsRejected`, and `ExtraMissing` for a log of Inspect's where the extra `evals` is not installed.
        """

    def looks(self, trials: Sequence[Trial], success_at: float) -> Sequence[Look]:
        """How often trials succeeded so far: see `services.looking.looks`.

        Raises `ExtraMissing` where the extra `evidence` is not installed.
        """

    def judge(
        self, asked: Question, tried: Reading, validations: Mapping[str, Validation], *, at: datetime, seed: int
    ) -> AnyJudgement:
        """What trials say of what is asked: see `services.judging.judging.judge`.

        Raises `JudgingRefused`, and `ExtraMissing` where the extra `evidence` is not installed.
        """

    def case_page(self, tree: Mapping[str, Any], files: list[tuple[str, str]], meanings: Mapping[str, str]) -> str:
        """A case as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def incident_report_page(self, report: IncidentReport) -> str:
        """The report of an incident as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def judgement_page(self, kept: Kept) -> str:
        """A judgement as a page. Raises `LicetError` where the extra `pages` is not installed."""

    def demo(self, arguments: Sequence[str]) -> int:
        """Play the demonstration; its exit status."""

    def demo_cases(self, arguments: Sequence[str]) -> int:
        """Play the demonstration of cases; the exit code."""

    def demo_evidence(self, arguments: Sequence[str]) -> int:
        """Play the demonstration of evidence; the exit code."""
