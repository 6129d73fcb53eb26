"""Generated worlds: facts, models, definitions, instruments, subjects and instants, as values and as documents.

The domains are small on purpose: a subject's unknown facts have few completions, so a test can look at all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from licet.core.annex import digest_of
from licet.core.catalogue import Api, Catalogue, Model, Upstream
from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Attested,
    Compare,
    Comparison,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
    atoms,
    children,
)
from licet.core.definitions import Definition
from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.evidence.judgement import Held, Reached
from licet.core.evidence.severity import Level
from licet.core.evidence.threshold import Threshold
from licet.core.facts import UNKNOWN, About, Fact, Facts, Kind, Members, Unknown, Value
from licet.core.instruments import Instrument, Licence, Lift, Mandate, Operation, Order, Provision, Release, Streams
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement, Safeguarded
from licet.core.resolve import Documents, fact_from, resolve
from licet.core.rulebook import Rulebook, rulebook
from licet.core.safeguards import Safeguard
from licet.core.shape import shape
from licet.wire.documents import draft_digest, shipped

T = TypeVar("T")

NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COUNTRIES = ("FR", "IR", "US")
ORGS = ("acme", "brume", "cedar")
ANNEXES = {"annex_a": frozenset({"acme"}), "annex_b": frozenset({"acme", "brume"})}

LAW = {draft.name: fact_from(draft.tree) for draft in shipped() if draft.kind == "fact"}
FACTS = {
    fact.name: fact
    for fact in (
        Fact("a", Kind.BOOLEAN, About.SUBJECT, "a", "test"),
        Fact("b", Kind.BOOLEAN, About.SUBJECT, "b", "test"),
        Fact("c", Kind.BOOLEAN, About.SUBJECT, "c", "test"),
        LAW["citizenships"],
        Fact("level", Kind.INTEGER, About.SUBJECT, "level", "test"),
        LAW["org"],
        LAW["residence"],
        LAW["stream"],
        Fact("tier", Kind.STRING, About.SUBJECT, "tier", "test", frozenset({"gold", "tin"})),
    )
}
DOMAINS: dict[str, tuple[bool | int | str, ...]] = {
    "a": (False, True),
    "b": (False, True),
    "c": (False, True),
    "level": (-1, 0, 1, 2, 3),
    "org": ORGS,
    "residence": COUNTRIES,
    "stream": (False, True),
    "tier": ("gold", "tin"),
}
"""The values that a fact of one value takes here; `citizenships` takes every subset of `COUNTRIES`."""


# --- subjects


def members() -> st.SearchStrategy[Members]:
    return st.builds(Members, st.frozensets(st.sampled_from(COUNTRIES)), st.booleans())


def value_of(name: str) -> st.SearchStrategy[Value]:
    known: st.SearchStrategy[Value] = members() if name == "citizenships" else st.sampled_from(DOMAINS[name])
    return st.one_of(st.just(UNKNOWN), known, known)


@cache
def subjects() -> st.SearchStrategy[dict[str, Value]]:
    """A value for every declared fact, the request's own included."""
    return st.fixed_dictionaries({name: value_of(name) for name in FACTS})


def completions_of(name: str, value: Value) -> tuple[Value, ...]:
    """Every way in which what is not known of one fact can turn out."""
    if name == "citizenships":
        if isinstance(value, Members) and value.complete:
            return (value,)
        least = value.known if isinstance(value, Members) else frozenset()
        subsets = itertools.chain.from_iterable(itertools.combinations(COUNTRIES, n) for n in range(4))
        return tuple(Members(frozenset(each), True) for each in subsets if least <= frozenset(each))
    return DOMAINS[name] if isinstance(value, Unknown) else (value,)


