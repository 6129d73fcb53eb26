"""Values as plain JSON, in the forms that `spec/cli.md` promises. Instants are RFC 3339."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from licet.core.attestations import Attestation
from licet.core.decision import Decision, Verdict
from licet.core.evidence.instruments import Evidence
from licet.core.instruments import Instrument, Lift, Provision, Release
from licet.core.requirements import worded
from licet.core.rulebook import Rulebook
from licet.services.ports import Ack, Gone, Silence
from licet.services.rulebooks import Change
from licet.services.stored import KeyRecord
from licet.wire.values import to_json

Tree = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """An instant, or null."""
    return None if at is None else at.isoformat()


def instrument_tree(instrument: Instrument, rulebook: Rulebook) -> Tree:
    """An instrument with the time over which it is in force (`until` null: no end is known)."""
    span = rulebook.spans[instrument.name]
    provision = instrument if isinstance(instrument, Provision) else None
    about = instrument if isinstance(instrument, Provision | Evidence) else None
    return {
        "kind": kind_of(instrument),
        "name": instrument.name,
        "title": instrument.title,
        "issuer": instrument.issuer,
        "issued": instant(instrument.issued),
        "from": instant(span.start),
        "until": instant(span.end),
        "models": list(about.models) if about else [],
        "families": list(about.families) if about else [],
        "operations": list(provision.operations) if provision else [],
        "condition": provision.text if provision else None,
        "requires": [worded(each) for each in instrument.requires] if isinstance(instrument, Release) else [],
        "ends": list(instrument.ends) if isinstance(instrument, Lift) else [],
        "supersedes": list(instrument.supersedes),
        "digest": instrument.digest,
    }


def kind_of(instrument: Instrument) -> str:
    """`order`, `release` ..."""
    return type(instrument).__name__.lower()


def change_tree(change: Change) -> Tree:
    """What changes at an instant."""
    return {
        "at": instant(change.at),
        "begins": [each.name for each in change.begins],
        "ends": [each.name for each in change.ends],
        "turns": [
            {"release": each.release, "models": list(each.models), "permits": each.opens, "why": list(each.why)}
            for each in change.turns
        ],
    }


def workers_tree(acks: Iterable[Ack], silences: Iterable[Silence], gone: Iterable[Gone], seconds: float) -> Tree:
    """How far a push got."""
    acks, silences = tuple(acks), tuple(silences)
    return {
        "running": len(acks) + len(silences),
        "acknowledged": [
            {"worker": each.worker, "epoch": each.epoch, "cut": each.cut, "seconds": each.seconds} for each in acks
        ],
        "silent": [{"worker": each.worker, "why": each.why} for each in silences],
        "ended": [{"worker": each.worker, "pid": each.pid} for each in gone],
        "seconds": round(seconds, 6),
    }


def decision_tree(decision: Decision, rulebook: Rulebook, subject: str | None) -> Tree:
    """A decision with all its reasons."""
    return {
        "outcome": decision.outcome.value,
        "subject": subject,
        "requested": decision.requested,
        "served": decision.served,
        "operation": decision.operation,
        "at": instant(decision.at),
        "instruments": list(decision.instruments),
        "unknown": list(decision.unknown),
        "verdicts": [verdict_tree(verdict) for verdict in decision.verdicts],
        "rulebook": decision.rulebook,
        "epoch": rulebook.epoch,
    }


def verdict_tree(verdict: Verdict) -> Tree:
    """What the rulebook says of one model."""
    return {
        "model": verdict.model,
        "allowed": verdict.allowed,
        "permitted_by": list(verdict.permitted_by),
        "forbidden_by": list(verdict.forbidden_by),
        "relieved": [{"order": order, "licence": licence} for order, licence in verdict.relieved],
        "conflicts": list(verdict.conflicts),
        "unknown": list(verdict.unknown),
    }


def key_tree(key: KeyRecord, state: str) -> Tree:
    """A key without its secret; `state` is `valid`, `expired` or `revoked`."""
    return {
        "id": key.id,
        "subject": key.subject,
        "acts_for": key.acts_for,
        "state": state,
        "scopes": list(key.scopes),
        "created_at": instant(key.created_at),
        "created_by": key.created_by,
        "expires_at": instant(key.expires_at),
        "revoked_at": instant(key.revoked_at),
    }


def attestation_tree(attestation: Attestation, now: datetime) -> Tree:
    """One fact about a subject, with its provenance."""
    return {
        "fact": attestation.fact,
        "value": to_json(attestation.value),
        "expired": has_expired(attestation, now),
        "attested_by": attestation.attested_by,
        "how": attestation.how,
        "level": attestation.level,
        "at": instant(attestation.at),
        "until": instant(attestation.until),
    }


def has_expired(attestation: Attestation, now: datetime) -> bool:
    """Whether the fact is unknown again."""
    return attestation.until is not None and attestation.until <= now
