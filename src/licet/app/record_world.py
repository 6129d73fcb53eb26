"""The record's part of an installation: log, key, witnesses, segments, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from licet.adapters.log_key_file import KeyFiles
from licet.app.later import later, of_extra
from licet.cli.world import ExtraMissing
from licet.record.refusal import Malformed
from licet.record.signed.policy import read_policy
from licet.services.record.ports import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from licet.cli.world import Custody
    from licet.record.signed.keys import Signer
    from licet.record.signed.policy import Policy
    from licet.record.tree.merkle import Head
    from licet.services.record.keeping.disclosure import Bundle
    from licet.services.record.ports import Segments
    from licet.services.record.publishing.log_keys import LogKeys
    from licet.services.record.publishing.publish import Desk, GrowingLog
    from licet.services.record.publishing.withholding import Openings
    from licet.services.record.settings import RecordSettings


class HostRecord:
    """The part of `licet.cli.world.Installation` that is about the record, on this machine."""

    def __init__(self, settings: RecordSettings, journal: Path, random_bytes: Callable[[int], bytes]) -> None:
        self.record = settings
        self._journal = journal
        self._random_bytes = random_bytes

    @cached_property
    def signer(self) -> Signer:
        """See the port."""
        return self.log_keys(None).current()

    def log_keys(self, following: str | None) -> LogKeys:
        """See the port."""
        settings = self.record
        if isinstance(settings.key, str) or following is not None:
            keys: LogKeys = tokens().TokenKeys(settings.key, settings.origin, following)
            return keys
        return KeyFiles(settings.key, settings.origin, self._random_bytes)

    @cached_property
    def policy(self) -> Policy | None:
        """See the port."""
        path = self.record.policy
        if path is None:
            return None
        try:
            return read_policy(path.read_bytes(), str(path))
        except OSError as error:
            raise LogUnavailable(f"cannot read the policy `{path}` (`record.policy`): {error.strerror}") from error
        except Malformed as error:
            raise LogUnavailable(str(error)) from error

    @property
    def log(self) -> GrowingLog:
        """See the port."""
        return self.log_of(self.signer)

    def log_of(self, signer: Signer) -> GrowingLog:
        """See the port."""
        return self._log_of(signer)

    def _log_of(self, signer: Signer, **options: int) -> GrowingLog:
        settings = self.record
        cosign = later("licet.adapters.cosigning").Witnesses(self.policy) if self.policy is not None else None
        log: GrowingLog = later("licet.adapters.tlog.log").FolderLog(
            settings.folder, settings.lock, settings.staging, signer, cosign, **options
        )
        return log

    def relock(self, newest: bytes) -> Head:
        """See the port."""
        log: Any = self.log
        head: Head = log.relock(newest)
        return head

    def serve_record(self, listen: tuple[str, int], token: Path | None, ready: Callable[[str], None]) -> int:
        """See the port."""
        server = later("licet.app.record_server")
        appending = None
        if token is not None:
            appending = self._log_of(self.signer, lag=server.LAG), server.read_token(token)
        return int(server.serve_log(self.record.folder, listen, appending, ready))

    @cached_property
    def segments(self) -> Segments:
        """See the port."""
        segments: Segments = of_extra("licet.adapters.segments", "sealed segments are", "columns").SegmentFolder(
            self.record.segments
        )
        return segments

    @cached_property
    def sealing(self) -> Custody:
        """See the port."""
        if find_spec("duckdb") is None:
            raise ExtraMissing("sealing the journal is an extra: `pip install 'licet[columns]'`")
        folder = later("licet.adapters.segments_sealing").SealingFolder
        sealing: Custody = folder(self.record.segments, self._journal)
        return sealing

    def disclosure(self, folder: Path) -> Bundle:
        """See the port."""
        bundle: Bundle = later("licet.adapters.segments_bundle").BundleFolder(folder)
        return bundle

    @property
    def openings(self) -> Openings:
        """See the port."""
        openings: Openings = later("licet.adapters.openings").OpeningsFolder(self.record.openings, self._random_bytes)
        return openings

    @property
    def desk(self) -> Desk:
        """See the port."""
        desk: Desk = later("licet.adapters.desk").DeskFolder(self.record.staging)
        return desk


def tokens() -> Any:
    """The adapter for keys in tokens. Raises `ExtraMissing`."""
    return of_extra("licet.adapters.pkcs11", "keys in a token are", "hsm")
