"""What is read of a pushed User, and what is shown of one. Of what is not kept, nothing is ever shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from typing import Any, NamedTuple

from pydantic import ValidationError
from scim2_models import Context, EnterpriseUser, Path, User, default_comparison_key

from licet.office.scim.refusing import ScimRefused, from_validation
from licet.services.identity.organisations.member_words import Pushed
from licet.services.identity.ports import Member

MODEL = User[EnterpriseUser]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NOT_CLAIMS = frozenset(("schemas", "id", "meta", "externalId", "userName", "password", "groups"))
"""Attributes that no trust document can read: who somebody is there is not kept, and the others are ours."""

LONGEST = 500
_USER_NAME = Path[MODEL]("userName").resolve()


class Sent(NamedTuple):
    """What a request says by itself, and so its answer may repeat."""

    user_name: str | None = None
    external_id: str | None = None


def read_user(tree: Mapping[str, Any]) -> tuple[Pushed, Sent]:
    """A whole User. Raises `ScimRefused`."""
    found = validated(tree)
    name, external = found.get("userName"), found.get("externalId")
    if not name:
        raise ScimRefused(400, "`userName` is needed", "invalidValue")
    claims = flat(found)
    pushed = Pushed(compared(name), checked(external), found.get("active", True), claims, None, external is None)
    return pushed, Sent(name, external)


def validated(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A User by the names of its schema. Raises `ScimRefused`."""
    check_once(tree)
    extension = tree.get(ENTERPRISE)
    if isinstance(extension, Mapping) and "manager" in extension:  # is not kept, and comes in many shapes
        tree = {**tree, ENTERPRISE: {name: each for name, each in extension.items() if name != "manager"}}
    try:
        user = MODEL.model_validate(tree, scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    except ValidationError as error:
        raise from_validation(error) from None
    return dict(user.model_dump(scim_ctx=Context.DEFAULT))


def flat(found: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a User: each attribute by its name; one of the enterprise extension by its URN and name too.

    Of an attribute with several values, these are what its entries have as `value`.
    """
    claims = {name: _plain(each) for name, each in found.items() if name not in NOT_CLAIMS and name != ENTERPRISE}
    for name, each in (found.get(ENTERPRISE) or {}).items():
        claims[f"{ENTERPRISE}:{name}"] = _plain(each)
        claims.setdefault(name, _plain(each))
    return claims


def names_of(attribute: str, *, enterprise: bool) -> frozenset[str]:
    """Under which names a trust document reads an attribute."""
    return frozenset((attribute, f"{ENTERPRISE}:{attribute}")) if enterprise else frozenset((attribute,))


def _plain(each: Any) -> Any:
    if isinstance(each, list):
        return [
            one["value"] if isinstance(one, dict) else one
            for one in each
            if not isinstance(one, dict) or "value" in one
        ]
    return each


def check_once(tree: Any) -> None:
    """Raises `ScimRefused` for a name that occurs twice in one object: names are the same whatever their case."""
    for each in _objects(tree):
        if len({str(name).casefold() for name in each}) != len(each):
            raise ScimRefused(400, "an attribute occurs twice; names are the same in capital letters", "invalidSyntax")


def _objects(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, Mapping):
        yield tree
    inner: Iterable[Any] = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list) else ()
    for each in inner:
        yield from _objects(each)


def compared(user_name: str) -> str:
    """A `userName` as it is compared: without regard to case (RFC 7643, section 4.1.1)."""
    return str(default_comparison_key(_USER_NAME, _bounded(user_name)))


def checked(external_id: str | None) -> str | None:
    """An `externalId`, as it is. Raises `ScimRefused` for one that is empty or too long."""
    return None if external_id is None else _bounded(external_id)


def _bounded(text: str) -> str:
    if not 0 < len(text) <= LONGEST:
        raise ScimRefused(
            400, f"a `userName` or `externalId` has up to {LONGEST} letters, and at least one", "invalidValue"
        )
    return text


def shown(member: Member, sent: Sent, base: str) -> dict[str, Any]:
    """A member as a User. `userName` is its ID, unless the request itself said it; `externalId` only if it did."""
    return {
        "schemas": [USER],
        "id": member.id,
        "userName": sent.user_name or member.id,
        **({"externalId": sent.external_id} if sent.external_id is not None else {}),
        "active": member.active,
        "meta": {
            "resourceType": "User",
            "location": f"{base}/Users/{member.id}",
            "version": etag(member),
            "lastModified": member.changed_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        },
    }


def etag(member: Member) -> str:
    """What names this version of a member (RFC 7644, section 3.14)."""
    return f'W/"{member.version}"'
