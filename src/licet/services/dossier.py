"""A dossier: everything that an officer reads before a draft is in force. `services.examine` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.differences import Differences
from licet.core.preview import Preview
from licet.core.proof import Proof
from licet.services.findings import Review
from licet.services.rulebooks import Proposal


@dataclass(frozen=True, slots=True)
class Dossier:
    """A draft as it is read at `now`: what the review found, whom it touches, what it changes, what is proved of it.

    `sentences` say the difference in words; `proofs` are of all properties that stand or come with the draft;
    `ignored` are columns of the population that say nothing of a fact; `left_out` says what was not worked out, and
    what it needs. `one_officer`: one is enough to put it in force.
    """

    proposal: Proposal
    now: datetime
    review: Review
    preview: Preview | None
    differences: Differences | None
    sentences: tuple[str, ...]
    proofs: tuple[Proof, ...]
    ignored: tuple[str, ...]
    left_out: tuple[str, ...]
    one_officer: bool
