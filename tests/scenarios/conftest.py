"""Go's own code, as an oracle for the log that a scenario leaves."""

from tests.record.conftest import go

__all__ = ["go"]
