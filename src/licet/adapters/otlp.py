"""Traces by OpenTelemetry, exported as OTLP over HTTP from a thread. Needs the extra `otel`.

Attributes as in OpenTelemetry's semantic conventions for HTTP. Nothing that a caller wrote is among them: no body, no
header, no query, and a path only if it is one of the gate's own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv.attributes import (
    error_attributes,
    http_attributes,
    network_attributes,
    server_attributes,
    url_attributes,
)
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

PATH = "/v1/traces"
"""Where a collector takes traces, below its base URL (OTLP/HTTP)."""

EXPORT_SECONDS = 5
DELAY_MILLISECONDS = 1_000

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"))
OTHER_METHOD = "_OTHER"

_propagator = TraceContextTextMapPropagator()


class OtlpTraces:
    """The gate's `Traces` port. `tell` writes a line of the log when traces cannot be exported."""

    def __init__(self, endpoint: str, worker: str, tell: Callable[..., None]) -> None:
        url = endpoint if endpoint.endswith(PATH) else endpoint + PATH
        resource = Resource.create({"service.name": "licet", "service.instance.id": worker})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=url, timeout=EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=DELAY_MILLISECONDS))
        self._tracer = self._provider.get_tracer("licet")
        _told_by(tell)

    def begin(self, method: str, route: str | None, server: tuple[str, int] | None, parent: str | None) -> OtlpTrace:
        """See the port."""
        return OtlpTrace(self._tracer, method if method in METHODS else OTHER_METHOD, route, server, parent)

    def close(self) -> None:
        """Export what waits, for at most `EXPORT_SECONDS`, and end. Blocks."""
        self._provider.force_flush(EXPORT_SECONDS * 1_000)
        self._provider.shutdown()


class OtlpTrace:
    """The gate's `Trace` port: a server span, and below it a client span for the exchange with the upstream."""

    def __init__(
        self, tracer: Tracer, method: str, route: str | None, server: tuple[str, int] | None, parent: str | None
    ) -> None:
        above = Context() if parent is None else _propagator.extract({"traceparent": parent}, Context())
        attributes: dict[str, str | int] = {
            http_attributes.HTTP_REQUEST_METHOD: method,
            url_attributes.URL_SCHEME: "http",
            network_attributes.NETWORK_PROTOCOL_VERSION: "1.1",
        }
        if route is not None:
            attributes[http_attributes.HTTP_ROUTE] = attributes[url_attributes.URL_PATH] = route
        if server is not None:
            attributes[server_attributes.SERVER_ADDRESS], attributes[server_attributes.SERVER_PORT] = server
        shown = "HTTP" if method == OTHER_METHOD else method
        name = shown if route is None else f"{shown} {route}"
        self._tracer = tracer
        self._span = tracer.start_span(name, above, SpanKind.SERVER, attributes)
        self._asking: Span | None = None

    def note(self, name: str, value: str | int | tuple[str, ...]) -> None:
        """See the port."""
        self._span.set_attribute(name, value)

    def ask(self, host: str, port: int, path: str) -> str:
        """See the port."""
        attributes: dict[str, str | int] = {
            http_attributes.HTTP_REQUEST_METHOD: "POST",
            server_attributes.SERVER_ADDRESS: host,
            server_attributes.SERVER_PORT: port,
            url_attributes.URL_PATH: path,
            network_attributes.NETWORK_PROTOCOL_VERSION: "1.1",
        }
        context = set_span_in_context(self._span, Context())
        self._asking = self._tracer.start_span("POST", context, SpanKind.CLIENT, attributes)
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, set_span_in_context(self._asking, Context()))
        return carrier["traceparent"]

    def answered(self, status: int | None, error: str | None) -> None:
        """See the port."""
        if self._asking is not None:
            _finish(self._asking, status, error, 400)

    def end(self, status: int | None) -> None:
        """See the port."""
        _finish(self._span, status, None, 500)


def _finish(span: Span, status: int | None, error: str | None, wrong_from: int) -> None:
    """End a span; an answer is an error from 500 for who answered it, and from 400 for who asked (the conventions)."""
    if status is not None:
        span.set_attribute(http_attributes.HTTP_RESPONSE_STATUS_CODE, status)
        if error is None and status >= wrong_from:
            error = str(status)
    if error is not None:
        span.set_attribute(error_attributes.ERROR_TYPE, error)
        span.set_status(StatusCode.ERROR)
    span.end()


class _Handler(logging.Handler):
    """What OpenTelemetry logs, as lines of ours."""

    def __init__(self, tell: Callable[..., None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell("traces not exported", level="warning", error=record.getMessage()[:500])


def _told_by(tell: Callable[..., None]) -> None:
    logger = logging.getLogger("opentelemetry")
    logger.handlers = [_Handler(tell)]
    logger.propagate = False
