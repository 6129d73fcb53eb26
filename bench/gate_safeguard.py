"""What a safeguard costs at the gate: the same requests to the same upstream, with the embedded head before the model
and without, one after the other on one connection, interleaved. The head judges the request and the answer.
"""

from __future__ import annotations

import http.client
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

from bench.figures import goal, goals, percentile, table
from bench.licet_gate import LICET, licet
from bench.peers import CHAT, UPSTREAM, setup, start
from bench.servers import PROMPT, Target, running
from licet.gate.classifiers.embedded import shipped

PORT = 9923
ROUNDS, EACH, WARM = 12, 250, 300
SIZES = (1, 8, 40)
"""How often the prompt of about 70 characters stands in the request."""

WANTED = 2.0
"""Milliseconds that the safeguard may add to the median (the issue's goal)."""

CONFIGURATION = f"listen: 127.0.0.1:{PORT}\nworkers: 1\nofficers: 1\n"
LAW = """\
model: guarded
family: guarded
apis: [openai]
upstream: {{url: "http://127.0.0.1:{port}", name: {model}}}
---
release: guarded-for-all
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
models: [guarded]
to: true
---
safeguard: head
models: [guarded]
cascade: [{{classifier: {name}, version: "{version}", contract: embedded, flags_at: 1}}]
"""


class Cost(NamedTuple):
    """Milliseconds of a request of one size: the median and the 99th percentile, plain and guarded."""

    characters: int
    plain: tuple[float, float]
    guarded: tuple[float, float]

    @property
    def added(self) -> float:
        """What the safeguard adds to the median."""
        return self.guarded[0] - self.plain[0]


def run(say: Callable[[str], None]) -> str:
    """Measure, and the section for the results."""
    setup()
    with tempfile.TemporaryDirectory() as folder, gate(Path(folder)) as key:
        costs = [measured(key, size, say) for size in SIZES]
    rows = [
        (
            f"{cost.characters:,} characters",
            *(f"{value:.2f} ms" for value in (*cost.plain, *cost.guarded)),
            f"{cost.added:+.2f} ms",
        )
        for cost in costs
    ]
    head = ("request", "plain, median", "p99", "guarded, median", "p99", "added to the median")
    short = costs[0].added
    return "\n".join(
        (
            "## A safeguard at the gate",
            "The embedded head on request and answer; one connection, requests with it and without interleaved.",
            "",
            table(head, rows),
            "",
            goals([goal("added by the embedded safeguard", f"{WANTED:g} ms", f"{short:.2f} ms", short <= WANTED)]),
        )
    )


@contextmanager
def gate(folder: Path) -> Iterator[str]:
    """A gate before the upstream, which has the same model twice, once with the safeguard; a key."""
    home = folder / "licet"
    with running(UPSTREAM, start("upstream"), folder / "upstream.log"):
        made = licet(
            "--json", "init", "--upstream", f"http://127.0.0.1:{UPSTREAM.port}", "--model", UPSTREAM.model, home
        )
        key = str(json.loads(made)["key"])
        (home / "licet.yaml").write_text(CONFIGURATION)
        shown = shipped()
        law = LAW.format(port=UPSTREAM.port, model=UPSTREAM.model, name=shown.name, version=shown.version)
        (home / "law.yaml").write_text(law)
        config = ("--config", home / "licet.yaml")
        licet(*config, "enact", "--yes", home / "law.yaml")
        target = Target("Licet", PORT, CHAT, {"authorization": f"Bearer {key}"}, UPSTREAM.model)
        with running(target, [LICET, "--config", str(home / "licet.yaml"), "serve"], folder / "licet.log"):
            yield key


def measured(key: str, size: int, say: Callable[[str], None]) -> Cost:
    """Requests of one size, in rounds that alternate."""
    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    text = PROMPT * size
    times: dict[str, list[float]] = {UPSTREAM.model: [], "guarded": []}
    for model in times:
        for _ in range(WARM):
            asked(line, key, model, text)
    for _ in range(ROUNDS):
        for model, found in times.items():
            found.extend(asked(line, key, model, text) for _ in range(EACH))
    line.close()
    plain, guarded = (sorted(found) for found in times.values())
    cost = Cost(len(text), *((percentile(each, 0.5), percentile(each, 0.99)) for each in (plain, guarded)))
    say(f"{cost.characters} characters: {cost.plain[0]:.2f} ms plain, {cost.guarded[0]:.2f} ms guarded")
    return cost


def asked(line: http.client.HTTPConnection, key: str, model: str, text: str) -> float:
    """One request; the milliseconds until its answer was read."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": text}]})
    begun = perf_counter_ns()
    line.request("POST", CHAT, body, {"authorization": f"Bearer {key}", "content-type": "application/json"})
    answer = line.getresponse()
    content = answer.read()
    taken = (perf_counter_ns() - begun) / 1e6
    if answer.status != 200:
        raise RuntimeError(f"`{model}`: status {answer.status}: {content[:300]!r}")
    return taken
