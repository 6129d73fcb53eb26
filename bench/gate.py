"""The gate against its peers, in one run, interleaved: full speed, a constant rate, and many streams."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import licet_gate, peers
from bench.figures import goal, goals, table
from bench.load import Outcome, Streaming, constant_rate, full_speed, streams
from bench.servers import Server, running

Say = Callable[[str], None]

ROUNDS = 3
CONNECTIONS = (16, 64)
SECONDS = 5.0
STEADY_SECONDS = 6.0
STREAMS = 100
STREAM_SECONDS = 5.0
LICET = "Licet"
STEADY = {"LiteLLM": 50.0, "Portkey": 500.0}
"""Requests a second that these can hold; everything else gets `FULL_STEADY`."""
FULL_STEADY = 1000.0


class Loaded(NamedTuple):
    """One full-speed load of one server: what came back, and what it cost the server."""

    outcome: Outcome
    cpu: float
    memory: int


class Found(NamedTuple):
    """Everything that was measured of one server, round by round."""

    full: dict[int, list[Loaded]]
    steady: list[Outcome]
    streaming: list[Streaming]


def run(say: Say) -> str:
    """Measure; the section for the results."""
    peers.setup()
    found: dict[str, Found] = {}
    with tempfile.TemporaryDirectory(prefix="licet-bench-", dir=Path.cwd()) as folder:
        with everything(Path(folder) / "answering", peers.start("upstream"), say) as servers:
            answering(servers, found, say)
        with everything(Path(folder) / "streaming", peers.streaming_upstream(), say) as servers:
            streaming([server for server in servers if server.target.name != "Portkey"], found, say)
    return section(found)


@contextmanager
def everything(folder: Path, upstream: list[str], say: Say) -> Iterator[list[Server]]:
    """The upstream, Licet and the peers, all up at once so that rounds can be interleaved."""
    folder.mkdir()
    with ExitStack() as stack:
        servers = [stack.enter_context(running(peers.UPSTREAM, upstream, folder / "upstream.log"))]
        say("gate  starting Licet")
        servers.append(stack.enter_context(licet_gate.serving(LICET, folder)))
        for name, target in peers.targets().items():
            say(f"gate  starting {target.name}")
            servers.append(stack.enter_context(running(target, peers.start(name), folder / f"{name}.log")))
        yield servers


def answering(servers: list[Server], found: dict[str, Found], say: Say) -> None:
    """Whole answers: as fast as it goes, then at a constant rate."""
    for server in servers:
        full_speed(server.target, CONNECTIONS[0], 2.0)  # warm up
    for number in range(1, ROUNDS + 1):
        for server in servers:
            name = server.target.name
            of = found.setdefault(name, Found({each: [] for each in CONNECTIONS}, [], []))
            for connections in CONNECTIONS:
                loaded = load(server, connections)
                of.full[connections].append(loaded)
                say(f"gate  round {number}/{ROUNDS}  {name:24}  {connections:3} connections  {shown(loaded)}")
        for server in servers:
            name = server.target.name
            per_second = STEADY.get(name, FULL_STEADY)
            outcome = constant_rate(server.target, per_second, STEADY_SECONDS)
            found[name].steady.append(outcome)
            latency = f"p50 {ms(outcome.p50)} p99 {ms(outcome.p99)}"
            say(f"gate  round {number}/{ROUNDS}  {name:24}  {per_second:5.0f} requests/s   {latency}")


def load(server: Server, connections: int) -> Loaded:
    before = server.weigh()
    outcome = full_speed(server.target, connections, SECONDS)
    after = server.weigh()
    return Loaded(outcome, (after.cpu - before.cpu) / max(outcome.requests - outcome.failed, 1), after.memory)


def streaming(servers: list[Server], found: dict[str, Found], say: Say) -> None:
    """Many streams at a time, a token every 50 ms."""
    for number in range(1, ROUNDS + 1):
        for server in servers:
            name = server.target.name
            outcome = streams(server.target, STREAMS, STREAM_SECONDS)
            found[name].streaming.append(outcome)
            first = f"first token p50 {ms(outcome.first_p50)} p99 {ms(outcome.first_p99)}"
            say(f"gate  round {number}/{ROUNDS}  {name:24}  {STREAMS} streams  {first}  failed {outcome.failed}")


def section(found: dict[str, Found]) -> str:
    straight = found[peers.UPSTREAM.name]
    return f"""## The gate

One worker each, everything up at once, {ROUNDS} interleaved rounds; the middle one of each figure. Licet does all that
it does: checks the key, decides, and has the record on the disk before it answers. The peers do less: LiteLLM checks
one key, Portkey and TensorZero none, Envoy a token and one rule; none of them keeps a record. The upstream answers at
once, the load runs on the same cores. "Added" is the difference to the upstream asked directly, in the same run.

