"""The demonstration's issuer: it hands out SD-JWT VCs, and says over HTTP which of them still hold.

A server on the loopback interface with three resources: its key set (RFC 7517) under `/jwks`, what an issuer of
SD-JWT VCs says of itself under `/.well-known/jwt-vc-issuer`, and a token status list under `/statuses/1`.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc.jwk import ECKey

from licet.app.demo import sd_jwt

BITS = 2
"""Of each status: 0 valid, 1 invalid (revoked), 2 suspended (Token Status List, section 7.1)."""

PLACES = 1024
"""Credentials that one list has room for; a list with few entries would tell who is looked up."""


class Issuer:
    """An authority that knows its people by papers that nobody else gets to see. Use as a context manager."""

    def __init__(self, clock: Callable[[], datetime], *, kid: str = "issuer-1", port: int = 0) -> None:
        self._clock = clock
        self._key = ECKey.generate_key("P-256")
        self._kid = kid
        self._statuses = bytearray(PLACES * BITS // 8)
        self._issued = 0
        self.asked: list[str] = []
        """The paths that were asked for, oldest first."""
        self.away = False
        """Whether it answers everything with 503."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Issuer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Its name, `iss`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def status_uri(self) -> str:
        """Where its status list is."""
        return f"{self.url}/statuses/1"

    @property
    def jwk(self) -> dict[str, Any]:
        """Its public key."""
        return {**self._key.as_dict(private=False), "kid": self._kid, "alg": sd_jwt.ALGORITHM, "use": "sig"}

    def issue(
        self,
        vct: str,
        holder: Mapping[str, Any],
        claims: Mapping[str, Any],
        *,
        lasts: timedelta = timedelta(days=365),
        open_claims: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> str:
        """A credential for the holder of a key. `claims` can be kept back one by one, `open_claims` cannot."""
        now = self._clock()
        place = self._issued
        self._issued += 1
        payload = {
            "iss": self.url,
            "vct": vct,
            "iat": int(now.timestamp()),
            "exp": int((now + lasts).timestamp()),
            "cnf": {"jwk": dict(holder)},
            "status": {"status_list": {"idx": place, "uri": self.status_uri}},
            **(open_claims or {}),
            **more,
        }
        return sd_jwt.issue({k: v for k, v in payload.items() if v is not None}, claims, self._key, self._kid)

    def set_status(self, credential: str, status: int) -> None:
        """Say from now on that a credential holds (0), was revoked (1) or is suspended (2)."""
        place = sd_jwt.payload_of(credential)["status"]["status_list"]["idx"]
        byte, shift = place * BITS // 8, place * BITS % 8
        self._statuses[byte] = self._statuses[byte] & ~(3 << shift) | status << shift

    def revoke(self, credential: str) -> None:
        """The credential holds no longer."""
        self.set_status(credential, 1)

    def status_list(self) -> str:
        """The status list token as of now."""
        now = int(self._clock().timestamp())
        payload = {
            "iss": self.url,
            "sub": self.status_uri,
            "iat": now,
            "exp": now + 86_400,
            "ttl": 60,
            "status_list": {"bits": BITS, "lst": sd_jwt.encoded(zlib.compress(bytes(self._statuses), 9))},
        }
        return sd_jwt.signed(payload, self._key, typ="statuslist+jwt", kid=self._kid)

    def _answer(self, path: str) -> tuple[str, bytes] | None:
        key_set = {"keys": [self.jwk]}
        match path:
            case "/jwks":
                return "application/jwk-set+json", json.dumps(key_set).encode()
            case "/.well-known/jwt-vc-issuer":
                return "application/json", json.dumps({"issuer": self.url, "jwks": key_set}).encode()
            case "/statuses/1":
                return "application/statuslist+jwt", self.status_list().encode()
            case _:
                return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                found = None if issuer.away else issuer._answer(self.path)
                kind, content = found or ("text/plain", b"")
                self.send_response(200 if found else 503 if issuer.away else 404)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
