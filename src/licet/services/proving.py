"""What the verbs need of a prover. `engines.proofs.prover` is one; it is loaded only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from licet.core.proof import Proof
from licet.core.properties import Property
from licet.core.rulebook import Rulebook


class Prover(Protocol):
    """Proves claims about the step from one rulebook to another, from an instant on."""

    def prove(self, asked: Property, /) -> Proof:
        """The answer; never an exception for what cannot be decided."""


ProverOf = Callable[[Rulebook, Rulebook], Prover]
"""A prover of the step between two rulebooks; of one alone, where they are the same."""
