"""A log over HTTP: its files and nothing else to everybody, appends to whoever has the token."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from licet.adapters.tlog import gathering
from licet.adapters.tlog.gathering import Appended, Gathering
from licet.adapters.tlog.log import FolderLog
from licet.adapters.tlog.server import LogApplication, Writing
from licet.adapters.tlog_reader import FolderFiles, open_log
from licet.app.record_server import read_token
from licet.record.log.entries import Acknowledged
from licet.record.log.entry_spelling import encode
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable

AT = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
KEY = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
TOKEN = "a-token-of-enough-characters"
BINARY = {"content-type": "application/octet-stream"}
BEARER = {"authorization": f"Bearer {TOKEN}", **BINARY}

PROGRAM = """
import sys
from pathlib import Path
from licet.adapters.tlog.log import FolderLog
from licet.app.record_server import read_token, serve_log
from licet.record.signed.keys import read_signer
room = Path(sys.argv[1])
log = FolderLog(room / "record", room / "lock", room / "staging", read_signer((room / "key").read_text()))
appending = (log, read_token(room / "token")) if (room / "token").exists() else None
sys.exit(serve_log(room / "record", ("127.0.0.1", 0), appending, lambda url: print(url, flush=True)))
"""


def entry(number: int) -> bytes:
    return encode(Acknowledged(number, "w0", AT))


def log_in(room: Path, **options: Any) -> FolderLog:
    return FolderLog(room / "record", room / "lock", room / "staging", KEY, **options)


@dataclass
class Running:
    """A server process, and the room in which its log lies."""

    room: Path
    url: str
    process: subprocess.Popen[str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        return self.ask("POST", "/entries", body, BEARER if headers is None else headers)


@contextmanager
def running(room: Path, *, token: bool) -> Iterator[Running]:
    (room / "key").write_text(KEY.secret)
    log = log_in(room)
    log.create()
    log.append([entry(number) for number in range(300)])
    if token:
        (room / "token").write_text(TOKEN)
        (room / "token").chmod(0o600)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(room)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Running(room, process.stdout.readline().strip(), process)
    finally:
        process.kill()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("served"), token=True) as made:
        yield made


def test_every_file_is_served_as_it_is(server: Running) -> None:
    folder = server.room / "record"
    for path in (path for path in folder.rglob("*") if path.is_file() and path.name != "checkpoint"):
        status, headers, body = server.ask("GET", f"/{path.relative_to(folder)}")
        assert (status, body) == (200, path.read_bytes())
        assert headers["content-type"] == "application/octet-stream"
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
    status, headers, body = server.ask("GET", "/checkpoint")
    assert (status, body) == (200, (folder / "checkpoint").read_bytes())
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["cache-control"] == "no-cache"


def test_a_head_has_no_body(server: Running) -> None:
    size = (server.room / "record/checkpoint").stat().st_size
    status, headers, body = server.ask("HEAD", "/checkpoint")
    assert (status, headers["content-length"], body) == (200, str(size), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tile",
        "/tile/0/000.p",
        "/tile/0/0",
        "/tile/00/000",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/9/000",
        "/tile/0/x000/000",
        "/tile/0/000/",
        "/tile/0/000?x",
        "/checkpoint?",
        "/checkpoint/",
        "//checkpoint",
        "/check%70oint",
        "/tile/0/..%2f..%2f..%2fkey",
        "/../key",
        "/tile/../../key",
        "/checkpoint.new",
        "/lock/lock.db",
        "/entries",
    ],
)
def test_nothing_else_is_served(server: Running, path: str) -> None:
    status, headers, _ = server.ask("GET", path)
    if path == "/checkpoint?":  # the same address as without, to HTTP
        assert status in (200, 404)
    else:
        assert (status, headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_files_cannot_be_changed(server: Running, method: str) -> None:
    before = (server.room / "record/checkpoint").read_bytes()
    assert server.ask(method, "/checkpoint", b"x", BEARER)[0] == 404
    assert (server.room / "record/checkpoint").read_bytes() == before


def test_many_append_at_once(server: Running) -> None:
    start = read_checkpoint(log_in(server.room).checkpoint()).checkpoint.head.size
    sent = [entry(number) for number in range(1000, 1200)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(server.post, sent))
    assert {status for status, _, _ in answers} == {200}
    told = [json.loads(body) for _, _, body in answers]
    assert all(each["published"] for each in told)
    assert sorted(each["index"] for each in told) == list(range(start, start + 200))
    log = open_log(server.url)
    tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
    found = {each.at: each.content for each in tree.entries()}
    assert [found[each["index"]] for each in told] == sent


@pytest.mark.parametrize(
    "headers",
    [
        BINARY,
        {**BINARY, "authorization": f"Bearer {TOKEN}x"},
        {**BINARY, "authorization": TOKEN},
        {**BINARY, "authorization": f"bearer {TOKEN}"},
        {**BINARY, "authorization": "Bearer "},
    ],
)
def test_without_the_token_nothing_is_appended(server: Running, headers: dict[str, str]) -> None:
    status, answered, _ = server.post(entry(1), headers)
    assert (status, answered["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "entry"),
        (b"{}", 400, "entry: `type`: not one of"),
        (entry(1) + b" ", 400, "entry"),
        (b'{"type": "acknowledgement"}', 400, "entry"),
        (b"x" * 65_535, 400, "entry"),
        (b"x" * 65_536, 413, "at most 65535 bytes"),
        (b"x" * 1_000_000, 413, "at most 65535 bytes"),
    ],
)
def test_only_entries_are_appended(server: Running, body: bytes, status: int, says: str) -> None:
    before = log_in(server.room).checkpoint()
    answered, _, told = server.post(body)
    assert answered == status
    assert says in told.decode()
    assert log_in(server.room).checkpoint() == before


def test_another_content_type_is_refused(server: Running) -> None:
    assert server.post(entry(1), {**BEARER, "content-type": "application/json"})[0] == 415


def test_without_a_token_file_there_is_no_way_in(tmp_path: Path) -> None:
    with running(tmp_path, token=False) as made:
        assert made.post(entry(1))[0] == 404
        assert made.ask("GET", "/checkpoint")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly(tmp_path: Path, number: int) -> None:
    with running(tmp_path, token=True) as made:
        assert made.post(entry(1))[0] == 200
        os.kill(made.process.pid, number)
        out, errors = made.process.communicate(timeout=10)
        assert (made.process.returncode, out, errors) == (0, "", "")


# --- groups


@contextmanager
def gathered(log: FolderLog, told: list[str]) -> Iterator[Gathering]:
    """A gathering that runs in this test's event loop."""
    made = Gathering(log, told.append)
    running = asyncio.get_running_loop().create_task(made.run())
    try:
        yield made
    finally:
        running.cancel()


