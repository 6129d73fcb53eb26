"""Commands about the public record: publishing, sealing, serving, verifying."""

from __future__ import annotations

from licet.cli.record import (
    correct,  # noqa: F401
    opening,  # noqa: F401
    publish,  # noqa: F401
    relock,  # noqa: F401
    serve,  # noqa: F401
    status,  # noqa: F401
)
