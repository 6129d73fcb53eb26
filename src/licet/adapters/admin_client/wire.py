"""Requests to one office, signed in as one officer. What comes back is bounded, and believed to be nothing but bytes.

TLS is verified against the system's roots. No redirect is followed: the session's token goes to this office alone.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from licet.adapters.admin_client.refusals import error_of
from licet.adapters.clock import monotonic
from licet.core.errors import LicetError
from licet.services.acts.refusal import SignatureRefused
from licet.services.acts.signing import SIGN_IN
from licet.services.acts.signing_in import sign_in_digest
from licet.services.acts.spelling import to_text
from licet.services.office import OfficeUnusable
from licet.wire.canonical import canonical

if TYPE_CHECKING:
    from licet.adapters.officer_key import OfficerSigner

API = "/admin/v1"
SECONDS = 60.0
"""How long an office may say nothing; reviews with proofs take a while."""
PATIENCE = 300.0
"""How long a whole answer may take."""
LARGEST = 64 << 20
"""Bytes of the largest answer."""
CHUNK = 1 << 16
TRIES, LONGEST_WAIT = 4, 15
"""How often, and how many seconds at most each time, is waited where one address came too often."""

CHALLENGE = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,1000}", re.ASCII)
"""RFC 6750, section 2.1."""

T = TypeVar("T")


class Wire:
    """One connection to an office. Every call raises `OfficeUnusable` where the office does not answer as it should."""

    def __init__(self, url: str, signer: OfficerSigner) -> None:
        self.url, host = _origin(url)
        self._signer = signer
        self._token: str | None = None
        self._connection = (
            HTTPSConnection(host, timeout=SECONDS, context=ssl.create_default_context())
            if self.url.startswith("https:")
            else HTTPConnection(host, timeout=SECONDS)
        )

    def get(self, path: str, read: Callable[[Any], T], **query: str) -> T:
        """What is at an address, as `read` understands it."""
        found = self._signed_in("GET", path + (f"?{urlencode(query)}" if query else ""), None)
        return self._understood(path, read, found)

    def post(self, path: str, body: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        """What is answered to a body, as `read` understands it."""
        return self._understood(path, read, self._signed_in("POST", path, body))

    def close(self) -> None:
        """End the session, and the connection."""
        if self._token is not None:
            with suppress(LicetError):  # it ends by itself
                self._ask("DELETE", "/session", None)
        self._token = None
        self._connection.close()

    def _understood(self, path: str, read: Callable[[Any], T], tree: Any) -> T:
        """Whatever an office that lies, or another program, makes of an answer, it is told as what it is."""
        try:
            return read(tree)
        except OfficeUnusable:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, LicetError):
            # nothing of the answer is told, nor linked: it may say anything
            raise OfficeUnusable(
                f"`{self.url}` answered something at `{API}{path}` that no office of Licet says: another version, or"
                " something between you and it"
            ) from None

    def _signed_in(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        if self._token is None:
            return self._first(method, path, body)
        try:
            return self._ask(method, path, body)
        except SessionOver:  # a quarter of an hour is short for whoever reads before they say yes
            self._token = None
            return self._first(method, path, body)

    def _first(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        asked = self._understood("/session/challenges", _challenge, self._ask("POST", "/session/challenges", {}))
        signature = self._signer.sign(sign_in_digest(asked, self.url), SIGN_IN)
        begun = {"challenge": asked, "key": signature.key, "signature": to_text(signature.content)}
        self._token = self._understood("/session", _token, self._ask("POST", "/session", begun))
        return self._ask(method, path, body)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        """An answer. Whoever comes too often waits as long as the office says, a few times."""
        for _ in range(TRIES):
            try:
                return self._once(method, path, body)
            except TooOften as error:
                sleep(error.wait)
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"accept": "application/json"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        content = None
        if body is not None:
            content = canonical(dict(body))
            headers["content-type"] = "application/json"
        try:
            self._connection.request(method, API + path, content, headers)
            response = self._connection.getresponse()
            said = _bounded(response)
        except (OSError, HTTPException) as error:
            self._connection.close()
            why = error if str(error).isprintable() and str(error) else type(error).__name__
            raise OfficeUnusable(f"the office `{self.url}` cannot be reached: {why}") from error
        if said is None:
            self._connection.close()
            raise OfficeUnusable(
                f"`{self.url}` answers without end: more than {LARGEST >> 20} MiB, or {PATIENCE:.0f} s"
            )
        return self._read(response.status, said, response.getheader("retry-after", ""))

    def _read(self, status: int, said: bytes, wait: str) -> Any:
        if status == 204:
            return {}
        try:
            tree = json.loads(said)
        except (ValueError, RecursionError):
            tree = None
        if not isinstance(tree, dict):
            raise OfficeUnusable(f"`{self.url}` answered {status} and no JSON: is it an office of Licet?")
        if not 200 <= status < 300:
            error = error_of(self.url, status, tree)
            if status == 401 and isinstance(error, SignatureRefused) and self._token is not None:
                raise SessionOver(str(error))
            if status == 429 and wait.isascii() and wait.isdecimal() and int(wait[:9]) <= LONGEST_WAIT:
                raise TooOften(str(error), int(wait))
            raise error
        return tree


class SessionOver(SignatureRefused):
    """The session has ended; signing in again begins another."""


class TooOften(OfficeUnusable):
    """The office answers again after so many seconds."""

    def __init__(self, message: str, wait: int) -> None:
        super().__init__(message)
        self.wait = wait


def _bounded(response: HTTPResponse) -> bytes | None:
    """An answer; None where it is too long, or takes too long."""
    parts, size, end = list[bytes](), 0, monotonic() + PATIENCE
    while part := response.read1(CHUNK):
        size += len(part)
        if size > LARGEST or monotonic() > end:
            return None
        parts.append(part)
    if response.length:
        raise HTTPException("the answer ends early")
    response.close()  # not the connection
    return b"".join(parts)


def _origin(url: str) -> tuple[str, str]:
    """An office's address, and its host with the port. Raises `OfficeUnusable`."""
    wrong = OfficeUnusable(f"`{url}` is not the address of an office, as in `https://office.example`")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.path.strip("/"):
        raise wrong
    if "@" in parts.netloc or parts.fragment:
        raise wrong
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise OfficeUnusable(f"`{url}` is not encrypted: an office elsewhere is reached by `https://`")
    return f"{parts.scheme}://{parts.netloc}", parts.netloc


def _challenge(tree: Any) -> str:
    return _formed(CHALLENGE, tree["challenge"])


def _token(tree: Any) -> str:
    return _formed(TOKEN, tree["token"])


def _formed(form: re.Pattern[str], text: str) -> str:
    if form.fullmatch(text) is None:
        raise ValueError
    return text
