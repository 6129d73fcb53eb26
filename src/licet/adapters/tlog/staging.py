"""A batch on its way into a log, as one file: whole and durable before the log's new checkpoint wins its swap.

The file is called `<size>-<root>` after the head that it leads to, and holds a line of JSON (both heads, and path and
length of each file), then the files, then the SHA-256 of all that.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

from licet.adapters.tlog.batch import Batch
from licet.adapters.tlog.files import NEW, make_folder, write_file
from licet.record.refusal import Malformed
from licet.record.tree.merkle import Head

DIGEST_SIZE = 32
_name = re.compile(rf"[0-9]+-[0-9a-f]{{64}}({re.escape(NEW)})?")


class Staging:
    """The folder of batches. Errors are `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, batch: Batch) -> None:
        """Keep a batch, durably."""
        make_folder(self._folder, 0o700)
        write_file(self._path(batch.new), _spelled(batch), 0o600)

    def get(self, head: Head) -> Batch | None:
        """The batch that leads to this head, if there is one. Raises `Malformed` for one that is damaged."""
        path = self._path(head)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        batch = _read(content, str(path))
        if batch.new != head:
            raise Malformed(str(path), f"it leads to the head of size {batch.new.size}, not to the one of its name")
        return batch

    def chain(self, head: Head) -> tuple[Batch, ...]:
        """The batches that lead to this head, one after the other, as far back as they are kept.

        Raises `Malformed` for one that is damaged.
        """
        chain: list[Batch] = []
        while (batch := self.get(head)) is not None and batch.old.size < head.size:
            chain.append(batch)
            head = batch.old
        return tuple(reversed(chain))

    def clear(self) -> None:
        """Throw every batch away: those that are in the log by now, and those that never won."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if _name.fullmatch(path.name):
                    path.unlink()

    def _path(self, head: Head) -> Path:
        return self._folder / f"{head.size}-{head.root.hex()}"


def _spelled(batch: Batch) -> bytes:
    about = {
        "old": [batch.old.size, batch.old.root.hex()],
        "new": [batch.new.size, batch.new.root.hex()],
        "files": [[path, len(content)] for path, content in batch.files.items()],
    }
    content = b"".join([json.dumps(about).encode(), b"\n", *batch.files.values()])
    return content + sha256(content).digest()


def _read(content: bytes, place: str) -> Batch:
    body, digest = content[:-DIGEST_SIZE], content[-DIGEST_SIZE:]
    if sha256(body).digest() != digest:
        raise Malformed(place, "it is damaged: its digest is another one")
    line, _, rest = body.partition(b"\n")
    about = json.loads(line)
    files, start = {}, 0
    for path, size in about["files"]:
        files[path] = rest[start : start + size]
        start += size
    old, new = (Head(size, bytes.fromhex(root)) for size, root in (about["old"], about["new"]))
    return Batch(old, new, files)
