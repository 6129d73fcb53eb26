"""Everything that the office holds, put together from its configuration, and served on a socket."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, partial

import httpx
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from licet.adapters.clock import SystemClock, monotonic
from licet.adapters.key_sets import KeySets
from licet.adapters.listening import served, url_of
from licet.adapters.log import Log
from licet.adapters.secret import read_secret
from licet.adapters.status_lists import HttpStatusLists
from licet.adapters.store import SqlStore, open_store
from licet.adapters.workers import LocalWorkers
from licet.app.config import Config
from licet.app.office.administering import admin_parts, admin_routes
from licet.app.office.setting import OfficeSettings, ProviderSettings
from licet.app.office.status_watch import watch_statuses
from licet.app.office.verifying import verify_routes
from licet.app.setting import ClockKind
from licet.core.errors import LicetError
from licet.office.admin.parts import AdminParts
from licet.office.application import Manner, office
from licet.office.law import Law
from licet.office.peers import Peers
from licet.office.rate import Rate
from licet.office.scim.routes import ScimParts
from licet.office.scim.routes import routes as scim_routes
from licet.office.sessions import Tokens
from licet.office.sign_in.identifying import Identifying
from licet.office.sign_in.metadata import Provider
from licet.office.sign_in.provider_client import ProviderClient
from licet.office.sign_in.relying_party import RelyingParty
from licet.office.sign_in.routes import SignInParts, sign_in_at
from licet.office.sign_in.routes import routes as sign_in_routes
from licet.services.identity.carriers.statuses import Statuses, StatusWorld
from licet.services.identity.organisations.member_words import Membership
from licet.services.ports import Clock, StoreUnavailable, Workers

CONNECTIONS = 512
"""How many connections may be open; whoever comes then is answered with 503."""

STOP_SECONDS = 10
"""How long answers may take once it was told to end."""

CLOCK_TIMEOUT = 2.0


class OfficeUnusable(LicetError):
    """The office cannot be run as it is set; the message says what to change."""


class GateClock:
    """`services.ports.Clock`: a scenario's clock, of which the gate's workers know what it shows."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def now(self) -> datetime:
        """See the port; the system's time while no worker answers."""
        for answer in self._workers.status(timeout=CLOCK_TIMEOUT):
            if isinstance(answer, dict) and isinstance(answer.get("clock"), str):
                return datetime.fromisoformat(str(answer["clock"])).astimezone(UTC)
        return SystemClock().now()


