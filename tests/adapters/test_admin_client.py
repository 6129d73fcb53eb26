"""The client of an office's administration API: which addresses it takes, and servers that are no office."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from licet.adapters.admin_client import open_office
from licet.adapters.officer_key import OfficerSigner
from licet.core.roles import Officer
from licet.services.acts.refusal import NotPermitted
from licet.services.office import OfficeUnusable

SIGNER = OfficerSigner(b"k" * 32)


class Impostor(BaseHTTPRequestHandler):
    """Answers what it is told to."""

    status, answer = 200, b"<html>"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def impostor() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Impostor)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("office.example", "not the address of an office"),
        ("ftp://office.example", "not the address"),
        ("https://office.example/admin/v1", "not the address"),
        ("https://office.example?x=1", "not the address"),
        ("http://office.example", "not encrypted"),
        ("http://127.0.0.1.evil.example", "not encrypted"),
    ],
)
def test_addresses_that_are_not_taken(url: str, why: str) -> None:
    with pytest.raises(OfficeUnusable, match=why):
        open_office(url, SIGNER)


def test_an_office_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OfficeUnusable, match="cannot be reached"):
        open_office(f"http://127.0.0.1:{port}", SIGNER).now()


@pytest.mark.parametrize(
    ("status", "answer", "error", "says"),
    [
        (200, b"<html>", OfficeUnusable, "is it an office of Licet"),
        (200, b"[]", OfficeUnusable, "is it an office of Licet"),
        (302, b"{}", OfficeUnusable, "answered 302"),
        (500, b'{"detail": "x", "code": "failed"}', OfficeUnusable, "answered 500: x"),
        (403, b'{"detail": "no", "code": "not_permitted"}', NotPermitted, "no"),
    ],
)
def test_what_is_no_office(
    impostor: str, monkeypatch: pytest.MonkeyPatch, status: int, answer: bytes, error: type[Exception], says: str
) -> None:
    monkeypatch.setattr(Impostor, "status", status)
    monkeypatch.setattr(Impostor, "answer", answer)
    with pytest.raises(error, match=says):
        open_office(impostor, SIGNER).administration.officers()


def test_what_is_not_done_over_http() -> None:
    office = open_office("https://office.example", SIGNER)
    with pytest.raises(OfficeUnusable, match="where the installation is"):
        office.store.acknowledge(1, "w", None)
    with pytest.raises(OfficeUnusable, match="where the installation is"):
        office.log_keys(None)
    with pytest.raises(OfficeUnusable, match="without `--admin`"):
        office.administration.found([Officer("ann", frozenset())], actor="x")
