"""A drill before it is enacted: whom it names, that it is nothing else, and that it touches nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.conditions import Always, OneOf
from licet.core.decision import Outcome, Request, decide
from licet.core.facts import Value
from licet.core.instruments import Order, Streams
from licet.core.proof import Answer, Proof
from licet.core.properties import Claim, Property
from licet.core.rulebook import Rulebook
from licet.services.drill import DrillRefused, Plan, check_drill, drilled, order_of, plan, property_of
from licet.services.rulebooks import Proposal, in_force, propose
from licet.services.stored import Ground, StoredDocument, Warrant
from licet.services.subjects import facts_at
from licet.wire.canonical import canonical, digest
from licet.wire.documents import SourceFile

NOW = datetime(2026, 6, 12, 21, 21, 0, 123456, tzinfo=UTC)
MINUTES = timedelta(minutes=10)
ODD = "o'dd\"\\{#:}@x"
LAW = """\
model: m
family: f
apis: [openai]
aliases: [alias-of-m]
upstream: {url: "https://m.example"}
fallback: [other]
---
model: other
family: f
apis: [openai]
upstream: {url: "https://m.example"}
---
model: above
family: f
apis: [openai]
upstream: {url: "https://m.example"}
fallback: [m]
---
release: r
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
families: [f]
to: true
---
order: closed
issued: 2026-06-01T00:00:00Z
from: 2026-06-01T00:00:00Z
until: 2026-06-12T21:25:00Z
models: [above]
forbids: not us_citizen
"""


def files(text: str, name: str = "law.yaml") -> list[SourceFile]:
    return [SourceFile(name, text.encode(), lambda _: None)]


@pytest.fixture
def store() -> Any:
    """A law of three models, and five subjects."""
    store = MemoryStore()
    put(store, propose(store, files(LAW)))
    for name, citizen in (("jean", False), ("ada", True), ("bystander", False), ("nobody", None), (ODD, True)):
        store.add_subject(name, "person", actor="test", at=NOW)
        if citizen is not None:
            until = NOW + timedelta(minutes=3) if name == "ada" else None
            fact = Attestation(name, "us_citizen", citizen, "registry", "passport", "high", NOW, until)
            store.attest([fact], actor="test", at=NOW)
    return store


def put(store: Any, proposal: Proposal) -> None:
    """Append a proposal as the next epoch."""
    epoch = proposal.before.epoch
    store.enact(
        proposal.documents,
        proposal.lists,
        actor="test",
        at=NOW,
        rulebook=proposal.rulebook.digest,
        expected_epoch=epoch,
        **WARRANT,
    )


WARRANT = {"warrant": Warrant(Ground.ONE_OFFICER)}


def planned(store: Any, **other: Any) -> Plan:
    asked: dict[str, Any] = {
        "models": ["m"],
        "subjects": ["jean", ODD],
        "length": MINUTES,
        "streams": Streams.CUT,
        "reasons": "Quarterly.",
        "actor": 'A. "Officer"',
        "now": NOW,
    }
    return plan(in_force(store), store, **(asked | other))


def proposed(store: Any, drill: Plan, text: str | None = None) -> Proposal:
    return propose(store, files(text or drill.text, "drill.yaml"))


def test_the_order_names_its_subjects_its_models_and_its_end(store: Any) -> None:
    drill = planned(store, models=["alias-of-m", "m"], subjects=["jean", ODD, "jean"])
    order = order_of(proposed(store, drill), drill)
    assert order.name == "drill-2026-06-12-1" and "drill" in order.title.lower() and "drill" in order.reasons
    assert order.reasons.endswith("Quarterly.") and order.issuer == 'A. "Officer"'
    assert order.condition == OneOf("subject", frozenset({"jean", ODD}))
    assert (order.models, order.streams) == (("m",), Streams.CUT)
    assert (order.from_, order.until) == (NOW, NOW + MINUTES)
    assert drilled(order) == frozenset({"jean", ODD})


def test_a_second_drill_of_a_day_has_another_name(store: Any) -> None:
    put(store, proposed(store, planned(store)))
    assert planned(store).name == "drill-2026-06-12-2"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"models": []}, "at least one model"),
        ({"models": ["what"]}, "there is no model `what`; there are above, m, other"),
        ({"models": ["*"]}, r"there is no model `\*`"),
        ({"subjects": []}, "from 1 to 50 subjects"),
        ({"subjects": [f"s{number}" for number in range(51)]}, "from 1 to 50 subjects, each with `--subject`; not 51"),
        ({"subjects": ["jean", "who"]}, "there is no subject `who`"),
        ({"subjects": ['jean"} or True or subject in {"x']}, "there is no subject"),
        ({"subjects": [""]}, "there is no subject ``"),
        ({"subjects": ["jean\nada"]}, "there is no subject"),
        ({"length": timedelta(seconds=-1)}, "from 1 second to 24 hours, not -1 seconds"),
        ({"length": timedelta(0)}, "from 1 second to 24 hours"),
        ({"length": timedelta(hours=24, seconds=1)}, "from 1 second to 24 hours, not 86401 seconds"),
    ],
)
def test_what_cannot_be_a_drill_is_refused(store: Any, other: dict[str, Any], why: str) -> None:
    with pytest.raises(DrillRefused, match=why):
        planned(store, **other)
    assert len(store.enactments()) == 1


def test_a_fact_of_the_operators_own_under_the_name_is_no_ground_for_a_drill() -> None:
    """It can only have been enacted before the fact came with Licet; now the name is taken."""
    store = MemoryStore()
    tree = {"fact": "subject", "type": "string", "about": "subject", "meaning": "What is taught.", "source": "test"}
    own = StoredDocument("fact", "subject", digest(canonical(tree)), canonical(tree))
    rest = [each for each in propose(store, files(LAW)).documents if (each.kind, each.name) != ("fact", "subject")]
    store.enact([own, *rest], [], actor="test", at=NOW, rulebook="sha256:old", expected_epoch=0, **WARRANT)
    store.add_subject("jean", "person", actor="test", at=NOW)
    with pytest.raises(DrillRefused, match="declares a fact `subject` of its own"):
        planned(store, subjects=["jean"])


def test_a_store_from_before_the_fact_gets_it_with_the_drill() -> None:
    store = MemoryStore()
    whole = propose(store, files(LAW))
    old = [each for each in whole.documents if (each.kind, each.name) != ("fact", "subject")]
    store.enact(old, [], actor="test", at=NOW, rulebook="sha256:old", expected_epoch=0, **WARRANT)
    store.add_subject("jean", "person", actor="test", at=NOW)
    assert "subject" not in in_force(store).facts
    drill = planned(store, subjects=["jean"])
    proposal = proposed(store, drill)
    assert {(each.kind, each.name) for each in proposal.written} == {("fact", "subject"), ("order", drill.name)}
    order = order_of(proposal, drill)
    assert check_drill(proposal.before, proposal.rulebook, order, store.subjects(), {}, None).subjects == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("jean", "bystander"),
        lambda text: text.replace("forbids: ", "forbids: true # "),
        lambda text: text.replace('models: ["m"]', 'models: ["m", "other"]'),
        lambda text: text.replace('models: ["m"]', 'models: ["m"]\nfamilies: [f]'),
        lambda text: text.replace('models: ["m"]', 'models: ["m"]\noperations: [use, tune]'),
        lambda text: text.replace("21:31:00", "23:31:00"),
        lambda text: text + "supersedes: [closed]\n",
        lambda text: (
            text + "---\nlift: more\nissued: 2026-06-12T00:00:00Z\nfrom: 2026-06-12T00:00:00Z\nends: [closed]\n"
        ),
    ],
)
def test_an_order_that_does_not_read_back_as_planned_is_refused(store: Any, change: Callable[[str], str]) -> None:
    drill = planned(store)
    text = change(drill.text)
    assert text != drill.text
    with pytest.raises(DrillRefused):
        order_of(proposed(store, drill, text), drill)


def test_nobody_else_is_decided_otherwise(store: Any) -> None:
    drill = planned(store)
    proposal = proposed(store, drill)
    order = order_of(proposal, drill)
    checked = check_drill(proposal.before, proposal.rulebook, order, store.subjects(), {}, None)
    # ada with her passport and without it, the bystander, and nobody, who is as ada without it
    assert (checked.subjects, checked.classes, checked.proved) == (3, 3, None)
    # 3 classes, 3 models, 3 instants (its beginning, the end of `closed`, its end), a stream or not, substitutes or not
    assert checked.decisions == 3 * 3 * 3 * 2 * 2


def test_the_named_are_what_changes(store: Any) -> None:
    drill = planned(store)
    rulebook = proposed(store, drill).rulebook
    for name, outcome in (("jean", Outcome.SUBSTITUTE), (ODD, Outcome.SUBSTITUTE), ("bystander", Outcome.SERVE)):
        facts: dict[str, Value] = {**facts_at(store.subject(name), rulebook.facts, (), {}, NOW), "stream": False}
        assert decide(rulebook, Request(facts, "m", "use", NOW)).outcome is outcome
        assert decide(rulebook, Request(facts, "m", "use", NOW + MINUTES)).outcome is Outcome.SERVE


@pytest.mark.parametrize(
    "condition", [Always(True), OneOf("subject", frozenset({"jean", "bystander"})), OneOf("subject", frozenset("x"))]
)
def test_an_order_that_touches_somebody_else_is_caught_before_it_is_enacted(store: Any, condition: Any) -> None:
    """Whatever the order says of itself: what is compared is who is decided otherwise."""
    drill = planned(store, subjects=["jean"])
    proposal = proposed(store, drill)
    order = order_of(proposal, drill)
    forged = replace(order, condition=condition)
    others = tuple(each for each in proposal.rulebook.instruments if each.name != order.name)
    after = replace(proposal.rulebook, instruments=(*others, forged))
    records = list(store.subjects())
    if condition == OneOf("subject", frozenset("x")):
        assert check_drill(proposal.before, after, order, records, {}, None).subjects == 4
        return
    with pytest.raises(DrillRefused, match="is not named, and would be decided otherwise"):
        check_drill(proposal.before, after, order, records, {}, None)


class Solver:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Property] = []

    def __call__(self, before: Rulebook, after: Rulebook) -> Solver:
        return self

    def prove(self, claim: Property, /) -> Proof:
        self.asked.append(claim)
        return Proof(claim, self.answer, rests_on=("r",), because="somebody")


@pytest.mark.parametrize(("answer", "proved"), [(Answer.PROVED, True), (Answer.NOT_DECIDED, False)])
def test_a_prover_is_asked_about_everybody_who_could_ever_ask(store: Any, answer: Answer, proved: bool) -> None:
    drill, solver = planned(store), Solver(answer)
    proposal = proposed(store, drill)
    order = order_of(proposal, drill)
    checked = check_drill(proposal.before, proposal.rulebook, order, store.subjects(), {}, solver)
    assert checked.proved is proved
    (claim,) = solver.asked
    assert claim == property_of(proposal.rulebook, order)
    assert (claim.claim, claim.whom, claim.models) == (Claim.CHANGES_ONLY, order.condition, ("above", "m"))


def test_a_refuted_drill_is_not_enacted(store: Any) -> None:
    drill = planned(store)
    proposal = proposed(store, drill)
    order = order_of(proposal, drill)
    with pytest.raises(DrillRefused, match="was proved to touch somebody who is not named: somebody"):
        check_drill(proposal.before, proposal.rulebook, order, store.subjects(), {}, Solver(Answer.REFUTED))


def test_other_orders_are_no_drills(store: Any) -> None:
    closed = in_force(store).instrument("closed")
    assert isinstance(closed, Order) and drilled(closed) is None
