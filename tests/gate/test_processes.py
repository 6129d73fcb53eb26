"""How a gate stops, and that no two gates share an address."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"


def streaming(world: World, key: str, count: int) -> list[bytearray]:
    """Open streams in threads; what each got so far."""
    found = [bytearray() for _ in range(count)]
    body = json.dumps({"model": "m", "stream": True}).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
    request = f"{head}connection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body

    def read(into: bytearray) -> None:
        with socket.create_connection(("127.0.0.1", world.port), timeout=30) as connection:
            connection.sendall(request)
            while part := connection.recv(65536):
                into += part

    for each in found:
        threading.Thread(target=read, args=(each,), daemon=True).start()
    world.wait_for(lambda: all(b"data: " in each for each in found))
    return found


def test_a_stop_lets_open_answers_finish_and_takes_no_new_ones(make_world: MakeWorld) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "stream-60"))  # 1.8 s
    world.start()
    found = streaming(world, world.key("jean"), 6)
    world.process.send_signal(signal.SIGTERM)

    def refuses() -> bool:
        try:
            socket.create_connection(("127.0.0.1", world.port), timeout=5).close()
        except ConnectionRefusedError:
            return True
        return False

    world.wait_for(refuses, 5)
    assert not any(b"[DONE]" in each for each in found), "the streams were over before the gate refused connections"
    assert world.process.wait(25) == 0
    world.process = None
    world.wait_for(lambda: all(each.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n") for each in found), 5)
    assert [end.how for end in world.journal()[1]] == ["done"] * 6


def test_connections_spread_over_all_workers(make_world: MakeWorld) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "stream-60"))
    world.start()
    streaming(world, world.key("jean"), 24)
    assert all(status["open"] >= 2 for status in world.workers.status(timeout=2))


@pytest.mark.parametrize(("first", "second"), [(2, 2), (1, 2), (2, 1)])
def test_a_second_gate_on_the_same_port_is_refused(make_world: MakeWorld, first: int, second: int) -> None:
    world, other = make_world(workers=first), make_world(workers=second)
    world.enact(world.model("m", "json"))
    world.start()
    configuration = other.home / "licet.yaml"
    configuration.write_text(f"listen: 127.0.0.1:{world.port}\nworkers: {second}\n")
    command = [sys.executable, "-m", "licet.app.main", "--config", str(configuration), "serve"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert found.returncode != 0 and "Traceback" not in found.stderr
    assert f"cannot serve on 127.0.0.1:{world.port} (Address already in use)" in found.stderr
    assert "is another gate running there?" in found.stderr
    key = world.key("jean")
    assert {world.post(CHAT, {"model": "m"}, key)[0] for _ in range(10)} == {200}


def test_a_gate_starts_again_on_the_port_that_it_just_left(make_world: MakeWorld) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "json"))
    key = world.key("jean")
    for _ in range(2):
        world.start()
        assert world.post(CHAT, {"model": "m"}, key)[0] == 200
        world.stop()
