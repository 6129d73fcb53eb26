"""Fetching status lists over HTTP: bounded, conditional, from where it is allowed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from licet.adapters.status_lists import HttpStatusLists
from licet.services.identity.carriers.statuses import StatusUnreadable

TOKEN = "aaa.bbb.ccc"
TYPE = "application/statuslist+jwt"

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server on this machine; the URL of its list."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/statuses/1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def said(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"content-type": TYPE, "content-length": str(len(content)), **own}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def token(handler: BaseHTTPRequestHandler) -> None:
    said(handler, TOKEN.encode())


def test_a_list_is_asked_for_by_its_type_and_read(tmp_path: Path) -> None:
    asked: list[tuple[str, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append((handler.path, handler.headers["accept"]))
        said(handler, TOKEN.encode() + b"\n", content_type=f"{TYPE}; charset=us-ascii")

    with serving(answer) as uri:
        assert HttpStatusLists(tmp_path).fetch(f"{uri}?part=2") == TOKEN
    assert asked == [("/statuses/1?part=2", TYPE)]


def test_what_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    conditions: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        condition = handler.headers["if-none-match"]
        conditions.append(condition)
        if condition == '"one"':
            said(handler, b"", 304)
        else:
            said(handler, TOKEN.encode(), etag='"one"')

    lists = HttpStatusLists(tmp_path)
    with serving(answer) as uri:
        assert [lists.fetch(uri), lists.fetch(uri)] == [TOKEN, TOKEN]
        assert HttpStatusLists(tmp_path).fetch(uri) == TOKEN, "another process has nothing to compare with"
    assert conditions == [None, '"one"', None]


def test_no_more_lists_are_kept_in_memory_than_there_is_room_for(tmp_path: Path) -> None:
    conditions: list[tuple[str, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        conditions.append((handler.path[-1], handler.headers["if-none-match"]))
        said(handler, TOKEN.encode(), etag='"one"')

    lists = HttpStatusLists(tmp_path, room=2 * len(TOKEN))
    with serving(answer) as uri:
        for part in (1, 2, 3, 1, 3):
            assert lists.fetch(f"{uri}?{part}") == TOKEN
    assert conditions == [("1", None), ("2", None), ("3", None), ("1", None), ("3", '"one"')]


def test_not_modified_without_having_asked_so_is_no_list(tmp_path: Path) -> None:
    with serving(lambda handler: said(handler, b"", 304)) as uri, pytest.raises(StatusUnreadable, match="status 304"):
        HttpStatusLists(tmp_path).fetch(uri)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda handler: said(handler, b"", 404), "answers with the status 404"),
        (lambda handler: said(handler, b"", 503), "answers with the status 503"),
        (lambda handler: said(handler, TOKEN.encode(), content_type="text/html"), "something else than"),
        (lambda handler: said(handler, b"\xff\xfe"), "what is no token"),
        (lambda handler: said(handler, TOKEN.encode(), content_length="100"), "cannot read|breaks off"),
        (lambda handler: said(handler, b"x" * (8 * 2**20 + 1)), "longer than"),
        (lambda handler: handler.wfile.write(b"HTTP/9 what\r\n\r\n"), "cannot read"),
        (lambda handler: None, "cannot read"),
        (lambda handler: said(handler, b"", 302, location="/statuses/1"), "redirects more than 3 times"),
        (
            lambda handler: said(handler, b"", 302, location="http://127.0.0.2/statuses/1"),
            "redirects to another server",
        ),
        (lambda handler: said(handler, b"", 302, location="http://[::1"), "redirects to what is no address"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, answer: Answer, why: str) -> None:
    with serving(answer) as uri, pytest.raises(StatusUnreadable, match=why):
        HttpStatusLists(tmp_path).fetch(uri)


def test_a_redirect_within_the_same_server_is_followed(tmp_path: Path) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/new":
            token(handler)
        else:
            said(handler, b"", 308, location="/new")

    with serving(answer) as uri:
        assert HttpStatusLists(tmp_path).fetch(uri) == TOKEN


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("http://lists.example/1", "only https is allowed"),
        ("file:///etc/passwd", "is no address"),
        ("ftp://127.0.0.1/1", "only https is allowed"),
        ("https://user:pass@lists.example/1", "no credentials"),
        ("https://lists.example/a b", "no spaces"),
        ("https://lists.example/ü", "is no address"),
        ("https://", "is no address"),
        ("http://127.0.0.1.lists.example/1", "only https is allowed"),
    ],
)
def test_only_https_and_this_machine(tmp_path: Path, uri: str, why: str) -> None:
    with pytest.raises(StatusUnreadable, match=why):
        HttpStatusLists(tmp_path).fetch(uri)


def test_a_server_that_is_slow_or_gone_is_not_waited_for(tmp_path: Path) -> None:
    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", TYPE)
        handler.end_headers()
        for _ in range(50):
            time.sleep(0.02)
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return

    with serving(dripping) as uri, pytest.raises(StatusUnreadable, match=r"it takes more than 0\.1 s"):
        HttpStatusLists(tmp_path, patience=0.1).fetch(uri)
    with serving(lambda _: time.sleep(0.5)) as uri, pytest.raises(StatusUnreadable, match="cannot read"):
        HttpStatusLists(tmp_path, silence=0.1).fetch(uri)
    with pytest.raises(StatusUnreadable, match="cannot read"):
        HttpStatusLists(tmp_path).fetch(uri)


def test_a_head_that_comes_a_letter_at_a_time_is_not_waited_for(tmp_path: Path) -> None:
    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-long: ")
        for _ in range(50):
            time.sleep(0.02)
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
        head = f"\r\ncontent-type: {TYPE}\r\ncontent-length: {len(TOKEN)}\r\n\r\n"
        handler.wfile.write(head.encode() + TOKEN.encode())

    with serving(dripping) as uri, pytest.raises(StatusUnreadable, match=r"it takes more than 0\.1 s"):
        HttpStatusLists(tmp_path, patience=0.1).fetch(uri)


def test_what_was_remembered_is_there_for_the_next_process_and_its_owner_alone(tmp_path: Path) -> None:
    lists = HttpStatusLists(tmp_path)
    assert lists.last("https://lists.example/1") is None
    lists.remember("https://lists.example/1", TOKEN)
    lists.remember("https://lists.example/1", "newer")
    lists.remember("https://lists.example/2", "another")
    assert HttpStatusLists(tmp_path).last("https://lists.example/1") == "newer"
    files = sorted((tmp_path / "status-lists").iterdir())
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]
