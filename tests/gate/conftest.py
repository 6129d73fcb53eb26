"""A real gate over real sockets: a state directory, worker processes, and an upstream that does as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.enacting import enacted
from tests.ports import free_port

from licet.adapters.secret import create_secret
from licet.adapters.store import create_store
from licet.adapters.workers import LocalWorkers
from licet.core.attestations import Attestation
from licet.core.facts import Value
from licet.services import keys
from licet.services.enact import EnactReport
from licet.services.stored import StoredDocument
from licet.wire.journal import DecisionRecord, EndRecord, entries

GAP = 0.03
SERVE = (
    "import sys; from pathlib import Path; from licet.app.config import load; from licet.app.serve import serve; "
    "sys.exit(serve(load(Path(sys.argv[1]))))"
)


def chunks_of(model: str, count: int, style: str) -> list[bytes]:
    """The events of a stream, each as the upstream writes it."""
    if style == "anthropic":
        tree: dict[str, Any] = {
            "type": "message_start",
            "message": {
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": model,
                "content": [],
                "stop_reason": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            },
        }
        events = [tree, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}]
        events += [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"t{i} "}}
            for i in range(count)
        ]
        events += [{"type": "message_stop"}]
        return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]
    if style == "responses":
        events = [
            {
                "type": "response.output_text.delta",
                "sequence_number": i,
                "item_id": "i",
                "output_index": 0,
                "content_index": 0,
                "delta": f"t{i} ",
                "logprobs": [],
            }
            for i in range(count)
        ]
        return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]
    events = [
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [{"index": 0, "delta": {"content": f"t{i} "}, "finish_reason": None}],
        }
        for i in range(count)
    ]
    return [f"data: {json.dumps(each)}\n\n".encode() for each in events] + [b"data: [DONE]\n\n"]


@dataclass
class Seen:
    """One request that reached the upstream."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes
    left: bool = False


