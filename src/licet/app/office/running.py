"""The office, run until it is told to stop: `licet office`."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from licet.adapters.listening import Ended, end_on_signals, listening, url_of
from licet.app.config import Config
from licet.app.office.parts import CONNECTIONS, Office, OfficeUnusable
from licet.app.office.setting import OfficeSettings


def run(config: Config, listener: socket.socket | None = None, ready: Callable[[str], None] | None = None) -> int:
    """Run the office until SIGTERM or SIGINT; 0. Without a listener it listens where the configuration says.

    `ready` is told the URL. Raises `OfficeUnusable`, `StoreUnavailable`.
    """
    made = Office(config, os.environ)
    _ = made.application
    end_on_signals()
    with suppress(Ended), listener or _listening(made.settings) as socket_:
        if ready is not None:
            ready(url_of(socket_))
        asyncio.run(made.serve(socket_))
    return 0


def _listening(settings: OfficeSettings) -> socket.socket:
    try:
        return listening(settings.listen.host, settings.listen.port, CONNECTIONS)
    except OSError as error:
        message = f"cannot listen on {settings.listen} ({error.strerror}): is another office running there?"
        raise OfficeUnusable(f"{message} Change `office.listen`, or end the other one") from error
