"""The office of an installation, as others reach it."""

from __future__ import annotations

from licet.core.errors import LicetError


class OfficeUnusable(LicetError):
    """An office that cannot be reached, does not answer as it should, or does not do this; the message says which."""
