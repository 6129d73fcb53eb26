"""The commands of `licet incident`: each adds itself to the group."""

from __future__ import annotations

from licet.cli.incident import amend, assess, listing, open_incident, report

__all__ = ["amend", "assess", "listing", "open_incident", "report"]
