"""The nine properties that a decision has whatever the rulebook, the subject and the instant. Each bears its name.

A rulebook is generated as values; where documents matter, the same world is written as documents and read back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import naive
from tests.generated import (
    FACTS,
    MICROSECOND,
    NOON,
    World,
    completions,
    documents_of,
    instants,
    instants_of,
    model_names,
    mostly_use,
    partly_known,
    requirements,
    resolved,
    subjects,
    telling_instants,
    weakened,
    with_instruments,
    worlds,
)

from licet.core import truth
from licet.core.conditions import Always, Condition, evaluate
from licet.core.decision import Decision, Outcome, Request, Verdict, decide
from licet.core.evidence.instruments import Assessment, Finding, Patch
from licet.core.evidence.severity import Level
from licet.core.facts import Facts, Value
from licet.core.instruments import Instrument, Licence, Lift, Mandate, Operation, Order, Provision, Release
from licet.core.requirements import Assessed
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth

thorough = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
EVERYBODY = Always(True)


def verdict(book: Rulebook, facts: Facts, model: str, operation: str, at: datetime) -> Verdict:
    """What the rulebook says of this very model."""
    return decide(book, Request(facts, model, operation, at, substitution=False)).verdicts[0]


def verdicts(book: Rulebook, facts: Facts, at: datetime, operation: str = "use") -> dict[str, Verdict]:
    return {model: verdict(book, facts, model, operation, at) for model in book.catalogue.models}


def anything(data: st.DataObject, world: World) -> tuple[Rulebook, Request]:
    """The world's rulebook, and any request at a telling instant."""
    book = world.rulebook
    request = Request(
        data.draw(subjects(), "facts"),
        data.draw(model_names, "model"),
        data.draw(mostly_use, "operation"),
        data.draw(instants_of(book), "at"),
        data.draw(st.booleans(), "substitution"),
    )
    return book, request


def everywhere(kind: type[Provision], name: str, condition: Condition, **more: Any) -> Any:
    """A provision of all time about every model and operation."""
    return kind(
        name=name,
        digest="",
        issued=NOON,
        from_=NOON - timedelta(days=1000),
        models=(),
        families=("big", "little"),
        operations=tuple(Operation),
        condition=condition,
        text="",
        **more,
    )


@given(worlds(), st.data())
@thorough
def test_default_refuse(world: World, data: st.DataObject) -> None:
    """Without a release that definitely holds nobody is served, whatever orders, licences and mandates say."""
    book, request = anything(data, world)
    decision = decide(book, request)
    for each in decision.verdicts:
        assert each.allowed or not each.permitted_by or each.forbidden_by
        assert not each.allowed or each.permitted_by
    silent = with_instruments(book, (i for i in book.instruments if not isinstance(i, Release)))
    refused = decide(silent, request)
    assert refused.outcome is Outcome.REFUSE
    assert refused.served is None
    assert refused.unknown == ()


@given(worlds(), st.data())
@thorough
def test_forbid_trumps_permit(world: World, data: st.DataObject) -> None:
    """An order that may hold and that nothing relieves forbids, however many releases and mandates there are."""
    book, request = anything(data, world)
    before = verdict(book, request.facts, request.model, request.operation, request.at)
    permits = [everywhere(kind, f"more-{kind.__name__}", EVERYBODY) for kind in (Release, Mandate)]
    richer = with_instruments(book, [*book.instruments, *permits])
    after = verdict(richer, request.facts, request.model, request.operation, request.at)
    assert after.forbidden_by == before.forbidden_by
    assert after.allowed == (before.forbidden_by == ())
    spoken = [each.condition for each in book.instruments if isinstance(each, Provision)]
    condition = data.draw(st.sampled_from([*spoken, EVERYBODY]))
    order = everywhere(Order, "ban", condition)
    banned = verdict(with_instruments(richer, [*richer.instruments, order]), *request[:4])
    assert ("ban" in banned.forbidden_by) == (evaluate(condition, request.facts) is not Truth.FALSE)
    assert not (banned.allowed and "ban" in banned.forbidden_by)


