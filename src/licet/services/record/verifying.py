"""What a verification came to, in words: what was claimed, the verdict, what it rests on, and what it does not show.

Each kind of verification has its function here; the terminal, JSON and the page all show the same `Verification`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from licet.record.claims.claim import ClaimVerdict, Outcome
from licet.record.log.check import LogVerdict
from licet.record.log.findings import Finding
from licet.record.log.opening import Opening
from licet.record.sealed.proof import Proven
from licet.record.signed.verdict import Verdict

LOG_LIMITS = (
    "that nothing was left out: a log proves what is in it, never that somebody wrote down all there was",
    "that its entries are true: it proves that they were fixed then, and that nobody can take them back",
)
PROOF_LIMITS = (
    "that the answer arrived: a decision is recorded before its answer leaves",
    "that what was attested of the subject was true",
    "that the rulebook would have decided so: `licet verify claim` decides again",
)

SHOWN_OF_A_DECISION = ("requested", "outcome", "served", "instruments", "subject", "operation", "unknown", "rulebook")
"""Fields of a decision that a person reads beside its proof."""


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification. `what` is its kind; `verdict` one or a few words; `sentence` says it to whoever reads no more.

    `findings` show that it fails, `missing` what would have to be shown; they are the first of `found` and `lacking`.
    `figures` are names and values; `names` what the claim's own words stand for; `again` commands that check it again;
    `details` what programs want besides.
    """

    what: str
    claimed: str
    verdict: str
    good: bool
    sentence: str
    rests_on: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    found: int = 0
    missing: tuple[Finding, ...] = ()
    lacking: int = 0
    figures: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    details: tuple[tuple[str, Any], ...] = ()

    @property
    def headline(self) -> str:
        """The verdict and what it is about. What is not verified is never said as if it were so."""
        return f"{self.verdict}: {'' if self.good else 'that '}{self.claimed}"


def of_checkpoint(verdict: Verdict, again: str) -> Verification:
    """The verification of a checkpoint."""
    claimed = "this checkpoint is one that the policy believes"
    sentence = "The checkpoint is signed as the policy asks for." if verdict.accepted else "Do not believe it."
    return _signed("checkpoint", claimed, verdict, sentence, again)


def of_consistency(verdict: Verdict, again: str) -> Verification:
    """The verification that a log only grew."""
    claimed = "between these two checkpoints the log only grew: nothing in it was changed or taken out"
    sentence = "The log only grew." if verdict.accepted else "It is not shown that the log only grew."
    return _signed("consistency", claimed, verdict, sentence, again)


def _signed(what: str, claimed: str, verdict: Verdict, sentence: str, again: str) -> Verification:
    good = verdict.accepted
    return Verification(
        what,
        claimed,
        "verified" if good else "refused",
        good,
        sentence,
        rests_on=tuple(map(readable, verdict.reasons)) if good else (),
        findings=() if good else tuple(Finding("checkpoint", why) for why in verdict.reasons),
        found=0 if good else len(verdict.reasons),
        figures=_head_figures(verdict),
        limits=LOG_LIMITS,
        again=(again,),
        details=_head_details(verdict),
    )


def of_proof(proven: Proven, again: str) -> Verification:
    """The verification of a proof that holds."""
    decision, at = proven.decision, proven.at.replace(tzinfo=None).isoformat() + "Z"
    served = decision.get("served")
    outcome = f"{decision.get('outcome')}" + (f" `{served}`" if served else "")
    by = ", ".join(map(str, decision.get("instruments") or ())) or "no instrument"
    segment = proven.segment
    return Verification(
        "proof",
        f"the request `{decision.get('id')}` was decided so, at {at}, under the rulebook of epoch "
        f"{decision.get('epoch')}",
        "verified",
        True,
        f"At {at} the request for `{decision.get('requested')}` was decided: {outcome}, by {by}.",
        rests_on=(
            f"the record is one of the {segment.records:,} of the segment `{segment.segment}`",
            f"the log committed to that segment in entry {proven.entry} of {proven.checkpoint.head.size}",
            f"the policy accepts the checkpoint of the log `{proven.checkpoint.origin}`",
        ),
        figures=tuple((key, _shown(decision.get(key))) for key in SHOWN_OF_A_DECISION),
        limits=PROOF_LIMITS,
        again=(again,),
        details=(("decision", decision), ("entry", proven.entry), ("size", proven.checkpoint.head.size)),
    )