@dataclass
class UpstreamServer:
    """A model API in a thread. What it does follows from the model's name there (`json`, `stream-20`, `hang` ...).

    Answers of `held-20` stop half way for as long as `held`, so that a test can act while they are open however slow
    the machine is.
    """

    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    held: bool = True

    def start(self) -> None:
        """Listen on a free port."""
        started = threading.Event()

        def run() -> None:
            async def main() -> None:
                server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
                self.port = server.sockets[0].getsockname()[1]
                started.set()
                await server.serve_forever()

            asyncio.run(main())

        threading.Thread(target=run, daemon=True).start()
        started.wait(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = [
                    (k.strip().lower(), v.strip()) for k, _, v in (line.partition(":") for line in head[1:] if line)
                ]
                body = await reader.readexactly(int(dict(headers).get("content-length", "0")))
                seen = Seen(head[0], headers, body)
                self.seen.append(seen)
                if not await self._answer(seen, reader, writer):
                    break
        writer.close()

    async def _answer(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        model = json.loads(seen.body)["model"]
        kind, _, number = model.partition("-")
        if kind == "hang":
            gone = await reader.read(1)
            seen.left = gone == b""
            return False
        if kind == "garbage":
            writer.write(b"NOT HTTP AT ALL\r\n\r\n")
            return False
        if kind == "close":
            return False
        if kind == "status":
            location = b"location: http://127.0.0.1:1/\r\n" if number.startswith("3") else b""
            writer.write(
                b"HTTP/1.1 %s Whatever\r\n%sset-cookie: a=b\r\nopenai-organization: org-secret\r\nretry-after: 7\r\n"
                b"content-type: application/json\r\ncontent-length: 2\r\n\r\n{}" % (number.encode(), location)
            )
            return True
        if kind == "short":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
            return False
        if kind in ("stream", "cutoff", "stall", "split", "flood", "held"):
            return await self._stream(kind, int(number or "20"), model, seen, writer)
        answer = json.dumps(
            {
                "id": "x",
                "object": "chat.completion",
                "created": 1,
                "model": model,
                "choices": [
                    {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
                ],
                "type": "message",
                "role": "assistant",
                "content": [{"type": "text", "text": "hello"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 1, "output_tokens": 1},
            }
        ).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer
        )
        return True

    async def _stream(self, kind: str, count: int, model: str, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        style = "anthropic" if "/messages" in seen.line else "responses" if "/responses" in seen.line else "openai"
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            for index, whole in enumerate(chunks_of(model, count, style)):
                chunk = b"data: " + b"x" * 65536 + b"\n\n" if kind == "flood" else whole
                half_way = kind == "held" and index == count // 2
                while half_way and self.held and not writer.transport.is_closing():  # noqa: ASYNC110 - a test's thread
                    await asyncio.sleep(GAP)
                broken = kind == "cutoff" and index == 3
                chunk = chunk[: len(chunk) // 2] if broken else chunk
                parts = [chunk[:20], chunk[20:]] if kind == "split" else [chunk]
                for part in parts:
                    writer.write(b"%x\r\n" % len(part) + part + b"\r\n")
                    await writer.drain()
                    seen.left = writer.transport.is_closing()
                    await asyncio.sleep(0 if kind == "flood" else GAP)
                if kind == "cutoff" and index == 3:
                    return False
                if kind == "stall" and index == 3:
                    await asyncio.sleep(30)
            writer.write(b"0\r\n\r\n")
        except ConnectionError:
            seen.left = True
            raise
        return True


class World:
    """A gate with everything that it stands on."""

    def __init__(self, home: Path, upstream: UpstreamServer, workers: int, settings: str) -> None:
        self.home = home
        self.upstream = upstream
        self.port = free_port()
        self.state = home / ".licet"
        now = datetime.now(UTC)
        self.store = create_store(self.state, now)
        self.pepper = create_secret(self.state, secrets.token_bytes)
        self.workers = LocalWorkers(self.state / "workers")
        self.documents: list[StoredDocument] = []
        (home / "licet.yaml").write_text(f"listen: 127.0.0.1:{self.port}\nworkers: {workers}\n{settings}")
        self.process: subprocess.Popen[bytes] | None = None
        self.log = (home / "log").open("wb")
        self.count = workers

    @property
    def url(self) -> str:
        """The gate's base URL."""
        return f"http://127.0.0.1:{self.port}"

    def enact(self, text: str) -> EnactReport:
        """Put documents in force, as `licet enact` does."""
        return enacted(self.store, self.workers, self.documents, text)

    def attest(self, subject: str, until: datetime | None = None, **facts: Value) -> None:
        """Attest facts, and push."""
        now = datetime.now(UTC)
        rows = [Attestation(subject, fact, value, "test", "seen", "high", now, until) for fact, value in facts.items()]
        self.store.attest(rows, actor="test", at=now)
        self.workers.push(timeout=5)

    def key(self, subject: str, scopes: tuple[str, ...] = (), expires: datetime | None = None, **facts: Value) -> str:
        """A new subject with facts, and a key of theirs."""
        now = datetime.now(UTC)
        self.store.add_subject(subject, "person", actor="test", at=now)
        self.attest(subject, None, **facts)
        _, text = keys.create(
            self.store,
            subject,
            scopes=scopes,
            actor="test",
            now=now,
            expires_at=expires,
            pepper=self.pepper,
            random_bytes=secrets.token_bytes,
        )
        return text

    def model(self, name: str, upstream_name: str, *more: str) -> str:
        """A model's document with a release for everyone."""
        lines = [
            f"model: {name}",
            "family: test",
            "apis: [openai, anthropic]",
            f"upstream: {{url: 'http://127.0.0.1:{self.upstream.port}', name: {upstream_name}, key_env: {KEY_ENV}}}",
            *more,
            "---",
            f"release: open-{name}",
            "issued: 2026-01-01T00:00:00Z",
            "from: 2026-01-01T00:00:00Z",
            f"models: [{name}]",
            "to: true",
            "---",
            "",
        ]
        return "\n".join(lines)

    def order(self, name: str, models: str, forbids: str, *more: str, since: str = "2026-01-02T00:00:00Z") -> str:
        """An order's document."""
        lines = [
            f"order: {name}",
            "title: A test order",
            "issuer: The Authority",
            "issued: 2026-01-02T00:00:00Z",
            f"from: {since}",
            f"models: [{models}]",
            f"forbids: {forbids}",
            "appeal: https://appeal.test/",
            *more,
            "---",
            "",
        ]
        return "\n".join(lines)

    def start(self) -> None:
        """Start the workers, and wait until each has said that it is there."""
        environ = {**os.environ, "TEST_UPSTREAM_KEY": "upstream-secret"}
        command = [sys.executable, "-c", SERVE, str(self.home / "licet.yaml")]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environ, cwd=self.home)
        self.wait_for(
            lambda: (
                sum(isinstance(each, dict) and bool(each["epoch"]) for each in self.workers.status(timeout=2))
                == self.count
            )
        )

    @staticmethod
    def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the workers in order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(40) == 0
            self.process = None

    def close(self) -> None:
        """Stop everything, and check what must hold after every test: the journal reads, and holds an end for each."""
        self.stop()
        self.store.close()
        self.log.close()

    def journal(self) -> tuple[list[DecisionRecord], list[EndRecord]]:
        """Everything in the journal."""
        found = [
            entry for path in sorted((self.state / "journal").glob("*.journal")) for entry in entries(path.read_bytes())
        ]
        return [e for e in found if isinstance(e, DecisionRecord)], [e for e in found if isinstance(e, EndRecord)]

    # raw HTTP

    def raw(self, data: bytes, seconds: float = 3.0, quiet: float = 0.3) -> bytes:
        """Send bytes, and read until the connection ends or is quiet."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            found = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                connection.settimeout(seconds)
                while part := connection.recv(65536):
                    found += part
                    connection.settimeout(quiet)
            return found

    def post(
        self, path: str, body: bytes | dict[str, Any], key: str | None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request on its own connection: status, headers, body."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", path, data, key, **headers)

    def get(self, path: str, key: str | None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One GET."""
        return self.request("GET", path, b"", key, **headers)

    def request(
        self, method: str, path: str, data: bytes, key: str | None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request with `connection: close`."""
        given = {"host": "gate", "connection": "close", "content-length": str(len(data))}
        if method == "POST":
            given["content-type"] = "application/json"
        if key is not None:
            given["authorization"] = f"Bearer {key}"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in given.items() if v) + "\r\n"
        return parsed(self.raw(head.encode("latin-1") + data, 10, 10))


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers, body (chunks undone) of one answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    if headers.get("transfer-encoding") == "chunked":
        rest, body = body, b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return int(lines[0].split()[1]), headers, body


@pytest.fixture(scope="session")
def upstream() -> UpstreamServer:
    """One upstream for all."""
    server = UpstreamServer()
    server.start()
    return server


@pytest.fixture
def make_world(tmp_path: Path, upstream: UpstreamServer) -> Iterator[Callable[..., World]]:
    """Builds worlds, and takes them down."""
    upstream.held = True
    made: list[World] = []

    def make(workers: int = 1, settings: str = "") -> World:
        home = tmp_path / f"w{len(made)}"
        home.mkdir()
        made.append(World(home, upstream, workers, settings))
        return made[-1]

    yield make
    upstream.held = False
    for world in made:
        world.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, upstream: UpstreamServer) -> Iterator[World]:
    """One gate for the tests of a module that leave its rulebook alone.

    `open` is for everyone; `secret` is forbidden to all but US citizens and falls back to `open`; `locked` to nothing.
    """
    world = World(tmp_path_factory.mktemp("gate"), upstream, 1, SETTINGS)
    text = world.model("open", "json", "aliases: [alias-of-open]")
    text += world.model("secret", "json", "fallback: [open]") + world.model("locked", "json")
    text += world.order("test-order", "secret, locked", "not us_citizen")
    for kind in KINDS:
        text += world.model(f"m-{kind}", kind)
    world.enact(text)
    world.start()
    yield world
    world.close()


KINDS = (
    "stream-8",
    "hang",
    "garbage",
    "close",
    "short",
    "status-302",
    "status-401",
    "status-500",
    "status-429",
    "cutoff",
    "stall",
    "flood-400",
)
KEY_ENV = "TEST_UPSTREAM_KEY"
SETTINGS = """\
public_url: https://gate.test
verify: https://verify.test/
limits:
  {body_bytes: 20000, header_bytes: 8000, first_byte_seconds: 1, idle_seconds: 1, total_seconds: 20, concurrent: 100}
"""
