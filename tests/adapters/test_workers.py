"""The push, between real processes: who has it, who is silent, who is gone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.control import LARGEST_LINE, ControlRefused, ControlServer, address, birth
from licet.adapters.workers import LocalWorkers
from licet.services.ports import Ack, Gone, Silence

WORKER = """
    import asyncio, sys
    from pathlib import Path
    from licet.adapters.control import ControlServer

    async def main():
        path = Path(sys.argv[1])
        pushes = 0

        async def refresh(request):
            nonlocal pushes
            pushes += 1
            return {"worker": path.stem, "epoch": pushes, "rulebook": "r", "cut": 3, "seconds": 0.001}

        async def status(request):
            return {"worker": path.stem, "epoch": pushes}

        server = ControlServer(path, {"refresh": refresh, "status": status}, about={"listen": "127.0.0.1:0"})
        await server.start()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await server.close()

    asyncio.run(main())
"""

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where workers register."""
    return tmp_path / "state" / "workers"


@pytest.fixture
def start(directory: Path) -> Iterator[Start]:
    """Starts a worker process and waits until it is registered."""
    started: list[subprocess.Popen[str]] = []

    def go(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", textwrap.dedent(WORKER), str(directory / f"{name}.sock")]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield go
    for process in started:
        process.kill()
        process.communicate()


def test_a_push_reaches_every_worker(directory: Path, start: Start) -> None:
    start("w1"), start("w2")
    workers = LocalWorkers(directory)
    assert workers.push(timeout=10) == (Ack("w1", 1, "r", 3, 0.001), Ack("w2", 1, "r", 3, 0.001))
    assert workers.push(timeout=10) == (Ack("w1", 2, "r", 3, 0.001), Ack("w2", 2, "r", 3, 0.001))
    assert workers.status(timeout=10) == ({"worker": "w1", "epoch": 2}, {"worker": "w2", "epoch": 2})


def test_without_workers_nobody_is_waited_for(directory: Path) -> None:
    assert LocalWorkers(directory).push(timeout=10) == ()


def test_a_worker_that_is_stopped_is_named_and_the_others_have_it(directory: Path, start: Start) -> None:
    stopped, _ = start("w1"), start("w2")
    stopped.send_signal(signal.SIGSTOP)
    silent, ack = LocalWorkers(directory).push(timeout=0.5)
    assert silent == Silence("w1", f"its process {stopped.pid} runs and did not answer in time")
    assert ack == Ack("w2", 1, "r", 3, 0.001)
    stopped.send_signal(signal.SIGCONT)
    assert [answer.worker for answer in LocalWorkers(directory).push(timeout=10) if isinstance(answer, Ack)] == [
        "w1",
        "w2",
    ]


def test_a_worker_that_was_killed_is_gone_and_its_files_are_removed(directory: Path, start: Start) -> None:
    killed, _ = start("w1"), start("w2")
    killed.kill()
    workers = LocalWorkers(directory)
    assert workers.push(timeout=10) == (Gone("w1", killed.pid), Ack("w2", 1, "r", 3, 0.001))
    assert sorted(path.name for path in directory.iterdir()) == ["w2.json", "w2.sock"]
    assert workers.push(timeout=10) == (Ack("w2", 2, "r", 3, 0.001),)


def test_a_worker_that_is_killed_while_it_is_asked_is_gone(directory: Path, start: Start) -> None:
    killed = start("w1")
    killed.send_signal(signal.SIGSTOP)
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {killed.pid}"])
    assert LocalWorkers(directory).push(timeout=30) == (Gone("w1", killed.pid),)
    killer.wait()


def test_a_worker_that_ends_in_order_signs_off(directory: Path, start: Start) -> None:
    start("w1").communicate("end\n", timeout=10)
    assert list(directory.iterdir()) == []
    assert LocalWorkers(directory).push(timeout=10) == ()


def test_a_later_process_with_the_same_number_is_not_taken_for_the_worker(directory: Path, start: Start) -> None:
    killed = start("w1")
    killed.kill()
    killed.wait()
    registration = json.loads((directory / "w1.json").read_bytes())
    registration["pid"] = os.getpid()
    (directory / "w1.json").write_text(json.dumps(registration))
    assert LocalWorkers(directory).push(timeout=10) == (Gone("w1", os.getpid()),)


def test_a_worker_whose_socket_is_lost_is_named(directory: Path, start: Start) -> None:
    process = start("w1")
    (directory / "w1.sock").unlink()
    (answer,) = LocalWorkers(directory).push(timeout=10)
    assert answer == Silence("w1", f"its process {process.pid} runs and cannot be reached: No such file or directory")


def test_a_registration_that_cannot_be_read_is_named(directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "w1.json").write_text("{")
    (answer,) = LocalWorkers(directory).push(timeout=10)
    assert isinstance(answer, Silence)
    assert "cannot be read" in answer.why


def test_only_the_owner_can_reach_a_worker(directory: Path, start: Start) -> None:
    start("w1")
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()} == {
        "w1.sock": 0o600,
        "w1.json": 0o600,
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_another_user_is_not_heard(directory: Path, tmp_path: Path, start: Start) -> None:
    start("w1")
    path = directory / "w1.sock"
    path.chmod(0o777)
    script = f"""
        import os, socket
        there = socket.socket(socket.AF_UNIX)
        handle = os.open({str(directory)!r}, os.O_RDONLY)
        os.setgid(65534); os.setuid(65534)
        os.fchdir(handle)
        there.connect("w1.sock")
        try:
            there.sendall(b'{{"do":"status"}}' + bytes([10]))
            print(there.recv(99))
        except (ConnectionResetError, BrokenPipeError):
            print("hung up")
    """
    for each in (directory, directory.parent):
        each.chmod(0o755)
    command = [sys.executable, "-c", textwrap.dedent(script)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stdout in ("b''\n", "hung up\n"), result.stderr
    assert LocalWorkers(directory).status(timeout=10) == ({"worker": "w1", "epoch": 0},)


Reply = Mapping[str, object]


async def ask(path: Path, *lines: bytes) -> list[Reply]:
    """What a server answers to lines on one connection, until it hangs up."""
    with address(path) as name:
        reader, writer = await asyncio.open_unix_connection(name)
    writer.write(b"".join(lines))
    writer.write_eof()
    answers = [json.loads(line) async for line in reader]
    writer.close()
    return answers


async def test_what_is_no_request_is_answered_with_an_error(directory: Path) -> None:
    async def refused(request: Mapping[str, object]) -> Reply:
        raise ControlRefused("the clock is the system's")

    async def broken(request: Mapping[str, object]) -> Reply:
        return {"never": 1 // 0}

    server = ControlServer(directory / "w1.sock", {"clock": refused, "refresh": broken})
    await server.start()
    path = directory / "w1.sock"
    lines = (b'{"do":"clock"}\n', b'{"do":"refresh"}\n', b'{"do":"dance"}\n', b"{}\n", b"[]\n", b"{\n")
    errors = [str(answer["error"]) for answer in await ask(path, *lines)]
    assert errors[:3] == [
        "the clock is the system's",
        "it failed: ZeroDivisionError: integer division or modulo by zero",
        "`dance` is not a request; there are clock, refresh",
    ]
    assert len(errors) == len(lines)
    (long,) = await ask(path, b'{"do":"' + b"x" * (2 * LARGEST_LINE) + b'"}\n')
    assert "longer than" in str(long["error"])
    assert await ask(path, b"") == []
    silences = await asyncio.to_thread(LocalWorkers(directory).set_clock, datetime.now(UTC), timeout=10)
    assert silences == (Silence("w1", "the clock is the system's"),)
    await server.close()


async def test_an_answer_that_is_no_acknowledgement_is_silence(directory: Path) -> None:
    async def vague(request: Mapping[str, object]) -> Reply:
        return {"epoch": "four"}

    server = ControlServer(directory / "w1.sock", {"refresh": vague})
    await server.start()
    (answer,) = await asyncio.to_thread(LocalWorkers(directory).push, timeout=10)
    assert isinstance(answer, Silence)
    assert answer.why.startswith("it answered something else")
    await server.close()


async def test_two_requests_never_overtake_each_other(directory: Path) -> None:
    log: list[str] = []

    async def refresh(request: Mapping[str, object]) -> Reply:
        log.append("begin")
        await asyncio.sleep(0.02)
        log.append("end")
        return {}

    server = ControlServer(directory / "w1.sock", {"refresh": refresh})
    await server.start()
    await asyncio.gather(*(ask(directory / "w1.sock", b'{"do":"refresh"}\n') for _ in range(5)))
    assert log == ["begin", "end"] * 5
    await server.close()


async def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    async def status(request: Mapping[str, object]) -> Reply:
        return {"fine": True}

    directory = tmp_path / ("long" * 40) / "workers"
    server = ControlServer(directory / "w1.sock", {"status": status})
    await server.start()
    assert await asyncio.to_thread(LocalWorkers(directory).status, timeout=10) == ({"fine": True, "worker": "w1"},)
    await server.close()


def test_a_process_has_a_birth_until_it_has_ended() -> None:
    process = subprocess.Popen(["sleep", "60"])
    assert birth(process.pid) is not None
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert birth(process.pid) is None, "a process that nobody has buried yet has ended"
    process.wait()
    assert birth(process.pid) is None


@pytest.mark.parametrize("name", ["w1", "w1.json", ".sock", "a b.sock"])
def test_a_worker_needs_a_plain_name(directory: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"is not `<worker>\.sock`"):
        ControlServer(directory / name, {})