def of_refusal(what: str, claimed: str, place: str, why: str, again: str) -> Verification:
    """The verification of something that is refused at one place."""
    sentence = "It does not prove what it says."
    return Verification(
        what, claimed, "refused", False, sentence, findings=(Finding(place, why),), found=1, again=(again,)
    )


def of_log(verdict: LogVerdict, place: str, again: str) -> Verification:
    """The verification of a whole log."""
    good = verdict.accepted
    findings = verdict.findings
    if not good and not findings:
        findings = tuple(Finding("checkpoint", why) for why in verdict.reasons)
    signed = verdict.signed
    return Verification(
        "log",
        f"the log at `{place}` is whole: its checkpoint is believed, and every entry is under it",
        "verified" if good else "refused",
        good,
        "The log verifies, to its last byte." if good else "The log does not verify.",
        rests_on=tuple(map(readable, verdict.reasons)) if good else (),
        findings=findings,
        found=verdict.found or len(findings),
        figures=(*(_head_figures(signed) if signed else ()), *((each, f"{n:,}") for each, n in verdict.types.items())),
        limits=LOG_LIMITS if good else (),
        again=(again,),
        details=(*(_head_details(signed) if signed else ()), ("types", dict(verdict.types)), ("epoch", verdict.epoch)),
    )


def of_claim(log: LogVerdict, verdict: ClaimVerdict, again: Sequence[str]) -> Verification:
    """The verification of an enforcement claim over a log that verifies."""
    tally = verdict.tally
    return Verification(
        "claim",
        str(verdict.claim),
        verdict.outcome.value,
        verdict.outcome is Outcome.HOLDS,
        _claim_sentence(verdict),
        rests_on=(
            *map(readable, log.reasons),
            f"{_counted(tally.decisions, 'decision')} of {_counted(tally.segments, 'segment')}, as they were sealed",
            f"{_counted(tally.rulebooks, 'rulebook')}, rebuilt from the log alone, with the digest that was enacted",
            "each decision, made again by the reference interpreter from the opened facts, is the recorded one",
        )
        if verdict.outcome is Outcome.HOLDS
        else tuple(map(readable, log.reasons)),
        findings=verdict.violations,
        found=verdict.violated,
        missing=verdict.missing,
        lacking=verdict.lacking,
        figures=(
            ("decisions", f"{tally.decisions:,}"),
            ("served", f"{tally.serve:,}"),
            ("served another model", f"{tally.substitute:,}"),
            ("refused", f"{tally.refuse:,}"),
            ("the grace after a change of facts", f"{verdict.claim.grace.total_seconds():g} s"),
            ("by facts changed within the grace", f"{tally.behind:,}"),
            ("answers excused by the grace", f"{tally.excused:,}"),
            ("refused beside the rulebook", f"{tally.elsewhere:,}"),
            *(
                (
                    ("requests that safeguards flagged", f"{tally.flagged:,}"),
                    ("answers that safeguards ended", f"{tally.stopped:,}"),
                )
                if tally.flagged or tally.stopped
                else ()
            ),
            ("under an epoch already replaced", f"{tally.late:,}"),
            ("answers by the claim's models", f"{tally.answers:,}"),
            ("subjects", f"{tally.subjects:,}"),
            ("segments", f"{tally.segments:,}"),
            ("rulebooks", f"{tally.rulebooks:,}"),
        ),
        names=verdict.names,
        limits=verdict.limits,
        again=tuple(again),
        details=_claim_details(log, verdict),
    )


