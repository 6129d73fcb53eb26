"""What attestations are worth: what holds whatever is attested, trusted, confirmed and asked. Each bears its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import DOMAINS, FACTS, MICROSECOND, NOON, World, members, model_names, worlds

from licet.core.attestations import Attestation, Carrier, StatusReference, newest, next_change, values_at, weigh
from licet.core.decision import Outcome, Request, decide
from licet.core.facts import UNKNOWN, About, Fact, Members, Unknown, Value
from licet.core.trust import LEVELS, Trust, Trusted, spelled

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SUBJECT_FACTS = sorted(name for name, fact in FACTS.items() if fact.about is About.SUBJECT)
ISSUERS = ("desk", "idp", "cards")
CARRIED = (Carrier.OIDC, Carrier.JWT, Carrier.SD_JWT_VC)
LISTS = ("https://cards.example/1", "https://cards.example/2")
HOURS = st.integers(-3, 3).map(lambda n: NOON + timedelta(hours=n))
LASTS = st.sampled_from((None, timedelta(hours=1), timedelta(hours=3)))
GRADES = (None, "low", "substantial", "high")


def values(name: str) -> st.SearchStrategy[Value]:
    said: st.SearchStrategy[Value] = members() if name == "citizenships" else st.sampled_from(DOMAINS[name][:2])
    return st.one_of(said, said, said, said, st.just(UNKNOWN))


@st.composite
def attestations(draw: st.DrawFn, names: Sequence[str] = SUBJECT_FACTS) -> Attestation:
    name = draw(st.sampled_from(names))
    carrier = draw(st.sampled_from((*CARRIED, Carrier.OFFICERS, Carrier.IMPORT)))
    return Attestation(
        "alice",
        name,
        draw(values(name)),
        draw(st.sampled_from(ISSUERS)),
        "how",
        draw(st.sampled_from(("unstated", *LEVELS))),
        draw(HOURS),
        draw(st.one_of(st.none(), st.none(), HOURS)),
        carrier=carrier,
        status=draw(st.one_of(st.none(), st.sampled_from(LISTS).map(lambda uri: StatusReference(uri, 1)))),
    )


@st.composite
def trusted(draw: st.DrawFn, name: str) -> Trusted:
    if draw(st.integers(0, 5)) == 0:
        return Trusted(None, draw(values(name).filter(lambda each: each is not UNKNOWN)), frozenset(), "low")
    only = draw(st.sets(st.sampled_from(["FR", "IR", *map(spelled, DOMAINS.get(name, ()))])))
    return Trusted("claim", None, frozenset(only) if draw(st.booleans()) else frozenset(), "low")


@st.composite
def trust_documents(draw: st.DrawFn) -> Trust:
    facts = draw(st.sets(st.sampled_from(SUBJECT_FACTS), min_size=len(SUBJECT_FACTS) - 2))
    return Trust(
        name=f"t{draw(st.integers(0, 99))}",
        digest="",
        issued=NOON,
        from_=NOON,
        attester=draw(st.sampled_from(ISSUERS)),
        carriers=frozenset(draw(st.sets(st.sampled_from([*CARRIED]), min_size=2))),
        facts={name: draw(trusted(name)) for name in sorted(facts)},
        lasts=draw(LASTS),
    )


words = st.lists(attestations(), max_size=10).map(newest)
quarrels = st.lists(attestations(("a", "citizenships")), max_size=8).map(newest)
"""Many words about few facts."""

documents = st.lists(trust_documents(), max_size=5)
confirmations = st.dictionaries(st.sampled_from(LISTS), HOURS)
declarations = st.fixed_dictionaries({name: st.sampled_from(GRADES) for name in SUBJECT_FACTS}).map(
    lambda levels: {name: replace(fact, level=levels.get(name)) for name, fact in FACTS.items()}
)


def no_more(less: Value, more: Value) -> bool:
    """Whether `less` says nothing that `more` does not say."""
    if isinstance(less, Unknown) or less == Members(frozenset(), False):
        return True
    if isinstance(less, Members) and isinstance(more, Members):
        return less.known <= more.known and (not less.complete or less == more)
    return type(less) is type(more) and less == more


class Doubt:
    """Less belief than before, in every way there is."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw

    def trusts(self, trusts: Sequence[Trust]) -> list[Trust]:
        return [self._less(each) for each in trusts if self._draw(st.integers(0, 2))]

    def _less(self, trust: Trust) -> Trust:
        shorter: Mapping[timedelta | None, list[timedelta | None]] = {
            None: [None, timedelta(hours=1), timedelta(hours=3)],
            timedelta(hours=3): [timedelta(hours=1), timedelta(hours=3)],
            timedelta(hours=1): [timedelta(hours=1)],
        }
        carriers = frozenset(each for each in sorted(trust.carriers) if self._draw(st.integers(0, 3)))
        facts = {name: self._narrower(each) for name, each in trust.facts.items() if self._draw(st.integers(0, 3))}
        return replace(trust, carriers=carriers, facts=facts, lasts=self._draw(st.sampled_from(shorter[trust.lasts])))

    def _narrower(self, each: Trusted) -> Trusted:
        if each.value is not None:
            return each
        kept = frozenset(value for value in sorted(each.only) if self._draw(st.booleans()))
        return replace(each, only=kept or frozenset({"nothing"})) if each.only else each

    def declared(self, declared: Mapping[str, Fact]) -> dict[str, Fact]:
        def at_least(level: str | None) -> str | None:
            return self._draw(st.sampled_from(GRADES[GRADES.index(level) :]))

        return {name: replace(fact, level=at_least(fact.level)) for name, fact in declared.items()}

    def confirmed(self, confirmed: Mapping[str, datetime]) -> dict[str, datetime]:
        hours = st.integers(0, 2).map(lambda n: timedelta(hours=n))
        return {uri: until - self._draw(hours) for uri, until in confirmed.items() if self._draw(st.integers(0, 3))}


