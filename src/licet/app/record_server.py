"""`licet record serve`: the log's files over HTTP, and appends for those who have the token."""

from __future__ import annotations

import asyncio
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvloop

from licet.adapters.listening import Ended, end_on_signals, listening, served, url_of
from licet.adapters.tlog.apart import LogApart, PublishingLog
from licet.adapters.tlog.gathering import Gathering
from licet.adapters.tlog.server import LogApplication, Writing
from licet.adapters.tlog_reader import FolderFiles
from licet.services.record.ports import LogUnavailable

CONNECTIONS = 1024
"""How many connections may be open; whoever comes then is answered with 503."""

STOP_SECONDS = 10
"""How long answers may take once it was told to end."""

LAG = 12
"""How many appends may stay staged before their tiles are made durable, all at once."""

TOKEN_LEAST = 20
"""The shortest token, in characters."""


def serve_log(
    folder: Path, listen: tuple[str, int], appending: tuple[PublishingLog, str] | None, ready: Callable[[str], None]
) -> int:
    """Serve until SIGTERM or SIGINT; 0.

    `appending` is the log and its token, where entries are taken. `ready` is told the URL once connections are taken.
    Raises `LogUnavailable` where nothing can be served.
    """
    if not folder.is_dir():
        raise LogUnavailable(f"there is no log in `{folder}` yet: `licet record publish` begins it")
    end_on_signals()
    with _apart(appending) as apart, _listening(*listen) as listener, suppress(Ended):
        ready(url_of(listener))
        uvloop.run(_serve(folder, listener, apart))
    return 0


@contextmanager
def _apart(appending: tuple[PublishingLog, str] | None) -> Iterator[tuple[PublishingLog, str] | None]:
    """The log in a process of its own, for as long as it is needed."""
    if appending is None:
        yield None
        return
    log = LogApart(appending[0])
    try:
        yield log, appending[1]
    finally:
        log.close()


def read_token(path: Path) -> str:
    """The token in a file that only its owner reads. Raises `LogUnavailable`."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise LogUnavailable(f"others can read the token in `{path}`: make a new one, and `chmod 600 {path}`")
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        make = f"(umask 077; head -c 32 /dev/urandom | base64 > {path})"
        raise LogUnavailable(f"there is no token in `{path}`: make one with `{make}`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LogUnavailable(f"cannot read the token in `{path}`: {error}") from error
    if len(token) < TOKEN_LEAST or not token.isprintable() or " " in token:
        raise LogUnavailable(f"what is in `{path}` is no token: one word of at least {TOKEN_LEAST} characters")
    return token


async def _serve(folder: Path, listener: socket.socket, appending: tuple[PublishingLog, str] | None) -> None:
    """Until a signal."""
    writing, running = None, None
    if appending is not None:
        log, token = appending
        writing = Writing(token, Gathering(log, _tell))
        running = asyncio.create_task(writing.gathering.run())
    await served(LogApplication(FolderFiles(folder), writing), CONNECTIONS, STOP_SECONDS).serve(sockets=[listener])
    if running is not None:
        running.cancel()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listening(host, port, CONNECTIONS)
    except OSError as error:
        raise LogUnavailable(
            f"cannot listen on {host}:{port} ({error.strerror}): name another place with `--listen`"
        ) from error


def _tell(line: str) -> None:
    sys.stderr.write(f"licet record serve: {line}\n")