@given(worlds(), st.data())
@thorough
def test_unknown_never_widens(world: World, data: st.DataObject) -> None:
    """Knowing less never opens a model, and whoever is served would be served however the unknowns turn out."""
    book, request = anything(data, world)
    less = data.draw(weakened(request.facts), "weaker")
    at, operation = request.at, request.operation
    for model in book.catalogue.models:
        rich = verdict(book, request.facts, model, operation, at)
        poor = verdict(book, less, model, operation, at)
        assert rich.allowed or not poor.allowed
        assert set(poor.permitted_by) <= set(rich.permitted_by)
        if poor.allowed:
            for facts in completions(less, partly_known(less), most=60):
                assert verdict(book, facts, model, operation, at).allowed


@given(worlds(), st.data())
@thorough
def test_the_unknown_facts_of_a_verdict_are_those_that_matter(world: World, data: st.DataObject) -> None:
    """None named and not allowed: no completion is allowed. Some named: as long as they stay as they are, none is."""
    book, request = anything(data, world)
    at, operation, open_facts = request.at, request.operation, partly_known(request.facts)
    for model in book.catalogue.models:
        found = verdict(book, request.facts, model, operation, at)
        assert set(found.unknown) <= open_facts
        if found.allowed:
            assert found.unknown == ()
            continue
        for facts in completions(request.facts, open_facts - set(found.unknown), most=80):
            later = verdict(book, facts, model, operation, at)
            assert not later.allowed
            if found.unknown == ():
                assert later.unknown == ()


@given(worlds(), st.data())
@thorough
def test_licence_relieves_only_what_it_names(world: World, data: st.DataObject) -> None:
    """A licence changes nothing but what the orders that it names say of the models and operations it covers."""
    book, request = anything(data, world)
    orders = [each for each in book.instruments if isinstance(each, Order)]
    assume(orders)
    named = data.draw(st.sets(st.sampled_from([order.name for order in orders]), min_size=1), "named")
    family = data.draw(st.sampled_from(("big", "little")))
    condition = data.draw(st.sampled_from([order.condition for order in orders] + [EVERYBODY]))
    licence = replace(everywhere(Licence, "grant", condition, relieves=tuple(named)), families=(family,))
    licensed = with_instruments(book, [*book.instruments, licence])
    holds = evaluate(condition, request.facts) is Truth.TRUE
    for model in book.catalogue.models.values():
        before = verdict(book, request.facts, model.name, request.operation, request.at)
        after = verdict(licensed, request.facts, model.name, request.operation, request.at)
        reach = named if holds and model.family == family else set()
        assert after.permitted_by == before.permitted_by
        assert set(after.forbidden_by) == set(before.forbidden_by) - reach
        added = {(order, "grant") for order in reach if order in {*before.forbidden_by, *dict(before.relieved)}}
        assert set(after.relieved) == {*before.relieved, *added}
        if model.family != family:
            assert after == before


@given(worlds(), st.data())
@thorough
def test_lift_restores_exactly_what_was_there(world: World, data: st.DataObject) -> None:
    """Before a lift nothing changes; from its instant on, all is as if what it ends said nothing of anybody."""
    book = world.rulebook
    ending = [each for each in book.instruments if isinstance(each, Provision)]
    assume(ending)
    ended = data.draw(st.lists(st.sampled_from(ending), min_size=1, max_size=2, unique_by=lambda i: i.name), "ended")
    at = data.draw(instants(), "lifted")
    names = {each.name for each in ended}
    lift = Lift(name="end", digest="", issued=NOON, from_=at, ends=tuple(sorted(names)))
    lifted = with_instruments(book, [*book.instruments, lift])
    without = with_instruments(book, (as_if_lifted(each, names, at) for each in book.instruments))
    facts = data.draw(subjects(), "facts")
    for instant in {*telling_instants(lifted), at - MICROSECOND, at, at + MICROSECOND}:
        if instant >= at:
            assert verdicts(lifted, facts, instant) == verdicts(without, facts, instant)
        elif all(each.from_ < at for each in ended):  # else it never begins, and what it supersedes goes on
            assert verdicts(lifted, facts, instant) == verdicts(book, facts, instant)


