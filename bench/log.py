"""The log: durable appends at a constant rate through HTTP, and the verification of a million entries."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from bench.figures import goal, goals, table
from bench.load import Outcome, constant_rate
from bench.servers import Server, Target, running
from licet.adapters.log_key_file import make_key
from licet.adapters.tlog.log import FolderLog
from licet.adapters.tlog_reader import open_log
from licet.record.log.check import check_log
from licet.record.log.entries import Acknowledged, Enacted, Entry, JournalSegment, digest_of
from licet.record.log.entry_spelling import encode
from licet.record.signed.keys import KeyKind, NoteSigner
from licet.record.signed.policy import Policy, read_policy

PORT = 9930
ORIGIN = "licet.example/bench"
TOKEN = "only-for-this-measurement"
RATES = (1_000, 5_000)
"""Entries a second; the last one is the goal's."""
SECONDS = 10.0
CONNECTIONS = 400
MILLION = 1_000_000
BATCH = 100_000
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
LICET = str(Path(sys.executable).with_name("licet"))

Say = Callable[[str], None]


class EntryTarget(Target):
    """A log that takes entries, each an acknowledgement of about 100 bytes."""

    def body(self, **_: object) -> bytes:
        return encode(Acknowledged(1_000, "w1", AT))

    def request(self, body: bytes) -> bytes:
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"host: 127.0.0.1:{self.port}",
            f"authorization: Bearer {TOKEN}",
            "content-type: application/octet-stream",
            f"content-length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


class Appending(NamedTuple):
    """What a constant rate showed: latencies, CPU of the server as a share of one core, entries an append."""

    rate: int
    outcome: Outcome
    cpu: float


class Verifying(NamedTuple):
    """Seconds: to make the log, and to verify it with one process and with one a core; CPU of the former."""

    made: float
    alone: float
    alone_cpu: float
    together: float


def run(say: Say) -> str:
    """Measure; the section for the results."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        loads = list(appending(Path(folder), say))
        verifying = verification(Path(folder) / "million", say)
    return section(loads, verifying)


def appending(folder: Path, say: Say) -> Iterator[Appending]:
    """Appends at each rate, one after the other, to one log."""
    with serving(folder) as server:
        for rate in RATES:
            before, begin = server.weigh(), perf_counter()
            outcome = constant_rate(server.target, rate, SECONDS, CONNECTIONS)
            cpu = (server.weigh().cpu - before.cpu) / (perf_counter() - begin)
            say(
                f"log  {rate:5}/s  p50 {ms(outcome.p50)}  p99 {ms(outcome.p99)}  failed {outcome.failed}  CPU {cpu:.2f}"
            )
            yield Appending(rate, outcome, cpu)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """`licet record serve` with a token, on a new log."""
    state = folder / ".licet"
    signer = make_key(state / "record.key", ORIGIN, KeyKind.LOG, os.urandom)
    log_of(state, signer).create()
    (folder / "licet.yaml").write_text(f"record:\n  origin: {ORIGIN}\n")
    token = folder / "token"
    token.touch(0o600)
    token.write_text(TOKEN)
    listen = ("--listen", f"127.0.0.1:{PORT}", "--append-token-file", str(token))
    command = [LICET, "--config", str(folder / "licet.yaml"), "record", "serve", *listen]
    with running(EntryTarget("log", PORT, "/entries", {}, ""), command, folder / "log.log") as server:
        yield server


def verification(folder: Path, say: Say) -> Verifying:
    """A log of a million entries, made and verified: every tile, bundle, hash and spelling, the rules between them."""
    signer = make_key(folder / "record.key", ORIGIN, KeyKind.LOG, os.urandom)
    log = log_of(folder, signer)
    begin = perf_counter()
    log.create()
    for start in range(0, MILLION, BATCH):
        log.append([encode(entry(number)) for number in range(start, start + BATCH)])
    made = perf_counter() - begin
    policy = read_policy(f"log {signer.key}\nquorum none\n".encode())
    cpu, alone = process_time(), verified(folder / "record", policy, 1)
    cpu = process_time() - cpu
    together = verified(folder / "record", policy, os.cpu_count() or 1)
    say(f"log  {MILLION:,} entries  made in {made:.1f} s  verified in {alone:.1f} s, by all cores in {together:.1f} s")
    return Verifying(made, alone, cpu, together)


def verified(folder: Path, policy: Policy, processes: int) -> float:
    """Seconds for one verification, which must have read everything and found nothing."""
    log, begin = open_log(str(folder)), perf_counter()
    verdict = check_log(log.tiles, log.checkpoint(), policy, processes=processes)
    seconds = perf_counter() - begin
    assert verdict.accepted, verdict
    assert sum(verdict.types.values()) == MILLION, verdict
    return seconds


def entry(number: int) -> Entry:
    """What a large operator's log is full of: acknowledgements, and a sealed segment now and then."""
    at = AT + timedelta(seconds=number)
    if number == 0:
        return Enacted(1, AT, (), "founding", (), (), digest_of(b"rulebook"))
    if number % 10:
        return Acknowledged(1, f"w{number % 8}", at)
    root = sha256(str(number).encode())
    name, file = f"segment-{number}", digest_of(root.digest())
    return JournalSegment(name, "w1", f"{name}.parquet", at, at, 10_000, root.digest(), 1_000_000, file)


def log_of(state: Path, signer: NoteSigner) -> FolderLog:
    return FolderLog(state / "record", state / "record-lock", state / "record-staging", signer)


def section(loads: Sequence[Appending], verifying: Verifying) -> str:
    rows = [
        (
            f"{each.rate:,} entries/s",
            f"{each.outcome.requests - each.outcome.failed:,}",
            f"{each.outcome.failed}",
            ms(each.outcome.p50),
            ms(each.outcome.p99),
            f"{each.cpu:.2f}",
        )
        for each in loads
    ]
    last = loads[-1].outcome
    sustained = last.requests / last.seconds
    kept_up = not last.failed and sustained >= 0.98 * RATES[-1]
    fastest = min(verifying.alone, verifying.together)
    wanted = [
        goal("durable appends through HTTP", f">= {RATES[-1]:,}/s", f"{sustained:,.0f}/s", kept_up),
        goal("their p99", "< 50 ms", ms(last.p99), last.p99 < 0.050),
        goal("verification of 1 million entries", "<= 5 s", f"{fastest:.1f} s", fastest <= 5),
    ]
    return f"""## The log

`licet record serve` takes entries of {len(encode(entry(1)))} bytes with `POST /entries`, each a request of its own,
over {CONNECTIONS} connections, and answers when the entry is durable and its checkpoint signed and published; without
witnesses. Entries leave at fixed instants for {SECONDS:.0f} s, and latency counts from that instant. CPU is the
server's, in cores.

{table(("load", "appended", "failed", "p50", "p99", "CPU"), rows)}

A log of {MILLION:,} entries (one enactment, {MILLION * 9 // 10:,} acknowledgements, {MILLION // 10 - 1:,} sealed
segments) was made in batches of {BATCH:,} in {verifying.made:.1f} s, and verified as a whole, as `licet verify` does:
every tile and bundle, every hash, the spelling of every entry, and what ties entries together. One process took
{verifying.alone:.1f} s ({verifying.alone_cpu:.1f} s of CPU), one a core ({os.cpu_count()}) {verifying.together:.1f} s.
The goal is measured with the faster of the two.

{goals(wanted)}
"""


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
