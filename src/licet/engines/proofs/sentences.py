"""What a refutation comes to, in one sentence."""

from __future__ import annotations

from licet.core.decision import Decision
from licet.core.proof import Witness
from licet.core.properties import Claim, Property
from licet.engines.proofs.time import Time


def refuted(property_: Property, witness: Witness, about: tuple[str, ...]) -> str:
    """What happens to a witness although the property says that it does not."""
    who = f"from {witness.at.isoformat()} on, somebody who asks to {witness.operation} {witness.model}"
    was, becomes = outcome(witness.before), outcome(witness.after)
    match property_.claim:
        case Claim.NOBODY_ALLOWED | Claim.NO_SUBSTITUTE:
            return f"{who} is {becomes}"
        case Claim.ONLY_NARROWS | Claim.ONLY_WIDENS | Claim.CHANGES_ONLY:
            return f"{who} is {becomes}, and by the rulebook before is {was}"
        case Claim.MANDATES_MET:
            return f"{who} is {becomes}, though {' and '.join(about)} requires that they be served it"
        case Claim.LIFT_RESTORES | Claim.NO_DEAD_INSTRUMENT:
            return f"{who} is {becomes}, and had {' and '.join(about)} and what it ends never been there, is {was}"


def dead(names: tuple[str, ...]) -> str:
    """That instruments change nothing."""
    verb = "changes" if len(names) == 1 else "change"
    return f"{', '.join(names)} never {verb} a decision: without, everybody is served the same at every instant"


def nothing_asked(time: Time) -> str:
    """That a property is about no instant, and so holds."""
    end = "" if time.end is None else time.end.isoformat()
    return f"it is about no time: it ends at {end}, and was asked from {time.start.isoformat()} on"


def outcome(decision: Decision | None) -> str:
    """What somebody gets."""
    if decision is None:
        return "refused, as there is no such model"
    if decision.served is None:
        return "refused"
    return "served it" if decision.served == decision.requested else f"served {decision.served} instead"
