"""Proofs, as a table with whatever was not proved told in sentences, and as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.cli.review import witness_tree
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs, short
from licet.cli.terminal.trees import Tree, instant
from licet.core.decision import Request
from licet.core.facts import Unknown
from licet.core.proof import Answer, Proof, Witness
from licet.core.properties import COMPARING, Property
from licet.core.rulebook import Rulebook
from licet.services.explain import clauses_for, headline, shown
from licet.services.prove import ASKED, Inquiry, all_proved

TONES = {Answer.PROVED: Tone.GOOD, Answer.REFUTED: Tone.BAD, Answer.NOT_DECIDED: Tone.WARN}


def tree_of(inquiry: Inquiry, found: Sequence[Proof], now: datetime) -> Tree:
    """The answers as JSON."""
    return {
        "now": instant(now),
        "proved": all_proved(found),
        "draft": inquiry.draft,
        "before": rulebook_tree(inquiry.before),
        "after": rulebook_tree(inquiry.after),
        "proofs": [proof_tree(each) for each in found],
        "assumptions": assumptions_of(found),
    }


def rulebook_tree(rulebook: Rulebook) -> Tree:
    """Which rulebook."""
    return {"rulebook": rulebook.digest, "epoch": rulebook.epoch}


def proof_tree(proof: Proof) -> Tree:
    """One property and its answer."""
    return {
        "property": property_tree(proof.property),
        "answer": proof.answer.value,
        "rests_on": list(proof.rests_on),
        "because": proof.because,
        "about": list(proof.about),
        "witness": witness_tree(proof.witness),
        "models": proof.models,
        "intervals": proof.intervals,
        "seconds": round(proof.seconds, 6),
    }


def property_tree(asked: Property) -> Tree:
    """A property as it was asked."""
    return {
        "name": asked.name,
        "title": asked.title,
        "source": asked.source,
        "claim": asked.claim.value,
        "whom": asked.text,
        "certainty": asked.certainty.value,
        "models": list(asked.models),
        "families": list(asked.families),
        "operations": [each.value for each in asked.operations],
        "from": instant(asked.from_),
        "until": instant(asked.until),
        "instruments": list(asked.instruments),
        "digest": asked.digest,
    }


def assumptions_of(found: Sequence[Proof]) -> list[str]:
    """What was assumed by any of the proofs, each once."""
    return list(dict.fromkeys(sentence for each in found for sentence in each.assumptions))


def blocks_of(inquiry: Inquiry, found: Sequence[Proof], now: datetime) -> list[Block]:
    """A table of the answers; then whatever was not proved, with its witness; then what was assumed."""
    blocks = answer_blocks(inquiry, found)
    blocks += [Line(), Line(f"{verdict(found)}; {of_what(inquiry)}, asked at {now.isoformat()}", total(found))]
    return [*blocks, *assumed_blocks(assumptions_of(found))]


def answer_blocks(inquiry: Inquiry, found: Sequence[Proof]) -> list[Block]:
    """A table of the answers; then whatever was not proved, with its witness."""
    blocks: list[Block] = [Grid([row(each) for each in found], ("answer", "property", "rests on", "took"))]
    for each in found:
        if each.answer is not Answer.PROVED:
            blocks += [Line(), *account(inquiry, each)]
    return blocks


def assumed_blocks(assumptions: Sequence[str]) -> list[Block]:
    """What was assumed; nothing where nothing was."""
    assumed = [[Line("-", Tone.QUIET), Line(each, Tone.QUIET)] for each in assumptions]
    return [Line("assumed of everybody, and nothing else:", Tone.QUIET), Grid(assumed)] if assumed else []


def row(proof: Proof) -> list[Line]:
    """One property in the table."""
    rests = listed(proof.rests_on)
    if proof.answer is Answer.PROVED and not rests:
        rests = "no instrument"
    name = proof.property.name if proof.property.name != ASKED else proof.property.claim.value
    return [
        cell(proof.answer.value, TONES[proof.answer]),
        cell(name, Tone.STRONG),
        cell(rests),
        cell(f"{proof.seconds:.2f} s", Tone.QUIET),
    ]


def account(inquiry: Inquiry, proof: Proof) -> list[Block]:
    """Why a property is not proved: in a sentence, and somebody of whom it does not hold."""
    title = proof.property.title or proof.property.claim.value
    blocks: list[Block] = [Line(f"{proof.answer.value}: {title}", TONES[proof.answer]), Line(proof.because)]
    witness = proof.witness
    if witness is None:
        return blocks
    known = [(name, value) for name, value in sorted(witness.facts.items()) if not isinstance(value, Unknown)]
    if known:
        blocks.append(pairs(*((name, shown(value)) for name, value in known)))
    rest = len(witness.facts) - len(known)
    blocks.append(
        Line(f"and {count(rest, 'fact')} unknown" if known else "nothing at all is known of them", Tone.QUIET)
    )
    return [*blocks, *told(inquiry, witness)]


def told(inquiry: Inquiry, witness: Witness) -> list[Block]:
    """What the reference interpreter decides on a witness, and by which instruments."""
    who = "somebody of whom this is known"
    blocks: list[Block] = []
    if witness.before is not None and witness.before.rulebook == inquiry.before.digest:
        blocks.append(Line("before: " + headline(witness.before, inquiry.before, who)))
    blocks.append(Line("now: " + headline(witness.after, inquiry.after, who)))
    request = Request(witness.facts, witness.model, witness.operation, witness.at)
    clauses = [each for verdict_ in witness.after.verdicts for each in clauses_for(inquiry.after, request, verdict_)]
    return [*blocks, Grid([[Line("-"), Line(each.sentence)] for each in clauses])]


def verdict(found: Sequence[Proof]) -> str:
    """How many of each answer."""
    counts = [(sum(each.answer is answer for each in found), answer) for answer in Answer]
    return listed([f"{number} {answer.value}" for number, answer in counts if number])


def total(found: Sequence[Proof]) -> Tone:
    """The colour of all together: that of the worst."""
    answers = {each.answer for each in found}
    worst = next(each for each in (Answer.REFUTED, Answer.NOT_DECIDED, Answer.PROVED) if each in answers)
    return TONES[worst]


def of_what(inquiry: Inquiry) -> str:
    """Which rulebooks it was asked of."""
    which = "a draft" if inquiry.draft else f"epoch {inquiry.after.epoch}"
    after = f"rulebook {short(inquiry.after.digest)} ({which})"
    compares = any(each.claim in COMPARING for each in inquiry.properties)
    return after + (f", compared with epoch {inquiry.before.epoch}" if compares else "")
