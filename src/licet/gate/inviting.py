"""What would let somebody in: for a refusal because of unknown facts, where exactly these can be verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from licet.core.decision import Decision
from licet.core.delegation import Party
from licet.core.rulebook import Rulebook
from licet.services.identity.carriers.invitation import LASTS, MOST_FACTS, Invitation
from licet.services.identity.carriers.verifiable import verifiable


class Invited(NamedTuple):
    """Where somebody can have these facts verified, until when."""

    url: str
    facts: tuple[str, ...]
    until: datetime


class Inviting:
    """Makes invitations to the office at `office`; `seal` makes them unreadable to all others. None: no office."""

    def __init__(self, office: str | None = None, seal: Callable[[Invitation], str] = str) -> None:
        self._office = office
        self._seal = seal

    def invited(self, decision: Decision, subject: str, rulebook: Rulebook) -> Invited | None:
        """The invitation of whom a decision refuses, if something is unknown of them that can be verified there."""
        if self._office is None or not decision.unknown:
            return None
        known = verifiable(rulebook, decision.at)
        facts = tuple(fact for fact in decision.unknown if fact in known)[:MOST_FACTS]
        if not facts:
            return None
        until = decision.at.replace(microsecond=0) + LASTS
        return Invited(f"{self._office}/verify/{self._seal(Invitation(subject, facts, until))}", facts, until)


def about(whose: Party | None) -> str:
    """Of whom something is not known, to whoever asked."""
    return "the person for whom you act" if whose is Party.PERSON else "you"
