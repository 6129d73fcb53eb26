"""A worker does not outlive the process that started it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any

World = Any


def test_workers_end_when_their_supervisor_is_killed(make_world: Callable[..., World]) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "plain"))
    world.start()
    world.process.send_signal(signal.SIGKILL)
    world.process.wait(5)
    world.process = None

    def nobody_listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", world.port)) != 0

    world.wait_for(nobody_listens, 10)
    assert nobody_listens()
