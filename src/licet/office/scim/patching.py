"""Changes of a User (RFC 7644, section 3.5.2), read without the User: it is not kept.

What is changed in an attribute that is not kept has no effect. One that a trust document reads is set or removed whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from scim2_models import Context, PatchOp, Path, SCIMException

from licet.office.scim.refusing import ScimRefused, from_scim, from_validation
from licet.office.scim.shapes import (
    ENTERPRISE,
    MODEL,
    NOT_CLAIMS,
    Sent,
    check_once,
    checked,
    compared,
    flat,
    names_of,
)
from licet.services.identity.organisations.member_words import Pushed

MOST_OPERATIONS = 100


class _Step(NamedTuple):
    """One attribute that an operation touches: its name, the path and the value.

    `removes`: it has none any more; `adds`: values that it has stay.
    """

    name: str
    path: Path[Any]
    value: Any
    removes: bool
    adds: bool = False

    @property
    def in_enterprise(self) -> bool:
        """Whether it is one of the enterprise extension."""
        return bool(self.path.schema) and str(self.path.schema).casefold() == ENTERPRISE.casefold()

    @property
    def selects(self) -> bool:
        """Whether it changes a part of an attribute with several values."""
        binding = self.path.resolve()
        return self.path.value_filter is not None or bool(
            binding and binding.is_multivalued and binding.sub_field_name is not None
        )


def read_patch(tree: Mapping[str, Any], read_as_facts: frozenset[str]) -> tuple[Pushed, Sent]:
    """What a patch says. `read_as_facts` are the claims that trust documents read. Raises `ScimRefused`."""
    check_once(tree)
    try:
        patch = PatchOp[MODEL].model_validate(tree, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        operations = patch.operations or []
        if len(operations) > MOST_OPERATIONS:
            raise ScimRefused(400, f"a patch has at most {MOST_OPERATIONS} operations", "tooMany")
        steps = [step for operation in operations for step in _steps(operation)]
        return _pushed(steps, read_as_facts)
    except ValidationError as error:
        raise from_validation(error) from None
    except SCIMException as error:
        raise from_scim(error) from None


def _steps(operation: Any) -> list[_Step]:
    removes, adds = operation.op == "remove", operation.op == "add"
    if operation.path is not None and operation.path.model is None:
        return [_step(operation.path, operation.value, removes, adds)]
    if not isinstance(operation.value, Mapping):
        raise ScimRefused(400, "an operation without a path sets attributes of an object", "invalidValue")
    prefix = f"{operation.path}:" if operation.path is not None else ""
    found: list[_Step] = []
    for name, value in operation.value.items():
        if name.casefold() == ENTERPRISE.casefold() and isinstance(value, Mapping):
            found += [_step(Path[MODEL](f"{ENTERPRISE}:{inner}"), each, False, adds) for inner, each in value.items()]
        elif name.casefold() != "schemas":
            found.append(_step(Path[MODEL](f"{prefix}{name}"), value, False, adds))
    return found


def _step(path: Path[Any], value: Any, removes: bool, adds: bool) -> _Step:
    binding = path.resolve()
    if binding is None:
        raise ScimRefused(400, "an attribute that was named is no attribute of a User", "invalidPath")
    attribute = binding.urn.rpartition(":")[2].partition(".")[0]
    return _Step(attribute, path, value, removes or value is None, adds)


def _pushed(steps: list[_Step], read_as_facts: frozenset[str]) -> tuple[Pushed, Sent]:
    """What the operations come to, one after the other."""
    blank: Any = MODEL()
    touched: set[str] = set()
    for step in steps:
        names = names_of(step.name, enterprise=step.in_enterprise)
        is_read = any(claim == each or claim.startswith(f"{each}.") for claim in read_as_facts for each in names)
        if step.name not in NOT_CLAIMS:
            touched |= names
        if step.name == "userName" and step.removes:
            raise ScimRefused(400, "`userName` is needed", "mutability")
        if is_read and _partly(step):
            message = f"`{step.name}` is read as a fact, and nothing else of it is kept: set or remove it whole"
            raise ScimRefused(400, message, "invalidPath")
        if step.selects or (not is_read and step.name not in ("userName", "externalId", "active")):
            continue
        if step.removes:
            step.path.delete(blank)
        else:
            step.path.set(blank, step.value)
    found = blank.model_dump(scim_ctx=Context.DEFAULT)
    dropped = any(step.name == "externalId" for step in steps) and "externalId" not in found
    ended = any(step.name == "active" for step in steps) and "active" not in found
    name, external = found.get("userName"), found.get("externalId")
    sent = Sent(name, external)
    active = False if ended else found.get("active")
    return Pushed(
        compared(name) if name is not None else None,
        checked(external),
        active,
        flat(found),
        frozenset(touched),
        dropped,
    ), sent


def _partly(step: _Step) -> bool:
    """Whether an operation leaves a part of an attribute as it was."""
    binding = step.path.resolve()
    several = binding is not None and binding.is_multivalued
    return step.selects or (binding is not None and binding.sub_field_name is not None) or (several and step.adds)
