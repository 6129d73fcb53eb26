"""The caller's side of a push: the gate processes of this machine, and a word with all of them at once."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from licet.adapters.control import LARGEST_LINE, Registration, address, birth
from licet.adapters.handover import leave, take_back
from licet.services.ports import Ack, Gone, Silence, StoreUnavailable

DYING_SECONDS = 0.1
LARGEST_ANSWER = 1 << 20
"""Bytes of a worker's answer; a request has to fit into `LARGEST_LINE`."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A connection to a worker on which a request is under way."""

    path: Path
    registration: Registration
    connection: socket.socket


class LocalWorkers:
    """`services.ports.Workers` and `services.shadow.Shadows` over the sockets in `<state>/workers`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """See the port."""
        return tuple(_ack(answer) for answer in self._ask({"do": "refresh"}, timeout))

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """See the port."""
        return tuple(self._ask({"do": "status"}, timeout))

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """See the port."""
        return tuple(_ack(answer) for answer in self._ask({"do": "clock", "at": at.isoformat()}, timeout))

    def shadow(
        self, act: Literal["start", "report", "end"], request: Mapping[str, object], *, timeout: float
    ) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """See the port."""
        return tuple(self._ask({**request, "do": "shadow", "act": act}, timeout))

    def leave(self, name: str, content: bytes) -> None:
        """See the port. It lies beside the workers' sockets, in a directory of mode 0700, as a file of mode 0600."""
        try:
            leave(self._directory, name, content)
        except OSError as error:
            raise StoreUnavailable(f"cannot write to {self._directory}: {error.strerror or error}") from error

    def take_back(self, name: str) -> None:
        """See the port."""
        take_back(self._directory, name)

    def _ask(self, request: Mapping[str, object], timeout: float) -> list[dict[str, Any] | Silence | Gone]:
        """Every worker is asked before any answer is awaited, so the slowest one is waited for, not the sum."""
        deadline = time.monotonic() + timeout
        line = msgspec.json.encode(request) + b"\n"
        calls = [self._call(path, line, deadline) for path in sorted(self._directory.glob("*.json"))]
        return [_answer(call, deadline) if isinstance(call, _Call) else call for call in calls if call is not None]

    def _call(self, path: Path, line: bytes, deadline: float) -> _Call | Silence | Gone | None:
        try:
            registration = msgspec.json.decode(path.read_bytes(), type=Registration)
        except FileNotFoundError:
            return None  # it signed off a moment ago
        except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
            return Silence(path.stem, f"its registration `{path}` cannot be read: {error}")
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            with address(path.with_suffix(".sock")) as name:
                connection.connect(name)
            connection.sendall(line)
        except OSError as error:
            connection.close()
            return _no_answer(path, registration, error)
        return _Call(path, registration, connection)


def _answer(call: _Call, deadline: float) -> dict[str, Any] | Silence | Gone:
    try:
        with call.connection:
            line = _read_line(call.connection, deadline)
    except OSError as error:
        return _no_answer(call.path, call.registration, error)
    return _reply(call.registration.worker, line)


def _no_answer(path: Path, registration: Registration, error: OSError) -> Silence | Gone:
    """A process that has ended is told from one that is there and does not answer.

    A connection that stays open belongs to a process that runs, whatever its number is here (it may be in another
    container); so we look for the process only when the connection was refused or broke off.
    """
    worker, pid = registration.worker, registration.pid
    if isinstance(error, TimeoutError | BlockingIOError):
        return Silence(worker, f"its process {pid} runs and did not answer in time")
    if _has_ended(registration):
        path.unlink(missing_ok=True)
        path.with_suffix(".sock").unlink(missing_ok=True)
        return Gone(worker, pid)
    return Silence(worker, f"its process {pid} runs and cannot be reached: {error.strerror or error}")


def _has_ended(registration: Registration) -> bool:
    """Whether the process is no more. A dying one hangs up a moment before it is gone, and is given that moment."""
    give_up = time.monotonic() + DYING_SECONDS
    while birth(registration.pid) == registration.born:
        if time.monotonic() > give_up:
            return False
        time.sleep(0.005)
    return True


def _left(deadline: float) -> float:
    """Seconds until the deadline; past it, next to nothing, so that an answer that is there already is still read."""
    return max(deadline - time.monotonic(), 0.001)


def _read_line(connection: socket.socket, deadline: float) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        connection.settimeout(_left(deadline))
        part = connection.recv(LARGEST_LINE)
        if not part:
            raise ConnectionResetError("it hung up without an answer")
        line += part
        if len(line) > LARGEST_ANSWER:
            raise ConnectionAbortedError("its answer is too long")
    return line


def _reply(worker: str, line: bytes) -> dict[str, Any] | Silence:
    try:
        reply = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return Silence(worker, f"it answered what is no JSON object: {error}")
    return Silence(worker, str(reply["error"])) if "error" in reply else {**reply, "worker": worker}


def _ack(answer: dict[str, Any] | Silence | Gone) -> Ack | Silence | Gone:
    if not isinstance(answer, dict):
        return answer
    try:
        return msgspec.convert(answer, Ack)
    except msgspec.ValidationError as error:
        return Silence(str(answer["worker"]), f"it answered something else than an acknowledgement: {error}")
