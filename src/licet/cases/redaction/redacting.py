"""The redaction of one case while it goes on: what is known so far, and what stands where something is withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licet.cases.secrets import Secrets
from licet.cases.withholding import Classes
from licet.core.cases.case import Case
from licet.core.cases.grounds import Ground
from licet.core.cases.procedure import Secrecy

Tree = dict[str, Any]


@dataclass(slots=True)
class Redacting:
    """The redaction of one case. `known` are digests of what is public anyway, such as documents in force."""

    case: Case
    classes: Classes
    grounds: Mapping[Secrecy, Ground]
    known: Collection[str]
    secrets: Secrets = field(default_factory=Secrets)
    organisations: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """What public fields of one line name, organisations among them: a party of that name is public."""

    open_texts: list[str] = field(default_factory=list)
    officers: dict[str, int] = field(default_factory=dict)
    said: dict[Secrecy, Tree] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    """What the public version says so far in fields and names, as somebody gave it."""

    clocks: dict[str, Secrecy | None] = field(default_factory=dict)
    """The classes of the clocks of which it does not matter when they started."""

    open_: bool = False
    """Whether nothing is withheld: for those who may see the whole."""

    def withheld(self, secrecy: Secrecy, by: int | None = None) -> Tree:
        """What stands where something is withheld. `by` is the entry that withheld it."""
        found = self.said.get(secrecy)
        if found is None:
            found = self.said[secrecy] = {"withheld": secrecy.value, "why": self.grounds[secrecy].said}
        return found if by is None else found | {"why": f"{found['why']}, as entry {by} says"}

    def officer(self, name: str | None) -> int | str | None:
        """The number of an officer in this case: the first who acted is 1."""
        if name is None or self.open_:
            return name
        return self.officers.setdefault(name, len(self.officers) + 1)


def is_withheld(value: Any) -> bool:
    """Whether this stands where something is withheld."""
    return isinstance(value, dict) and len(value) == 2 and "withheld" in value and "why" in value


def instant(at: datetime | None) -> str | None:
    """An instant as it is written, where there is one."""
    return None if at is None else at.isoformat()
