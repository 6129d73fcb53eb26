"""The witness as a process of its own. It needs no configuration, and nothing of the gate or of its store."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import NoReturn

import uvicorn

from licet.adapters.log_key_file import make_key, read_key_file
from licet.adapters.witness_server import BoundedProtocol, WitnessApplication
from licet.adapters.witness_store import SqliteMemory, create_memory
from licet.record.keys import KeyKind, NoteKey, NoteSigner
from licet.services.record.witnessing import Witness, WitnessUnusable

CONNECTIONS = 256
"""How many connections may be open; whoever comes then is answered with 503."""

STOP_SECONDS = 5
"""How long answers may take once it was told to end."""


class _Ended(BaseException):
    """The process was told to end. No `Exception`, so that nothing on the way out takes it for a fault."""


def run_witness(
    key: Path,
    name: str | None,
    state: Path,
    logs: Sequence[NoteKey],
    listen: tuple[str, int],
    *,
    new: bool,
    random_bytes: Callable[[int], bytes],
    ready: Callable[[NoteKey, str], None],
) -> int:
    """Serve until SIGTERM or SIGINT; 0.

    Where there is no key yet, it is made for `name`, and with it the state; `new` makes the state of a key that is
    there. `ready` is told the key and the URL once connections are taken. Raises `WitnessUnusable`,
    `LogUnavailable` for a key that cannot be used.
    """
    signer = _opened(key, name, state, random_bytes, new=new)
    with closing(SqliteMemory(state, signer.key)) as memory, _listening(*listen) as listener:
        witness = Witness(signer, logs, memory, lambda: int(time.time()))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)
        try:
            host, port = listener.getsockname()[:2]
            ready(signer.key, f"http://{f'[{host}]' if ':' in host else host}:{port}")
            _serve(witness, listener)
        except _Ended:
            return 0
    return 0


def _opened(key: Path, name: str | None, state: Path, random_bytes: Callable[[int], bytes], *, new: bool) -> NoteSigner:
    if key.exists():
        signer = read_key_file(key, KeyKind.WITNESS, name)
        if new:
            create_memory(state, signer.key)
        return signer
    if name is None:
        raise WitnessUnusable(f"there is no key `{key}`: with `--name` one is made")
    signer = make_key(key, name, KeyKind.WITNESS, random_bytes)
    create_memory(state, signer.key)
    return signer


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(CONNECTIONS)
    except OSError as error:
        listener.close()
        raise WitnessUnusable(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def _serve(witness: Witness, listener: socket.socket) -> None:
    """Until a signal; the server gives it back when it has ended in order."""
    config = uvicorn.Config(
        WitnessApplication(witness, _tell),
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Ended


def _tell(line: str) -> None:
    sys.stderr.write(f"licet witness: {line}\n")
