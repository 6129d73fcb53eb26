"""Why something about cases cannot be done. Of law that is not there: `licet.cases.law.LawMissing`."""

from __future__ import annotations

from licet.core.errors import LicetError


class CaseMissing(LicetError):
    """There is no such case, or nothing is left of it but what stays after its destruction."""
