"""Reading a log that lies somewhere: in a folder, or on a static server. Nothing is verified here, all is bounded.

`open_log` is for whoever verifies: it needs the standard library alone, follows no redirect to another server, and
takes no file that is longer than one of its kind can be.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from licet.record.refusal import Malformed, RecordRefused
from licet.record.signed.notes import NOTE_LIMIT
from licet.record.spelling import shown
from licet.record.tree.merkle import HASH_SIZE
from licet.record.tree.tiles import ENTRY_LIMIT, WIDTH, Tile, TileReader, hashes_of, pack, read_path, unpack
from licet.services.record.ports import LogUnavailable

CHECKPOINT = "checkpoint"
TILE_LIMIT = WIDTH * HASH_SIZE
BUNDLE_LIMIT = WIDTH * (ENTRY_LIMIT + 2)
SILENCE_SECONDS = 10.0
"""How long a server may say nothing."""
FILE_SECONDS = 60.0
"""How long a server may take for one file."""
REDIRECTS = 3
CHUNK = 65_536


class NotThere(RecordRefused):
    """A file that the log should have, and has not."""


class Files(Protocol):
    """Where the files of a log come from."""

    place: str

    def get(self, path: str, limit: int) -> bytes:
        """A file below the log's prefix. Raises `NotThere`, `Malformed` if longer than `limit`, `LogUnavailable`."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A log's tiles and entry bundles, as a `TileReader`. See `read`."""

    files: Files

    def read(self, path: str) -> bytes:
        """The bytes at the path of a tile or bundle.

        A partial one that is gone is taken from the full one, as C2SP tlog-tiles has it: it was there before that one.
        Raises `NotThere`, `Malformed`, `LogUnavailable`.
        """
        tile = read_path(path)
        limit = BUNDLE_LIMIT if tile.level is None else TILE_LIMIT
        try:
            return self.files.get(path, limit)
        except NotThere:
            if tile.width == WIDTH:
                raise
            full = Tile(tile.level, tile.index)
            with suppress(NotThere):
                return _beginning(full, self.files.get(full.path, limit), tile.width)
            raise


@dataclass(frozen=True, slots=True)
class ReadableLog:
    """A log to read; one instance is for one thread."""

    files: Files

    @property
    def place(self) -> str:
        """The folder or URL, as it was given."""
        return self.files.place

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles."""
        return Tiles(self.files)

    def checkpoint(self) -> bytes:
        """The newest checkpoint. Raises `NotThere`, `Malformed`, `LogUnavailable`."""
        return self.files.get(CHECKPOINT, NOTE_LIMIT)


def open_log(place: str) -> ReadableLog:
    """The log in a folder, or at an `http:` or `https:` URL. Reads nothing yet. Raises `LogUnavailable`."""
    if place.startswith(("http://", "https://")):
        return ReadableLog(ServedFiles(place))
    if not Path(place).is_dir():
        raise LogUnavailable(f"there is no log at {shown(place)}: name a folder, or a URL with `http://` or `https://`")
    return ReadableLog(FolderFiles(Path(place)))


