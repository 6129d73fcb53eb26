"""How fast somebody is out on every worker, with the answers that are open: whom an organisation pushes out, and whose
credential is revoked.

`licet serve` with two workers and an office; the answers of everybody stream, bystanders' too. What is measured is wall
time, from before the change is sent until the last open answer of whom it concerns has ended.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from bench.figures import goal, goals, percentile, table
from bench.licet_gate import LICET, licet
from bench.servers import Target, running
from licet.adapters.secret import read_secret
from licet.adapters.store import SqlStore, open_store
from licet.adapters.workers import LocalWorkers
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.core.facts import UNKNOWN, Value
from licet.services import keys

CHAT = "/v1/chat/completions"
WORKERS = 2
EACH = 12
"""Subjects that lose access, one after the other, in each of the two ways."""

STREAMS = 6
"""Open answers of each; connections fall on the workers at random."""

BYSTANDERS = 12
GATE, OFFICE, MODEL = 9921, 9922, "mock-model"
PAUSE = 0.1
"""Seconds between two events of a streamed answer."""

ACME, CARDS, LIST = "acme", "https://cards.bench.test", "https://cards.bench.test/statuses/1"
EVENT = b'data: {"object": "chat.completion.chunk", "model": "mock-model", "choices": []}\n\n'
CONFIGURATION = f"""\
listen: 127.0.0.1:{GATE}
workers: {WORKERS}
officers: 1
office: {{listen: '127.0.0.1:{OFFICE}'}}
"""
LAW = f"""\
trust: acme-members
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: {ACME}
carriers: [scim]
facts: {{org: {{claim: userType, only: [acme.example]}}}}
---
trust: cards
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: {CARDS}
carriers: [sd-jwt-vc]
types: [card]
algorithms: [ES256]
keys: {{url: "{CARDS}/jwks"}}
facts: {{lpr: {{claim: lpr}}}}
---
order: members-and-residents
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
models: [mock-model]
forbids: not lpr and org != "acme.example"
"""


class Place(NamedTuple):
    """An installation that runs: the gate's port and the office's, its store, the token of an organisation."""

    gate: int
    office: int
    state: Path
    store: SqlStore
    token: str


class Somebody(NamedTuple):
    """A caller: the subject, the key, and for whom an organisation pushed the member's ID."""

    subject: str
    key: str
    member: str = ""


class Out(NamedTuple):
    """How long it took: until the change was answered, and until the last open answer had ended."""

    answered: float
    ended: float
    served: int
    """Requests that were made after that and served nevertheless."""


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    found, cut = asyncio.run(_measured(say))
    return _section(found, cut)


async def _measured(say: Callable[[str], None]) -> tuple[dict[str, list[Out]], int]:
    async with _upstream() as port, _place(port) as place:
        members = [await _pushed(place, number) for number in range(EACH)]
        cards = [_shown(place, f"card-{number}") for number in range(EACH)]
        beside = [_shown(place, f"beside-{number}") for number in range(BYSTANDERS)]
        going_on = [await Answer.open(place.gate, each.key) for each in beside]
        found = {
            "pushed out by SCIM": [await _out(place, each, _push_out) for each in members],
            "a credential is revoked": [await _out(place, each, _revoke) for each in cards],
        }
        cut = sum(each.ended is not None for each in going_on)
        for answer in going_on:
            answer.stop()
    for what, outs in found.items():
        say(f"{what}: at most {max(each.ended for each in outs) * 1e3:.0f} ms; bystanders cut: {cut}")
    return found, cut


async def _out(place: Place, who: Somebody, change: Callable[[Place, Somebody], Awaitable[None]]) -> Out:
    """Open somebody's answers, take their access away, and see when the last one ends."""
    answers = [await Answer.open(place.gate, who.key) for _ in range(STREAMS)]
    begun = monotonic()
    await change(place, who)
    answered = monotonic() - begun
    served = sum([await _status(place.gate, who.key) == 200 for _ in range(2 * WORKERS)])
    async with asyncio.timeout(30):
        await asyncio.gather(*(each.over() for each in answers))
    return Out(answered, max(each.ended or begun for each in answers) - begun, served)


async def _push_out(place: Place, who: Somebody) -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    status, _ = await _scim(place, "PATCH", f"/Users/{who.member}", body)
    assert status == 200, status


async def _revoke(place: Place, who: Somebody) -> None:
    """What follows once the office has read a status list that says so (`services.identity.carriers.statuses`)."""

    def withdrawn() -> None:
        place.store.attest([_word(who.subject, UNKNOWN)], actor="status lists", at=datetime.now(UTC))
        LocalWorkers(place.state / "workers").push(timeout=5)

    await asyncio.to_thread(withdrawn)


def _word(subject: str, value: Value) -> Attestation:
    """What the issuer of cards says of somebody, by a credential with a status."""
    now, status = datetime.now(UTC), StatusReference(LIST, 1)
    return Attestation(
        subject, "lpr", value, CARDS, "presentation", "low", now, None, "", Carrier.SD_JWT_VC, "sha256:00", status
    )


async def _pushed(place: Place, number: int) -> Somebody:
    """A new member, and a key of theirs."""
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": f"user-{number}",
        "externalId": str(number),
        "active": True,
        "userType": "acme.example",
    }
    status, answer = await _scim(place, "POST", "/Users", body)
    assert status == 201, answer
    member = place.store.member(ACME, answer["id"])
    assert member is not None
    return Somebody(member.subject, _key(place, member.subject), member.id)


