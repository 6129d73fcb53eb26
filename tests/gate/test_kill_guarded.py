"""What a safeguard said is in the journal before the first byte of the answer, through sudden deaths of a worker."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.gate.classifying import SECRET, ClassifierServer
from tests.gate.test_kill import Received, _no_worker_is_left, born, dead, installed, listening, nursery, upstream

from licet.adapters.journal_reader import read
from licet.adapters.journal_repair import repair
from licet.core.decision import Outcome
from licet.wire.journal import Damage, DecisionRecord, Led

assert callable(_no_worker_is_left)
ROUNDS = 8
CLIENTS = 8
GUARDED = """
model: {name}
family: f
apis: [openai]
upstream: {{url: 'http://127.0.0.1:{port}'}}
{more}
---
release: open-{name}
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
models: [{name}]
to: true
---
"""
SAFEGUARD = """
safeguard: word
models: [guarded, alone]
on: [request]
cascade:
  - {{classifier: words, version: '7', contract: openai-moderation, flags_at: 0.9, url: 'http://127.0.0.1:{port}'}}
"""
EXPECTED = {
    ("guarded", False): (200, Outcome.SERVE, "guarded", Led.CLEARED),
    ("guarded", True): (200, Outcome.SUBSTITUTE, "m", Led.FLAGGED),
    ("alone", False): (200, Outcome.SERVE, "alone", Led.CLEARED),
    ("alone", True): (403, Outcome.REFUSE, None, Led.FLAGGED),
}
"""By the model and whether the request has what is flagged: status, outcome, what serves, what the journal says."""


@dataclass
class Told:
    """What the clients received: the ids of the answers, and of each whom it asked, whether flagged, and its status."""

    lives: Received = field(default_factory=Received)
    answers: dict[str, tuple[str, bool, int]] = field(default_factory=dict)


async def test_whatever_was_received_is_recorded_with_what_the_safeguard_said(tmp_path: Path) -> None:
    told, chance, classifier = Told(), random.Random(6), ClassifierServer()
    classifier.start()
    async with upstream() as port:
        key = guarded(tmp_path, port, classifier.port)
        with listening() as listener, nursery(tmp_path, listener) as mother:
            address = listener.getsockname()[1]
            asked = [(model, flagged) for model in ("guarded", "alone") for flagged in (True, False)]
            clients = [asyncio.create_task(asks(address, key, *asked[n % 4], told)) for n in range(CLIENTS)]
            for life in range(1, ROUNDS + 1):
                worker = await born(mother)
                await told.lives.from_life(life, 4)
                await asyncio.sleep(chance.uniform(0, 0.05))
                os.kill(worker, signal.SIGKILL)
                await dead(worker)
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
    await asyncio.to_thread(repair, tmp_path / ".licet/journal", datetime.now(UTC))
    check(tmp_path / ".licet/journal", told)


def check(folder: Path, told: Told) -> None:
    """Every answer has its decision, with classifier, version, threshold, and what they led to; and never a text."""
    found = [entry for _, entry in read(folder)]
    assert not any(isinstance(entry, Damage) for entry in found)
    decided = {entry.id: entry for entry in found if isinstance(entry, DecisionRecord)}
    assert {each[:2] for each in told.answers.values()} == set(EXPECTED)
    for id_, (model, flagged, status) in told.answers.items():
        record, expected = decided[id_], EXPECTED[model, flagged]
        (said,) = record.safeguards
        assert (status, record.outcome, record.served, said.led) == expected
        assert (said.safeguard, said.classifier, said.version, said.threshold) == ("word", "words", "7", "0.9")
    assert not any(SECRET.encode() in path.read_bytes() for path in folder.iterdir())


def guarded(folder: Path, port: int, classifier: int) -> str:
    """An installation with two guarded models, of which one has a fallback; the key."""
    key = installed(folder, port)
    text = GUARDED.format(name="guarded", port=port, more="fallback: [m]")
    text += GUARDED.format(name="alone", port=port, more="")
    (folder / "guarded.yaml").write_text(text + SAFEGUARD.format(port=classifier))
    licet = [str(Path(sys.executable).with_name("licet")), "--json"]
    enact = subprocess.run([*licet, "enact", "--yes", "guarded.yaml"], capture_output=True, cwd=folder, check=False)
    approve = ["approve", json.loads(enact.stdout)["proposal"], "--actor", "another", "--yes"]
    subprocess.run([*licet, *approve], check=True, capture_output=True, cwd=folder)
    return key


async def asks(port: int, key: str, model: str, flagged: bool, told: Told) -> None:
    """One client that asks the same again and again, and connects again whenever the gate is gone."""
    content = f"what is {SECRET}?" if flagged else "hi"
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": content}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer {key}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    writer.write(head.encode() + body)
                    answer = await reader.readuntil(b"\r\n\r\n")
                    id_ = re.search(rb"licet-decision: (\S+)", answer)
                    length = re.search(rb"content-length: (\d+)", answer)
                    assert id_ is not None
                    assert length is not None
                    told.answers[id_[1].decode()] = (model, flagged, int(answer[9:12]))
                    told.lives.add(id_[1].decode())
                    await reader.readexactly(int(length[1]))
            finally:
                writer.close()
        await asyncio.sleep(0.001)
