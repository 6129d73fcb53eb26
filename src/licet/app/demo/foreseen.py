"""What could be known of each letter before it was in force, and whether each slip of the pen was caught."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from licet.adapters.store import open_store
from licet.app.demo.accounts import write_accounts
from licet.app.demo.desk import Desk, Plan, Slip, lay
from licet.app.demo.play import Tell
from licet.app.world import HostWorld
from licet.core.differences import Differences
from licet.core.proof import Answer, Proof
from licet.core.rulebook import Rulebook
from licet.services.diff import PopulationAt, tally_of, with_counts
from licet.services.dossier import Dossier
from licet.services.examine import Means, examine
from licet.services.population import Population
from licet.services.ports import Store

ACCOUNTS = "accounts.csv"
PAGES = "pages"
DESKS = "desk"
PROOF_SECONDS = 10.0
MOST = 100
"""Classes of a difference that are told apart."""


class Letter(NamedTuple):
    """A letter on its desk, what was found out about it, and the page that says so."""

    desk: Desk
    found: Dossier
    page: Path


class Slipped(NamedTuple):
    """A letter with a slip: what was found out about that, and whom it would have let through, from the letter as it
    was meant to the one with the slip. `made`: the letter had the words that the slip replaces.
    """

    slip: Slip
    made: bool
    found: Dossier
    let_through: Differences
    page: Path

    @property
    def proof(self) -> Proof | None:
        """The answer of the property that has to catch it."""
        return next((each for each in self.found.proofs if each.property.name == self.slip.caught_by), None)

    @property
    def is_caught(self) -> bool:
        """Whether that property does not hold, and somebody shows it."""
        return (
            self.made
            and self.proof is not None
            and self.proof.answer is Answer.REFUTED
            and self.proof.witness is not None
        )


class Foreseen(NamedTuple):
    """Everything that was known beforehand."""

    accounts: Path
    size: int
    letters: tuple[Letter, ...]
    slips: tuple[Slipped, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is not as it has to be, in sentences; nothing if all is well."""
        return (*self._letters_wrong(), *(_slip_wrong(each) for each in self.slips if not each.is_caught))

    def _letters_wrong(self) -> Iterator[str]:
        for letter in self.letters:
            for proof in letter.found.proofs:
                if proof.answer is not Answer.PROVED:
                    yield f"{letter.desk.letter}: {proof.property.name} is {proof.answer.value}: {proof.because}"
            if letter.found.differences is None or not letter.found.differences.complete:
                yield f"{letter.desk.letter}: not everything that it changes was found"
            for each in letter.found.left_out:
                yield f"{letter.desk.letter}: {each}"


def _slip_wrong(slipped: Slipped) -> str:
    if not slipped.made:
        return f"{slipped.slip.letter} does not say `{slipped.slip.written}`, so nothing could slip there"
    answer = "was not asked about" if slipped.proof is None else f"is {slipped.proof.answer.value}"
    return f"{slipped.slip.letter} that {slipped.slip.what} was not caught: {slipped.slip.caught_by} {answer}"


def foresee(scenario: Path, plan: Plan, folder: Path, world: HostWorld, tell: Tell) -> Foreseen:
    """Review each letter on a desk of its own in `folder`, and each slip on the desk of its letter.

    Raises `LicetError`, among others where an extra is not installed.
    """
    accounts = folder / ACCOUNTS
    tell(f"writing {plan.accounts:,} fictional accounts", 0)
    with (scenario / plan.employers).open(encoding="utf-8", newline="") as rows:
        write_accounts(accounts, plan.accounts, [row["org"] for row in csv.DictReader(rows)])
    (folder / PAGES).mkdir()
    letters, slips = [], []
    for name in plan.letters:
        tell(f"reviewing {name} before it is in force", 1)
        desk = lay(scenario, plan, name, folder / DESKS / name)
        store = open_store(desk.folder / ".licet", desk.issued)
        try:
            letters.append(_letter(desk, store, accounts, folder / PAGES, world))
            for slip in (each for each in plan.slips if each.letter == name):
                tell(f"the same, but it {slip.what}", 1)
                slips.append(_slipped(letters[-1], slip, store, accounts, folder / PAGES, world))
        finally:
            store.close()
    return Foreseen(accounts, plan.accounts, tuple(letters), tuple(slips))


def _letter(desk: Desk, store: Store, accounts: Path, pages: Path, world: HostWorld) -> Letter:
    """The letter as it was meant."""
    proposal = desk.proposal(store)
    found = examine(proposal, desk.issued, _means(world, proposal.rulebook, accounts, desk.issued))
    page = pages / f"{desk.letter}.html"
    page.write_text(world.review_page(found, desk.letter), encoding="utf-8")
    return Letter(desk, found, page)


def _slipped(letter: Letter, slip: Slip, store: Store, accounts: Path, pages: Path, world: HostWorld) -> Slipped:
    """The same letter with a slip, and what lies between the two."""
    desk = letter.desk
    proposal = desk.proposal(store, slip)
    means = _means(world, proposal.rulebook, accounts, desk.issued)
    found = examine(proposal, desk.issued, means)
    meant = letter.found.proposal.rulebook
    between = _compare(world, desk.issued)(meant, proposal.rulebook)
    if means.population is not None:
        between = with_counts(between, tally_of(meant, proposal.rulebook, means.population))
    page = pages / f"{desk.letter}-{slip.name}.html"
    page.write_text(world.review_page(found, f"{desk.letter} that {slip.what}"), encoding="utf-8")
    return Slipped(slip, slip.written in desk.text, found, between, page)


def _means(world: HostWorld, rulebook: Rulebook, accounts: Path, now: datetime) -> Means:
    """The same parts that `licet review` works with."""

    @cache
    def population(at: datetime) -> Population:
        return world.population(accounts, rulebook.facts, at, lambda _what, _part: None)

    counted: PopulationAt = population
    prover = world.provers(now, limit=PROOF_SECONDS)
    return Means(world.stopwatch, prover, _compare(world, now) if prover else None, counted)


def _compare(world: HostWorld, now: datetime) -> partial[Differences]:
    """What differs between two rulebooks, from an instant on."""
    return partial(world.differences, since=now, until=None, limit=3 * PROOF_SECONDS, most=MOST)
