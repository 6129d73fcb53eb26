"""`licet serve`: the gate's worker processes, started, watched, started again when one dies, and stopped in order."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from licet.app.config import Config
from licet.app.gate import GRACE_SECONDS
from licet.app.telemetry import check

RESPAWN_SECONDS = 1.0
"""Least time between two starts of the same worker."""


@dataclass(slots=True)
class Place:
    """A worker's name, the socket that its process listens on, and that process."""

    name: str
    listener: socket.socket
    process: subprocess.Popen[bytes]
    started: float


class Supervisor:
    """Each worker has its own listening socket on the same address (SO_REUSEPORT, socket(7)).

    The sockets stay open here, so what a dead worker had not accepted yet waits for its successor.
    """

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = dict(environ)
        self._stopping = False
        self._places: list[Place] = []

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT. The exit status: 0, or 1 if a worker had to be killed."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._fresh_metrics())
        listeners = self._listen()
        self._places = [self._start(f"w{index + 1}", listener) for index, listener in enumerate(listeners)]
        print(f"licet: serving on http://{self._address(listeners[0])} with {len(listeners)} workers", flush=True)  # noqa: T201
        while not self._stopping:
            self._respawn()
            time.sleep(0.1)
        return self._end()

    def _listen(self) -> list[socket.socket]:
        """A listening socket for each worker. Raises `OSError` if anybody listens on the address already.

        The first is bound without SO_REUSEPORT, which fails next to any other socket, even one of another gate of the
        same user that would share the port; only then the address is opened to its siblings.
        """
        listen = self._config.listen
        port = listen.port
        listeners: list[socket.socket] = []
        for _ in range(self._config.workers):
            family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if listeners:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind((listen.host, port))
            listener.listen(2048)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            port = listener.getsockname()[1]
            listeners.append(listener)
        return listeners

    def _start(self, name: str, listener: socket.socket) -> Place:
        descriptor = listener.fileno()
        command = [sys.executable, "-m", "licet.app.gate", str(self._config.file), name, str(descriptor)]
        process = subprocess.Popen(command, pass_fds=[descriptor], env=self._environ, start_new_session=True)  # noqa: S603
        return Place(name, listener, process, time.monotonic())

    def _respawn(self) -> None:
        for index, place in enumerate(self._places):
            status = place.process.poll()
            if status is not None and time.monotonic() - place.started > RESPAWN_SECONDS:
                print(f"licet: worker {place.name} ended with status {status}; starting it again", file=sys.stderr)  # noqa: T201
                self._places[index] = self._start(place.name, place.listener)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> int:
        for place in self._places:
            place.listener.close()
            if place.process.poll() is None:
                place.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS + 5
        killed = 0
        for place in self._places:
            try:
                place.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                place.process.kill()
                killed = 1
        return killed

    def _fresh_metrics(self) -> Path:
        """The directory in which the workers' counters meet. Counters begin at zero with each start of the whole."""
        directory = self._config.state / "metrics"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(mode=0o700, parents=True)
        return directory

    @staticmethod
    def _address(listener: socket.socket) -> str:
        host, port = listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def serve(config: Config) -> int:
    """Serve until told to stop; the exit status. Raises `TelemetryMissing`, and `OSError` where it cannot listen."""
    check(config)
    return Supervisor(config, os.environ).run()