def as_if_lifted(each: Instrument, names: set[str], at: datetime) -> Instrument:
    """An instrument that says nothing of anybody; and that supersedes nothing, if it is lifted before it begins."""
    if each.name not in names or not isinstance(each, Provision):
        return each
    silent = replace(each, condition=Always(False), supersedes=each.supersedes if each.from_ < at else ())
    # and no head start is counted by it any more
    begun = isinstance(silent, Release) and each.from_ < at
    return replace(silent, until=min(at, each.until or at)) if begun else silent


@given(worlds(), st.data())
@thorough
def test_substitute_is_itself_allowed(world: World, data: st.DataObject) -> None:
    """Whoever is given another model may use that one, is not allowed the one asked for, and gets the first such."""
    book, request = anything(data, world)
    decision = decide(book, request)
    chain = (request.model, *book.catalogue.models[request.model].fallback)
    assert tuple(each.model for each in decision.verdicts) == chain[: len(decision.verdicts)]
    by_itself = [verdict(book, request.facts, model, request.operation, request.at).allowed for model in chain]
    if not request.substitution:
        by_itself = by_itself[:1]
    first = next((model for model, allowed in zip(chain, by_itself, strict=False) if allowed), None)
    assert decision.served == first
    assert decision.outcome is outcome(request.model, first)
    if decision.outcome is Outcome.SUBSTITUTE:
        assert first is not None
        alone = decide(book, request._replace(model=first, substitution=False))
        assert alone.outcome is Outcome.SERVE
        assert alone.verdicts[0] == decision.verdicts[-1]
        assert request.substitution


def outcome(requested: str, served: str | None) -> Outcome:
    if served is None:
        return Outcome.REFUSE
    return Outcome.SERVE if served == requested else Outcome.SUBSTITUTE


@given(worlds(), st.data())
@thorough
def test_decision_names_its_reasons(world: World, data: st.DataObject) -> None:
    """The instruments that a decision names bring about the same outcome by themselves, and none is missing."""
    book, request = anything(data, world)
    decision = decide(book, request)
    assert set(decision.instruments) <= {each.name for each in book.in_force(request.at)}
    own = decide(with_instruments(book, named(book, decision)), request)
    if decision.outcome is not Outcome.REFUSE:
        assert (own.outcome, own.served) == (decision.outcome, decision.served)
        assert own.verdicts[-1].permitted_by == decision.verdicts[-1].permitted_by
        assert own.verdicts[-1].relieved == decision.verdicts[-1].relieved
    generous = [*named(book, decision), everywhere(Release, "more", EVERYBODY)]
    first = decision.verdicts[0]
    forbidden = decide(with_instruments(book, generous), request).verdicts[0]
    assert forbidden.forbidden_by == first.forbidden_by
    if not first.allowed and not first.forbidden_by:
        spared = with_instruments(book, (i for i in book.instruments if not isinstance(i, Order)))
        assert not decide(spared, request).verdicts[0].allowed
    if not first.allowed and first.permitted_by:
        assert decide(with_instruments(book, silenced(book, first.forbidden_by)), request).verdicts[0].allowed


def silenced(book: Rulebook, names: tuple[str, ...]) -> list[Instrument]:
    """The instruments, of which these say nothing of anybody, but still supersede what they do."""
    return [
        replace(each, condition=Always(False)) if isinstance(each, Provision) and each.name in names else each
        for each in book.instruments
    ]


def named(book: Rulebook, decision: Decision) -> list[Instrument]:
    """Those that a decision names, as they were in force then; what a release required was met."""
    return [
        replace(each, requires=()) if isinstance(each, Release) else each
        for each in book.in_force(decision.at)
        if each.name in decision.instruments
    ]


