"""The commands of the group `licet case`: importing this adds them all."""

from __future__ import annotations

from licet.cli.cases import (
    acting,  # noqa: F401
    appealing,  # noqa: F401
    built_in,  # noqa: F401
    deciding,  # noqa: F401
    destroying,  # noqa: F401
    export,  # noqa: F401
    instruments,  # noqa: F401
    opening,  # noqa: F401
    queue,  # noqa: F401
    showing,  # noqa: F401
)
