"""Who may do it: officers by name, their roles, and who is another person than whom."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.roles import MAY, Deed, KeyKind, Officer, Role, may
from licet.services.acts.ports import Acts
from licet.services.acts.refusal import ActRefused, NotPermitted, SignatureRefused
from licet.services.acts.signing import key_id
from licet.services.approval import same_officer

APPOINT_HINT = "an administrator appoints officers (`licet officers appoint`)"


def are_appointed(store: Acts) -> bool:
    """Whether anybody is: from then on every deed needs an officer with the role, and a signature."""
    return any(each.roles for each in store.officers())


def acting(store: Acts, name: str) -> Officer:
    """The officer with exactly this name. Raises `NotPermitted`."""
    found = store.officer(name)
    if found is None:
        names = ", ".join(f"`{each.name}`" for each in store.officers() if each.roles)
        raise NotPermitted(f"`{name}` is not an officer; there are {names or 'none'}: say who you are with `--as NAME`")
    if not found.roles:
        raise NotPermitted(f"`{name}` was dismissed and may do nothing; {APPOINT_HINT}")
    return found


def check_role(officer: Officer, deed: Deed) -> None:
    """Raises `NotPermitted` unless one of an officer's roles permits a deed."""
    if not may(officer.roles, deed):
        needed = " or ".join(f"`{each}`" for each in roles_for(deed))
        has = ", ".join(f"`{each}`" for each in sorted(officer.roles)) or "none"
        raise NotPermitted(
            f"`{officer.name}` may not do this (`{deed}`): it needs the role {needed}, and they have {has};"
            f" {APPOINT_HINT}"
        )


def roles_for(deed: Deed) -> tuple[Role, ...]:
    """The roles that permit a deed."""
    return tuple(role for role in Role if deed in MAY[role])


def check_other_person(first: Officer | None, name: str, second: Officer) -> None:
    """Raises `NotPermitted` if the second person is the first one: by name, by a key or by an account.

    `name` is what the first one went by; `first` is who that is now.
    """
    same = None
    if same_officer(name, second.name):
        same = f"`{second.name}` proposed it"
    elif first is not None and shared_key(first, second):
        same = f"`{second.name}` signs with a key of `{name}`, who proposed it"
    elif first is not None and set(first.accounts) & set(second.accounts):
        same = f"`{second.name}` signs in with an account of `{name}`, who proposed it"
    if same is not None:
        raise NotPermitted(f"{same}, so somebody else with the role `{Role.APPROVER}` has to approve it")


def shared_key(one: Officer, other: Officer) -> bool:
    """Whether two officers have a key in common."""
    return bool({key.public for key in one.keys} & {key.public for key in other.keys})


def check_keys(officer: Officer) -> None:
    """Raises `ActRefused` unless each key is called as it must be."""
    for key in officer.keys:
        if key.kind is KeyKind.ED25519 and (len(key.public) != 32 or key.id != key_id(key.public)):
            raise ActRefused(f"`{key.id}` is not the name of an Ed25519 key of `{officer.name}`")


def check_appointed(officers: Iterable[Officer], *, needed: int) -> None:
    """Raises `ActRefused` unless the officers that there would be are told apart, and nobody is locked out.

    Somebody must be left who can appoint and, where two are needed, somebody else who can approve; each must have
    what to sign with.
    """
    there = [each for each in officers if each.roles]
    for at, one in enumerate(there):
        check_keys(one)
        for other in there[:at]:
            _check_apart(one, other)
    able = [each for each in there if each.keys]
    appointing = [each for each in able if may(each.roles, Deed.APPOINT)]
    if not appointing:
        raise ActRefused(
            f"nobody with a key would be left who can appoint: one officer needs the role `{Role.ADMINISTRATOR}`"
        )
    if needed > 1 and not any(
        one is not other for one in appointing for other in able if may(other.roles, Deed.APPROVE)
    ):
        raise ActRefused(
            f"nobody with a key would be left who can approve what `{appointing[0].name}` appoints: another officer"
            f" needs the role `{Role.APPROVER}`; appoint both at once (`licet officers appoint --file FILE`)"
        )


def _check_apart(one: Officer, other: Officer) -> None:
    if same_officer(one.name, other.name):
        raise ActRefused(f"`{one.name}` and `{other.name}` read like one name: give one of them another")
    if shared_key(one, other):
        raise ActRefused(f"`{one.name}` and `{other.name}` would have the same key; each signs with a key of their own")
    if set(one.accounts) & set(other.accounts):
        raise ActRefused(f"`{one.name}` and `{other.name}` would have the same account")


def check_signed_by(officer: Officer, name: str) -> None:
    """Raises `SignatureRefused` unless the content names the officer who hands it in."""
    if officer.name != name:
        raise SignatureRefused(f"the act says that `{name}` does it, and `{officer.name}` hands it in")
