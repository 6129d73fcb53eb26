"""What an enactment came to: in sentences, and as JSON."""

from __future__ import annotations

from datetime import datetime

from licet.cli.proposal import ahead
from licet.cli.terminal.blocks import Block, Line, Tone
from licet.cli.terminal.told import reached
from licet.cli.terminal.trees import Tree, instant, workers_tree
from licet.core.instruments import Instrument
from licet.core.rulebook import Rulebook
from licet.services.enact import EnactReport
from licet.services.rulebooks import Proposal
from licet.services.stored import Ground


def alone(report: EnactReport) -> list[Block]:
    """That one officer made a widening, where one did."""
    if report.enactment.ground is not Ground.ONE_OFFICER:
        return []
    sentence = f"made by {report.enactment.actor} alone, as `officers: 1` allows; it was not proved to only narrow"
    return [Line(sentence, Tone.WARN)]


def outcome(proposal: Proposal, report: EnactReport, now: datetime) -> list[Block]:
    """What the enactment came to, in sentences."""
    later = ahead(proposal, now)
    at_once = changes_now(proposal, now)
    blocks: list[Block] = [Line(f"enacted as epoch {report.enactment.epoch}", Tone.STRONG)]
    blocks += reached(report, "in force on" if at_once or not later else "known to")
    blocks += [Line(f"{each.name} takes effect {each.from_.isoformat()} by itself", Tone.GOOD) for each in later]
    return blocks


def changes_now(proposal: Proposal, now: datetime) -> bool:
    """Whether something of it applies at once; a new model or definition does."""
    upcoming = {each.name for each in ahead(proposal, now)}
    own, _ = proposal.told_apart()
    return any(each.name not in upcoming for each in own)


def report_tree(proposal: Proposal, report: EnactReport) -> Tree:
    """An enactment as JSON."""
    return {
        "enacted": True,
        "epoch": report.enactment.epoch,
        "at": instant(report.enactment.at),
        "actor": report.enactment.actor,
        "approved_by": report.enactment.approved_by,
        "ground": report.enactment.ground.value,
        "rests_on": list(report.enactment.rests_on),
        "proposal": report.enactment.proposal,
        "ahead": [_ahead_tree(each, proposal.rulebook) for each in ahead(proposal, report.enactment.at)],
        "workers": workers_tree(report.acks, report.silences, report.gone, report.seconds),
    }


def _ahead_tree(instrument: Instrument, rulebook: Rulebook) -> Tree:
    return {"name": instrument.name, "from": instant(rulebook.spans[instrument.name].start)}
