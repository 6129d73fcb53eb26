"""Why something of the record is refused: each with the place, split by what kind of fault it is."""

from __future__ import annotations

from licet.core.errors import LicetError


class RecordRefused(LicetError):
    """The root: something that does not verify. `place` is where in what was read, `why` what is wrong there."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


class Malformed(RecordRefused):
    """Bytes that are not spelled as their format says."""


class NotProven(RecordRefused):
    """Well-spelled, but the hashes do not fit together."""


class NotSigned(RecordRefused):
    """Well-spelled, but a signature that is needed is missing or wrong."""


class OutOfRange(RecordRefused):
    """A leaf, a size or a subtree that the tree in question does not have."""