def of_claim_without_log(claimed: str, log: LogVerdict, again: Sequence[str]) -> Verification:
    """The verification of a claim over a log that does not verify: nothing is shown."""
    missing = log.findings or tuple(Finding("checkpoint", why) for why in log.reasons)
    return Verification(
        "claim",
        claimed,
        Outcome.NOT_SHOWN.value,
        False,
        "The log that the claim rests on does not verify, so nothing is shown.",
        missing=missing,
        lacking=log.found or len(missing),
        again=tuple(again),
    )


def of_opening(opening: Opening, entry: int | None, asked: bool, again: str) -> Verification:
    """The verification of an opening; `entry` is where the log has its commitment, if it was asked."""
    found = entry is not None or not asked
    sentence = "The content and the salt are those that were committed to."
    if not asked:
        sentence += " Whether a log holds that commitment was not asked; name it with --log."
    missing = () if found else (Finding("log", f"no entry holds the commitment {opening.commitment}"),)
    return Verification(
        "opening",
        f"the commitment {opening.commitment} was made to this {opening.of}",
        "verified" if found else "refused",
        found,
        sentence if found else "The log does not hold that commitment.",
        rests_on=(f"entry {entry} of the log holds the commitment",) if entry is not None else (),
        missing=missing,
        lacking=len(missing),
        figures=(("bytes", f"{len(opening.content):,}"),),
        again=(again,),
        details=(("of", opening.of), ("commitment", opening.commitment), ("entry", entry)),
    )


def _claim_sentence(verdict: ClaimVerdict) -> str:
    match verdict.outcome:
        case Outcome.HOLDS:
            return (
                f"The claim holds: of {verdict.tally.decisions:,} decisions, all made again, none served it to one of "
                "those whom the claim is about."
            )
        case Outcome.DOES_NOT_HOLD:
            return f"The claim does not hold: {_counted(verdict.violated, 'finding')} against it."
        case _:
            return f"The claim is not shown: {_counted(verdict.lacking, 'thing')} missing that it would rest on."


def _claim_details(log: LogVerdict, verdict: ClaimVerdict) -> tuple[tuple[str, Any], ...]:
    claim, tally = verdict.claim, verdict.tally
    counts = {name: getattr(tally, name) for name in tally.__dataclass_fields__}
    return (
        *(_head_details(log.signed) if log.signed else ()),
        ("models", list(claim.models)),
        ("operations", [each.value for each in claim.operations]),
        ("whom", claim.whom),
        ("certainty", claim.certainty.value),
        ("since", claim.since.isoformat()),
        ("until", claim.until.isoformat()),
        ("grace", claim.grace.total_seconds()),
        ("counts", counts),
    )


def _head_figures(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    if verdict.checkpoint is None:
        return ()
    checkpoint = verdict.checkpoint
    cosigned = tuple((f"cosigned by {each.witness}", _instant(each.at)) for each in verdict.cosigned)
    return (
        ("log", checkpoint.origin),
        ("entries", f"{checkpoint.head.size:,}"),
        ("root", checkpoint.head.root.hex()),
        *cosigned,
    )


def _head_details(verdict: Verdict) -> tuple[tuple[str, Any], ...]:
    if verdict.checkpoint is None:
        return (("origin", None), ("size", None), ("root", None), ("cosigned", []))
    head = verdict.checkpoint.head
    return (
        ("origin", verdict.checkpoint.origin),
        ("size", head.size),
        ("root", head.root.hex()),
        ("cosigned", [{"witness": each.witness, "at": _instant(each.at)} for each in verdict.cosigned]),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def readable(why: str) -> str:
    """A reason in which an instant is an instant, not a number of seconds."""
    return re.sub(
        r"^((?:older: |newer: )?cosigned by .*) at ([0-9]+)$", lambda m: f"{m[1]} at {_instant(int(m[2]))}", why
    )


def _instant(seconds: int) -> str:
    """An instant in words; a number where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
