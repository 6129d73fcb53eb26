"""Key sets of issuers: fetched within bounds, kept, fetched again; what cannot be had lets nobody in."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.credentials.issuing import new_key, public, trust

from licet.adapters import key_sets as adapter
from licet.adapters.key_fetching import DISCOVERY, Fetched, KeysNotFetched, document, fetch_keys, good_for, jwks_uri
from licet.adapters.key_sets import KeySets
from licet.core.trust import Keys, Trust
from licet.credentials.key_set import key_set_of
from licet.services.identity.carriers.admission import KeysUnavailable, KeysWanted

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ONE, TWO = new_key(kid="one"), new_key(kid="two")
JWKS = json.dumps({"keys": [public(ONE)]}).encode()
Answer = Callable[[BaseHTTPRequestHandler], None]


def missing(to: BaseHTTPRequestHandler) -> None:
    to.send_error(404)


class Server:
    """An issuer's server that answers as it is told, by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                with suppress(ConnectionError):
                    server.answers.get(self.path, missing)(self)

            def log_message(self, *_: Any) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def says(self, path: str, content: bytes, status: int = 200, **headers: str) -> None:
        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                to.send_header(name.replace("_", "-"), value)
            to.end_headers()
            to.wfile.write(content)

        self.answers[path] = answer


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def at(server: Server, **changes: Any) -> Trust:
    return trust(server.url, **changes)


def test_a_set_at_an_address(server: Server) -> None:
    server.says("/jwks", JWKS, cache_control="public, max-age=300")
    assert fetch_keys(at(server)) == Fetched(key_set_of([public(ONE)]), 300)


def test_a_set_by_discovery(server: Server) -> None:
    server.says("/keys?v=1", JWKS)
    tree = {"issuer": server.url, "jwks_uri": f"{server.url}/keys?v=1"}
    server.says(DISCOVERY, json.dumps(tree).encode())
    assert fetch_keys(at(server, keys=Keys(discovery=True))).keys.names("one")
    assert server.asked == [DISCOVERY, "/keys?v=1"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"issuer": "https://evil.test", "jwks_uri": "https://evil.test/jwks"}',
        b'{"issuer": "ISSUER"}',
        b'{"issuer": "ISSUER", "jwks_uri": 3}',
        b'{"issuer": "ISSUER", "jwks_uri": "file:///etc/passwd"}',
        b'{"issuer": "ISSUER/", "jwks_uri": "https://evil.test/jwks"}',
    ],
)
def test_metadata_that_are_none(server: Server, content: bytes) -> None:
    server.says(DISCOVERY, content.replace(b"ISSUER", server.url.encode()))
    with pytest.raises(KeysNotFetched):
        jwks_uri(server.url)


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example/jwks",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.evil.test/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:word@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nx: y",
        "http://",
        "",
    ],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(KeysNotFetched):
        document(url)


def drip(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b" ")
        time.sleep(0.05)


def drip_head(to: BaseHTTPRequestHandler) -> None:
    while True:
        to.wfile.write(b"H")
        time.sleep(0.05)


def huge(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b" " * 65_536)


def hangs(to: BaseHTTPRequestHandler) -> None:
    time.sleep(1)


def cut_short(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("content-length", "100000")
    to.end_headers()
    to.wfile.write(JWKS)


@pytest.mark.parametrize("answer", [drip, drip_head, huge, hangs, cut_short])
def test_answers_without_end(server: Server, answer: Answer) -> None:
    server.answers["/jwks"] = answer
    began = time.monotonic()
    with pytest.raises(KeysNotFetched):
        document(f"{server.url}/jwks", seconds=0.3)
    assert time.monotonic() - began < 30, "it is given up"


@pytest.mark.parametrize(
    ("status", "content", "headers"),
    [
        (301, b"", {"location": "/there"}),
        (302, b"", {"location": "http://169.254.169.254/"}),
        (307, b"", {"location": "/jwks"}),
        (204, b"", {}),
        (404, JWKS, {}),
        (500, JWKS, {}),
        (200, JWKS, {"content_encoding": "gzip"}),
        (200, b"{}", {}),
        (200, b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', {}),
        (200, json.dumps({"keys": [dict(ONE.as_dict(private=True))]}).encode(), {}),
        (200, json.dumps({"keys": [public(ONE)] * 65}).encode(), {}),
        (200, JWKS + b" " * 262_144, {}),
    ],
)
def test_answers_that_are_no_set(server: Server, status: int, content: bytes, headers: dict[str, str]) -> None:
    server.says("/jwks", content, status, **headers)
    server.says("/there", JWKS)
    with pytest.raises(KeysNotFetched):
        fetch_keys(at(server))
    assert server.asked == ["/jwks"], "nobody follows"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", 600),
        ("max-age=300", 300),
        ("public, Max-Age=300, must-revalidate", 300),
        ('max-age="300"', 300),
        ("max-age=0", 60),
        ("max-age=5", 60),
        ("max-age=999999999", 86_400),
        ("no-store", 60),
        ("no-cache, max-age=3600", 60),
        ("max-age=-1", 600),
        ("max-age=x", 600),
    ],
)
def test_how_long_a_set_is_kept(said: str, seconds: float) -> None:
    assert good_for(said) == seconds


