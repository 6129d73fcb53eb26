"""Why the public does not see something: for each class of fields the reason and the law it rests on, as dated data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from licet.core.cases.procedure import Secrecy


@dataclass(frozen=True, slots=True)
class Ground:
    """Why fields of one class are withheld. `why` is a clause that stands where the field would."""

    secrecy: Secrecy
    title: str
    why: str
    sources: tuple[str, ...]
    as_of: date

    @property
    def said(self) -> str:
        """The reason with its sources, as it stands in the public version."""
        return f"{self.why} ({'; '.join(self.sources)})"