@given(worlds(evidential=True), st.data())
@settings(thorough, max_examples=100)
def test_requirement_never_widens(world: World, data: st.DataObject) -> None:
    """Requiring more of a release, taking away what meets it, or adding a finding lets nobody in who was out."""
    book, request = anything(data, world)
    more = data.draw(requirements(()), "required")
    names = st.sets(st.sampled_from([each.name for each in book.instruments] or [""]))
    chosen = data.draw(names, "requiring")
    richer = [
        replace(each, requires=(*each.requires, *more)) if isinstance(each, Release) and each.name in chosen else each
        for each in book.instruments
    ]
    found = Finding(
        name="found", digest="", issued=NOON, from_=data.draw(instants(), "from"), models=(), families=("big",),
        judgement="", assessed=NOON, levels=(Level.LOW, data.draw(st.sampled_from(Level), "worst")), reach=None,
    )  # fmt: skip
    poorer = [each for each in book.instruments if each not in satisfying(book)]
    for changed in (richer, [*book.instruments, found], poorer):
        narrower = with_instruments(book, changed)
        for at in {request.at, *data.draw(st.lists(instants_of(narrower), max_size=4), "at")}:
            for model in book.catalogue.models:
                now = verdict(narrower, request.facts, model, request.operation, at)
                assert not now.allowed or verdict(book, request.facts, model, request.operation, at).allowed


def satisfying(book: Rulebook) -> list[Instrument]:
    """Patches that hold, and assessments that say nothing but what is asked for; none that others hang on."""
    hung_on = {name for each in book.instruments for name in (*each.supersedes, *getattr(each, "ends", ()))}
    asked = [one.verdicts for each in book.conditional for one in each.requires if isinstance(one, Assessed)]
    return [
        each
        for each in book.instruments
        if each.name not in hung_on and not each.supersedes
        if isinstance(each, Patch) or (isinstance(each, Assessment) and all(each.verdict in one for one in asked))
    ]


@given(worlds(evidential=True), st.data())
@thorough
def test_lapsed_release_permits_nobody(world: World, data: st.DataObject) -> None:
    """Of which a requirement is not met for a model, says who reads the specification, and who says why it is."""
    book, request = anything(data, world)
    for at in (request.at, data.draw(instants_of(book), "at")):
        for model in book.catalogue.models.values():
            withheld = {each.release for each in book.withheld(model, at)}
            permitted = verdict(book, request.facts, model.name, request.operation, at).permitted_by
            assert not withheld & set(permitted)
            for release in book.conditional:
                if release.is_about(model) and naive.in_force(book, release, at):
                    unmet = [each for each in release.requires if not naive.met(book, each, model, at)]
                    assert (release.name in withheld) == bool(unmet)
                    told = [each for each in book.withheld(model, at) if each.release == release.name]
                    assert [each.requirement for each in told] == unmet
                    for each in told:
                        assert release.from_ <= each.since <= at
                        assert not naive.met(book, each.requirement, model, each.since)
                        if each.until is not None:
                            assert naive.met(book, each.requirement, model, each.until)
                            assert not naive.met(book, each.requirement, model, each.until - MICROSECOND)


@given(worlds(most=6), st.data())
@thorough
def test_same_request_same_rulebook_same_decision(world: World, data: st.DataObject) -> None:
    """Neither asking again, nor another offset of the same instant, nor the way of the documents changes anything."""
    book, request = anything(data, world)
    decision = decide(book, request)
    assert decide(world.rulebook, request) == decision
    elsewhere = request.at.astimezone(timezone(timedelta(hours=data.draw(st.integers(-11, 12), "offset"))))
    backwards: dict[str, Value] = dict(reversed(list(request.facts.items())))
    assert decide(book, request._replace(at=elsewhere, facts=backwards)) == decision
    documents, problems = resolved(documents_of(world))
    assert problems == []
    assert documents is not None
    read = with_instruments(book, documents.instruments)
    assert [meaning(each) for each in read.instruments] == [meaning(each) for each in book.instruments]
    assert decide(read, request) == decision


