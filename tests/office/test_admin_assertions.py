"""Assertions of passkeys over acts: the right one counts; another challenge, place or person, or an old counter not."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from tests.office.authenticator import PRESENT, Device
from tests.services import acts_world as world

from licet.adapters.passkeys import WebAuthnPasskeys
from licet.adapters.store_memory import MemoryStore
from licet.core.roles import Officer, OfficerKey, Role
from licet.services.acts.administration import StateAdministration
from licet.services.acts.content import read
from licet.services.acts.inviting import invited, register
from licet.services.acts.ports import Signature
from licet.services.acts.refusal import NotPermitted, SignatureRefused
from licet.services.acts.signing import challenge_of
from licet.services.acts.what import What

OFFICE = "https://office.example"


@pytest.fixture
def desk() -> world.Ministry:
    """The usual officers; ben signs with a passkey."""
    made = world.ministry(MemoryStore())
    made.administration = StateAdministration(
        made.store,
        made.workers,
        needed=2,
        reviewing=made.review,
        secret=lambda: world.SECRET,
        random_bytes=secrets.token_bytes,
        now=lambda: made.at,
        stopwatch=time.monotonic,
        passkeys=WebAuthnPasskeys(OFFICE),
    )
    return made


@pytest.fixture
def device(desk: world.Ministry) -> Device:
    made = Device(OFFICE)
    desk.store.put_officer(Officer("ben", frozenset({Role.APPROVER}), (made.key,)), actor="root", at=world.NOW)
    return made


def approve(desk: world.Ministry, device: Device, act: str, assertion: bytes) -> Any:
    return desk.administration.approve(act, "ben", Signature(device.key.id, assertion))


def test_a_passkey_approves(desk: world.Ministry, device: Device) -> None:
    for _ in range(2):
        act = desk.attest().act
        challenge = challenge_of(read(act.content).digest)
        assert approve(desk, device, act.id, device.sign(challenge)).act.settlement.actor == "ben"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"type_": "webauthn.create"},
    ],
    ids=str,
)
def test_an_assertion_of_elsewhere_or_of_nobody(desk: world.Ministry, device: Device, wrong: dict[str, Any]) -> None:
    act = desk.attest().act
    with pytest.raises(SignatureRefused, match="not an assertion of the passkey"):
        approve(desk, device, act.id, device.sign(challenge_of(read(act.content).digest), **wrong))


def test_an_assertion_over_another_act(desk: world.Ministry, device: Device) -> None:
    one, other = desk.attest().act, desk.attest().act
    with pytest.raises(SignatureRefused):
        approve(desk, device, other.id, device.sign(challenge_of(read(one.content).digest)))
    with pytest.raises(SignatureRefused):
        approve(desk, Device(OFFICE), other.id, Device(OFFICE).sign(challenge_of(read(other.content).digest)))
    stranger = Device(OFFICE).sign(challenge_of(read(other.content).digest))
    with pytest.raises(SignatureRefused):
        approve(desk, device, other.id, stranger)


def test_a_counter_that_does_not_grow(desk: world.Ministry, device: Device) -> None:
    first, second = desk.attest().act, desk.attest().act
    approve(desk, device, first.id, device.sign(challenge_of(read(first.content).digest)))
    device.counter = 0
    with pytest.raises(SignatureRefused, match="does not grow"):
        approve(desk, device, second.id, device.sign(challenge_of(read(second.content).digest)))


def invite(desk: world.Ministry, token: str = "t" * 43) -> str:
    fields = {"hash": sha256(token.encode()).hexdigest(), "until": world.NEXT_YEAR}
    proposed = desk.do(What.INVITE, name="eve", roles=["officer"], **fields)
    with pytest.raises(NotPermitted, match="void"):
        invited(desk.store, token, desk.at)
    desk.approve(proposed)
    return token


def redeem(desk: world.Ministry, token: str, key: OfficerKey) -> Officer:
    installation = desk.administration.installation
    given = {"installation": installation, "needed": 2, "random_bytes": secrets.token_bytes}
    return register(desk.store, token, key, now=desk.at, **given)  # type: ignore[arg-type]


def test_an_invitation_counts_once(desk: world.Ministry) -> None:
    token = invite(desk)
    key = Device(OFFICE).key
    assert redeem(desk, token, key) == Officer("eve", frozenset({Role.OFFICER}), (key,))
    with pytest.raises(NotPermitted, match="void"):
        redeem(desk, token, Device(OFFICE).key)
    with pytest.raises(NotPermitted, match="void"):
        invited(desk.store, "x" * 43, desk.at)
    assert desk.store.acts()[-1].kind == "appoint"


def test_an_invitation_ends(desk: world.Ministry) -> None:
    token = invite(desk)
    desk.at += timedelta(days=400)
    with pytest.raises(NotPermitted, match="void"):
        redeem(desk, token, Device(OFFICE).key)


def test_an_invitation_is_void_after_a_dismissal(desk: world.Ministry) -> None:
    redeem(desk, invite(desk), Device(OFFICE).key)
    again = invite(desk, "u" * 43)
    desk.approve(desk.do(What.DISMISS, officers=["eve"], reason="left"))
    with pytest.raises(NotPermitted, match="void"):
        redeem(desk, again, Device(OFFICE).key)


def test_nobody_registers_by_handing_it_in(desk: world.Ministry) -> None:
    officer = {"name": "ann", "roles": ["administrator"], "keys": [], "accounts": []}
    with pytest.raises(Exception, match="registered by an invitation"):
        desk.do(What.REGISTER, officer=officer, invitation="0" * 64)
