"""The generated world: Cedar, an engine of other people's making, agrees with ours; and it is what it says it is."""

from __future__ import annotations

from random import Random

from bench.cedar import CedarWorld
from bench.points import agreement
from bench.worlds import world

from licet.engines.points import compile_points


def test_cedar_the_reference_and_the_points_agree() -> None:
    made = world(seed=11, subjects=200)
    points = compile_points(made.rulebook, made.now)
    chance = Random(3)
    pairs = [(chance.randrange(200), chance.choice(made.models)) for _ in range(1500)]
    vectors = [points.vector(facts) for facts in made.subjects]

    outcomes = agreement(made, pairs, vectors, points.decide, CedarWorld(made))

    assert outcomes.total() == 1500
    assert min(outcomes[each] for each in ("serve", "substitute", "refuse")) > 100


def test_the_world_has_the_size_that_the_goal_names() -> None:
    made = world()

    assert (made.instruments, len(made.models), len(made.subjects)) == (200, 50, 1000)


def test_the_same_seed_makes_the_same_world() -> None:
    assert world(5, 10).rulebook.digest == world(5, 10).rulebook.digest
    assert world(5, 10).rulebook.digest != world(6, 10).rulebook.digest