def _shown(place: Place, subject: str) -> Somebody:
    """Somebody who showed a card."""
    now = datetime.now(UTC)
    place.store.add_subject(subject, "person", actor="bench", at=now)
    place.store.attest([_word(subject, True)], actor="office", at=now)
    return Somebody(subject, _key(place, subject))


def _key(place: Place, subject: str) -> str:
    pepper, now = read_secret(place.state), datetime.now(UTC)
    return keys.create(place.store, subject, actor="bench", now=now, pepper=pepper, random_bytes=secrets.token_bytes)[1]


class Answer:
    """An answer that streams. `ended` is the instant at which it was over."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))
        self.ended: float | None = None

    @classmethod
    async def open(cls, port: int, key: str) -> Answer:
        """Ask, and come back when the first event is there."""
        reader, writer = await _sent(port, "POST", CHAT, key, {"model": MODEL, "stream": True, "messages": []})
        found = await asyncio.wait_for(reader.readuntil(b"data: "), 30)
        assert b" 200 " in found.split(b"\r\n", 1)[0], found
        return cls(reader, writer)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while await reader.read(65_536):
                pass
        self.ended = monotonic()

    async def over(self) -> None:
        """Wait for its end."""
        await self._reading
        self._writer.close()

    def stop(self) -> None:
        """Read no further."""
        self._reading.cancel()
        self._writer.close()


async def _sent(
    port: int, method: str, path: str, key: str, body: object
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request on a connection of its own."""
    data = json.dumps(body).encode()
    kind = "application/json" if path == CHAT else "application/scim+json"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\n"
    writer.write(f"{head}content-type: {kind}\r\nconnection: close\r\ncontent-length: {len(data)}\r\n\r\n".encode())
    writer.write(data)
    return reader, writer


async def _asked(port: int, method: str, path: str, key: str, body: object) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    reader, writer = await _sent(port, method, path, key, body)
    found = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    head, _, answer = found.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), answer


async def _status(port: int, key: str) -> int:
    return (await _asked(port, "POST", CHAT, key, {"model": MODEL, "messages": []}))[0]


async def _scim(place: Place, method: str, path: str, body: object) -> tuple[int, Any]:
    status, answer = await _asked(place.office, method, f"/scim/v2{path}", place.token, body)
    return status, json.loads(answer)


@asynccontextmanager
async def _upstream() -> AsyncIterator[int]:
    """A model API whose streams have no end; its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if not json.loads(await reader.readexactly(length)).get("stream"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")
                writer.write(json.dumps({"object": "chat.completion", "model": MODEL, "choices": []}).encode())
            else:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
                while not writer.is_closing():
                    writer.write(EVENT)
                    await writer.drain()
                    await asyncio.sleep(PAUSE)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


@asynccontextmanager
async def _place(upstream: int) -> AsyncIterator[Place]:
    """`licet serve` with two workers and an office, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "licet"
        key, token = await asyncio.to_thread(_installed, home, upstream)
        target = Target("licet", GATE, CHAT, {"authorization": f"Bearer {key}"}, MODEL)
        command = [LICET, "--config", str(home / "licet.yaml"), "serve"]
        serving = running(target, command, Path(folder) / "licet.log")
        await asyncio.to_thread(serving.__enter__)
        try:
            with closing(open_store(home / ".licet", datetime.now(UTC))) as store:
                now = datetime.now(UTC)
                until = now + timedelta(hours=1)
                store.confirm_status(LIST, digest="sha256:00", until=until, actor="status lists", at=now)
                yield Place(GATE, OFFICE, home / ".licet", store, token)
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)


def _installed(home: Path, upstream: int) -> tuple[str, str]:
    """An installation with its law; the key of its first subject, and the token of the organisation."""
    made = licet("--json", "init", "--upstream", f"http://127.0.0.1:{upstream}", "--model", MODEL, home)
    (home / "licet.yaml").write_text(CONFIGURATION)
    (home / "law.yaml").write_text(LAW)
    (home / "people.csv").write_text("subject,kind,lpr\nfirst,person,true\n")
    config = ("--config", home / "licet.yaml")
    licet(*config, "enact", "--yes", home / "law.yaml")
    licet(*config, "subjects", "import", home / "people.csv")
    return json.loads(made)["key"], json.loads(licet(*config, "--json", "scim", "create", ACME))["token"]


def _section(found: dict[str, list[Out]], cut: int) -> str:
    """Markdown."""
    rows = [
        (
            what,
            *(f"{percentile(sorted(each.ended for each in outs), part) * 1e3:.0f} ms" for part in (0.5, 1.0)),
            f"{max(each.answered for each in outs) * 1e3:.0f} ms",
            str(sum(each.served for each in outs)),
        )
        for what, outs in found.items()
    ]
    last = max(each.ended for outs in found.values() for each in outs)
    served = sum(each.served for outs in found.values() for each in outs)
    return "\n\n".join(
        (
            "## Out on every worker",
            (
                f"`licet serve` with {WORKERS} workers and an office. {EACH} subjects a row, one after the other, each"
                f" with {STREAMS} answers open; {BYSTANDERS} answers of others run on beside. Wall time from before the"
                f" change is sent until the last answer had ended; then each asks {2 * WORKERS} times more."
            ),
            table(
                (
                    "who is taken out",
                    "last answer ended, median",
                    "at most",
                    "change answered, at most",
                    "served after",
                ),
                rows,
            ),
            f"Answers of bystanders that ended: {cut} of {BYSTANDERS}.",
            goals(
                (
                    goal(
                        "out on all workers, open streams included",
                        "<= 1 s",
                        f"{last * 1e3:.0f} ms",
                        last <= 1 and not served and not cut,
                    ),
                )
            ),
        )
    )