async def test_what_waits_is_one_append(tmp_path: Path) -> None:
    log, sizes = log_in(tmp_path), list[int]()
    log.create()

    class Counting(FolderLog):
        def append(self, entries: Any) -> range:
            sizes.append(len(entries))
            return super().append(entries)

    counted = Counting(tmp_path / "record", tmp_path / "lock", tmp_path / "staging", KEY)
    with gathered(counted, []) as made:
        appended = await asyncio.gather(*[made.append(entry(number)) for number in range(300)])
    assert appended == [Appended(number, published=True) for number in range(300)]
    assert sizes == [300]


async def test_what_is_not_published_yet_is_said_and_published_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = True

    def cosign(_old: Head, content: bytes, _tiles: TileReader) -> bytes:
        if away:
            raise LogUnavailable("no witness answers")
        return content

    log_in(tmp_path).create()
    log, told = log_in(tmp_path, cosign=cosign), list[str]()
    monkeypatch.setattr(gathering, "RETRY_SECONDS", 0.01)
    with gathered(log, told) as made:
        assert await made.append(entry(1)) == Appended(0, published=False)
        away = False
        async with asyncio.timeout(10):
            while read_checkpoint(log.checkpoint()).checkpoint.head.size == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert await made.append(entry(2)) == Appended(1, published=True)
    assert "no witness answers" in told[0]


async def test_a_log_that_cannot_be_written_is_told_to_all_who_wait_and_goes_on(tmp_path: Path) -> None:
    log, told = log_in(tmp_path), list[str]()
    log.create()
    with gathered(log, told) as made:
        (tmp_path / "lock").rename(tmp_path / "away")
        failed = await asyncio.gather(*[made.append(entry(1)) for _ in range(3)], return_exceptions=True)
        assert [type(each) for each in failed] == [LogUnavailable] * 3
        application = LogApplication(FolderFiles(tmp_path / "record"), Writing(TOKEN, made))
        answered = await asked(application, entry(1))
        assert answered["status"] == 503
        assert (b"retry-after", b"1") in answered["headers"]
        (tmp_path / "away").rename(tmp_path / "lock")
        assert await made.append(entry(2)) == Appended(0, published=True)
    assert len(told) == 2


async def test_who_leaves_does_not_disturb_the_others(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.create()
    with gathered(log, []) as made:
        leaving = asyncio.ensure_future(made.append(entry(1)))
        staying = asyncio.ensure_future(made.append(entry(2)))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == Appended(1, published=True)


async def test_too_much_that_waits_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "WAITING_LIMIT", 100)
    with pytest.raises(LogUnavailable, match="too many"):
        await Gathering(log_in(tmp_path), lambda _: None).append(b"x" * 101)


async def asked(application: Callable[..., Awaitable[None]], body: bytes) -> Any:
    """The start of the answer to an append."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in BEARER.items()]
    scope = {"type": "http", "method": "POST", "path": "/entries", "headers": headers}
    await application(scope, receive, send)
    return sent[0]


# --- tokens


def test_a_token_is_secret_and_long(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with pytest.raises(LogUnavailable, match="umask 077"):
        read_token(path)
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o644)
    with pytest.raises(LogUnavailable, match="chmod 600"):
        read_token(path)
    path.chmod(0o600)
    assert read_token(path) == TOKEN
    for bad in ("short", "two words of enough length", "é" * 30, "x" * 30 + "\nsecond line"):
        path.write_text(bad)
        with pytest.raises(LogUnavailable, match="token"):
            read_token(path)
