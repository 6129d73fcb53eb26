"""Claims as questions: for each of `spec/properties.md`, what would have to be possible for it to be false."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import z3

from licet.core.catalogue import Model
from licet.core.instruments import Instrument, Lift, Mandate, Provision
from licet.core.properties import Claim, Property
from licet.core.rulebook import Rulebook
from licet.core.spans import NEVER, Spans
from licet.engines.proofs.question import (
    Chain,
    Question,
    chain_at,
    chain_edges,
    chain_key,
    concerned,
    differs,
    identities,
    in_chains,
    is_about_everyone,
    served,
    together,
)
from licet.engines.proofs.time import Coverage, Time, without
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import TRUE, differ, every, no, some


@dataclass(frozen=True, slots=True)
class Matter:
    """A property with the rulebooks that it is about. `before` is None where the claim is about one alone."""

    property_: Property
    before: Coverage | None
    after: Coverage
    time: Time

    def models(self, coverage: Coverage) -> list[Model]:
        """The models of a rulebook that the property names."""
        return [model for model in coverage.rulebook.catalogue.models.values() if self.property_.names(model)]

    @property
    def earlier(self) -> Coverage:
        """The rulebook before, for claims that compare."""
        assert self.before is not None
        return self.before


def questions_of(matter: Matter) -> Iterator[Question]:
    """Everything that must be impossible for a property to hold; for all claims but `no-dead-instrument`."""
    return QUESTIONS[matter.property_.claim](matter)


def nobody_allowed(matter: Matter) -> Iterator[Question]:
    """Somebody whom it is about is allowed a model that it names."""
    property_, after = matter.property_, matter.after
    for model in matter.models(after):
        for operation in property_.operations:
            for at in matter.time.stretches(after.edges(model.name, operation)):
                found = after.at(model.name, operation, at)

                def formula(formulas: Formulas, found: tuple[Provision, ...] = found) -> z3.BoolRef:
                    return every((concerned(property_, formulas), formulas.allowed(found)))

                yield Question(at, model.name, operation, identities(found), found, formula, after.rulebook)


def no_substitute(matter: Matter) -> Iterator[Question]:
    """Somebody whom it is about asks for a model, and another one, which it names, serves."""
    property_, after = matter.property_, matter.after
    named = {model.name for model in matter.models(after)}
    for model in after.rulebook.catalogue.models:
        instead = named & set(after.chain(model)[1:])
        for operation in property_.operations if instead else ():
            for at in matter.time.stretches(chain_edges(after, model, operation)):
                chain = chain_at(after, model, operation, at)

                def formula(formulas: Formulas, chain: Chain = chain, instead: set[str] = instead) -> z3.BoolRef:
                    serving = served(formulas, chain)
                    wrong = [serving[name] for name, _ in chain if name in instead]
                    return every((concerned(property_, formulas), some(wrong)))

                yield Question(at, model, operation, chain_key(chain), in_chains(chain), formula, after.rulebook)


def only_narrows(matter: Matter) -> Iterator[Question]:
    """Somebody is allowed a model, and was not before."""
    return one_way(matter, matter.earlier, matter.after)


def only_widens(matter: Matter) -> Iterator[Question]:
    """Somebody was allowed a model, and is no longer."""
    return one_way(matter, matter.after, matter.earlier)


def one_way(matter: Matter, closed: Coverage, opened: Coverage) -> Iterator[Question]:
    """Somebody is allowed under one rulebook what they are not under the other."""
    property_ = matter.property_
    after, before = matter.after.rulebook, matter.earlier.rulebook
    for model in matter.models(opened):
        # a model that the rulebook after no longer has is told by the catalogue, not by anybody's decision
        for operation in property_.operations if model.name in after.catalogue.models else ():
            edges = {*closed.edges(model.name, operation), *opened.edges(model.name, operation)}
            for at in matter.time.stretches(edges):
                shut, open_ = closed.at(model.name, operation, at), opened.at(model.name, operation, at)
                key = identities(shut, open_)
                if key[0] == key[1]:
                    continue

                def formula(
                    formulas: Formulas, shut: tuple[Provision, ...] = shut, open_: tuple[Provision, ...] = open_
                ) -> z3.BoolRef:
                    lost = no(formulas.allowed(shut))
                    return every((concerned(property_, formulas), formulas.allowed(open_), lost))

                yield Question(at, model.name, operation, key, together(shut, open_), formula, after, before)


def changes_only(matter: Matter) -> Iterator[Question]:
    """A decision differs, and either the model or the subject is none that it names."""
    property_ = matter.property_
    for model in matter.after.rulebook.catalogue.models.values():
        exempt = property_.names(model)
        if exempt and is_about_everyone(property_):
            continue

        def others(formulas: Formulas, exempt: bool = exempt) -> z3.BoolRef:
            return no(concerned(property_, formulas)) if exempt else TRUE

        yield from compared(matter, model.name, matter.earlier, matter.time, others, (exempt,))


def lift_restores(matter: Matter) -> Iterator[Question]:
    """A decision differs, from a lift on, from what it would be if the lift and what it ends had never been there."""
    rulebook = matter.after.rulebook

    def those(formulas: Formulas) -> z3.BoolRef:
        return concerned(matter.property_, formulas)

    for name in matter.property_.instruments:
        lift = named(rulebook, name)
        if not isinstance(lift, Lift):
            raise ValueError(f"`{name}` is no lift")
        never = Coverage(without(rulebook, (name, *lift.ends)))
        for model in matter.models(matter.after):
            yield from compared(matter, model.name, never, matter.time.since(lift.from_), those, (), (name,))


def compared(
    matter: Matter,
    model: str,
    other: Coverage,
    time: Time,
    who: Callable[[Formulas], z3.BoolRef],
    key: tuple[object, ...],
    about: tuple[str, ...] = (),
) -> Iterator[Question]:
    """A decision on a model differs, for somebody of `who`, from that of another rulebook."""
    after = matter.after
    for operation in matter.property_.operations:
        edges = {*chain_edges(other, model, operation), *chain_edges(after, model, operation)}
        for at in time.stretches(edges):
            was, becomes = chain_at(other, model, operation, at), chain_at(after, model, operation, at)
            keys = chain_key(was), chain_key(becomes)
            if keys[0] == keys[1]:
                continue

            def formula(formulas: Formulas, was: Chain = was, becomes: Chain = becomes) -> z3.BoolRef:
                return every((who(formulas), differs(formulas, was, becomes)))

            whole, found = (*key, *keys), in_chains(was, becomes)
            yield Question(at, model, operation, whole, found, formula, after.rulebook, other.rulebook, about)


def mandates_met(matter: Matter) -> Iterator[Question]:
    """Somebody of whom a mandate in force is definitely true is not allowed a model that it covers."""
    property_, after = matter.property_, matter.after
    for model in matter.models(after):
        for operation in property_.operations:
            for mandate in (each for _, each in after.over_time(model.name, operation) if isinstance(each, Mandate)):
                for at in matter.time.stretches(after.edges(model.name, operation)):
                    found = after.at(model.name, operation, at)
                    if mandate in found:
                        yield unmet(matter, mandate, model.name, operation, at, found)


def unmet(
    matter: Matter, mandate: Mandate, model: str, operation: str, at: datetime, found: tuple[Provision, ...]
) -> Question:
    """One mandate is not met, given what is in force."""

    def formula(formulas: Formulas) -> z3.BoolRef:
        required = concerned(matter.property_, formulas), formulas.holds(mandate)
        return every((*required, no(formulas.allowed(found))))

    key = (id(mandate), *identities(found))
    return Question(at, model, operation, key, found, formula, matter.after.rulebook, about=(mandate.name,))


def effects(matter: Matter, instrument: Instrument) -> Iterator[Question]:
    """A decision on some model differs from what it would be if an instrument had never been there.

    Only where what covers a model itself differs: where no model's verdict does, no decision can.
    """
    after = matter.after
    never = Coverage(without(after.rulebook, (instrument.name,)))
    for model in matter.models(after):
        touching = [
            each
            for each in after.rulebook.instruments
            if isinstance(each, Provision)
            and each.is_about(model)
            and after.rulebook.in_force_for(each, model) != in_force_for(never.rulebook, each.name, model)
        ]
        for operation in sorted({o for each in touching for o in each.operations}):
            edges = {*never.edges(model.name, operation), *after.edges(model.name, operation)}
            for at in matter.time.stretches(edges):
                was, becomes = never.at(model.name, operation, at), after.at(model.name, operation, at)
                key = identities(was, becomes)
                if key[0] != key[1]:
                    yield effect(matter, never.rulebook, instrument.name, model.name, operation, at, was, becomes)


def in_force_for(rulebook: Rulebook, name: str, model: Model) -> Spans:
    """When a provision is in force for a model; never, where there is none of that name."""
    found = rulebook.instrument(name)
    return rulebook.in_force_for(found, model) if isinstance(found, Provision) else NEVER


def effect(
    matter: Matter,
    never: Rulebook,
    name: str,
    model: str,
    operation: str,
    at: datetime,
    was: tuple[Provision, ...],
    becomes: tuple[Provision, ...],
) -> Question:
    """One verdict differs from what it would be without an instrument."""

    def formula(formulas: Formulas) -> z3.BoolRef:
        changed = differ(formulas.allowed(was), formulas.allowed(becomes))
        return every((concerned(matter.property_, formulas), changed))

    key, found = identities(was, becomes), together(was, becomes)
    return Question(at, model, operation, key, found, formula, matter.after.rulebook, never, (name,))


def named(rulebook: Rulebook, name: str) -> Instrument:
    """An instrument by name. Raises `ValueError` for what there is not: a claim about nothing must not hold."""
    found = rulebook.instrument(name)
    if found is None:
        raise ValueError(f"there is no instrument `{name}`")
    return found


QUESTIONS: dict[Claim, Callable[[Matter], Iterator[Question]]] = {
    Claim.NOBODY_ALLOWED: nobody_allowed,
    Claim.NO_SUBSTITUTE: no_substitute,
    Claim.ONLY_NARROWS: only_narrows,
    Claim.ONLY_WIDENS: only_widens,
    Claim.CHANGES_ONLY: changes_only,
    Claim.MANDATES_MET: mandates_met,
    Claim.LIFT_RESTORES: lift_restores,
}
"""What each claim excludes. `no-dead-instrument` demands instead of excluding: see `effects`."""
