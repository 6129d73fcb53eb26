"""Commands about the public record: publishing, sealing, serving, verifying."""

from __future__ import annotations

from licet.cli.record import (
    correct,  # noqa: F401
    disclose,  # noqa: F401
    expire,  # noqa: F401
    hold,  # noqa: F401
    opening,  # noqa: F401
    publish,  # noqa: F401
    relock,  # noqa: F401
    seal,  # noqa: F401
    serve,  # noqa: F401
    status,  # noqa: F401
)
