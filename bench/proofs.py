"""Standing properties of a rulebook of 50 models and 200 instruments: claims of all eight kinds, proved and refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import NamedTuple

from bench.figures import goal, goals, table
from bench.worlds import NOW, world
from licet.core.conditions import AllOf, Always, Condition, Not, definitions
from licet.core.instruments import Licence, Lift, Mandate, Order, Provision, Release
from licet.core.proof import Answer, Proof
from licet.core.properties import Certainty, Claim, Property
from licet.core.rulebook import Rulebook
from licet.engines.proofs.prover import Prover

ROUNDS = 5
LIMIT = 60.0
SPRING = NOW - timedelta(days=150)
GOAL = 2.0
EVERYBODY = Always(True)
NEW = 3
"""Orders that the rulebook before does not have yet."""


class Step(NamedTuple):
    """A rulebook and the one before it, and the orders that are new: in force, and relieved by no licence."""

    before: Rulebook
    after: Rulebook
    orders: tuple[Order, ...]


class Measured(NamedTuple):
    """All properties from one instant on: the answers, the middle of some rounds for each and for all, in seconds."""

    proofs: list[Proof]
    each: list[float]
    total: float


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    step = last_step(world(2026, 1).rulebook)
    found = {}
    for name, since in (("from now on", NOW), ("over 150 days before, and from then on", SPRING)):
        found[name] = measured(step, since)
        counts = {answer: sum(proof.answer is answer for proof in found[name].proofs) for answer in Answer}
        said = ", ".join(f"{count} {answer}" for answer, count in counts.items())
        say(f"proofs  {name}: {found[name].total:.2f} s, {said}")
    return section(step, found)


def last_step(after: Rulebook) -> Step:
    """The step to a rulebook from one without some of its orders."""
    relieved = {name for each in after.instruments if isinstance(each, Licence) for name in each.relieves}
    standing = (each for each in after.in_force(NOW) if isinstance(each, Order) and each.name not in relieved)
    orders = tuple(standing)[:NEW]
    before = tuple(each for each in after.instruments if each not in orders)
    return Step(replace(after, instruments=before), after, orders)


def standing_properties(step: Step, since: datetime) -> Iterator[Property]:
    """Claims of all kinds: of each, where that can be, one that holds and one that does not."""
    book, order = step.after, step.orders[0]
    begun, foreign = max(order.from_, since), foreign_person(book)
    models = tuple(dict.fromkeys(name for each in step.orders for name in each.models))
    families = tuple(sorted({book.catalogue.models[name].family for name in models}))
    lifts = tuple(each.name for each in book.instruments if isinstance(each, Lift))

    def claim(name: str, claim: Claim, **fields: object) -> Property:
        return replace(Property(name=name, claim=claim, whom=EVERYBODY, text=""), **fields)  # type: ignore[arg-type]

    possibly_meant = {"whom": order.condition, "certainty": Certainty.POSSIBLE, "models": order.models, "from_": begun}
    yield claim("nobody whom an order may mean is allowed", Claim.NOBODY_ALLOWED, **possibly_meant)
    yield claim("no foreign person is allowed", Claim.NOBODY_ALLOWED, whom=foreign, certainty=Certainty.POSSIBLE)
    yield claim("nor is that another's substitute", Claim.NO_SUBSTITUTE, **possibly_meant)
    yield claim("no foreign person has a substitute", Claim.NO_SUBSTITUTE, whom=foreign)
    yield claim("three orders only narrow", Claim.ONLY_NARROWS)
    yield claim("three orders only widen", Claim.ONLY_WIDENS)
    yield claim("they change their families only", Claim.CHANGES_ONLY, families=families)
    yield claim("they change one model only", Claim.CHANGES_ONLY, models=models[:1])
    yield claim("every mandate is met", Claim.MANDATES_MET)
    yield claim("it is where no order may mean somebody", Claim.MANDATES_MET, whom=meant_by_no_order(book))
    yield claim("no instrument is dead", Claim.NO_DEAD_INSTRUMENT)
    yield claim("the new orders are not dead", Claim.NO_DEAD_INSTRUMENT, instruments=tuple(o.name for o in step.orders))
    yield claim("after each lift all is as before", Claim.LIFT_RESTORES, instruments=lifts)


def foreign_person(book: Rulebook) -> Condition:
    """What the orders call a foreign person."""
    used = (each for found in book.instruments if isinstance(found, Provision) for each in definitions(found.condition))
    return next(each for each in used if each.local == "foreign_person")


def meant_by_no_order(book: Rulebook) -> Condition:
    """Those whom every release of a model with a mandate permits, and whom none of its orders may mean."""
    named = {name for each in book.instruments if isinstance(each, Mandate) for name in each.models}
    about = [each for each in book.instruments if isinstance(each, Provision) and named.intersection(each.models)]
    released = (each.condition for each in about if isinstance(each, Release))
    return AllOf((*released, *(Not(each.condition) for each in about if isinstance(each, Order))))


def measured(step: Step, since: datetime) -> Measured:
    """Everything from the two rulebooks to the last answer, some times over."""
    properties = list(standing_properties(step, since))
    rounds: list[tuple[float, list[Proof]]] = []
    for _ in range(ROUNDS):
        start = perf_counter()
        proofs = proved(step, properties, since)
        rounds.append((perf_counter() - start, proofs))
    each = [median(proofs[place].seconds for _, proofs in rounds) for place in range(len(properties))]
    return Measured(rounds[-1][1], each, median(seconds for seconds, _ in rounds))


def proved(step: Step, properties: list[Property], since: datetime) -> list[Proof]:
    """The answers, by one prover."""
    prover = Prover(step.before, step.after, now=since, stopwatch=perf_counter, limit=LIMIT, properties=properties)
    return [prover.prove(each) for each in properties]


def section(step: Step, found: dict[str, Measured]) -> str:
    rows = []
    now, spring = found.values()
    for place, proof in enumerate(now.proofs):
        other = spring.proofs[place]
        times = (f"{now.each[place] * 1e3:.0f} ms", f"{spring.each[place] * 1e3:.0f} ms")
        rows.append(
            (proof.property.name, str(proof.property.claim), str(proof.answer), times[0], str(other.answer), times[1])
        )
    rows.append(("all of them", "", "", f"{now.total:.2f} s", "", f"{spring.total:.2f} s"))
    wanted = [
        goal(f"all {len(now.proofs)} properties, {name}", f"<= {GOAL:.0f} s", f"{each.total:.2f} s", each.total <= GOAL)
        for name, each in found.items()
    ]
    undecided = sum(proof.answer is Answer.NOT_DECIDED for each in found.values() for proof in each.proofs)
    wanted.append(goal("not decided", "none", str(undecided), undecided == 0))
    intervals = max(proof.intervals for proof in spring.proofs)
    models = len(step.after.catalogue.models)
    return f"""## Proofs

Standing properties of a rulebook of {models} models and {len(step.after.instruments)} instruments, and of the step
to it from one without {len(step.orders)} of its orders: asked from the instant of the world on, and from 150 days
before on, over {intervals} stretches of time. Each counterexample was decided by the reference interpreter, too, and
each proof says on which instruments it rests. The first property that is asked pays for the formulas of all; whether
any instrument is dead is a question for each of them. Median of {ROUNDS}.

{table(("property", "claim", "now", "time", "since spring", "time"), rows)}

{goals(wanted)}
"""