def meaning(instrument: Instrument) -> Instrument:
    """An instrument without what does not decide: its digest and its text."""
    blank = replace(instrument, digest="")
    return replace(blank, text="") if isinstance(blank, Provision) else blank


@given(worlds(most=6), st.data())
@thorough
def test_order_of_documents_does_not_matter(world: World, data: st.DataObject) -> None:
    """In another order, some of them twice, documents make the same rulebook, or are refused for the same reasons."""
    trees = documents_of(world)
    if data.draw(st.booleans(), "left out"):
        trees.pop(data.draw(st.integers(0, len(trees) - 1), "which"))
    shuffled = data.draw(st.permutations(trees), "order")
    again = data.draw(st.lists(st.sampled_from(trees), max_size=3), "twice")
    one, problems = resolved(trees)
    other, other_problems = resolved([*shuffled, *again])
    assert (one is None) == (other is None)
    assert set(problems) == set(other_problems)
    if one is not None and other is not None:
        assert one.instruments == other.instruments
        assert one.definitions == other.definitions
        assert one.facts == other.facts
        assert one.catalogue.models == other.catalogue.models
    book, request = anything(data, world)
    turned = replace(book, instruments=book.instruments[::-1])
    assert decide(turned, request) == decide(book, request)


@given(worlds(), st.data())
@thorough
def test_the_reference_agrees_with_a_second_reading_of_the_specification(world: World, data: st.DataObject) -> None:
    """`tests/naive.py` says the same of who is allowed, and of what is in force when."""
    book, request = anything(data, world)
    in_force = {each.name for each in book.in_force(request.at)}
    assert in_force == {each.name for each in book.instruments if naive.in_force_for_some(book, each, request.at)}

    def may_be(condition: Condition) -> frozenset[bool]:
        return naive.outcomes(condition, request.facts, naive.atom_outcomes)

    for model in book.catalogue.models:
        expected = naive.allowed(book, model, request.operation, request.at, may_be)
        assert verdict(book, request.facts, model, request.operation, request.at).allowed == expected


@given(worlds(most=1), st.data())
@thorough
def test_what_is_known_of_a_condition_is_true_of_every_completion(world: World, data: st.DataObject) -> None:
    """Kleene's true and false are ordinary logic's true and false, however the unknown facts turn out."""
    facts = data.draw(subjects(), "facts")
    for condition in [each.condition for each in world.instruments if isinstance(each, Provision)]:
        known = evaluate(condition, facts)
        for whole in completions(facts, partly_known(facts), most=150):
            assert known in (Truth.UNKNOWN, truth.of(naive.truth(condition, whole)))
            assert evaluate(condition, whole) is truth.of(naive.truth(condition, whole))


@given(worlds(), st.data())
@thorough
def test_nothing_changes_between_two_boundaries(world: World, data: st.DataObject) -> None:
    """A rulebook is constant over the interval around an instant, and changes at its ends."""
    book, request = anything(data, world)
    start, end = book.interval(request.at)
    assert start <= request.at
    assert end is None or request.at < end
    assert book.in_force(request.at) == book.in_force(max(start, NOON - timedelta(days=2000)))
    if end is not None:
        assert book.in_force(end - MICROSECOND) == book.in_force(request.at)
        assert there(book, end) != there(book, request.at)


def there(book: Rulebook, at: datetime) -> tuple[Any, ...]:
    """What is in force, and what would be but for what it requires."""
    return book.in_force(at), [each.name for each in book.conditional if book.spans[each.name].holds_at(at)]


def test_a_model_that_is_not_in_the_catalogue_is_an_error_and_no_answer() -> None:
    book = World((), (), ()).rulebook
    with pytest.raises(KeyError, match="fable-6"):
        decide(book, Request(dict.fromkeys(FACTS, False), "fable-6", "use", NOON))
