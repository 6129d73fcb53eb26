"""What is wrong with the files that a task is given."""

from __future__ import annotations

from licet.core.errors import LicetError


class EvalsRejected(LicetError):
    """A suite, an items file, a setup or a technique that no task runs with: the place, what is wrong, what to do."""
