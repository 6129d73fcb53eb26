"""An act in the moment at which it takes effect, and what comes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licet.services.acts.content import Act
from licet.services.cases.ports import Casework
from licet.services.ports import Store
from licet.services.stored import StoredDocument, StoredList

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """What comes with an act and is named in it by digest: documents with their lists, or a file of subjects.

    `summary` is the review of documents, as JSON, to be kept beside them. `exhibits` are the documents that come with
    entries of cases.
    """

    documents: tuple[StoredDocument, ...] = ()
    lists: tuple[StoredList, ...] = ()
    file: bytes | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    exhibits: tuple[StoredList, ...] = ()


NOTHING = Carried()


@dataclass(frozen=True, slots=True)
class Doing:
    """An act in the moment at which it takes effect: by whom it was proposed, who approved it, and when.

    `made` is the ID under which it is kept; None while its effect is only tried.
    """

    store: Store
    act: Act
    approver: str | None
    now: datetime
    carried: Carried
    needed: int
    random_bytes: Callable[[int], bytes]
    casework: Casework | None = None
    made: str | None = None

    @property
    def names(self) -> str:
        """Those who answer for it."""
        return self.act.actor if self.approver is None else f"{self.act.actor} and {self.approver}"

    def __getitem__(self, name: str) -> Any:
        return self.act.fields[name]


Effect = Callable[[Doing], Told]
