"""Traces, as a collector gets them from a real gate: OTLP over HTTP, in protobuf."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

MakeWorld = Callable[..., Any]
CHAT = "/v1/chat/completions"
TRACE_ID, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector(ThreadingHTTPServer):
    """Takes what is exported, as bytes and as spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Take)
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()

    def spans(self) -> list[Span]:
        """All spans so far."""
        requests = [ExportTraceServiceRequest.FromString(body) for body in tuple(self.bodies)]
        return [s for r in requests for of in r.resource_spans for scope in of.scope_spans for s in scope.spans]


class Take(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append(gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body)
        self.server.paths.add(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that runs."""
    server = Collector()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def attributes(span: Span) -> dict[str, Any]:
    """A span's attributes as plain values."""
    found: dict[str, Any] = {}
    for each in span.attributes:
        kind = each.value.WhichOneof("value")
        value = getattr(each.value, kind)
        found[each.key] = tuple(item.string_value for item in value.values) if kind == "array_value" else value
    return found


def traced_world(make_world: MakeWorld, collector: Collector) -> tuple[Any, str]:
    """A gate that exports to the collector, and a key."""
    world = make_world(settings=f"telemetry: {{otlp_endpoint: 'http://127.0.0.1:{collector.server_port}'}}\n")
    text = world.model("open", "json") + world.model("secret", "json", "fallback: [open]")
    text += world.model("locked", "json") + world.model("bad", "garbage")
    world.enact(text + world.order("stop", "secret, locked", "not us_citizen"))
    world.start()
    return world, world.key("jean-of-the-traces", us_citizen=False)


def test_a_request_and_its_exchange_are_spans_of_the_callers_trace(make_world: MakeWorld, collector: Collector) -> None:
    world, key = traced_world(make_world, collector)
    body = {"model": "secret", "messages": [{"role": "user", "content": "my private words"}]}
    status, headers, _ = world.post(CHAT, body, key, traceparent=f"00-{TRACE_ID}-{PARENT}-01")
    assert status == 200
    world.wait_for(lambda: len(collector.spans()) == 2, 10)
    server, client = sorted(collector.spans(), key=lambda span: span.kind != Span.SPAN_KIND_SERVER)
    assert (server.name, client.kind) == (f"POST {CHAT}", Span.SPAN_KIND_CLIENT)
    assert server.trace_id.hex() == client.trace_id.hex() == TRACE_ID
    assert server.parent_span_id.hex() == PARENT and client.parent_span_id == server.span_id
    sent = dict(world.upstream.seen[-1].headers)
    assert sent["traceparent"] == f"00-{TRACE_ID}-{client.span_id.hex()}-01"
    assert attributes(server) == {
        "http.request.method": "POST",
        "http.route": CHAT,
        "url.path": CHAT,
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "server.address": "127.0.0.1",
        "server.port": world.port,
        "http.response.status_code": 200,
        "licet.decision": headers["licet-decision"],
        "licet.outcome": "substitute",
        "licet.epoch": 1,
        "licet.model.requested": "secret",
        "licet.model.served": "open",
        "licet.instruments": ("open-open", "stop"),
        "licet.end": "done",
    }
    assert attributes(client)["server.port"] == world.upstream.port
    assert attributes(client)["http.response.status_code"] == 200
    assert collector.paths == {"/v1/traces"}


def test_no_words_keys_or_people_are_exported(make_world: MakeWorld, collector: Collector) -> None:
    world, key = traced_world(make_world, collector)
    body = {"model": "open", "messages": [{"role": "user", "content": "my private words"}]}
    for path, model in ((CHAT, "open"), (CHAT, "locked"), (CHAT, "private-model"), ("/v1/private-path", "open")):
        world.post(path, body | {"model": model}, key, user_agent="private-agent")
    world.get("/v1/models/private-model", key)
    world.request("PRIVATE", CHAT, b"", key)
    world.stop()  # what waits is exported
    assert len(collector.spans()) >= 6
    exported = b"".join(collector.bodies)
    for secret in (b"private", key.encode(), key.split("_")[2].encode(), b"jean", b"upstream-secret", b"hello"):
        assert secret not in exported


def test_refusals_and_failures_have_their_status(make_world: MakeWorld, collector: Collector) -> None:
    world, key = traced_world(make_world, collector)
    for model in ("locked", "bad"):
        world.post(CHAT, {"model": model}, key)
    world.stop()
    refused, asked, failed = sorted(
        collector.spans(), key=lambda s: attributes(s).get("http.response.status_code", 500)
    )
    assert attributes(refused)["licet.outcome"] == "refuse" and attributes(refused)["licet.instruments"] == ("stop",)
    assert attributes(refused)["http.response.status_code"] == 451 and refused.status.code == Status.STATUS_CODE_UNSET
    assert attributes(asked)["error.type"] == "upstream_failed" and asked.status.code == Status.STATUS_CODE_ERROR
    assert attributes(failed)["http.response.status_code"] == 502 and failed.status.code == Status.STATUS_CODE_ERROR


def test_a_collector_that_is_away_holds_nobody_up(make_world: MakeWorld) -> None:
    world = make_world(settings="telemetry: {otlp_endpoint: 'http://127.0.0.1:1'}\n")
    world.enact(world.model("m", "json"))
    world.start()
    key = world.key("jean")
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    log = world.home / "log"
    world.wait_for(lambda: b"traces not exported" in log.read_bytes(), 20)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {line["level"] for line in lines if line["event"] == "traces not exported"} == {"warning"}
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200


def run(world: Any, before: str) -> subprocess.CompletedProcess[str]:
    """`licet serve` in a process that runs something before."""
    program = f"import sys; {before}; from licet.app.main import main; main()"
    command = [sys.executable, "-c", program, "--config", str(world.home / "licet.yaml"), "serve"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_must_be_installed_is_said_at_the_start(make_world: MakeWorld) -> None:
    """Python refuses to import a module whose entry in `sys.modules` is None, as if it were not installed."""
    world = make_world(settings="telemetry: {otlp_endpoint: 'http://127.0.0.1:1'}\n")
    found = run(world, "sys.modules['opentelemetry'] = None")
    assert found.returncode != 0 and "Traceback" not in found.stderr
    assert "install `licet[otel]`" in found.stderr and "`telemetry.otlp_endpoint`" in found.stderr


def test_nothing_of_it_is_imported_unless_it_is_configured() -> None:
    program = (
        "import sys, licet.app.gate, licet.app.serve; sys.exit(any(m.startswith('opentelemetry') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
