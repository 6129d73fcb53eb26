"""The checking of one document of procedure: what is wrong with it, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from licet.core.cases.procedure import FieldRule
from licet.core.cases.scope import facts_of
from licet.core.cases.shape.condition import where
from licet.core.conditions import Always, Condition
from licet.core.definitions import Scope
from licet.core.errors import ConditionRejectedError, Path
from licet.core.meaning import meaning
from licet.core.resolving import Resolving, names
from licet.core.shape import Draft


@dataclass(frozen=True, slots=True)
class Checking:
    """One draft, and the work that it is resolved in."""

    work: Resolving
    draft: Draft

    @property
    def tree(self) -> Mapping[str, Any]:
        """Its canonical form."""
        return self.draft.tree

    def report(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a problem, with its place in this document."""
        self.work.report(self.draft, path, message, at_key=at_key)

    def known(self, path: Path, name: str | None, table: Iterable[str], what: str, *, at_key: bool = False) -> None:
        """A name that must be in a table; nothing is checked where none is given."""
        if name is not None and name not in table:
            self.report(path, f"unknown {what} `{name}`; known: {names(table)}", at_key=at_key)

    def all_known(self, path: Path, given: Iterable[str], table: Iterable[str], what: str) -> None:
        """Names in a list, each of which must be in a table."""
        for place, name in enumerate(given):
            self.known((*path, place), name, table, what)

    def condition(self, path: Path, fields: Mapping[str, FieldRule]) -> Condition:
        """What a condition over fields means; `False` where it means nothing, which is reported."""
        try:
            return meaning(self.draft.syntax[where(path)], Scope(facts_of(fields), {}))
        except ConditionRejectedError as error:
            message = str(error).replace("unknown fact", "unknown field (or one that no condition can look at)")
            self.work.report(self.draft, path, message, offset=error.offset)
            return Always(False)
