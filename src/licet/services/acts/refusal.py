"""Why an act is refused, split by whose fault it is: what it says, who does it, how it is signed."""

from __future__ import annotations

from licet.core.errors import LicetError


class ActRefused(LicetError):
    """What was to be done cannot be done, or not like this; the message says why and what is allowed."""


class NotPermitted(ActRefused):
    """This person may not do it, or somebody else has to; the message names the role or the person that is missing."""


class SignatureRefused(ActRefused):
    """What was signed is not this, or not by a key of this officer."""
