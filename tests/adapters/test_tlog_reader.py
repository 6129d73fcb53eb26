"""Reading a log from a folder or a server that may be slow, broken or hostile."""

from __future__ import annotations

import os
import pickle
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from licet.adapters.tlog.log import FolderLog
from licet.adapters.tlog_reader import BUNDLE_LIMIT, NotThere, ReadableLog, ServedFiles, open_log
from licet.record.refusal import Malformed, RecordRefused
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable

KEY = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
ENTRIES = [b"entry %d" % number for number in range(300)]

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("log")
    log = FolderLog(room / "record", room / "lock", room / "staging", KEY)
    log.create()
    log.append(ENTRIES)
    return room / "record"


class Site:
    """A server on loopback; `behaviour` answers each request, `connections` counts who came."""

    def __init__(self, behaviour: Behaviour) -> None:
        site = self
        self.connections = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                site.connections += 1
                super().setup()

            def do_GET(self) -> None:
                behaviour(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/log"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Callable[[Behaviour], Site]]:
    made: list[Site] = []

    def make(behaviour: Behaviour) -> Site:
        made.append(Site(behaviour))
        return made[-1]

    yield make
    for each in made:
        each.close()


def answer(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def files_of(folder: Path) -> Behaviour:
    def behave(request: BaseHTTPRequestHandler) -> None:
        path = folder / request.path.removeprefix("/log/")
        if path.is_file():
            answer(request, 200, path.read_bytes())
        else:
            answer(request, 404, b"no such file")

    return behave


def whole(log: ReadableLog) -> list[bytes]:
    tree = VerifiedTree(log.tiles, read_checkpoint(log.checkpoint()).checkpoint.head)
    return [entry.content for entry in tree.entries()]


def test_a_folder_and_a_server_give_the_same_log(folder: Path, site: Callable[[Behaviour], Site]) -> None:
    served = site(files_of(folder))
    assert whole(open_log(str(folder))) == ENTRIES
    assert whole(open_log(served.url)) == whole(open_log(served.url + "/")) == ENTRIES
    assert served.connections == 2  # each log keeps its own open
    assert open_log(served.url).place == served.url


def test_a_log_can_be_handed_to_another_process(folder: Path, site: Callable[[Behaviour], Site]) -> None:
    for place in (str(folder), site(files_of(folder)).url):
        log = open_log(place)
        assert whole(log) == ENTRIES
        assert whole(pickle.loads(pickle.dumps(log))) == ENTRIES


def test_a_partial_tile_that_is_gone_is_taken_from_the_full_one(
    folder: Path, site: Callable[[Behaviour], Site]
) -> None:
    for place in (str(folder), site(files_of(folder)).url):
        tiles = open_log(place).tiles
        assert tiles.read("tile/0/000.p/7") == tiles.read("tile/0/000")[: 7 * 32]
        assert tiles.read("tile/entries/000.p/1") == b"\0\x07entry 0"
        with pytest.raises(NotThere, match=r"tile/0/001\.p/7: "):
            tiles.read("tile/0/001.p/7")


@pytest.mark.parametrize(
    "path", ["tile/0/002", "tile/7/000", "tile/entries/002.p/3", "tile/x/000", "../checkpoint", ""]
)
def test_what_is_not_there_is_refused_with_its_path(folder: Path, site: Callable[[Behaviour], Site], path: str) -> None:
    for place in (str(folder), site(files_of(folder)).url):
        with pytest.raises(RecordRefused):
            open_log(place).tiles.read(path)


def test_a_pipe_in_a_folder_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint")
    with pytest.raises(NotThere, match="not a file"):
        open_log(str(tmp_path)).checkpoint()
    (tmp_path / "tile/0/000").mkdir(parents=True)
    with pytest.raises(NotThere, match="not a file"):
        open_log(str(tmp_path)).tiles.read("tile/0/000")


@pytest.mark.parametrize(("path", "limit"), [("tile/0/000", 8192), ("tile/entries/000", BUNDLE_LIMIT)])
def test_a_file_that_is_too_long_is_refused(
    tmp_path: Path, site: Callable[[Behaviour], Site], path: str, limit: int
) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    with (tmp_path / path).open("wb") as file:
        file.truncate(limit + 1)

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("transfer-encoding", "chunked")
        request.end_headers()
        with pytest.raises(OSError, match=r"reset|pipe"):
            while True:
                request.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    for place in (str(tmp_path), site(endless).url):
        with pytest.raises(Malformed, match=f"{path}: more than {limit} bytes"):
            open_log(place).tiles.read(path)


@pytest.mark.parametrize(
    "place",
    ["/nowhere", "ftp://x/", "http://", "http://u:p@host/", "http://h/?q", "http://h/#f", "http://h:0/", "http://[x/"],
)
def test_a_place_that_is_none_is_said(place: str) -> None:
    with pytest.raises(LogUnavailable, match=r"no log at|not the URL of a log"):
        open_log(place)


def test_nobody_listening_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(LogUnavailable, match=f"cannot read checkpoint from `http://127.0.0.1:{port}`: .*refused"):
        open_log(f"http://127.0.0.1:{port}").checkpoint()


@pytest.mark.parametrize("status", [204, 304, 403, 429, 500, 503])
def test_another_status_is_not_a_file(site: Callable[[Behaviour], Site], status: int) -> None:
    served = site(lambda request: answer(request, status))
    with pytest.raises(LogUnavailable, match=f"status {status}"):
        open_log(served.url).checkpoint()


def test_a_redirect_on_the_same_server_is_followed(folder: Path, site: Callable[[Behaviour], Site]) -> None:
    def moved(request: BaseHTTPRequestHandler) -> None:
        if request.path.startswith("/log/"):
            answer(request, 301, location=request.path.replace("/log/", "/moved/"))
        else:
            answer(request, 200, (folder / request.path.removeprefix("/moved/")).read_bytes())

    assert open_log(site(moved).url).checkpoint() == (folder / "checkpoint").read_bytes()


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:1/checkpoint", "https://127.0.0.1/", "file:///etc/passwd", "//elsewhere.example/x", "/x?y"],
)
def test_a_redirect_elsewhere_is_not_followed(site: Callable[[Behaviour], Site], location: str) -> None:
    served = site(lambda request: answer(request, 302, location=location))
    with pytest.raises(LogUnavailable, match="name that place yourself"):
        open_log(served.url).checkpoint()


def test_redirects_in_a_circle_end(site: Callable[[Behaviour], Site]) -> None:
    served = site(lambda request: answer(request, 302, location=request.path))
    with pytest.raises(LogUnavailable, match="more than 3 times"):
        open_log(served.url).checkpoint()


def test_an_answer_that_breaks_off_is_not_taken_for_the_file(site: Callable[[Behaviour], Site]) -> None:
    def broken(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("content-length", "100")
        request.end_headers()
        request.wfile.write(b"half")
        request.close_connection = True

    with pytest.raises(LogUnavailable, match="breaks off after 4 bytes"):
        open_log(site(broken).url).checkpoint()


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(
    folder: Path, site: Callable[[Behaviour], Site]
) -> None:
    def once(request: BaseHTTPRequestHandler) -> None:
        files_of(folder)(request)
        request.close_connection = True

    served = site(once)
    assert whole(open_log(served.url)) == ENTRIES


def test_a_server_that_says_nothing_or_drips_is_left(site: Callable[[Behaviour], Site]) -> None:
    def silent(_: BaseHTTPRequestHandler) -> None:
        time.sleep(0.5)

    def dripping(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("content-length", "1000")
        request.end_headers()
        with pytest.raises(OSError, match=r"reset|pipe"):
            while True:
                request.wfile.write(b"x")
                time.sleep(0.01)

    for behaviour in (silent, dripping):
        log = ReadableLog(ServedFiles(site(behaviour).url, silence=0.1, patience=0.1))
        with pytest.raises(LogUnavailable, match="cannot read checkpoint"):
            log.checkpoint()
