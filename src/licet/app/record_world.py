"""The record's part of an installation: log, key, witnesses, segments, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from licet.adapters.log_key_file import read_key_file
from licet.record.keys import KeyKind, NoteSigner
from licet.record.policy import Policy, read_policy
from licet.record.refusal import Malformed
from licet.services.record.ports import LogUnavailable, Segments
from licet.services.record.publish import GrowingLog
from licet.services.record.settings import RecordSettings


class HostRecord:
    """The part of `licet.cli.world.Installation` that is about the record, on this machine."""

    def __init__(self, settings: RecordSettings) -> None:
        self.record = settings

    @cached_property
    def signer(self) -> NoteSigner:
        """See the port."""
        settings = self.record
        if isinstance(settings.key, str):
            signer: NoteSigner = _later("licet.adapters.pkcs11").open_key(settings.key, settings.origin)
            return signer
        return read_key_file(settings.key, KeyKind.LOG, settings.origin)

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
        settings = self.record
        cosign = _later("licet.adapters.cosigning").Witnesses(self.policy) if self.policy is not None else None
        log: GrowingLog = _later("licet.adapters.tlog.log").FolderLog(
            settings.folder, settings.lock, settings.staging, self.signer, cosign
        )
        return log

    def serve_record(self, listen: tuple[str, int], token: Path | None, ready: Callable[[str], None]) -> int:
        """See the port."""
        server = _later("licet.app.record_server")
        appending = None if token is None else (self.log, server.read_token(token))
        return int(server.serve_log(self.record.folder, listen, appending, ready))

    @cached_property
    def segments(self) -> Segments:
        """See the port."""
        segments: Segments = _later("licet.adapters.segments").SegmentFolder(self.record.segments)
        return segments


def _later(module: str) -> Any:
    """A module of ours that is imported now, and not when the program starts."""
    return import_module(module)
