"""What opens the commitments of the log, in files that only their owner can read: one for each withheld content."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from licet.adapters.journal_file import sync_folder
from licet.record.log.opening import Opening, opening, read_opening
from licet.record.refusal import RecordRefused
from licet.record.sealed.commitment import SALT_SIZE
from licet.services.record.ports import LogUnavailable


class OpeningsFolder:
    """`services.record.publishing.withholding.Openings` in a folder of mode 0700; the files have mode 0600."""

    def __init__(self, folder: Path, random_bytes: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._random_bytes = random_bytes

    def of(self, kind: str, content: bytes) -> Opening:
        """See the port."""
        digest = sha256(content).hexdigest()
        found = self.find(kind, f"sha256:{digest}")
        if found is not None:
            return found
        made = opening(kind, self._random_bytes(SALT_SIZE), content)
        try:
            self._write(self._path(kind, digest), bytes(made))
        except OSError as error:
            raise LogUnavailable(f"cannot keep the salt of what is withheld: {error.strerror}") from error
        kept = self.find(kind, f"sha256:{digest}")
        assert kept is not None  # it was written just now
        return kept

    def find(self, kind: str, digest: str) -> Opening | None:
        """See the port."""
        path = self._path(kind, digest.removeprefix("sha256:"))
        try:
            return read_opening(path.read_bytes(), str(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogUnavailable(f"cannot read `{path}`: {error.strerror}") from error
        except RecordRefused as error:
            raise LogUnavailable(f"{error}: restore it from a backup") from error

    def _path(self, kind: str, digest: str) -> Path:
        return self._folder / f"{kind}-{digest}.json"

    def _write(self, path: Path, content: bytes) -> None:
        """The file whole or not at all, and never over one that is there: its salt may be in the log."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                return
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self._folder)
