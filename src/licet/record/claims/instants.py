"""Instants a while before and after others, within the calendar: what a log or a disclosure says may be at its ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


def earlier(at: datetime, by: timedelta) -> datetime:
    """The instant so much (not negative) before another, at the earliest the calendar's first."""
    return at - by if at - BEGINNING >= by else BEGINNING


def later(at: datetime, by: timedelta) -> datetime:
    """The instant so much (not negative) after another, at the latest the calendar's last."""
    return at + by if END - at >= by else END
