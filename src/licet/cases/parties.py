"""Who holds a role of somebody outside: nobody else acts in it, unless several may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from licet.cases.order import in_order
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import CaseRole, Procedure


def holder(
    role: CaseRole, parties: Mapping[str, str], fields: Mapping[str, Any], entries: Iterable[Entry]
) -> str | None:
    """Who holds a role, None where nobody does or several may.

    The one who holds it by then (`parties`); otherwise whom the case's `fields` name; otherwise the first who acts in
    it later, where an entry is recorded late.
    """
    if role.several or not role.party:
        return None
    named = fields.get(role.named_by) if role.named_by else None
    later = (each.party for each in in_order(entries) if each.role == role.name and each.party)
    return parties.get(role.name) or (named if isinstance(named, str) else None) or next(later, None)


def not_the_holder(role: CaseRole, party: str, held_by: str, *, opens: bool) -> str:
    """Why a party does not act in a role that another holds, and what to do where it is the right one."""
    by = f", whom its field `{role.named_by}` names" if role.named_by else ""
    says = f"`{role.name}` ({role.title}) of this case is `{held_by}`{by}; `{party}` is nobody in it."
    if opens:
        return f"{says} Use one name for both"
    return f"{says} Where `{party}` took its place, or its name was wrong, enter `succeed` first"


def succession(procedure: Procedure, parties: Mapping[str, str], fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with another party in a role, by the field that it is about; None where nothing is."""
    name, role = fields.get("role"), procedure.roles.get(str(fields.get("role")))
    outside = ", ".join(f"`{each.name}`" for each in procedure.roles.values() if each.party and not each.several)
    if role is None or not role.party or role.several:
        return "role", f"`{name}` is no role that one party holds; there are: {outside or 'none'}"
    if role.name not in parties:
        return "role", f"nobody is `{role.name}` yet, so nobody takes their place"
    if parties[role.name] == fields.get("name"):
        return "name", f"`{parties[role.name]}` is `{role.name}` already"
    return None
