"""Commands about the public record: publishing, sealing, serving, verifying."""

from __future__ import annotations

from licet.cli.record import serve  # noqa: F401
