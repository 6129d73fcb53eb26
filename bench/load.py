"""Loads: wrk at full speed, a constant rate, and many streams; each bounded, each with every failure counted."""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import subprocess
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import uvloop

from bench.figures import percentile
from bench.servers import Target

SCRIPT = Path(__file__).with_name("chat.lua")


class Outcome(NamedTuple):
    """What a load showed; seconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int


class Streaming(NamedTuple):
    """What many streams showed: time to the first token, and between two tokens; seconds."""

    streams: int
    first_p50: float
    first_p99: float
    gap_p50: float
    gap_p99: float
    failed: int


def full_speed(target: Target, connections: int, seconds: float) -> Outcome:
    """wrk with one thread, each connection asking again as soon as it is answered."""
    env = {
        "BENCH_PATH": target.path,
        "BENCH_BODY": target.body().decode(),
        "BENCH_HEADERS": "\n".join(
            f"{k}: {v}" for k, v in {"content-type": "application/json", **target.headers}.items()
        ),
    }
    address = f"http://127.0.0.1:{target.port}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", str(SCRIPT), address]
    done = subprocess.run(
        command, check=False, env={**os.environ, **env}, capture_output=True, text=True, timeout=seconds + 60
    )
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return Outcome(**json.loads(line.removeprefix("RESULT ")))
    raise RuntimeError(f"wrk on {target.name}: {done.stdout}{done.stderr}")


def constant_rate(target: Target, rate: float, seconds: float, connections: int = 64) -> Outcome:
    """Requests at fixed instants, whether or not earlier ones are answered; latency counts from the instant.

    So a server that stalls is charged for all who would have come meanwhile. The clock's resolution is that of
    `select`: microseconds.
    """
    request = target.request(target.body())
    free = [_connection(target) for _ in range(connections)]
    flying: dict[int, tuple[socket.socket, float, bytes]] = {}
    latencies: list[float] = []
    failed = sent = 0
    total = int(rate * seconds)
    with select.epoll() as ready:
        for connection in free:
            ready.register(connection, select.EPOLLIN)
        begin = perf_counter()
        while len(latencies) + failed < total and perf_counter() < begin + seconds + 10:
            now = perf_counter()
            while free and sent < total and (due := begin + sent / rate) <= now:
                connection = free.pop()
                connection.send(request)
                flying[connection.fileno()] = (connection, due, b"")
                sent += 1
            wait = begin + sent / rate - perf_counter() if free and sent < total else 0.1
            select.select([ready], [], [], max(wait, 0))
            for number, _ in ready.poll(0):
                if number not in flying:  # closed while nobody waited for an answer: its next request fails
                    ready.modify(number, 0)
                    continue
                connection, due, answer = flying.pop(number)
                answer += (more := _received(connection))
                if more and not _is_whole(answer):
                    flying[number] = (connection, due, answer)
                    continue
                if answer.startswith(b"HTTP/1.1 200"):
                    latencies.append(perf_counter() - due)
                else:
                    failed += 1
                if not more:
                    connection.close()
                    connection = _connection(target)
                    ready.register(connection, select.EPOLLIN)
                free.append(connection)
        elapsed = perf_counter() - begin
    for connection in [*free, *(each for each, _, _ in flying.values())]:
        connection.close()
    latencies.sort()
    return Outcome(sent, elapsed, percentile(latencies, 0.5), percentile(latencies, 0.99), failed + len(flying))


def _connection(target: Target) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", target.port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _received(connection: socket.socket) -> bytes:
    """What there is to read; nothing from a connection that broke."""
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def _is_whole(answer: bytes) -> bool:
    """Whether an answer is complete, by its length or its last chunk."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return body.endswith(b"0\r\n\r\n")


def streams(target: Target, concurrent: int, seconds: float) -> Streaming:
    """So many streams open at a time, begun at different instants, each followed by another until time is up."""
    return uvloop.run(_streams(target, concurrent, seconds))


async def _streams(target: Target, concurrent: int, seconds: float) -> Streaming:
    until = asyncio.get_running_loop().time() + seconds
    firsts: list[float] = []
    gaps: list[float] = []
    failures: list[str] = []

    async def follow(delay: float) -> None:
        await asyncio.sleep(delay)
        while asyncio.get_running_loop().time() < until:
            arrivals: list[float] = []
            with suppress(OSError, TimeoutError):
                arrivals = await asyncio.wait_for(_stream(target), timeout=30)
            if len(arrivals) < 3:
                failures.append(target.name)
                return
            firsts.append(arrivals[1] - arrivals[0])
            gaps.extend(later - earlier for earlier, later in pairwise(arrivals[1:]))

    await asyncio.gather(*[follow(number / concurrent) for number in range(concurrent)])
    firsts.sort()
    gaps.sort()
    return Streaming(
        len(firsts),
        percentile(firsts, 0.5),
        percentile(firsts, 0.99),
        percentile(gaps, 0.5),
        percentile(gaps, 0.99),
        len(failures),
    )


async def _stream(target: Target) -> list[float]:
    """One stream: when it was asked for, then when each token came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    arrivals = [perf_counter()]
    writer.write(target.request(target.body(stream=True)))
    tail = b""
    while b"[DONE]" not in tail:
        data = await reader.read(65536)
        if not data:
            break
        now = perf_counter()
        arrivals += [now] * data.count(b'"content":"tok') + [now] * data.count(b'"content": "tok')
        tail = tail[-16:] + data
    writer.close()
    return arrivals
