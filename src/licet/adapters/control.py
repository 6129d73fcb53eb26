"""The worker's side of a push: a Unix socket on which a gate process takes orders from its own operator.

A request is one line of JSON, `{"do": "refresh"}`, and so is the answer. Only processes of the same user, and root,
are heard (SO_PEERCRED, unix(7)). Beside `<worker>.sock`, `<worker>.json` says which process is behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from licet.core.errors import LicetError

Reply = Mapping[str, object]
Handler = Callable[[Mapping[str, object]], Awaitable[Reply]]
"""Answers one kind of request, given as the decoded line; raises `ControlRefused` to say why not."""

WORKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
LARGEST_LINE = 64 * 1024
IDLE_SECONDS = 30
SHORT_ENOUGH = 100
"""Bytes of a socket's path that every system takes (108 on Linux, 104 on others, with the end)."""


class ControlRefused(LicetError):
    """A request that a worker does not carry out; the message is told to whoever asked."""


class Registration(msgspec.Struct, frozen=True):
    """Which process is behind a socket. `born` tells it from a later one of the same number."""

    worker: str
    pid: int
    born: int
    about: dict[str, object]


def birth(pid: int) -> int | None:
    """When a process began, in the kernel's ticks since it booted (proc(5), stat, field 22); None if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = text.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """A spelling of a socket's path that is short enough for the system: through a handle of its directory."""
    if len(os.fsencode(path)) <= SHORT_ENOUGH:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


class ControlServer:
    """Serves the requests in `handlers` on the socket `path` (`<state>/workers/<worker>.sock`).

    One request is carried out at a time, so two enactments can never overtake each other inside a worker.
    """

    def __init__(
        self, path: Path, handlers: Mapping[str, Handler], *, about: Mapping[str, object] | None = None
    ) -> None:
        if path.suffix != ".sock" or WORKER.fullmatch(path.stem) is None:
            raise ValueError(f"`{path.name}` is not `<worker>.sock`")
        self._path = path
        self._handlers = handlers
        self._about = dict(about or {})
        self._one_at_a_time = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, then register. Whoever enacts after this reaches the worker; so load the store only afterwards."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.chmod(0o700)
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        with address(self._path) as name:
            listener.bind(name)
        self._path.chmod(0o600)
        self._server = await asyncio.start_unix_server(self._accept, sock=listener, limit=LARGEST_LINE)
        self._register()

    async def close(self) -> None:
        """Sign off: no longer registered, no longer listening."""
        self._path.with_suffix(".json").unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _register(self) -> None:
        pid = os.getpid()
        registration = Registration(self._path.stem, pid, birth(pid) or 0, self._about)
        new = self._path.with_suffix(".new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(registration))
        new.replace(self._path.with_suffix(".json"))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if _is_trusted(writer):
                await self._converse(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the caller left, or we are closing
        finally:
            self._connections.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                return
            except asyncio.LimitOverrunError:
                writer.write(_line({"error": f"the request is longer than {LARGEST_LINE} bytes"}))
                await writer.drain()
                return
            writer.write(_line(await self._answer(line)))
            await writer.drain()

    async def _answer(self, line: bytes) -> Reply:
        try:
            request = msgspec.json.decode(line, type=dict[str, object])
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            return {"error": f"the request is not a JSON object: {error}"}
        handler = self._handlers.get(str(request.get("do")))
        if handler is None:
            return {"error": f"`{request.get('do')}` is not a request; there are {', '.join(sorted(self._handlers))}"}
        try:
            async with self._one_at_a_time:
                return await handler(request)
        except LicetError as error:
            return {"error": str(error)}
        except Exception as error:  # the worker lives on, and whoever pushed must hear that it did not obey
            return {"error": f"it failed: {type(error).__name__}: {error}"}


def _line(content: Reply) -> bytes:
    return msgspec.json.encode(content) + b"\n"


def _is_trusted(writer: asyncio.StreamWriter) -> bool:
    peer: socket.socket = writer.get_extra_info("socket")
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, user, _group = struct.unpack("3i", credentials)
    return user in (0, os.geteuid())
