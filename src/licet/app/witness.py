"""The witness as a process of its own. It needs no configuration, and nothing of the gate or of its store."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NoReturn

from licet.adapters.listening import ENDS, Ended, end_on_signals, listening, served, url_of
from licet.adapters.log_key_file import make_key, read_key_file
from licet.adapters.witness_server import WitnessApplication
from licet.adapters.witness_store import FILE, SqliteMemory, create_memory
from licet.record.signed.keys import KeyKind, NoteKey, NoteSigner, read_key
from licet.services.record.watching.witnessing import Witness, WitnessUnusable

CONNECTIONS = 256
"""How many connections may be open; whoever comes then is answered with 503."""

STOP_SECONDS = 5
"""How long answers may take once it was told to end."""


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
) -> NoReturn:
    """Make this process a witness, which ends with 0 on SIGTERM or SIGINT.

    Where there is no key yet, it is made for `name`, and with it the state; `new` makes the state of a key that is
    there. `ready` is told the key and the URL once connections are taken. Raises `WitnessUnusable`,
    `LogUnavailable` for a key that cannot be used. Then this program is replaced by one that has nothing of the
    command line, and so of the gate, in its memory.
    """
    signer = _opened(key, name, state, random_bytes, new=new)
    SqliteMemory(state, signer.key).close()
    listener = _listening(*listen)
    listener.set_inheritable(True)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # for the new program to take, once it can
    ready(signer.key, url_of(listener))
    sys.stdout.flush()
    program = [sys.executable, "-P", "-m", "licet.app.witness", str(listener.fileno()), str(key), str(state)]
    os.execv(sys.executable, [*program, *map(str, logs)])  # noqa: S606 - our own program, without a shell


def main() -> int:
    """What `run_witness` becomes: `python -m licet.app.witness <descriptor> <key> <state> <vkey>...`."""
    descriptor, key, state, *logs = sys.argv[1:]
    signer = read_key_file(Path(key), KeyKind.WITNESS)
    with closing(SqliteMemory(Path(state), signer.key)) as memory, socket.socket(fileno=int(descriptor)) as listener:
        witness = Witness(signer, map(read_key, logs), memory, _now)
        try:
            end_on_signals()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
            _serve(witness, listener)
        except Ended:
            pass
    return 0


def _opened(key: Path, name: str | None, state: Path, random_bytes: Callable[[int], bytes], *, new: bool) -> NoteSigner:
    if key.exists():
        signer = read_key_file(key, KeyKind.WITNESS, name)
        if new:
            create_memory(state, signer.key)
        return signer
    if (state / FILE).exists():
        raise WitnessUnusable(f"there is a state in `{state}`, but no key `{key}`: name the key that it belongs to")
    if name is None:
        raise WitnessUnusable(f"there is no key `{key}`: with `--name` one is made")
    signer = make_key(key, name, KeyKind.WITNESS, random_bytes)
    create_memory(state, signer.key)
    return signer


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listening(host, port, CONNECTIONS)
    except OSError as error:
        raise WitnessUnusable(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _serve(witness: Witness, listener: socket.socket) -> None:
    """Until a signal."""
    server = served(WitnessApplication(witness, _tell), CONNECTIONS, STOP_SECONDS)
    asyncio.run(server.serve(sockets=[listener]))


def _now() -> int:
    return int(time.time())


def _tell(line: str) -> None:
    sys.stderr.write(f"licet witness: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
