"""Lists of members (RFC 7644, section 3.4.2): filters by what the request itself names, pages, and which attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from scim2_models import SCIMException, ScimFilter
from scim2_models.path import CompareOperator, Comparison

from licet.office.scim.discovery import MOST
from licet.office.scim.refusing import ScimRefused
from licet.office.scim.shapes import USER, Sent, check_once, checked, compared
from licet.services.identity.organisations.member_words import Membership
from licet.services.identity.organisations.members import external_mark, user_mark
from licet.services.identity.ports import Client, Member

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ALWAYS = frozenset(("schemas", "id"))
PAGE = 100
FILTERS = 'the filters here are `userName eq "..."`, `externalId eq "..."` and `id eq "..."`'


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants to see: members from `start` on (counting from 1), at most `count`, and which attributes."""

    start: int
    count: int
    filter: str | None
    attributes: frozenset[str]
    excluded: frozenset[str]

    def narrowed(self, user: dict[str, Any]) -> dict[str, Any]:
        """A User with the attributes that are wanted (RFC 7644, section 3.9)."""
        if self.attributes:
            return {name: each for name, each in user.items() if name in ALWAYS or name.casefold() in self.attributes}
        return {name: each for name, each in user.items() if name in ALWAYS or name.casefold() not in self.excluded}


def asked(query: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask for. Raises `ScimRefused`."""
    attributes, excluded = _names(query.get("attributes", "")), _names(query.get("excludedAttributes", ""))
    if attributes and excluded:
        raise ScimRefused(400, "`attributes` and `excludedAttributes` exclude each other", "invalidValue")
    start, count = _whole(query, "startIndex", 1), _whole(query, "count", PAGE)
    return Asked(max(start, 1), min(max(count, 0), MOST), query.get("filter"), attributes, excluded)


SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def searched(tree: Mapping[str, Any]) -> Asked:
    """The same of a search (RFC 7644, section 3.4.3), whose body no log of addresses ever holds."""
    check_once(tree)
    if tree.get("schemas") != [SEARCH]:
        raise ScimRefused(400, f"a search has `schemas: [{SEARCH}]`", "invalidSyntax")
    query: dict[str, str] = {}
    for name, each in tree.items():
        match name, each:
            case ("attributes" | "excludedAttributes", list()):
                query[name] = ",".join(str(one) for one in each)
            case ("startIndex" | "count", int()) if not isinstance(each, bool):
                query[name] = str(each)
            case ("filter", str()):
                query[name] = each
            case ("schemas" | "sortBy" | "sortOrder", _):
                pass
            case _:
                raise ScimRefused(
                    400, "a search has something that is no part of one, or has another type", "invalidSyntax"
                )
    return asked(query)


def page(world: Membership, client: Client, wanted: Asked) -> tuple[list[Member], int, Sent]:
    """The members that are wanted, how many there are in all, and what the filter said of them."""
    if wanted.filter is not None:
        found, sent = _filtered(world, client, wanted.filter)
        return found[wanted.start - 1 :][: wanted.count], len(found), sent
    first = wanted.start - 1
    everybody = world.store.members(client.attester)
    skipped = sum(1 for _ in islice(everybody, first))
    shown = list(islice(everybody, wanted.count))
    return shown, skipped + len(shown) + sum(1 for _ in everybody), Sent()


def listed(found: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    """An answer that is a list."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(found),
        "Resources": found,
    }


def _filtered(world: Membership, client: Client, text: str) -> tuple[list[Member], Sent]:
    """Only what the request names can be looked for: nothing else is kept. Raises `ScimRefused`."""
    name, value = _comparison(text)
    if name == "id":
        found = world.store.member(client.attester, value)
        return [found] if found else [], Sent()
    if name == "username":
        found = world.store.member_by_mark(client.attester, user_mark(world, client, compared(value)))
        if found is None:  # or who took the ID for the name, as it is shown
            found = world.store.member(client.attester, value)
        return [found] if found else [], Sent(user_name=value)
    mark = external_mark(world, client, checked(value))
    found = world.store.member_by_mark(client.attester, mark or b"")
    return [found] if found else [], Sent(external_id=value)


def _comparison(text: str) -> tuple[str, str]:
    try:
        found = ScimFilter(text).ast
    except SCIMException:
        raise ScimRefused(400, FILTERS, "invalidFilter") from None
    match found:
        case Comparison(op=CompareOperator.eq, value=str(value)) if found.attr_path.sub_attr is None:
            name = found.attr_path.attr.casefold()
            ours = found.attr_path.uri is None or found.attr_path.uri.casefold() == USER.casefold()
            if ours and name in ("username", "externalid", "id") and value:
                return name, value
    raise ScimRefused(400, FILTERS, "invalidFilter")


def _names(text: str) -> frozenset[str]:
    """Names of attributes, without those of their schema and of their parts, in lower case."""
    return frozenset(
        each.strip().casefold().removeprefix(f"{USER.casefold()}:").partition(".")[0]
        for each in text.split(",")
        if each.strip()
    )


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise ScimRefused(400, f"`{name}` is a whole number", "invalidValue")
    return int(text)
