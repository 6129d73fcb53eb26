"""Fetching token status lists: bounded in bytes and time, conditional, from https (or this machine) alone.

Nothing is verified here. What was fetched last is kept, as public as its issuer made it: under
`<state>/status-lists/<SHA-256 of the address>`, so that an older list is known as such after a start, too.
`spec/status-lists.md`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from licet.adapters.fetching import AddressRefused, Answer, Limits, NotFetched, get
from licet.adapters.segments_files import keep
from licet.credentials.status_list import LARGEST_TEXT
from licet.services.identity.carriers.statuses import StatusUnreadable

FOLDER = "status-lists"
MEDIA_TYPE = "application/statuslist+jwt"
SILENCE_SECONDS = 5.0
PATIENCE_SECONDS = 10.0
REDIRECTS = 3
ROOM = 64 * 1024 * 1024
"""Characters of lists that are kept in memory, so that they are not sent again unchanged."""

MOVED = (301, 302, 303, 307, 308)


class _Kept(NamedTuple):
    etag: str
    text: str


class HttpStatusLists:
    """`services.identity.carriers.statuses.StatusLists` over HTTP. For one thread at a time."""

    def __init__(
        self, state: Path, silence: float = SILENCE_SECONDS, patience: float = PATIENCE_SECONDS, room: int = ROOM
    ) -> None:
        self._folder = state / FOLDER
        self._silence = silence
        self._patience = patience
        self._room = room
        self._known: OrderedDict[str, _Kept] = OrderedDict()
        self._keeping = Lock()

    def fetch(self, uri: str) -> str:
        """See the port. Redirects are followed within the same origin."""
        kept = self._known.get(uri)
        conditions = {"If-None-Match": kept.etag} if kept is not None and kept.etag else {}
        url = uri
        for _ in range(REDIRECTS + 1):
            status, headers, content = self._ask(uri, url, conditions)
            if status not in MOVED:
                break
            url = _redirected(uri, url, headers.get("location") or "")
        else:
            raise StatusUnreadable(f"`{uri}` redirects more than {REDIRECTS} times")
        if status == 304 and kept is not None and conditions:
            return kept.text
        if status != 200:
            raise StatusUnreadable(f"`{uri}` answers with the status {status}")
        if (headers.get("content-type") or "").split(";")[0].strip().lower() != MEDIA_TYPE:
            raise StatusUnreadable(f"`{uri}` answers with something else than `{MEDIA_TYPE}`")
        try:
            text = content.decode("ascii").strip()
        except UnicodeDecodeError:
            raise StatusUnreadable(f"`{uri}` answers with what is no token") from None
        etag = headers.get("etag") or ""
        self._keep(uri, _Kept(etag if etag.isascii() and etag.isprintable() and len(etag) < 256 else "", text))
        return text

    def last(self, uri: str) -> str | None:
        """See the port."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path(uri).read_text("ascii")
        return None

    def remember(self, uri: str, text: str) -> None:
        """See the port."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            keep(self._path(uri), text.encode("ascii"))
        except OSError as error:
            raise StatusUnreadable(f"cannot keep `{self._path(uri)}`: {error.strerror}") from error

    def _keep(self, uri: str, kept: _Kept) -> None:
        """In memory, to be asked for only if it changed: as much as there is room for, the newest."""
        with self._keeping:
            self._known.pop(uri, None)
            if not kept.etag:
                return
            self._known[uri] = kept
            while sum(len(each.text) for each in self._known.values()) > self._room:
                self._known.popitem(last=False)

    def _path(self, uri: str) -> Path:
        return self._folder / f"{sha256(uri.encode()).hexdigest()}.jwt"

    def _ask(self, uri: str, url: str, conditions: Mapping[str, str]) -> Answer:
        try:
            return get(url, MEDIA_TYPE, Limits(LARGEST_TEXT, self._silence, self._patience), conditions)
        except AddressRefused as error:
            raise StatusUnreadable(f"`{uri}` is no address of a status list: {error}") from None
        except NotFetched as error:
            raise StatusUnreadable(f"cannot read `{uri}`: {error}") from None


def _redirected(uri: str, url: str, location: str) -> str:
    here, there = urlsplit(url), _joined(uri, url, location)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise StatusUnreadable(f"`{uri}` redirects to another server")
    return there.geturl()


def _joined(uri: str, url: str, location: str) -> SplitResult:
    try:
        return urlsplit(urljoin(url, location))
    except ValueError:
        raise StatusUnreadable(f"`{uri}` redirects to what is no address") from None
