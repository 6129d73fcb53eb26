"""No answer without a record, through 200 sudden deaths of a worker under load."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.journal_reader import read
from licet.adapters.journal_repair import Torn, repair
from licet.wire.journal import MAGIC, ClosedRecord, Damage, DecisionRecord, OpenedRecord, encode

ROUNDS = 200
CLIENTS = 16
PATIENCE = 30.0
"""Seconds within which a worker that was started anew must have answered."""

NURSERY = """
import os, signal, socket, sys
from pathlib import Path
from licet.app.config import load
from licet.app.gate import serve_on

config, listener = load(Path(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        serve_on(config, "w1", listener, os.environ)
        os._exit(0)
    print(child, flush=True)
"""
"""Has imported the gate already and forks worker after worker, so that 200 lives do not take 200 starts of Python."""

PART = b'data: {"choices":[{"index":0,"delta":{"content":"tok "}}]}\n\n'
WHOLE = b'{"id":"c","object":"chat.completion","model":"m","choices":[]}'


def test_a_worker_repairs_what_its_predecessor_left_and_says_so(tmp_path: Path) -> None:
    installed(tmp_path, 9)
    left = tmp_path / ".licet/journal/20260612T225100.000000Z-w1.journal"
    left.parent.mkdir()
    whole = MAGIC + encode(OpenedRecord(worker="w1", at=datetime(2026, 6, 12, 22, 51, tzinfo=UTC), segment=0))
    left.write_bytes(whole + b"torn")
    with listening() as listener, nursery(tmp_path, listener) as mother:
        worker = asyncio.run(born(mother))
        request(listener.getsockname()[1])
        os.kill(worker, signal.SIGKILL)

    lines = [json.loads(line) for line in (tmp_path / "workers.log").read_text().splitlines()]
    (told,) = [line for line in lines if line["event"] == "journal repaired"]
    assert (told["path"], told["offset"], told["removed"]) == (str(left), len(whole), 4)
    assert Path(told["kept"]).read_bytes() == b"torn"
    assert not any(isinstance(entry, Damage) for _, entry in read(left.parent))


def request(port: int) -> None:
    """Ask for anything, so that the worker is known to be up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: gate\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 ")


async def test_every_answer_that_was_received_has_its_record(tmp_path: Path) -> None:
    received = Received()
    chance = random.Random(9)
    async with upstream() as port:
        key = installed(tmp_path, port)
        with listening() as listener, nursery(tmp_path, listener) as mother:
            address = listener.getsockname()[1]
            clients = [asyncio.create_task(asks(address, key, number % 2 == 0, received)) for number in range(CLIENTS)]
            for life in range(1, ROUNDS + 1):
                worker = await born(mother)
                await received.from_life(life, 3)
                await asyncio.sleep(chance.uniform(0, 0.05))
                os.kill(worker, signal.SIGKILL)
                await dead(worker)
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)

    findings = await asyncio.to_thread(repair, tmp_path / ".licet/journal", datetime.now(UTC))
    check_journal(tmp_path / ".licet/journal", received.ids)
    assert all(isinstance(finding, Torn) for finding in findings)
    cut_off = len(list((tmp_path / ".licet/journal").glob("*.torn")))
    assert (tmp_path / "workers.log").read_text().count('"event":"journal repaired"') + len(findings) == cut_off
    assert len(received.lives) == ROUNDS


def check_journal(folder: Path, received: set[str]) -> None:
    """Every file opens, is whole and closed, and together they hold every answer's decision."""
    found = list(read(folder))
    decided = {entry.id for _, entry in found if isinstance(entry, DecisionRecord)}
    assert received <= decided
    assert not [entry for _, entry in found if isinstance(entry, Damage)]
    assert len({path for path, _ in found}) == ROUNDS
    assert sum(isinstance(entry, ClosedRecord) for _, entry in found) == ROUNDS


async def asks(port: int, key: str, stream: bool, received: Received) -> None:
    """One client that asks again and again, and connects again whenever the gate is gone."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    await ask(reader, writer, key, stream, received)
            finally:
                writer.close()
        await asyncio.sleep(0.001)


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str, stream: bool, received: Received
) -> None:
    """One request. What came of its answer counts as received from the head on, whether or not the rest follows."""
    body = json.dumps({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hi"}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer {key}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    if answer.startswith(b"HTTP/1.1 200"):
        received.add(re.search(rb"licet-decision: (\S+)", answer)[1].decode())  # type: ignore[index]
    length = re.search(rb"content-length: (\d+)", answer)
    if length:
        await reader.readexactly(int(length[1]))
    else:
        await reader.readuntil(b"0\r\n\r\n")


class Received:
    """The decisions whose answers some client has received, or the head of them."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.lives: Counter[str] = Counter()
        self._more = asyncio.Event()

    def add(self, decision: str) -> None:
        self.ids.add(decision)
        self.lives[decision.rpartition("-")[0]] += 1
        self._more.set()

    async def from_life(self, number: int, count: int) -> None:
        """Wait for so many answers of the worker that is the `number`th to answer; an earlier one's may still come."""
        async with asyncio.timeout(PATIENCE):
            while len(self.lives) < number or list(self.lives.values())[number - 1] < count:
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def upstream() -> AsyncIterator[int]:
    """A model API that answers at once, or in three parts a little apart."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head.lower())
                body = await reader.readexactly(int(length[1]) if length else 0)
                if b'"stream": true' in body or b'"stream":true' in body:
                    writer.write(
                        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                    )
                    for _ in range(3):
                        writer.write(b"%x\r\n%s\r\n" % (len(PART), PART))
                        await asyncio.sleep(0.001)
                    writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
                    writer.write(b"content-length: %d\r\n\r\n%s" % (len(WHOLE), WHOLE))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def installed(folder: Path, port: int) -> str:
    """`licet init` around the upstream; the key."""
    command = [str(Path(sys.executable).with_name("licet")), "--json", "init"]
    command += ["--upstream", f"http://127.0.0.1:{port}", "--model", "m", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    key: str = json.loads(done.stdout)["key"]
    return key


@contextmanager
def listening() -> Iterator[socket.socket]:
    """The socket that all workers inherit, one after the other, as from their supervisor."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        listener.set_inheritable(True)
        yield listener


@contextmanager
def nursery(folder: Path, listener: socket.socket) -> Iterator[subprocess.Popen[str]]:
    """The process whose children the workers are."""
    command = [sys.executable, "-c", NURSERY, str(folder / "licet.yaml"), str(listener.fileno())]
    with (folder / "workers.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            pass_fds=[listener.fileno()],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        )
        with process:
            yield process
            process.kill()


async def born(mother: subprocess.Popen[str]) -> int:
    """A new worker; its process."""
    assert mother.stdin is not None
    assert mother.stdout is not None
    mother.stdin.write("\n")
    mother.stdin.flush()
    return int(await asyncio.to_thread(mother.stdout.readline))


async def dead(worker: int) -> None:
    """Wait until a killed process is gone, and with it its lock; the nursery leaves no zombies."""
    async with asyncio.timeout(PATIENCE):
        while Path(f"/proc/{worker}").exists():  # noqa: ASYNC110, ASYNC240 - nothing tells of another's child
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def _no_worker_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    left = [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _read(entry)]
    for entry in left:
        os.kill(int(entry.parent.name), signal.SIGKILL)


def _read(path: Path) -> bytes:
    with suppress(OSError):
        return path.read_bytes()
    return b""
