"""A request or an answer that safeguards flagged, in words for a person and in fields for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from licet.core.decision import Decision
from licet.core.rulebook import Rulebook
from licet.gate.refusal import Pages, link
from licet.gate.safeguard.cascade import Judged
from licet.wire.failure import Failure

CODE = "flagged_by_safeguard"


def turned_away(
    decision: Decision,
    flagging: Sequence[Judged],
    rulebook: Rulebook,
    pages: Pages,
    decision_id: str,
    *,
    substitution: bool,
    withheld: str | None = None,
) -> Failure:
    """The 403 of a request that no model may answer, because safeguards flagged it or could not judge it."""
    opening = f"`{decision.requested}` does not answer this request."
    if withheld is not None:
        instead = f"`{withheld}` would answer instead, but the scopes of this API key exclude it."
    elif not substitution:
        instead = "No other model was asked, because the request says `licet-substitution: none`."
    else:
        instead = "No other model may answer it instead."
    return _failure(decision, flagging, rulebook, pages, decision_id, "this request", (opening, instead), cut=False)


def ended(
    decision: Decision, flagging: Sequence[Judged], rulebook: Rulebook, pages: Pages, decision_id: str
) -> Failure:
    """The 403 of an answer, before its first byte or in the middle of a stream."""
    opening = f"This answer of `{decision.served}` was ended."
    return _failure(decision, flagging, rulebook, pages, decision_id, "this answer", (opening,), cut=True)


def _failure(
    decision: Decision,
    flagging: Sequence[Judged],
    rulebook: Rulebook,
    pages: Pages,
    decision_id: str,
    what: str,
    about: tuple[str, ...],
    *,
    cut: bool,
) -> Failure:
    appeal = next((each.safeguard.appeal for each in flagging if each.safeguard.appeal), pages.appeal)
    sentences = [about[0], *(_said(each, what) for each in flagging), *about[1:]]
    if appeal:
        sentences.append(f"To appeal: {appeal}")
    tree: dict[str, object] = {
        "decision": decision_id,
        "outcome": "refuse",
        "cut": cut,
        "requested": decision.requested,
        "operation": decision.operation,
        "at": decision.at.isoformat(timespec="seconds"),
        "safeguards": [_described(each) for each in flagging],
        "instruments": list(decision.verdicts[0].forbidden_by),
        "appeal": appeal,
        "rulebook": decision.rulebook,
        "epoch": rulebook.epoch,
    }
    headers = ((b"licet-safeguard", names(flagging)), (b"link", link(pages.public, appeal)))
    return Failure(403, CODE, " ".join(sentences), None if cut else "model", tree, headers)


def names(flagging: Iterable[Judged]) -> bytes:
    """The safeguards that flagged, for a header."""
    return ", ".join(each.safeguard.name for each in flagging).encode("ascii")


def _said(judged: Judged, what: str) -> str:
    safeguard = judged.safeguard
    named = f"Safeguard `{safeguard.name}`" + (f" ({safeguard.title})" if safeguard.title else "")
    said = f"{named} could not judge {what}." if judged.could_not_judge else f"{named} flagged {what}."
    return f"{said} Its reasons: {safeguard.reasons.rstrip('.')}." if safeguard.reasons else said


def _described(judged: Judged) -> dict[str, object]:
    """What a caller is told: no score, no classifier and no threshold, by which one could feel one's way past it."""
    safeguard = judged.safeguard
    return {
        "name": safeguard.name,
        "title": safeguard.title,
        "led": "could not be judged" if judged.could_not_judge else "flagged",
        "reasons": safeguard.reasons,
        "appeal": safeguard.appeal,
        "digest": safeguard.digest,
    }
