"""Cookies of the office: for this host alone, for the browser alone, for as long as a session at most (RFC 6265)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

PREFIX = "__Host-"
"""A browser takes such a cookie only over TLS, for this host and all of its paths, so no neighbour can set it."""


class Cookies:
    """One named cookie. `secure`: the office is reached over TLS, so that the cookie is for TLS alone."""

    def __init__(self, name: str, *, secure: bool, seconds: int) -> None:
        self.name = f"{PREFIX}{name}" if secure else name
        self._secure = secure
        self._seconds = seconds

    def read(self, request: Request) -> str | None:
        """Its value; None also if it came twice, because then somebody else set one of them."""
        pairs = (
            pair.strip().partition("=") for header in request.headers.getlist("cookie") for pair in header.split(";")
        )
        values = [value for name, _, value in pairs if name == self.name]
        return values[0] if len(values) == 1 else None

    def set(self, response: Response, value: str) -> None:
        """Have the browser keep it. It comes along where somebody follows a link to us, and with no form elsewhere."""
        response.set_cookie(
            self.name, value, max_age=self._seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")
