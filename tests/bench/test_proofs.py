"""The properties that are measured are of every kind, and some of them hold and others do not."""

from __future__ import annotations

from bench.proofs import SPRING, last_step, proved, section, standing_properties
from bench.worlds import NOW, world

from bench import proofs
from licet.core.proof import Answer
from licet.core.properties import Claim


def test_standing_properties_of_every_kind_are_decided() -> None:
    step = last_step(world(2026, 1).rulebook)
    asked = list(standing_properties(step, NOW))

    answers = {each.property.name: each.answer for each in proved(step, asked, NOW)}

    assert {each.claim for each in asked} == set(Claim)
    assert len(answers) == len(asked)
    assert set(answers.values()) == {Answer.PROVED, Answer.REFUTED}
    assert answers["three orders only narrow"] is Answer.PROVED
    assert answers["three orders only widen"] is Answer.REFUTED


def test_what_was_measured_is_told_with_its_goals() -> None:
    step = last_step(world(2026, 1).rulebook)
    asked = list(standing_properties(step, SPRING))[4:6]
    found = proofs.Measured(proved(step, asked, SPRING), [0.25, 0.5], 3.0)

    text = section(step, {"from then on": found, "later": found._replace(total=1.0)})

    assert [line.split("|")[2].strip() for line in text.splitlines() if "three orders" in line] == [
        "only-narrows",
        "only-widens",
    ]
    assert [line.rsplit("|", 2)[1].strip() for line in text.splitlines() if "<= 2 s" in line] == ["**not met**", "met"]
