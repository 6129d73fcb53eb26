"""Traces where the configuration asks for them; OpenTelemetry is imported only then."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from licet.app.config import Config
from licet.core.errors import LicetError
from licet.gate.ports import Traces

ADAPTER = "licet.adapters.otlp"


class TelemetryMissing(LicetError):
    """Traces are configured, and OpenTelemetry is not installed."""


class ClosableTraces(Traces, Protocol):
    """Traces that are exported from here."""

    def close(self) -> None:
        """Export what waits, and end. Blocks for some seconds at most."""


def traces_of(config: Config, worker: str, tell: Callable[..., None]) -> ClosableTraces | None:
    """Traces to the configured endpoint, or None. Raises `TelemetryMissing`."""
    check(config)
    if config.otlp_endpoint is None:
        return None
    return cast(ClosableTraces, import_module(ADAPTER).OtlpTraces(config.otlp_endpoint, worker, tell))


def check(config: Config) -> None:
    """Whether what the configuration asks for is installed. Raises `TelemetryMissing`."""
    if config.otlp_endpoint is None:
        return
    try:
        import_module(ADAPTER)
    except ImportError as error:
        raise TelemetryMissing(
            f"`telemetry.otlp_endpoint` is set in `{config.file}`, but OpenTelemetry is not installed"
            f" ({error}): install `licet[otel]`, or take the setting out"
        ) from error
