"""What commands about cases work in: the store, the law of cases in force, and the instant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from licet.cases.possible import possible
from licet.cli.command import Session
from licet.cli.terminal.exits import Misnamed
from licet.core.cases.case import Case, Decided, Possible
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure
from licet.core.roles import Officer, Role
from licet.services.cases import looking
from licet.services.cases.laws import law_of

if TYPE_CHECKING:
    from licet.services.cases.laws import Law
    from licet.services.ports import Store

NEAR = 3
"""Names that are offered where one was mistyped."""

EVERYBODY = frozenset(Role)


class Room:
    """The cases of an installation, as one command sees them: everything at one instant."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.now: datetime = session.installation.now()

    @property
    def store(self) -> Store:
        """Where cases are kept."""
        return self._session.installation.store

    @cached_property
    def law(self) -> Law:
        """The law of cases in force."""
        return law_of(self.store, self._session.world.calendars, self.now)

    def case(self, name: str) -> Case:
        """A case as it stands. Raises `Misnamed` with the names that come near."""
        if self.store.case(name) is None:
            raise Misnamed(self._unknown(name))
        return looking.look(self.store, self.law, name, self.now)

    def zones(self, names: Collection[str]) -> dict[str, str]:
        """In which zones of the tz database cases count their days, by name; those of which that can be told."""
        named = {each.case: self.law.named(each.procedure) for each in self.store.case_rows(cases=names)}
        return {name: procedure.zone for name, procedure in named.items() if procedure is not None}

    def possible(self, case: Case) -> tuple[Possible, ...]:
        """What can happen in a case now, and who can cause it."""
        return possible(case, roles=EVERYBODY)

    def possible_for_me(self, case: Case) -> tuple[Possible, ...]:
        """The same, with what keeps the officer at the keyboard from it; for everybody, where that is nobody."""
        me = self._me
        if me is None:
            return self.possible(case)
        other = looking.appealed_if_there(self.store, self.law, case, self.now)
        return possible(case, roles=me.roles, actor=me.name, appealed=other)

    def appealed(self, case: Case) -> tuple[Decided, ...]:
        """What was decided in the case that this one appeals; nothing, where it appeals none."""
        other = looking.appealed_if_there(self.store, self.law, case, self.now)
        return () if other is None else other.decisions

    @cached_property
    def _me(self) -> Officer | None:
        """Whose key it is, or whom `--as` names; None where nobody is known."""
        session = self._session
        if session.sign_with is None and session.officer is None:
            return None
        key = None if session.sign_with is None else session.world.officer_key(session.sign_with).id
        officers = [each for each in session.administration.officers() if each.roles]
        named = [each for each in officers if each.name == session.officer]
        return next((each for each in named or officers if named or (key and each.key(key) is not None)), None)

    def procedure(self, name: str) -> Procedure:
        """A procedure by its name, with or without its version. Raises `Misnamed` with the names that come near."""
        names = {*self.law.procedures, *self.law.newest}
        if name not in names:
            raise Misnamed(
                f"there is no procedure `{name}`{offered(name, sorted(names))}; `licet procedures list` has all"
            )
        return self.law.procedure(name)

    def criteria(self, name: str) -> Criteria:
        """A catalogue of criteria by its name, or by that of a procedure that has exactly one. Raises `Misnamed`."""
        known = self.law.criteria
        by_base = {each.partition("@")[0]: each for each in sorted(known)}
        found = known.get(name) or known.get(by_base.get(name, ""))
        if found is not None:
            return found
        if name in self.law.procedures or name in self.law.newest:
            named = self.law.procedure(name).criteria
            if len(named) == 1:
                return known[named[0]]
            what = ", ".join(f"`{each}`" for each in named) or "none"
            raise Misnamed(f"the procedure `{name}` has not one catalogue of criteria, but {what}")
        near = offered(name, sorted({*known, *by_base}))
        raise Misnamed(f"there are no criteria `{name}`{near}; there are {', '.join(sorted(known)) or 'none'}")

    def catalogues(self, procedure: Procedure) -> tuple[Criteria, ...]:
        """The catalogues by which a procedure's decisions are judged."""
        return tuple(self.law.every_criteria[each] for each in procedure.criteria if each in self.law.every_criteria)

    def _unknown(self, name: str) -> str:
        rows = self.store.case_rows()
        if not rows:
            return f"there is no case `{name}`: no case was opened yet (`licet case open`)"
        near = offered(name, [each.case for each in rows])
        newest = f"; the newest is `{rows[-1].case}`" if not near else ""
        return f"there is no case `{name}`{near}{newest}; `licet case list` names them"


def offered(name: str, names: Sequence[str]) -> str:
    """The names that come near one that there is not: ` (did you mean …?)`, or nothing."""
    folded = {each.casefold(): each for each in names}
    found = [folded[each] for each in get_close_matches(name.casefold(), list(folded), n=NEAR)]
    return f" (did you mean {' or '.join(f'`{each}`' for each in found)}?)" if found else ""