@given(st.one_of(words, quarrels), declarations, documents, confirmations, HOURS, worlds(), model_names, st.data())
@thorough
def test_losing_trust_never_widens(
    said: tuple[Attestation, ...],
    declared: dict[str, Fact],
    trusts: list[Trust],
    confirmed: dict[str, datetime],
    now: datetime,
    world: World,
    model: str,
    data: st.DataObject,
) -> None:
    """Whatever is believed less, for shorter, or asked for at a higher level: every value says no more than before."""
    doubt = Doubt(data)
    before = values_at(said, declared, trusts, confirmed, now)
    after = values_at(said, doubt.declared(declared), doubt.trusts(trusts), doubt.confirmed(confirmed), now)
    assert all(no_more(after[name], before[name]) for name in declared)
    for operation in ("use", "tune"):
        was = decide(world.rulebook, Request(before, model, operation, now, substitution=False))
        becomes = decide(world.rulebook, Request(after, model, operation, now, substitution=False))
        assert was.outcome is Outcome.SERVE or becomes.outcome is Outcome.REFUSE


@given(st.one_of(words, quarrels), documents, confirmations, HOURS, worlds(), model_names)
@thorough
def test_unknown_never_opens_a_door(
    said: tuple[Attestation, ...],
    trusts: list[Trust],
    confirmed: dict[str, datetime],
    now: datetime,
    world: World,
    model: str,
) -> None:
    """Believing nobody but the operator, or nobody at all, serves nobody what they were refused."""
    before = values_at(said, FACTS, trusts, confirmed, now)
    for after in (values_at(said, FACTS, (), {}, now), dict.fromkeys(FACTS, UNKNOWN)):
        assert all(no_more(after[name], before[name]) for name in FACTS)
        was = decide(world.rulebook, Request(before, model, "use", now, substitution=False))
        becomes = decide(world.rulebook, Request(after, model, "use", now, substitution=False))
        assert was.outcome is Outcome.SERVE or becomes.outcome is Outcome.REFUSE


