"""In which role an event is caused, and by whom: by `--role` and `--party`, or by the procedure where that is plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licet.cli.cases.given import split
from licet.cli.cases.sheet import Cells
from licet.cli.terminal.exits import Misnamed
from licet.core.cases.procedure import CLOCK, EventRule, Procedure


def role_and_party(
    procedure: Procedure,
    rule: EventRule,
    role: str | None,
    named: Sequence[str],
    known: Mapping[str, str],
    *,
    in_row: bool = False,
) -> tuple[str, str | None]:
    """The case role, and the party where it is one outside. `known` are the parties of the case. `in_row`: of a row of
    a file, whose columns can say it, too.

    Raises `Misnamed` where it cannot be told, with the roles that may.
    """
    parties = dict(split(named))
    may = sorted(rule.by - {CLOCK})
    if not may:
        raise Misnamed(f"`{rule.name}` is caused by the clock alone, when it runs out")
    for each in parties:
        if each not in procedure.roles or not procedure.roles[each].party:
            outside = ", ".join(f"`{one.name}`" for one in procedure.roles.values() if one.party) or "none"
            raise Misnamed(f"`{each}` is no party of `{procedure.name}`; there are {outside}")
    chosen = role or _only(procedure, rule, may, parties, in_row=in_row)
    if chosen not in may:
        raise Misnamed(f"`{chosen}` may not `{rule.name}`; it is for {' or '.join(f'`{each}`' for each in may)}")
    if not procedure.roles[chosen].party:
        if parties:
            raise Misnamed(
                f"`{rule.name}` is done by an officer as `{chosen}`, and by nobody outside: leave out `--party`"
            )
        return chosen, None
    party = parties.get(chosen) or known.get(chosen)
    if party is None:
        say = "Fill the column `party`, or say it for all rows" if in_row else "Say it"
        raise Misnamed(f"who is the `{chosen}`? {say} with `--party '{chosen}=NAME'`")
    return chosen, party


def _only(
    procedure: Procedure, rule: EventRule, may: Sequence[str], parties: Mapping[str, str], *, in_row: bool
) -> str:
    named = [each for each in may if each in parties]
    if len(named) == 1:
        return named[0]
    if len(may) == 1:
        return may[0]
    choice = " or ".join(
        f"`--party '{each}=NAME'`" if procedure.roles[each].party else f"`--role {each}`" for each in may
    )
    columns = "fill the columns `role` and `party`, or say it for all rows" if in_row else "say which"
    raise Misnamed(f"several roles may `{rule.name}`: {columns}, with {choice}")


def party_of(cells: Cells, role: str | None, outside: Sequence[str]) -> list[str]:
    """What the column `party` of a row says, as `--party` would. Raises `Misnamed` where its role cannot be told."""
    party, role = cells.values.get("party"), cells.values.get("role") or role
    if party is None:
        return []
    if role is None and len(outside) != 1:
        roles = " or ".join(f"`{each}`" for each in outside) or "nobody outside"
        raise Misnamed(f"`party` is in which role? It is done by {roles}: fill a column `role`, or add `--role`")
    return [f"{role or outside[0]}={party}"]


def column_of(cells: Cells, rule: EventRule) -> str:
    """The column in which it stands who does it in which role: that of the role, where nobody may in that."""
    return "party" if cells.values.get("role") in (None, *rule.by) else "role"
