"""The meanings that have a colour. Each has a symbol and words too, so that nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from licet.core.change import Change, Effect
from licet.core.decision import Outcome
from licet.core.proof import Answer


class Role(StrEnum):
    """A meaning that looks the same on every page and in every chart. The value names a colour of `style.css`."""

    LOSES = "loses"
    SUBSTITUTED = "substituted"
    GAINS = "gains"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    PROVED = "proved"
    REFUTED = "refuted"
    WARNING = "warning"

    @property
    def colour(self) -> str:
        """Its colour, which the stylesheet has for light, for dark and for paper."""
        return f"var(--{self.value})"

    @property
    def symbol(self) -> str:
        """Its shape, for those who cannot tell the colours apart."""
        return SYMBOLS[self]

    @property
    def words(self) -> str:
        """Its meaning in a key."""
        return WORDS[self]


SYMBOLS = {
    Role.LOSES: "▼",
    Role.SUBSTITUTED: "◐",
    Role.GAINS: "▲",
    Role.UNCHANGED: "●",
    Role.UNKNOWN: "?",
    Role.PROVED: "✓",
    Role.REFUTED: "✕",
    Role.WARNING: "!",
}

WORDS = {
    Role.LOSES: "loses, and is refused",
    Role.SUBSTITUTED: "substituted: another model serves",
    Role.GAINS: "gains",
    Role.UNCHANGED: "unchanged",
    Role.UNKNOWN: "unknown",
    Role.PROVED: "proved",
    Role.REFUTED: "refuted",
    Role.WARNING: "warning",
}

ANSWERS = {Answer.PROVED: Role.PROVED, Answer.REFUTED: Role.REFUTED, Answer.NOT_DECIDED: Role.UNKNOWN}

OUTCOMES = {Outcome.SERVE: Role.UNCHANGED, Outcome.SUBSTITUTE: Role.SUBSTITUTED, Outcome.REFUSE: Role.LOSES}


def role_of(change: Change) -> Role:
    """The role of a change. Who loses a model and is served another one is substituted: roles do not overlap."""
    match change.effect:
        case Effect.LOSES:
            return Role.LOSES if change.becomes is None else Role.SUBSTITUTED
        case Effect.LOSES_SUBSTITUTE:
            return Role.LOSES
        case Effect.OTHER_SUBSTITUTE:
            return Role.SUBSTITUTED
        case Effect.GAINS | Effect.GAINS_SUBSTITUTE:
            return Role.GAINS
        case Effect.SAME:
            return Role.UNCHANGED


def ordered(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Each of these once, in the order of a key."""
    present = set(roles)
    return tuple(role for role in Role if role in present)
