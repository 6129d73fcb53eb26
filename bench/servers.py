"""The servers that are measured: started in a process group of their own, waited for, weighed, and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

PROMPT = "Explain in two sentences why the sky is blue, and why it is red at dusk. "
PATIENCE = 90.0
"""Seconds that a server may take to answer for the first time."""


class Target(NamedTuple):
    """Something that answers chat completions on loopback, and how it is asked."""

    name: str
    port: int
    path: str
    headers: Mapping[str, str]
    model: str

    def body(self, **more: object) -> bytes:
        """A request of about 150 bytes."""
        members = "".join(f', "{name}": {str(value).lower()}' for name, value in more.items())
        text = f'{{"model": "{self.model}", "messages": [{{"role": "user", "content": "{PROMPT}"}}]{members}}}'
        return text.encode()

    def request(self, body: bytes) -> bytes:
        """The whole request as HTTP/1.1."""
        lines = [f"POST {self.path} HTTP/1.1", f"host: 127.0.0.1:{self.port}", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


class Weight(NamedTuple):
    """What a server used so far: seconds of CPU, user and system, and bytes of memory, shared pages in proportion."""

    cpu: float
    memory: int


class Server:
    """A running server and all processes that it started."""

    def __init__(self, target: Target, process: subprocess.Popen[bytes]) -> None:
        self.target = target
        self._process = process

    def weigh(self) -> Weight:
        """The use of the whole tree of processes. (A process that ended in between takes its CPU time with it.)"""
        cpu, memory = 0.0, 0
        root = psutil.Process(self._process.pid)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                cpu += times.user + times.system
                memory += process.memory_full_info().pss
        return Weight(cpu, memory)


@contextmanager
def running(
    target: Target, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Server]:
    """Run a server until the block ends, however it ends. Raises RuntimeError where it does not answer with 200."""
    if not _is_free(target.port):
        raise RuntimeError(f"port {target.port}, where {target.name} should listen, is in use")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True, env={**os.environ, **(env or {})}, cwd=cwd
        )
        try:
            _wait_for(target, process, log)
            yield Server(target, process)
        finally:
            _stop(process)


def _wait_for(target: Target, process: subprocess.Popen[bytes], log: Path) -> None:
    answer = "nothing"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{target.name} ended with status {process.returncode}; see {log}")
        with suppress(OSError):
            answer = first_line(target)
            if " 200 " in f"{answer} ":
                return
        time.sleep(0.2)
    raise RuntimeError(f"{target.name} answered `{answer}` for {PATIENCE:.0f} s; see {log}")


def first_line(target: Target) -> str:
    """The status line of one answer."""
    with socket.create_connection(("127.0.0.1", target.port), timeout=10) as connection:
        connection.sendall(target.request(target.body()))
        return connection.recv(4096).split(b"\r\n", 1)[0].decode("latin-1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server with all that it started: politely, and after ten seconds for certain."""
    started = _descendants(process.pid)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for left in started:
        with suppress(psutil.NoSuchProcess):  # psutil knows a process by its start too, not by its number alone
            left.kill()
    process.wait()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