### As fast as it goes
`wrk -t1`, {SECONDS:.0f} s, a prompt of about 150 bytes. CPU is user and system of all of the server's processes; memory
counts shared pages in proportion.

{full_table(found)}

### At a constant rate
Requests leave at fixed instants, and latency counts from that instant. 1,000 a second, but {len(STEADY)} peers get what
they can hold.

{steady_table(found, straight)}

### Streaming
{STREAMS} streams at a time, 20 tokens each, one every 50 ms. Portkey does not stream on this Node.

{streaming_table(found, straight)}

### Goals
{goal_table(found, straight)}
"""


def full_table(found: dict[str, Found]) -> str:
    rows = []
    for connections in CONNECTIONS:
        straight = median(load.outcome.p50 for load in found[peers.UPSTREAM.name].full[connections])
        straight99 = median(load.outcome.p99 for load in found[peers.UPSTREAM.name].full[connections])
        for name, of in found.items():
            loads = of.full[connections]
            outcomes = [load.outcome for load in loads]
            rows.append(
                (
                    f"{name}, {connections} connections",
                    f"{rate(of, connections):,.0f}",
                    ms(median(each.p50 for each in outcomes) - straight),
                    ms(median(each.p99 for each in outcomes) - straight99),
                    f"{median(load.cpu for load in loads) * 1e6:,.0f} µs",
                    f"{median(load.memory for load in loads) / 2**20:,.0f} MiB",
                    str(sum(each.failed for each in outcomes)),
                )
            )
    return table(("", "requests/s", "added p50", "added p99", "CPU a request", "memory", "failed"), rows)


def steady_table(found: dict[str, Found], straight: Found) -> str:
    base50, base99 = (median(getattr(each, name) for each in straight.steady) for name in ("p50", "p99"))
    rows = [
        (
            name,
            f"{STEADY.get(name, FULL_STEADY):,.0f}/s",
            ms(median(each.p50 for each in of.steady)),
            ms(median(each.p99 for each in of.steady)),
            ms(median(each.p50 for each in of.steady) - base50),
            ms(median(each.p99 for each in of.steady) - base99),
            str(sum(each.failed for each in of.steady)),
        )
        for name, of in found.items()
    ]
    return table(("", "rate", "p50", "p99", "added p50", "added p99", "failed"), rows)


def streaming_table(found: dict[str, Found], straight: Found) -> str:
    names = ("first_p50", "first_p99", "gap_p50", "gap_p99")
    base = {name: median(getattr(each, name) for each in straight.streaming) for name in names}
    rows = []
    for name, of in found.items():
        if of.streaming:
            figures = {each: median(getattr(one, each) for one in of.streaming) for each in names}
            added = [ms(figures[each] - base[each]) for each in names]
            failed = str(sum(each.failed for each in of.streaming))
            rows.append((name, ms(figures["first_p50"]), *added, failed))
    head = ("", "first token p50", "added p50", "added p99", "between tokens, added p50", "added p99", "failed")
    return table(head, rows)


def goal_table(found: dict[str, Found], straight: Found) -> str:
    ours = found[LICET]
    ours_rate = max(rate(ours, each) for each in CONNECTIONS)
    cpu = min(median(load.cpu for load in ours.full[each]) for each in CONNECTIONS)
    added = median(each.p99 for each in ours.steady) - median(each.p99 for each in straight.steady)
    rows = [
        goal("requests/s on one worker", ">= 6,000", f"{ours_rate:,.0f}", ours_rate >= 6000),
        goal("CPU a request", "<= 150 µs", f"{cpu * 1e6:.0f} µs", cpu <= 150e-6),
        goal("added p99 at 1,000 requests/s", "<= 3 ms", ms(added), added <= 0.003),
    ]
    for name, wanted in (("LiteLLM", 50), ("Portkey", 5)):
        ratio = ours_rate / max(rate(found[name], each) for each in CONNECTIONS)
        rows.append(goal(f"rate against {name}'s", f">= {wanted} x", f"{ratio:.1f} x", ratio >= wanted))
    return goals(rows)


def rate(of: Found, connections: int) -> float:
    """Answers a second, failures not counted."""
    outcomes = [load.outcome for load in of.full[connections]]
    return median((each.requests - each.failed) / each.seconds for each in outcomes)


def median(figures: Iterator[float]) -> float:
    return statistics.median(figures)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def shown(loaded: Loaded) -> str:
    outcome = loaded.outcome
    failed = f"  {outcome.failed} failed" if outcome.failed else ""
    per_second = outcome.requests / outcome.seconds
    latency = f"p50 {ms(outcome.p50):>9}  p99 {ms(outcome.p99):>9}"
    return f"{per_second:9,.0f}/s  {latency}  {loaded.cpu * 1e6:6.0f} µs CPU{failed}"


if __name__ == "__main__":
    print(run(lambda line: print(line, file=sys.stderr, flush=True)))
