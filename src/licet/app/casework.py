"""What working on cases takes, as an installation is set up."""

from __future__ import annotations

from licet.app.config import Config
from licet.services.cases.ports import Calendars, Casework


def casework_of(config: Config, calendars: Calendars) -> Casework:
    """Tables of working days, and what letters say, where `mail` is set."""
    mail = config.mail
    return Casework(calendars) if mail is None else Casework(calendars, mail.look_at, mail.officers)
