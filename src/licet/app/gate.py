"""One worker of the gate, put together from its configuration and run until it is told to stop."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import os
import secrets
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

import uvicorn

from licet.adapters.clock import ScenarioClock, SystemClock, monotonic
from licet.adapters.control import ControlRefused, ControlServer
from licet.adapters.countries import open_countries
from licet.adapters.handover import found, take_back
from licet.adapters.journal import JournalWriter, open_journal
from licet.adapters.journal_repair import Finding, Torn, repair
from licet.adapters.key_sets import KeySets
from licet.adapters.log import Log
from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.adapters.secret import read_secret
from licet.adapters.store import SqlStore, open_store
from licet.adapters.workers import LocalWorkers
from licet.app.config import Config, load
from licet.app.setting import ClockKind
from licet.app.supervised import end_with_supervisor
from licet.app.telemetry import traces_of
from licet.core.rulebook import Rulebook
from licet.engines.timeline import Timeline
from licet.gate.application import Gate
from licet.gate.callers import Callers
from licet.gate.circumstances import Circumstances
from licet.gate.classifiers.making import classifiers
from licet.gate.flight import Flights
from licet.gate.inviting import Inviting
from licet.gate.meters import Meters
from licet.gate.naming import Naming
from licet.gate.parts import Parts
from licet.gate.pushing import Pushing
from licet.gate.reading import Reader
from licet.gate.refusal import Pages
from licet.gate.relay import Relay
from licet.gate.safeguard.cascade import Cascades
from licet.gate.server import StrictProtocol
from licet.gate.shadow import Place
from licet.gate.shadow_lease import Lease
from licet.gate.sweep import Sweep
from licet.gate.tokens import Tokens
from licet.gate.upstream import Upstreams
from licet.gate.watch import Refreshed, Watch
from licet.services.admit import admit
from licet.services.identity.carriers.admission import Admitting, admit_token
from licet.services.identity.carriers.invitation import seal_invitation
from licet.services.ports import StoreUnavailable
from licet.services.rulebooks import in_force
from licet.services.shadow import Asked, drafted

GRACE_SECONDS = 20
"""How long open answers may take to finish after the worker was told to stop."""

FETCHING = 4
"""Threads in which key sets are fetched, beside those that look callers up: an issuer that hangs holds up nobody."""

PUSH_SECONDS = 1.0
"""How long a worker waits for the others to act on what it attested; they see it by themselves soon after."""

GARBAGE = (20_000, 20, 50)
"""Requests leave hardly any cycles behind; looking for them less often saves a third of the CPU time (measured)."""


class Worker:
    """Everything that one worker holds. Made inside its event loop, because the journal belongs to that."""

    def __init__(self, config: Config, name: str, environ: Mapping[str, str]) -> None:
        self.config = config
        self.name = name
        self.clock = ScenarioClock(config.clock_from) if config.clock is ClockKind.SCENARIO else SystemClock()
        self.log = Log(SystemClock().now, name, least=config.log_level)
        self.store: SqlStore = open_store(config.state, self.clock.now())
        self.journal = self._journal()
        pepper = read_secret(config.state)
        pages = Pages(config.public_url, config.verify, config.appeal, inviting(config, pepper))
        self.flights = Flights()
        naming = Naming(PseudonymKeys(config.state, pepper).current)
        self.fetching = ThreadPoolExecutor(FETCHING, "key-sets")
        tokens = self._tokens(pepper)
        self.callers = Callers(partial(admit, self.store), asyncio.to_thread, pepper, naming, tokens)
        reader = Reader(self.store, partial(in_force, self.store), Timeline, self.clock, environ, naming.renew)
        self.watch = Watch(
            reader, self.callers, self.flights, self.clock, monotonic, pages, config.max_rulebook_age, self.log
        )
        tokens.changed = self.watch.keys_changed
        self.upstreams = Upstreams(ssl.create_default_context(), config.limits.connect_seconds, monotonic)
        self.meters = Meters(name, environ.get("PROMETHEUS_MULTIPROC_DIR"))
        self.sweep = Sweep(self.flights, monotonic, lambda: self.meters.observe(self.watch, self.flights))
        relay = Relay(self.upstreams, config.limits, monotonic)
        self.traces = traces_of(config, name, self.log)
        self.shadows = self._shadows(name)
        self.cascades = Cascades(classifiers(self.upstreams, environ, new_ids(name + "-classifier")), self.log)
        self.parts = Parts(
            self.watch,
            self.callers,
            self.flights,
            relay,
            self.journal,
            self.clock,
            monotonic,
            new_ids(name),
            config.limits,
            pages,
            self.meters,
            self.log,
            self.traces,
            self.place,
            circumstances(config),
            self.cascades,
        )
        self.control = self._control()
        self._tasks: list[asyncio.Task[None]] = []

    def _control(self) -> ControlServer:
        """What other processes of this machine can ask of the worker."""
        handlers = {
            "refresh": self._refresh,
            "status": self._status,
            "clock": self._set_clock,
            "shadow": self.shadows.handle,
        }
        about = {"listen": str(self.config.listen), "clock": self.config.clock.value}
        return ControlServer(self.config.state / "workers" / f"{self.name}.sock", handlers, about=about)

    def _journal(self) -> JournalWriter:
        """A file of its own in the journal, once what a crash left of others is repaired."""
        folder, now = self.config.state / "journal", SystemClock().now()
        for finding in repair(folder, now):
            torn = isinstance(finding, Torn)
            level = "warning" if torn else "error"
            self.log("journal repaired" if torn else "journal damaged", level=level, **told(finding))
        return open_journal(folder, self.name, now)

    def _tokens(self, secret: bytes) -> Tokens:
        """Admission by tokens. What it attests of those who were here before, every worker hears of at once."""
        workers = LocalWorkers(self.config.state / "workers")
        pushing = Pushing(lambda: asyncio.to_thread(workers.push, timeout=PUSH_SECONDS))
        admitting = Admitting(self.store, secret, secrets.token_bytes, pushing)
        fetch = partial(asyncio.get_running_loop().run_in_executor, self.fetching)
        return Tokens(partial(admit_token, admitting), KeySets(monotonic), asyncio.to_thread, fetch)

    def _shadows(self, name: str) -> Lease:
        """Drafts beside the rulebook: they are handed over as files beside the control sockets."""
        folder = self.config.state / "workers"

        def read(epoch: int, asked: Asked) -> Rulebook:
            return drafted(self.store, epoch, asked, found(folder, asked.id))

        self.place = Place()
        discard = partial(take_back, folder)
        watch, flights, clock = self.watch, self.flights, self.clock
        return Lease(name, self.place, watch, flights, read, discard, Timeline, clock, monotonic, self.log)

    async def start(self) -> None:
        """Be reachable for pushes first, then load the store, so that nothing enacted in between is missed."""
        await self.control.start()
        with contextlib.suppress(StoreUnavailable):
            await self.watch.refresh()
        self._tasks = [asyncio.create_task(self.watch.run()), asyncio.create_task(self.sweep.run())]
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        self.log("worker started", listen=str(self.config.listen), pid=os.getpid())

    async def stop(self) -> None:
        """Sign off, and close the journal in order."""
        await self.control.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.fetching.shutdown(wait=False, cancel_futures=True)
        self.cascades.close()
        self.upstreams.close()
        await self.journal.close(SystemClock().now())
        self.store.close()
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)
        self.log("worker stopped")

    async def _refresh(self, _request: Mapping[str, object]) -> Mapping[str, object]:
        return self._acknowledge(await self._refreshed())

    async def _refreshed(self) -> Refreshed:
        try:
            return await self.watch.refresh()
        except StoreUnavailable as error:
            raise ControlRefused(str(error)) from error

    def _acknowledge(self, refreshed: Refreshed) -> Mapping[str, object]:
        return {"worker": self.name, **refreshed._asdict()}

    async def _set_clock(self, request: Mapping[str, object]) -> Mapping[str, object]:
        if not isinstance(self.clock, ScenarioClock):
            raise ControlRefused("this worker goes by the system's clock (`clock: system`)")
        try:
            self.clock.set(datetime.fromisoformat(str(request.get("at"))))
        except ValueError as error:
            raise ControlRefused(f"`at` is not an instant with an offset: {error}") from error
        try:
            return self._acknowledge(await self.watch.clock_was_set())
        except StoreUnavailable as error:
            raise ControlRefused(str(error)) from error

    async def _status(self, _request: Mapping[str, object]) -> Mapping[str, object]:
        enforced = self.watch.enforced
        return {
            "worker": self.name,
            "pid": os.getpid(),
            "epoch": None if enforced is None else enforced.rulebook.epoch,
            "rulebook": None if enforced is None else enforced.rulebook.digest,
            "age": None if enforced is None else round(self.watch.age, 3),
            "open": len(self.flights),
            "cut": self.watch.cut_total,
            "clock": self.clock.now().isoformat(),
            "journal": self.journal.writable,
            "shadow": self.shadows.told,
            "safeguards": [] if enforced is None else sorted(enforced.rulebook.safeguards),
        }


def inviting(config: Config, secret: bytes) -> Inviting:
    """Invitations to the office, where there is one."""
    if config.office is None:
        return Inviting()
    return Inviting(config.office.public_url, partial(seal_invitation, secret, random_bytes=secrets.token_bytes))


def circumstances(config: Config) -> Circumstances:
    """What is observed of requests. Raises `CountriesUnusable`."""
    settings = config.circumstances
    return Circumstances(None if settings.country is None else open_countries(settings.country), settings.proxies)


def told(finding: Finding) -> dict[str, object]:
    """What repair found, as members of a line of the log."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(finding).items()}


