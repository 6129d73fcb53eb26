"""The world of the command line: real clocks, stores and workers, each made when somebody first asks for it.

What is heavy to import (the database, the server) is loaded only then, so that `licet --help` is there at once.
"""

from __future__ import annotations

import os
import pwd
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from licet.adapters.clock import SystemClock, monotonic
from licet.adapters.interrupt import stopped_by_ctrl_c
from licet.app.later import later, of_extra
from licet.cli.world import ExtraMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from licet.app.installation import HostInstallation
    from licet.cli.world import Installation, OfficerSigner
    from licet.core.cases.incident_report import IncidentReport
    from licet.core.cases.procedure import Procedure
    from licet.core.differences import Differences
    from licet.core.drill import DrillReport
    from licet.core.evidence.judgement import AnyJudgement
    from licet.core.evidence.trial import Trial
    from licet.core.facts import Fact
    from licet.core.instruments import Instrument
    from licet.core.preview import Preview
    from licet.core.proof import Proof
    from licet.core.properties import Property
    from licet.core.report import Report as OrderReport
    from licet.core.rulebook import Rulebook
    from licet.record.signed.keys import KeyKind, NoteKey, NoteSigner
    from licet.record.signed.policy import Policy
    from licet.services.cases.ports import Calendars
    from licet.services.dossier import Dossier
    from licet.services.identity.screening import Index
    from licet.services.judging.asking import Question
    from licet.services.population import Population, Report
    from licet.services.proving import Prover, ProverOf
    from licet.services.record.verifying import Verification
    from licet.services.record.watching.monitoring import Memory, Readable
    from licet.services.trials import Look
    from licet.wire.judgement.kept import Kept
    from licet.wire.screening_list import ListedParty
    from licet.wire.trials.labels import Validation
    from licet.wire.trials.naming import Naming
    from licet.wire.trials.reading import Reading
    from licet.wire.trials.recognise import Format


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
            made: NoteKey = later("licet.app.record_world").tokens().make_token_key(place, name)
            return made
        signer: NoteSigner = later("licet.adapters.log_key_file").make_key(place, name, kind, self.random_bytes)
        return signer.key

    def stopwatch(self) -> float:
        """See the port."""
        return monotonic()

    @property
    def calendars(self) -> Calendars:
        """See the port."""
        holidays: Calendars = later("licet.adapters.calendars").Holidays()
        return holidays

    def procedure_diagram(self, procedure: Procedure) -> str:
        """See the port."""
        drawn: str = later("licet.pages.diagram.draw").diagram(procedure)
        return drawn

    def provers(self, now: datetime, *, limit: float) -> ProverOf | None:
        """See the port."""
        if find_spec("z3") is None:
            return None
        prover = later("licet.engines.proofs.prover").Prover

        def make(before: Rulebook, after: Rulebook) -> Prover:
            return _Interruptible(prover(before, after, now=now, stopwatch=self.stopwatch, limit=limit))

        return make

    def differences(
        self, before: Rulebook, after: Rulebook, *, since: datetime, until: datetime | None, limit: float, most: int
    ) -> Differences:
        """See the port."""
        if find_spec("z3") is None:
            raise ExtraMissing("comparing rulebooks is an extra: `pip install 'licet[proofs]'`")
        compared = later("licet.engines.differences.diff").differences
        with stopped_by_ctrl_c(later("z3").main_ctx().interrupt):
            found: Differences = compared(
                before, after, since=since, until=until, limit=limit, stopwatch=self.stopwatch, most=most
            )
        return found

    def open(self, configuration: Path) -> HostInstallation:
        """See the port."""
        installation: HostInstallation = later("licet.app.installation").open_installation(configuration, self)
        return installation

    def office(self, url: str, signer: OfficerSigner) -> Installation:
        """See the port."""
        installation: Installation = later("licet.adapters.admin_client").open_office(url, signer)
        return installation

    def officer_key(self, path: Path) -> OfficerSigner:
        """See the port."""
        signer: OfficerSigner = later("licet.adapters.officer_key").read_officer_key(path)
        return signer

    def make_officer_key(self, path: Path) -> OfficerSigner:
        """See the port."""
        signer: OfficerSigner = later("licet.adapters.officer_key").make_officer_key(path, self.random_bytes)
        return signer

    def create(self, configuration: Path) -> HostInstallation:
        """See the port."""
        installation = self.open(configuration)
        installation.make_state()
        return installation

    def name_index(self, parties: Sequence[ListedParty]) -> Index:
        """See the port."""
        names = of_extra("licet.services.identity.name_matching", "screening is", "screening")
        index: Index = names.NameIndex(parties)
        return index

    def population(self, path: Path, facts: Mapping[str, Fact], at: datetime, report: Report) -> Population:
        """See the port."""
        populations = of_extra("licet.adapters.population", "counting files of subjects is", "columns")
        population: Population = populations.open_population(path, facts, at, report=report)
        return population

    def preview_page(self, preview: Preview, title: str, instruments: Sequence[Instrument]) -> str:
        """See the port."""
        pages = of_extra("licet.pages.preview", "pages are", "pages")
        return str(pages.page(preview, title=title, instruments=instruments))

    def proof_page(self, proofs: Sequence[Proof], title: str) -> str:
        """See the port."""
        pages = of_extra("licet.pages.proof", "pages are", "pages")
        return str(pages.page(proofs, title=title))

    def review_page(self, dossier: Dossier, title: str) -> str:
        """See the port."""
        pages = of_extra("licet.pages.review", "pages are", "pages")
        return str(pages.page_of(dossier, title=title))

    def difference_page(self, differences: Differences, sentences: Sequence[str], title: str) -> str:
        """See the port."""
        pages = of_extra("licet.pages.difference", "pages are", "pages")
        return str(pages.page(differences, sentences, title=title))

    def report_page(self, report: OrderReport) -> str:
        """See the port."""
        pages = of_extra("licet.pages.report", "pages are", "pages")
        return str(pages.page(report))

    def drill_page(self, report: DrillReport) -> str:
        """See the port."""
        pages = of_extra("licet.pages.drill", "pages are", "pages")
        return str(pages.page(report))

    def verdict_page(self, verification: Verification) -> str:
        """See the port."""
        pages = of_extra("licet.pages.verdict", "pages are", "pages")
        return str(pages.page(verification))

    def open_log(self, place: str) -> Readable:
        """See the port."""
        log: Readable = later("licet.adapters.tlog_reader").open_log(place)
        return log

    def seen_by_witnesses(self, policy: Policy, origin: str) -> Mapping[str, bytes]:
        """See the port."""
        found: Mapping[str, bytes] = later("licet.adapters.cosigning").seen_by(policy, origin)
        return found

    def monitor_state(self, folder: Path) -> AbstractContextManager[Memory]:
        """See the port."""
        memory: AbstractContextManager[Memory] = later("licet.adapters.monitor_state").only_monitor(folder)
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
        run: Callable[..., NoReturn] = later("licet.app.witness").run_witness
        run(key, name, state, logs, listen, new=new, random_bytes=self.random_bytes, ready=ready)

    def trials(self, paths: Sequence[Path], naming: Naming, named: Format | None, report: Report) -> Reading:
        """See the port."""
        files = later("licet.adapters.trials.files")
        reading: Reading = files.read_trials(paths, naming, report, inspect=_read_inspect, named=named)
        return reading

    def looks(self, trials: Sequence[Trial], success_at: float) -> Sequence[Look]:
        """See the port."""
        looking = of_extra("licet.services.looking", "looking at rates is", "evidence")
        found: Sequence[Look] = looking.looks(trials, success_at)
        return found

    def judge(
        self, asked: Question, tried: Reading, validations: Mapping[str, Validation], *, at: datetime, seed: int
    ) -> AnyJudgement:
        """See the port."""
        judging = of_extra("licet.services.judging.judging", "judging evidence is", "evidence")
        found: AnyJudgement = judging.judge(asked, tried, validations, at=at, seed=seed)
        return found

    def case_page(self, tree: Mapping[str, Any], files: list[tuple[str, str]], meanings: Mapping[str, str]) -> str:
        """See the port."""
        pages = of_extra("licet.pages.case", "pages are", "pages")
        return str(pages.case_page(tree, files, meanings))

    def incident_report_page(self, report: IncidentReport) -> str:
        """See the port."""
        pages = of_extra("licet.pages.incident_report", "pages are", "pages")
        return str(pages.page(report))

    def judgement_page(self, kept: Kept) -> str:
        """See the port."""
        pages = of_extra("licet.pages.judgement.page", "pages are", "pages")
        return str(pages.page(kept))

    def demo(self, arguments: Sequence[str]) -> int:
        """See the port."""
        return int(later("licet.app.demo.__main__").main(list(arguments)))

    def demo_cases(self, arguments: Sequence[str]) -> int:
        """See the port."""
        return int(later("licet.app.cases_demo.__main__").main(list(arguments)))

    def demo_evidence(self, arguments: Sequence[str]) -> int:
        """See the port."""
        return int(later("licet.app.evidence_demo.__main__").main(list(arguments)))


class _Interruptible:
    """A prover that Ctrl-C stops at once."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self._stop = later("z3").main_ctx().interrupt

    def prove(self, asked: Property, /) -> Proof:
        """See `services.proving.Prover`."""
        with stopped_by_ctrl_c(self._stop):
            return self._prover.prove(asked)


def _read_inspect(path: Path, digest: str, naming: Naming, report: Report) -> Reading:
    """The trials of an Inspect log. Raises `TrialsRejected` and `ExtraMissing`."""
    logs = of_extra("licet.adapters.trials.inspect_log", "reading logs of Inspect is", "evals")
    reading: Reading = logs.read_inspect(path, digest, naming, report)
    return reading
