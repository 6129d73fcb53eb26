"""`licet serve`: the gate's workers and the office, started, watched, started again when one dies, ended in order."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from licet.adapters.clock import SystemClock
from licet.adapters.countries import open_countries
from licet.adapters.listening import listening
from licet.adapters.store import open_store
from licet.app.config import Config
from licet.app.gate import GRACE_SECONDS
from licet.app.office.setting import OfficeSettings
from licet.app.telemetry import check
from licet.core.errors import LicetError

RESPAWN_SECONDS = 1.0
"""Least time between two starts of the same process."""

OFFICE_CONNECTIONS = 512
"""How many connections may wait for the office."""

OFFICE_NEEDS = ("starlette", "httpx", "jinja2")
"""Packages without which there is no office."""

CLOCKS_NEED = "holidays"
"""The package without which no clock of a case runs: then there are no cases either, or `serve` says that."""


@dataclass(slots=True)
class Place:
    """A process's name and its arguments after `python -m`, the socket that it listens on, and the process."""

    name: str
    module: tuple[str, ...]
    listener: socket.socket | None
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
        office = [self._listen_for_office(self._config.office)] if self._config.office is not None else []
        configuration = str(self._config.file)
        for index, listener in enumerate(listeners):
            name = f"w{index + 1}"
            self._places.append(self._start(name, ("licet.app.gate", configuration, name), listener))
        print(f"licet: serving on http://{self._address(listeners[0])} with {len(listeners)} workers", flush=True)  # noqa: T201
        for listener in office:
            self._places.append(self._start("office", ("licet.app.office", configuration), listener))
            print(f"licet: the office is at http://{self._address(listener)}", flush=True)  # noqa: T201
        if find_spec(CLOCKS_NEED) is not None:
            self._places.append(self._start("clocks", ("licet.app.clocks", configuration), None))
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

    @staticmethod
    def _listen_for_office(office: OfficeSettings) -> socket.socket:
        """The office's socket. Raises `OSError` that names the address."""
        try:
            return listening(office.listen.host, office.listen.port, OFFICE_CONNECTIONS)
        except OSError as error:
            raise OSError(error.errno, f"the office at {office.listen}: {error.strerror}") from error

    def _start(self, name: str, module: tuple[str, ...], listener: socket.socket | None) -> Place:
        descriptors = [] if listener is None else [listener.fileno()]
        command = [sys.executable, "-m", *module, *map(str, descriptors)]
        process = subprocess.Popen(command, pass_fds=descriptors, env=self._environ, start_new_session=True)  # noqa: S603
        return Place(name, module, listener, process, time.monotonic())

    def _respawn(self) -> None:
        for index, place in enumerate(self._places):
            status = place.process.poll()
            if status is not None and time.monotonic() - place.started > RESPAWN_SECONDS:
                who = place.name if place.name in ("office", "clocks") else f"worker {place.name}"
                print(f"licet: {who} ended with status {status}; starting it again", file=sys.stderr)  # noqa: T201
                self._places[index] = self._start(place.name, place.module, place.listener)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> int:
        for place in self._places:
            if place.listener is not None:
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


class ClocksMissing(LicetError):
    """There are cases whose clocks cannot run, or letters that cannot be sent: a part, or a secret, is not there."""


def check_clocks(config: Config, environ: Mapping[str, str]) -> None:
    """Raises `ClocksMissing` where clocks of cases would stand still and nobody would know."""
    mail = config.mail
    if mail is not None and mail.password_env is not None and not environ.get(mail.password_env):
        message = f"the environment has no `{mail.password_env}`, the password of `mail.user`"
        raise ClocksMissing(f"{message}: set it, or change `mail` in the configuration")
    if find_spec(CLOCKS_NEED) is None and _has_cases(config):
        raise ClocksMissing("there are cases, and their clocks are an extra: `pip install 'licet[cases]'`")


def _has_cases(config: Config) -> bool:
    with closing(open_store(config.state, SystemClock().now())) as store:
        return bool(store.case_rows(limit=1))


class OfficeMissing(LicetError):
    """The configuration asks for an office that cannot be: its parts, or a secret, are not there."""


def check_office(office: OfficeSettings, environ: Mapping[str, str]) -> None:
    """Raises `OfficeMissing` unless all that an office needs is there: it would be started again and again."""
    if any(find_spec(name) is None for name in OFFICE_NEEDS):
        raise OfficeMissing("the office (`office:`) is an extra: `pip install 'licet[office]'`, or remove the setting")
    for each in office.providers:
        if each.secret_env is not None and not environ.get(each.secret_env):
            message = f"the environment has no `{each.secret_env}`, the client secret for `{each.issuer}`"
            raise OfficeMissing(f"{message}: set it, or change `office.providers`")


def serve(config: Config) -> int:
    """Serve until told to stop; the exit status.

    Raises `TelemetryMissing`, `ClocksMissing`, `OfficeMissing`, `CountriesUnusable`, and `OSError` where it cannot
    listen.
    """
    check(config)
    check_clocks(config, os.environ)
    if config.circumstances.country is not None:
        open_countries(config.circumstances.country)
    if config.office is not None:
        check_office(config.office, os.environ)
    return Supervisor(config, os.environ).run()