class FolderFiles:
    """The files of a log in a folder."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self._folder = folder

    def get(self, path: str, limit: int) -> bytes:
        """See `Files`."""
        try:
            # a pipe in a folder that somebody handed over must not hang us
            descriptor = os.open(self._folder / path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            raise NotThere(path, f"there is no such file in `{self.place}`") from None
        except OSError as error:
            raise LogUnavailable(f"cannot read `{self._folder / path}`: {error.strerror}") from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotThere(path, f"what has this name in `{self.place}` is not a file")
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(limit + 1)
        except OSError as error:
            raise LogUnavailable(f"cannot read `{self._folder / path}`: {error.strerror}") from error
        finally:
            os.close(descriptor)
        return _bounded(path, content, limit)


class ServedFiles:
    """The files of a log on a server, over one connection that is kept open."""

    def __init__(self, url: str, silence: float = SILENCE_SECONDS, patience: float = FILE_SECONDS) -> None:
        """`silence` and `patience` are how many seconds the server may say nothing, and take for one file.

        Raises `LogUnavailable` for a URL that cannot be a log's.
        """
        self.place = url
        self._silence = silence
        self._patience = patience
        self._base = _base(url)
        self._connection: HTTPConnection | None = None

    def get(self, path: str, limit: int) -> bytes:
        """See `Files`."""
        url = urljoin(self._base.geturl(), path)
        for _ in range(REDIRECTS + 1):
            answer, content = self._ask(path, url, limit)
            if answer.status not in (301, 302, 303, 307, 308):
                break
            url = self._redirected(url, answer.getheader("location") or "")
        else:
            raise LogUnavailable(f"`{url}` redirects more than {REDIRECTS} times")
        if answer.status in (404, 410):
            raise NotThere(path, f"`{self.place}` does not have it")
        if answer.status != 200:
            raise LogUnavailable(f"`{url}` answers with the status {answer.status}: try again later, or elsewhere")
        return _bounded(path, content, limit)

    def __getstate__(self) -> dict[str, object]:
        """For another process, which opens a connection of its own."""
        return {**self.__dict__, "_connection": None}

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, path: str, url: str, limit: int) -> tuple[HTTPResponse, bytes]:
        """One answer; a kept connection that the server has closed meanwhile is opened anew, once."""
        kept = self._connection is not None
        try:
            return self._exchange(url, limit)
        except (OSError, HTTPException) as error:
            self.close()
            if not kept or isinstance(error, TimeoutError):
                raise LogUnavailable(f"cannot read {path} from `{self.place}`: {_told(error)}") from error
        return self._ask(path, url, limit)

    def _exchange(self, url: str, limit: int) -> tuple[HTTPResponse, bytes]:
        if self._connection is None:
            self._connection = _connected(self._base, self._silence)
        asked = urlsplit(url)
        self._connection.request("GET", asked.path or "/", headers={"User-Agent": "licet", "Accept": "*/*"})
        answer = self._connection.getresponse()
        content, until = bytearray(), monotonic() + self._patience
        while len(content) <= limit and (more := answer.read1(CHUNK)):
            content += more
            if monotonic() > until:
                raise TimeoutError(f"it takes more than {self._patience:g} s")
        if len(content) > limit or answer.will_close:
            self.close()
        elif answer.length:
            raise IncompleteRead(bytes(content), answer.length)
        answer.close()
        return answer, bytes(content)

    def _redirected(self, url: str, location: str) -> str:
        target = urlsplit(urljoin(url, location))
        if (target.scheme, target.netloc) != (self._base.scheme, self._base.netloc) or target.query:
            raise LogUnavailable(f"`{url}` redirects to {shown(location)}: name that place yourself if you trust it")
        return target.geturl()


def _base(url: str) -> SplitResult:
    """The prefix of the log's files, which ends with a slash."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:  # brackets or a port that are none
        sound = False
    if not sound or not url.isascii() or not url.isprintable() or " " in url:
        raise LogUnavailable(f"{shown(url)} is not the URL of a log: no credentials, no `?`, no `#`, no spaces")
    return parts._replace(path=parts.path.rstrip("/") + "/")


def _connected(base: SplitResult, silence: float) -> HTTPConnection:
    kind = HTTPSConnection if base.scheme == "https" else HTTPConnection
    assert base.hostname is not None  # `_base` has seen to it
    return kind(base.hostname, base.port, timeout=silence)


def _beginning(full: Tile, content: bytes, width: int) -> bytes:
    """The partial tile or bundle that a full one began as."""
    if full.level is None:
        return pack(unpack(full, content)[:width])
    return b"".join(hashes_of(full, content)[:width])


def _bounded(path: str, content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise Malformed(path, f"more than {limit} bytes")
    return content


def _told(error: Exception) -> str:
    if isinstance(error, IncompleteRead):
        return f"its answer breaks off after {len(error.partial)} bytes"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