def completions(facts: Facts, names: Iterable[str], most: int = 400) -> Iterator[dict[str, Value]]:
    """Every completion of the facts in `names` (or, of too many, evenly spread ones); the others stay as they are."""
    names = sorted(names)
    ways = [completions_of(name, facts[name]) for name in names]
    count = 1
    for way in ways:
        count *= len(way)
    step = -(-count // most)
    if step > 1:
        step += 1 - step % 2  # an odd step meets both values of every boolean
    for values in itertools.islice(itertools.product(*ways), 0, None, step):
        yield {**facts, **dict(zip(names, values, strict=True))}


def partly_known(facts: Facts) -> frozenset[str]:
    """The facts of which something is not known."""
    return frozenset(
        name for name, v in facts.items() if isinstance(v, Unknown) or (isinstance(v, Members) and not v.complete)
    )


@st.composite
def weakened(draw: st.DrawFn, facts: Facts) -> dict[str, Value]:
    """The same subject, of whom no more and possibly less is known."""
    weaker: dict[str, Value] = {}
    for name, value in facts.items():
        fate = draw(st.sampled_from(("kept", "partly", "lost")))
        if fate == "lost":
            weaker[name] = UNKNOWN
        elif fate == "partly" and isinstance(value, Members):
            kept = frozenset(each for each in sorted(value.known) if draw(st.booleans()))
            weaker[name] = Members(kept, False)
        else:
            weaker[name] = value
    return weaker


# --- conditions


@cache
def atoms_with_lists() -> st.SearchStrategy[Condition]:
    equality = st.sampled_from((Comparison.EQUAL, Comparison.UNEQUAL))
    some_countries = st.frozensets(st.sampled_from(COUNTRIES), min_size=1)
    return st.one_of(
        st.sampled_from([Attested(name) for name in ("a", "b", "c", "stream")]),
        st.builds(Compare, st.just("level"), st.sampled_from(Comparison), st.integers(-2, 4)),
        st.builds(Compare, st.sampled_from(("a", "stream")), equality, st.booleans()),
        st.builds(Compare, st.just("org"), equality, st.sampled_from(ORGS)),
        st.builds(Compare, st.just("tier"), equality, st.sampled_from(("gold", "tin"))),
        st.builds(Compare, st.just("citizenships"), equality, some_countries),
        st.builds(Contains, st.just("citizenships"), st.sampled_from(COUNTRIES)),
        st.builds(OneOf, st.just("residence"), some_countries),
        st.builds(OneOf, st.just("level"), st.frozensets(st.integers(-2, 4), min_size=1)),
        st.sampled_from([OneOf("org", members, name) for name, members in ANNEXES.items()]),
    )


PLACEHOLDERS = tuple(Defined(f"d{number}", f"d{number}@1", Always(True)) for number in range(3))

_conditions = st.recursive(
    st.one_of(atoms_with_lists(), st.sampled_from(PLACEHOLDERS), st.sampled_from((Always(True), Always(False)))),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=6,
)
"""Conditions that use definitions which `bound` fills in. Made once: making strategies takes longer than drawing."""

_any_condition = st.one_of(atoms_with_lists(), _conditions)


def conditions(definitions: Sequence[Definition] = ()) -> st.SearchStrategy[Condition]:
    """A condition over the generated facts; it may use these definitions, under their names without version."""
    known = {each.name: each for each in definitions}
    return _any_condition.map(lambda condition: bound(condition, known))


def bound(condition: Condition, known: Mapping[str, Definition]) -> Condition:
    """A condition with its definitions filled in; one that there is not becomes the fact `a`."""
    match condition:
        case Defined(local, name):
            return Defined(local, name, known[name].holds_if) if name in known else Attested("a")
        case Not(inner):
            return Not(bound(inner, known))
        case AllOf(parts):
            return AllOf(tuple(bound(part, known) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(bound(part, known) for part in parts))
        case _:
            return condition


def spelled(condition: Condition) -> str:
    """A condition as people write it, with all brackets."""
    match condition:
        case Always(holds):
            return str(holds)
        case Defined(local):
            return local
        case Not(inner):
            return f"not ({spelled(inner)})"
        case AllOf(parts):
            return " and ".join(f"({spelled(part)})" for part in parts)
        case AnyOf(parts):
            return " or ".join(f"({spelled(part)})" for part in parts)
        case _:
            return spelled_atom(condition)


def spelled_atom(atom: Atom) -> str:
    match atom:
        case Attested(fact):
            return fact
        case Compare(fact, sign, frozenset() as wanted):
            return f"{fact} {sign.value} {spelled_set(wanted)}"
        case Compare(fact, sign, literal):
            return f"{fact} {sign.value} {literal!r}"
        case OneOf(fact, choices, name):
            return f"{fact} in {name or spelled_set(choices)}"
        case Contains(fact, member):
            return f"{member!r} in {fact}"


def spelled_set(members: frozenset[str] | frozenset[int]) -> str:
    return "{" + ", ".join(sorted(repr(member) for member in members)) + "}"


# --- worlds


@dataclass(frozen=True)
class World:
    """Definitions, models and instruments that refer to each other; `rulebook` is them as values."""

    definitions: tuple[Definition, ...]
    models: tuple[Model, ...]
    instruments: tuple[Instrument, ...]

    @property
    def rulebook(self) -> Rulebook:
        return rulebook_of(self.models, self.definitions, self.instruments)


def rulebook_of(
    models: Iterable[Model], definitions: Iterable[Definition], instruments: Iterable[Instrument]
) -> Rulebook:
    return rulebook(
        FACTS.values(),
        Catalogue(models),
        definitions,
        instruments,
        digest="sha256:test",
        thresholds=THRESHOLDS,
        safeguards=SAFEGUARDS,
    )


def with_instruments(book: Rulebook, instruments: Iterable[Instrument]) -> Rulebook:
    """The same rulebook, but with these instruments."""
    return replace(book, instruments=tuple(sorted(instruments, key=lambda each: each.name)))


MODELS = (
    ("strong", "big", ("other", "small")),
    ("other", "big", ("small",)),
    ("small", "little", ()),
    ("lonely", "little", ()),
)


def models() -> tuple[Model, ...]:
    return tuple(
        Model(name, "", family, (f"{name}-latest",), (Api.OPENAI,), Upstream("http://u", name), fallback, "sha256:m")
        for name, family, fallback in MODELS
    )


@cache
def instants() -> st.SearchStrategy[datetime]:
    """Whole hours around noon, and microseconds beside them, with several offsets."""
    hours = st.sampled_from((0, 0, 1, 1, 2, 3, 4, 5, 6))
    beside = st.sampled_from((0, 0, 0, -1, 1))
    zone = st.sampled_from((0, -4, 2)).map(lambda offset: timezone(timedelta(hours=offset)))
    return st.builds(lambda h, m, z: (NOON + timedelta(hours=h, microseconds=m)).astimezone(z), hours, beside, zone)


@st.composite
def definitions_(draw: st.DrawFn) -> tuple[Definition, ...]:
    found: list[Definition] = []
    for number in range(draw(st.integers(0, 3))):
        condition = draw(conditions(found))
        found.append(Definition(f"d{number}@1", "", "test", condition, spelled(condition), ""))
    return tuple(found)


@st.composite
def instrument(
    draw: st.DrawFn,
    number: int,
    before: Sequence[Instrument],
    known: Sequence[Definition],
    evidential: bool = False,
) -> Instrument:
    """One more instrument; it may refer to those before it. `evidential`: it may be evidence, or require some."""
    kinds: list[type[Instrument]] = [Release, Order, Order, Mandate]
    if evidential:
        kinds += [Release, Release, Assessment, Assessment, Finding, Finding]
        kinds += [Patch, Patch] if any(isinstance(each, Finding) for each in before) else []
    if any(isinstance(each, Order) for each in before):
        kinds += [Licence, Licence]
    if before and any(not isinstance(each, Lift) for each in before):
        kinds.append(Lift)
    kind = draw(st.sampled_from(kinds))
    begin = draw(instants())
    common: dict[str, Any] = {"name": f"i{number}", "digest": "", "issued": NOON, "from_": begin}
    if kind is Lift:
        names = [each.name for each in before if not isinstance(each, Lift)]
        return Lift(**common, ends=draw(some(names)))
    if issubclass(kind, Evidence):
        return draw(evidence(kind, common, before))
    condition = draw(conditions(known))
    peers = [each.name for each in before if type(each) is kind]
    common |= {
        "until": begin + timedelta(hours=draw(st.integers(1, 4))) if rarely(draw) else None,
        "supersedes": draw(some(peers)) if peers and rarely(draw) else (),
        "operations": draw(some(list(Operation))) if rarely(draw) else (Operation.USE,),
        "condition": condition,
        "text": spelled(condition),
    }
    common |= draw(scopes())
    if kind is Order:
        return Order(**common, streams=draw(st.sampled_from(Streams)))
    if kind is Licence:
        return Licence(**common, relieves=draw(some([each.name for each in before if isinstance(each, Order)])))
    if kind is Release and evidential:
        common["requires"] = draw(requirements(tuple(each.name for each in before if isinstance(each, Release))))
    return kind(**common)


ISSUERS = ("", "assessor", "institute")
THRESHOLD_NAMES = ("t0@1", "t1@1")


@st.composite
def evidence(
    draw: st.DrawFn, kind: type[Evidence], common: Mapping[str, Any], before: Sequence[Instrument]
) -> Evidence:
    """A judgement over some time; its kind decides what else it says."""
    peers = [each.name for each in before if type(each) is kind]
    judged: dict[str, Any] = {
        **common,
        **draw(scopes()),
        "issuer": draw(st.sampled_from(ISSUERS)),
        "until": common["from_"] + timedelta(hours=draw(st.integers(1, 4))) if rarely(draw) else None,
        "supersedes": draw(some(peers)) if peers and rarely(draw) else (),
        "judgement": "sha256:" + "0" * 64,
        "assessed": common["from_"] - timedelta(hours=draw(st.integers(0, 3))),
    }
    if kind is Assessment:
        verdicts = st.sampled_from((Reached.NOT_REACHED, Reached.NOT_REACHED, *Reached))
        return Assessment(**judged, threshold=draw(st.sampled_from(THRESHOLD_NAMES)), verdict=draw(verdicts))
    if kind is Finding:
        low, high = sorted((draw(st.sampled_from(Level)), draw(st.sampled_from(Level))))
        return Finding(**judged, levels=(low, high), reach=None)
    held = draw(st.sampled_from((Held.HOLDS, Held.HOLDS, *Held)))
    findings = [each.name for each in before if isinstance(each, Finding)]
    return Patch(**judged, patches=draw(some(findings)), verdict=held)


@cache
def requirements(releases: tuple[str, ...]) -> st.SearchStrategy[tuple[Requirement, ...]]:
    """What a release may require, nothing included; head starts are counted by these releases."""
    hours = st.integers(1, 4).map(lambda number: timedelta(hours=number))
    kinds: list[st.SearchStrategy[Requirement]] = [
        st.builds(
            Assessed,
            st.sampled_from(THRESHOLD_NAMES),
            st.sampled_from(((Reached.NOT_REACHED,), (Reached.NOT_REACHED, Reached.CANNOT_RULE_OUT))),
            st.sampled_from(((), (), ("institute",), ("assessor", "institute"))),
            st.one_of(st.none(), hours),
        ),
        st.builds(FindingsAtMost, st.sampled_from(Level)),
        st.builds(FindingsAtMost, st.sampled_from(Level)),
        st.just(Safeguarded("guard")),
    ]
    if releases:
        kinds += [st.builds(HeadStart, st.sampled_from(releases), hours)] * 2
    return st.lists(st.one_of(kinds), max_size=2, unique=True).map(tuple)


THRESHOLDS = tuple(
    Threshold(
        name=name,
        title="",
        framework="test",
        source="test",
        capability="test",
        metric="success",
        low=Decimal(0),
        high=Decimal(1),
        success_at=Decimal(1),
        lines=(),
        suites=(),
        budget=(),
        judge=None,
        confidence=Decimal("0.95"),
        digest="",
    )
    for name in THRESHOLD_NAMES
)
SAFEGUARDS = (Safeguard("guard", "", (), ("big",), (), (), "", "", "sha256:guard"),)
"""What stands before the big models, and before no others."""


_quarter = st.integers(0, 3)


def rarely(draw: st.DrawFn) -> bool:
    return draw(_quarter) == 3


def some(values: Sequence[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """Some of these, at least one, each once."""
    return _some(tuple(values))


@cache
def _some(values: tuple[T, ...]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


families_or_none: st.SearchStrategy[tuple[str, ...]] = st.sampled_from(
    [("big", "little"), ("big", "little"), ("big",), ("little",), (), ()]
)


@st.composite
def scopes(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    families, alone = draw(families_or_none), draw(st.booleans())
    if families and alone:
        return {"models": (), "families": families}
    return {"models": draw(some([name for name, _, _ in MODELS])), "families": families}


BASE = Release(
    name="base",
    digest="",
    issued=NOON,
    from_=NOON - timedelta(days=1),
    models=(),
    families=("big", "little"),
    operations=(Operation.USE,),
    condition=Always(True),
    text="True",
)
"""A release to everyone, without which few random worlds serve anybody."""


@st.composite
def worlds(draw: st.DrawFn, most: int = 9, evidential: bool | None = None) -> World:
    """A world of at most so many instruments; `evidential`: with evidence and requirements (None: one in two)."""
    known = draw(definitions_())
    found: list[Instrument] = [] if rarely(draw) else [BASE]
    evidential = draw(st.booleans()) if evidential is None else evidential
    if found and evidential and rarely(draw):
        found = [replace(BASE, requires=draw(requirements(())))]
    for number in range(max(draw(st.integers(0, most)), draw(st.integers(0, most)))):
        found.append(draw(instrument(number, found, known, evidential)))
    return World(known, models(), tuple(found))


# --- documents


def documents_of(world: World) -> list[dict[str, Any]]:
    """The world as trees, as a YAML reader would give them."""
    return [
        *(fact_tree(fact) for fact in FACTS.values()),
        *(model_tree(model) for model in world.models),
        *(definition_tree(definition) for definition in world.definitions),
        *(threshold_tree(name) for name in THRESHOLD_NAMES),
        SAFEGUARD_TREE,
        *(instrument_tree(each) for each in world.instruments),
    ]


def fact_tree(fact: Fact) -> dict[str, Any]:
    tree: dict[str, Any] = {"fact": fact.name, "type": fact.kind.value, "about": fact.about.value}
    tree |= {"meaning": fact.meaning, "source": fact.source}
    return tree | ({"values": sorted(fact.values)} if fact.values else {})


def model_tree(model: Model) -> dict[str, Any]:
    tree: dict[str, Any] = {"model": model.name, "family": model.family, "apis": [api.value for api in model.apis]}
    tree |= {"upstream": {"url": model.upstream.url}, "aliases": list(model.aliases)}
    return tree | ({"fallback": list(model.fallback)} if model.fallback else {})


def definition_tree(definition: Definition) -> dict[str, Any]:
    tree = {"definition": definition.name, "source": definition.source, "holds_if": definition.text}
    return tree | uses_of(definition.holds_if)


def instrument_tree(instrument: Instrument) -> dict[str, Any]:
    tree: dict[str, Any] = {type(instrument).__name__.lower(): instrument.name}
    tree |= {"issued": instrument.issued.isoformat(), "from": instrument.from_.isoformat()}
    if isinstance(instrument, Lift):
        return tree | {"ends": list(instrument.ends)}
    if isinstance(instrument, Evidence):
        return tree | evidence_tree(instrument)
    assert isinstance(instrument, Provision)
    if instrument.until is not None:
        tree["until"] = instrument.until.isoformat()
    for key, names in (
        ("supersedes", instrument.supersedes),
        ("models", instrument.models),
        ("families", instrument.families),
        ("operations", [each.value for each in instrument.operations]),
        ("relieves", instrument.relieves if isinstance(instrument, Licence) else ()),
    ):
        tree |= {key: list(names)} if names else {}
    if isinstance(instrument, Order):
        return tree | {"forbids": instrument.text, "streams": instrument.streams.value} | uses_of(instrument.condition)
    if isinstance(instrument, Release) and instrument.requires:
        tree["requires"] = [requirement_tree(each) for each in instrument.requires]
    return tree | {"to": instrument.text} | uses_of(instrument.condition)


def evidence_tree(evidence: Evidence) -> dict[str, Any]:
    tree: dict[str, Any] = {"judgement": evidence.judgement, "assessed": evidence.assessed.isoformat()}
    for key, names in (
        ("supersedes", evidence.supersedes),
        ("models", evidence.models),
        ("families", evidence.families),
        ("patches", evidence.patches if isinstance(evidence, Patch) else ()),
    ):
        tree |= {key: list(names)} if names else {}
    tree |= {"issuer": evidence.issuer} if evidence.issuer else {}
    tree |= {"until": evidence.until.isoformat()} if evidence.until is not None else {}
    match evidence:
        case Assessment(threshold=threshold, verdict=reached):
            return tree | {"threshold": threshold, "verdict": reached.value}
        case Finding(levels=levels):
            return tree | {"levels": [level.word for level in levels]}
        case Patch(verdict=held):
            return tree | {"verdict": held.value}
        case _:
            raise TypeError(evidence)


def requirement_tree(requirement: Requirement) -> dict[str, Any]:
    match requirement:
        case Assessed(threshold, verdicts, by, within):
            tree: dict[str, Any] = {"threshold": threshold, "verdict": [each.value for each in verdicts]}
            tree |= {"by": list(by)} if by else {}
            return tree | ({"within": written(within)} if within is not None else {})
        case FindingsAtMost(level):
            return {"findings_at_most": level.word}
        case HeadStart(release, lasts):
            return {"head_start": written(lasts), "of": release}
        case Safeguarded(safeguard):
            return {"safeguard": safeguard}


def written(time: timedelta) -> str:
    return f"{int(time.total_seconds() // 3600)}h"


def threshold_tree(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = {"threshold": name, "framework": "test", "source": "test", "capability": "test"}
    tree |= {"metric": "success", "scale": [0, 1], "success_at": 1, "lines": {"red": "0.5"}}
    return tree | {"suites": {"suite": "sha256:" + "0" * 64}}


SAFEGUARD_TREE: dict[str, Any] = {
    "safeguard": "guard",
    "families": ["big"],
    "cascade": [{"classifier": "head", "version": "1", "contract": "embedded", "flags_at": "0.5"}],
}


def uses_of(condition: Condition) -> dict[str, Any]:
    """What a document with this condition has to name in `uses`."""
    uses = {each.local: each.definition for each in used_directly(condition)}
    lists = {a.list_name for a in atoms(without_definitions(condition)) if isinstance(a, OneOf) and a.list_name}
    uses |= {name: f"{name}.csv" for name in sorted(lists)}
    return {"uses": uses} if uses else {}


def used_directly(condition: Condition) -> list[Defined]:
    if isinstance(condition, Defined):
        return [condition]
    return [each for child in children(condition) for each in used_directly(child)]


def without_definitions(condition: Condition) -> Condition:
    match condition:
        case Defined():
            return Always(True)
        case Not(inner):
            return Not(without_definitions(inner))
        case AllOf(parts):
            return AllOf(tuple(without_definitions(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(without_definitions(part) for part in parts))
        case _:
            return condition


def annex_file(name: str, _digest: str | None = None) -> bytes | None:
    """The generated lists, as files."""
    found = ANNEXES.get(name.removesuffix(".csv"))
    return None if found is None else ("org\n" + "".join(f"{each}\n" for each in sorted(found))).encode()


ANNEX_DIGESTS = {name: digest_of(annex_file(name) or b"") for name in ANNEXES}


def resolved(trees: Iterable[Mapping[str, Any]]) -> tuple[Documents | None, list[str]]:
    """Documents through both steps of reading; None where one was refused, with what was wrong."""
    drafts, messages = [], []
    for number, tree in enumerate(trees):
        draft, problems = shape(number, tree, annex_file)
        messages += [problem.message for problem in problems]
        if draft is not None:
            drafts.append(draft)
    documents, problems = resolve(drafts, draft_digest)
    messages += [problem.message for problem in problems]
    return (None if messages else documents), messages


# --- requests


def telling_instants(book: Rulebook) -> list[datetime]:
    """Every boundary, one microsecond to both sides of it, and long before and after."""
    beside = {at + step * MICROSECOND for at in book.boundaries for step in (-1, 0, 1)}
    return sorted({*beside, NOON - timedelta(days=400), NOON + timedelta(days=400)})


def instants_of(book: Rulebook) -> st.SearchStrategy[datetime]:
    return st.sampled_from([NOON + timedelta(hours=h) for h in (2, 3)] * 3 + telling_instants(book))


model_names = st.sampled_from([name for name, _, _ in MODELS])
operations = st.sampled_from([operation.value for operation in Operation])
mostly_use = st.sampled_from(("use", "use", "use", "tune"))
