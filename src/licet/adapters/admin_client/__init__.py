"""An installation behind the administration API of its office: read over HTTP, changed by acts that are signed here.

Nothing that the office says is signed unseen: the command line makes the content of an act itself, from what it read.
The office can still show something else than what is so; who does not trust it reads the public record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.adapters.admin_client.installation import RemoteInstallation
from licet.adapters.admin_client.wire import Wire

if TYPE_CHECKING:
    from licet.adapters.officer_key import OfficerSigner

__all__ = ["open_office"]


def open_office(url: str, signer: OfficerSigner) -> RemoteInstallation:
    """The installation of an office. Nobody is asked before something is needed. Raises `OfficeUnusable`."""
    return RemoteInstallation(Wire(url, signer))
