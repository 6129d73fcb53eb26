"""Invitations: sealed, for one subject and its facts, for half an hour."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.services.identity.carriers.invitation import (
    LASTS,
    MOST_FACTS,
    Invitation,
    InvitationRefused,
    open_invitation,
    seal_invitation,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SECRET = bytes(range(32))
INVITATION = Invitation("u-abcdefghijklmnop", ("us_citizen", "lpr"), NOW + LASTS)


def sealed(invitation: Invitation = INVITATION, secret: bytes = SECRET) -> str:
    return seal_invitation(secret, invitation, secrets.token_bytes)


def test_what_was_sealed_is_opened() -> None:
    assert open_invitation(SECRET, sealed(), NOW) == INVITATION


def test_it_names_nobody_to_who_has_no_secret() -> None:
    text = sealed(Invitation("maria.k", ("us_citizen",), NOW + LASTS))
    content = base64.urlsafe_b64decode(text + "==")
    assert b"maria" not in content and b"us_citizen" not in content
    assert sealed() != sealed()


def test_it_ends() -> None:
    text = sealed()
    assert open_invitation(SECRET, text, NOW + LASTS - timedelta(seconds=1)) == INVITATION
    with pytest.raises(InvitationRefused, match="has ended"):
        open_invitation(SECRET, text, NOW + LASTS)


def test_another_installation_does_not_open_it() -> None:
    with pytest.raises(InvitationRefused, match="no invitation of this service"):
        open_invitation(bytes(32), sealed(), NOW)


@given(position=st.integers(0, 10_000), letter=st.sampled_from("ABCxyz019-_"))
def test_no_altered_one_is_opened(position: int, letter: str) -> None:
    text = sealed()
    position %= len(text)
    altered = text[:position] + letter + text[position + 1 :]
    if altered == text:
        assert open_invitation(SECRET, altered, NOW) == INVITATION
        return
    with pytest.raises(InvitationRefused):
        open_invitation(SECRET, altered, NOW)


@given(text=st.text(max_size=200) | st.text("ABab01-_=", max_size=200))
def test_nothing_else_is_opened(text: str) -> None:
    with pytest.raises(InvitationRefused):
        open_invitation(SECRET, text, NOW)


def test_it_has_one_spelling() -> None:
    text = sealed()
    for other in (text + "=", text + "\n", " " + text, text + "A"):
        with pytest.raises(InvitationRefused):
            open_invitation(SECRET, other, NOW)


@pytest.mark.parametrize("count", [0, MOST_FACTS + 1])
def test_it_names_some_facts_and_not_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="facts"):
        sealed(Invitation("u-a", tuple(f"fact_{number}" for number in range(count)), NOW))
