"""What a new rulebook does to somebody who asks for a model: the difference between two decisions, by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from licet.core.decision import Decision
from licet.core.instruments import Order, Release, Streams
from licet.core.rulebook import Rulebook


class Effect(StrEnum):
    """What happens to one who asks for a model, in view of what they are served before and after."""

    LOSES = "loses"
    GAINS = "gains"
    LOSES_SUBSTITUTE = "loses its substitute"
    GAINS_SUBSTITUTE = "gains a substitute"
    OTHER_SUBSTITUTE = "gets another substitute"
    SAME = "same"


NARROWING = frozenset({Effect.LOSES, Effect.LOSES_SUBSTITUTE})
WIDENING = frozenset({Effect.GAINS, Effect.GAINS_SUBSTITUTE})


class Change(NamedTuple):
    """The difference between two decisions on the same question.

    `was` and `becomes`: the model that is served before and after, None if none. `by`: the instruments of which only
    one of the two rulebooks has in force at this instant, and that determine one of the decisions. `unknown`: where
    something is lost, the unknown facts of which one would have to become known to get it back; empty where no fact
    can help. `cuts`: an answer that is being streamed is ended.
    """

    model: str
    was: str | None
    becomes: str | None
    effect: Effect
    by: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    cuts: bool = False


def effect_of(model: str, was: str | None, becomes: str | None) -> Effect:
    """The kind of a change, from what is served before and after to one who asks for `model`."""
    if was == becomes:
        return Effect.SAME
    if was == model:
        return Effect.LOSES
    if becomes == model:
        return Effect.GAINS
    if becomes is None:
        return Effect.LOSES_SUBSTITUTE
    return Effect.GAINS_SUBSTITUTE if was is None else Effect.OTHER_SUBSTITUTE


def exchanged(before: Rulebook, after: Rulebook, at_before: Decision, at_after: Decision) -> frozenset[str]:
    """The instruments that only one of two rulebooks has in force, each at its decision's instant.

    A release that requires something is in force for some models and not for others: here, for those that were asked.
    """
    models = chain(before, at_before.requested) | chain(after, at_before.requested)
    return differing(standing(before, at_before.at, models), standing(after, at_after.at, models))


Standing = dict[str, tuple[str, tuple[str, ...]]]
"""What is in force, by name: the digest, and of a release that requires something the models for which it is."""


def standing(rulebook: Rulebook, at: datetime, models: Iterable[str]) -> Standing:
    """What a rulebook has in force at an instant, as far as it is about some models."""
    found: Standing = {}
    known = [rulebook.catalogue.models[name] for name in sorted(models) if name in rulebook.catalogue.models]
    for each in rulebook.in_force(at):
        if not isinstance(each, Release) or not each.requires:
            found[each.name] = each.digest, ()
        elif for_ := tuple(model.name for model in known if each.is_about(model)):
            found[each.name] = each.digest, for_
    return found


def differing(one: Standing, other: Standing) -> frozenset[str]:
    """The names of what is not the same on both sides."""
    return frozenset(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def chain(rulebook: Rulebook, name: str) -> frozenset[str]:
    """A model and its fallbacks, by name; nothing for one that is not in the catalogue."""
    model = rulebook.catalogue.models.get(name)
    return frozenset() if model is None else frozenset((model.name, *model.fallback))


def change(before: Decision, after: Decision, exchanged: frozenset[str], rulebook: Rulebook) -> Change:
    """The difference between two decisions. `exchanged` are the instruments in which the rulebooks differ, `rulebook`
    is the one of `after`.
    """
    effect = effect_of(before.requested, before.served, after.served)
    if effect is Effect.SAME:
        return Change(before.requested, before.served, after.served, effect)
    by = tuple(sorted(exchanged & {*before.instruments, *after.instruments}))
    unknown = after.unknown if effect in NARROWING else ()
    return Change(before.requested, before.served, after.served, effect, by, unknown, cuts(before, after, rulebook))


def cuts(before: Decision, after: Decision, rulebook: Rulebook) -> bool:
    """Whether an answer of the model that served before is ended when the second decision takes effect.

    It runs on where that model is still allowed, or where nothing but orders with `streams: finish` forbids it.
    Where that model was not tried again, as the first that was asked for serves now, it is taken to be allowed: the
    gate looks at each open answer by itself.
    """
    verdict = next((each for each in after.verdicts if each.model == before.served), None)
    if verdict is None or verdict.allowed:
        return False
    orders = [rulebook.instrument(name) for name in verdict.forbidden_by]
    finish = all(isinstance(order, Order) and order.streams is Streams.FINISH for order in orders)
    return not (orders and finish and verdict.permitted_by)
