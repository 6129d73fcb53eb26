"""The certified npm `oidc-provider` as a process on loopback: the demonstration's, for the tests."""

from __future__ import annotations

from pathlib import Path

from licet.app.demo.identity_provider import NoProvider, OidcProvider, office_client
from licet.app.demo.identity_provider import installed as installed_from

__all__ = ["NoProvider", "OidcProvider", "installed", "office_client"]

SOURCE = Path(__file__).parents[2] / "scenarios" / "oidc-provider"


def installed() -> Path:
    """A folder with the provider and all that it needs. Raises `NoProvider`."""
    return installed_from(SOURCE)
