"""The folder that an auditor gets: private files, each made once."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterable
from pathlib import Path

from licet.adapters.journal_file import sync_folder
from licet.adapters.segments_files import told
from licet.services.record.ports import SegmentsUnusable


class BundleFolder:
    """`services.record.keeping.disclosure.Bundle` in a folder (0700) that is new or empty, with files of mode 0600."""

    def __init__(self, folder: Path) -> None:
        """Raises `SegmentsUnusable` where something is in the folder already."""
        self._folder = folder
        with told("make the folder"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise SegmentsUnusable(f"there is something in `{folder}` already: name a new folder")

    def put(self, name: str, content: bytes) -> None:
        """See the port."""
        with told("write a file"), self._created(name) as file:
            file.write(content)
            _settle(file)
            sync_folder(self._folder)

    def put_lines(self, name: str, lines: Iterable[bytes], *, compressed: bool = False) -> int:
        """See the port."""
        count = 0
        with told("write a file"), self._created(name) as file:
            # without a name and a time in it, the same lines are the same bytes
            target = gzip.GzipFile("", "wb", 6, file, 0) if compressed else file
            for line in lines:
                target.write(line + b"\n")
                count += 1
            if target is not file:
                target.close()
            _settle(file)
        return count

    def _created(self, name: str) -> io.BufferedWriter:
        path = self._folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return os.fdopen(descriptor, "wb")


def _settle(file: io.BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())
