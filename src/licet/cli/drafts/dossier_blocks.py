"""A dossier for people: who may sign it, what was found, whom it touches, what it changes, what holds of it."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.drafts.diff_blocks import said_blocks
from licet.cli.drafts.preview_blocks import preview_blocks
from licet.cli.drafts.proof import answer_blocks, assumed_blocks, assumptions_of, total, verdict
from licet.cli.proposal import documents_table
from licet.cli.review import review_blocks
from licet.cli.terminal.blocks import Block, Line, Tone
from licet.services.dossier import Dossier
from licet.services.prove import Inquiry

ONE = "one officer is enough: `licet enact` puts it in force at once"
TWO = "it needs a second officer: `licet enact` proposes it, `licet approve` puts it in force"


def dossier_blocks(found: Dossier) -> list[Block]:
    """What there is to see, the most important first."""
    proposal = found.proposal
    blocks: list[Block] = [Line(f"read at {found.now.isoformat()}", Tone.QUIET), *documents_table(proposal)]
    blocks += review_blocks(found.review)
    if proposal.written:
        blocks.append(Line(ONE if found.one_officer else TWO, Tone.GOOD if found.one_officer else Tone.WARN))
    if found.preview is not None:
        blocks += part("whom it touches", preview_blocks(found.preview, found.ignored))
    if found.differences is not None:
        blocks += part("what it changes", said_blocks(found.differences, found.sentences))
    if found.proofs:
        blocks += part("what holds", proof_blocks(found))
    blocks += assumed_blocks(assumed(found))
    return [*blocks, Line(), *(Line(f"LEFT OUT: {each}", Tone.WARN) for each in found.left_out)]


def part(title: str, blocks: Sequence[Block]) -> list[Block]:
    """A part with its heading."""
    return [Line(), Line(f"── {title}", Tone.STRONG), *blocks]


def proof_blocks(found: Dossier) -> list[Block]:
    """The answers, and somebody of whom a property does not hold."""
    inquiry = Inquiry(found.proposal.properties, found.proposal.before, found.proposal.rulebook, draft=True)
    return [*answer_blocks(inquiry, found.proofs), Line(verdict(found.proofs), total(found.proofs))]


def assumed(found: Dossier) -> list[str]:
    """What the difference and the proofs take for granted, each once."""
    differences = found.differences.assumptions if found.differences else ()
    return list(dict.fromkeys([*assumptions_of([found.review.narrows, *found.proofs]), *differences]))
