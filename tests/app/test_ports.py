"""Two processes that test beside one another give no program a port that the other, or the system, gives to another."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.ports import FIRST, LAST, free_port

SYSTEMS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_port_is_given_twice_and_none_where_somebody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        given = [free_port() for _ in range(50)]
        assert taken.getsockname()[1] not in given
    assert len(set(given)) == 50
    assert all(FIRST <= port < LAST for port in given)


@pytest.mark.skipif(not SYSTEMS.exists(), reason="this system does not say which ports it gives")
def test_the_system_gives_none_of_them_to_whoever_asks_for_any() -> None:
    assert int(SYSTEMS.read_text().split()[0]) >= LAST
