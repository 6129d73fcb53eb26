"""Forms: fields that several procedures share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from licet.core.cases.procedure import FieldRule


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A form in one version that never changes: what is asked, in which kind, of which class."""

    name: str
    title: str
    sources: tuple[str, ...]
    as_of: date
    fields: Mapping[str, FieldRule] = field(hash=False)
    digest: str