class Kept:
    """Key sets over a clock that is moved by hand, and an issuer that is asked by a call."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.asked = 0
        self.found: Fetched | Exception = Fetched(key_set_of([public(ONE)]), 600)
        self.sets = KeySets(lambda: self.now, self._fetch)
        self.trust = trust()

    def _fetch(self, _: Trust) -> Fetched:
        self.asked += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def later(self, seconds: float) -> None:
        self.now += seconds

    def get(self, kid: str | None = "one") -> bool:
        return self.sets.found(self.trust, kid).names(kid or "one")


def test_a_set_is_fetched_once_and_again_when_its_time_is_over() -> None:
    kept = Kept()
    with pytest.raises(KeysWanted):
        kept.sets.keys(kept.trust, None)
    assert kept.get() and kept.get() and kept.asked == 1
    assert kept.sets.until(kept.trust, NOW) == NOW + timedelta(seconds=600)
    kept.later(599)
    assert kept.get() and kept.asked == 1
    kept.later(1)
    assert kept.get() and kept.asked == 2


def test_a_new_key_is_found_at_once_and_a_lost_one_is_gone() -> None:
    kept = Kept()
    assert kept.get()
    kept.later(adapter.AGAIN)
    kept.found = Fetched(key_set_of([public(TWO)]), 600)
    changes = kept.sets.changes
    assert kept.get("two") and kept.asked == 2 and kept.sets.changes == changes + 1
    assert not kept.get("one"), "its issuer took it back"


def test_garbage_cannot_make_us_flood_an_issuer() -> None:
    kept = Kept()
    assert kept.get()
    for number in range(1_000):
        kept.later(0.1)
        assert not kept.get(f"garbage-{number}")
    assert kept.asked <= 1 + 100 / adapter.AGAIN + 1


def test_it_goes_on_with_the_last_good_set_for_an_hour_and_then_refuses() -> None:
    kept = Kept()
    assert kept.get()
    kept.found = KeysNotFetched("it burns")
    kept.later(601)
    assert kept.get() and kept.asked == 2
    until = kept.sets.until(kept.trust, NOW)
    assert until is not None and NOW < until <= NOW + timedelta(seconds=adapter.AGAIN)
    kept.later(5)
    assert kept.get() and kept.asked == 2, "not at once again"
    kept.later(adapter.LAST_GOOD - 7)
    assert kept.get() and kept.asked == 3
    kept.later(2)
    with pytest.raises(KeysUnavailable, match="it burns"):
        kept.get()
    kept.later(adapter.AGAIN)
    kept.found = Fetched(key_set_of([public(ONE)]), 600)
    assert kept.get(), "it recovers"


@pytest.mark.parametrize("error", [KeysNotFetched("no"), ZeroDivisionError("surprise")])
def test_without_any_set_nobody_comes_in(error: Exception) -> None:
    kept = Kept()
    kept.found = error
    with pytest.raises(KeysUnavailable):
        kept.get()
    with pytest.raises(KeysUnavailable):
        kept.sets.keys(kept.trust, None)
    with pytest.raises(KeysUnavailable):
        kept.sets.last(kept.trust)
    assert kept.asked == 1 and kept.sets.until(kept.trust, NOW) is None


def test_pinned_keys_are_never_fetched() -> None:
    kept = Kept()
    pinned = trust(keys=Keys(pinned=(public(TWO),)))
    assert kept.sets.keys(pinned, "garbage").names("two") and kept.sets.until(pinned, NOW) is None and kept.asked == 0


def test_many_who_want_a_set_at_once_fetch_it_once() -> None:
    kept = Kept()
    threads = [threading.Thread(target=kept.get) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert kept.asked == 1


def test_an_issuer_that_hangs_is_waited_for_by_a_few() -> None:
    kept, begun, ends = Kept(), threading.Event(), threading.Event()

    def hanging(_: Trust) -> Fetched:
        begun.set()
        ends.wait()
        return Fetched(key_set_of([public(ONE)]), 600)

    sets = KeySets(lambda: kept.now, hanging)
    refused = threading.Semaphore(0)

    def ask() -> None:
        try:
            sets.found(kept.trust, "one")
        except KeysUnavailable:
            refused.release()

    threads = [threading.Thread(target=ask) for _ in range(adapter.MOST_WAITING + 3)]
    for each in threads:
        each.start()
    assert all(refused.acquire(timeout=30) for _ in range(3)), "they do not wait for it"
    assert begun.is_set()
    ends.set()
    for each in threads:
        each.join()
    assert sets.keys(kept.trust, "one").names("one")


def test_the_sets_of_two_issuers_are_apart() -> None:
    kept = Kept()
    assert kept.get()
    with pytest.raises(KeysWanted):
        kept.sets.keys(trust("https://other.example"), None)