class Office:
    """Everything that the office holds. `clock` is the gate's; what others issue is judged by the system's."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        if config.office is None:
            raise OfficeUnusable(f"there is no office in `{config.file}`: add `office: {{}}`, and set what it needs")
        self.config = config
        self.settings: OfficeSettings = config.office
        self.environ = environ
        self.log = Log(SystemClock().now, "office", least=config.log_level)
        self.secret = read_secret(config.state)
        self.store: SqlStore = open_store(config.state, SystemClock().now())
        self.workers: Workers = LocalWorkers(config.state / "workers")
        self.clock: Clock = GateClock(self.workers) if config.clock is ClockKind.SCENARIO else SystemClock()
        self.wall: Clock = SystemClock()
        self.law = Law(self.store)
        self._http: httpx.AsyncClient | None = None

    @cached_property
    def key_sets(self) -> KeySets:
        """The keys of issuers."""
        return KeySets(monotonic)

    @cached_property
    def statuses(self) -> Statuses:
        """The status lists in use."""
        world = StatusWorld(
            self.store,
            self.workers,
            HttpStatusLists(self.config.state),
            self.key_sets.found,
            self.clock,
            lambda now: self.law.rulebook().trusts(now),
            monotonic,
            self.log,
        )
        return Statuses(world, every=self.settings.status_seconds)

    @cached_property
    def application(self) -> ASGIApp:
        """The office as an ASGI application."""
        rate = Rate(self.settings.rate.per_second, self.settings.rate.burst, monotonic)
        peers = Peers(self.config.circumstances.proxies)
        return office(self.routes(), Manner(self.settings.public_url, rate, self.log, self.is_well, peers))

    def routes(self) -> list[BaseRoute]:
        """The routes of all parts."""
        return [
            *sign_in_routes(self.sign_in),
            *self.verifying(),
            *scim_routes(self.scim),
            *admin_routes(self.admin, self.relying_party, self.identifying),
        ]

    @cached_property
    def scim(self) -> ScimParts:
        """What organisations that push their members need."""
        world = Membership(
            self.store, self.workers, self.secret, self.law.rulebook, self.clock.now, random_bytes, monotonic
        )
        return ScimParts(world, self.settings.public_url)

    @cached_property
    def admin(self) -> AdminParts:
        """The administration, for the programs and the browsers of officers."""
        return admin_parts(
            self.config,
            self.store,
            self.workers,
            self.clock,
            self.secret,
            public_url=self.settings.public_url,
            tokens=self.tokens,
            random_bytes=random_bytes,
        )

    def verifying(self) -> list[BaseRoute]:
        """The routes by which people verify themselves, and wallets answer."""
        return verify_routes(
            self.config.state,
            self.secret,
            self.store,
            self.workers,
            self.law.rulebook,
            self.key_sets.found,
            self.statuses,
            clock=self.clock,
            wall=self.wall,
            public_url=self.settings.public_url,
            sign_in=partial(sign_in_at, self.relying_party),
            random_bytes=random_bytes,
            link=self.settings.wallet.link,
            encrypted=self.settings.wallet.encrypt,
        )

    @cached_property
    def tokens(self) -> Tokens:
        """What only our own pages know, until this process ends."""
        return Tokens(random_bytes(32))

    @cached_property
    def identifying(self) -> Identifying:
        """Reads what providers sign."""
        return Identifying(self.law.rulebook, self.key_sets.found, self.clock, self.wall)

    @cached_property
    def relying_party(self) -> RelyingParty:
        """The office as a client of identity providers."""
        self._http = httpx.AsyncClient(trust_env=False, follow_redirects=False, verify=ssl.create_default_context())
        return RelyingParty(
            [provider(each, self.environ) for each in self.settings.providers],
            ProviderClient(self._http, monotonic),
            public_url=self.settings.public_url,
            random_bytes=random_bytes,
            monotonic=monotonic,
            tell=self.log,
        )

    @cached_property
    def sign_in(self) -> SignInParts:
        """What signing in needs."""
        return SignInParts(
            self.relying_party,
            self.identifying,
            self.store,
            self.workers,
            self.secret,
            self.tokens,
            self.settings.public_url,
            random_bytes,
            monotonic,
            self.log,
        )

    def is_well(self) -> bool:
        """Whether the store answers."""
        try:
            self.store.head()
        except StoreUnavailable:
            return False
        return True

    async def serve(self, listener: socket.socket) -> None:
        """Serve on a socket that listens, until a signal."""
        self.log("office started", listen=url_of(listener), pid=os.getpid())
        watching = asyncio.create_task(watch_statuses(self.statuses, self.wall, self.settings.status_seconds, self.log))
        try:
            await served(self.application, CONNECTIONS, STOP_SECONDS).serve(sockets=[listener])
        finally:
            watching.cancel()
            await self.close()
            self.log("office stopped")

    async def close(self) -> None:
        """Let go of the store and of connections."""
        if self._http is not None:
            await self._http.aclose()
        self.store.close()


def provider(settings: ProviderSettings, environ: Mapping[str, str]) -> Provider:
    """A provider with its secret from the environment. Raises `OfficeUnusable` if that is not there."""
    secret = None
    if settings.secret_env is not None:
        secret = environ.get(settings.secret_env)
        if not secret:
            message = f"the environment has no `{settings.secret_env}`, the client secret for `{settings.issuer}`"
            raise OfficeUnusable(f"{message}: set it, or change `office.providers`")
    return Provider(settings.issuer, settings.client_id, secret, settings.scopes, settings.title)


def random_bytes(count: int) -> bytes:
    """So many bytes that nobody can guess."""
    return secrets.token_bytes(count)