@given(st.one_of(words, quarrels), documents, confirmations, HOURS, st.data())
@thorough
def test_withdrawn_is_unknown(
    said: tuple[Attestation, ...],
    trusts: list[Trust],
    confirmed: dict[str, datetime],
    now: datetime,
    data: st.DataObject,
) -> None:
    """Who takes back a word has said nothing; and where everybody did, nothing is known."""
    gone = [replace(each, value=UNKNOWN) for each in said]
    assert set(values_at(newest((*said, *gone)), FACTS, trusts, confirmed, now).values()) == {UNKNOWN}
    if said:
        one = data.draw(st.sampled_from(said))
        without = tuple(each for each in said if each is not one)
        taken_back = newest((*said, replace(one, value=UNKNOWN)))
        expected = values_at(without, FACTS, trusts, confirmed, now)
        assert values_at(taken_back, FACTS, trusts, confirmed, now) == expected


@given(quarrels, documents, confirmations, HOURS, st.data())
@thorough
def test_order_of_speakers_does_not_matter(
    said: tuple[Attestation, ...],
    trusts: list[Trust],
    confirmed: dict[str, datetime],
    now: datetime,
    data: st.DataObject,
) -> None:
    """Neither that of attestations, nor that of trust documents."""
    mixed, others = data.draw(st.permutations(said)), data.draw(st.permutations(trusts))
    before, after = (
        weigh(said, FACTS, trusts, confirmed, now),
        weigh(mixed, FACTS, others, confirmed, now),
    )
    assert {name: value for name, (value, _) in before.items()} == {name: value for name, (value, _) in after.items()}
    for name, (_, weighed) in before.items():
        assert sorted(weighed, key=repr) == sorted(after[name][1], key=repr)


@given(st.one_of(words, quarrels), declarations, documents, confirmations, HOURS, st.data())
@thorough
def test_values_are_constant_up_to_the_next_change(
    said: tuple[Attestation, ...],
    declared: dict[str, Fact],
    trusts: list[Trust],
    confirmed: dict[str, datetime],
    now: datetime,
    data: st.DataObject,
) -> None:
    change = next_change(said, trusts, confirmed, now)
    assert change is None or change > now
    end = NOON + timedelta(days=9) if change is None else change - MICROSECOND
    between = data.draw(st.datetimes(now.replace(tzinfo=None), end.replace(tzinfo=None)))
    for at in (between.replace(tzinfo=now.tzinfo), end):
        later = weigh(said, declared, trusts, confirmed, at)
        assert later == weigh(said, declared, trusts, confirmed, now)


@given(st.lists(attestations(("a", "b")), max_size=12))
def test_the_newest_word_of_each_speaker_about_each_fact(said: list[Attestation]) -> None:
    found = newest(said)
    assert len({(each.fact, each.speaker) for each in found}) == len(found)
    for each in found:
        last = [other for other in said if (other.fact, other.speaker) == (each.fact, each.speaker)][-1]
        assert each is last
    assert {(each.fact, each.speaker) for each in said} == {(each.fact, each.speaker) for each in found}
    assert [id(each) for each in newest(found)] == [id(each) for each in found]


@pytest.mark.parametrize("about", [{}, {"lasts": timedelta(hours=1)}])
def test_a_word_of_the_operator_is_never_believed_by_a_document(about: dict[str, Any]) -> None:
    """An attester that is called as an officer is believed by its carriers only; the operator is one speaker."""
    trust = Trust(
        name="t",
        digest="",
        issued=NOON,
        from_=NOON,
        attester="desk",
        carriers=frozenset({"oidc"}),
        facts={"a": Trusted("a", None, frozenset(), "low")},
        **about,
    )
    own = Attestation("alice", "a", True, "desk", "paper", "high", NOON, carrier=Carrier.OFFICERS)
    carried = replace(own, value=False, carrier=Carrier.OIDC)
    assert (own.speaker, carried.speaker) == ("", "desk")
    assert values_at((own,), FACTS, (trust,), {}, NOON + timedelta(days=400))["a"] is True
    assert values_at((own, carried), FACTS, (trust,), {}, NOON)["a"] is UNKNOWN
    assert next_change((own,), (trust,), {}, NOON) is None
