"""Instants of cases for people: in the zone of the authority, with its offset, to the second."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def moment(at: datetime, zone: str | None) -> str:
    """An instant in a zone of the tz database; as it came, where no zone is known."""
    shown = at if zone is None else at.astimezone(ZoneInfo(zone))
    return shown.isoformat(timespec="seconds")
