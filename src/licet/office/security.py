"""Headers that every answer of the office has, and the check of where a form was sent from."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from licet.office.problems import Problem
from licet.pages.look import STYLE

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy (CSP level 3) of what is no page."""

TWO_YEARS = 63_072_000
"""Seconds."""


def policy(form_action: Iterable[str] = (), style: str = STYLE) -> str:
    """The policy of a page: no script, no picture but its own, one style; forms go to us and to `form_action`."""
    forms = " ".join(("'self'", *form_action))
    source = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{source}'; img-src data:; base-uri 'none'; "
        f"form-action {forms}; frame-ancestors 'none'"
    )


def html(page: str, status: int = 200, *, form_action: Iterable[str] = ()) -> Response:
    """A page of ours as an answer."""
    return Response(page, status, {"content-security-policy": policy(form_action)}, "text/html")


def origin(url: str) -> str:
    """Scheme, host and port of a URL (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def common(public_url: str) -> tuple[tuple[bytes, bytes], ...]:
    """Headers of every answer, unless it has its own of that name."""
    headers = {
        "content-security-policy": NOTHING,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if public_url.startswith("https:"):
        headers["strict-transport-security"] = f"max-age={TWO_YEARS}"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def check_origin(request: Request, public_url: str) -> None:
    """Raises `Problem` if a browser says that a form comes from elsewhere (Fetch, sections 3.2 and 3.6).

    One that says neither is held to the form's token alone. Of our own forms browsers say `null`, because our pages
    tell nobody where somebody comes from (`Referrer-Policy: no-referrer`), and beside it that the site is the same.
    """
    said = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    ours = (None, origin(public_url), *(("null",) if site == "same-origin" else ()))
    if said not in ours or site not in (None, "same-origin", "none"):
        raise Problem(403, "foreign_origin", "this came from another site's page; begin again from our own")