def new_ids(worker: str) -> Callable[[], str]:
    """Names for decisions: unlike those of any other worker and start, and in order."""
    start = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    numbers = count(1)
    return lambda: f"{worker}-{start}-{next(numbers)}"


def application(config: Config, name: str, environ: Mapping[str, str]) -> Callable[..., object]:
    """The ASGI application of one worker. What it holds is made when the server starts it, inside its loop."""
    worker: list[Gate] = []

    async def run(scope: object, receive: object, send: object) -> None:
        if not worker:
            made = Worker(config, name, environ)
            worker.append(Gate(made.parts, made.start, made.stop))
        await worker[0](scope, receive, send)  # type: ignore[arg-type]

    return run


def serve_on(config: Config, name: str, listener: socket.socket, environ: Mapping[str, str]) -> None:
    """Serve on a socket that listens already, until SIGTERM or SIGINT; open answers may finish."""
    server = uvicorn.Server(
        uvicorn.Config(
            application(config, name, environ),
            http=partial(StrictProtocol, limits=config.limits),  # type: ignore[arg-type]
            loop="uvloop",
            ws="none",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.run(sockets=[listener])


def main() -> None:
    """What `licet serve` starts for each worker: `python -m licet.app.gate <configuration> <name> <descriptor>`."""
    path, name, descriptor = sys.argv[1:4]
    end_with_supervisor()
    listener = socket.socket(fileno=int(descriptor))
    serve_on(load(Path(path)), name, listener, os.environ)


if __name__ == "__main__":
    main()
