"""A refusal in words for a person, and in fields for a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from licet.core.decision import Decision
from licet.core.delegation import Party
from licet.core.instruments import Instrument
from licet.core.rulebook import Rulebook
from licet.core.withheld import Withheld
from licet.gate.inviting import Invited, Inviting, about
from licet.services import withholding
from licet.wire.failure import Failure

_LINK = re.compile(r"https?://[A-Za-z0-9\[][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", re.IGNORECASE)
"""An absolute URL of a page, in the letters of RFC 3986: what may stand between `<` and `>` of a `Link` (RFC 8288).
An order may also say in words how to appeal; those stand in the message alone."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a caller can go on: the gate's public address, where facts are verified, where to appeal.

    `verify` is where the operator verifies what the office, to which `inviting` leads, does not.
    """

    public: str
    verify: str | None = None
    appeal: str | None = None
    inviting: Inviting = field(default_factory=Inviting)


def explain(
    decision: Decision,
    rulebook: Rulebook,
    pages: Pages,
    decision_id: str,
    *,
    cut: bool = False,
    withheld: str | None = None,
    subject: str | None = None,
    whose: Party | None = None,
) -> Failure:
    """The 451 of a decision that refuses; `cut` if it ends an answer that had begun or was under way.

    `withheld` is the model that would have served instead, had the key's scopes reached it. `subject` is whom the
    decision is about, and is invited to verify what is not known of them; `whose` says which of two that is.
    """
    orders = _orders(decision, rulebook)
    appeal = next((order.appeal for order in orders if order.appeal), pages.appeal)
    lapsed = unmet(decision, rulebook)
    invited = None if subject is None else pages.inviting.invited(decision, subject, rulebook)
    sentences = [_opening(decision.requested, orders, cut=cut)]
    sentences += _causes(decision, rulebook, orders, lapsed)
    if withheld is not None:
        sentences.append(f"`{withheld}` would serve instead, but the scopes of this API key exclude it.")
    if decision.unknown:
        sentences.append(_unknown(decision.unknown, pages.verify, invited, whose))
    if appeal:
        sentences.append(f"To appeal: {appeal}")
    tree: dict[str, object] = {
        "decision": decision_id,
        "outcome": "refuse",
        "cut": cut,
        **_decided(decision, rulebook, orders, lapsed),
        "withheld": withheld,
        "verify": pages.verify if invited is None else invited.url,
        "verifiable": [] if invited is None else list(invited.facts),
        "appeal": appeal,
        "rulebook": decision.rulebook,
        "epoch": rulebook.epoch,
    }
    headers = ((b"link", link(pages.public, appeal)),)
    return Failure(451, "unavailable_for_legal_reasons", " ".join(sentences), "model", tree, headers)


def _orders(decision: Decision, rulebook: Rulebook) -> list[Instrument]:
    """The orders that forbid the requested model."""
    names = decision.verdicts[0].forbidden_by
    return [found for name in names if (found := rulebook.instrument(name)) is not None]


def _causes(
    decision: Decision, rulebook: Rulebook, orders: Iterable[Instrument], lapsed: Iterable[Withheld]
) -> Iterator[str]:
    """Why it is refused, a sentence each: orders, no release, requirements of releases that are not met."""
    yield from (_order(order, _since(rulebook, order)) for order in orders)
    if not decision.verdicts[0].permitted_by:
        yield f"No release in force permits `{decision.requested}` to you."
    yield from map(withholding.sentence, lapsed)


def _decided(
    decision: Decision, rulebook: Rulebook, orders: Iterable[Instrument], lapsed: Iterable[Withheld]
) -> dict[str, object]:
    """What was asked, and the law that refused it, for a program."""
    return {
        "requested": decision.requested,
        "operation": decision.operation,
        "at": _instant(decision.at),
        "instruments": [_describe(order, _since(rulebook, order)) for order in orders],
        "permitted_by": list(decision.verdicts[0].permitted_by),
        "requirements": [withholding.tree(each) for each in lapsed],
        "unknown": list(decision.unknown),
    }


def link(public: str, appeal: str | None) -> bytes:
    """The header that leads to who blocks (RFC 7725, section 4), and to where one appeals."""
    links = [f'<{public}>; rel="blocked-by"']
    if appeal and _LINK.fullmatch(appeal):
        links.append(f'<{appeal}>; rel="help"')
    return ", ".join(links).encode("ascii")


def unmet(decision: Decision, rulebook: Rulebook) -> tuple[Withheld, ...]:
    """What withholds the requested model, where no release permits it: requirements that are not met."""
    if decision.verdicts[0].permitted_by:
        return ()
    return withholding.withholding(rulebook, decision.requested, decision.operation, decision.at)


def _opening(model: str, orders: Iterable[Instrument], *, cut: bool) -> str:
    if cut:
        return f"This answer of `{model}` was ended, because it is no longer permitted to you."
    return f"`{model}` is not available to you" + (" for legal reasons." if any(orders) else ".")


def _order(order: Instrument, since: datetime) -> str:
    about = ", ".join(part for part in (order.title, order.issuer) if part)
    named = f"Order `{order.name}`" + (f" ({about})" if about else "")
    return f"{named} forbids it since {_instant(since)}."


def _unknown(facts: tuple[str, ...], verify: str | None, invited: Invited | None, whose: Party | None) -> str:
    if invited is not None:
        some = _names(invited.facts) if len(invited.facts) < len(facts) else "it"
        where = f"; until {_instant(invited.until)}, have {some} verified at {invited.url}"
    else:
        where = f"; have it verified at {verify}" if verify else "; ask the operator of this service to verify it"
    return f"Not known about {about(whose)}: {_names(facts)}. This can change once that is attested{where}."


def _names(facts: Iterable[str]) -> str:
    return ", ".join(f"`{fact}`" for fact in facts)


def _describe(order: Instrument, since: datetime) -> Mapping[str, object]:
    return {
        "kind": "order",
        "name": order.name,
        "title": order.title,
        "issuer": order.issuer,
        "authority": list(order.authority),
        "since": _instant(since),
        "reasons": order.reasons,
        "review_by": None if order.review_by is None else _instant(order.review_by),
        "digest": order.digest,
    }


def _since(rulebook: Rulebook, order: Instrument) -> datetime:
    return rulebook.spans[order.name].start


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
